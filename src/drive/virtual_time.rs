//! The virtual driver: a discrete-event loop over an agenda. Flow time jumps from instant to instant, and
//! mocks answer in process. The loop ends for every run, also for one that asks for what can never happen.

use super::Answers;
use super::agenda::Agenda;
use super::machine::{Machine, STEPS};
use crate::engine::{CallId, Class, Effect, Program, Request, Resume, Run, World};
use crate::mock::{Exchange, Medians, Mocks, Pace};
use crate::trace::Trace;
use std::sync::Arc;

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
        agenda: Agenda::new(),
        effects: Vec::new(),
    };
    machine.start();
    for _ in 0..STEPS {
        driver.obey(machine);
        if machine.ended() {
            return;
        }
        let Some(resume) = driver.agenda.pop() else {
            debug_assert!(false, "a run that has not ended waits for something");
            return;
        };
        machine.resume(resume, driver.agenda.now_ms());
    }
    debug_assert!(false, "a run ends within {STEPS} steps");
}

struct Driver<'a> {
    exchange: &'a mut Exchange,
    answers: &'a Answers,
    pace: &'a mut dyn Pace,
    agenda: Agenda<Resume>,
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
                Effect::Wake { id, at, class } => {
                    self.agenda.push(at, class, id, Resume::Woken(id));
                }
                Effect::Prompt(prompt) => {
                    let answered = Resume::Answered(self.answers.answer(&prompt));
                    let now_ms = self.agenda.now_ms();
                    self.agenda.push(now_ms, Class::Completion, 0, answered);
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
            .and_then(|delay| self.agenda.now_ms().checked_add(delay));
        if let Some(at) = due.filter(|at| *at <= limit_at) {
            let called = Resume::Called(id, route.outcome);
            self.agenda.push(at, Class::Completion, id, called);
        }
    }
}

#[cfg(test)]
mod tests;
