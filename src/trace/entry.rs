//! One line of a trace: what one block did, when, and what came of it.

use super::ErrorCode;
use crate::flow::Kind;
use crate::value::{Text, Value};

/// What came of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It did its work.
    Ok,
    /// An error or a timeout of its own (ERR-1, ERR-2).
    Failed,
    /// It denied, or a run nested in it did (DENY-1, DENY-4).
    Denied,
    /// Cut at the ceiling (BUD-2).
    TimedOut,
    /// It waits for an answer that never came.
    Suspended,
    /// Started and left to itself (ACT-3).
    Detached,
}

impl Status {
    /// The word in results.
    pub fn name(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Failed => "failed",
            Status::Denied => "denied",
            Status::TimedOut => "timed_out",
            Status::Suspended => "suspended",
            Status::Detached => "detached",
        }
    }
}

/// Why something failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The code (ERR-7).
    pub code: ErrorCode,
    /// One sentence for a person.
    pub message: Text,
    /// `file:line:column` in the author's source, where known (ERR-4).
    pub at: Option<Text>,
    /// What is behind it (NEST-6).
    pub cause: Option<Box<Failure>>,
}

impl Failure {
    /// A failure without place or cause.
    pub fn new(code: ErrorCode, message: impl AsRef<str>) -> Self {
        Failure {
            code,
            message: Text::from(message.as_ref()),
            at: None,
            cause: None,
        }
    }
}

/// How much a log line matters (ACT-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For whoever debugs the action.
    Debug,
    /// Ordinary.
    Info,
    /// Doubtful.
    Warn,
    /// Wrong.
    Error,
}

impl Level {
    /// The word in results.
    pub fn name(self) -> &'static str {
        match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

/// One log line of an action.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// Its level.
    pub level: Level,
    /// Its text.
    pub message: Text,
    /// What was logged with it.
    pub data: Option<Value>,
}

/// One outgoing request, as an entry shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRecord {
    /// The mock that answers; None when no mock does, or the guard refused the call.
    pub mock: Option<Text>,
    /// The method, upper-case.
    pub method: Text,
    /// The whole URL.
    pub url: Text,
    /// The status of the answer, when there was one.
    pub status: Option<u16>,
    /// The fault or error code instead of an answer: `timeout`, `refused`, … or `no_mock`, `outbound_denied`.
    pub fault: Option<Text>,
    /// When it was sent, in flow time.
    pub start_ms: u64,
    /// How long it took; for a call that was dropped, until it was dropped.
    pub duration_ms: u64,
}

/// One block of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The full path: slugs of the outer `run_custom_flow` blocks, then its own.
    pub block: Text,
    /// What it is.
    pub kind: Kind,
    /// What came of it.
    pub status: Status,
    /// ERR-2: it failed, and On error *continue* went on.
    pub continued: bool,
    /// When it started, in flow time.
    pub start_ms: u64,
    /// How long it took, in flow time; of detached work, its own time.
    pub duration_ms: u64,
    /// The branch that a decision or condition took.
    pub branch: Option<Text>,
    /// What a decision or condition read on its way to that branch; None for a path that was missing.
    pub reads: Vec<(Text, Option<Value>)>,
    /// What it wrote: flat key (`step.<slug>.<field>`) to value, in the order of the writes.
    pub writes: Vec<(Text, Value)>,
    /// What it logged.
    pub logs: Vec<LogLine>,
    /// Log lines over the limit (ACT-10).
    pub logs_dropped: u64,
    /// What it sent.
    pub calls: Vec<CallRecord>,
    /// Why it failed.
    pub error: Option<Failure>,
    /// The entries of a nested custom flow (NEST-7).
    pub entries: Vec<Entry>,
}
