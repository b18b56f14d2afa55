//! The virtual driver: a discrete-event loop. What is pending is a heap of instants; flow time jumps to the
//! next one and never goes back. At one instant: completions, own timeouts, the ceiling; each by id (BUD-4).
//! Mocks answer in process. The loop ends for every run, also for one that asks for what can never happen.

use super::Answers;
use crate::engine::{CallId, Class, Effect, Program, Request, Resume, Routed, Run, World};
use crate::mock::{Exchange, Medians, Mocks, Pace};
use crate::trace::Trace;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::Arc;

/// More steps than any run within its limits can take; beyond, the run is left as it is.
const STEPS: u64 = 100_000_000;

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// What it did.
    pub trace: Trace,
    /// What was asked of the mocks.
    pub exchange: Exchange,
}

/// Runs a program once; every delay is the median of its distribution (BUD-8).
pub fn run(
    program: &Arc<Program>,
    world: &Arc<World>,
    mocks: &Arc<Mocks>,
    answers: &Answers,
) -> Outcome {
    run_paced(program, world, mocks, answers, &mut Medians)
}

/// Runs a program once, with delays of mocks as `pace` draws them.
pub fn run_paced(
    program: &Arc<Program>,
    world: &Arc<World>,
    mocks: &Arc<Mocks>,
    answers: &Answers,
    pace: &mut dyn Pace,
) -> Outcome {
    let mut run = Run::new(program, world);
    let mut exchange = Exchange::new(mocks, &world.redactor);
    drive(&mut run, &mut exchange, answers, pace);
    Outcome {
        trace: run.finish(),
        exchange,
    }
}

/// A run as its driver sees it.
trait Machine {
    /// Begins, at 0 of flow time.
    fn start(&mut self);
    /// Moves what the run asks for, in order, to the end of `effects`.
    fn take_effects(&mut self, effects: &mut Vec<Effect>);
    /// By which mock a request is answered.
    fn routed(&mut self, call: CallId, routed: Routed);
    /// Goes on.
    fn resume(&mut self, resume: Resume, now_ms: u64);
    /// Whether everything is over, detached work included.
    fn ended(&self) -> bool;
}

impl Machine for Run {
    fn start(&mut self) {
        self.start();
    }

    fn take_effects(&mut self, effects: &mut Vec<Effect>) {
        self.take_effects(effects);
    }

    fn routed(&mut self, call: CallId, routed: Routed) {
        self.routed(call, routed);
    }

    fn resume(&mut self, resume: Resume, now_ms: u64) {
        self.resume(resume, now_ms);
    }

    fn ended(&self) -> bool {
        self.ended()
    }
}

/// Drives a run to its end.
fn drive(
    machine: &mut impl Machine,
    exchange: &mut Exchange,
    answers: &Answers,
    pace: &mut dyn Pace,
) {
    let mut driver = Driver {
        exchange,
        answers,
        pace,
        now_ms: 0,
        pending: BinaryHeap::new(),
        effects: Vec::new(),
    };
    machine.start();
    for _ in 0..STEPS {
        driver.obey(machine);
        if machine.ended() {
            return;
        }
        let Some(Reverse(next)) = driver.pending.pop() else {
            debug_assert!(false, "a run that has not ended waits for something");
            return;
        };
        driver.now_ms = driver.now_ms.max(next.at);
        machine.resume(next.resume, driver.now_ms);
    }
    debug_assert!(false, "a run ends within {STEPS} steps");
}

struct Driver<'a> {
    exchange: &'a mut Exchange,
    answers: &'a Answers,
    pace: &'a mut dyn Pace,
    now_ms: u64,
    pending: BinaryHeap<Reverse<Pending>>,
    /// Reused, so that a step allocates nothing.
    effects: Vec<Effect>,
}

impl Driver<'_> {
    /// Does what the run asks for. The answer to a prompt comes at the same instant, before all else (BUD-5).
    fn obey(&mut self, machine: &mut impl Machine) {
        let mut effects = std::mem::take(&mut self.effects);
        machine.take_effects(&mut effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Call {
                    id,
                    request,
                    limit_at,
                    latency_ms,
                } => self.call(machine, id, &request, limit_at, latency_ms),
                Effect::Wake { id, at, class } => self.push(at, class, id, Resume::Woken(id)),
                Effect::Prompt(prompt) => {
                    let answered = Resume::Answered(self.answers.answer(&prompt));
                    self.push(self.now_ms, Class::Completion, 0, answered);
                }
            }
        }
        self.effects = effects;
    }

    /// Says who answers, and lets the answer come when it is due; one behind the limit never comes (BUD-8).
    fn call(
        &mut self,
        machine: &mut impl Machine,
        id: CallId,
        request: &Arc<Request>,
        limit_at: u64,
        latency_ms: u64,
    ) {
        let route = self.exchange.route(request, latency_ms, self.pace);
        machine.routed(id, route.routed);
        let due = route
            .delay_ms
            .and_then(|delay| self.now_ms.checked_add(delay));
        if let Some(at) = due.filter(|at| *at <= limit_at) {
            self.push(at, Class::Completion, id, Resume::Called(id, route.outcome));
        }
    }

    fn push(&mut self, at: u64, class: Class, id: u64, resume: Resume) {
        self.pending.push(Reverse(Pending {
            at: at.max(self.now_ms),
            class,
            id,
            resume,
        }));
    }
}

/// Something that happens at an instant.
struct Pending {
    at: u64,
    class: Class,
    id: u64,
    resume: Resume,
}

impl Pending {
    fn rank(&self) -> (u64, Class, u64) {
        (self.at, self.class, self.id)
    }
}

impl Ord for Pending {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Pending {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pending {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Pending {}

#[cfg(test)]
mod tests;
