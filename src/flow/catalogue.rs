//! The 46 kinds as data: flags, config, writes, default cost, and where each may stand (blocks.md).
//! Behaviour is the engine's; this table is what decoding, `check`, `schema` and documents read.

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
    /// One line on what it is for.
    pub doc: &'static str,
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
    /// One line on what it does.
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
        doc,
    }
}

/// The config of a webhook: of `call_webhook`, and of each of `parallel_webhook.calls` (which also takes `timeout`).
pub const WEBHOOK_CONFIG: &[ConfigKey] = &[
    key("url", ConfigType::Url, true, "the https address"),
    key(
        "method",
        ConfigType::Words(METHODS),
        false,
        "the method (default `POST`)",
    ),
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
        "the statuses that are no failure (default `[\"200-299\"]`)",
    ),
    key(
        "fail_on_status",
        ConfigType::Bool,
        false,
        "whether another status is a failure (default true)",
    ),
];

/// The methods of a webhook.
pub const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// A row with nothing set: no flags, no config, no writes, no cost, available anywhere.
const PLAIN: KindInfo = KindInfo {
    kind: Kind::Allow,
    name: "",
    family: Family::Terminal,
    does: "",
    config: &[],
    writes: &[],
    cost_ms: Some(0),
    on_error: false,
    mode: false,
    timeout: false,
    prompts: false,
    terminal: false,
    branches: false,
    locked: false,
    availability: ANYWHERE,
};

/// All kinds, in the order of `Kind`.
pub const CATALOGUE: &[KindInfo] = &[
    KindInfo {
        kind: Kind::PasswordCheck,
        name: "password_check",
        family: Family::Auth,
        does: "compares the submitted `password` with that of the identity",
        writes: &["verified"],
        cost_ms: Some(60),
        locked: true,
        availability: WITH_CREDENTIALS,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::CredentialSet,
        name: "credential_set",
        family: Family::Auth,
        does: "stores a new credential on the run's identity",
        config: &[key(
            "kind",
            ConfigType::Words(&["password"]),
            false,
            "the kind of credential",
        )],
        writes: &["stored"],
        cost_ms: Some(60),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::PasswordUpdate,
        name: "password_update",
        family: Family::Auth,
        does: "replaces the password with the submitted `new_password`",
        writes: &["updated"],
        cost_ms: Some(60),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::ChannelOtpSend,
        name: "channel_otp_send",
        family: Family::Auth,
        does: "issues a one-time code to the identity's channel",
        config: &[key(
            "channel",
            ConfigType::Words(&["email", "sms"]),
            false,
            "where the code goes (default `email`)",
        )],
        writes: &["sent", "channel"],
        cost_ms: Some(25),
        on_error: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::ChannelOtpVerify,
        name: "channel_otp_verify",
        family: Family::Auth,
        does: "prompts for the code last sent",
        config: &[key(
            "attempts",
            ConfigType::Count,
            false,
            "wrong answers before it gives up (default 3)",
        )],
        writes: &["verified", "attempts"],
        cost_ms: Some(3),
        prompts: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::WebauthnBegin,
        name: "webauthn_begin",
        family: Family::Auth,
        does: "makes a challenge for the identity's passkeys",
        writes: &["challenge"],
        cost_ms: Some(3),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::WebauthnFinish,
        name: "webauthn_finish",
        family: Family::Auth,
        does: "prompts for a passkey",
        writes: &["verified"],
        cost_ms: Some(5),
        prompts: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::Mfa,
        name: "mfa",
        family: Family::Auth,
        does: "prompts for one of the identity's enrolled factors",
        config: &[
            key(
                "factors",
                ConfigType::Factors,
                false,
                "the factors to choose from (default: all that are enrolled)",
            ),
            key(
                "attempts",
                ConfigType::Count,
                false,
                "wrong answers before it denies (default 3)",
            ),
        ],
        writes: &["verified", "factor"],
        cost_ms: Some(5),
        prompts: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::CheckMfaStatus,
        name: "check_mfa_status",
        family: Family::Auth,
        does: "looks up which factors are enrolled",
        writes: &["enrolled", "factors"],
        cost_ms: Some(3),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::RequireMfa,
        name: "require_mfa",
        family: Family::Auth,
        does: "prompts for one factor, denies when it is not enrolled",
        config: &[key(
            "factor",
            ConfigType::Words(FACTORS),
            false,
            "the factor that is required",
        )],
        writes: &["verified", "factor"],
        cost_ms: Some(5),
        prompts: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::RequireMfaEnroll,
        name: "require_mfa_enroll",
        family: Family::Auth,
        does: "passes when the factor is enrolled, else prompts for enrolment",
        config: &[key(
            "factor",
            ConfigType::Words(FACTORS),
            false,
            "the factor that must be enrolled",
        )],
        writes: &["enrolled"],
        cost_ms: Some(5),
        prompts: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::RiskEvaluate,
        name: "risk_evaluate",
        family: Family::Risk,
        does: "sums the weights of the risk signals that are present",
        config: &[
            key(
                "weights",
                ConfigType::Weights,
                false,
                "the weight of each signal (defaults: tor 60, vpn 30, brute_force 30, breached_password 25, bot 25)",
            ),
            key(
                "thresholds",
                ConfigType::Thresholds,
                false,
                "the three limits of severity (default 30, 60, 80)",
            ),
        ],
        writes: &["score", "severity", "recommendation", "signals"],
        cost_ms: Some(8),
        availability: WITH_RISK,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::IpReputation,
        name: "ip_reputation",
        family: Family::Risk,
        does: "scores the address of the request",
        config: &[key(
            "deny_countries",
            ConfigType::TextList,
            false,
            "country codes that add to the score",
        )],
        writes: &["score", "is_tor", "is_vpn", "country_denied"],
        cost_ms: Some(4),
        availability: WITH_RISK,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::BotDetection,
        name: "bot_detection",
        family: Family::Risk,
        does: "looks for automation in the user agent",
        writes: &["is_bot", "score"],
        cost_ms: Some(2),
        availability: WITH_RISK,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::BruteForce,
        name: "brute_force",
        family: Family::Risk,
        does: "compares recent failed logins with the limit",
        config: &[key(
            "limit",
            ConfigType::Count,
            false,
            "failed logins from which on it is limited (default 5)",
        )],
        writes: &["attempts", "limited"],
        cost_ms: Some(3),
        availability: WITH_RISK,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::BreachedPassword,
        name: "breached_password",
        family: Family::Risk,
        does: "looks the submitted password up among breached ones",
        writes: &["breached", "count"],
        cost_ms: Some(30),
        availability: WITH_RISK,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::EmailValidation,
        name: "email_validation",
        family: Family::Risk,
        does: "looks at syntax and domain of the address; flags, never denies",
        writes: &["valid", "disposable", "domain"],
        cost_ms: Some(2),
        availability: WITH_RISK,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::PasswordPolicy,
        name: "password_policy",
        family: Family::Risk,
        does: "checks the submitted password against length and classes",
        config: &[
            key(
                "min_length",
                ConfigType::Count,
                false,
                "the least number of characters (default 12)",
            ),
            key(
                "classes",
                ConfigType::Count,
                false,
                "how many classes of characters it needs (default 3)",
            ),
        ],
        writes: &["ok", "violations"],
        cost_ms: Some(1),
        availability: WITH_RISK,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::IdentityLookup,
        name: "identity_lookup",
        family: Family::Identity,
        does: "finds the identity by what was submitted and fills `event.user`",
        config: &[
            key(
                "by",
                ConfigType::Words(&["email", "phone"]),
                false,
                "what the identifier is (default `email`)",
            ),
            key(
                "must_exist",
                ConfigType::Bool,
                false,
                "deny `invalid_credentials` when nobody is found",
            ),
            key(
                "must_not_exist",
                ConfigType::Bool,
                false,
                "deny `identity_exists` when somebody is found",
            ),
        ],
        writes: &["found"],
        cost_ms: Some(5),
        locked: true,
        availability: WITH_CREDENTIALS,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::IdentityCreate,
        name: "identity_create",
        family: Family::Identity,
        does: "creates the identity from the submitted profile",
        config: &[key(
            "traits",
            ConfigType::TextList,
            false,
            "the fields of the submitted profile to keep (default: all)",
        )],
        writes: &["id", "created"],
        cost_ms: Some(20),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::ProfileUpdate,
        name: "profile_update",
        family: Family::Identity,
        does: "overlays fields of the profile",
        config: &[key(
            "set",
            ConfigType::TemplateMap,
            true,
            "field to new value",
        )],
        writes: &["updated"],
        cost_ms: Some(10),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::UpdateUser,
        name: "update_user",
        family: Family::Identity,
        does: "changes an identifying alias",
        config: &[key(
            "set",
            ConfigType::TemplateMap,
            true,
            "`email` or `phone` to new value",
        )],
        writes: &["updated"],
        cost_ms: Some(10),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::VerificationSend,
        name: "verification_send",
        family: Family::Identity,
        does: "issues a verification token",
        config: &[key(
            "channel",
            ConfigType::Words(&["email", "sms"]),
            false,
            "where the token goes (default `email`)",
        )],
        writes: &["sent"],
        cost_ms: Some(25),
        on_error: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::VerificationCheck,
        name: "verification_check",
        family: Family::Identity,
        does: "prompts for the verification token",
        writes: &["verified"],
        cost_ms: Some(3),
        prompts: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::EmailVerification,
        name: "email_verification",
        family: Family::Identity,
        does: "sends a link and waits for it to be followed",
        writes: &["verified"],
        cost_ms: Some(25),
        on_error: true,
        prompts: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::RefreshTokenValidate,
        name: "refresh_token_validate",
        family: Family::Identity,
        does: "checks the submitted refresh token, denies `invalid_grant`",
        writes: &["valid", "family"],
        cost_ms: Some(5),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::IssueSession,
        name: "issue_session",
        family: Family::Session,
        does: "mints a session and settles the ending as allowed (ORD-5)",
        config: &[key(
            "ttl",
            ConfigType::Duration,
            false,
            "how long the session lives (default 1h)",
        )],
        cost_ms: Some(10),
        terminal: true,
        locked: true,
        availability: SYSTEM_ONLY,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::IssueTokens,
        name: "issue_tokens",
        family: Family::Session,
        does: "mints OAuth2 tokens and ends the run",
        config: &[key(
            "scopes",
            ConfigType::TextList,
            false,
            "the scopes to grant",
        )],
        cost_ms: Some(10),
        terminal: true,
        availability: SYSTEM_ONLY,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::SessionRevoke,
        name: "session_revoke",
        family: Family::Session,
        does: "ends a session",
        config: &[key(
            "session",
            ConfigType::Text,
            false,
            "the session to end (default: the submitted one)",
        )],
        writes: &["revoked"],
        cost_ms: Some(5),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::Finalize,
        name: "finalize",
        family: Family::Session,
        does: "marks the run as complete",
        cost_ms: Some(1),
        terminal: true,
        availability: SYSTEM_ONLY,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::SocialIdpRedirect,
        name: "social_idp_redirect",
        family: Family::Session,
        does: "prompts for the round trip to a social provider",
        config: &[key(
            "provider",
            ConfigType::Text,
            true,
            "the provider to go to",
        )],
        writes: &["provider", "state"],
        cost_ms: Some(2),
        prompts: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::SocialIdpCallback,
        name: "social_idp_callback",
        family: Family::Session,
        does: "takes the answer of the redirect, finds or links the identity",
        config: &[key(
            "provider",
            ConfigType::Text,
            false,
            "the provider that answers (default: that of the redirect)",
        )],
        writes: &["provider", "subject"],
        cost_ms: Some(40),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::HydraLogout,
        name: "hydra_logout",
        family: Family::Session,
        does: "ends the OAuth login session",
        writes: &["logged_out"],
        cost_ms: Some(10),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::Decision,
        name: "decision",
        family: Family::Control,
        does: "takes the first branch whose `when` holds, else the default",
        config: &[key(
            "branches",
            ConfigType::Branches,
            true,
            "named branches, the first whose `when` holds is taken",
        )],
        writes: &["branch"],
        cost_ms: Some(0),
        branches: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::Condition,
        name: "condition",
        family: Family::Control,
        does: "takes `then` or `else`",
        config: &[key(
            "when",
            ConfigType::Expression,
            true,
            "which branch to take",
        )],
        writes: &["branch"],
        cost_ms: Some(0),
        branches: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::RunCustomAction,
        name: "run_custom_action",
        family: Family::Control,
        does: "runs the tenant's own JavaScript or TypeScript (ACT)",
        config: &[
            key("action", ConfigType::Text, true, "the action to run"),
            key(
                "config",
                ConfigType::TemplateMap,
                false,
                "values for `api.config`",
            ),
        ],
        cost_ms: None,
        on_error: true,
        mode: true,
        timeout: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::RunCustomFlow,
        name: "run_custom_flow",
        family: Family::Control,
        does: "runs a published custom flow (NEST)",
        config: &[key(
            "flow",
            ConfigType::Text,
            true,
            "the published custom flow to run",
        )],
        writes: &["outcome"],
        cost_ms: None,
        on_error: true,
        availability: SYSTEM_ONLY,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::ParallelWebhook,
        name: "parallel_webhook",
        family: Family::Control,
        does: "sends several requests at once and waits for all",
        config: &[key(
            "calls",
            ConfigType::Calls,
            true,
            "name to the config of a `call_webhook`",
        )],
        cost_ms: None,
        on_error: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::CallWebhook,
        name: "call_webhook",
        family: Family::Notification,
        does: "sends one HTTPS request",
        config: WEBHOOK_CONFIG,
        writes: &["status", "body", "headers", "duration_ms"],
        cost_ms: None,
        on_error: true,
        timeout: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::Notify,
        name: "notify",
        family: Family::Notification,
        does: "sends a message over several channels",
        config: &[
            key(
                "channels",
                ConfigType::TextList,
                true,
                "the channels to use",
            ),
            key("template", ConfigType::Text, true, "the template"),
            key(
                "to",
                ConfigType::Template,
                false,
                "the recipient (default: the identity)",
            ),
        ],
        writes: &["sent"],
        cost_ms: Some(25),
        on_error: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::SendEmail,
        name: "send_email",
        family: Family::Notification,
        does: "sends a transactional mail",
        config: &[
            key("template", ConfigType::Text, true, "the template"),
            key(
                "to",
                ConfigType::Template,
                false,
                "the recipient (default: the identity)",
            ),
        ],
        writes: &["sent"],
        cost_ms: Some(25),
        on_error: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::PasswordRecoverySend,
        name: "password_recovery_send",
        family: Family::Notification,
        does: "sends a recovery mail; for an unknown identity none, at the same cost",
        writes: &["sent"],
        cost_ms: Some(25),
        on_error: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::LogEvent,
        name: "log_event",
        family: Family::Notification,
        does: "appends to the audit log",
        config: &[
            key(
                "type",
                ConfigType::Text,
                true,
                "the type of the audit entry",
            ),
            key("data", ConfigType::TemplateMap, false, "its data"),
        ],
        cost_ms: Some(1),
        ..PLAIN
    },
    KindInfo {
        kind: Kind::Delay,
        name: "delay",
        family: Family::Notification,
        does: "pauses",
        config: &[key(
            "ms",
            ConfigType::Count,
            true,
            "how long it pauses, in milliseconds",
        )],
        cost_ms: None,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::Allow,
        name: "allow",
        family: Family::Terminal,
        does: "ends the run successfully, mints nothing",
        cost_ms: Some(0),
        terminal: true,
        ..PLAIN
    },
    KindInfo {
        kind: Kind::Deny,
        name: "deny",
        family: Family::Terminal,
        does: "ends the run with a rejection",
        config: &[
            key(
                "reason",
                ConfigType::Reason,
                true,
                "a machine reason code, `[a-z0-9_]+`",
            ),
            key(
                "user_message",
                ConfigType::Text,
                false,
                "what the user sees instead of the generic error page",
            ),
        ],
        cost_ms: Some(0),
        terminal: true,
        ..PLAIN
    },
];
