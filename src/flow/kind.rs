//! The names of the 46 block kinds. What each is like stands in the catalogue.

use super::catalogue::{CATALOGUE, KindInfo};

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // the catalogue says what each does
pub enum Kind {
    PasswordCheck,
    CredentialSet,
    PasswordUpdate,
    ChannelOtpSend,
    ChannelOtpVerify,
    WebauthnBegin,
    WebauthnFinish,
    Mfa,
    CheckMfaStatus,
    RequireMfa,
    RequireMfaEnroll,
    RiskEvaluate,
    IpReputation,
    BotDetection,
    BruteForce,
    BreachedPassword,
    EmailValidation,
    PasswordPolicy,
    IdentityLookup,
    IdentityCreate,
    ProfileUpdate,
    UpdateUser,
    VerificationSend,
    VerificationCheck,
    EmailVerification,
    RefreshTokenValidate,
    IssueSession,
    IssueTokens,
    SessionRevoke,
    Finalize,
    SocialIdpRedirect,
    SocialIdpCallback,
    HydraLogout,
    Decision,
    Condition,
    RunCustomAction,
    RunCustomFlow,
    ParallelWebhook,
    CallWebhook,
    Notify,
    SendEmail,
    PasswordRecoverySend,
    LogEvent,
    Delay,
    Allow,
    Deny,
}

impl Kind {
    /// All kinds, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Kind> {
        CATALOGUE.iter().map(|info| info.kind)
    }

    /// What this kind is like.
    pub fn info(self) -> &'static KindInfo {
        &CATALOGUE[self as usize]
    }

    /// The name as flows write it, such as `call_webhook`.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        CATALOGUE
            .iter()
            .find(|info| info.name == name)
            .map(|info| info.kind)
    }

    /// The slug that a block of this kind gets when none is written: the name in kebab-case.
    pub fn default_slug(self) -> String {
        self.name().replace('_', "-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_lists_all_kinds_in_their_order() {
        assert_eq!(CATALOGUE.len(), 46);
        for (position, info) in CATALOGUE.iter().enumerate() {
            assert_eq!(info.kind as usize, position, "{}", info.name);
            assert_eq!(Kind::from_name(info.name), Some(info.kind));
        }
    }
}
