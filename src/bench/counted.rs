//! What is counted over the samples of one scenario, and the figures that it comes to.

use super::figures::Times;
use super::{BlockTime, Measured};
use crate::flow::Kind;
use crate::trace::{Ending, Entry, Status, Trace};
use crate::value::Text;
use std::collections::BTreeMap;

/// Of so many blocks, those that take the most time, it is told what it would change if they took none.
const WITHOUT: usize = 4;

/// What was counted over samples.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    budget_ms: u64,
    /// How long it took.
    pub flow_ms: Times,
    endings: BTreeMap<&'static str, u64>,
    blocks: BTreeMap<Text, (Option<Kind>, Times)>,
    /// The time of all blocks that others wait for.
    busy: u128,
}

impl Counted {
    /// One more run.
    pub fn add(&mut self, trace: &Trace) {
        self.budget_ms = trace.budget_ms;
        self.flow_ms.add(trace.flow_ms);
        *self.endings.entry(trace.ending.name()).or_default() += 1;
        for entry in trace.preorder() {
            if takes_time(entry) {
                let (kind, times) = self.blocks.entry(entry.block.clone()).or_default();
                *kind = Some(entry.kind);
                times.add(entry.duration_ms);
                self.busy += u128::from(entry.duration_ms);
            }
        }
    }

    /// Those of another.
    pub fn join(&mut self, other: &Counted) {
        self.budget_ms = self.budget_ms.max(other.budget_ms);
        self.flow_ms.join(&other.flow_ms);
        for (ending, count) in &other.endings {
            *self.endings.entry(ending).or_default() += count;
        }
        for (block, (kind, times)) in &other.blocks {
            let (known, all) = self.blocks.entry(block.clone()).or_default();
            *known = known.or(*kind);
            all.join(times);
        }
        self.busy += other.busy;
    }

    /// All the time that a block took.
    pub fn took(&self, block: &Text) -> u128 {
        let times = self.blocks.get(block);
        times.map_or(0, |(_, times)| times.sum())
    }

    /// How often the budget ran out.
    pub fn over(&self) -> u64 {
        let name = Ending::TimedOut.name();
        self.endings.get(name).copied().unwrap_or(0)
    }

    /// The figures that they come to.
    pub fn measured(self, varies: bool) -> Measured {
        let over = self.over();
        let busy = self.busy.max(1) as f64;
        let mut blocks: Vec<(u128, BlockTime)> = self
            .blocks
            .into_iter()
            .filter_map(|(block, (kind, times))| {
                let time = BlockTime {
                    block,
                    kind: kind?,
                    reached: times.count(),
                    ms: times.spread(),
                    share: times.sum() as f64 / busy,
                    without: None,
                };
                Some((times.sum(), time))
            })
            .collect();
        blocks.sort_by_key(|(sum, _)| std::cmp::Reverse(*sum));
        Measured {
            samples: self.flow_ms.count(),
            varies,
            budget_ms: self.budget_ms,
            flow_ms: self.flow_ms.spread(),
            endings: self.endings,
            over,
            blocks: blocks.into_iter().map(|(_, one)| one).collect(),
        }
    }
}

/// Entries of nested flows count, the blocks that run them do not; nobody waits for detached work (ACT-3).
fn takes_time(entry: &Entry) -> bool {
    entry.entries.is_empty() && entry.status != Status::Detached
}

/// The blocks that take the most time.
pub fn slowest(counted: &Counted) -> Vec<Text> {
    let mut blocks: Vec<(u128, &Text)> = counted
        .blocks
        .iter()
        .map(|(block, (_, times))| (times.sum(), block))
        .filter(|(sum, _)| *sum > 0)
        .collect();
    blocks.sort_by_key(|(sum, _)| std::cmp::Reverse(*sum));
    let most = blocks.into_iter().take(WITHOUT);
    most.map(|(_, block)| block.clone()).collect()
}
