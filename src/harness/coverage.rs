//! Which parts of flows the scenarios came past: every block, every branch, and every block with an On error setting
//! once with an error. Runs of edited flows tell nothing about the flow as it is, and do not count.

use super::ScenarioResult;
use super::execute::block_at;
use crate::flow::{Config, Flow, Mode, OnError};
use crate::scenario::Scenario;
use crate::text::Span;
use crate::trace::Status;
use crate::value::Text;
use crate::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};

/// The coverage of several flows.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// In the order of the workspace.
    pub flows: Vec<FlowCoverage>,
}

/// The coverage of one flow.
#[derive(Debug, Clone)]
pub struct FlowCoverage {
    /// Its slug.
    pub flow: Text,
    /// Where that is written.
    pub span: Span,
    /// What can be covered, in document order.
    pub points: Vec<Point>,
}

/// Something that can be covered.
#[derive(Debug, Clone)]
pub struct Point {
    /// What.
    pub what: What,
    /// The slug of its block.
    pub block: Text,
    /// Where it is written.
    pub span: Span,
    /// How many scenarios came past it.
    pub scenarios: usize,
}

/// What can be covered of a block.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// It was started.
    Block,
    /// This branch of it was taken.
    Branch(Text),
    /// It failed, and its On error setting decided.
    Error(OnError),
}

/// How much of something is covered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// So many points.
    pub covered: usize,
    /// Of so many.
    pub total: usize,
}

impl Share {
    fn of<'a>(points: impl Iterator<Item = &'a Point>) -> Share {
        points.fold(Share::default(), |share, point| Share {
            covered: share.covered + usize::from(point.scenarios > 0),
            total: share.total + 1,
        })
    }

    /// In tenths of a percent, cut: 1000 only when nothing is missing, also of nothing.
    pub fn per_mille(self) -> usize {
        (self.covered * 1_000)
            .checked_div(self.total)
            .unwrap_or(1_000)
    }
}

impl Coverage {
    /// What these results cover of the flows that are `wanted`: all of the workspace, or those that some scenario runs.
    pub fn new(
        workspace: &Workspace,
        scenarios: &[Scenario],
        results: &[ScenarioResult],
        wanted: Wanted,
    ) -> Coverage {
        let seen = seen(workspace, scenarios, results);
        let run: BTreeSet<&Text> = seen.keys().map(|(flow, _, _)| flow).collect();
        let flows = workspace.flows.iter();
        let flows = flows.filter(|flow| wanted == Wanted::All || run.contains(&flow.slug.value));
        Coverage {
            flows: flows.map(|flow| covered(flow, &seen)).collect(),
        }
    }

    /// Of all flows together.
    pub fn share(&self) -> Share {
        Share::of(self.flows.iter().flat_map(|flow| &flow.points))
    }
}

/// Which flows are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All: what no scenario runs is not covered.
    All,
    /// Those that some scenario runs, by itself or in another.
    Run,
}

impl FlowCoverage {
    /// Of all its points.
    pub fn share(&self) -> Share {
        Share::of(self.points.iter())
    }

    /// Of its blocks.
    pub fn blocks(&self) -> Share {
        Share::of(self.points.iter().filter(|one| one.what == What::Block))
    }

    /// Of their branches.
    pub fn branches(&self) -> Share {
        let is_branch = |one: &&Point| matches!(one.what, What::Branch(_));
        Share::of(self.points.iter().filter(is_branch))
    }

    /// Of their errors.
    pub fn errors(&self) -> Share {
        let is_error = |one: &&Point| matches!(one.what, What::Error(_));
        Share::of(self.points.iter().filter(is_error))
    }

    /// What nobody came past; of a block that was not reached nothing else is told.
    pub fn missed(&self) -> impl Iterator<Item = &Point> {
        let unreached: BTreeSet<&Text> = self
            .points
            .iter()
            .filter(|one| one.what == What::Block && one.scenarios == 0)
            .map(|one| &one.block)
            .collect();
        self.points.iter().filter(move |one| {
            one.scenarios == 0 && (one.what == What::Block || !unreached.contains(&one.block))
        })
    }
}

/// How many scenarios came past what, by flow, block and what.
type Seen = BTreeMap<(Text, Text, What), usize>;

fn seen(workspace: &Workspace, scenarios: &[Scenario], results: &[ScenarioResult]) -> Seen {
    let edited: BTreeSet<(&str, String)> = scenarios
        .iter()
        .filter(|scenario| !scenario.edits.is_empty())
        .map(|scenario| (&**scenario.span.file.path(), scenario.full_name()))
        .collect();
    let mut seen = Seen::new();
    for result in results {
        if edited.contains(&(&**result.span.file.path(), result.name())) {
            continue;
        }
        for key in passed(workspace, result) {
            *seen.entry(key).or_default() += 1;
        }
    }
    seen
}

/// What one run came past, each once.
fn passed(workspace: &Workspace, result: &ScenarioResult) -> BTreeSet<(Text, Text, What)> {
    let mut found = BTreeSet::new();
    let Some(outer) = workspace.flow(&result.flow) else {
        return found;
    };
    for entry in result.trace.preorder() {
        let Some((flow, block)) = block_at(outer, workspace, &entry.block) else {
            continue;
        };
        let mut add = |what| {
            found.insert((flow.slug.value.clone(), block.slug.value.clone(), what));
        };
        add(What::Block);
        if let Some(branch) = &entry.branch {
            add(What::Branch(branch.clone()));
        }
        if entry.status == Status::Failed {
            add(What::Error(block.on_error));
        }
    }
    found
}

fn covered(flow: &Flow, seen: &Seen) -> FlowCoverage {
    let mut points = Vec::new();
    for block in flow.blocks() {
        let mut add = |what: What, span: &Span| {
            let key = (flow.slug.value.clone(), block.slug.value.clone(), what);
            let scenarios = seen.get(&key).copied().unwrap_or_default();
            let (_, block, what) = key;
            points.push(Point {
                what,
                block,
                span: span.clone(),
                scenarios,
            });
        };
        add(What::Block, &block.slug.span);
        match &block.config {
            Config::Decision { branches } => {
                for branch in branches {
                    add(What::Branch(branch.name.value.clone()), &branch.name.span);
                }
            }
            Config::Condition { .. } => {
                for name in ["then", "else"] {
                    add(What::Branch(name.into()), &block.slug.span);
                }
            }
            _ => {}
        }
        // nobody waits for work that is left to itself: its errors decide nothing (ACT-3)
        if block.kind.info().on_error && block.mode == Mode::Sync {
            add(What::Error(block.on_error), &block.slug.span);
        }
    }
    FlowCoverage {
        flow: flow.slug.value.clone(),
        span: flow.slug.span.clone(),
        points,
    }
}
