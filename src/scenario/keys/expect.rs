//! The tables of keys of `expect`.

use super::TEXTS;
use crate::document::{Holds, Shape, key, required};

const TEXT_OR_NULL: Holds = Holds::OneOf(&[Holds::Text, Holds::Null]);

/// `expect`
pub static EXPECT: Shape = Shape {
    noun: "`expect`",
    keys: &[
        key(
            "ending",
            Holds::OneOf(&[Holds::Words(ENDINGS), Holds::Object(&ONE_OF_ENDINGS)]),
            "how the run stops",
        ),
        key(
            "terminal",
            TEXT_OR_NULL,
            "the path of the terminal that was reached",
        ),
        key(
            "reason",
            Holds::OneOf(&[Holds::Text, Holds::Null, Holds::MapOf(&Holds::Any)]),
            "the deny reason or failure code",
        ),
        key(
            "error",
            Holds::OneOf(&[Holds::Object(&ERROR), Holds::Null]),
            "the error of the halting block",
        ),
        key(
            "halted_at",
            TEXT_OR_NULL,
            "the deepest path at which it halted",
        ),
        key(
            "user_sees",
            Holds::OneOf(&[Holds::Words(USER_SEES), Holds::Object(&SEEN)]),
            "what the user sees",
        ),
        key(
            "path",
            TEXTS,
            "exactly the blocks that have an entry, in the order they started",
        ),
        key("ran", TEXTS, "at least these blocks"),
        key("not_ran", TEXTS, "none of these blocks"),
        key(
            "branches",
            Holds::MapOf(&Holds::Text),
            "the branch that a block took",
        ),
        key(
            "state",
            Holds::MapOf(&Holds::Any),
            "path to literal or matcher",
        ),
        key(
            "logs",
            Holds::List(&Holds::Object(&LOG)),
            "lines that were logged",
        ),
        key(
            "webhooks",
            Holds::MapOf(&Holds::Object(&WEBHOOK)),
            "what mocks were asked",
        ),
        key(
            "audit",
            Holds::List(&Holds::Object(&AUDIT)),
            "audit entries in order, others may stand between",
        ),
        key(
            "side_effects",
            Holds::Object(&SIDE_EFFECTS),
            "what would have happened outside",
        ),
        key("budget", Holds::Object(&BUDGET), "flow time at most"),
    ],
};

/// The words of `ending`, in the order of `Ending`.
pub const ENDINGS: &[&str] = &["allowed", "denied", "failed", "timed_out", "suspended"];
/// `expect.ending` where more than one will do.
pub static ONE_OF_ENDINGS: Shape = Shape {
    noun: "an ending",
    keys: &[required(
        "any_of",
        Holds::List(&Holds::Words(ENDINGS)),
        "any of these endings",
    )],
};
/// What a user sees without details.
pub const USER_SEES: &[&str] = &["success", "generic_error"];

/// `expect.error`
pub static ERROR: Shape = Shape {
    noun: "`expect.error`",
    keys: &[
        key(
            "contains",
            Holds::Text,
            "a part of the message, or of the message of a cause",
        ),
        key("code", Holds::Any, "the code"),
        key("message", Holds::Any, "the message"),
        key("at", Holds::Any, "`file:line:column`, or null"),
        key("cause", Holds::Any, "the error behind it, or null"),
    ],
};

/// `expect.user_sees` with details.
pub static SEEN: Shape = Shape {
    noun: "what the user sees",
    keys: &[
        key(
            "message",
            Holds::OneOf(&[Holds::Text, Holds::MapOf(&Holds::Any)]),
            "a configured message",
        ),
        key("prompt", Holds::Words(PROMPTS), "a prompt that waits"),
    ],
};

/// The kinds of prompts (AUD-2).
pub const PROMPTS: &[&str] = &[
    "otp",
    "webauthn",
    "mfa",
    "enroll",
    "verification",
    "email_link",
    "social",
];

/// An item of `expect.logs`.
pub static LOG: Shape = Shape {
    noun: "a log line",
    keys: &[
        key("block", Holds::Text, "the block that logs"),
        key("level", Holds::Words(LEVELS), "its level"),
        key("contains", Holds::Text, "a part of its text"),
    ],
};

/// The words of `level`, in the order of `Level`.
pub const LEVELS: &[&str] = &["debug", "info", "warn", "error"];

/// A value of `expect.webhooks`.
pub static WEBHOOK: Shape = Shape {
    noun: "an expectation of a mock",
    keys: &[
        key(
            "calls",
            Holds::OneOf(&[Holds::Int(0, i64::MAX), Holds::Text]),
            "how often it is called: `1`, `\"0..2\"`, `\"1..\"`",
        ),
        key("method", Holds::Any, "the method of some request"),
        key("url", Holds::Any, "its URL"),
        key("headers", Holds::Any, "some of its headers"),
        key("body", Holds::Any, "a part of its body"),
    ],
};

/// An item of `expect.audit`.
pub static AUDIT: Shape = Shape {
    noun: "an audit entry",
    keys: &[
        key("type", Holds::Any, "its type, such as `flow.denied`"),
        key("outcome", Holds::Words(OUTCOMES), "its outcome"),
        key("flow", Holds::Any, "the flow in which the block stands"),
        key("block", Holds::Any, "the path of the block"),
        key("data", Holds::Any, "a part of its data"),
    ],
};

/// The outcomes of audit entries (AUD-1).
pub const OUTCOMES: &[&str] = &["success", "denied", "failure", "partial"];

const COUNTED: Holds = Holds::OneOf(&[
    Holds::Int(0, i64::MAX),
    Holds::List(&Holds::Any),
    Holds::MapOf(&Holds::Any),
]);

/// `expect.side_effects` (AUD-3).
pub static SIDE_EFFECTS: Shape = Shape {
    noun: "`expect.side_effects`",
    keys: &[
        key(
            "session_issued",
            Holds::Bool,
            "a session is issued and not revoked again",
        ),
        key("session_revoked", Holds::Bool, "a session is revoked"),
        key("emails", COUNTED, "how many mails, or which"),
        key("messages", COUNTED, "how many other messages, or which"),
        key(
            "app_metadata",
            Holds::MapOf(&Holds::Any),
            "a part of what actions merged",
        ),
        key(
            "custom_claims",
            Holds::MapOf(&Holds::Any),
            "some of the claims that actions set",
        ),
        key(
            "identities_created",
            COUNTED,
            "how many identities, or which",
        ),
        key(
            "identities_updated",
            COUNTED,
            "how many identities, or which",
        ),
    ],
};

/// `expect.budget`
pub static BUDGET: Shape = Shape {
    noun: "`expect.budget`",
    keys: &[
        key("max", Holds::Duration, "of the whole run"),
        key(
            "blocks",
            Holds::MapOf(&Holds::Duration),
            "of single blocks, by path",
        ),
    ],
};
