//! Second factors: `mfa`, `require_mfa`, `require_mfa_enroll`, `webauthn_finish`.

use super::subject::mfa_audit;
use super::{Denial, Judged, Opening, Outputs, Scene, field, is_true, no_identity, outputs};
use crate::engine::Answer;
use crate::flow::{Config, Kind};
use crate::trace::{AuditOutcome, ErrorCode, Failure, PromptKind};
use crate::value::{Text, Value};

/// Attempts of a kind that does not say (blocks.md).
const ATTEMPTS: u32 = 3;

/// Asks when the identity can answer.
pub fn open(scene: &Scene) -> Opening {
    let kind = scene.node.kind;
    let can = match kind {
        Kind::RequireMfaEnroll => scene.facts.identity.is_some() && usable(scene).is_empty(),
        Kind::WebauthnFinish => scene.facts.identity.is_some(),
        _ => !usable(scene).is_empty(),
    };
    match kind {
        _ if !can => Opening::Work,
        Kind::RequireMfaEnroll => Opening::Ask(PromptKind::Enroll),
        Kind::WebauthnFinish => Opening::Ask(PromptKind::Webauthn),
        _ => Opening::Ask(PromptKind::Mfa),
    }
}

/// The block's factors that the identity has enrolled, in the order of the block, else of the identity.
fn usable(scene: &Scene) -> Vec<Text> {
    let Some(identity) = &scene.facts.identity else {
        return Vec::new();
    };
    let enrolled = &identity.mfa;
    let wanted: Vec<Text> = match scene.config {
        Config::Mfa { factors, .. } => factors.clone(),
        Config::Factor { factor } => factor.iter().cloned().collect(),
        _ => Vec::new(),
    };
    if wanted.is_empty() {
        return enrolled.clone();
    }
    wanted
        .into_iter()
        .filter(|factor| enrolled.contains(factor))
        .collect()
}

/// What comes of a block that has nothing to ask.
pub fn compute(scene: &mut Scene) -> Result<Outputs, Failure> {
    if scene.facts.identity.is_none() {
        return Err(no_identity(scene.node));
    }
    match scene.node.kind {
        Kind::RequireMfaEnroll => Ok(outputs(scene, [Value::Bool(true)])),
        // Not enrolled: `follow_unasked` denies.
        Kind::RequireMfa => Ok(outputs(
            scene,
            [Value::Bool(false), factor_value(wanted(scene))],
        )),
        _ => Err(Failure::new(
            ErrorCode::NoFactor,
            "the identity has none of the block's factors enrolled: add one to its `mfa`",
        )),
    }
}

fn wanted(scene: &Scene) -> Option<Text> {
    if let Config::Factor { factor } = scene.config {
        factor.clone()
    } else {
        None
    }
}

fn factor_value(factor: Option<Text>) -> Value {
    factor.map_or(Value::Null, Value::Text)
}

/// The denial of a `require_mfa` whose factor is not enrolled.
pub fn unasked_denial(scene: &Scene) -> Option<Denial> {
    (scene.node.kind == Kind::RequireMfa).then(|| Denial::generic("mfa_required"))
}

/// What a factor block makes of an answer.
pub fn judge(scene: &mut Scene, attempt: u32, answer: &Answer) -> Judged {
    let right = &*answer.value == "right";
    match scene.node.kind {
        Kind::RequireMfaEnroll => Judged::Done(outputs(scene, [Value::Bool(right)]), None),
        Kind::WebauthnFinish => {
            if !right {
                mfa_audit(scene, AuditOutcome::Failure, &"webauthn".into());
            }
            scene.facts.hardware_key = answer.factor.as_deref() == Some("hardware");
            Judged::Done(outputs(scene, [Value::Bool(right)]), None)
        }
        _ => judge_factor(scene, attempt, answer, right),
    }
}

fn judge_factor(scene: &mut Scene, attempt: u32, answer: &Answer, right: bool) -> Judged {
    let usable = usable(scene);
    let factor = answer.factor.clone().or_else(|| usable.first().cloned());
    let verified = right
        && factor
            .as_ref()
            .is_some_and(|factor| usable.contains(factor));
    let outputs = outputs(scene, [Value::Bool(verified), factor_value(factor.clone())]);
    if verified {
        return Judged::Done(outputs, None);
    }
    mfa_audit(scene, AuditOutcome::Failure, &factor.unwrap_or_default());
    let attempts = if let Config::Mfa { attempts, .. } = scene.config {
        *attempts
    } else {
        ATTEMPTS
    };
    if attempt + 1 < attempts {
        return Judged::Again;
    }
    Judged::Done(outputs, Some(Denial::generic("mfa_failed")))
}

/// What follows from a factor that passed, or an enrolment.
pub fn follow(scene: &mut Scene, outputs: &Outputs) {
    match scene.node.kind {
        Kind::RequireMfaEnroll => enrol(scene, outputs),
        Kind::WebauthnFinish if is_true(outputs, "verified") => {
            let aal = if scene.facts.hardware_key { 3 } else { 2 };
            scene.facts.passed(aal, &"webauthn".into());
            mfa_audit(scene, AuditOutcome::Success, &"webauthn".into());
        }
        _ if is_true(outputs, "verified") => {
            let factor = field(outputs, "factor")
                .and_then(Value::as_text)
                .unwrap_or("mfa");
            let factor = Text::from(factor);
            scene.facts.passed(2, &factor);
            mfa_audit(scene, AuditOutcome::Success, &factor);
        }
        _ => {}
    }
}

fn enrol(scene: &mut Scene, outputs: &Outputs) {
    let factor = wanted(scene).unwrap_or_else(|| "totp".into());
    if is_true(outputs, "enrolled") && usable(scene).is_empty() {
        scene
            .facts
            .change_identity(|identity| identity.mfa.push(factor));
    }
}
