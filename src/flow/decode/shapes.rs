//! The tables of keys of a flow file. Those of configs are made out of the catalogue, so that a key is said once.

use super::super::catalogue::{CATALOGUE, ConfigKey, ConfigType, FACTORS, WEBHOOK_CONFIG};
use super::super::{Kind, KindInfo};
use crate::document::{Holds, Key, Shape, key, required};
use std::sync::LazyLock;

/// A flow file.
pub static FLOW: Shape = Shape {
    noun: "a flow",
    keys: &[
        required("flow", Holds::Slug, "the slug of the flow"),
        key(
            "kind",
            Holds::Words(&["system", "custom"]),
            "whose flow it is",
        )
        .default("\"custom\""),
        key("name", Holds::Text, "its name for people"),
        key(
            "status",
            Holds::Words(&["draft", "published"]),
            "whether a custom flow can be embedded (NEST-2)",
        )
        .default("\"draft\""),
        required(
            "stages",
            Holds::List(&Holds::Object(&STAGE)),
            "its stages, in order",
        ),
        key(
            "allow",
            Holds::List(&Holds::Object(&ALLOW)),
            "findings that are accepted",
        ),
    ],
};

/// A stage of a flow.
pub static STAGE: Shape = Shape {
    noun: "a stage",
    keys: &[
        required("stage", Holds::Text, "its name"),
        key(
            "locked",
            Holds::Bool,
            "the platform's own: fuzzing never moves or removes its blocks",
        )
        .default("false"),
        key("blocks", Holds::OneOf(&BLOCKS), "its blocks, in order"),
    ],
};

/// A list of blocks; nothing is an empty list.
static BLOCKS: [Holds; 2] = [Holds::List(&Holds::Object(&BLOCK)), Holds::Null];

/// A block of a stage or branch, whatever its kind.
pub static BLOCK: Shape = Shape {
    noun: "a block",
    keys: &[
        required("block", Holds::Text, "the kind of the block"),
        key(
            "slug",
            Holds::Slug,
            "its name in the flow (default: the kind in kebab-case)",
        ),
        key(
            "on_error",
            Holds::Words(&["halt", "continue"]),
            "what an unhandled error does (ERR-1, ERR-2)",
        )
        .default("\"halt\""),
        key(
            "mode",
            Holds::Words(&["sync", "fire_and_forget"]),
            "whether the flow waits for the action (ACT-2)",
        )
        .default("\"sync\""),
        key("timeout", Holds::Duration, "its own timeout"),
        key(
            "config",
            Holds::OneOf(&[Holds::MapOf(&Holds::Any), Holds::Null]),
            "its settings",
        ),
        key(
            "branches",
            Holds::List(&Holds::Object(&BRANCH)),
            "the branches of a `decision`",
        ),
        key(
            "then",
            Holds::OneOf(&BLOCKS),
            "the blocks of a `condition` that holds",
        ),
        key(
            "else",
            Holds::OneOf(&BLOCKS),
            "the blocks of a `condition` that does not hold",
        ),
    ],
};

/// A branch of a decision.
pub static BRANCH: Shape = Shape {
    noun: "a branch",
    keys: &[
        required("branch", Holds::Text, "its name"),
        key("when", EXPRESSION, "when it is taken"),
        key(
            "default",
            Holds::Bool,
            "taken when no other is; the last branch, without `when`",
        )
        .default("false"),
        key("blocks", Holds::OneOf(&BLOCKS), "its blocks, in order"),
    ],
};

/// A finding that is accepted.
pub static ALLOW: Shape = Shape {
    noun: "an entry of `allow`",
    keys: &[
        key("lint", Holds::Text, "the code of a finding of `check`"),
        key(
            "fault",
            Holds::Words(&["error", "timeout", "deny", "slow", "garbage"]),
            "a fault at which the flow may fail open",
        ),
        required("at", Holds::Text, "the slug of the block"),
        required("reason", Holds::Text, "why it is accepted"),
    ],
};

/// The weights of `risk_evaluate`.
pub static WEIGHTS: Shape = Shape {
    noun: "`weights`",
    keys: &[
        key("tor", WEIGHT, "the request comes through Tor").default("60"),
        key("vpn", WEIGHT, "the request comes through a VPN").default("30"),
        key("brute_force", WEIGHT, "five failed logins or more").default("30"),
        key(
            "breached_password",
            WEIGHT,
            "the submitted password is known to be breached",
        )
        .default("25"),
        key("bot", WEIGHT, "the user agent is an automation").default("25"),
    ],
};

const WEIGHT: Holds = Holds::Int(0, 1_000);

/// An expression; a plain `true` is one, too.
const EXPRESSION: Holds = Holds::OneOf(&[Holds::Text, Holds::Bool]);

/// The config of a kind.
pub fn config(kind: Kind) -> &'static Shape {
    &CONFIGS[kind as usize]
}

/// One of `parallel_webhook.calls`.
pub fn call() -> &'static Shape {
    &CALL
}

static CONFIGS: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    CONFIG_KEYS
        .iter()
        .map(|(noun, keys)| Shape { noun, keys })
        .collect()
});

static CONFIG_KEYS: LazyLock<Vec<(String, Vec<Key>)>> = LazyLock::new(|| {
    let noun = |info: &KindInfo| format!("the config of `{}`", info.name);
    CATALOGUE
        .iter()
        .map(|info| (noun(info), keys(info.config)))
        .collect()
});

static CALL: LazyLock<Shape> = LazyLock::new(|| Shape {
    noun: "a call",
    keys: &CALL_KEYS,
});

static CALL_KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let mut keys = keys(WEBHOOK_CONFIG);
    keys.push(key("timeout", Holds::Duration, "its own timeout"));
    keys
});

/// The keys that stand under `config`; branches stand on the block itself.
fn keys(config: &[ConfigKey]) -> Vec<Key> {
    config
        .iter()
        .filter(|key| key.holds != ConfigType::Branches)
        .map(|entry| Key {
            required: entry.required,
            default: entry.default,
            ..key(entry.name, holds(entry.holds), entry.doc)
        })
        .collect()
}

fn holds(config: ConfigType) -> Holds {
    match config {
        ConfigType::Text | ConfigType::Template | ConfigType::Reason | ConfigType::Url => {
            Holds::Text
        }
        ConfigType::TemplateMap | ConfigType::Calls => Holds::MapOf(&Holds::Any),
        ConfigType::TemplateValue | ConfigType::Branches => Holds::Any,
        ConfigType::Bool => Holds::Bool,
        ConfigType::Count => Holds::Int(0, 1_000_000_000),
        ConfigType::Duration => Holds::Duration,
        ConfigType::Words(words) => Holds::Words(words),
        ConfigType::Factors => Holds::List(&Holds::Words(FACTORS)),
        ConfigType::TextList => Holds::List(&Holds::Text),
        ConfigType::Expression => EXPRESSION,
        ConfigType::Weights => Holds::Object(&WEIGHTS),
        ConfigType::Thresholds => Holds::List(&WEIGHT),
        ConfigType::Statuses => Holds::List(&Holds::OneOf(&[Holds::Int(100, 599), Holds::Text])),
    }
}
