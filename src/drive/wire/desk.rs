//! The mocks of a scenario on the mock server. wiremock looks for the first whose conditions hold for the
//! request that arrived; a ticket in its headers says which answer is due, for answers are given in turn
//! and arrive in any order. A request that did not arrive as it was sent is answered by nobody.

use super::envelope::{Envelope, carried};
use crate::engine::{CallFault, CallOutcome, Request};
use crate::mock::Mocks;
use crate::profile::RESPONSE_BODY;
use hyper::StatusCode;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The header that names the ticket.
pub(super) const TICKET: &str = "x-flowproof-ticket";
/// The header of an answer that names its mock, by position.
pub(super) const MOCK: &str = "x-flowproof-mock";

/// A request on its way, and what is due to it.
#[derive(Debug)]
pub(super) struct Ticket {
    /// What the flow sends.
    pub request: Arc<Request>,
    /// How it travels.
    pub envelope: Envelope,
    /// The position of the mock that should answer.
    pub mock: Option<usize>,
    /// What that mock answers.
    pub outcome: CallOutcome,
    /// The real instant at which the answer is due.
    pub due: Instant,
    /// Told once the server has the whole request.
    pub arrived: Notify,
    /// Whether it arrived as it was sent.
    pub whole: OnceLock<bool>,
}

impl Ticket {
    /// How long an answer is held back that could be given now.
    pub fn hold(&self) -> Duration {
        self.due.saturating_duration_since(Instant::now())
    }
}

/// The requests of one run.
#[derive(Debug, Default)]
pub(super) struct Desk {
    tickets: Mutex<BTreeMap<u64, Arc<Ticket>>>,
}

impl Desk {
    /// Mounts the mocks of a run, in written order, in the place of those of the last one.
    pub async fn open(server: &MockServer, mocks: &Arc<Mocks>) -> Arc<Self> {
        let desk = Arc::new(Desk::default());
        server.reset().await;
        server.register(doorkeeper(&desk)).await;
        for at in 0..mocks.list.len() {
            server.register(mounted(&desk, mocks, at)).await;
        }
        server.register(nobody(&desk)).await;
        desk
    }

    /// Announces a request.
    pub fn announce(&self, number: u64, ticket: &Arc<Ticket>) {
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.insert(number, ticket.clone());
    }

    /// The ticket of a request that arrived.
    fn ticket(&self, arrived: &wiremock::Request) -> Option<Arc<Ticket>> {
        let number = arrived.headers.get(TICKET)?.to_str().ok()?.parse().ok()?;
        let tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.get(&number).cloned()
    }

    /// The ticket, if the request arrived as it was sent.
    fn whole(&self, arrived: &wiremock::Request) -> Option<Arc<Ticket>> {
        self.ticket(arrived)
            .filter(|ticket| *ticket.whole.get_or_init(|| ticket.envelope.is(arrived)))
    }
}

/// Sees every request first, and answers none.
fn doorkeeper(desk: &Arc<Desk>) -> Mock {
    let desk = desk.clone();
    let see = move |arrived: &wiremock::Request| {
        if let Some(ticket) = desk.ticket(arrived) {
            ticket.arrived.notify_one();
        }
        false
    };
    Mock::given(see)
        .respond_with(ResponseTemplate::new(StatusCode::NOT_FOUND))
        .with_priority(1)
}

/// One mock of the scenario.
///
/// Conditions look at the values that were sent: the request is compared byte by byte before, so reading its
/// numbers again cannot change them.
fn mounted(desk: &Arc<Desk>, mocks: &Arc<Mocks>, at: usize) -> Mock {
    let (asked, mocks) = (desk.clone(), mocks.clone());
    let holds = move |arrived: &wiremock::Request| {
        let (ticket, mock) = (asked.whole(arrived), mocks.list.get(at));
        ticket
            .zip(mock)
            .is_some_and(|(ticket, mock)| mock.matches(&ticket.request))
    };
    let desk = desk.clone();
    let answer = move |arrived: &wiremock::Request| {
        let due = desk.ticket(arrived).filter(|t| t.mock == Some(at));
        due.map_or_else(
            || ResponseTemplate::new(StatusCode::NOT_IMPLEMENTED),
            |ticket| template(&ticket),
        )
        .append_header(MOCK, at)
    };
    Mock::given(holds).respond_with(answer)
}

/// Answers what no mock does; unlike wiremock's own answer it costs nothing for a large body.
fn nobody(desk: &Arc<Desk>) -> Mock {
    let desk = desk.clone();
    let answer = move |arrived: &wiremock::Request| match desk.whole(arrived) {
        Some(_) => ResponseTemplate::new(StatusCode::NOT_FOUND),
        None => ResponseTemplate::new(StatusCode::BAD_REQUEST),
    };
    Mock::given(|_: &wiremock::Request| true)
        .respond_with(answer)
        .with_priority(u8::MAX)
}

/// The answer that is due.
fn template(ticket: &Ticket) -> ResponseTemplate {
    let template = match &ticket.outcome {
        CallOutcome::Answer(answer) => carried(&answer.headers)
            .into_iter()
            .fold(
                ResponseTemplate::new(status_sent(answer.status)),
                |template, (name, value)| template.append_header(name, value),
            )
            .set_body_bytes(answer.body.as_bytes()),
        CallOutcome::Fault(CallFault::TooLarge) => {
            ResponseTemplate::new(StatusCode::OK).set_body_bytes(vec![b' '; RESPONSE_BODY + 1])
        }
        CallOutcome::Fault(_) => ResponseTemplate::new(StatusCode::NOT_IMPLEMENTED),
    };
    template.set_delay(ticket.hold())
}

/// The status on the wire: an interim one (1xx) cannot end an exchange, 200 stands for it.
pub(super) fn status_sent(status: u16) -> StatusCode {
    StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational())
        .unwrap_or(StatusCode::OK)
}
