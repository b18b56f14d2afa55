//! The coverage of a run as JSON (`run --coverage`).

use crate::harness::{Coverage, FlowCoverage, Point, Share, What};
use serde::Serialize;

/// The value of `coverage`.
#[derive(Serialize)]
pub struct Covered<'a> {
    percent: f64,
    covered: usize,
    total: usize,
    flows: Vec<Flow<'a>>,
}

impl<'a> Covered<'a> {
    pub fn new(coverage: &'a Coverage) -> Self {
        let share = coverage.share();
        Covered {
            percent: percent(share),
            covered: share.covered,
            total: share.total,
            flows: coverage.flows.iter().map(Flow::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct Flow<'a> {
    flow: &'a str,
    file: &'a str,
    line: usize,
    percent: f64,
    blocks: Count,
    branches: Count,
    errors: Count,
    missed: Vec<Missed<'a>>,
}

impl<'a> Flow<'a> {
    fn new(flow: &'a FlowCoverage) -> Self {
        Flow {
            flow: &flow.flow,
            file: flow.span.file.path(),
            line: flow.span.line(),
            percent: percent(flow.share()),
            blocks: flow.blocks().into(),
            branches: flow.branches().into(),
            errors: flow.errors().into(),
            missed: flow.missed().map(Missed::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct Count {
    covered: usize,
    total: usize,
}

impl From<Share> for Count {
    fn from(share: Share) -> Self {
        Count {
            covered: share.covered,
            total: share.total,
        }
    }
}

#[derive(Serialize)]
struct Missed<'a> {
    what: &'static str,
    block: &'a str,
    branch: Option<&'a str>,
    line: usize,
    column: usize,
}

impl<'a> Missed<'a> {
    fn new(point: &'a Point) -> Self {
        let (line, column) = point.span.line_column();
        let (what, branch) = match &point.what {
            What::Block => ("block", None),
            What::Branch(name) => ("branch", Some(&**name)),
            What::Error(_) => ("error", None),
        };
        Missed {
            what,
            block: &point.block,
            branch,
            line,
            column,
        }
    }
}

/// Cut to one decimal.
fn percent(share: Share) -> f64 {
    share.per_mille() as f64 / 10.0
}
