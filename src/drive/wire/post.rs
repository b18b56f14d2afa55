//! Requests on their way: each is a task of its own, so that they overlap as they do in the flow. At most
//! `AT_ONCE` have a connection, and as many that no answer is awaited for. A request is given up when its limit is over or the run is, but never
//! while it is being sent: the server has seen every request of a run before the run is over.

use super::WireError;
use super::client::send;
use super::desk::{Desk, TICKET, Ticket};
use super::faults::{FAULT, HOLD, Trouble};
use super::met::Met;
use crate::engine::{CallFault, CallOutcome};
use hyper::Method;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Connections at one time.
const AT_ONCE: usize = 32;

/// How long requests of a run that is over may take to reach the server.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where requests go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addresses {
    /// wiremock.
    pub server: SocketAddr,
    /// Where every connection ends badly.
    pub troubled: SocketAddr,
    /// Where no connection begins.
    pub closed: SocketAddr,
}

/// The requests of one run.
#[derive(Debug)]
pub(super) struct Post<'a> {
    desk: Arc<Desk>,
    addresses: Addresses,
    last_ticket: &'a mut u64,
    tasks: JoinSet<()>,
    /// For requests whose answer is awaited.
    connections: Arc<Semaphore>,
    /// For the others, which must not keep those waiting.
    unheard: Arc<Semaphore>,
    /// Dropped when the run is over.
    over: watch::Sender<()>,
}

/// How a request is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By wiremock.
    Server,
    /// At the port where connections end badly.
    Troubled(Trouble),
    /// At the port where none begins.
    Closed,
    /// Not at all.
    Simulated,
}

impl Way {
    /// The way to what is due.
    pub fn to(ticket: &Ticket) -> Self {
        match &ticket.outcome {
            CallOutcome::Answer(_) => Way::Server,
            CallOutcome::Fault(fault) => match fault {
                CallFault::NoMock => Way::Server,
                // A body that HTTP does not send cannot be too large.
                CallFault::TooLarge if ticket.envelope.method == Method::HEAD => Way::Simulated,
                CallFault::TooLarge => Way::Server,
                CallFault::Refused => Way::Closed,
                CallFault::Reset => Way::Troubled(Trouble::Reset),
                CallFault::Malformed => Way::Troubled(Trouble::Malformed),
                CallFault::Empty => Way::Troubled(Trouble::Empty),
                CallFault::Timeout => Way::Troubled(Trouble::Silence),
                CallFault::Dns | CallFault::Tls => Way::Simulated,
            },
        }
    }
}

impl<'a> Post<'a> {
    /// Nothing on its way.
    pub fn open(desk: Arc<Desk>, addresses: Addresses, last_ticket: &'a mut u64) -> Self {
        Post {
            desk,
            addresses,
            last_ticket,
            tasks: JoinSet::new(),
            connections: Arc::new(Semaphore::new(AT_ONCE)),
            unheard: Arc::new(Semaphore::new(AT_ONCE)),
            over: watch::Sender::new(()),
        }
    }

    /// Sends a request; what it meets is told to the receiver. `give_up` is its limit, where no answer comes in time.
    pub fn send(
        &mut self,
        ticket: &Arc<Ticket>,
        way: Way,
        give_up: Option<Instant>,
    ) -> oneshot::Receiver<Met> {
        *self.last_ticket += 1;
        let number = *self.last_ticket;
        if way == Way::Server {
            self.desk.announce(number, ticket);
        } else {
            ticket.arrived.notify_one();
        }
        let (tell, told) = oneshot::channel();
        let (ticket, addresses) = (ticket.clone(), self.addresses);
        let mut over = self.over.subscribe();
        let connections = match give_up {
            None => self.connections.clone(),
            Some(_) => self.unheard.clone(),
        };
        while self.tasks.try_join_next().is_some() {}
        self.tasks.spawn(async move {
            let given_up = async {
                tokio::select! {
                    _ = over.changed() => {}
                    () = reached(give_up) => {}
                }
                ticket.arrived.notified().await;
            };
            let met = async {
                let _connection = connections.acquire().await;
                carry(&ticket, number, way, addresses).await
            };
            tokio::select! {
                biased;
                met = met => drop(tell.send(met)),
                () = given_up => {}
            }
        });
        told
    }

    /// Ends what is still on its way, once the server has it.
    pub async fn close(self) -> Result<(), WireError> {
        let Post {
            mut tasks, over, ..
        } = self;
        drop(over);
        let ended = timeout(PATIENCE, async {
            while tasks.join_next().await.is_some() {}
        })
        .await;
        ended.map_err(|_| WireError::Unsent {
            requests: tasks.len(),
        })
    }
}

async fn reached(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

async fn carry(ticket: &Ticket, number: u64, way: Way, addresses: Addresses) -> Met {
    let envelope = &ticket.envelope;
    match way {
        Way::Server => send(addresses.server, envelope.request(&[(TICKET, number)])).await,
        Way::Troubled(trouble) => {
            let hold = u64::try_from(ticket.hold().as_micros()).unwrap_or(u64::MAX);
            let request = envelope.request(&[(FAULT, trouble.code()), (HOLD, hold)]);
            send(addresses.troubled, request).await
        }
        Way::Closed => {
            sleep(ticket.hold()).await;
            send(addresses.closed, envelope.request(&[])).await
        }
        Way::Simulated => std::future::pending().await,
    }
}
