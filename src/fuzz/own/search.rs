//! What is searched: the flow, its blocks, its guards, the worlds it runs in, and how each of them ends undisturbed.

use super::OwnJob;
use super::attempt::{Faults, Variant, attempt, ending};
use crate::crew::{Lost, NoThread};
use crate::engine::Program;
use crate::flow::{Block, Flow};
use crate::scenario::Scenario;
use crate::trace::{Ending, Trace};
use crate::trial::{
    Guard, Placed, Trial, Worlds, asks_on, dice, falls_back, guards, makes_good, placed, unread,
    usual,
};
use crate::value::Text;
use crate::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Two changes of the default world at once: so many pairs at most.
const PAIRS: usize = 200;

/// A flow to be searched.
pub struct Search {
    /// Where its references lead.
    pub workspace: Arc<Workspace>,
    /// The flow.
    pub flow: Arc<Flow>,
    /// Those that guard it.
    pub guards: BTreeMap<Text, Guard>,
    /// Proofs whose result nobody looks at, or that stop nobody.
    pub unread: BTreeSet<Text>,
    /// What everybody goes through who gets in.
    pub usual: Option<BTreeSet<Text>>,
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

impl Search {
    /// The flow in so many worlds out of the seed; scenarios that inject faults or edit the flow stand aside. None when
    /// nothing of it can be run; worlds of which nothing is known are `lost`.
    pub fn new(
        job: &OwnJob,
        worlds: usize,
        lost: &mut Vec<Lost>,
    ) -> Result<Option<Search>, NoThread> {
        let (workspace, flow) = (job.workspace, job.flow);
        let Some(plain) = Variant::of(flow, Vec::new(), workspace) else {
            return Ok(None);
        };
        let program = plain.program.clone();
        let trials = trials(job, worlds);
        let count = trials.len();
        let base = move |at: usize| base(&trials[at], &program);
        let mut known = Vec::new();
        for found in job.crew.each(count, base, &mut |_, _| {})? {
            match found {
                Ok(base) => known.extend(base),
                Err(Lost::NotTaken) => {}
                Err(why) => lost.push(why),
            }
        }
        let mut search = Search {
            workspace: workspace.clone(),
            flow: flow.clone(),
            guards: guards(flow, workspace),
            unread: unread(flow, workspace),
            usual: usual(known.iter().map(|base| &base.trace)),
            plain,
            worlds: known,
        };
        let idle = super::proofs::idle(&search);
        search.unread.extend(idle);
        Ok((!search.worlds.is_empty()).then_some(search))
    }

    /// The blocks of the flow and those of its custom flows.
    pub fn blocks(&self) -> Vec<Placed<'_>> {
        placed(&self.flow, &self.workspace)
    }

    /// The block with this path.
    pub fn block(&self, path: &str) -> Option<Placed<'_>> {
        self.blocks().into_iter().find(|one| &*one.path == path)
    }

    /// Whether the flow asks for something else where a block did not do its work.
    pub fn falls_back(&self, base: &Base, after: &Trace, path: &str) -> bool {
        let (blocks, usual) = (self.blocks(), self.usual.as_ref());
        falls_back(&blocks, &self.guards, usual, [&base.trace, after], path)
    }

    /// Whether a guard does its work in the place of a block that did not, or where a decision on that block asks for it.
    pub fn is_made_good(&self, base: &Base, after: &Trace, path: &str) -> bool {
        let (blocks, usual) = (self.blocks(), self.usual.as_ref());
        makes_good(&self.guards, [&base.trace, after])
            || asks_on(&blocks, &self.guards, usual, after, path)
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

/// The worlds to run in, each once.
fn trials(job: &OwnJob, worlds: usize) -> Vec<Trial> {
    let undisturbed: Vec<Scenario> = job
        .scenarios
        .iter()
        .filter(|one| one.faults.is_empty() && one.edits.is_empty())
        .cloned()
        .collect();
    let made = Worlds::of(job.workspace, &undisturbed, job.flow);
    if made.bases.is_empty() {
        return Vec::new();
    }
    let mut dice = dice(job.seed, u64::MAX);
    let pairs = made.pairs(PAIRS, &mut dice);
    let given = made.bases.iter().cloned().chain(made.single()).chain(pairs);
    let others = (0..worlds).map(|_| made.make(&mut dice));
    let mut known = BTreeSet::new();
    given
        .chain(others)
        .filter(|trial| known.insert(trial.document.to_string()))
        .collect()
}

/// A world in which the flow as it is comes to an ending that says something.
fn base(trial: &Trial, program: &Arc<Program>) -> Option<Base> {
    let outcome = attempt(trial, program, &Faults::new());
    let ending = ending(&outcome)?;
    Some(Base {
        trial: trial.clone(),
        ending,
        trace: outcome.trace,
    })
}

/// Whether the user gets what they came for.
pub fn gets_in(ending: Ending) -> bool {
    ending == Ending::Allowed
}
