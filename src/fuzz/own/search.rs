//! What is searched: the flow, its blocks, its guards, the worlds it runs in, and how each of them ends undisturbed.

use super::attempt::{Faults, Variant, attempt, ending};
use crate::flow::{Block, Flow};
use crate::scenario::Scenario;
use crate::trace::{Ending, Trace};
use crate::trial::{Guard, Placed, Trial, Worlds, dice, guards, placed};
use crate::value::Text;
use crate::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Two changes of the default world at once: so many pairs at most.
const PAIRS: usize = 200;

/// A flow to be searched.
pub struct Search<'a> {
    /// Where its references lead.
    pub workspace: &'a Workspace,
    /// The same, to be shared.
    pub shared: Arc<Workspace>,
    /// The flow.
    pub flow: &'a Arc<Flow>,
    /// Its blocks and those of its custom flows.
    pub blocks: Vec<Placed<'a>>,
    /// Those that guard it.
    pub guards: BTreeMap<Text, Guard>,
    /// As it is.
    pub plain: Variant,
    /// The worlds, each with what comes of it undisturbed.
    pub worlds: Vec<Base>,
}

/// A world, and what comes of it undisturbed.
pub struct Base {
    /// The world.
    pub trial: Trial,
    /// How it ends.
    pub ending: Ending,
    /// What it does.
    pub trace: Trace,
}

impl<'a> Search<'a> {
    /// The flow in so many worlds out of the seed; scenarios that inject faults or edit the flow stand aside.
    pub fn new(
        workspace: &'a Arc<Workspace>,
        scenarios: &[Scenario],
        flow: &'a Arc<Flow>,
        seed: u64,
        worlds: usize,
    ) -> Option<Search<'a>> {
        let plain = Variant::of(flow, Vec::new(), workspace)?;
        let undisturbed: Vec<Scenario> = scenarios
            .iter()
            .filter(|one| one.faults.is_empty() && one.edits.is_empty())
            .cloned()
            .collect();
        let made = Worlds::of(workspace, &undisturbed, flow);
        if made.bases.is_empty() {
            return None;
        }
        let mut dice = dice(seed, u64::MAX);
        let pairs = made.pairs(PAIRS, &mut dice);
        let given = made.bases.iter().cloned().chain(made.single()).chain(pairs);
        let others = (0..worlds).map(|_| made.make(&mut dice));
        let all: Vec<Trial> = given.chain(others).collect();
        let mut search = Search {
            workspace,
            shared: workspace.clone(),
            flow,
            blocks: placed(flow, workspace),
            guards: guards(flow, workspace),
            plain,
            worlds: Vec::new(),
        };
        let mut known = BTreeSet::new();
        for trial in all {
            if known.insert(trial.document.to_string()) {
                search.worlds.extend(search.base(trial));
            }
        }
        (!search.worlds.is_empty()).then_some(search)
    }

    /// A world in which the flow as it is comes to an ending that says something.
    pub fn base(&self, trial: Trial) -> Option<Base> {
        let outcome = attempt(&trial, &self.plain.program, &Faults::new());
        let ending = ending(&outcome)?;
        let trace = outcome.trace;
        Some(Base {
            trial,
            ending,
            trace,
        })
    }

    /// The block with this path.
    pub fn block(&self, path: &str) -> Option<&Placed<'a>> {
        self.blocks.iter().find(|one| &*one.path == path)
    }

    /// The timeout of a webhook or action (BUD-7); None for other kinds.
    pub fn timeout_ms(&self, base: &Base, block: &Block) -> Option<u64> {
        use crate::flow::{Config, Kind};
        let profile = &base.trial.world.profile;
        let of_call = |timeout: Option<u64>| timeout.unwrap_or(profile.webhook_timeout_ms);
        match (&block.config, block.kind) {
            (Config::RunCustomAction { action, .. }, _) => {
                let own = self.workspace.action(&action.value)?.timeout_ms;
                Some(
                    block
                        .timeout_ms
                        .or(own)
                        .unwrap_or(profile.action_timeout_ms),
                )
            }
            (Config::ParallelWebhook { calls }, _) => {
                calls.iter().map(|(_, call)| of_call(call.timeout_ms)).min()
            }
            (_, Kind::CallWebhook) => Some(of_call(block.timeout_ms)),
            _ => None,
        }
    }
}

/// Whether the user gets what they came for.
pub fn gets_in(ending: Ending) -> bool {
    ending == Ending::Allowed
}
