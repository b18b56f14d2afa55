//! One execution of a program in a world: the state machine that a driver feeds. `start` it, carry out its
//! effects, `resume` it with what came of them, until it has `ended`; then `finish` gives the trace.

use super::facts::Facts;
use super::planted::{Flaw, planted};
use super::program::{NodeId, Program};
use super::record::Record;
use super::state::State;
use super::task::{Phase, Task, Verdict};
use super::{CallId, CallOutcome, Class, Effect, Resume, WakeId, World};
use crate::trace::{Failure, Trace};
use crate::value::{Text, Value};
use std::sync::Arc;

/// A run.
#[derive(Debug)]
pub struct Run {
    pub(super) program: Arc<Program>,
    pub(super) facts: Facts,
    /// Flow time.
    pub(super) now_ms: u64,
    pub(super) effects: Vec<Effect>,
    pub(super) record: Record,
    /// Requests without an outcome yet.
    pub(super) open: Vec<OpenCall>,
    /// Requests whose block has ended without waiting for them.
    pub(super) dropped: Vec<OpenCall>,
    /// Where the outermost flow goes on.
    pub(super) outer: Cursor,
    /// The custom flow that runs, if one does.
    pub(super) inner: Option<Inner>,
    /// The block at work.
    pub(super) task: Option<Task>,
    /// Actions left to themselves (ACT-3).
    pub(super) detached: Vec<Task>,
    /// The `issue_session` that settled the ending (ORD-5).
    pub(super) settled: Option<NodeId>,
    pub(super) conclusion: Option<super::conclude::Conclusion>,
    /// The stage of the outermost flow that runs (ST-6).
    pub(super) stage: usize,
    pub(super) harness_failure: Option<Failure>,
    pub(super) ceiling: WakeId,
    last_id: u64,
}

/// A position in a routine.
#[derive(Debug, Clone, Copy)]
pub struct Cursor {
    /// Which routine.
    pub routine: usize,
    /// Its next step.
    pub step: usize,
}

/// A nested run.
#[derive(Debug)]
pub struct Inner {
    /// Where it goes on.
    pub cursor: Cursor,
    /// The `run_custom_flow` block.
    pub node: NodeId,
    /// Its entry.
    pub entry: usize,
    /// When it started.
    pub start_ms: u64,
    /// The parent's `step` (ST-4).
    pub parent_step: Value,
    /// What was known before it, as of every task.
    pub before: Option<Box<State>>,
}

/// A request without an outcome yet.
#[derive(Debug)]
pub struct OpenCall {
    /// Its name.
    pub id: CallId,
    /// The entry that shows it.
    pub entry: usize,
    /// Its record in the entry.
    pub record: usize,
    /// Why no mock answers it.
    pub unmatched: Option<Text>,
}

impl Run {
    /// A run that has not started.
    pub fn new(program: &Arc<Program>, world: &Arc<World>) -> Self {
        Run {
            program: program.clone(),
            facts: Facts::new(world, &program.flow, program.kind),
            now_ms: 0,
            effects: Vec::with_capacity(4),
            record: Record::default(),
            open: Vec::new(),
            dropped: Vec::new(),
            outer: Cursor {
                routine: 0,
                step: 0,
            },
            inner: None,
            task: None,
            detached: Vec::new(),
            settled: None,
            conclusion: None,
            stage: 0,
            harness_failure: None,
            ceiling: 0,
            last_id: 0,
        }
    }

    /// Runs until something has to be waited for.
    pub fn start(&mut self) {
        let class = if planted(Flaw::CeilingFirst) {
            Class::Completion
        } else {
            Class::Ceiling
        };
        self.ceiling = self.wake_at(self.facts.world.profile.budget_ms, class);
        self.advance();
    }

    /// Moves what the run asks for into `effects`, in order.
    pub fn take_effects(&mut self, effects: &mut Vec<Effect>) {
        effects.append(&mut self.effects);
    }

    /// Goes on with what came of an effect, at an instant of flow time; time never goes back.
    pub fn resume(&mut self, resume: Resume, now_ms: u64) {
        self.now_ms = self.now_ms.max(now_ms);
        match resume {
            Resume::Woken(id) if id == self.ceiling => self.cut(),
            Resume::Woken(id) => self.woken(id),
            Resume::Called(id, outcome) => self.called(id, outcome),
            Resume::Answered(answer) => {
                if let Some(mut task) = self.task.take() {
                    let verdict = self.user_answered(&mut task, answer);
                    self.keep(task, verdict);
                }
            }
        }
        self.advance();
    }

    /// Whether nothing is at work any more, detached actions included.
    pub fn ended(&self) -> bool {
        self.conclusion.is_some() && self.detached.is_empty()
    }

    /// The trace. A run that was left before its end counts as suspended by nobody: it is concluded as it stands.
    pub fn finish(mut self) -> Trace {
        self.conclude_abandoned();
        self.into_trace()
    }

    fn woken(&mut self, id: WakeId) {
        if let Some(mut task) = self.task.take_if(|task| task.owns(id)) {
            let verdict = self.task_woken(&mut task, id);
            self.keep(task, verdict);
        } else if let Some(at) = self.detached.iter().position(|task| task.owns(id)) {
            let mut task = self.detached.remove(at);
            let verdict = self.task_woken(&mut task, id);
            self.keep_detached(at, task, verdict);
        }
    }

    fn called(&mut self, id: CallId, outcome: CallOutcome) {
        if let Some(mut task) = self.task.take_if(|task| task.sent(id)) {
            let verdict = self.task_answered(&mut task, id, outcome);
            self.keep(task, verdict);
        } else if let Some(at) = self.detached.iter().position(|task| task.sent(id)) {
            let mut task = self.detached.remove(at);
            let verdict = self.task_answered(&mut task, id, outcome);
            self.keep_detached(at, task, verdict);
        }
    }

    fn task_answered(
        &mut self,
        task: &mut Task,
        id: CallId,
        outcome: CallOutcome,
    ) -> Option<Verdict> {
        match &task.phase {
            Phase::Script(_) => self.script_answered(task, id, outcome),
            _ => self.call_answered(task, id, outcome),
        }
    }

    /// Keeps the block at work, or carries its verdict out.
    pub(super) fn keep(&mut self, task: Task, verdict: Option<Verdict>) {
        match verdict {
            None => self.task = Some(task),
            Some(verdict) => self.settle(task, verdict),
        }
    }

    /// The same for detached work, which keeps its place among the others.
    pub(super) fn keep_detached(&mut self, at: usize, task: Task, verdict: Option<Verdict>) {
        match verdict {
            None => self.detached.insert(at, task),
            Some(verdict) => self.settle_detached(&task, verdict),
        }
    }

    /// The next id, of calls and wake-ups alike: they rise in the order in which work starts (BUD-4).
    pub(super) fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Asks to be woken.
    pub(super) fn wake_at(&mut self, at: u64, class: Class) -> WakeId {
        let last = planted(Flaw::OwnTimeoutLast) && class == Class::OwnTimeout;
        let class = if last { Class::Ceiling } else { class };
        let id = self.fresh_id();
        self.effects.push(Effect::Wake { id, at, class });
        id
    }

    /// Flow time as milliseconds since the epoch (DET-2).
    pub(super) fn epoch_ms(&self) -> i64 {
        if planted(Flaw::StandingClock) {
            return self.facts.world.clock_ms;
        }
        self.facts
            .world
            .clock_ms
            .saturating_add_unsigned(self.now_ms)
    }
}

impl Task {
    /// Whether a wake-up is this task's, its own timeout included.
    fn owns(&self, id: WakeId) -> bool {
        self.deadline == Some(id) || self.waits_for(id)
    }
}
