//! The coverage of a run as JSON (`run --coverage`).

use crate::flow::OnError;
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
    points: Vec<OnePoint<'a>>,
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
            points: flow.points.iter().map(OnePoint::new).collect(),
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
struct OnePoint<'a> {
    what: &'static str,
    block: &'a str,
    branch: Option<&'a str>,
    on_error: Option<&'static str>,
    line: usize,
    column: usize,
    scenarios: usize,
}

impl<'a> OnePoint<'a> {
    fn new(point: &'a Point) -> Self {
        let (line, column) = point.span.line_column();
        let (what, branch, on_error) = match &point.what {
            What::Block => ("block", None, None),
            What::Branch(name) => ("branch", Some(&**name), None),
            What::Error(OnError::Halt) => ("error", None, Some("halt")),
            What::Error(OnError::Continue) => ("error", None, Some("continue")),
        };
        OnePoint {
            what,
            block: &point.block,
            branch,
            on_error,
            line,
            column,
            scenarios: point.scenarios,
        }
    }
}

/// Cut to one decimal.
fn percent(share: Share) -> f64 {
    share.per_mille() as f64 / 10.0
}
