//! The mocks of one run: by which mock each request is answered, in which turn, and what was asked of whom.
//! Routing a request that a mock answers allocates nothing but the record of it.

use super::{CallRange, Mocks, nearest};
use crate::engine::{CallFault, CallOutcome, Request, Routed};
use crate::latency::Latency;
use crate::text::Span;
use crate::trace::Redactor;
use crate::value::Text;
use std::sync::Arc;

/// How many unanswered requests of a run are explained at length; the rest are only named.
const EXPLAINED: usize = 10;

/// How a delay is taken out of a distribution, in milliseconds.
pub trait Pace {
    /// The delay that an answer states.
    fn stated_ms(&mut self, asked: &Asked, latency: &Latency) -> u64;

    /// That of an answer which states none: `latency_ms` is what the settings say of the block.
    fn unstated_ms(&mut self, asked: &Asked, latency_ms: u64) -> u64 {
        let _ = asked;
        latency_ms
    }
}

/// A request, and which answer it gets.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The request.
    pub request: &'a Request,
    /// The position of the mock that answers.
    pub mock: usize,
    /// How often that one has answered before.
    pub turn: u64,
}

/// Always the median, as `run` does (BUD-8).
#[derive(Debug, Clone, Copy, Default)]
pub struct Medians;

impl Pace for Medians {
    fn stated_ms(&mut self, _: &Asked, latency: &Latency) -> u64 {
        latency.median()
    }
}

/// The mocks of one run, and what was asked of them.
#[derive(Debug)]
pub struct Exchange {
    mocks: Arc<Mocks>,
    redactor: Arc<Redactor>,
    /// Calls of each mock; empty until the first call.
    counts: Vec<u64>,
    handled: Vec<Handled>,
    unanswered: Vec<Unanswered>,
}

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// By which mock it is answered.
    pub routed: Routed,
    /// What comes of it.
    pub outcome: CallOutcome,
    /// How late; None when it never comes, and the caller's own limit ends the wait (fault `timeout`).
    pub delay_ms: Option<u64>,
}

#[derive(Debug)]
struct Handled {
    mock: Option<usize>,
    request: Arc<Request>,
}

/// A request that no mock answers (DET-4).
#[derive(Debug, Clone)]
pub struct Unanswered {
    /// The request; its values are true ones.
    pub request: Arc<Request>,
    /// A sentence about the nearest mock, redacted and of bounded length.
    pub explanation: Text,
}

/// What was asked of one mock; its values are true ones.
#[derive(Debug, Clone)]
pub struct MockLog {
    /// Its name; None for the requests that no mock answers.
    pub mock: Option<Text>,
    /// How many requests.
    pub calls: u64,
    /// The requests, in the order in which they were sent.
    pub requests: Vec<Arc<Request>>,
}

/// A mock that was not called as often as expected.
#[derive(Debug, Clone)]
pub struct CallsFinding {
    /// Its name.
    pub mock: Text,
    /// Where it is written.
    pub span: Span,
    /// How often it should have been called.
    pub expected: CallRange,
    /// How often it was.
    pub actual: u64,
}

impl Exchange {
    /// Nothing asked yet. Explanations are redacted with `redactor`.
    pub fn new(mocks: &Arc<Mocks>, redactor: &Arc<Redactor>) -> Self {
        Exchange {
            mocks: mocks.clone(),
            redactor: redactor.clone(),
            counts: Vec::new(),
            handled: Vec::new(),
            unanswered: Vec::new(),
        }
    }

    /// Answers a request. `latency_ms` is the delay of an answer that states none (BUD-8).
    pub fn route(&mut self, request: &Arc<Request>, latency_ms: u64, pace: &mut dyn Pace) -> Route {
        let found = self.mocks.find(request);
        self.handled.push(Handled {
            mock: found,
            request: request.clone(),
        });
        match found {
            Some(at) => self.answer(request, at, latency_ms, pace),
            None => self.refuse(request),
        }
    }

    fn answer(
        &mut self,
        request: &Request,
        at: usize,
        latency_ms: u64,
        pace: &mut dyn Pace,
    ) -> Route {
        self.counts.resize(self.mocks.list.len(), 0);
        let turn = self.counts[at];
        self.counts[at] += 1;
        let mock = &self.mocks.list[at];
        let routed = Routed::Mock(mock.name.clone());
        let Some(reply) = mock.reply(turn) else {
            debug_assert!(false, "a mock has at least one reply");
            return Route {
                routed,
                outcome: CallOutcome::Fault(CallFault::Empty),
                delay_ms: Some(0),
            };
        };
        let asked = Asked {
            request,
            mock: at,
            turn,
        };
        let stated = reply.delay.as_ref();
        let stated = stated.map(|latency| pace.stated_ms(&asked, latency));
        let delay_ms = match &reply.outcome {
            CallOutcome::Fault(CallFault::Timeout) => None,
            CallOutcome::Answer(_) | CallOutcome::Fault(CallFault::TooLarge) => {
                Some(stated.unwrap_or_else(|| pace.unstated_ms(&asked, latency_ms)))
            }
            CallOutcome::Fault(
                CallFault::Refused
                | CallFault::Reset
                | CallFault::Dns
                | CallFault::Tls
                | CallFault::Malformed
                | CallFault::Empty
                | CallFault::NoMock,
            ) => Some(stated.unwrap_or(0)),
        };
        Route {
            routed,
            outcome: reply.outcome.clone(),
            delay_ms,
        }
    }

    fn refuse(&mut self, request: &Arc<Request>) -> Route {
        let explanation = if self.unanswered.len() < EXPLAINED {
            nearest::explain(&self.mocks, request, &self.redactor)
        } else {
            nearest::name(request, &self.redactor)
        };
        let explanation = Text::from(explanation);
        self.unanswered.push(Unanswered {
            request: request.clone(),
            explanation: explanation.clone(),
        });
        Route {
            routed: Routed::Unmatched(explanation),
            outcome: CallOutcome::Fault(CallFault::NoMock),
            delay_ms: Some(0),
        }
    }

    /// The mocks that answer.
    pub fn mocks(&self) -> &Arc<Mocks> {
        &self.mocks
    }

    /// The requests that no mock answers, in the order in which they were sent; one makes a scenario errored.
    pub fn unanswered(&self) -> &[Unanswered] {
        &self.unanswered
    }

    /// Every mock in written order, with 0 calls too; behind them, where there are any, the unanswered requests.
    pub fn log(&self) -> Vec<MockLog> {
        let mut log: Vec<MockLog> = self
            .mocks
            .list
            .iter()
            .map(|mock| MockLog::new(Some(mock.name.clone())))
            .collect();
        let mut unanswered = MockLog::new(None);
        for handled in &self.handled {
            let of = handled.mock.and_then(|at| log.get_mut(at));
            of.unwrap_or(&mut unanswered).add(&handled.request);
        }
        if unanswered.calls > 0 {
            log.push(unanswered);
        }
        log
    }

    /// The mocks that were not called as often as they should have been, in written order.
    pub fn verify(&self) -> Vec<CallsFinding> {
        let counts = self.counts.iter().copied().chain(std::iter::repeat(0));
        self.mocks
            .list
            .iter()
            .zip(counts)
            .filter(|(mock, actual)| !mock.calls.contains(*actual))
            .map(|(mock, actual)| CallsFinding {
                mock: mock.name.clone(),
                span: mock.span.clone(),
                expected: mock.calls,
                actual,
            })
            .collect()
    }
}

impl MockLog {
    fn new(mock: Option<Text>) -> Self {
        MockLog {
            mock,
            calls: 0,
            requests: Vec::new(),
        }
    }

    fn add(&mut self, request: &Arc<Request>) {
        self.calls += 1;
        self.requests.push(request.clone());
    }
}
