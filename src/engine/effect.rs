//! What a run asks of its driver, and what it is resumed with. All instants are flow time in milliseconds.

use crate::trace::{ErrorCode, PromptKind};
use crate::value::{Text, Value};
use std::sync::Arc;

/// Names one request of a run. Ids rise in the order in which work was started (BUD-4).
pub type CallId = u64;
/// Names one wake-up of a run; from the same rising sequence as `CallId`.
pub type WakeId = u64;

/// What comes first at one instant (BUD-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Work that completes, calls included, in the order in which it was started.
    Completion,
    /// A block's or an action's own timeout.
    OwnTimeout,
    /// The ceiling of the run.
    Ceiling,
}

/// What a run asks of its driver.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Send a request. The driver says at once by which mock it is answered (`Run::routed`), and later what came of it.
    /// No answer at all is allowed (the run has a timeout of its own); an answer after that is ignored.
    Call {
        /// Its name.
        id: CallId,
        /// What to send.
        request: Arc<Request>,
        /// When the run stops waiting for it, in flow time; the fault `timeout` takes until then.
        limit_at: u64,
        /// The delay of a mock that states none (BUD-8): `latency` of the settings for webhooks, 0 for actions.
        latency_ms: u64,
    },
    /// Wake the run at an instant. A wake-up that is no longer wanted is ignored by the run.
    Wake {
        /// Its name.
        id: WakeId,
        /// When.
        at: u64,
        /// Its rank among what happens at that instant.
        class: Class,
    },
    /// Ask the user. Flow time stands still until the run is resumed with an answer.
    Prompt(Prompt),
}

/// A request as it leaves the engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The path of the block that sends it.
    pub block: Text,
    /// The method, upper-case.
    pub method: Text,
    /// The whole URL, normalised.
    pub url: Text,
    /// Header (lower-case) to value, in written order.
    pub headers: Vec<(Text, Text)>,
    /// The body: parsed where it is JSON, else text; None when there is none.
    pub body: Option<Value>,
}

/// By which mock a request is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Routed {
    /// By the mock of this name.
    Mock(Text),
    /// By none; the sentence explains the nearest one (DET-4).
    Unmatched(Text),
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum CallOutcome {
    /// An HTTP answer.
    Answer(Arc<HttpAnswer>),
    /// No usable answer.
    Fault(CallFault),
}

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// Header (lower-case) to value.
    pub headers: Vec<(Text, Text)>,
    /// The body as text.
    pub body: Text,
    /// The body as state sees it: parsed JSON (numbers by ACT-9), else text, null when empty (ERR-5).
    pub value: Value,
}

/// Why a request has no usable answer (ERR-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallFault {
    /// Connection refused.
    Refused,
    /// Connection reset.
    Reset,
    /// Host name not resolved.
    Dns,
    /// TLS failed.
    Tls,
    /// Not HTTP.
    Malformed,
    /// Closed without an answer.
    Empty,
    /// The body is over the limit (BUD-7).
    TooLarge,
    /// No answer in time; drivers report it at `limit_at`, or not at all.
    Timeout,
    /// No mock answers (DET-4).
    NoMock,
}

impl CallFault {
    /// The word in `calls[].fault`.
    pub fn name(self) -> &'static str {
        match self {
            CallFault::Refused => "refused",
            CallFault::Reset => "reset",
            CallFault::Dns => "dns",
            CallFault::Tls => "tls",
            CallFault::Malformed => "malformed",
            CallFault::Empty => "empty",
            CallFault::TooLarge => "too_large",
            CallFault::Timeout => "timeout",
            CallFault::NoMock => "no_mock",
        }
    }

    /// The error code of a block or fetch that meets it.
    pub fn code(self) -> ErrorCode {
        match self {
            CallFault::Refused => ErrorCode::WebhookRefused,
            CallFault::Reset => ErrorCode::WebhookReset,
            CallFault::Dns => ErrorCode::WebhookDns,
            CallFault::Tls => ErrorCode::WebhookTls,
            CallFault::Malformed => ErrorCode::WebhookMalformed,
            CallFault::Empty => ErrorCode::WebhookEmpty,
            CallFault::TooLarge => ErrorCode::WebhookTooLarge,
            CallFault::Timeout => ErrorCode::WebhookTimeout,
            CallFault::NoMock => ErrorCode::NoMock,
        }
    }
}

/// A question to the user.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The path of the block that asks.
    pub block: Text,
    /// The slug of the block, by which an answer may also be written.
    pub slug: Text,
    /// What it asks for.
    pub kind: PromptKind,
    /// Which attempt this is, from 0.
    pub attempt: u32,
}

/// What the user answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// `right`, `wrong`, or the text that was typed.
    pub value: Text,
    /// The factor that was chosen, where one can be.
    pub factor: Option<Text>,
    /// How long the user took, in milliseconds (BUD-5).
    pub after_ms: u64,
}

/// What a run is resumed with.
#[derive(Debug, Clone)]
pub enum Resume {
    /// A call came to an end.
    Called(CallId, CallOutcome),
    /// An instant was reached.
    Woken(WakeId),
    /// The user answered; None when they never will.
    Answered(Option<Answer>),
}
