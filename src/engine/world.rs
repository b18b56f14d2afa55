//! Everything a run depends on besides its program (DET-1). Built once for a scenario, shared by all its runs.

use super::Identity;
use super::planted::{Flaw, planted};
use crate::profile::Profile;
use crate::trace::Redactor;
use crate::value::{Map, Text, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The world of a run.
#[derive(Debug, Clone)]
pub struct World {
    /// The choices that the product leaves open.
    pub profile: Profile,
    /// The instant at which the run starts, in milliseconds since the epoch (DET-2).
    pub clock_ms: i64,
    /// Ids and random streams are derived from it.
    pub seed: u64,
    /// The event without `user` and `authentication`: `request`, `client`, `tenant`, `connection`, `transaction`.
    pub event: Map,
    /// All identities that a lookup can find.
    pub identities: Vec<Arc<Identity>>,
    /// The scenario's identity, as a position in `identities`.
    pub subject: Option<usize>,
    /// What was submitted.
    pub input: Input,
    /// Injected faults by block path.
    pub faults: BTreeMap<Text, Fault>,
    /// Scripted outputs by block path.
    pub outputs: BTreeMap<Text, Arc<Map>>,
    /// Actions whose attachments run although their file disables them, and the other way round (slug to enabled).
    pub actions_enabled: BTreeMap<Text, bool>,
    /// Settings' `latency` for blocks with a cost of their own kind: kind name or slug to milliseconds (the median).
    pub latency: BTreeMap<Text, u64>,
    /// What single blocks take instead, by full path: one sample of a distribution, in milliseconds.
    pub sampled: BTreeMap<Text, u64>,
    /// Test secrets by name.
    pub secrets: Arc<BTreeMap<Text, Text>>,
    /// Hosts that may be called; None for any public host.
    pub outbound_allowlist: Option<Vec<Text>>,
    /// Known breached passwords.
    pub breached_passwords: Vec<Text>,
    /// Domains of disposable addresses, lower-case.
    pub disposable_domains: Vec<Text>,
    /// Hides secrets, passwords and transient values (ST-6).
    pub redactor: Arc<Redactor>,
}

/// What was submitted with the request to sign in, sign up, and so on.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Who they say they are.
    pub identifier: Option<Text>,
    /// The same for a lookup `by: phone`; another text only where both are defaults.
    pub phone_identifier: Option<Text>,
    /// The submitted password.
    pub password: Option<PasswordInput>,
    /// For `password_update`.
    pub new_password: Option<Text>,
    /// For `registration`: the submitted profile.
    pub profile: Option<Arc<Map>>,
    /// For `refresh_token_validate`.
    pub refresh_token: Option<RefreshToken>,
    /// For `session_revoke`.
    pub session: Option<Text>,
}

/// A submitted password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordInput {
    /// The identity's own.
    Right,
    /// Any other.
    Wrong,
    /// This text.
    Text(Text),
}

/// A submitted refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RefreshToken {
    Valid,
    Expired,
    Reused,
}

/// Faults injected at one block (BUD-8). `delay` goes together with the others only where it can: a block that is replaced has none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fault {
    /// Stands in the place of the block.
    pub instead: Option<FaultKind>,
    /// Comes before the block's work.
    pub delay_ms: Option<u64>,
    /// The attached action counts as disabled (ACT-1).
    pub disabled: bool,
}

/// A fault that stands in the place of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// It fails with this message, at no cost.
    Error(Text),
    /// It takes its whole timeout and fails.
    Timeout,
    /// It denies with this reason, at no cost.
    Deny(Text),
}

impl World {
    /// What is sampled for this path, else `latency` by slug, then by kind; None leaves the default of the catalogue.
    pub fn latency_ms(&self, path: &str, slug: &str, kind: &str) -> Option<u64> {
        let (first, second) = match planted(Flaw::LatencyByKind) {
            true => (kind, slug),
            false => (slug, kind),
        };
        let set = || self.latency.get(first).or_else(|| self.latency.get(second));
        self.sampled.get(path).or_else(set).copied()
    }

    /// The value of `event.request.<key>…`, for blocks that judge the request.
    pub fn request(&self, path: &[&str]) -> Option<&Value> {
        let mut value = self.event.get("request")?;
        for key in path {
            value = value.get(key)?;
        }
        Some(value)
    }
}
