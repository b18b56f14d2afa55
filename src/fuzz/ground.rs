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
            world.latency.insert(Text::from(*key), *ms);
        }
        Arranged {
            workspace: self.workspace.clone(),
            scenario,
            world: Arc::new(world),
            program: self.program.clone(),
        }
    }
}
