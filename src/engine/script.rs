//! Actions at work (ACT, DET-3): what an action did in a turn is carried out here, its compute is charged to
//! flow time, its calls and timers wait here. The JavaScript itself runs in `action`.

use super::planted::{Flaw, planted};
use super::program::{Node, Work};
use super::run::Run;
use super::state::State;
use super::task::{Phase, Task, Verdict};
use super::{CallFault, CallId, CallOutcome, WakeId, seed};
use crate::action::{self, Action, FetchError, Input, Limits, Response, Session, TurnState};
use crate::expr::ValueTemplate;
use crate::flow::OnError;
use crate::profile::{ACTION_STACK, LOG_LINES};
use crate::trace::{ErrorCode, Failure};
use crate::value::Text;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, LazyLock};

/// An action at work.
pub struct ScriptTask {
    pub session: Session,
    /// Compute that was charged already, in milliseconds.
    pub charged_ms: u64,
    /// While compute is charged: the wake-up, and the turn that waits for it.
    pub charging: Option<(WakeId, Charged)>,
    /// Calls that are open, also those whose answer waits in the inbox.
    pub fetches: Vec<OpenFetch>,
    /// Calls that the guard refused: the action is told in the order in which they were made (BUD-4).
    pub refused: Vec<(WakeId, u32, FetchError)>,
    /// Timers that are open.
    pub timers: Vec<(WakeId, u32)>,
    /// What came while the action was computing.
    pub inbox: VecDeque<Arrival>,
    /// The reason of the first `api.deny` (DENY-1).
    pub denied: Option<Text>,
    /// How long it may take, for the message.
    pub timeout_ms: u64,
}

/// The part of a turn that happens after its compute was charged.
pub struct Charged {
    pub later: Vec<action::Effect>,
    pub state: TurnState,
}

/// A call of the action without an answer yet.
pub struct OpenFetch {
    pub id: u32,
    pub call: CallId,
    pub limit: WakeId,
}

/// What an action is to be told.
pub enum Arrival {
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
            || self.refused.iter().any(|(wake, ..)| *wake == id)
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
        // ACT-3: an injected delay does not let detached work see what came after its start.
        let before = task.before.as_deref().filter(|_| task.detached);
        let state = before.unwrap_or(&self.facts.state);
        let input = match self.action_input(node, action, config, state) {
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
            refused: Vec::new(),
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
        state: &State,
    ) -> Result<Input, Failure> {
        let world = &self.facts.world;
        let config = config
            .render(state)
            .map_err(|error| Failure::new(ErrorCode::Expression, error.message))?;
        Ok(Input {
            event: state.event.clone(),
            step: state.step.clone(),
            custom: state.custom.clone(),
            session: state.session.clone(),
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

    /// Hands over the next thing that came while the action was computing.
    pub(super) fn script_inbox(&mut self, task: &Task, script: &mut ScriptTask) -> Option<Verdict> {
        let now_ms = self.epoch_ms();
        let next = match planted(Flaw::ToldBackwards) {
            true => script.inbox.pop_back(),
            false => script.inbox.pop_front(),
        };
        let turn = match next? {
            Arrival::Fetched(id, outcome) => script.session.fetched(id, outcome, now_ms),
            Arrival::Woke(timer) => script.session.woke(timer, now_ms),
        };
        self.script_turn(task, script, turn)
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
        } else if let Some(at) = script.refused.iter().position(|(wake, ..)| *wake == id) {
            let (_, fetch, error) = script.refused.remove(at);
            script.inbox.push_back(Arrival::Fetched(fetch, Err(error)));
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
