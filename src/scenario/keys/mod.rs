//! The tables of keys of a scenario and of what stands in it (formats, "Scenario").

mod expect;

pub use expect::*;

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
