//! Makes the trace of a run that has ended, with every text redacted (ST-6).

use super::conclude::Conclusion;
use super::planted::{Flaw, planted};
use super::run::Run;
use crate::trace::{Entry, Failure, Redactor, SideEffects, Trace, UserSees};
use crate::value::{Map, Text, Value};

impl Run {
    /// The trace of a run that was concluded.
    pub(super) fn into_trace(self) -> Trace {
        let world = self.facts.world.clone();
        let hide = Hide(&world.redactor);
        let Conclusion {
            ending,
            terminal,
            mut reason,
            halted_at,
            error,
            mut user_sees,
            flow_ms,
        } = self
            .conclusion
            .unwrap_or_else(|| unreachable!("`finish` concludes every run"));
        let mut entries = self.record.tree();
        hide.entries(&mut entries);
        let mut audit = self.facts.audit;
        for line in &mut audit {
            hide.text(&mut line.kind);
            if !planted(Flaw::SecretAudited) {
                hide.value(&mut line.data);
            }
        }
        let (mut state, mut event) = self.facts.state.into_flat();
        hide.pairs(&mut state);
        hide.value(&mut event);
        if let Some(reason) = &mut reason {
            hide.text(reason);
        }
        if let UserSees::Message(message) = &mut user_sees {
            hide.text(message);
        }
        Trace {
            entries,
            ending,
            terminal,
            reason,
            halted_at,
            error: error.map(|error| hide.failure(error)),
            user_sees,
            flow_ms,
            budget_ms: world.profile.budget_ms,
            state,
            event,
            audit,
            side_effects: hide.side_effects(self.facts.side_effects),
            harness_failure: self.harness_failure.map(|failure| hide.failure(failure)),
        }
    }
}

/// Hides texts in place, piece by piece of a trace.
struct Hide<'a>(&'a Redactor);

impl Hide<'_> {
    fn text(&self, text: &mut Text) {
        self.0.hide(text);
    }

    fn value(&self, value: &mut Value) {
        self.0.hide_value(value);
    }

    /// The keys were redacted where they were made.
    fn pairs(&self, pairs: &mut [(Text, Value)]) {
        for (_, value) in pairs {
            self.value(value);
        }
    }

    fn map(&self, map: Map) -> Map {
        let mut value = Value::map(map);
        self.value(&mut value);
        value.as_map().cloned().unwrap_or_default()
    }

    fn entries(&self, entries: &mut [Entry]) {
        for entry in entries {
            self.pairs(&mut entry.writes);
            for value in entry
                .reads
                .iter_mut()
                .filter_map(|(_, value)| value.as_mut())
            {
                self.value(value);
            }
            let logs = entry
                .logs
                .iter_mut()
                .filter(|_| !planted(Flaw::SecretLogged));
            for line in logs {
                self.text(&mut line.message);
                if let Some(data) = &mut line.data {
                    self.value(data);
                }
            }
            for call in &mut entry.calls {
                self.text(&mut call.url);
            }
            entry.error = entry.error.take().map(|failure| self.failure(failure));
            self.entries(&mut entry.entries);
        }
    }

    fn failure(&self, mut failure: Failure) -> Failure {
        self.text(&mut failure.message);
        failure.cause = failure.cause.map(|cause| Box::new(self.failure(*cause)));
        failure
    }

    fn side_effects(&self, mut side_effects: SideEffects) -> SideEffects {
        side_effects.app_metadata = self.map(side_effects.app_metadata);
        side_effects.custom_claims = self.map(side_effects.custom_claims);
        for message in side_effects
            .emails
            .iter_mut()
            .chain(&mut side_effects.messages)
        {
            self.text(&mut message.template);
            if let Some(to) = &mut message.to {
                self.text(to);
            }
        }
        let identities = &mut side_effects.identities_created;
        for identity in identities
            .iter_mut()
            .chain(&mut side_effects.identities_updated)
        {
            self.value(identity);
        }
        side_effects
    }
}
