//! Changes to a flow for one run (`edits`): blocks move within their stage, On error and mode can be set.
//! Whether an edit makes sense is judged where it is read; applied to another flow it may do nothing.

use crate::flow::{Block, Flow, Mode, OnError};
use crate::value::Text;
use serde_json::{Map, Value, json};

/// A change to a flow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    /// A block moves next to another one of its stage.
    Move {
        /// The slug of the block that moves.
        moved: Text,
        /// On which side of the other.
        place: Place,
        /// The slug of the other.
        target: Text,
    },
    /// Settings of a block change.
    Set {
        /// Its slug.
        block: Text,
        /// ERR-1, ERR-2; None leaves it.
        on_error: Option<OnError>,
        /// ACT-2; None leaves it.
        mode: Option<Mode>,
    },
}

/// On which side of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Place {
    Before,
    After,
}

impl Edit {
    /// Makes the change; a flow without the blocks stays as it is.
    pub fn apply(&self, flow: &mut Flow) {
        match self {
            Edit::Move {
                moved,
                place,
                target,
            } => relocate(flow, moved, *place, target),
            Edit::Set {
                block,
                on_error,
                mode,
            } => {
                if let Some(block) = flow.block_mut(block) {
                    block.on_error = on_error.unwrap_or(block.on_error);
                    block.mode = mode.unwrap_or(block.mode);
                }
            }
        }
    }

    /// As an item of `edits`.
    pub fn to_json(&self) -> Value {
        match self {
            Edit::Move {
                moved,
                place: Place::Before,
                target,
            } => json!({ "move": &**moved, "before": &**target }),
            Edit::Move { moved, target, .. } => json!({ "move": &**moved, "after": &**target }),
            Edit::Set {
                block,
                on_error,
                mode,
            } => {
                let mut item = Map::new();
                item.insert("set".into(), json!(&**block));
                if let Some(on_error) = on_error {
                    item.insert("on_error".into(), json!(on_error.name()));
                }
                if let Some(mode) = mode {
                    item.insert("mode".into(), json!(mode.name()));
                }
                Value::Object(item)
            }
        }
    }
}

fn relocate(flow: &mut Flow, moved: &str, place: Place, target: &str) {
    let stands = |blocks: &[Block]| {
        let mut all = blocks.iter();
        all.any(|block| &*block.slug.value == target || block.holds(target))
    };
    let stages = &mut flow.stages;
    let Some(stage) = stages.iter_mut().find(|stage| stands(&stage.blocks)) else {
        return;
    };
    if let Some(block) = take(&mut stage.blocks, moved) {
        let behind = usize::from(place == Place::After);
        put(&mut stage.blocks, target, behind, &mut Some(block));
    }
}

fn take(blocks: &mut Vec<Block>, slug: &str) -> Option<Block> {
    if let Some(at) = blocks.iter().position(|block| &*block.slug.value == slug) {
        return Some(blocks.remove(at));
    }
    blocks
        .iter_mut()
        .flat_map(Block::branches_mut)
        .find_map(|branch| take(branch, slug))
}

/// Puts the block before (0) or after (1) the one with the slug.
fn put(blocks: &mut Vec<Block>, slug: &str, behind: usize, moved: &mut Option<Block>) {
    if let Some(at) = blocks.iter().position(|block| &*block.slug.value == slug) {
        if let Some(block) = moved.take() {
            blocks.insert(at + behind, block);
        }
        return;
    }
    for branch in blocks.iter_mut().flat_map(Block::branches_mut) {
        if moved.is_some() {
            put(branch, slug, behind, moved);
        }
    }
}
