//! The ending (ORD-5, ORD-6, AUD): what a run comes to, and its trace with hidden values replaced (ST-6).

use super::blocks::error_data;
use super::risk::map;
use super::{Reading, Run, Site, Stop};
use crate::trace::{
    Audit, AuditOutcome, Ending, Entry, ErrorCode, Failure, Redactor, Trace, UserSees,
};
use crate::value::{Map, Text, Value};

/// The head of a trace.
struct Head {
    ending: Ending,
    terminal: Option<Text>,
    reason: Option<Text>,
    halted_at: Option<Text>,
    error: Option<Failure>,
    user_sees: UserSees,
}

impl Run<'_> {
    pub(super) fn seal(mut self, stop: Option<Stop>, entries: Vec<Entry>, site: &Site) -> Reading {
        let head = self.conclude(stop, site);
        let mut trace = Trace {
            entries,
            ending: head.ending,
            terminal: head.terminal,
            reason: head.reason,
            halted_at: head.halted_at,
            error: head.error,
            user_sees: head.user_sees,
            flow_ms: self.now,
            budget_ms: self.world.profile.budget_ms,
            state: self.state.flat(),
            event: self.state.event.clone().into(),
            audit: self.audit,
            side_effects: self.effects,
            harness_failure: None,
        };
        hide(&mut trace, &self.world.redactor);
        Reading {
            trace,
            exchange: self.exchange,
        }
    }

    fn conclude(&mut self, stop: Option<Stop>, site: &Site) -> Head {
        match stop {
            Some(Stop::Allowed { by }) => self.allowed(by, site),
            None => match self.session.clone() {
                Some(session) => self.allowed(session, site),
                None => self.no_terminal(site),
            },
            Some(Stop::Denied {
                by,
                flow,
                reason,
                shown,
            }) => {
                self.revoke(&flow, &by);
                let data = map([("reason", Value::Text(reason.clone()))]);
                self.last("flow.denied", AuditOutcome::Denied, flow, Some(&by), data);
                Head {
                    ending: Ending::Denied,
                    terminal: Some(by.clone()),
                    reason: Some(reason),
                    halted_at: Some(by),
                    error: None,
                    user_sees: shown.map_or(UserSees::GenericError, UserSees::Message),
                }
            }
            Some(Stop::Failed { failure, deepest }) => {
                let (at, flow, own) = deepest;
                self.revoke(&flow, &at);
                let data = error_data(&own);
                self.last("flow.failed", AuditOutcome::Failure, flow, Some(&at), data);
                Head {
                    ending: Ending::Failed,
                    terminal: None,
                    reason: Some(failure.code.name().into()),
                    halted_at: Some(at),
                    error: Some(failure),
                    user_sees: UserSees::GenericError,
                }
            }
            Some(Stop::TimedOut { at, flow }) => {
                self.revoke(&flow, &at);
                let code = ErrorCode::Budget;
                let mut error = Failure::new(code, code.meaning());
                if flow != site.flow {
                    error = Failure {
                        cause: Some(Box::new(error)),
                        ..Failure::new(code, "Custom flow timed out.")
                    };
                }
                let kind = "flow.timed_out";
                self.last(kind, AuditOutcome::Failure, flow, Some(&at), Map::new());
                Head {
                    ending: Ending::TimedOut,
                    terminal: None,
                    reason: Some(code.name().into()),
                    halted_at: Some(at),
                    error: Some(error),
                    user_sees: UserSees::GenericError,
                }
            }
            Some(Stop::Suspended(kind)) => Head {
                ending: Ending::Suspended,
                terminal: self.session.clone(),
                reason: None,
                halted_at: None,
                error: None,
                user_sees: UserSees::Prompt(kind),
            },
        }
    }

    /// ORD-5: the first `issue_session` stays the terminal.
    fn allowed(&mut self, by: Text, site: &Site) -> Head {
        let terminal = self.session.clone().unwrap_or(by);
        let flow = site.flow.clone();
        let kind = "flow.completed";
        self.last(
            kind,
            AuditOutcome::Success,
            flow,
            Some(&terminal),
            Map::new(),
        );
        Head {
            ending: Ending::Allowed,
            terminal: Some(terminal),
            reason: None,
            halted_at: None,
            error: None,
            user_sees: UserSees::Success,
        }
    }

    /// ORD-6
    fn no_terminal(&mut self, site: &Site) -> Head {
        let failure = Failure::new(ErrorCode::NoTerminal, ErrorCode::NoTerminal.meaning());
        let data = error_data(&failure);
        let flow = site.flow.clone();
        self.last("flow.failed", AuditOutcome::Failure, flow, None, data);
        Head {
            ending: Ending::Failed,
            terminal: None,
            reason: Some(failure.code.name().into()),
            halted_at: None,
            error: Some(failure),
            user_sees: UserSees::GenericError,
        }
    }

    /// ORD-5: what overturns the ending revokes the session.
    fn revoke(&mut self, flow: &Text, by: &Text) {
        if self.session.is_some() {
            self.effects.session_issued = false;
            self.effects.session_revoked = true;
            let kind = "user.session_revoked";
            let flow = flow.clone();
            self.last(kind, AuditOutcome::Success, flow, Some(by), Map::new());
        }
    }

    fn last(
        &mut self,
        kind: &str,
        outcome: AuditOutcome,
        flow: Text,
        block: Option<&Text>,
        data: Map,
    ) {
        self.audit.push(Audit {
            kind: kind.into(),
            outcome,
            flow,
            block: block.cloned(),
            data: data.into(),
        });
    }
}

/// ST-6
fn hide(trace: &mut Trace, redactor: &Redactor) {
    for entry in &mut trace.entries {
        hide_entry(entry, redactor);
    }
    for (key, value) in &mut trace.state {
        redactor.hide(key);
        redactor.hide_value(value);
    }
    redactor.hide_value(&mut trace.event);
    if let Some(error) = &mut trace.error {
        hide_failure(error, redactor);
    }
    for audit in &mut trace.audit {
        redactor.hide_value(&mut audit.data);
    }
    let effects = &mut trace.side_effects;
    for map in [&mut effects.app_metadata, &mut effects.custom_claims] {
        for (_, value) in map.iter_mut() {
            redactor.hide_value(value);
        }
    }
    let lists = [
        &mut effects.identities_created,
        &mut effects.identities_updated,
    ];
    for value in lists.into_iter().flatten() {
        redactor.hide_value(value);
    }
    for message in effects.emails.iter_mut().chain(&mut effects.messages) {
        redactor.hide(&mut message.template);
        if let Some(to) = &mut message.to {
            redactor.hide(to);
        }
    }
    if let Some(reason) = &mut trace.reason {
        redactor.hide(reason);
    }
    if let UserSees::Message(text) = &mut trace.user_sees {
        redactor.hide(text);
    }
}

fn hide_failure(failure: &mut Failure, redactor: &Redactor) {
    redactor.hide(&mut failure.message);
    if let Some(cause) = &mut failure.cause {
        hide_failure(cause, redactor);
    }
}

fn hide_entry(entry: &mut Entry, redactor: &Redactor) {
    for (key, value) in &mut entry.reads {
        redactor.hide(key);
        value
            .iter_mut()
            .for_each(|value| redactor.hide_value(value));
    }
    if let Some(error) = &mut entry.error {
        hide_failure(error, redactor);
    }
    for (key, value) in &mut entry.writes {
        redactor.hide(key);
        redactor.hide_value(value);
    }
    for call in &mut entry.calls {
        redactor.hide(&mut call.url);
    }
    for line in &mut entry.logs {
        redactor.hide(&mut line.message);
        if let Some(data) = &mut line.data {
            redactor.hide_value(data);
        }
    }
    for nested in &mut entry.entries {
        hide_entry(nested, redactor);
    }
}
