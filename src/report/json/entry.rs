//! Trace entries, calls, logs and errors as JSON.

use crate::trace::{self, CallRecord, LogLine};
use crate::value::{Map, Text, Value};
use serde::Serialize;

/// One line of a trace.
#[derive(Serialize)]
pub struct Entry<'a> {
    block: &'a str,
    kind: &'static str,
    status: &'static str,
    continued: bool,
    start_ms: u64,
    duration_ms: u64,
    branch: Option<&'a str>,
    writes: Map,
    logs: Vec<Log<'a>>,
    #[serde(skip_serializing_if = "is_zero")]
    logs_dropped: u64,
    calls: Vec<Call<'a>>,
    error: Option<Error<'a>>,
    entries: Vec<Entry<'a>>,
}

/// Why something failed.
#[derive(Serialize)]
pub struct Error<'a> {
    code: &'static str,
    message: &'a str,
    at: Option<&'a str>,
    cause: Option<Box<Error<'a>>>,
}

#[derive(Serialize)]
struct Log<'a> {
    level: &'static str,
    message: &'a str,
    data: Option<&'a Value>,
}

#[derive(Serialize)]
struct Call<'a> {
    mock: Option<&'a str>,
    method: &'a str,
    url: &'a str,
    status: Option<u16>,
    fault: Option<&'a str>,
    start_ms: u64,
    duration_ms: u64,
}

impl<'a> Entry<'a> {
    pub fn new(entry: &'a trace::Entry) -> Self {
        Entry {
            block: &entry.block,
            kind: entry.kind.name(),
            status: entry.status.name(),
            continued: entry.continued,
            start_ms: entry.start_ms,
            duration_ms: entry.duration_ms,
            branch: entry.branch.as_deref(),
            writes: flat(&entry.writes),
            logs: entry.logs.iter().map(Log::new).collect(),
            logs_dropped: entry.logs_dropped,
            calls: entry.calls.iter().map(Call::new).collect(),
            error: entry.error.as_ref().map(Error::new),
            entries: entry.entries.iter().map(Entry::new).collect(),
        }
    }
}

impl<'a> Error<'a> {
    pub fn new(failure: &'a trace::Failure) -> Self {
        Error {
            code: failure.code.name(),
            message: &failure.message,
            at: failure.at.as_deref(),
            cause: failure
                .cause
                .as_ref()
                .map(|cause| Box::new(Error::new(cause))),
        }
    }
}

impl<'a> Log<'a> {
    fn new(line: &'a LogLine) -> Self {
        Log {
            level: line.level.name(),
            message: &line.message,
            data: line.data.as_ref(),
        }
    }
}

impl<'a> Call<'a> {
    fn new(call: &'a CallRecord) -> Self {
        Call {
            mock: call.mock.as_deref(),
            method: &call.method,
            url: &call.url,
            status: call.status,
            fault: call.fault.as_deref(),
            start_ms: call.start_ms,
            duration_ms: call.duration_ms,
        }
    }
}

/// Flat keys to values; of a key that was written twice, the last value.
pub fn flat(pairs: &[(Text, Value)]) -> Map {
    pairs.iter().cloned().collect()
}

// serde hands over a reference
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
