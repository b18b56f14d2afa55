//! The loop of the wire driver: the agenda says what comes next, the clock when, and the wire what it is.
//! Nothing happens before every answer that is due by then has really arrived.

use super::clock::{Clock, TimeScale};
use super::desk::Ticket;
use super::envelope::Envelope;
use super::met::{Met, told_due};
use super::post::{Post, Way};
use super::{WireError, WireReport};
use crate::drive::Answers;
use crate::drive::agenda::Agenda;
use crate::drive::machine::{Machine, STEPS};
use crate::engine::{CallId, Class, Effect, Request, Resume, Routed};
use crate::mock::{Exchange, Medians};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

/// How long after its instant an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// One run on the wire.
pub(super) struct Driver<'a> {
    exchange: &'a mut Exchange,
    answers: &'a Answers,
    post: Post<'a>,
    clock: Clock,
    agenda: Agenda<Happening>,
    report: WireReport,
}

/// What is pending.
enum Happening {
    /// The run goes on with this.
    Resume(Resume),
    /// The run goes on once this answer has arrived.
    Answer(CallId, Arc<Ticket>, oneshot::Receiver<Met>),
}

impl<'a> Driver<'a> {
    /// A driver whose clock starts now.
    pub fn new(
        exchange: &'a mut Exchange,
        answers: &'a Answers,
        post: Post<'a>,
        scale: TimeScale,
    ) -> Self {
        Driver {
            exchange,
            answers,
            post,
            clock: Clock::start(scale),
            agenda: Agenda::new(),
            report: WireReport::default(),
        }
    }

    /// Drives a run to its end.
    pub async fn drive(mut self, machine: &mut impl Machine) -> Result<WireReport, WireError> {
        let driven = self.steps(machine).await;
        self.report.elapsed = self.clock.elapsed();
        let closed = self.post.close().await;
        driven.and(closed).map(|()| self.report)
    }

    async fn steps(&mut self, machine: &mut impl Machine) -> Result<(), WireError> {
        machine.start();
        for _ in 0..STEPS {
            self.obey(machine);
            if machine.ended() {
                return Ok(());
            }
            let Some(happening) = self.agenda.pop() else {
                debug_assert!(false, "a run that has not ended waits for something");
                return Ok(());
            };
            let now_ms = self.agenda.now_ms();
            self.clock.reach(now_ms).await;
            let resume = match happening {
                Happening::Resume(resume) => resume,
                Happening::Answer(id, ticket, told) => hear(id, &ticket, told).await?,
            };
            self.report.lag = self.report.lag.max(self.clock.lag(now_ms));
            machine.resume(resume, now_ms);
        }
        debug_assert!(false, "a run ends within {STEPS} steps");
        Ok(())
    }

    /// Does what the run asks for. The answer to a prompt comes at the same instant, before all else (BUD-5).
    fn obey(&mut self, machine: &mut impl Machine) {
        let mut effects = Vec::new();
        machine.take_effects(&mut effects);
        let now_ms = self.agenda.now_ms();
        for effect in effects {
            match effect {
                Effect::Call {
                    id,
                    request,
                    limit_at,
                    latency_ms,
                } => {
                    let routed = self.call(id, &request, limit_at, latency_ms);
                    machine.routed(id, routed);
                }
                Effect::Wake { id, at, class } => {
                    let woken = Happening::Resume(Resume::Woken(id));
                    self.agenda.push(at, class, id, woken);
                }
                Effect::Prompt(prompt) => {
                    let answered = Resume::Answered(self.answers.answer(&prompt));
                    let answered = Happening::Resume(answered);
                    self.agenda.push(now_ms, Class::Completion, 0, answered);
                }
            }
        }
    }

    /// Sends a request, and says who answers. An answer behind the limit is never heard (BUD-8).
    fn call(
        &mut self,
        id: CallId,
        request: &Arc<Request>,
        limit_at: u64,
        latency_ms: u64,
    ) -> Routed {
        let route = self.exchange.route(request, latency_ms, &mut Medians);
        let now_ms = self.agenda.now_ms();
        let due = route.delay_ms.and_then(|delay| now_ms.checked_add(delay));
        let heard_at = due.filter(|at| *at <= limit_at);
        let ticket = Arc::new(Ticket {
            request: request.clone(),
            envelope: Envelope::new(request),
            mock: self.position(&route.routed),
            outcome: route.outcome,
            due: self.clock.instant(due.unwrap_or(limit_at)),
            arrived: Notify::new(),
            whole: OnceLock::new(),
        });
        let way = Way::to(&ticket);
        let happening = if way == Way::Simulated {
            self.report.simulated += 1;
            Happening::Resume(Resume::Called(id, ticket.outcome.clone()))
        } else {
            self.report.requests += 1;
            let give_up = heard_at.is_none().then(|| self.clock.instant(limit_at));
            let told = self.post.send(&ticket, way, give_up);
            Happening::Answer(id, ticket, told)
        };
        if let Some(at) = heard_at {
            self.agenda.push(at, Class::Completion, id, happening);
        }
        route.routed
    }

    /// The position of a mock; names are unique.
    fn position(&self, routed: &Routed) -> Option<usize> {
        let Routed::Mock(name) = routed else {
            return None;
        };
        let mut mocks = self.exchange.mocks().list.iter();
        mocks.position(|mock| mock.name == *name)
    }
}

/// Waits for an answer whose instant has come, and holds it against what is due.
async fn hear(
    id: CallId,
    ticket: &Ticket,
    told: oneshot::Receiver<Met>,
) -> Result<Resume, WireError> {
    let request = || format!("{} {}", ticket.request.method, ticket.request.url);
    let Ok(Ok(met)) = timeout(PATIENCE, told).await else {
        return Err(WireError::Silent {
            request: request(),
            waited: PATIENCE,
        });
    };
    if !met.is_due(ticket) {
        return Err(WireError::Disagrees {
            request: request(),
            due: told_due(ticket),
            met: met.told(),
        });
    }
    Ok(Resume::Called(id, ticket.outcome.clone()))
}
