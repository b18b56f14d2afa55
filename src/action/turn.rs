//! What goes into a run of an action and what comes out of it, turn by turn. Pure data.

use crate::value::{Text, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A place in the author's source: line and column, both 1-based, in characters.
pub type Place = (usize, usize);

/// What one run may use (BUD-7).
#[derive(Debug, Clone)]
pub struct Limits {
    /// Counted work in milliseconds of flow time (DET-3).
    pub compute_ms: u64,
    /// Memory beyond what an empty machine takes; effects count as well.
    pub heap_bytes: usize,
    /// Native stack below the call of the session; the thread must have that much and 512 KiB more.
    pub stack_bytes: usize,
    /// Lines of log; those beyond are dropped and counted (ACT-10).
    pub log_lines: usize,
}

/// The defaults of BUD-7.
impl Default for Limits {
    fn default() -> Self {
        Limits {
            compute_ms: 1_000,
            heap_bytes: 32 << 20,
            stack_bytes: 512 << 10,
            log_lines: 1_000,
        }
    }
}

/// What one run of an action sees.
#[derive(Clone)]
pub struct Input {
    /// `event`
    pub event: Value,
    /// `step`
    pub step: Value,
    /// `custom`
    pub custom: Value,
    /// `session`
    pub session: Value,
    /// `api.config`
    pub config: Value,
    /// The declared secrets with their values.
    pub secrets: Arc<BTreeMap<Text, Text>>,
    /// The seed of `Math.random` and `crypto` (ACT-7).
    pub stream: u64,
    /// Flow time at the start, in milliseconds since the epoch.
    pub now_ms: i64,
    /// What the run may use.
    pub limits: Limits,
}

/// What happened since the last turn, in order, and where the action stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// In the order in which the action caused them.
    pub effects: Vec<Effect>,
    /// Lines of log dropped in this turn because the limit was reached.
    pub logs_dropped: u64,
    /// Whole polls of the interrupt counter in this run so far (DET-3): five are a millisecond.
    pub polls: u64,
    /// Where the action stands.
    pub state: TurnState,
}

/// Where an action stands after a turn.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnState {
    /// Open fetches or timers can wake it.
    Waiting,
    /// `execute` returned, or its promise was fulfilled.
    Settled,
    /// It ended with an error.
    Failed(Failure),
    /// It has not settled, and nothing pending can wake it.
    Stuck,
}

/// Why an action failed (ERR-4).
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The kind of failure, which decides the code.
    pub kind: FailureKind,
    /// The cause, for the author.
    pub message: String,
    /// Where the error was made in the author's source; for a thrown non-Error, None.
    pub at: Option<Place>,
}

/// The kinds of failure.
#[derive(Debug, Clone, PartialEq)]
pub enum FailureKind {
    /// Thrown or rejected: `action_error`.
    Error,
    /// `action_compute`
    Compute,
    /// `action_memory`
    Memory,
    /// `action_stack`
    Stack,
    /// `action_unsettled`; for callers that turn `TurnState::Stuck` into a failure.
    Unsettled,
    /// An uncaught rejection of `api.fetch` that keeps its code: `no_mock` or `outbound_denied` (ERR-7).
    Fetch {
        /// The code.
        code: Text,
    },
    /// `action_uninterruptible`: the harness failed, not the flow.
    Uninterruptible,
}

/// The level of a line of log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// `debug`
    Debug,
    /// `info`
    Info,
    /// `warn`
    Warn,
    /// `error`
    Error,
}

impl Level {
    /// The level of a name.
    pub fn of(name: &str) -> Option<Level> {
        match name {
            "debug" => Some(Level::Debug),
            "info" => Some(Level::Info),
            "warn" => Some(Level::Warn),
            "error" => Some(Level::Error),
            _ => None,
        }
    }

    /// The name of the level.
    pub fn name(self) -> &'static str {
        match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

/// Something an action did through `api`, `console` or a timer.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// The first `api.deny`; later ones are no effects (DENY-1).
    Deny {
        /// `denied` when none was given.
        reason: Text,
    },
    /// `api.state.set` (ST-3).
    SetState {
        /// The field.
        key: Text,
        /// What it became.
        value: Value,
    },
    /// A line of log.
    Log {
        /// How loud.
        level: Level,
        /// The text.
        message: Text,
        /// The third argument of `api.log`.
        data: Option<Value>,
    },
    /// A call that is open until `Session::fetched`.
    Fetch(Fetch),
    /// A timer that is open until `Session::woke` or `CancelTimer`.
    Timer {
        /// Its number in this run.
        id: u32,
        /// After how much flow time it fires.
        delay_ms: u64,
    },
    /// `clearTimeout` of an open timer.
    CancelTimer {
        /// Its number.
        id: u32,
    },
    /// `api.user.setAppMetadata` (ST-7).
    AppMetadata {
        /// What to merge; always a map.
        patch: Value,
    },
    /// `api.session.setCustomClaim`.
    Claim {
        /// The claim.
        name: Text,
        /// Its value.
        value: Value,
    },
}

/// A call of `api.fetch`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetch {
    /// Its number in this run.
    pub id: u32,
    /// In capitals where it is one of the usual ones.
    pub method: Text,
    /// As the action wrote it.
    pub url: Text,
    /// Names in lower case, in the order written; a repeated name is joined with `, `.
    pub headers: Vec<(Text, Text)>,
    /// The body: parsed when it is JSON, else its text.
    pub body: Option<Value>,
    /// The text of the body.
    pub body_text: Option<Text>,
    /// Where `api.fetch` was called.
    pub at: Option<Place>,
}

/// The answer to a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(Text, Text)>,
    /// The body as text.
    pub body: Text,
}

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchError {
    /// A code of ERR-7; the action sees it as `error.code`.
    pub code: Text,
    /// The message of the error that the action sees.
    pub message: Text,
}
