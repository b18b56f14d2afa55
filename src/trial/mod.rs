//! A flow on trial: the scenarios that run it, or one of a default identity where there is none, each as a document and
//! ready to run again with other faults, outputs or programs. Judges nothing; `faults`, `fuzz` and `mutate` do.

mod answers;
mod blocks;
mod default;
mod dimensions;
mod fallback;
mod guards;
mod late;
mod services;
mod smaller;
mod vouching;
mod worlds;

#[cfg(test)]
mod tests;

pub use crate::flow::Placed;
pub use blocks::placed;
pub use fallback::{asks_on, falls_back, makes_good, usual};
pub use guards::{Guard, decided, guards, reads, unread};
pub use late::Late;
pub use services::{ASSUMED, Failing, Silence, answering, with_assumed};
pub use smaller::smaller;
pub use vouching::only_vouches;
pub use worlds::{Worlds, below, dice, pick};

use crate::diagnostic::{Diagnostics, Severity};
use crate::drive::{self, Outcome};
use crate::engine::{Fault, Program, World};
use crate::flow::Flow;
use crate::mock::Mocks;
use crate::scenario::{Scenario, arrange, decode_file};
use crate::text::SourceFile;
use crate::value::Text;
use crate::workspace::Workspace;
use serde_json::{Value, json};
use std::sync::Arc;

/// Where a document that is made up here would stand: `file:` of its answers is relative to this.
pub const REGRESSIONS: &str = "scenarios/regressions/found.yaml";

/// A scenario, ready to run.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Its full name.
    pub name: String,
    /// As it would be written in [`REGRESSIONS`].
    pub document: Value,
    /// Decoded.
    pub scenario: Scenario,
    /// The world of its run.
    pub world: Arc<World>,
    /// Its flow, with its edits made.
    pub program: Arc<Program>,
}

impl Trial {
    /// Reads a document as if it stood in [`REGRESSIONS`]; what is wrong with it otherwise.
    pub fn read(document: Value, workspace: &Workspace) -> Result<Trial, String> {
        let file = SourceFile::new(REGRESSIONS, document.to_string());
        let mut diagnostics = Diagnostics::default();
        let decoded = decode_file(&file, workspace, &mut diagnostics);
        let mut errors = diagnostics
            .iter()
            .filter(|one| one.severity == Severity::Error);
        if let Some(error) = errors.next() {
            return Err(format!("{}: {}", error.code, error.title));
        }
        let scenario = decoded.into_iter().next().ok_or("it holds no scenario")?;
        Trial::of(scenario, document, workspace)
    }

    /// A scenario as it is written; None where its flow cannot be run.
    pub fn new(scenario: Scenario, workspace: &Workspace) -> Option<Trial> {
        let document = document_of(&scenario);
        Trial::of(scenario, document, workspace).ok()
    }

    fn of(scenario: Scenario, document: Value, workspace: &Workspace) -> Result<Trial, String> {
        let program =
            Program::link(&scenario.flow, workspace).map_err(|error| error.to_string())?;
        Ok(Trial {
            name: scenario.full_name(),
            document,
            world: Arc::new(arrange(&scenario, workspace, None)),
            program,
            scenario,
        })
    }

    /// What comes of it.
    pub fn outcome(&self) -> Outcome {
        self.run(&self.program, &self.world)
    }

    /// What comes of it with this fault besides its own; one at the same block is replaced.
    pub fn outcome_with(&self, at: &Text, fault: Fault) -> Outcome {
        let mut world = World::clone(&self.world);
        world.faults.insert(at.clone(), fault);
        self.run(&self.program, &Arc::new(world))
    }

    /// What comes of it in another world, or of another program in it.
    pub fn run(&self, program: &Arc<Program>, world: &Arc<World>) -> Outcome {
        drive::run(program, world, &self.scenario.mocks, &self.scenario.answers)
    }

    /// The same, with other mocks.
    pub fn run_with(
        &self,
        mocks: &Arc<Mocks>,
        program: &Arc<Program>,
        world: &Arc<World>,
    ) -> Outcome {
        drive::run(program, world, mocks, &self.scenario.answers)
    }
}

/// The trials of a flow: every scenario that runs it; without any, that of a default identity, whose webhooks
/// answer whatever lets it in.
pub fn trials(workspace: &Workspace, scenarios: &[Scenario], flow: &Arc<Flow>) -> Vec<Trial> {
    let own = scenarios
        .iter()
        .filter(|scenario| scenario.flow.slug.value == flow.slug.value);
    let found: Vec<Trial> = own
        .filter_map(|scenario| Trial::new(scenario.clone(), workspace))
        .collect();
    if !found.is_empty() {
        return found;
    }
    default::trial(workspace, flow).into_iter().collect()
}

/// The document of a scenario as it would stand in [`REGRESSIONS`], without what is expected of it.
pub fn document_of(scenario: &Scenario) -> Value {
    let mut document = serde_json::to_value(scenario.written.to_value()).unwrap_or_default();
    if let Some(map) = document.as_object_mut() {
        for key in ["case", "cases", "expect", "snapshot", "tags", "description"] {
            map.shift_remove(key);
        }
        map.insert("scenario".into(), json!(scenario.full_name()));
    }
    let path = scenario.span.file.path();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    point_at_files(&mut document, folder);
    document
}

/// `file:` of an answer is written relative to the file that holds it.
fn point_at_files(document: &mut Value, folder: &str) {
    let mocks = document.get_mut("webhooks").and_then(Value::as_array_mut);
    for mock in mocks.into_iter().flatten() {
        let one_or_many = match mock.get_mut("respond") {
            Some(Value::Array(answers)) => answers.iter_mut().collect(),
            Some(answer) => vec![answer],
            None => Vec::new(),
        };
        for answer in one_or_many {
            if let Some(Value::String(file)) = answer.get_mut("file") {
                *file = format!("../../{folder}/{file}");
            }
        }
    }
}
