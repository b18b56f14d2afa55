//! Coverage out of documents: what one of them came past is covered.

use super::read::count;
use crate::flow::OnError;
use crate::harness::{Coverage, FlowCoverage, Point, What};
use crate::snapshot::saved::{list, text};
use crate::text::Span;
use crate::value::{Text, Value};
use std::collections::BTreeMap;

/// The value of `coverage`.
pub fn read(value: &Value) -> Coverage {
    Coverage {
        flows: list(value, "flows").iter().map(flow).collect(),
    }
}

/// Several as one, flows in the order of the workspace; None where there is none.
pub fn joined(all: Vec<Coverage>) -> Option<Coverage> {
    if all.is_empty() {
        return None;
    }
    let mut joined: BTreeMap<Text, (FlowCoverage, Places)> = BTreeMap::new();
    for mut flow in all.into_iter().flat_map(|one| one.flows) {
        let points = std::mem::take(&mut flow.points);
        let fresh = (flow.flow.clone(), (flow, Places::new()));
        let (known, places) = &mut joined.entry(fresh.0).or_insert(fresh.1);
        for point in points {
            add(known, places, point);
        }
    }
    let mut flows: Vec<FlowCoverage> = joined.into_values().map(|(flow, _)| flow).collect();
    flows.sort_by(|a, b| place(a).cmp(&place(b)));
    Some(Coverage { flows })
}

/// Where the points of a flow stand in its list.
type Places = BTreeMap<(Text, What), usize>;

fn add(known: &mut FlowCoverage, places: &mut Places, point: Point) {
    let at = *places
        .entry((point.block.clone(), point.what.clone()))
        .or_insert(known.points.len());
    match known.points.get_mut(at) {
        Some(one) => one.scenarios = one.scenarios.saturating_add(point.scenarios),
        None => known.points.push(point),
    }
}

fn place(flow: &FlowCoverage) -> (&str, usize) {
    (flow.span.file.path(), flow.span.line())
}

fn flow(value: &Value) -> FlowCoverage {
    let file = text(value, "file").unwrap_or_default();
    let points = list(value, "points").iter();
    FlowCoverage {
        flow: text(value, "flow").unwrap_or_default(),
        span: Span::elsewhere(&*file, count(value, "line"), 1),
        points: points.filter_map(|one| point(one, &file)).collect(),
    }
}

fn point(value: &Value, file: &str) -> Option<Point> {
    let what = match (&*text(value, "what")?, text(value, "branch")) {
        ("block", _) => What::Block,
        ("branch", Some(name)) => What::Branch(name),
        ("error", _) => What::Error(match text(value, "on_error").as_deref() {
            Some("continue") => OnError::Continue,
            Some(_) | None => OnError::Halt,
        }),
        _ => return None,
    };
    Some(Point {
        what,
        block: text(value, "block")?,
        span: Span::elsewhere(file, count(value, "line"), count(value, "column")),
        scenarios: count(value, "scenarios"),
    })
}
