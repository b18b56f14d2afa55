//! The ground on which mutants are told from the flow: worlds of the flow, and of those that embed it, each with what
//! comes of it there. The scenarios first, then worlds out of fixed seeds.

use crate::drive::Outcome;
use crate::flow::Flow;
use crate::scenario::Scenario;
use crate::trial::{Trial, Worlds, dice};
use crate::value::Text;
use crate::workspace::Workspace;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The seed of all made-up worlds.
const SEED: u64 = 1;
/// How many worlds are made up for a flow.
pub const MADE: usize = 320;
/// In how many portions.
pub const PORTIONS: usize = 8;

/// A world, and what comes of it.
pub struct Ground {
    /// The world.
    pub trial: Trial,
    /// What comes of it in the flow as it is.
    pub outcome: Outcome,
    /// The blocks that the run came past.
    pub touched: BTreeSet<Text>,
}

impl Ground {
    /// Runs a trial.
    pub fn new(trial: Trial) -> Ground {
        let outcome = trial.outcome();
        let entries = outcome.trace.preorder();
        Ground {
            touched: entries
                .into_iter()
                .map(|entry| entry.block.clone())
                .collect(),
            trial,
            outcome,
        }
    }

    /// Whether the run came past one of these blocks.
    pub fn touches(&self, paths: &[Text]) -> bool {
        paths.iter().any(|path| self.touched.contains(path))
    }

    /// Whether the run could be judged.
    pub fn is_sound(&self) -> bool {
        self.outcome.trace.harness_failure.is_none()
            && self.outcome.exchange.unanswered().is_empty()
    }
}

/// One portion of the worlds of a flow; the scenarios and the default world are in the first.
pub fn portion(
    workspace: &Workspace,
    scenarios: &[Scenario],
    flow: &Arc<Flow>,
    at: usize,
) -> Vec<Ground> {
    let worlds = Worlds::of(workspace, scenarios, flow);
    if worlds.bases.is_empty() {
        return Vec::new();
    }
    let size = MADE / PORTIONS;
    let numbers = at * size..(at + 1) * size;
    let made: Vec<Trial> = numbers
        .map(|number| worlds.make(&mut dice(SEED, number as u64)))
        .collect();
    let given = if at == 0 { worlds.bases } else { Vec::new() };
    given
        .into_iter()
        .chain(made)
        .map(Ground::new)
        .filter(Ground::is_sound)
        .collect()
}
