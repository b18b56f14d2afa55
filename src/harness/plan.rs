//! What is to be run: scenarios in input order, each with its linked program, and how. Shared by all workers.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::drive::TimeScale;
use crate::engine::Program;
use crate::flow::Flow;
use crate::scenario::Scenario;
use crate::workspace::Workspace;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What is to be run.
pub struct Plan {
    /// Where the scenarios come from.
    pub workspace: Arc<Workspace>,
    /// In input order.
    pub scenarios: Vec<Scenario>,
    /// How they are run.
    pub options: Options,
    /// One for each scenario; scenarios without edits share that of their flow.
    programs: Vec<Arc<Program>>,
}

/// How scenarios are run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Worker threads.
    pub jobs: usize,
    /// How often each scenario runs, at least once.
    pub repeat: u64,
    /// How often a scenario that does not pass runs again.
    pub retries: u64,
    /// Whether the first scenario that does not pass is the last one that is reported.
    pub fail_fast: bool,
    /// Wins over what files say.
    pub seed: Option<u64>,
    /// Real requests in real time, shortened by this scale; None for virtual time.
    pub wire: Option<TimeScale>,
    /// What is done about snapshots.
    pub snapshots: Snapshots,
    /// Set from outside to stop: what was finished is reported.
    pub interrupted: Arc<AtomicBool>,
}

/// What is done about snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Snapshots {
    /// Compared; one that is missing fails its scenario.
    Check,
    /// Compared; one that is missing is pending, and leaves the verdict alone.
    New,
    /// Left alone.
    Off,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            jobs: 1,
            repeat: 1,
            retries: 0,
            fail_fast: false,
            seed: None,
            wire: None,
            snapshots: Snapshots::Off,
            interrupted: Arc::default(),
        }
    }
}

impl Plan {
    /// Links every flow that the scenarios run. A reference that leads nowhere is reported; then there is no plan.
    pub fn new(
        workspace: &Arc<Workspace>,
        scenarios: Vec<Scenario>,
        options: Options,
        diagnostics: &mut Diagnostics,
    ) -> Option<Arc<Plan>> {
        let mut linked: Vec<(Arc<Flow>, Option<Arc<Program>>)> = Vec::new();
        let mut programs = Vec::with_capacity(scenarios.len());
        for scenario in &scenarios {
            let known = linked
                .iter()
                .find(|(flow, _)| Arc::ptr_eq(flow, &scenario.flow))
                .map(|(_, program)| program.clone());
            let program = known.unwrap_or_else(|| {
                let program = link(&scenario.flow, workspace, diagnostics);
                if linked.len() < SHARED {
                    linked.push((scenario.flow.clone(), program.clone()));
                }
                program
            });
            programs.extend(program);
        }
        (programs.len() == scenarios.len()).then(|| {
            Arc::new(Plan {
                workspace: workspace.clone(),
                scenarios,
                options,
                programs,
            })
        })
    }

    /// A plan of scenarios that are linked already.
    pub fn linked(
        workspace: &Arc<Workspace>,
        scenarios: Vec<(Scenario, Arc<Program>)>,
        options: Options,
    ) -> Plan {
        let (scenarios, programs) = scenarios.into_iter().unzip();
        Plan {
            workspace: workspace.clone(),
            scenarios,
            options,
            programs,
        }
    }

    /// The program of the scenario at this position.
    pub fn program(&self, at: usize) -> &Arc<Program> {
        &self.programs[at]
    }
}

/// How many programs are looked for again; edited flows come once each.
const SHARED: usize = 256;

fn link(
    flow: &Arc<Flow>,
    workspace: &Workspace,
    diagnostics: &mut Diagnostics,
) -> Option<Arc<Program>> {
    match Program::link(flow, workspace) {
        Ok(program) => Some(program),
        Err(error) => {
            let title = format!("flow `{}` cannot be run: {error}", flow.slug.value);
            diagnostics.push(
                Diagnostic::error("unlinked_flow", &flow.slug.span, title)
                    .fix("name flows and actions that exist; a custom flow embeds no other"),
            );
            None
        }
    }
}
