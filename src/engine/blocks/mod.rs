//! What each kind does, one file a family. A block computes its outputs; scripted outputs are laid over
//! them; then effects follow the result (formats.md, `outputs`). Time, calls, actions and nesting are the
//! state machine's business, not theirs.

mod auth;
mod control;
mod factor;
mod identity;
mod notification;
mod outbox;
mod profile;
mod risk;
mod session;
mod social;
mod subject;

use super::Answer;
use super::facts::Facts;
use super::program::Node;
use crate::flow::{Config, Kind};
use crate::trace::{ErrorCode, Failure, PromptKind, UserSees};
use crate::value::{Text, Value};

pub use session::revoke;

/// The outputs of a block, in the order of the catalogue's `writes`; scripted extra fields behind them.
pub type Outputs = Vec<(Text, Value)>;

/// What a block meets when it does its work.
pub struct Scene<'a> {
    /// The facts of the run, to be changed.
    pub facts: &'a mut Facts,
    /// The block.
    pub node: &'a Node,
    /// Its settings.
    pub config: &'a Config,
    /// Flow time.
    pub now_ms: u64,
    /// What it wrote under `session.`, for its entry.
    pub session_writes: Vec<(Text, Value)>,
}

impl Scene<'_> {
    /// Writes `session.<field>`, given by its flat key.
    pub fn write_session(&mut self, key: &Text, value: Value) {
        self.session_writes.push((key.clone(), value.clone()));
        self.facts.state.write_session(key, value);
    }
}

/// What comes of a block that did its work.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The next block runs.
    Next,
    /// The run, or the nested run, ends successfully (ORD-4).
    Ends(Terminal),
    /// The run ends denied.
    Denies(Denial),
}

/// Why a run ends denied, and what the user sees of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Denial {
    /// The machine reason code.
    pub reason: Text,
    /// The generic error page, or a configured message (DENY-3).
    pub user_sees: UserSees,
}

/// The terminals that end a run successfully.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminal {
    /// `allow`, `issue_tokens`, `finalize`: the run ends here.
    End,
    /// `issue_session`: the ending is settled, blocks behind it may run (ORD-5).
    Session,
}

/// Whether a block has to ask before it can work.
pub enum Opening {
    /// It pays its cost and works.
    Work,
    /// It asks.
    Ask(PromptKind),
}

/// What a block makes of an answer.
pub enum Judged {
    /// Asks again.
    Again,
    /// It has its outputs; denied when `Some`.
    Done(Outputs, Option<Denial>),
}

impl Denial {
    /// A denial of which the user sees the generic error page.
    pub fn generic(reason: &str) -> Self {
        Denial {
            reason: Text::from(reason),
            user_sees: UserSees::GenericError,
        }
    }
}

/// Whether a prompting kind asks, in this scene. Fails where the identity makes asking impossible;
/// the failure comes when the cost is paid, with `compute`.
pub fn open(scene: &Scene) -> Opening {
    match scene.node.kind {
        Kind::ChannelOtpVerify => Opening::Ask(PromptKind::Otp),
        Kind::WebauthnFinish | Kind::Mfa | Kind::RequireMfa | Kind::RequireMfaEnroll => {
            factor::open(scene)
        }
        Kind::VerificationCheck => Opening::Ask(PromptKind::Verification),
        Kind::EmailVerification => identity::open_email_verification(scene),
        Kind::SocialIdpRedirect => Opening::Ask(PromptKind::Social),
        _ => Opening::Work,
    }
}

/// What a prompting kind does before it asks for the first time.
pub fn before_asking(scene: &mut Scene) {
    if scene.node.kind == Kind::EmailVerification {
        identity::send_link(scene);
    }
}

/// The denial of a prompting kind that had nothing to ask.
pub fn unasked_denial(scene: &Scene) -> Option<Denial> {
    factor::unasked_denial(scene)
}

/// Whether a factor block denies, its final outputs being known: scripted outputs decide over answers.
pub fn refusal(kind: Kind, denial: Option<Denial>, outputs: &Outputs) -> Option<Denial> {
    let decides = matches!(kind, Kind::Mfa | Kind::RequireMfa);
    if !decides || is_true(outputs, "verified") {
        return None;
    }
    denial.or_else(|| Some(Denial::generic("mfa_failed")))
}

/// What a prompting kind makes of an answer; `attempt` counts from 0.
pub fn judge(scene: &mut Scene, attempt: u32, answer: &Answer) -> Judged {
    match scene.node.kind {
        Kind::ChannelOtpVerify => auth::judge_code(scene, attempt, answer),
        Kind::VerificationCheck | Kind::EmailVerification => identity::judge(answer),
        Kind::SocialIdpRedirect => social::judge(scene, answer),
        _ => factor::judge(scene, attempt, answer),
    }
}

/// What a kind that does not ask (or has nothing to ask) writes.
pub fn compute(scene: &mut Scene) -> Result<Outputs, Failure> {
    use Kind::*;
    match scene.node.kind {
        PasswordCheck | CredentialSet | PasswordUpdate | ChannelOtpSend | WebauthnBegin
        | CheckMfaStatus => auth::compute(scene),
        Mfa | RequireMfa | RequireMfaEnroll | WebauthnFinish => factor::compute(scene),
        RiskEvaluate | IpReputation | BotDetection | BruteForce | BreachedPassword
        | EmailValidation | PasswordPolicy => Ok(risk::compute(scene)),
        IdentityLookup | IdentityCreate | VerificationSend | EmailVerification
        | RefreshTokenValidate => identity::compute(scene),
        ProfileUpdate | UpdateUser => profile::compute(scene),
        IssueSession | IssueTokens | SessionRevoke | Finalize | HydraLogout => {
            Ok(session::compute(scene))
        }
        SocialIdpCallback => Ok(social::compute(scene)),
        Notify | SendEmail | PasswordRecoverySend => notification::compute(scene),
        LogEvent => control::log_event(scene),
        ChannelOtpVerify | VerificationCheck | SocialIdpRedirect | Decision | Condition
        | RunCustomAction | RunCustomFlow | ParallelWebhook | CallWebhook | Delay | Allow
        | Deny => Ok(Vec::new()),
    }
}

/// What follows from the final outputs of a kind: its effects, and whether the run goes on.
pub fn follow(scene: &mut Scene, outputs: &Outputs) -> Outcome {
    use Kind::*;
    match scene.node.kind {
        PasswordCheck | ChannelOtpVerify | CredentialSet | PasswordUpdate => {
            auth::follow(scene, outputs);
            Outcome::Next
        }
        Mfa | RequireMfa | RequireMfaEnroll | WebauthnFinish => {
            factor::follow(scene, outputs);
            Outcome::Next
        }
        RiskEvaluate => {
            risk::follow(scene, outputs);
            Outcome::Next
        }
        IdentityLookup | RefreshTokenValidate => identity::follow(scene, outputs),
        VerificationCheck | EmailVerification => {
            identity::verified(scene, outputs);
            Outcome::Next
        }
        SocialIdpCallback => social::follow(scene, outputs),
        IssueSession => Outcome::Ends(Terminal::Session),
        IssueTokens | Finalize | Allow => Outcome::Ends(Terminal::End),
        Deny => Outcome::Denies(control::denial(scene.config)),
        ChannelOtpSend | WebauthnBegin | CheckMfaStatus | IpReputation | BotDetection
        | BruteForce | BreachedPassword | EmailValidation | PasswordPolicy | IdentityCreate
        | ProfileUpdate | UpdateUser | VerificationSend | SessionRevoke | SocialIdpRedirect
        | HydraLogout | Decision | Condition | RunCustomAction | RunCustomFlow
        | ParallelWebhook | CallWebhook | Notify | SendEmail | PasswordRecoverySend | LogEvent
        | Delay => Outcome::Next,
    }
}

/// Names the fields of the catalogue, in its order.
pub fn outputs<const N: usize>(scene: &Scene, values: [Value; N]) -> Outputs {
    let fields = scene.node.kind.info().writes;
    debug_assert_eq!(
        fields.len(),
        N,
        "{} writes other fields",
        scene.node.kind.name()
    );
    scene.node.fields.iter().cloned().zip(values).collect()
}

/// A field of the outputs.
pub fn field<'a>(outputs: &'a Outputs, name: &str) -> Option<&'a Value> {
    outputs
        .iter()
        .find(|(field, _)| &**field == name)
        .map(|(_, value)| value)
}

/// Whether a field of the outputs is true.
pub fn is_true(outputs: &Outputs, name: &str) -> bool {
    field(outputs, name).and_then(Value::as_bool) == Some(true)
}

/// The failure of a block that needs somebody (ERR-7).
pub fn no_identity(node: &Node) -> Failure {
    Failure::new(
        ErrorCode::NoIdentity,
        format!(
            "`{}` needs event.user, and nobody was found yet: let an identity_lookup run first",
            node.slug
        ),
    )
}
