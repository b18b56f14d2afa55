//! Risk and security: these kinds score and never decide.

use super::{ConfigType, Family, KindInfo, WITH_RISK, key, row};
use crate::flow::Kind;

/// The kinds of this family, in the order of `Kind`.
pub const KINDS: &[KindInfo] = &[
    row(
        Kind::RiskEvaluate,
        "risk_evaluate",
        Family::Risk,
        Some(8),
        "score = min(100, sum of the weights of the signals present); default `weights`: \
            `tor` 60, `vpn` 30, `brute_force` 30 (failed logins ≥ 5), `breached_password` \
            25, `bot` 25; sets `event.authentication.risk_score`; with thresholds t1, t2, \
            t3: `low` < t1 ≤ `medium` < t2 ≤ `high` < t3 ≤ `critical`; recommendation \
            `allow` below t2, `challenge` below t3, else `deny`",
    )
    .config(&[
        key(
            "weights",
            ConfigType::Weights,
            false,
            "the weight of each signal (defaults: tor 60, vpn 30, brute_force 30, \
  breached_password 25, bot 25)",
        ),
        key(
            "thresholds",
            ConfigType::Thresholds,
            false,
            "the three limits of severity",
        )
        .default("[30,60,80]"),
    ])
    .writes(&["score", "severity", "recommendation", "signals"])
    .only(WITH_RISK),
    row(
        Kind::IpReputation,
        "ip_reputation",
        Family::Risk,
        Some(4),
        "score = min(100, 60 tor + 30 vpn + 40 country denied), from `event.request`",
    )
    .config(&[key(
        "deny_countries",
        ConfigType::TextList,
        false,
        "country codes that add to the score",
    )])
    .writes(&["score", "is_tor", "is_vpn", "country_denied"])
    .only(WITH_RISK),
    row(
        Kind::BotDetection,
        "bot_detection",
        Family::Risk,
        Some(2),
        "a user agent that is empty or names a known automation (`bot`, `crawler`, \
            `spider`, `curl`, `wget`, `python-requests`, `headless`), case-insensitively; \
            score 0 or 100",
    )
    .writes(&["is_bot", "score"])
    .only(WITH_RISK),
    row(
        Kind::BruteForce,
        "brute_force",
        Family::Risk,
        Some(3),
        "compares the identity's recent failed logins with the limit (`limited` when \
            attempts ≥ limit)",
    )
    .config(&[key(
        "limit",
        ConfigType::Count,
        false,
        "failed logins from which on it is limited",
    )
    .default("5")])
    .writes(&["attempts", "limited"])
    .only(WITH_RISK),
    row(
        Kind::BreachedPassword,
        "breached_password",
        Family::Risk,
        Some(30),
        "looks the submitted password up among the world's breached passwords",
    )
    .writes(&["breached", "count"])
    .only(WITH_RISK),
    row(
        Kind::EmailValidation,
        "email_validation",
        Family::Risk,
        Some(2),
        "syntax, disposable domain list; flags, never denies",
    )
    .writes(&["valid", "disposable", "domain"])
    .only(WITH_RISK),
    row(
        Kind::PasswordPolicy,
        "password_policy",
        Family::Risk,
        Some(1),
        "checks the submitted password",
    )
    .config(&[
        key(
            "min_length",
            ConfigType::Count,
            false,
            "the least number of characters",
        )
        .default("12"),
        key(
            "classes",
            ConfigType::Count,
            false,
            "how many classes of characters it needs",
        )
        .default("3"),
    ])
    .writes(&["ok", "violations"])
    .only(WITH_RISK),
];
