//! Auth: passwords, one-time codes, passkeys and second factors.

use super::{ConfigType, FACTORS, Family, KindInfo, WITH_CREDENTIALS, key, row};
use crate::flow::Kind;

/// The kinds of this family, in the order of `Kind`.
pub const KINDS: &[KindInfo] = &[
    row(
        Kind::PasswordCheck,
        "password_check",
        Family::Auth,
        Some(60),
        "compares the submitted `password` with the identity's; an unknown identity takes \
            the same time and writes `false`; a wrong password is data, not a halt; a \
            disabled or locked identity writes `false` too, with audit \
            `user.signed_in.failed` and `account_disabled` or `account_locked`; success \
            lifts to `aal1` and appends `password` to methods",
    )
    .writes(&["verified"])
    .locked()
    .only(WITH_CREDENTIALS),
    row(
        Kind::CredentialSet,
        "credential_set",
        Family::Auth,
        Some(60),
        "stores a new credential on the run's identity",
    )
    .config(&[key(
        "kind",
        ConfigType::Words(&["password"]),
        false,
        "the kind of credential",
    )])
    .writes(&["stored"]),
    row(
        Kind::PasswordUpdate,
        "password_update",
        Family::Auth,
        Some(60),
        "replaces the password with the submitted `new_password`",
    )
    .writes(&["updated"]),
    row(
        Kind::ChannelOtpSend,
        "channel_otp_send",
        Family::Auth,
        Some(25),
        "issues a one-time code to the identity's channel; error if the identity has \
            none",
    )
    .config(&[key(
        "channel",
        ConfigType::Words(&["email", "sms"]),
        false,
        "where the code goes",
    )
    .default("\"email\"")])
    .writes(&["sent", "channel"])
    .on_error(),
    row(
        Kind::ChannelOtpVerify,
        "channel_otp_verify",
        Family::Auth,
        Some(3),
        "prompts `otp`; compares with the code last sent",
    )
    .config(&[key(
        "attempts",
        ConfigType::Count,
        false,
        "wrong answers before it gives up",
    )
    .default("3")])
    .writes(&["verified", "attempts"])
    .prompts(),
    row(
        Kind::WebauthnBegin,
        "webauthn_begin",
        Family::Auth,
        Some(3),
        "makes a challenge for the identity's passkeys; error if none",
    )
    .writes(&["challenge"]),
    row(
        Kind::WebauthnFinish,
        "webauthn_finish",
        Family::Auth,
        Some(5),
        "prompts `webauthn`; success lifts to `aal2`, or `aal3` for a hardware-bound \
            key",
    )
    .writes(&["verified"])
    .prompts(),
    row(
        Kind::Mfa,
        "mfa",
        Family::Auth,
        Some(5),
        "prompts for one of the identity's enrolled factors (`totp`, `otp`, `webauthn`, \
            `sms`, `recovery`); success lifts to `aal2` and appends the factor; exhausted \
            attempts deny with `mfa_failed`; an identity with no factor is an error",
    )
    .config(&[
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
            "wrong answers before it denies",
        )
        .default("3"),
    ])
    .writes(&["verified", "factor"])
    .prompts(),
    row(
        Kind::CheckMfaStatus,
        "check_mfa_status",
        Family::Auth,
        Some(3),
        "looks up enrolment",
    )
    .writes(&["enrolled", "factors"]),
    row(
        Kind::RequireMfa,
        "require_mfa",
        Family::Auth,
        Some(5),
        "like `mfa` for one factor, denies `mfa_required` when it is not enrolled",
    )
    .config(&[key(
        "factor",
        ConfigType::Words(FACTORS),
        false,
        "the factor that is required",
    )])
    .writes(&["verified", "factor"])
    .prompts(),
    row(
        Kind::RequireMfaEnroll,
        "require_mfa_enroll",
        Family::Auth,
        Some(5),
        "passes when enrolled; else prompts `enroll`",
    )
    .config(&[key(
        "factor",
        ConfigType::Words(FACTORS),
        false,
        "the factor that must be enrolled",
    )])
    .writes(&["enrolled"])
    .prompts(),
];
