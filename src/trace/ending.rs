//! How a run stopped, what the user sees, what was audited, and what would have happened outside.

use super::{Entry, Failure};
use crate::value::{Map, Text, Value};

/// How a run stops. Exactly one for each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A terminal let the user through.
    Allowed,
    /// Something denied (DENY-1, DENY-3).
    Denied,
    /// An unhandled error, or no terminal (ERR-1, ORD-6).
    Failed,
    /// The budget was exhausted (BUD-2).
    TimedOut,
    /// A prompt has no answer.
    Suspended,
}

impl Ending {
    /// All of them, in the order in which the formats list them.
    pub const ALL: [Ending; 5] = [
        Ending::Allowed,
        Ending::Denied,
        Ending::Failed,
        Ending::TimedOut,
        Ending::Suspended,
    ];

    /// The word in results.
    pub fn name(self) -> &'static str {
        match self {
            Ending::Allowed => "allowed",
            Ending::Denied => "denied",
            Ending::Failed => "failed",
            Ending::TimedOut => "timed_out",
            Ending::Suspended => "suspended",
        }
    }
}

/// What a prompt asks for (AUD-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// A one-time code.
    Otp,
    /// A passkey.
    Webauthn,
    /// A second factor.
    Mfa,
    /// Enrolment of a factor.
    Enroll,
    /// A verification code.
    Verification,
    /// A link in a mail.
    EmailLink,
    /// A social sign-in.
    Social,
}

impl PromptKind {
    /// The word in results.
    pub fn name(self) -> &'static str {
        match self {
            PromptKind::Otp => "otp",
            PromptKind::Webauthn => "webauthn",
            PromptKind::Mfa => "mfa",
            PromptKind::Enroll => "enroll",
            PromptKind::Verification => "verification",
            PromptKind::EmailLink => "email_link",
            PromptKind::Social => "social",
        }
    }
}

/// What the user sees at the end (AUD-2).
#[derive(Debug, Clone, PartialEq)]
pub enum UserSees {
    /// They are through.
    Success,
    /// The generic error page.
    GenericError,
    /// A configured message.
    Message(Text),
    /// A prompt that waits.
    Prompt(PromptKind),
}

/// What an audit entry says came of its subject (AUD-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditOutcome {
    /// It worked.
    Success,
    /// It was denied.
    Denied,
    /// It failed.
    Failure,
    /// It failed and the flow went on, or it waits.
    Partial,
}

impl AuditOutcome {
    /// The word in results.
    pub fn name(self) -> &'static str {
        match self {
            AuditOutcome::Success => "success",
            AuditOutcome::Denied => "denied",
            AuditOutcome::Failure => "failure",
            AuditOutcome::Partial => "partial",
        }
    }
}

/// One audit entry (AUD-1).
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// The type, such as `flow.denied`.
    pub kind: Text,
    /// What came of it.
    pub outcome: AuditOutcome,
    /// The flow in which the block stands.
    pub flow: Text,
    /// The full path of the block; None where no block is concerned (`flow.failed` with `no_terminal`).
    pub block: Option<Text>,
    /// Details.
    pub data: Value,
}

/// A mail or message that would have been sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The channel: `email`, `sms`, ….
    pub channel: Text,
    /// The template.
    pub template: Text,
    /// The recipient; None when the identity has no such address.
    pub to: Option<Text>,
}

/// What would have happened outside, net (AUD-3).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SideEffects {
    /// A session was issued and not revoked again.
    pub session_issued: bool,
    /// A session was revoked.
    pub session_revoked: bool,
    /// Mails.
    pub emails: Vec<Message>,
    /// Messages of other channels.
    pub messages: Vec<Message>,
    /// What actions merged into `app_metadata` (ST-7).
    pub app_metadata: Map,
    /// Claims that actions set.
    pub custom_claims: Map,
    /// Identities that were created.
    pub identities_created: Vec<Value>,
    /// Identities that were changed.
    pub identities_updated: Vec<Value>,
}

/// A whole run. Texts are redacted (ST-6).
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The entries of the outermost flow, in the order in which their blocks started.
    pub entries: Vec<Entry>,
    /// How it stopped.
    pub ending: Ending,
    /// The path of the terminal (ERR-7).
    pub terminal: Option<Text>,
    /// The deny reason, or the code of a failure (ERR-7).
    pub reason: Option<Text>,
    /// The deepest path of the block at which it halted; None when allowed or suspended.
    pub halted_at: Option<Text>,
    /// Why the halting entry failed.
    pub error: Option<Failure>,
    /// What the user sees.
    pub user_sees: UserSees,
    /// Flow time of the ending, in milliseconds.
    pub flow_ms: u64,
    /// The ceiling, in milliseconds.
    pub budget_ms: u64,
    /// The final state: `step`, `custom` and `session`, flat to `step.<slug>.<field>`.
    pub state: Vec<(Text, Value)>,
    /// The event at the end, for expectations that read it.
    pub event: Value,
    /// What was audited, in order.
    pub audit: Vec<Audit>,
    /// What would have happened outside.
    pub side_effects: SideEffects,
    /// Why the harness could not run it (ERR-4 `action_uninterruptible`); the scenario is then `errored`.
    pub harness_failure: Option<Failure>,
}
