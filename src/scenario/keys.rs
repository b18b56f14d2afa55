//! The tables of keys of a scenario and of what stands in it (formats, "Scenario").

use crate::document::{Holds, Shape, key, required};
use crate::drive::ANSWERS;
use crate::mock::WEBHOOKS;
use crate::workspace::{IDENTITY_SHAPE as IDENTITY, PROFILE_SHAPE as PROFILE};

const TEXTS: Holds = Holds::List(&Holds::Text);
const SLUGS: Holds = Holds::List(&Holds::Slug);

macro_rules! scenario_keys {
    ($($more:expr),*) => {
        &[
            $($more,)*
            key("description", Holds::Text, "why it exists"),
            key("tags", TEXTS, "for `--filter tag:`"),
            key("flow", Holds::Slug, "the flow to run"),
            key("identity", Holds::OneOf(&[Holds::Text, Holds::Object(&IDENTITY)]), "who signs in: a name, or an inline identity"),
            key("request", Holds::OneOf(&[Holds::Words(PRESETS), Holds::Object(&REQUEST)]), "a preset, an object, or a preset with an overlay").default("\"us\""),
            key("client", Holds::Object(&CLIENT), "the client that asks"),
            key("profile", Holds::Object(&PROFILE), "overrides the settings"),
            key("edits", Holds::List(&Holds::Object(&EDIT)), "changes to the flow for this run"),
            key("input", Holds::Object(&INPUT), "what is submitted"),
            key("answers", ANSWERS, "what the user answers to prompts, by block"),
            key("clock", Holds::Instant, "the instant at which the run starts"),
            key("seed", Holds::Int(0, i64::MAX), "ids and random values are derived from it"),
            key("disable", SLUGS, "actions switched off for this run"),
            key("enable", SLUGS, "actions switched on for this run"),
            key("webhooks", WEBHOOKS, "mocks, in the order in which they are tried"),
            key("outputs", Holds::MapOf(&Holds::MapOf(&Holds::Any)), "scripted outputs, by block"),
            key("faults", Holds::List(&Holds::Object(&FAULT)), "injected faults"),
            key("expect", Holds::Object(&EXPECT), "what must hold of the run"),
            key("snapshot", Holds::Bool, "compare the whole trace with the accepted one"),
        ]
    };
}

/// One document of a scenario file.
pub static SCENARIO: Shape = Shape {
    noun: "a scenario",
    keys: scenario_keys![
        required("scenario", Holds::Text, "its name, unique in its file"),
        key(
            "cases",
            Holds::List(&Holds::Object(&CASE)),
            "this scenario once per case"
        )
    ],
};

/// A case: any key of the scenario again.
pub static CASE: Shape = Shape {
    noun: "a case",
    keys: scenario_keys![required(
        "case",
        Holds::Text,
        "its name, unique in its scenario"
    )],
};

/// The presets of `request`.
pub const PRESETS: &[&str] = &["us", "tor", "vpn", "m2m"];

/// `request` as an object.
pub static REQUEST: Shape = Shape {
    noun: "a request",
    keys: &[
        key(
            "preset",
            Holds::Words(PRESETS),
            "what the other keys overlay",
        ),
        key("ip", Holds::Text, "the address"),
        key("user_agent", Holds::Text, "the user agent"),
        key("geo", Holds::Object(&GEO), "the place"),
        key("asn", Holds::Object(&ASN), "the network"),
        key("device", Holds::Object(&DEVICE), "the device"),
    ],
};

/// `request.geo`
pub static GEO: Shape = Shape {
    noun: "a place",
    keys: &[
        key("country", Holds::Text, "two letters"),
        key("city", Holds::Text, "the city"),
        key("lat", Holds::Number, "degrees"),
        key("lon", Holds::Number, "degrees"),
    ],
};

/// `request.asn`
pub static ASN: Shape = Shape {
    noun: "a network",
    keys: &[
        key("number", Holds::Int(0, 4_294_967_295), "the number"),
        key("org", Holds::Text, "the organisation"),
        key("is_tor", Holds::Bool, "an exit of Tor"),
        key("is_vpn", Holds::Bool, "a VPN"),
        key("is_bogon", Holds::Bool, "no routable address"),
    ],
};

/// `request.device`
pub static DEVICE: Shape = Shape {
    noun: "a device",
    keys: &[
        key("id", Holds::Text, "its id"),
        key("trusted", Holds::Bool, "whether it is trusted"),
    ],
};

/// `client`
pub static CLIENT: Shape = Shape {
    noun: "a client",
    keys: &[
        key("id", Holds::Text, "its id").default("\"app_test\""),
        key("name", Holds::Text, "its name").default("\"Test\""),
        key("type", Holds::Text, "`web`, `spa`, `m2m`, …").default("\"web\""),
    ],
};

/// An item of `edits`.
pub static EDIT: Shape = Shape {
    noun: "an edit",
    keys: &[
        key("move", Holds::Slug, "the block to move"),
        key("before", Holds::Slug, "the block it comes before"),
        key("after", Holds::Slug, "the block it comes after"),
        key("set", Holds::Slug, "the block whose settings change"),
        key("on_error", Holds::Words(ON_ERROR), "its On error policy"),
        key("mode", Holds::Words(MODE), "its mode"),
    ],
};

/// The words of `on_error`, in the order of `OnError`.
pub const ON_ERROR: &[&str] = &["halt", "continue"];
/// The words of `mode`, in the order of `Mode`.
pub const MODE: &[&str] = &["sync", "fire_and_forget"];

/// `input`
pub static INPUT: Shape = Shape {
    noun: "an input",
    keys: &[
        key(
            "identifier",
            Holds::Text,
            "who they say they are; default: the identity's email, or phone for `by: phone`",
        ),
        key("password", Holds::Text, "`right`, `wrong`, or a text").default("\"right\""),
        key("new_password", Holds::Text, "for `password_update`"),
        key(
            "profile",
            Holds::MapOf(&Holds::Any),
            "the submitted profile of a registration",
        ),
        key(
            "refresh_token",
            Holds::Words(REFRESH_TOKENS),
            "the submitted refresh token",
        )
        .default("\"valid\""),
        key("session", Holds::Text, "the session to end"),
    ],
};

/// The words of `refresh_token`, in the order of `RefreshToken`.
pub const REFRESH_TOKENS: &[&str] = &["valid", "expired", "reused"];

/// An item of `faults`.
pub static FAULT: Shape = Shape {
    noun: "a fault",
    keys: &[
        required("at", Holds::Text, "the path of the block"),
        key("error", Holds::Text, "the block fails with this message"),
        key("timeout", Holds::Bool, "the block takes its whole timeout"),
        key("delay", Holds::Duration, "the block starts so much later"),
        key("deny", Holds::Text, "the block denies with this reason"),
        key(
            "disabled",
            Holds::Bool,
            "the attached action counts as disabled",
        ),
    ],
};

const TEXT_OR_NULL: Holds = Holds::OneOf(&[Holds::Text, Holds::Null]);

/// `expect`
pub static EXPECT: Shape = Shape {
    noun: "`expect`",
    keys: &[
        key("ending", Holds::Words(ENDINGS), "how the run stops"),
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
