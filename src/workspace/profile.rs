//! The profile out of a file: settings, and overrides of a scenario or case.

use crate::diagnostic::Diagnostics;
use crate::document::{Fields, Holds, Node, Shape, key};
use crate::profile::{PostSession, Profile, UnmatchedDecision};

/// The choices that the product leaves open.
pub static PROFILE: Shape = Shape {
    noun: "a profile",
    keys: &[
        key(
            "budget",
            Holds::Duration,
            "the ceiling of a run, in flow time (BUD-1)",
        )
        .default("\"10s\""),
        key(
            "post_session",
            Holds::Words(&["run", "stop"]),
            "what happens to blocks behind `issue_session` (ORD-5)",
        )
        .default("\"run\""),
        key(
            "webhook_timeout",
            Holds::Duration,
            "the limit of a webhook and of each `api.fetch` (BUD-7)",
        )
        .default("\"5s\""),
        key(
            "action_timeout",
            Holds::Duration,
            "the limit of an action, in flow time (BUD-7)",
        )
        .default("\"5s\""),
        key(
            "action_compute",
            Holds::Duration,
            "the limit of counted work of an action (BUD-7)",
        )
        .default("\"1s\""),
        key(
            "action_heap",
            Holds::Size,
            "the memory of an action (BUD-7)",
        )
        .default("\"32MiB\""),
        key(
            "user_wait_counts",
            Holds::Bool,
            "whether the time of an answer counts (BUD-5)",
        )
        .default("false"),
        key(
            "unmatched_decision",
            Holds::Words(&["error", "fall_through"]),
            "what a decision without default does when nothing matches (ORD-3)",
        )
        .default("\"error\""),
        key(
            "action_deny_visible",
            Holds::Bool,
            "whether the user sees the reason of an `api.deny`",
        )
        .default("false"),
        key(
            "continue_keeps_writes",
            Holds::Bool,
            "whether writes before a continued error stay (ERR-2)",
        )
        .default("true"),
    ],
};

/// A profile: what is written, and `base` for the rest. What is wrong is reported.
pub fn decode_profile(node: &Node, base: &Profile, diagnostics: &mut Diagnostics) -> Profile {
    let Some(fields) = Fields::open(node, &PROFILE, diagnostics) else {
        return base.clone();
    };
    let time = |key, base| fields.duration_ms(key).unwrap_or(base);
    let truth = |key, base| fields.bool(key).unwrap_or(base);
    Profile {
        budget_ms: time("budget", base.budget_ms),
        post_session: fields
            .pick("post_session", [PostSession::Run, PostSession::Stop])
            .unwrap_or(base.post_session),
        webhook_timeout_ms: time("webhook_timeout", base.webhook_timeout_ms),
        action_timeout_ms: time("action_timeout", base.action_timeout_ms),
        action_compute_ms: time("action_compute", base.action_compute_ms),
        action_heap: fields.size("action_heap").unwrap_or(base.action_heap),
        user_wait_counts: truth("user_wait_counts", base.user_wait_counts),
        unmatched_decision: fields
            .pick(
                "unmatched_decision",
                [UnmatchedDecision::Error, UnmatchedDecision::FallThrough],
            )
            .unwrap_or(base.unmatched_decision),
        action_deny_visible: truth("action_deny_visible", base.action_deny_visible),
        continue_keeps_writes: truth("continue_keeps_writes", base.continue_keeps_writes),
    }
}
