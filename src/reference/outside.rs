//! Kinds that send, look something up, or end something, without asking anybody.

use super::factors::is_true;
use super::risk::map;
use super::{ANY, Run, Site, Trouble};
use crate::engine::RefreshToken;
use crate::expr::Template;
use crate::flow::{Block, Channel, Config, Kind};
use crate::trace::{Audit, AuditOutcome, Entry, ErrorCode, Message};
use crate::value::{Map, Text, Value};
use std::sync::Arc;

impl Run<'_> {
    pub(super) fn outside(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
    ) -> Result<(), Trouble> {
        let fields = match &block.config {
            Config::Channel { channel } => self.send_code(block, *channel)?,
            Config::Notify {
                channels,
                template,
                to,
            } => self.notify(channels, template, to.as_ref())?,
            Config::SendEmail { template, to } => {
                self.notify(&["email".into()], template, to.as_ref())?
            }
            Config::LogEvent { kind, data } => {
                let data = data.render(&self.state.view())?;
                self.audit.push(Audit {
                    kind: kind.clone(),
                    outcome: AuditOutcome::Success,
                    flow: site.flow.clone(),
                    block: Some(site.path(block)),
                    data,
                });
                Map::new()
            }
            Config::SessionRevoke { .. } => {
                self.effects.session_revoked = true;
                let kind = "user.session_revoked";
                self.note(kind, AuditOutcome::Success, site, block, Map::new());
                map([("revoked", true.into())])
            }
            Config::Provider { provider } => {
                return self.social_callback(block, site, entry, provider.as_ref());
            }
            _ => return self.bare(block, site, entry),
        };
        self.write_all(block, site, entry, fields);
        Ok(())
    }

    /// Kinds without settings.
    fn bare(&mut self, block: &Block, site: &Site, entry: &mut Entry) -> Result<(), Trouble> {
        let fields = match block.kind {
            Kind::WebauthnBegin => {
                self.needs_somebody()?;
                if !self.enrolled().iter().any(|factor| **factor == *"webauthn") {
                    return Err(Trouble::failed(ErrorCode::NoPasskey));
                }
                map([("challenge", ANY.into())])
            }
            Kind::CheckMfaStatus => {
                self.needs_somebody()?;
                let factors = self.enrolled();
                let listed: Vec<Value> = factors.iter().cloned().map(Value::Text).collect();
                map([
                    ("enrolled", (!factors.is_empty()).into()),
                    ("factors", listed.into()),
                ])
            }
            Kind::RefreshTokenValidate => {
                let valid = self.world.input.refresh_token == Some(RefreshToken::Valid);
                map([("valid", valid.into()), ("family", ANY.into())])
            }
            Kind::PasswordRecoverySend => {
                let to = self.address("email");
                let sent = to.is_some();
                if sent {
                    self.effects.emails.push(message("email", ANY, to));
                }
                map([("sent", sent.into())])
            }
            _ => map([("logged_out", true.into())]),
        };
        let fields = self.write_all(block, site, entry, fields);
        if block.kind == Kind::RefreshTokenValidate && !is_true(&fields, "valid") {
            return Err(Trouble::denied("invalid_grant"));
        }
        Ok(())
    }

    /// `channel_otp_send` and `verification_send`
    fn send_code(&mut self, block: &Block, channel: Channel) -> Result<Map, Trouble> {
        self.needs_somebody()?;
        let (name, to) = match channel {
            Channel::Email => ("email", self.address("email")),
            Channel::Sms => ("sms", self.address("sms")),
        };
        if to.is_none() {
            return Err(Trouble::failed(ErrorCode::NoChannel));
        }
        self.put_out(message(name, ANY, to));
        self.code_sent |= block.kind == Kind::ChannelOtpSend;
        let mut fields = map([("sent", true.into())]);
        if block.kind == Kind::ChannelOtpSend {
            fields.insert("channel", name);
        }
        Ok(fields)
    }

    fn notify(
        &mut self,
        channels: &[Text],
        template: &Text,
        to: Option<&Arc<Template>>,
    ) -> Result<Map, Trouble> {
        let written = match to {
            Some(to) => Some(to.render_text(&self.state.view())?),
            None => None,
        };
        let mut messages = Vec::new();
        for channel in channels {
            if written.is_none() {
                self.needs_somebody()?;
            }
            let to = written.clone().or_else(|| self.address(channel));
            if to.is_none() {
                return Err(Trouble::failed(ErrorCode::NoChannel));
            }
            messages.push(message(channel, template, to));
        }
        for message in messages {
            self.put_out(message);
        }
        Ok(map([("sent", true.into())]))
    }

    /// Where a message of a channel reaches the identity.
    pub(super) fn address(&self, channel: &str) -> Option<Text> {
        let person = self.person.as_ref()?;
        match channel {
            "email" => person.email.clone(),
            "sms" => person.phone.clone(),
            _ => Some(person.id.clone()),
        }
    }

    fn put_out(&mut self, message: Message) {
        if *message.channel == *"email" {
            self.effects.emails.push(message);
        } else {
            self.effects.messages.push(message);
        }
    }

    fn social_callback(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
        provider: Option<&Text>,
    ) -> Result<(), Trouble> {
        let answer = self.social.clone();
        let matches = answer
            .as_ref()
            .is_some_and(|(asked, right)| *right && provider.is_none_or(|own| own == asked));
        let named = provider.cloned().or(answer.map(|(asked, _)| asked));
        let subject = if matches { ANY.into() } else { Value::Null };
        let fields = map([
            ("provider", named.map_or(Value::Null, Value::Text)),
            ("subject", subject),
        ]);
        let fields = self.write_all(block, site, entry, fields);
        if fields.get("subject") == Some(&Value::Null) {
            return Err(Trouble::denied("state_mismatch"));
        }
        let subject = self.world.subject.and_then(|at| self.known.get(at));
        if let Some(subject) = subject.cloned() {
            self.found(&subject);
        }
        self.state.passed("social", "aal1");
        Ok(())
    }
}

fn message(channel: &str, template: &str, to: Option<Text>) -> Message {
    Message {
        channel: channel.into(),
        template: template.into(),
        to,
    }
}
