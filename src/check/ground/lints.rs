//! The lints: warnings of `check` that a flow can accept with `allow: [{ lint: CODE, at: SLUG, reason: TEXT }]`.
//! `docs/lints.md` describes each; a test holds the two lists together.

/// A warning by its code.
pub struct Lint {
    /// Its stable name.
    pub code: &'static str,
    /// What it says, in one line.
    pub says: &'static str,
}

/// Findings that only running the flow can make, and `fuzz` does; a flow accepts them in the same way.
pub const AT_RUN_TIME: [&str; 3] = ["order_dependence", "over_budget", "reads_before_writes"];

/// Every lint, by code.
pub const LINTS: &[Lint] = &[
    lint(
        "always_absent",
        "`has()` tests a path that nothing ever writes",
    ),
    lint(
        "custom_key_written_twice",
        "two blocks of a custom flow write the same `custom.*` key that somebody reads",
    ),
    lint(
        "decision_without_default",
        "a decision has no default branch",
    ),
    lint(
        "disabled_action",
        "an attached action is disabled, so the block is skipped",
    ),
    lint(
        "factor_after_session",
        "a factor is asked for behind the session, which is kept when nobody answers",
    ),
    lint(
        "fails_open",
        "a deny relies on a block that may fail and be continued past",
    ),
    lint(
        "hyphen_in_action",
        "an action spells a slug with a hyphen as a subtraction",
    ),
    lint(
        "impossible_value",
        "a value is compared with a word that it never is",
    ),
    lint(
        "maybe_unwritten",
        "a path is read that only another branch writes",
    ),
    lint(
        "missing_path",
        "a path below `event` or `session` is read that is never there",
    ),
    lint(
        "read_before_session",
        "a field of the session is read before the session is issued",
    ),
    lint(
        "session_without_credential",
        "a path reaches a session although every credential check fails",
    ),
    lint(
        "slow_webhook",
        "a webhook may take more than two seconds of signing in",
    ),
    lint(
        "unequal_treatment",
        "an unknown user takes other blocks or another time than a wrong password",
    ),
    lint(
        "unhandled_value",
        "no branch handles a severity or a recommendation",
    ),
    lint(
        "unread_proof",
        "the user is asked for a proof, and nobody looks at whether it was right",
    ),
    lint(
        "unread_write",
        "a block computes something that nothing reads",
    ),
    lint("unreachable", "a block can never run"),
    lint(
        "unused_risk",
        "a recommendation to deny passes through to a session",
    ),
    lint(
        "user_id_before_create",
        "`event.user.id` is read before the identity is created",
    ),
    lint(
        "worst_case_over_budget",
        "the declared timeouts add up to more than the budget",
    ),
];

/// Whether there is a lint with this code.
pub fn is_lint(code: &str) -> bool {
    LINTS.iter().any(|lint| lint.code == code)
}

const fn lint(code: &'static str, says: &'static str) -> Lint {
    Lint { code, says }
}
