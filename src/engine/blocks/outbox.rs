//! Where mails and messages go: channels, addresses, and the outbox of the run.

use super::Scene;
use crate::engine::Identity;
use crate::engine::planted::{Flaw, planted};
use crate::flow::{Channel, Config};
use crate::trace::{ErrorCode, Failure, Message};
use crate::value::Text;

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
        to: to.filter(|_| !planted(Flaw::MailToNobody)),
    };
    let side_effects = &mut scene.facts.side_effects;
    match &**channel {
        "email" => side_effects.emails.push(message),
        _ => side_effects.messages.push(message),
    }
}
