//! The ground on which mutants are told from the flow: worlds of the flow, and of those that embed it, each with what
//! comes of it there. The scenarios first, then worlds out of fixed seeds.

use crate::drive::Outcome;
use crate::flow::{Flow, Kind};
use crate::scenario::Scenario;
use crate::trace::Entry;
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
    /// Whether an action computed long: that takes as long outside of flow time.
    pub is_costly: bool,
}

impl Ground {
    /// Runs a trial.
    pub fn new(trial: Trial) -> Ground {
        let outcome = trial.outcome();
        let entries = outcome.trace.preorder();
        Ground {
            is_costly: entries.iter().any(|entry| computes(entry)),
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
    let mut costly: BTreeSet<String> = BTreeSet::new();
    let mut grounds = Vec::new();
    for trial in given.into_iter().chain(made) {
        // of worlds made of a scenario in which an action computes long, one is enough
        if costly.contains(&trial.name) {
            continue;
        }
        let ground = Ground::new(trial);
        if ground.is_costly {
            costly.insert(ground.trial.name.clone());
        }
        if ground.is_sound() {
            grounds.push(ground);
        }
    }
    grounds
}

/// Milliseconds of flow time of an action that asks nobody, from which on it counts as long.
const LONG_MS: u64 = 100;

fn computes(entry: &Entry) -> bool {
    entry.kind == Kind::RunCustomAction && entry.duration_ms >= LONG_MS && entry.calls.is_empty()
}
