//! One turn of an action: its effects are carried out, its compute is charged to flow time (DET-3), and only
//! then its calls go out and its end counts.

use super::planted::{Flaw, planted};
use super::run::Run;
use super::script::{Charged, OpenFetch, ScriptTask};
use super::task::{Task, Verdict};
use super::{Class, Request, guard};
use crate::action::{self, FailureKind, Fetch, FetchError, Turn, TurnState};
use crate::trace::{ErrorCode, Failure, Level, LogLine};
use crate::value::{Text, Value};
use std::sync::Arc;

/// DET-3: whole polls of the interrupt counter in a millisecond.
const POLLS_PER_MS: u64 = 5;

impl Run {
    /// Carries out what an action did in a turn; its calls and its end wait until its compute is charged.
    pub(super) fn script_turn(
        &mut self,
        task: &Task,
        script: &mut ScriptTask,
        turn: Turn,
    ) -> Option<Verdict> {
        self.record.entry(task.entry).logs_dropped += turn.logs_dropped;
        let mut later = Vec::new();
        for effect in turn.effects {
            match effect {
                action::Effect::Fetch(_)
                | action::Effect::Timer { .. }
                | action::Effect::CancelTimer { .. } => later.push(effect),
                done => self.script_effect(task, script, done),
            }
        }
        let limit_ms = self.facts.world.profile.action_compute_ms;
        let spent_ms = match &turn.state {
            _ if planted(Flaw::ComputeIsFree) => 0,
            TurnState::Failed(failure) if failure.kind == FailureKind::Compute => limit_ms,
            _ => (turn.polls / POLLS_PER_MS).min(limit_ms),
        };
        let charge_ms = spent_ms.saturating_sub(script.charged_ms);
        script.charged_ms += charge_ms;
        let charged = Charged {
            later,
            state: turn.state,
        };
        if charge_ms == 0 {
            return self.script_charged(task, script, charged);
        }
        let wake = self.wake_at(self.now_ms.saturating_add(charge_ms), Class::Completion);
        script.charging = Some((wake, charged));
        None
    }

    /// What takes effect at once.
    pub(super) fn script_effect(
        &mut self,
        task: &Task,
        script: &mut ScriptTask,
        effect: action::Effect,
    ) {
        match effect {
            action::Effect::Deny { reason } => {
                if script.denied.is_none() {
                    script.denied = Some(reason);
                }
            }
            action::Effect::SetState { key, value } => {
                let program = self.program.clone();
                self.write_output(task, &program.nodes[task.node], &key, value);
            }
            action::Effect::Log {
                level,
                message,
                data,
            } => {
                let level = match level {
                    action::Level::Debug => Level::Debug,
                    action::Level::Info => Level::Info,
                    action::Level::Warn => Level::Warn,
                    action::Level::Error => Level::Error,
                };
                self.record.entry(task.entry).logs.push(LogLine {
                    level,
                    message,
                    data,
                });
            }
            action::Effect::AppMetadata { patch } => self.merge_app_metadata(task, &patch),
            action::Effect::Claim { name, value } => {
                self.facts.side_effects.custom_claims.insert(name, value);
            }
            action::Effect::Fetch(_)
            | action::Effect::Timer { .. }
            | action::Effect::CancelTimer { .. } => {}
        }
    }

    /// ST-7; of detached work only the side effect counts (ACT-3).
    pub(super) fn merge_app_metadata(&mut self, task: &Task, patch: &Value) {
        let Some(patch) = patch.as_map() else { return };
        for (key, value) in patch.iter() {
            self.facts
                .side_effects
                .app_metadata
                .insert(key.clone(), value.clone());
        }
        if !task.detached && !planted(Flaw::AppMetadataLost) {
            self.facts.change_identity(|identity| {
                let metadata = Arc::make_mut(&mut identity.app_metadata);
                for (key, value) in patch.iter() {
                    metadata.insert(key.clone(), value.clone());
                }
            });
        }
    }

    /// The rest of a turn, once its compute is charged: calls go out, timers start, the action ends or waits.
    pub(super) fn script_charged(
        &mut self,
        task: &Task,
        script: &mut ScriptTask,
        charged: Charged,
    ) -> Option<Verdict> {
        let ends = !matches!(charged.state, TurnState::Waiting);
        for effect in charged.later {
            match effect {
                action::Effect::Fetch(fetch) => self.script_fetch(task, script, fetch, ends),
                action::Effect::Timer { id, delay_ms } if !ends => {
                    let at = self.now_ms.saturating_add(delay_ms);
                    let wake = self.wake_at(at, Class::Completion);
                    script.timers.push((wake, id));
                }
                action::Effect::CancelTimer { id } => {
                    script.timers.retain(|(_, timer)| *timer != id);
                }
                _ => {}
            }
        }
        match charged.state {
            TurnState::Settled => Some(self.script_settled(task, script)),
            TurnState::Failed(failure) => {
                let failure = self.script_failure(task, failure);
                Some(self.script_fails(task, script, failure))
            }
            TurnState::Stuck => {
                let message = "the action never settles: it waits for something that cannot happen";
                let failure = Failure::new(ErrorCode::ActionUnsettled, message);
                Some(self.script_fails(task, script, failure))
            }
            TurnState::Waiting => self.script_inbox(task, script),
        }
    }

    /// Sends a request of an action; the guard is the one of webhooks (ERR-5).
    pub(super) fn script_fetch(
        &mut self,
        task: &Task,
        script: &mut ScriptTask,
        fetch: Fetch,
        ends: bool,
    ) {
        let world = self.facts.world.clone();
        let url = match guard::admit(&fetch.url, world.outbound_allowlist.as_deref()) {
            Ok(url) => url,
            Err(failure) => {
                let target = super::guard::recorded(&fetch.url);
                let record = self.note_call(task.entry, &fetch.method, &target);
                let name = Text::from(failure.code.name());
                self.record.entry(task.entry).calls[record].fault = Some(name.clone());
                let error = FetchError {
                    code: name,
                    message: failure.message,
                };
                if !ends {
                    let wake = self.wake_at(self.now_ms, Class::Completion);
                    script.refused.push((wake, fetch.id, error));
                }
                return;
            }
        };
        if ends && planted(Flaw::LastCallLost) {
            return;
        }
        let record = self.note_call(task.entry, &fetch.method, &url);
        let program = self.program.clone();
        let request = Arc::new(Request {
            block: program.nodes[task.node].path.clone(),
            method: fetch.method,
            url,
            headers: fetch.headers,
            body: fetch.body,
        });
        let limit_ms = if planted(Flaw::FetchWithoutLimit) {
            script.timeout_ms
        } else {
            world.profile.webhook_timeout_ms
        };
        let limit_at = self.now_ms.saturating_add(limit_ms);
        let call = self.send(request, limit_at, 0, task.entry, record);
        if !ends {
            // BUD-4: that a fetch is over, timed out or not, is a completion; only blocks and actions have own timeouts.
            let limit = self.wake_at(limit_at, Class::Completion);
            script.fetches.push(OpenFetch {
                id: fetch.id,
                call,
                limit,
            });
        }
    }
}
