//! Mails and messages: they go to the outbox of the run and nowhere else.

use super::outbox::{no_channel, send};
use super::subject::identity;
use super::{Outputs, Scene, outputs};
use crate::expr::Template;
use crate::flow::{Channel, Config};
use crate::trace::{ErrorCode, Failure};
use crate::value::{Text, Value};
use std::sync::Arc;

/// What each kind of this file sends and writes.
pub fn compute(scene: &mut Scene) -> Result<Outputs, Failure> {
    match scene.config {
        Config::Notify {
            channels,
            template,
            to,
        } => {
            let given = render(scene, to.as_ref())?;
            let mut recipients = Vec::new();
            for channel in channels {
                recipients.push((channel, recipient(scene, channel, given.as_ref())?));
            }
            for (channel, to) in recipients {
                send(scene, channel, template, Some(to));
            }
            Ok(outputs(scene, [Value::Bool(true)]))
        }
        Config::SendEmail { template, to } => {
            let channel = Text::from("email");
            let given = render(scene, to.as_ref())?;
            let to = recipient(scene, &channel, given.as_ref())?;
            send(scene, &channel, template, Some(to));
            Ok(outputs(scene, [Value::Bool(true)]))
        }
        _ => Ok(password_recovery_send(scene)),
    }
}

fn render(scene: &Scene, to: Option<&Arc<Template>>) -> Result<Option<Text>, Failure> {
    let Some(template) = to else { return Ok(None) };
    let rendered = template.render_text(&scene.facts.state);
    rendered
        .map(Some)
        .map_err(|error| Failure::new(ErrorCode::Expression, error.message))
}

/// Who a message goes to: as written, else the identity at hand.
fn recipient(scene: &Scene, channel: &Text, given: Option<&Text>) -> Result<Text, Failure> {
    if let Some(to) = given {
        return Ok(to.clone());
    }
    let identity = identity(scene)?;
    let (address, kind) = match &**channel {
        "email" => (identity.email.clone(), Channel::Email),
        "sms" => (identity.phone.clone(), Channel::Sms),
        _ => (Some(identity.id.clone()), Channel::Email),
    };
    address.ok_or_else(|| no_channel(scene, kind))
}

/// For an unknown identity no mail, at the same cost.
fn password_recovery_send(scene: &mut Scene) -> Outputs {
    let known = scene
        .facts
        .identity
        .as_ref()
        .and_then(|identity| identity.email.clone());
    let sent = known.is_some();
    if let Some(to) = known {
        send(scene, &Text::from("email"), "password_recovery", Some(to));
    }
    outputs(scene, [Value::Bool(sent)])
}
