//! Every block that a run of a flow can have, by full path: its own, and those of the custom flows that it embeds.

use crate::flow::{Block, Config, Flow, OnError};
use crate::value::Text;
use crate::workspace::Workspace;

/// A block, where it stands in the run of a flow.
#[derive(Debug, Clone)]
pub struct Placed<'a> {
    /// Its full path.
    pub path: Text,
    /// The block.
    pub block: &'a Block,
    /// The flow it stands in.
    pub flow: &'a Flow,
    /// The `run_custom_flow` block around it.
    pub outer: Option<&'a Block>,
}

impl Placed<'_> {
    /// Whether an error at it is continued past, by itself or by the block around it.
    pub fn is_continued(&self) -> bool {
        let continues = |block: &Block| block.on_error == OnError::Continue;
        continues(self.block) || self.outer.is_some_and(continues)
    }
}

/// In document order, those of a custom flow after the block that runs it.
pub fn placed<'a>(flow: &'a Flow, workspace: &'a Workspace) -> Vec<Placed<'a>> {
    let mut all = Vec::new();
    for block in flow.blocks() {
        all.push(Placed {
            path: block.slug.value.clone(),
            block,
            flow,
            outer: None,
        });
        let Config::RunCustomFlow { flow: name } = &block.config else {
            continue;
        };
        let Some(nested) = workspace.flow(&name.value) else {
            continue;
        };
        all.extend(nested.blocks().into_iter().map(|inner| Placed {
            path: Text::from(format!("{}/{}", block.slug.value, inner.slug.value)),
            block: inner,
            flow: nested,
            outer: Some(block),
        }));
    }
    all
}
