//! What a request met on the wire, and whether that is what its mock says.

use super::desk::{MOCK, Ticket, status_sent};
use super::envelope::{carried, has_all};
use crate::engine::{CallFault, CallOutcome};
use hyper::body::Bytes;
use hyper::header::HeaderMap;
use hyper::{Method, StatusCode};
use std::error::Error;
use std::io;

/// What a request met.
#[derive(Debug)]
pub(super) enum Met {
    /// An HTTP answer.
    Answer {
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
    },
    /// No usable answer.
    Fault(CallFault),
    /// The machine could not do it.
    Trouble(String),
}

impl Met {
    /// The fault that an error means.
    pub fn of_error(error: &(dyn Error + 'static)) -> Met {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(fault) = fault(error) {
                return Met::Fault(fault);
            }
            cause = error.source();
        }
        Met::Trouble(error.to_string())
    }

    /// Whether this is what was due.
    pub fn is_due(&self, ticket: &Ticket) -> bool {
        match (&ticket.outcome, self) {
            (CallOutcome::Fault(CallFault::NoMock), Met::Answer { .. }) => {
                ticket.mock.is_none() && self.told() == told(StatusCode::NOT_FOUND, None)
            }
            (CallOutcome::Fault(due), Met::Fault(met)) => due == met,
            (
                CallOutcome::Answer(due),
                Met::Answer {
                    status,
                    headers,
                    body,
                },
            ) => {
                self.told() == told(status_sent(due.status), ticket.mock)
                    && has_all(headers, &carried(&due.headers))
                    && (is_bodiless(&ticket.envelope.method, *status)
                        || body[..] == *due.body.as_bytes())
            }
            (CallOutcome::Fault(_) | CallOutcome::Answer(_), _) => false,
        }
    }

    /// For a message: what was met, by whom.
    pub fn told(&self) -> String {
        match self {
            Met::Answer {
                status, headers, ..
            } => {
                let mock = headers.get(MOCK).and_then(|value| value.to_str().ok());
                told(*status, mock.and_then(|mock| mock.parse().ok()))
            }
            Met::Fault(fault) => told_fault(*fault),
            Met::Trouble(why) => why.clone(),
        }
    }
}

/// For a message: what was due.
pub(super) fn told_due(ticket: &Ticket) -> String {
    match &ticket.outcome {
        CallOutcome::Answer(answer) => told(status_sent(answer.status), ticket.mock),
        CallOutcome::Fault(fault) => told_fault(*fault),
    }
}

fn told(status: StatusCode, mock: Option<usize>) -> String {
    match mock {
        Some(at) => format!("status {} of mock {}", status.as_u16(), at + 1),
        None => format!("status {} of no mock", status.as_u16()),
    }
}

fn told_fault(fault: CallFault) -> String {
    format!("fault {}", fault.name())
}

/// HTTP sends no body with these.
fn is_bodiless(method: &Method, status: StatusCode) -> bool {
    *method == Method::HEAD || [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&status)
}

fn fault(error: &(dyn Error + 'static)) -> Option<CallFault> {
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return match (error.is_parse(), error.is_incomplete_message()) {
            (true, _) => Some(CallFault::Malformed),
            (false, true) => Some(CallFault::Empty),
            (false, false) => None,
        };
    }
    match error.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused => Some(CallFault::Refused),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => Some(CallFault::Reset),
        _ => None,
    }
}
