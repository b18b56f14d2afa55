//! The blocks of a flow in its workspace.

use crate::flow::{self, Block, Config, Flow, Placed};
use crate::workspace::Workspace;

/// Its own and those of its custom flows, in document order.
pub fn placed<'a>(flow: &'a Flow, workspace: &'a Workspace) -> Vec<Placed<'a>> {
    flow::placed(flow, |block| nested(block, workspace))
}

/// The custom flow that a block runs.
pub fn nested<'a>(block: &Block, workspace: &'a Workspace) -> Option<&'a Flow> {
    match &block.config {
        Config::RunCustomFlow { flow } => workspace.flow(&flow.value).map(|flow| &**flow),
        _ => None,
    }
}
