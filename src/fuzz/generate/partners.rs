//! Which kinds have to do with each other: one writes, sends or changes what the other one reads, judges or ends.
//! Blocks that follow their partner meet the rules about both, which two kinds drawn apart seldom do.

use crate::flow::Kind;

/// The kinds that are worth trying behind a block of this kind.
pub fn partners(kind: Kind) -> &'static [Kind] {
    use Kind::*;
    match kind {
        PasswordCheck => &[PasswordCheck, Mfa, ChannelOtpSend, IssueSession],
        CredentialSet | PasswordUpdate => &[PasswordCheck, PasswordCheck, BreachedPassword],
        ChannelOtpSend => &[ChannelOtpVerify],
        ChannelOtpVerify => &[ChannelOtpVerify, Condition, PasswordCheck, IssueSession],
        WebauthnBegin => &[WebauthnFinish],
        WebauthnFinish => &[WebauthnFinish, Mfa, IssueSession, PasswordCheck],
        Mfa | RequireMfa => &[Mfa, RequireMfa, PasswordCheck, IssueSession],
        CheckMfaStatus | RequireMfaEnroll => &[Mfa, RequireMfa, CheckMfaStatus, RequireMfaEnroll],
        RiskEvaluate | IpReputation | BotDetection | BruteForce | BreachedPassword
        | EmailValidation | PasswordPolicy => &[RiskEvaluate, Decision, Condition, IssueSession],
        IdentityLookup => &[PasswordCheck, UpdateUser, RiskEvaluate, Mfa, ProfileUpdate],
        IdentityCreate => &[
            IdentityCreate,
            IdentityLookup,
            PasswordCheck,
            UpdateUser,
            VerificationSend,
        ],
        ProfileUpdate | UpdateUser => &[
            IdentityLookup,
            UpdateUser,
            ProfileUpdate,
            IdentityCreate,
            SendEmail,
            LogEvent,
            SocialIdpCallback,
        ],
        VerificationSend => &[VerificationCheck, ChannelOtpVerify],
        VerificationCheck | EmailVerification => &[Condition, ProfileUpdate, LogEvent],
        RefreshTokenValidate => &[RefreshTokenValidate, IssueTokens, IssueSession],
        IssueSession => &[
            LogEvent,
            SessionRevoke,
            IssueSession,
            Deny,
            Mfa,
            VerificationCheck,
            RunCustomFlow,
            RunCustomAction,
            CallWebhook,
            IssueTokens,
            SendEmail,
        ],
        SessionRevoke => &[IssueSession, Deny, LogEvent],
        SocialIdpRedirect => &[SocialIdpCallback],
        SocialIdpCallback => &[LogEvent, PasswordCheck, IssueSession, UpdateUser],
        RunCustomAction => &[RunCustomAction, LogEvent, Condition, CallWebhook],
        RunCustomFlow => &[
            RunCustomFlow,
            RunCustomAction,
            LogEvent,
            Condition,
            IssueSession,
        ],
        ParallelWebhook | CallWebhook => &[CallWebhook, Decision, Condition],
        Notify | SendEmail | PasswordRecoverySend | LogEvent | Delay => {
            &[Delay, CallWebhook, RunCustomAction, ParallelWebhook, Mfa]
        }
        Decision | Condition | HydraLogout | IssueTokens | Finalize | Allow | Deny => &[],
    }
}
