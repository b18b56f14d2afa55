//! Every block that a run of a flow can have, by full path: its own, and those of the custom flows that it embeds.

use super::{Block, Flow, OnError};
use crate::value::Text;

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

/// In document order, those of a custom flow after the block that runs it; `nested` is the flow that a block runs.
pub fn placed<'a>(flow: &'a Flow, nested: impl Fn(&Block) -> Option<&'a Flow>) -> Vec<Placed<'a>> {
    let mut all = Vec::new();
    for block in flow.blocks() {
        all.push(Placed {
            path: block.slug.value.clone(),
            block,
            flow,
            outer: None,
        });
        let Some(nested) = nested(block) else {
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
