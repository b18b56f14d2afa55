//! A workspace with one mutant in it, and what becomes of scenarios there: edits are made to the mutated flow, answers,
//! outputs and faults stay as they are.

use super::mutant::{Change, Mutant};
use super::operators::prefixes;
use crate::check::{self, Subject};
use crate::diagnostic::Severity;
use crate::drive::{self, Outcome};
use crate::engine::{Program, World};
use crate::flow::Flow;
use crate::harness::{Driver, Options, Plan, ScenarioResult, Snapshots, execute};
use crate::scenario::Scenario;
use crate::trial::Trial;
use crate::value::{Map, Text, Value};
use crate::workspace::Workspace;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A workspace with one mutant in it.
pub struct Altered<'a> {
    mutant: &'a Mutant,
    /// The workspace.
    pub workspace: Arc<Workspace>,
    /// Programs of flows without edits, by slug.
    programs: RefCell<BTreeMap<Text, Arc<Program>>>,
}

impl<'a> Altered<'a> {
    /// The workspace with its change made.
    pub fn new(original: &Workspace, mutant: &'a Mutant) -> Altered<'a> {
        let mut workspace = Workspace::clone(original);
        match &mutant.broken.change {
            Change::Flow(changed) => {
                for flow in &mut workspace.flows {
                    if flow.slug.value == mutant.flow {
                        *flow = changed.clone();
                    }
                }
            }
            Change::Disabled(slug) => {
                for action in &mut workspace.actions {
                    if action.slug == *slug {
                        Arc::make_mut(action).enabled = false;
                    }
                }
            }
            Change::Unwritten { .. } => {}
        }
        Altered {
            mutant,
            workspace: Arc::new(workspace),
            programs: RefCell::default(),
        }
    }

    /// Why the mutated flow could not be saved, if it could not: the first error of `check`.
    pub fn refused(&self) -> Option<String> {
        let Change::Flow(changed) = &self.mutant.broken.change else {
            return None;
        };
        let flows = related(changed, &self.workspace);
        let actions = &self.workspace.actions;
        let subject = Subject::new(&flows, actions, &self.workspace.settings.profile);
        let found = check::judge(&subject);
        let mut errors = found.iter().filter(|one| one.severity == Severity::Error);
        errors
            .next()
            .map(|error| format!("{}: {}", error.code, error.title))
    }

    /// The scenario as it runs here, with its program; None when its flow cannot be linked.
    fn placed(&self, scenario: &Scenario) -> Option<(Scenario, Arc<Program>)> {
        let mut scenario = scenario.clone();
        match &self.mutant.broken.change {
            Change::Flow(changed) if scenario.flow.slug.value == self.mutant.flow => {
                scenario.flow = edited(changed, &scenario);
            }
            Change::Unwritten { block, field } => self.unwrite(&mut scenario, block, field),
            Change::Flow(_) | Change::Disabled(_) => {}
        }
        let program = self.program(&scenario)?;
        Some((scenario, program))
    }

    fn program(&self, scenario: &Scenario) -> Option<Arc<Program>> {
        let slug = &scenario.flow.slug.value;
        let known = self.programs.borrow().get(slug).cloned();
        match known.filter(|_| scenario.edits.is_empty()) {
            Some(program) => Some(program),
            None => {
                let program = Program::link(&scenario.flow, &*self.workspace).ok()?;
                if scenario.edits.is_empty() {
                    self.programs
                        .borrow_mut()
                        .insert(slug.clone(), program.clone());
                }
                Some(program)
            }
        }
    }

    /// A field that the scenario scripts itself is there all the same.
    fn unwrite(&self, scenario: &mut Scenario, block: &Text, field: &Text) {
        for prefix in prefixes(&scenario.flow, &self.mutant.flow) {
            let path = Text::from(format!("{prefix}{block}"));
            let outputs = scenario
                .outputs
                .entry(path)
                .or_insert_with(|| Arc::new(Map::new()));
            if !outputs.contains_key(field) {
                Arc::make_mut(outputs).insert(field.clone(), Value::Null);
            }
        }
    }

    /// Runs and judges a scenario as `run` does.
    pub fn result(&self, scenario: &Scenario) -> Option<ScenarioResult> {
        let placed = self.placed(scenario)?;
        let options = Options {
            snapshots: Snapshots::New,
            ..Options::default()
        };
        let plan = Plan::linked(&self.workspace, vec![placed], options);
        Some(execute(&plan, 0, &mut Driver::Virtual))
    }

    /// What comes of a trial here.
    pub fn outcome(&self, trial: &Trial) -> Option<Outcome> {
        let (scenario, program) = self.placed(&trial.scenario)?;
        let world = self.world(trial, &scenario);
        Some(drive::run(
            &program,
            &world,
            &scenario.mocks,
            &scenario.answers,
        ))
    }

    fn world(&self, trial: &Trial, scenario: &Scenario) -> Arc<World> {
        match &self.mutant.broken.change {
            Change::Unwritten { .. } => {
                let mut world = World::clone(&trial.world);
                world.outputs = scenario.outputs.clone();
                Arc::new(world)
            }
            Change::Flow(_) | Change::Disabled(_) => trial.world.clone(),
        }
    }
}

/// The flow with the edits of a scenario.
fn edited(flow: &Arc<Flow>, scenario: &Scenario) -> Arc<Flow> {
    if scenario.edits.is_empty() {
        return flow.clone();
    }
    let mut flow = Flow::clone(flow);
    for edit in &scenario.edits {
        edit.apply(&mut flow);
    }
    Arc::new(flow)
}

/// The flow and those that embed it, with all that these embed.
fn related(flow: &Arc<Flow>, workspace: &Workspace) -> Vec<Arc<Flow>> {
    let embeds = |outer: &Flow, inner: &Flow| !prefixes(outer, &inner.slug.value).is_empty();
    let all = workspace.flows.iter();
    // a flow is a prefix of itself
    let outer: Vec<&Arc<Flow>> = all.clone().filter(|other| embeds(other, flow)).collect();
    let is_related = |other: &&Arc<Flow>| outer.iter().any(|outer| embeds(outer, other));
    all.filter(is_related).cloned().collect()
}
