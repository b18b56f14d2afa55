//! The wire driver: requests are real HTTP to a wiremock server on the loopback interface that holds the same
//! mocks, and time is real, scaled. What happens at which instant of flow time is decided by the mocks' delays:
//! an answer that is late on the wire counts for the instant at which it was due, and by how much is reported;
//! so neither a small scale nor a busy machine changes a trace. An answer that differs is an error.
//! `dns` and `tls` are simulated. A user's time to answer is not waited for (BUD-5).

mod client;
mod clock;
mod desk;
mod driver;
mod envelope;
mod faults;
mod met;
mod outcome;
mod post;

pub use clock::TimeScale;
pub use outcome::{WireError, WireReport, Wired};

use super::{Answers, Outcome};
use crate::engine::{Program, Run, World};
use crate::mock::{Exchange, Mocks};
use desk::Desk;
use driver::Driver;
use faults::ClosedPort;
use post::{Addresses, Post};
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use wiremock::{BodyPrintLimit, MockServer};

/// A mock server and the runtime that talks to it; one for each worker thread, for all of its runs.
///
/// To be made and dropped outside of any other asynchronous runtime.
pub struct Wire {
    runtime: Runtime,
    server: MockServer,
    addresses: Addresses,
    /// Keeps its port.
    _closed: ClosedPort,
    /// The last ticket; they are not used again, so that a late request cannot be taken for one of the next run.
    last_ticket: u64,
}

impl Wire {
    /// Opens its ports, all of them on the loopback interface.
    pub fn start() -> Result<Self, WireError> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (server, troubled, closed) = runtime.block_on(async {
            let troubled = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let closed = ClosedPort::open()?;
            // wiremock's own limit for printed bodies takes time in the square of the body.
            let server = MockServer::builder()
                .listener(listener)
                .disable_request_recording()
                .body_print_limit(BodyPrintLimit::Unlimited)
                .start()
                .await;
            Ok::<_, io::Error>((server, troubled, closed))
        })?;
        let addresses = Addresses {
            server: *server.address(),
            troubled: troubled.local_addr()?,
            closed: closed.address,
        };
        runtime.spawn(faults::serve(troubled));
        Ok(Wire {
            runtime,
            server,
            addresses,
            _closed: closed,
            last_ticket: 0,
        })
    }

    /// Runs a program once; every delay is the median of its distribution (BUD-8), times the scale.
    pub fn run(
        &mut self,
        program: &Arc<Program>,
        world: &Arc<World>,
        mocks: &Arc<Mocks>,
        answers: &Answers,
        scale: TimeScale,
    ) -> Result<Wired, WireError> {
        let mut run = Run::new(program, world);
        let mut exchange = Exchange::new(mocks, &world.redactor);
        let report = self
            .drive(&mut run, &mut exchange, answers, scale)
            .map_err(|error| error.redacted(&world.redactor))?;
        let outcome = Outcome {
            trace: run.finish(),
            exchange,
        };
        Ok(Wired { outcome, report })
    }

    fn drive(
        &mut self,
        machine: &mut impl super::machine::Machine,
        exchange: &mut Exchange,
        answers: &Answers,
        scale: TimeScale,
    ) -> Result<WireReport, WireError> {
        self.runtime.block_on(async {
            let desk = Desk::open(&self.server, exchange.mocks()).await;
            let post = Post::open(desk, self.addresses, &mut self.last_ticket);
            Driver::new(exchange, answers, post, scale)
                .drive(machine)
                .await
        })
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Wire")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
