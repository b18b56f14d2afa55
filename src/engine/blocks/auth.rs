//! Passwords, one-time codes and passkey challenges. Factors that prompt stand in `factor`.

use super::{Judged, Outputs, Scene, is_true, no_identity, outputs};
use crate::engine::facts::{data, no_data};
use crate::engine::{Answer, Identity};
use crate::flow::{Channel, Config, Kind};
use crate::trace::{AuditOutcome, ErrorCode, Failure, Message};
use crate::value::{Text, Value};
use std::sync::Arc;

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

/// The identity at hand, or the failure of a block that needs one.
pub fn identity(scene: &Scene) -> Result<Arc<Identity>, Failure> {
    scene
        .facts
        .identity
        .clone()
        .ok_or_else(|| no_identity(scene.node))
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
        Kind::PasswordCheck if is_true(outputs, "verified") => {
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
            let input = &scene.facts.world.input;
            let stored = input
                .new_password
                .clone()
                .or_else(|| scene.facts.submitted_password());
            scene
                .facts
                .change_identity(|identity| identity.password = stored);
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

/// The channel of a block, `email` where none is written.
pub fn channel(config: &Config) -> Channel {
    if let Config::Channel { channel } = config {
        *channel
    } else {
        Channel::Email
    }
}

/// The word for a channel.
pub fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "sms",
    }
}

/// The identity's address on a channel.
pub fn address(identity: &Identity, channel: Channel) -> Option<Text> {
    match channel {
        Channel::Email => identity.email.clone(),
        Channel::Sms => identity.phone.clone(),
    }
}

/// The failure of a block whose identity has no such channel.
pub fn no_channel(scene: &Scene, channel: Channel) -> Failure {
    let field = match channel {
        Channel::Email => "e-mail address",
        Channel::Sms => "phone number",
    };
    let message = format!(
        "`{}` cannot send: the identity has no {field}",
        scene.node.slug
    );
    Failure::new(ErrorCode::NoChannel, message)
}

/// Puts a mail or message into the outbox (AUD-3).
pub fn send(scene: &mut Scene, channel: &Text, template: &str, to: Option<Text>) {
    let message = Message {
        channel: channel.clone(),
        template: Text::from(template),
        to,
    };
    let side_effects = &mut scene.facts.side_effects;
    match &**channel {
        "email" => side_effects.emails.push(message),
        _ => side_effects.messages.push(message),
    }
}
