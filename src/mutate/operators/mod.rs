//! The ways to break a flow, in one table: each has a name, what it imitates, and a test that it applies.
//! What is not written is not broken, but for On error and mode, whose default is easily forgotten.

mod blocks;
mod branches;
mod change;
mod conditions;
mod config;
mod settings;
mod templates;
mod tree;
mod values;
mod writes;

pub use writes::{Wanted, prefixes, wanted};

use super::mutant::{Broken, Mutant};
use crate::flow::{Block, Flow};
use crate::workspace::Workspace;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A way to break a flow.
pub struct Operator {
    /// Its name, as ids have it.
    pub name: &'static str,
    /// The slip of an author that it imitates.
    pub imitates: &'static str,
    /// Everything that it does to a block.
    make: fn(&Site) -> Vec<Broken>,
}

/// A block, where it stands.
pub struct Site<'a> {
    /// Where its references lead.
    pub workspace: &'a Workspace,
    /// Its flow.
    pub flow: &'a Arc<Flow>,
    /// The block.
    pub block: &'a Block,
    /// Whether it stands in a stage of the platform: its blocks stay where they are.
    pub locked: bool,
    /// The fields that somebody reads or expects.
    pub wanted: &'a Wanted,
}

/// All operators, in the order in which mutants of a block are listed.
pub static OPERATORS: [Operator; 24] = [
    op("drop-block", "a block that was removed", blocks::dropped),
    op(
        "swap-blocks",
        "two blocks in the wrong order",
        blocks::swapped,
    ),
    op(
        "drop-terminals",
        "a flow saved before its terminals were put in",
        blocks::endless,
    ),
    op("on-error", "On error set the other way", settings::on_error),
    op(
        "mode",
        "an action that the flow waits for, or not",
        settings::mode,
    ),
    op(
        "timeout",
        "a timeout that is too long or too short",
        settings::timeout,
    ),
    op(
        "disable-action",
        "an action that was switched off",
        settings::disabled,
    ),
    op(
        "negate-condition",
        "a `!` too many or too few",
        conditions::negated,
    ),
    op(
        "shift-condition",
        "a number, text or operator beside the right one",
        conditions::shifted,
    ),
    op(
        "drop-branch",
        "a branch that was removed",
        branches::dropped,
    ),
    op(
        "empty-branch",
        "a branch whose blocks were removed",
        branches::emptied,
    ),
    op(
        "drop-default",
        "a decision without its default",
        branches::without_default,
    ),
    op(
        "swap-branches",
        "two branches in the wrong order",
        branches::swapped,
    ),
    op("deny-reason", "a deny with another reason", values::reason),
    op(
        "drop-message",
        "a deny that lost its message",
        values::message,
    ),
    op(
        "delay",
        "a pause that is too long or too short",
        values::delay,
    ),
    op(
        "statuses",
        "statuses of a webhook that fail, or no longer do",
        values::statuses,
    ),
    op(
        "limit",
        "a number in a config beside the right one",
        config::numbers,
    ),
    op(
        "option",
        "an option in a config set the other way",
        config::options,
    ),
    op(
        "drop-item",
        "an entry that is missing in a list of a config",
        config::items,
    ),
    op(
        "name",
        "another template, type or method in a config",
        config::names,
    ),
    op(
        "config-value",
        "another value in what an action, a webhook or an update is given",
        templates::values,
    ),
    op(
        "template-path",
        "a template that reads another path",
        templates::paths,
    ),
    op(
        "drop-write",
        "a field that an action no longer writes",
        writes::unwritten,
    ),
];

const fn op(
    name: &'static str,
    imitates: &'static str,
    make: fn(&Site) -> Vec<Broken>,
) -> Operator {
    Operator {
        name,
        imitates,
        make,
    }
}

/// Every way to break a flow, block by block in document order.
pub fn mutants(workspace: &Workspace, flow: &Arc<Flow>, wanted: &Wanted) -> Vec<Mutant> {
    let mut all = Vec::new();
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for stage in &flow.stages {
        for block in with_inner(&stage.blocks) {
            let site = Site {
                workspace,
                flow,
                block,
                locked: stage.locked,
                wanted,
            };
            for operator in &OPERATORS {
                for broken in (operator.make)(&site) {
                    let flow = flow.slug.value.clone();
                    let id = format!("{flow}/{}/{}", broken.block, operator.name);
                    let count = ids.entry(id.clone()).or_default();
                    *count += 1;
                    all.push(Mutant {
                        id: if *count == 1 {
                            id
                        } else {
                            format!("{id}-{count}")
                        },
                        operator: operator.name,
                        flow,
                        broken,
                    });
                }
            }
        }
    }
    all
}

/// The blocks of a list, those of branches after their decision.
fn with_inner(blocks: &[Block]) -> Vec<&Block> {
    let mut all = Vec::new();
    for block in blocks {
        all.push(block);
        for branch in block.branches() {
            all.extend(with_inner(branch));
        }
    }
    all
}
