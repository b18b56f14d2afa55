//! Passwords, one-time codes and passkey challenges. Factors that prompt stand in `factor`.

use super::outbox::{address, channel, channel_name, no_channel, send};
use super::subject::{identity, mfa_audit};
use super::{Judged, Outputs, Scene, is_true, outputs};
use crate::engine::Answer;
use crate::engine::facts::data;
use crate::engine::planted::{Flaw, planted};
use crate::flow::{Config, Kind};
use crate::trace::{AuditOutcome, ErrorCode, Failure};
use crate::value::{Text, Value};

/// What each kind of this file writes.
pub fn compute(scene: &mut Scene) -> Result<Outputs, Failure> {
    match scene.node.kind {
        Kind::PasswordCheck => Ok(password_check(scene)),
        Kind::ChannelOtpSend => channel_otp_send(scene),
        Kind::WebauthnBegin => webauthn_begin(scene),
        Kind::CheckMfaStatus => {
            let identity = identity(scene)?;
            let factors = identity.mfa.iter().cloned().map(Value::Text).collect();
            let enrolled = Value::Bool(!identity.mfa.is_empty());
            Ok(outputs(scene, [enrolled, Value::list(factors)]))
        }
        _ => {
            identity(scene)?;
            Ok(outputs(scene, [Value::Bool(true)]))
        }
    }
}

/// An unknown identity and a wrong password write the same: false.
fn password_check(scene: &Scene) -> Outputs {
    let facts = &scene.facts;
    let own = facts
        .identity
        .as_ref()
        .and_then(|identity| identity.password.clone());
    let verified = facts.barred().is_none()
        && own.is_some_and(|own| facts.submitted_password().as_ref() == Some(&own));
    outputs(scene, [Value::Bool(verified)])
}

/// What follows from a checked, stored or entered credential.
pub fn follow(scene: &mut Scene, outputs: &Outputs) {
    match scene.node.kind {
        Kind::PasswordCheck
            if is_true(outputs, "verified") || planted(Flaw::WrongPasswordLifts) =>
        {
            scene.facts.passed(1, &"password".into());
        }
        Kind::PasswordCheck => {
            let code = scene.facts.barred().unwrap_or("invalid_credentials");
            let (node, failure) = (scene.node, AuditOutcome::Failure);
            scene
                .facts
                .audit("user.signed_in.failed", failure, node, data("code", code));
        }
        Kind::ChannelOtpVerify if is_true(outputs, "verified") => {
            scene.facts.passed(1, &"otp".into());
            mfa_audit(scene, AuditOutcome::Success, &"otp".into());
        }
        Kind::CredentialSet | Kind::PasswordUpdate => {
            let new = scene.facts.world.input.new_password.clone();
            let submitted = || scene.facts.submitted_password();
            let stored = match scene.node.kind {
                Kind::CredentialSet => new.or_else(submitted),
                _ => new,
            };
            if let Some(stored) = stored {
                scene
                    .facts
                    .change_identity(|identity| identity.password = Some(stored));
            }
        }
        _ => {}
    }
}

fn channel_otp_send(scene: &mut Scene) -> Result<Outputs, Failure> {
    let identity = identity(scene)?;
    let channel = channel(scene.config);
    let Some(to) = address(&identity, channel) else {
        return Err(no_channel(scene, channel));
    };
    let name = Text::from(channel_name(channel));
    send(scene, &name, "otp", Some(to));
    scene.facts.code_sent = Some(name.clone());
    Ok(outputs(scene, [Value::Bool(true), name.into()]))
}

fn webauthn_begin(scene: &mut Scene) -> Result<Outputs, Failure> {
    if !identity(scene)?
        .mfa
        .iter()
        .any(|factor| &**factor == "webauthn")
    {
        return Err(Failure::new(
            ErrorCode::NoPasskey,
            "the identity has no passkey: add `webauthn` to its `mfa`",
        ));
    }
    let challenge = scene.facts.derived_id("chl_", "challenge", scene.node);
    Ok(outputs(scene, [challenge.into()]))
}

/// The code last sent is what `right` stands for; without one, nothing is right.
pub fn judge_code(scene: &mut Scene, attempt: u32, answer: &Answer) -> Judged {
    let Config::Attempts { attempts } = scene.config else {
        return Judged::Again;
    };
    let verified = &*answer.value == "right" && scene.facts.code_sent.is_some();
    if !verified {
        mfa_audit(scene, AuditOutcome::Failure, &"otp".into());
        if attempt + 1 < *attempts {
            return Judged::Again;
        }
    }
    let tried = Value::Int(i64::from(attempt) + 1);
    Judged::Done(outputs(scene, [Value::Bool(verified), tried]), None)
}
