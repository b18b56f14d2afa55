//! Identity and verification.

use super::{ConfigType, Family, KindInfo, WITH_CREDENTIALS, key, row};
use crate::flow::Kind;

/// The kinds of this family, in the order of `Kind`.
pub const KINDS: &[KindInfo] = &[
    row(
        Kind::IdentityLookup,
        "identity_lookup",
        Family::Identity,
        Some(5),
        "finds the identity by `identifier`, fills `event.user`; `must_exist` and no \
            match denies `invalid_credentials`, `must_not_exist` and a match denies \
            `identity_exists`, with the same cost either way",
    )
    .config(&[
        key(
            "by",
            ConfigType::Words(&["email", "phone"]),
            false,
            "what the identifier is",
        )
        .default("\"email\""),
        key(
            "must_exist",
            ConfigType::Bool,
            false,
            "deny `invalid_credentials` when nobody is found",
        )
        .default("false"),
        key(
            "must_not_exist",
            ConfigType::Bool,
            false,
            "deny `identity_exists` when somebody is found",
        )
        .default("false"),
    ])
    .writes(&["found"])
    .locked()
    .only(WITH_CREDENTIALS),
    row(
        Kind::IdentityCreate,
        "identity_create",
        Family::Identity,
        Some(20),
        "creates the identity from the submitted profile, fills `event.user`; error if it \
            exists",
    )
    .config(&[key(
        "traits",
        ConfigType::TextList,
        false,
        "the fields of the submitted profile to keep (default: all)",
    )])
    .writes(&["id", "created"]),
    row(
        Kind::ProfileUpdate,
        "profile_update",
        Family::Identity,
        Some(10),
        "overlays profile fields (`name`, `phone`, `user_metadata.<key>`, …)",
    )
    .config(&[key(
        "set",
        ConfigType::TemplateMap,
        true,
        "field to new value",
    )])
    .writes(&["updated"]),
    row(
        Kind::UpdateUser,
        "update_user",
        Family::Identity,
        Some(10),
        "changes an identifying alias",
    )
    .config(&[key(
        "set",
        ConfigType::TemplateMap,
        true,
        "`email` or `phone` to new value",
    )])
    .writes(&["updated"]),
    row(
        Kind::VerificationSend,
        "verification_send",
        Family::Identity,
        Some(25),
        "issues a verification token",
    )
    .config(&[key(
        "channel",
        ConfigType::Words(&["email", "sms"]),
        false,
        "where the token goes",
    )
    .default("\"email\"")])
    .writes(&["sent"])
    .on_error(),
    row(
        Kind::VerificationCheck,
        "verification_check",
        Family::Identity,
        Some(3),
        "prompts `verification`",
    )
    .writes(&["verified"])
    .prompts(),
    row(
        Kind::EmailVerification,
        "email_verification",
        Family::Identity,
        Some(25),
        "sends a link and prompts `email_link`",
    )
    .writes(&["verified"])
    .on_error()
    .prompts(),
    row(
        Kind::RefreshTokenValidate,
        "refresh_token_validate",
        Family::Identity,
        Some(5),
        "checks the submitted refresh token of the world (`valid`, `expired`, `reused`); \
            anything but valid denies `invalid_grant`",
    )
    .writes(&["valid", "family"]),
];
