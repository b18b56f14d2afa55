//! One scenario: without a fault, then with each fault at each block that it reaches. A block that a run does not
//! reach cannot change it, so it is not tried there.

use super::garbage::{Garbage, garbled};
use super::judge::{Inject, Judge};
use super::{Cell, Fault, Options, Seen, Subject, Visit, edge};
use crate::drive;
use crate::engine::{Fault as Injected, FaultKind, World};
use crate::flow::Kind;
use crate::mock::Mocks;
use crate::trace::{Entry, Trace, UserSees};
use crate::trial::{Failing, Placed, Silence, Trial, answering, placed};
use crate::value::{Map, Text, Value};
use std::cell::{Cell as Count, OnceCell};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// The message of an injected error.
pub const MESSAGE: &str = "injected";

/// What came of one scenario.
pub struct Attempt {
    /// Without a fault; why it could not be run otherwise.
    pub base: Result<Seen, String>,
    /// With one; `scenario` is not filled in.
    pub cells: Vec<Cell>,
    /// How many runs it took.
    pub runs: u64,
}

/// A scenario of which nothing came.
pub fn given_up(why: &str) -> Attempt {
    Attempt {
        base: Err(why.to_owned()),
        cells: Vec::new(),
        runs: 0,
    }
}

/// Tries the scenario at this position; `usual` is what everybody goes through who gets in.
pub fn attempt(
    subject: &Subject,
    at: usize,
    options: &Options,
    usual: Option<&BTreeSet<Text>>,
) -> Attempt {
    let bench = Bench {
        subject,
        usual,
        trial: &subject.trials[at],
        options,
        placed: placed(&subject.flow, &subject.workspace),
        answering: OnceCell::new(),
        runs: Count::new(0),
    };
    let whole = bench.whole();
    let runs = bench.runs.get();
    match whole {
        Ok((base, cells)) => Attempt {
            base: Ok(base),
            cells,
            runs,
        },
        Err(why) => Attempt {
            runs,
            ..given_up(&why)
        },
    }
}

struct Bench<'a> {
    subject: &'a Subject,
    usual: Option<&'a BTreeSet<Text>>,
    trial: &'a Trial,
    options: &'a Options,
    placed: Vec<Placed<'a>>,
    /// The mocks of the scenario, and behind them one that answers everything.
    answering: OnceCell<Arc<Mocks>>,
    runs: Count<u64>,
}

/// A run, and the calls that no mock of the scenario answers.
struct Ran {
    trace: Trace,
    assumed: Vec<Text>,
}

impl Bench<'_> {
    fn whole(&self) -> Result<(Seen, Vec<Cell>), String> {
        let base = self.run(World::clone(&self.trial.world))?;
        let mut cells = Vec::new();
        for (row, one) in self.placed.iter().enumerate() {
            // the scenario's own fault there makes room, so that the two can be told apart
            let own = self.trial.world.faults.get(&one.path);
            match own.filter(|own| !own.disabled) {
                Some(_) => {
                    let mut world = World::clone(&self.trial.world);
                    world.faults.remove(&one.path);
                    self.row(row, one, &self.run(world)?, &mut cells)?;
                }
                None => self.row(row, one, &base, &mut cells)?,
            }
            if self.options.interrupted.load(SeqCst) {
                break;
            }
        }
        Ok((self.seen(&base), cells))
    }

    /// All faults at one block.
    fn row(
        &self,
        row: usize,
        one: &Placed,
        base: &Ran,
        cells: &mut Vec<Cell>,
    ) -> Result<(), String> {
        let Some(entry) = base.trace.entry(&one.path) else {
            return Ok(());
        };
        for fault in Fault::ALL {
            if !self.subject.rows[row].takes(fault) {
                continue;
            }
            let mut worst: Option<Cell> = None;
            for (world, inject) in self.worlds(one, entry, &base.trace, fault) {
                let ran = match (world, &inject) {
                    (Some(world), Inject::Services(silence)) => {
                        &self.run_without(world, Some(silence))?
                    }
                    (Some(world), _) => &self.run(world)?,
                    (None, _) => base,
                };
                let cell = self.cell(row, one, fault, base, ran, inject);
                if worst.as_ref().is_none_or(|worst| rank(&cell) > rank(worst)) {
                    worst = Some(cell);
                }
            }
            cells.extend(worst);
        }
        Ok(())
    }

    fn cell(
        &self,
        row: usize,
        one: &Placed,
        fault: Fault,
        base: &Ran,
        ran: &Ran,
        inject: Inject,
    ) -> Cell {
        let judge = Judge {
            placed: &self.placed,
            guards: &self.subject.guards,
            unread: &self.subject.unread,
            usual: self.usual,
            base: &base.trace,
            trace: &ran.trace,
        };
        Cell {
            row,
            fault,
            scenario: 0,
            seen: self.seen(ran),
            opening: judge.opening(one, fault, inject),
            accepted: None,
        }
    }

    /// The worlds in which a fault happens; None where it changes nothing.
    fn worlds(
        &self,
        one: &Placed,
        entry: &Entry,
        trace: &Trace,
        fault: Fault,
    ) -> Vec<(Option<World>, Inject)> {
        let instead = |kind: FaultKind| Injected {
            instead: Some(kind),
            ..Injected::default()
        };
        let injected = match fault {
            Fault::Error => instead(FaultKind::Error(MESSAGE.into())),
            Fault::Timeout => instead(FaultKind::Timeout),
            Fault::Deny => instead(FaultKind::Deny(MESSAGE.into())),
            Fault::Slow => {
                let (profile, workspace) = (&self.trial.world.profile, &self.subject.workspace);
                let slack = edge::slack_ms(one.block, entry, trace, profile, workspace);
                if slack == 0 {
                    return vec![(None, Inject::Delay(0))];
                }
                Injected {
                    delay_ms: Some(slack),
                    ..Injected::default()
                }
            }
            Fault::Garbage => {
                let mut worlds = self.garbage(one, entry);
                worlds.extend(self.silences(one, entry, fault));
                return worlds;
            }
        };
        let inject = match injected.delay_ms {
            Some(delay_ms) => Inject::Delay(delay_ms),
            None => Inject::Instead(fault),
        };
        let mut world = self.without_fault_at(&one.path);
        world.faults.insert(one.path.clone(), injected);
        let mut worlds = vec![(Some(world), inject)];
        worlds.extend(self.silences(one, entry, fault));
        worlds
    }

    /// What the block asks fails, and the block itself does not: an action catches the error, a status counts as an
    /// answer.
    fn silences(&self, one: &Placed, entry: &Entry, fault: Fault) -> Vec<(Option<World>, Inject)> {
        let failing: &[Failing] = match fault {
            Fault::Error => &[Failing::Refused, Failing::Status, Failing::Continued],
            Fault::Timeout => &[Failing::TimedOut],
            // what other blocks ask stands in their outputs
            Fault::Garbage if one.block.kind == Kind::RunCustomAction => {
                &[Failing::Empty, Failing::Bare]
            }
            Fault::Deny | Fault::Slow | Fault::Garbage => &[],
        };
        let of = |failing: &Failing| Silence::of(one.block, entry, *failing);
        let found = failing.iter().filter_map(of);
        let in_world = |silence: Silence| {
            let world = self.without_fault_at(&one.path);
            (Some(world), Inject::Services(silence))
        };
        found.map(in_world).collect()
    }

    fn garbage(&self, one: &Placed, entry: &Entry) -> Vec<(Option<World>, Inject)> {
        let scripted = self.trial.world.outputs.get(&one.path);
        let all = Garbage::ALL.into_iter();
        let mut known: Vec<Map> = Vec::new();
        for outputs in all.filter_map(|kind| garbled(one.block, entry, scripted, kind)) {
            if !known.contains(&outputs) {
                known.push(outputs);
            }
        }
        let in_world = |outputs: Map| {
            let outputs = Arc::new(outputs);
            let mut world = self.without_fault_at(&one.path);
            world.outputs.insert(one.path.clone(), outputs.clone());
            let mut shown = Value::Map(outputs);
            world.redactor.hide_value(&mut shown);
            (Some(world), Inject::Outputs(shown))
        };
        known.into_iter().map(in_world).collect()
    }

    fn without_fault_at(&self, path: &Text) -> World {
        let mut world = World::clone(&self.trial.world);
        world.faults.remove(path);
        world
    }

    fn run(&self, world: World) -> Result<Ran, String> {
        self.run_without(world, None)
    }

    /// A run; where no mock answers a call, another one in which it is answered `200 {}`.
    fn run_without(&self, world: World, silence: Option<&Silence>) -> Result<Ran, String> {
        let world = Arc::new(world);
        let span = &self.subject.flow.slug.span;
        let (scenario, program) = (&self.trial.scenario, &self.subject.program);
        let once = |mocks: &Arc<Mocks>| {
            self.runs.set(self.runs.get() + 1);
            drive::run(program, &world, mocks, &scenario.answers)
        };
        let own = match silence {
            Some(silence) => &Arc::new(silence.mocks(&scenario.mocks, span)),
            None => &scenario.mocks,
        };
        let mut outcome = once(own);
        let mut assumed = Vec::new();
        if !outcome.exchange.unanswered().is_empty() {
            outcome = match silence {
                Some(_) => once(&Arc::new(answering(own, span))),
                None => once(
                    self.answering
                        .get_or_init(|| Arc::new(answering(own, span))),
                ),
            };
            let log = outcome.exchange.log();
            let asked = log.last().into_iter().flat_map(|log| &log.requests);
            for request in asked {
                let url = request.url.split('?').next().unwrap_or_default();
                let call = format!("{} {url}", request.method);
                assumed.push(Text::from(&*world.redactor.text(&call)));
            }
        }
        match &outcome.trace.harness_failure {
            Some(failure) => Err(failure.message.to_string()),
            None => Ok(Ran {
                trace: outcome.trace,
                assumed,
            }),
        }
    }

    fn seen(&self, ran: &Ran) -> Seen {
        let trace = &ran.trace;
        let entries = if self.options.paths {
            trace.preorder()
        } else {
            Vec::new()
        };
        Seen {
            ending: trace.ending,
            reason: trace.reason.clone(),
            user_sees: trace.user_sees.clone(),
            flow_ms: trace.flow_ms,
            path: entries
                .into_iter()
                .map(|entry| Visit {
                    block: entry.block.clone(),
                    status: entry.status,
                    branch: entry.branch.clone(),
                })
                .collect(),
            assumed: ran.assumed.clone(),
        }
    }
}

/// How bad it is: failing open first, then what the user sees.
fn rank(cell: &Cell) -> (bool, u8) {
    let seen = match cell.seen.user_sees {
        UserSees::GenericError => 3,
        UserSees::Message(_) => 2,
        UserSees::Prompt(_) => 1,
        UserSees::Success => 0,
    };
    (cell.opening.is_some(), seen)
}
