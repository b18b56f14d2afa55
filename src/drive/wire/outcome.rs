//! What a run on the wire gives: the outcome that the virtual driver gives too, how it went in real time, or why
//! the harness could not do it. An error is never an ending of a flow: the scenario is errored.

use crate::drive::Outcome;
use crate::trace::Redactor;
use std::io;
use std::time::Duration;

/// Why the wire driver could not run something; never an ending of a flow.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// No socket, no thread.
    #[error("cannot start the mock server: {0}; free ports or file descriptors, or lower `--jobs`")]
    Start(#[from] io::Error),
    /// What came over the wire is not what the mocks say.
    #[error("{request}: due is {due}, but the wire brought {met}")]
    Disagrees {
        /// Method and URL, redacted.
        request: String,
        /// What was due.
        due: String,
        /// What was met.
        met: String,
    },
    /// Nothing came long after it was due.
    #[error(
        "{request}: nothing came within {waited:?} after it was due; lower `--jobs`, or raise `--time-scale`"
    )]
    Silent {
        /// Method and URL, redacted.
        request: String,
        /// How long was waited.
        waited: Duration,
    },
    /// Requests that never reached the server.
    #[error("{requests} requests did not reach the mock server; lower `--jobs`")]
    Unsent {
        /// How many.
        requests: usize,
    },
}

/// How a run went on the wire. These are real times: they belong to a person's output, never into results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WireReport {
    /// Requests that were really sent.
    pub requests: u64,
    /// Requests whose fault is simulated (`dns`, `tls`).
    pub simulated: u64,
    /// The most by which something happened later than it was due.
    pub lag: Duration,
    /// The whole run.
    pub elapsed: Duration,
}

/// What came of a run on the wire.
#[derive(Debug)]
pub struct Wired {
    /// As the virtual driver gives it.
    pub outcome: Outcome,
    /// How it went.
    pub report: WireReport,
}

impl WireError {
    /// Messages name requests, whose URLs may hold what must not be shown (ST-6).
    pub(super) fn redacted(mut self, redactor: &Redactor) -> Self {
        match &mut self {
            WireError::Disagrees { request, .. } | WireError::Silent { request, .. } => {
                *request = redactor.text(request).into_owned();
            }
            WireError::Start(_) | WireError::Unsent { .. } => {}
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_named_without_what_must_not_be_shown() {
        let redactor = Redactor::new(["test-token".into()]);
        let error = WireError::Silent {
            request: "GET https://a.example/?key=test-token".to_owned(),
            waited: Duration::from_secs(30),
        };
        assert!(
            error
                .redacted(&redactor)
                .to_string()
                .starts_with("GET https://a.example/?key=<redacted>: nothing came within 30s")
        );
    }
}
