//! Actions at work (ACT, DET-3): what an action did in a turn is carried out here, its compute is charged to
//! flow time, its calls and timers wait here. The JavaScript itself runs in `action`.

use super::calls::overlay;
use super::program::{Node, Work};
use super::run::Run;
use super::task::{Phase, Task, Verdict};
use super::{CallFault, CallId, CallOutcome, Class, Request, WakeId, guard, seed};
use crate::action::{
    self, Action, FailureKind, Fetch, FetchError, Input, Limits, Response, Session, Turn, TurnState,
};
use crate::engine::blocks::Denial;
use crate::expr::ValueTemplate;
use crate::flow::OnError;
use crate::profile::{ACTION_STACK, LOG_LINES};
use crate::trace::{AuditOutcome, ErrorCode, Failure, Level, LogLine, UserSees};
use crate::value::{Text, Value};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, LazyLock};

/// DET-3: whole polls of the interrupt counter in a millisecond.
const POLLS_PER_MS: u64 = 5;

/// An action at work.
pub struct ScriptTask {
    session: Session,
    /// Compute that was charged already, in milliseconds.
    charged_ms: u64,
    /// While compute is charged: the wake-up, and the turn that waits for it.
    charging: Option<(WakeId, Charged)>,
    /// Calls that are open, also those whose answer waits in the inbox.
    fetches: Vec<OpenFetch>,
    /// Timers that are open.
    timers: Vec<(WakeId, u32)>,
    /// What came while the action was computing.
    inbox: VecDeque<Arrival>,
    /// The reason of the first `api.deny` (DENY-1).
    denied: Option<Text>,
    /// How long it may take, for the message.
    timeout_ms: u64,
}

/// The part of a turn that happens after its compute was charged.
struct Charged {
    later: Vec<action::Effect>,
    state: TurnState,
}

struct OpenFetch {
    id: u32,
    call: CallId,
    limit: WakeId,
}

enum Arrival {
    Fetched(u32, Result<Response, FetchError>),
    Woke(u32),
}

impl std::fmt::Debug for ScriptTask {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("ScriptTask")
            .field("charged_ms", &self.charged_ms)
            .finish_non_exhaustive()
    }
}

impl ScriptTask {
    /// Whether it waits for this wake-up.
    pub fn waits_for(&self, id: WakeId) -> bool {
        self.charging.as_ref().is_some_and(|(wake, _)| *wake == id)
            || self.timers.iter().any(|(wake, _)| *wake == id)
            || self.fetches.iter().any(|fetch| fetch.limit == id)
    }

    /// Whether it sent this request.
    pub fn sent(&self, id: CallId) -> bool {
        self.fetches.iter().any(|fetch| fetch.call == id)
    }
}

/// The timeout of an attachment: its own, else the action's, else the profile's.
pub fn timeout_ms(node: &Node, action: &Action, default_ms: u64) -> u64 {
    node.timeout_ms.or(action.timeout_ms).unwrap_or(default_ms)
}

impl Run {
    /// Starts an action.
    pub(super) fn open_script(&mut self, task: &mut Task) -> Option<Verdict> {
        let program = self.program.clone();
        let node = &program.nodes[task.node];
        let Work::Action { action, config } = &node.work else {
            return Some(Verdict::Next);
        };
        let input = match self.action_input(node, action, config) {
            Ok(input) => input,
            Err(failure) => return Some(Verdict::Fails(failure)),
        };
        let timeout_ms = timeout_ms(node, action, self.facts.world.profile.action_timeout_ms);
        let (session, turn) = Session::start(&action.script, input);
        let mut script = Box::new(ScriptTask {
            session,
            charged_ms: 0,
            charging: None,
            fetches: Vec::new(),
            timers: Vec::new(),
            inbox: VecDeque::new(),
            denied: None,
            timeout_ms,
        });
        let verdict = self.script_turn(task, &mut script, turn);
        task.phase = Phase::Script(script);
        verdict
    }

    fn action_input(
        &self,
        node: &Node,
        action: &Action,
        config: &ValueTemplate,
    ) -> Result<Input, Failure> {
        let (facts, world) = (&self.facts, &self.facts.world);
        let config = config
            .render(&facts.state)
            .map_err(|error| Failure::new(ErrorCode::Expression, error.message))?;
        Ok(Input {
            event: facts.state.event.clone(),
            step: facts.state.step.clone(),
            custom: facts.state.custom.clone(),
            session: facts.state.session.clone(),
            config,
            secrets: declared_secrets(action, &world.secrets),
            stream: seed::derive(world.seed, "action", &node.path),
            now_ms: self.epoch_ms(),
            limits: Limits {
                compute_ms: world.profile.action_compute_ms,
                heap_bytes: usize::try_from(world.profile.action_heap).unwrap_or(usize::MAX),
                stack_bytes: usize::try_from(ACTION_STACK).unwrap_or(usize::MAX),
                log_lines: LOG_LINES,
            },
        })
    }

    /// Carries out what an action did in a turn; its calls and its end wait until its compute is charged.
    fn script_turn(&mut self, task: &Task, script: &mut ScriptTask, turn: Turn) -> Option<Verdict> {
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
    fn script_effect(&mut self, task: &Task, script: &mut ScriptTask, effect: action::Effect) {
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
    fn merge_app_metadata(&mut self, task: &Task, patch: &Value) {
        let Some(patch) = patch.as_map() else { return };
        for (key, value) in patch.iter() {
            self.facts
                .side_effects
                .app_metadata
                .insert(key.clone(), value.clone());
        }
        if !task.detached {
            self.facts.change_identity(|identity| {
                let metadata = Arc::make_mut(&mut identity.app_metadata);
                for (key, value) in patch.iter() {
                    metadata.insert(key.clone(), value.clone());
                }
            });
        }
    }

    /// The rest of a turn, once its compute is charged: calls go out, timers start, the action ends or waits.
    fn script_charged(
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

    /// Hands over the next thing that came while the action was computing.
    fn script_inbox(&mut self, task: &Task, script: &mut ScriptTask) -> Option<Verdict> {
        let now_ms = self.epoch_ms();
        let turn = match script.inbox.pop_front()? {
            Arrival::Fetched(id, outcome) => script.session.fetched(id, outcome, now_ms),
            Arrival::Woke(timer) => script.session.woke(timer, now_ms),
        };
        self.script_turn(task, script, turn)
    }

    /// Sends a request of an action; the guard is the one of webhooks (ERR-5).
    fn script_fetch(&mut self, task: &Task, script: &mut ScriptTask, fetch: Fetch, ends: bool) {
        let world = self.facts.world.clone();
        let url = match guard::admit(&fetch.url, world.outbound_allowlist.as_deref()) {
            Ok(url) => url,
            Err(failure) => {
                let record = self.note_call(task.entry, &fetch.method, &fetch.url);
                let name = Text::from(failure.code.name());
                self.record.entry(task.entry).calls[record].fault = Some(name.clone());
                let error = FetchError {
                    code: name,
                    message: failure.message,
                };
                script
                    .inbox
                    .push_back(Arrival::Fetched(fetch.id, Err(error)));
                return;
            }
        };
        let record = self.note_call(task.entry, &fetch.method, &url);
        let program = self.program.clone();
        let request = Arc::new(Request {
            block: program.nodes[task.node].path.clone(),
            method: fetch.method,
            url,
            headers: fetch.headers,
            body: fetch.body,
        });
        let limit_ms = world.profile.webhook_timeout_ms;
        let limit_at = self.now_ms.saturating_add(limit_ms);
        let call = self.send(request, limit_at, 0, task.entry, record);
        if !ends {
            let limit = self.wake_at(limit_at, Class::OwnTimeout);
            script.fetches.push(OpenFetch {
                id: fetch.id,
                call,
                limit,
            });
        }
    }

    /// Something that the action waits for has come.
    pub(super) fn script_woken(&mut self, task: &mut Task, id: WakeId) -> Option<Verdict> {
        let Phase::Script(mut script) = std::mem::replace(&mut task.phase, Phase::Ready) else {
            return None;
        };
        let verdict = self.script_wake(task, &mut script, id);
        task.phase = Phase::Script(script);
        verdict
    }

    fn script_wake(&mut self, task: &Task, script: &mut ScriptTask, id: WakeId) -> Option<Verdict> {
        if let Some((_, charged)) = script.charging.take_if(|(wake, _)| *wake == id) {
            return self.script_charged(task, script, charged);
        }
        if let Some(at) = script.timers.iter().position(|(wake, _)| *wake == id) {
            let (_, timer) = script.timers.remove(at);
            script.inbox.push_back(Arrival::Woke(timer));
        } else if let Some(at) = script.fetches.iter().position(|fetch| fetch.limit == id) {
            let fetch = script.fetches.remove(at);
            let failure = self.close_call(fetch.call, &CallOutcome::Fault(CallFault::Timeout));
            script
                .inbox
                .push_back(Arrival::Fetched(fetch.id, Err(fetch_error(failure))));
        }
        if script.charging.is_some() {
            None
        } else {
            self.script_inbox(task, script)
        }
    }

    /// A request of the action came to an end.
    pub(super) fn script_answered(
        &mut self,
        task: &mut Task,
        id: CallId,
        outcome: CallOutcome,
    ) -> Option<Verdict> {
        let failure = self.close_call(id, &outcome);
        let Phase::Script(mut script) = std::mem::replace(&mut task.phase, Phase::Ready) else {
            return None;
        };
        let mut verdict = None;
        if let Some(at) = script.fetches.iter().position(|fetch| fetch.call == id) {
            let fetch = script.fetches.remove(at);
            let arrived = match outcome {
                CallOutcome::Answer(answer) => Ok(Response {
                    status: answer.status,
                    headers: answer.headers.clone(),
                    body: answer.body.clone(),
                }),
                CallOutcome::Fault(_) => Err(fetch_error(failure)),
            };
            script.inbox.push_back(Arrival::Fetched(fetch.id, arrived));
            if script.charging.is_none() {
                verdict = self.script_inbox(task, &mut script);
            }
        }
        task.phase = Phase::Script(script);
        verdict
    }

    /// An action's own timeout: an ordinary error, unless it denied before (DENY-1).
    pub(super) fn script_timed_out(&mut self, task: &mut Task) -> Verdict {
        let Phase::Script(script) = std::mem::replace(&mut task.phase, Phase::Ready) else {
            return Verdict::Next;
        };
        let allowed = crate::profile::duration_text(script.timeout_ms);
        let message = format!("the action did not settle within its timeout of {allowed}");
        self.script_fails(
            task,
            &script,
            Failure::new(ErrorCode::ActionTimeout, message),
        )
    }

    fn script_settled(&mut self, task: &Task, script: &ScriptTask) -> Verdict {
        if let Some(reason) = &script.denied {
            return self.script_denies(task, reason);
        }
        let program = self.program.clone();
        let node = &program.nodes[task.node];
        if let Some(scripted) = self.facts.world.outputs.get(&node.path).cloned() {
            let mut fields = Vec::new();
            overlay(&mut fields, Some(&*scripted));
            for (field, value) in fields {
                self.write_output(task, node, &field, value);
            }
        }
        Verdict::Next
    }

    fn script_fails(&mut self, task: &Task, script: &ScriptTask, failure: Failure) -> Verdict {
        match &script.denied {
            Some(reason) => self.script_denies(task, reason),
            None => Verdict::Fails(failure),
        }
    }

    /// DENY-1, and the profile's `action_deny_visible`. Detached work cannot deny (ACT-3).
    fn script_denies(&mut self, task: &Task, reason: &Text) -> Verdict {
        let visible = self.facts.world.profile.action_deny_visible;
        let user_sees = if visible {
            UserSees::Message(reason.clone())
        } else {
            UserSees::GenericError
        };
        if !task.detached {
            let program = self.program.clone();
            let data = super::facts::data("reason", reason.clone());
            let node = &program.nodes[task.node];
            self.facts
                .audit("action.denied", AuditOutcome::Denied, node, data);
        }
        Verdict::Denies(Denial {
            reason: reason.clone(),
            user_sees,
        })
    }

    /// The code and place of a failed action (ERR-4).
    fn script_failure(&mut self, task: &Task, failure: action::Failure) -> Failure {
        let code = match &failure.kind {
            FailureKind::Error => ErrorCode::ActionError,
            FailureKind::Compute => ErrorCode::ActionCompute,
            FailureKind::Memory => ErrorCode::ActionMemory,
            FailureKind::Stack => ErrorCode::ActionStack,
            FailureKind::Unsettled => ErrorCode::ActionUnsettled,
            FailureKind::Fetch { code } => {
                ErrorCode::from_name(code).unwrap_or(ErrorCode::ActionError)
            }
            FailureKind::Uninterruptible => ErrorCode::ActionUninterruptible,
        };
        let program = self.program.clone();
        let node = &program.nodes[task.node];
        let at = match (&node.work, failure.at) {
            (Work::Action { action, .. }, Some((line, column))) => {
                let file = action.script.file().path();
                Some(Text::from(format!("{file}:{line}:{column}")))
            }
            _ => None,
        };
        let shown = Failure {
            code,
            message: Text::from(failure.message),
            at,
            cause: None,
        };
        if code == ErrorCode::ActionUninterruptible {
            self.harness_failure.get_or_insert_with(|| shown.clone());
        }
        shown
    }
}

fn fetch_error(failure: Option<Failure>) -> FetchError {
    match failure {
        Some(failure) => FetchError {
            code: Text::from(failure.code.name()),
            message: failure.message,
        },
        None => FetchError {
            code: "webhook_reset".into(),
            message: "no answer".into(),
        },
    }
}

/// The secrets that an action declares, with their test values.
fn declared_secrets(action: &Action, secrets: &BTreeMap<Text, Text>) -> Arc<BTreeMap<Text, Text>> {
    static NONE: LazyLock<Arc<BTreeMap<Text, Text>>> = LazyLock::new(Arc::default);
    if action.secrets.is_empty() {
        return NONE.clone();
    }
    let declared = action.secrets.iter();
    Arc::new(
        declared
            .filter_map(|name| secrets.get(name).map(|value| (name.clone(), value.clone())))
            .collect(),
    )
}

/// Whether a failure of this node is continued past (ERR-2, ERR-3).
pub fn continues(node: &Node) -> bool {
    node.on_error == OnError::Continue && node.kind.info().on_error
}
