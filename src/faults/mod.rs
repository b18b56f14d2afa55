//! Every block of a flow × every fault × every scenario of it: what the user gets, and where the flow fails open. No
//! randomness; the same result with any number of workers. How it is shown is `report`'s business.

mod accept;
mod attempt;
mod edge;
mod garbage;
mod judge;
mod place;
mod rows;
#[cfg(test)]
mod tests;

pub use attempt::MESSAGE;
pub use judge::{Inject, Opening, Refusal};
pub use rows::Row;

use crate::crew::{Crew, Lost, NoThread};
use crate::diagnostic::Diagnostic;
use crate::engine::Program;
use crate::flow::Flow;
use crate::scenario::Scenario;
use crate::text::Span;
use crate::trace::{Ending, Redactor, Status, UserSees};
use crate::trial::{Guard, Trial, guards, trials, unread, usual};
use crate::value::Text;
use crate::workspace::Workspace;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What goes wrong at a block; the columns of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It fails.
    Error,
    /// It takes its whole timeout and fails.
    Timeout,
    /// It denies.
    Deny,
    /// It takes as long as it can without failing itself.
    Slow,
    /// Every field it writes holds nonsense.
    Garbage,
}

impl Fault {
    /// In the order of the columns.
    pub const ALL: [Fault; 5] = [
        Fault::Error,
        Fault::Timeout,
        Fault::Deny,
        Fault::Slow,
        Fault::Garbage,
    ];

    /// The word in results and in `allow`.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Error => "error",
            Fault::Timeout => "timeout",
            Fault::Deny => "deny",
            Fault::Slow => "slow",
            Fault::Garbage => "garbage",
        }
    }
}

/// What is tried: a flow as its file says (`edits` of its scenarios are another flow), and the worlds of its scenarios.
pub struct Subject {
    workspace: Arc<Workspace>,
    flow: Arc<Flow>,
    program: Arc<Program>,
    rows: Vec<Row>,
    guards: BTreeMap<Text, Guard>,
    /// Proofs whose result nobody looks at.
    unread: BTreeSet<Text>,
    trials: Vec<Trial>,
    /// Whether the trials come out of files; else there is one, of a default identity.
    given: bool,
}

/// How it is tried.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Worker threads.
    pub jobs: usize,
    /// Whether the blocks that a run went through are kept.
    pub paths: bool,
    /// Set when nothing further is to be started.
    pub interrupted: Arc<AtomicBool>,
}

/// The whole table.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// The flow.
    pub flow: Arc<Flow>,
    /// Its blocks, in document order.
    pub rows: Vec<Row>,
    /// The scenarios that were tried, in the order of their files.
    pub scenarios: Vec<Tried>,
    /// By scenario, block and fault. A block that a scenario does not reach has none there, and a block that
    /// wrote nothing has none for garbage.
    pub cells: Vec<Cell>,
    /// What the flow accepts although it does not happen.
    pub unused: Vec<Diagnostic>,
    /// How many runs it took.
    pub runs: u64,
    /// The cells of each place of the table, row by row.
    places: Vec<Vec<usize>>,
}

/// A scenario, and what comes of it without a fault.
#[derive(Debug, Clone)]
pub struct Tried {
    /// Its full name.
    pub name: String,
    /// Where it is written; None for the default identity.
    pub span: Option<Span>,
    /// The whole document, as it would stand in `scenarios/regressions/`; redacted (ST-6).
    pub document: Value,
    /// Without a fault; why it could not be run otherwise.
    pub seen: Result<Seen, String>,
}

/// What comes of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// How it stopped.
    pub ending: Ending,
    /// Why.
    pub reason: Option<Text>,
    /// What the user sees.
    pub user_sees: UserSees,
    /// Flow time.
    pub flow_ms: u64,
    /// The blocks it went through, where they are kept.
    pub path: Vec<Visit>,
    /// Calls that no mock of the scenario answers, and which are taken to be answered `200 {}`.
    pub assumed: Vec<Text>,
}

/// A block that a run went through.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// Its full path.
    pub block: Text,
    /// What came of it.
    pub status: Status,
    /// The branch that it took.
    pub branch: Option<Text>,
}

/// What comes of a fault at a block in a scenario.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The position of the block in `rows`.
    pub row: usize,
    /// The fault.
    pub fault: Fault,
    /// The position of the scenario in `scenarios`.
    pub scenario: usize,
    /// What comes of it; of several kinds of garbage, the worst.
    pub seen: Seen,
    /// How the flow fails open, if it does.
    pub opening: Option<Opening>,
    /// Why its author accepts that.
    pub accepted: Option<Text>,
}

impl Cell {
    /// Whether the flow fails open, and nobody has accepted it.
    pub fn is_open(&self) -> bool {
        self.opening.is_some() && self.accepted.is_none()
    }
}

impl Subject {
    /// A flow with its scenarios, which are among these.
    ///
    /// Fails with a sentence where nothing can be run.
    pub fn new(
        workspace: &Arc<Workspace>,
        scenarios: &[Scenario],
        flow: &Arc<Flow>,
    ) -> Result<Subject, String> {
        let program = Program::link(flow, &**workspace).map_err(|error| error.to_string())?;
        let trials = trials(workspace, scenarios, flow);
        let first = trials.first().ok_or("no world can be made for it")?;
        let own = &first.scenario.span.file;
        let given = scenarios.iter().any(|one| Arc::ptr_eq(&one.span.file, own));
        Ok(Subject {
            rows: rows::rows(flow, workspace),
            guards: guards(flow, workspace),
            unread: unread(flow, workspace),
            workspace: workspace.clone(),
            flow: flow.clone(),
            program,
            given,
            trials,
        })
    }

    /// How many scenarios there are.
    pub fn len(&self) -> usize {
        self.trials.len()
    }

    /// Whether there is none; there always is one.
    pub fn is_empty(&self) -> bool {
        self.trials.is_empty()
    }
}

/// Tries every fault; `progress` is told how many scenarios are done.
pub fn matrix(
    subject: &Arc<Subject>,
    options: &Options,
    progress: &mut dyn FnMut(usize),
) -> Result<Matrix, NoThread> {
    let (shared, kept) = (subject.clone(), options.clone());
    let crew = Crew {
        jobs: options.jobs,
        interrupted: options.interrupted.clone(),
    };
    let usual = everybody(subject, &crew)?;
    let found = crew.each(
        subject.trials.len(),
        move |at| attempt::attempt(&shared, at, &kept, usual.as_ref()),
        &mut |done, _| progress(done),
    )?;
    let mut matrix = Matrix {
        flow: subject.flow.clone(),
        rows: subject.rows.clone(),
        scenarios: Vec::new(),
        cells: Vec::new(),
        unused: Vec::new(),
        runs: 0,
        places: vec![Vec::new(); subject.rows.len() * Fault::ALL.len()],
    };
    for (at, found) in found.into_iter().enumerate() {
        matrix.add(subject, at, found);
    }
    let redactor = subject.trials.first().map(|trial| &trial.world.redactor);
    matrix.accept(redactor.map(|redactor| &**redactor));
    Ok(matrix)
}

/// What everybody goes through who gets in.
fn everybody(subject: &Arc<Subject>, crew: &Crew) -> Result<Option<BTreeSet<Text>>, NoThread> {
    let (shared, count) = (subject.clone(), subject.trials.len());
    let trace = move |at: usize| shared.trials[at].outcome().trace;
    let traces = crew.each(count, trace, &mut |_, _| {})?;
    Ok(usual(traces.into_iter().flatten()))
}

impl Matrix {
    fn add(&mut self, subject: &Subject, at: usize, found: Result<attempt::Attempt, Lost>) {
        let attempt = match found {
            Ok(attempt) => attempt,
            Err(Lost::NotTaken) => return,
            Err(lost) => attempt::given_up(&lost.to_string()),
        };
        let trial = &subject.trials[at];
        let redactor = &trial.world.redactor;
        let scenario = self.scenarios.len();
        self.runs += attempt.runs;
        self.scenarios.push(Tried {
            name: redactor.text(&trial.name).into_owned(),
            span: subject.given.then(|| trial.scenario.span.clone()),
            document: redacted(&trial.document, redactor),
            seen: attempt.base,
        });
        for cell in attempt.cells {
            let place = position(cell.row, cell.fault);
            self.places[place].push(self.cells.len());
            self.cells.push(Cell { scenario, ..cell });
        }
    }

    /// In how many scenarios a block is reached.
    pub fn reached(&self, row: usize) -> usize {
        self.at(row, Fault::Error).count()
    }

    /// The cells of one place of the table, by scenario.
    pub fn at(&self, row: usize, fault: Fault) -> impl Iterator<Item = &Cell> {
        let here = self.places.get(position(row, fault));
        here.into_iter().flatten().map(|at| &self.cells[*at])
    }

    /// How many cells fail open, and how many of those are accepted.
    pub fn count(&self) -> (usize, usize) {
        let failing = || self.cells.iter().filter(|cell| cell.opening.is_some());
        let accepted = failing().filter(|cell| cell.accepted.is_some()).count();
        (failing().count() - accepted, accepted)
    }
}

fn position(row: usize, fault: Fault) -> usize {
    row * Fault::ALL.len() + fault as usize
}

/// A document in which nothing is shown that must be hidden (ST-6).
fn redacted(document: &Value, redactor: &Redactor) -> Value {
    match document {
        Value::String(text) => Value::String(redactor.text(text).into_owned()),
        Value::Array(items) => items.iter().map(|item| redacted(item, redactor)).collect(),
        Value::Object(map) => {
            let shown = |(key, item): (&String, &Value)| {
                (redactor.text(key).into_owned(), redacted(item, redactor))
            };
            Value::Object(map.iter().map(shown).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => document.clone(),
    }
}
