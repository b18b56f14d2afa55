//! A block at work: where it stands, what it waits for, and what can come of it.

use super::blocks::{Denial, Terminal};
use super::calls::Flight;
use super::program::NodeId;
use super::script::ScriptTask;
use super::state::State;
use super::{Answer, CallId, WakeId};
use crate::trace::{Failure, PromptKind};

/// A block at work, in the foreground or detached (ACT-3).
#[derive(Debug)]
pub struct Task {
    /// Which block.
    pub node: NodeId,
    /// Its entry.
    pub entry: usize,
    /// When it started.
    pub start_ms: u64,
    /// Its own timeout, where it has one of its own to keep.
    pub deadline: Option<WakeId>,
    /// What it waits for.
    pub phase: Phase,
    /// ACT-3
    pub detached: bool,
    /// What was known before it, where a continued failure forgets its writes (profile: `continue_keeps_writes`), and
    /// where detached work begins later than it starts (ACT-3).
    pub before: Option<Box<State>>,
}

/// What a block at work waits for.
#[derive(Debug)]
pub enum Phase {
    /// An injected delay, before its work.
    Delay(WakeId),
    /// Its cost, before its outcome (ORD-7).
    Cost(WakeId),
    /// The end of an injected timeout (BUD-8).
    StandIn(WakeId, Failure),
    /// The user.
    Asking { kind: PromptKind, attempt: u32 },
    /// The time that the user took, where it counts (BUD-5).
    Thinking {
        wake: WakeId,
        kind: PromptKind,
        attempt: u32,
        answer: Answer,
    },
    /// The cost of judging an answer (BUD-5).
    Judging {
        wake: WakeId,
        kind: PromptKind,
        attempt: u32,
        answer: Answer,
    },
    /// Its requests.
    Calls(Vec<Flight>),
    /// Its action.
    Script(Box<ScriptTask>),
    /// Nothing: it is about to go on.
    Ready,
}

/// What comes of a block.
#[derive(Debug)]
pub enum Verdict {
    /// The next block runs.
    Next,
    /// Another step runs: a branch was taken.
    Goto(usize),
    /// A nested run starts.
    Enters(usize),
    /// The run, or the nested run, ends successfully.
    Ends(Terminal),
    /// The run ends denied.
    Denies(Denial),
    /// An unhandled error (ERR-1).
    Fails(Failure),
    /// The user never answers.
    Suspends(PromptKind),
}

impl Task {
    /// Whether it waits for this wake-up, its own timeout aside.
    pub fn waits_for(&self, id: WakeId) -> bool {
        match &self.phase {
            Phase::Delay(wake)
            | Phase::Cost(wake)
            | Phase::StandIn(wake, _)
            | Phase::Thinking { wake, .. }
            | Phase::Judging { wake, .. } => *wake == id,
            Phase::Calls(flights) => flights.iter().any(|flight| flight.limit == id),
            Phase::Script(script) => script.waits_for(id),
            Phase::Asking { .. } | Phase::Ready => false,
        }
    }

    /// Whether it sent this request.
    pub fn sent(&self, id: CallId) -> bool {
        match &self.phase {
            Phase::Calls(flights) => flights.iter().any(|flight| flight.call == Some(id)),
            Phase::Script(script) => script.sent(id),
            Phase::Delay(_)
            | Phase::Cost(_)
            | Phase::StandIn(..)
            | Phase::Asking { .. }
            | Phase::Thinking { .. }
            | Phase::Judging { .. }
            | Phase::Ready => false,
        }
    }
}
