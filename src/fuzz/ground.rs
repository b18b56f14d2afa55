//! The flows of a case, read and linked once: the ground for many cases that differ in their worlds only.

use super::Arranged;
use super::case::read_flows;
use super::generate::{Draft, Layout};
use crate::engine::Program;
use crate::flow::Flow;
use crate::scenario::arrange_hiding;
use crate::value::Text;
use crate::workspace::Workspace;
use std::sync::Arc;

/// The flows of a layout, ready to run in any world.
pub struct Ground {
    workspace: Arc<Workspace>,
    flow: Arc<Flow>,
    program: Arc<Program>,
}

impl Ground {
    /// Reads and links the flows; what is wrong with them otherwise.
    pub fn new(layout: &Layout) -> Result<Self, String> {
        let workspace = read_flows(&layout.flows)?;
        let Some(flow) = workspace.flow(&layout.run).cloned() else {
            return Err(format!("no flow `{}`", layout.run));
        };
        let program = Program::link(&flow, &workspace).map_err(|error| error.to_string())?;
        Ok(Ground {
            workspace: Arc::new(workspace),
            flow,
            program,
        })
    }

    /// A case on this ground.
    pub fn arrange(&self, draft: &Draft) -> Arranged {
        let scenario = draft.scenario(&self.flow, &self.workspace);
        let redactor = draft.redactor().clone();
        let mut world = arrange_hiding(&scenario, &self.workspace, None, redactor);
        for (key, ms) in &draft.latency {
            world.latency.insert(key.clone(), *ms);
        }
        if let Some(hosts) = draft.allowlist {
            let hosts = hosts.iter().map(|host| Text::from(*host));
            world.outbound_allowlist = Some(hosts.collect());
        }
        Arranged {
            workspace: self.workspace.clone(),
            scenario,
            world: Arc::new(world),
            program: self.program.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::{self, Outcome};
    use crate::fuzz::generate::{Genes, Reach, case, draft, flow_genes, layout, world_genes};
    use crate::fuzz::{Actions, Mode};
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;

    fn run(arranged: &Arranged) -> Outcome {
        let (mocks, answers) = (&arranged.scenario.mocks, &arranged.scenario.answers);
        drive::run(&arranged.program, &arranged.world, mocks, answers)
    }

    /// The parts of a scenario in which the two ways could differ.
    fn parts(arranged: &Arranged) -> String {
        let scenario = &arranged.scenario;
        let mocks = scenario.mocks.list.iter();
        let mocks: Vec<_> = mocks.map(|mock| (&mock.name, &mock.replies)).collect();
        let world = &arranged.world;
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {mocks:?}",
            scenario.answers,
            world.profile,
            world.event,
            world.input,
            world.faults,
            world.outputs,
            world.actions_enabled,
            (&world.latency, &world.outbound_allowlist),
        )
    }

    #[test]
    fn a_case_that_is_built_is_the_case_that_is_written() {
        let mut runner = TestRunner::deterministic();
        let mut busy = 0;
        for number in 0..2_000 {
            let actions = match number % 16 {
                0 => Actions::With,
                _ => Actions::Without,
            };
            let tree = (flow_genes(), world_genes()).new_tree(&mut runner);
            let (flow, world) = tree.expect("genes").current();
            let layout = layout(&flow, Reach::Available, actions);
            let ground = Ground::new(&layout).expect("flows that are right");
            let built = ground.arrange(&draft(&layout, &world));
            let document = case(&Genes { flow, world }, Mode::Typed, actions);
            let written = document.arrange().expect("a case that is right");
            assert_eq!(parts(&built), parts(&written), "{document}");
            let (one, other) = (run(&built), run(&written));
            assert_eq!(one.trace, other.trace, "{document}");
            assert_eq!(
                one.exchange.unanswered().len(),
                other.exchange.unanswered().len()
            );
            let world = &built.world;
            busy += u32::from(!world.faults.is_empty() && !world.outputs.is_empty());
        }
        assert!(busy > 150, "{busy} of 2000 have faults and outputs");
    }
}
