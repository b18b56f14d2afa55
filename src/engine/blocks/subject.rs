//! Who a block is about: the identity at hand, addresses that are the same, and audits of factors.

use super::{Scene, no_identity};
use crate::engine::Identity;
use crate::engine::facts::{data, no_data};
use crate::trace::{AuditOutcome, Failure};
use crate::value::Text;
use std::sync::Arc;

/// The identity at hand, or the failure of a block that needs one.
pub fn identity(scene: &Scene) -> Result<Arc<Identity>, Failure> {
    scene
        .facts
        .identity
        .clone()
        .ok_or_else(|| no_identity(scene.node))
}

/// `user.mfa_succeeded` or `user.mfa_failed` (AUD-1).
pub fn mfa_audit(scene: &mut Scene, outcome: AuditOutcome, factor: &Text) {
    let kind = match outcome {
        AuditOutcome::Success => "user.mfa_succeeded",
        AuditOutcome::Denied | AuditOutcome::Failure | AuditOutcome::Partial => "user.mfa_failed",
    };
    let data = if factor.is_empty() {
        no_data()
    } else {
        data("factor", factor.clone())
    };
    scene.facts.audit(kind, outcome, scene.node, data);
}

/// E-mail addresses compare case-insensitively.
pub fn same_address(one: Option<&Text>, other: &str) -> bool {
    one.is_some_and(|one| one.to_lowercase() == other.to_lowercase())
}
