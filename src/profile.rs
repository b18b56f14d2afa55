//! The choices that the product leaves open, one field each, with their defaults ("Profile" of the semantics).
//! Reading a profile out of a file is `workspace`'s business.

use crate::value::{Map, Value};

/// What happens to blocks behind `issue_session` (ORD-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostSession {
    /// They run.
    Run,
    /// `issue_session` is a plain terminal.
    Stop,
}

/// What a decision without default does when nothing matches (ORD-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnmatchedDecision {
    /// An error of its block.
    Error,
    /// The block after the decision runs.
    FallThrough,
}

/// One named choice per behaviour that the product leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The ceiling of a run, in flow time (BUD-1).
    pub budget_ms: u64,
    /// ORD-5
    pub post_session: PostSession,
    /// BUD-7: also the limit of each `api.fetch` (ACT-10).
    pub webhook_timeout_ms: u64,
    /// BUD-7
    pub action_timeout_ms: u64,
    /// BUD-7, DET-3: counted work, in flow time.
    pub action_compute_ms: u64,
    /// BUD-7, in bytes.
    pub action_heap: u64,
    /// BUD-5
    pub user_wait_counts: bool,
    /// ORD-3
    pub unmatched_decision: UnmatchedDecision,
    /// DENY-1: whether the user sees the reason of an `api.deny`.
    pub action_deny_visible: bool,
    /// ERR-2: whether state written before a continued error stays.
    pub continue_keeps_writes: bool,
}

/// BUD-7: native stack of an action.
pub const ACTION_STACK: u64 = 512 * 1024;
/// BUD-7: the largest answer of a webhook, in bytes.
pub const RESPONSE_BODY: usize = 1024 * 1024;
/// BUD-7: log lines of one run of an action.
pub const LOG_LINES: usize = 1000;

impl Default for Profile {
    fn default() -> Self {
        Profile {
            budget_ms: 10_000,
            post_session: PostSession::Run,
            webhook_timeout_ms: 5_000,
            action_timeout_ms: 5_000,
            action_compute_ms: 1_000,
            action_heap: 32 * 1024 * 1024,
            user_wait_counts: false,
            unmatched_decision: UnmatchedDecision::Error,
            action_deny_visible: false,
            continue_keeps_writes: true,
        }
    }
}

impl Profile {
    /// Every choice under its name, as the settings write it.
    pub fn to_map(&self) -> Map {
        let post_session = match self.post_session {
            PostSession::Run => "run",
            PostSession::Stop => "stop",
        };
        let unmatched = match self.unmatched_decision {
            UnmatchedDecision::Error => "error",
            UnmatchedDecision::FallThrough => "fall_through",
        };
        [
            ("budget", Value::text(duration_text(self.budget_ms))),
            ("post_session", Value::text(post_session)),
            (
                "webhook_timeout",
                Value::text(duration_text(self.webhook_timeout_ms)),
            ),
            (
                "action_timeout",
                Value::text(duration_text(self.action_timeout_ms)),
            ),
            (
                "action_compute",
                Value::text(duration_text(self.action_compute_ms)),
            ),
            ("action_heap", Value::text(size_text(self.action_heap))),
            ("user_wait_counts", Value::Bool(self.user_wait_counts)),
            ("unmatched_decision", Value::text(unmatched)),
            ("action_deny_visible", Value::Bool(self.action_deny_visible)),
            (
                "continue_keeps_writes",
                Value::Bool(self.continue_keeps_writes),
            ),
        ]
        .into_iter()
        .collect()
    }

    /// The choices that are not the default, as a trace header names them.
    pub fn departures(&self) -> Map {
        let default = Profile::default().to_map();
        self.to_map()
            .into_iter()
            .filter(|(key, value)| default.get(key) != Some(value))
            .collect()
    }
}

/// Milliseconds as an author writes them: whole seconds as `10s`, the rest as `350ms`.
pub fn duration_text(ms: u64) -> String {
    if ms >= 1_000 && ms.is_multiple_of(1_000) {
        format!("{}s", ms / 1_000)
    } else {
        format!("{ms}ms")
    }
}

/// Bytes as an author writes them, in the largest unit that is whole.
fn size_text(bytes: u64) -> String {
    if bytes >= 1 << 20 && bytes.is_multiple_of(1 << 20) {
        format!("{}MiB", bytes >> 20)
    } else if bytes >= 1 << 10 && bytes.is_multiple_of(1 << 10) {
        format!("{}KiB", bytes >> 10)
    } else {
        format!("{bytes}B")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_departures_from_the_default_are_named() {
        assert!(Profile::default().departures().is_empty());
        let profile = Profile {
            post_session: PostSession::Stop,
            ..Profile::default()
        };
        assert_eq!(
            crate::value::to_json_text(&profile.departures().into()),
            r#"{"post_session":"stop"}"#
        );
    }
}
