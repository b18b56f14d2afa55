//! The 46 kinds as data: flags, config, writes, default cost, and where each may stand (blocks.md).
//! Behaviour is the engine's; this table is what decoding, `check`, `schema` and documents read.

mod auth;
mod control;
mod identity;
mod notification;
mod risk;
mod session;
mod terminal;

use super::Kind;

/// The seven families of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Family {
    Auth,
    Risk,
    Identity,
    Session,
    Control,
    Notification,
    Terminal,
}

/// What a key of a block's `config` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigType {
    /// Plain text.
    Text,
    /// Text in which `{{ }}` is replaced.
    Template,
    /// A map whose values may hold templates at any depth.
    TemplateMap,
    /// Any value, with templates at any depth.
    TemplateValue,
    /// `true` or `false`.
    Bool,
    /// A whole number from 0.
    Count,
    /// `350ms`, `2s`, `1m`, `1h`.
    Duration,
    /// A machine reason code.
    Reason,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A list of factors.
    Factors,
    /// A list of text.
    TextList,
    /// A boolean expression.
    Expression,
    /// Signal to weight.
    Weights,
    /// Three numbers that rise.
    Thresholds,
    /// Statuses and ranges of them, `[200, "300-399"]`.
    Statuses,
    /// An https address with templates.
    Url,
    /// The branches of a decision; they stand on the block itself.
    Branches,
    /// Name to the config of a `call_webhook`.
    Calls,
}

/// One key of a block's `config`.
#[derive(Debug, Clone, Copy)]
pub struct ConfigKey {
    /// The key.
    pub name: &'static str,
    /// What it holds.
    pub holds: ConfigType,
    /// Whether it must be there.
    pub required: bool,
    /// What holds when it is absent, as JSON.
    pub default: Option<&'static str>,
    /// One line on what it is for.
    pub doc: &'static str,
}

impl ConfigKey {
    /// The same, with what holds when it is absent, as JSON.
    const fn default(self, json: &'static str) -> ConfigKey {
        ConfigKey {
            default: Some(json),
            ..self
        }
    }
}

/// In which flows a kind may stand.
#[derive(Debug, Clone, Copy)]
pub struct Availability {
    /// The system flows; None for all of them.
    pub system: Option<&'static [&'static str]>,
    /// Whether it may stand in a custom flow.
    pub custom: bool,
}

/// What a kind is like.
#[derive(Debug, Clone, Copy)]
pub struct KindInfo {
    /// The kind.
    pub kind: Kind,
    /// Its name in flows.
    pub name: &'static str,
    /// Its family.
    pub family: Family,
    /// What it does, in a sentence or two.
    pub does: &'static str,
    /// Its config.
    pub config: &'static [ConfigKey],
    /// The fields it writes under `step.<slug>.`; `run_custom_action` and `parallel_webhook` write others.
    pub writes: &'static [&'static str],
    /// Its default cost in flow time; None when the cost is its own.
    pub cost_ms: Option<u64>,
    /// ERR-3: it has an On error setting.
    pub on_error: bool,
    /// It has a `mode`.
    pub mode: bool,
    /// It has a `timeout` on the block.
    pub timeout: bool,
    /// It suspends for an answer of the user.
    pub prompts: bool,
    /// ORD-4
    pub terminal: bool,
    /// It has branches.
    pub branches: bool,
    /// The platform locks it in `login`.
    pub locked: bool,
    /// Where it may stand.
    pub availability: Availability,
}

/// The system flows, in the order of the semantics.
pub const SYSTEM_FLOWS: &[&str] = &[
    "login",
    "registration",
    "password-reset",
    "password-reset-complete",
    "mfa-enrol",
    "mfa-verify",
    "token-refresh",
    "logout",
];

/// The factors that an identity can enrol.
pub const FACTORS: &[&str] = &["totp", "otp", "webauthn", "sms", "recovery"];

const RISK_FLOWS: &[&str] = &["login", "registration", "password-reset", "mfa-verify"];
const CREDENTIAL_FLOWS: &[&str] = &[
    "login",
    "registration",
    "password-reset",
    "mfa-enrol",
    "mfa-verify",
];

const ANYWHERE: Availability = Availability {
    system: None,
    custom: true,
};
const SYSTEM_ONLY: Availability = Availability {
    system: None,
    custom: false,
};
const WITH_RISK: Availability = Availability {
    system: Some(RISK_FLOWS),
    custom: true,
};
const WITH_CREDENTIALS: Availability = Availability {
    system: Some(CREDENTIAL_FLOWS),
    custom: true,
};

const fn key(
    name: &'static str,
    holds: ConfigType,
    required: bool,
    doc: &'static str,
) -> ConfigKey {
    ConfigKey {
        name,
        holds,
        required,
        default: None,
        doc,
    }
}

/// The config of a webhook: of `call_webhook`, and of each of `parallel_webhook.calls` (which also takes `timeout`).
pub const WEBHOOK_CONFIG: &[ConfigKey] = &[
    key("url", ConfigType::Url, true, "the https address"),
    key("method", ConfigType::Words(METHODS), false, "the method").default("\"POST\""),
    key("headers", ConfigType::TemplateMap, false, "header to value"),
    key(
        "body",
        ConfigType::TemplateValue,
        false,
        "the body, sent as JSON",
    ),
    key(
        "ok_status",
        ConfigType::Statuses,
        false,
        "the statuses that are no failure",
    )
    .default("[\"200-299\"]"),
    key(
        "fail_on_status",
        ConfigType::Bool,
        false,
        "whether another status is a failure",
    )
    .default("true"),
];

/// The methods of a webhook.
pub const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// A kind with a cost and nothing else: no flags, no config, no writes, available anywhere.
const fn row(
    kind: Kind,
    name: &'static str,
    family: Family,
    cost_ms: Option<u64>,
    does: &'static str,
) -> KindInfo {
    KindInfo {
        kind,
        name,
        family,
        does,
        config: &[],
        writes: &[],
        cost_ms,
        on_error: false,
        mode: false,
        timeout: false,
        prompts: false,
        terminal: false,
        branches: false,
        locked: false,
        availability: ANYWHERE,
    }
}

/// What a row adds to a plain kind.
impl KindInfo {
    const fn config(self, config: &'static [ConfigKey]) -> Self {
        KindInfo { config, ..self }
    }

    const fn writes(self, writes: &'static [&'static str]) -> Self {
        KindInfo { writes, ..self }
    }

    const fn on_error(self) -> Self {
        KindInfo {
            on_error: true,
            ..self
        }
    }

    const fn mode(self) -> Self {
        KindInfo { mode: true, ..self }
    }

    const fn timeout(self) -> Self {
        KindInfo {
            timeout: true,
            ..self
        }
    }

    const fn prompts(self) -> Self {
        KindInfo {
            prompts: true,
            ..self
        }
    }

    const fn terminal(self) -> Self {
        KindInfo {
            terminal: true,
            ..self
        }
    }

    const fn branches(self) -> Self {
        KindInfo {
            branches: true,
            ..self
        }
    }

    const fn locked(self) -> Self {
        KindInfo {
            locked: true,
            ..self
        }
    }

    const fn only(self, availability: Availability) -> Self {
        KindInfo {
            availability,
            ..self
        }
    }
}

/// The families, in the order of the catalogue.
const FAMILIES: [&[KindInfo]; 7] = [
    auth::KINDS,
    risk::KINDS,
    identity::KINDS,
    session::KINDS,
    control::KINDS,
    notification::KINDS,
    terminal::KINDS,
];

/// All kinds, in the order of `Kind`.
pub static CATALOGUE: [KindInfo; 46] = {
    let mut all = [row(Kind::Allow, "", Family::Terminal, None, ""); 46];
    let (mut position, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut kind = 0;
        while kind < FAMILIES[family].len() {
            all[position] = FAMILIES[family][kind];
            position += 1;
            kind += 1;
        }
        family += 1;
    }
    all
};
