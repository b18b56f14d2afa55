//! Session and OAuth: only these kinds write `session.*`.

use super::{ConfigType, Family, KindInfo, SYSTEM_ONLY, key, row};
use crate::flow::Kind;

/// The kinds of this family, in the order of `Kind`.
pub const KINDS: &[KindInfo] = &[
    row(
        Kind::IssueSession,
        "issue_session",
        Family::Session,
        Some(10),
        "mints a session (never a real one); semantics ORD-5",
    )
    .config(&[key(
        "ttl",
        ConfigType::Duration,
        false,
        "how long the session lives",
    )
    .default("\"1h\"")])
    .terminal()
    .locked()
    .only(SYSTEM_ONLY),
    row(
        Kind::IssueTokens,
        "issue_tokens",
        Family::Session,
        Some(10),
        "mints OAuth2 tokens",
    )
    .config(&[key(
        "scopes",
        ConfigType::TextList,
        false,
        "the scopes to grant",
    )])
    .terminal()
    .only(SYSTEM_ONLY),
    row(
        Kind::SessionRevoke,
        "session_revoke",
        Family::Session,
        Some(5),
        "ends a session of the world",
    )
    .config(&[key(
        "session",
        ConfigType::Text,
        false,
        "the session to end (default: the submitted one)",
    )])
    .writes(&["revoked"]),
    row(
        Kind::Finalize,
        "finalize",
        Family::Session,
        Some(1),
        "marks the run as intentionally complete (`allowed`)",
    )
    .terminal()
    .only(SYSTEM_ONLY),
    row(
        Kind::SocialIdpRedirect,
        "social_idp_redirect",
        Family::Session,
        Some(2),
        "prompts `social` (the external round trip)",
    )
    .config(&[key(
        "provider",
        ConfigType::Text,
        true,
        "the provider to go to",
    )])
    .writes(&["provider", "state"])
    .prompts(),
    row(
        Kind::SocialIdpCallback,
        "social_idp_callback",
        Family::Session,
        Some(40),
        "takes the answer of the redirect, finds or links the identity; a refused or \
            mismatched answer denies `state_mismatch`",
    )
    .config(&[key(
        "provider",
        ConfigType::Text,
        false,
        "the provider that answers (default: that of the redirect)",
    )])
    .writes(&["provider", "subject"]),
    row(
        Kind::HydraLogout,
        "hydra_logout",
        Family::Session,
        Some(10),
        "ends the OAuth login session",
    )
    .writes(&["logged_out"]),
];
