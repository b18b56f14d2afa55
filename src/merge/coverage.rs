//! Coverage out of documents: what one of them came past is covered.

use super::read::{count, list, text};
use crate::flow::OnError;
use crate::harness::{Coverage, FlowCoverage, Point, What};
use crate::text::{SourceFile, Span};
use crate::value::Value;

/// The value of `coverage`.
pub fn read(value: &Value) -> Coverage {
    Coverage {
        flows: list(value, "flows").iter().map(flow).collect(),
    }
}

/// Several as one; None where there is none.
pub fn joined(all: Vec<Coverage>) -> Option<Coverage> {
    let mut all = all.into_iter();
    let mut joined = all.next()?;
    for flow in all.flat_map(|one| one.flows) {
        let known = joined.flows.iter_mut().find(|one| one.flow == flow.flow);
        match known {
            Some(known) => add(known, flow),
            None => joined.flows.push(flow),
        }
    }
    Some(joined)
}

fn add(known: &mut FlowCoverage, other: FlowCoverage) {
    for point in other.points {
        let same = |one: &&mut Point| one.block == point.block && one.what == point.what;
        match known.points.iter_mut().find(same) {
            Some(one) => one.scenarios += point.scenarios,
            None => known.points.push(point),
        }
    }
}

fn flow(value: &Value) -> FlowCoverage {
    let file = text(value, "file").unwrap_or_default();
    let points = list(value, "points");
    let last = points.iter().map(|point| count(point, "line")).max();
    let longest = points.iter().map(|point| count(point, "column")).max();
    let grid = Grid::new(&file, last.unwrap_or(0), longest.unwrap_or(0));
    FlowCoverage {
        flow: text(value, "flow").unwrap_or_default(),
        span: grid.span(count(value, "line"), 1),
        points: points.iter().filter_map(|one| point(one, &grid)).collect(),
    }
}

fn point(value: &Value, grid: &Grid) -> Option<Point> {
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
        span: grid.span(count(value, "line"), count(value, "column")),
        scenarios: count(value, "scenarios"),
    })
}

/// A file that is not at hand: lines of spaces, in which every place can be pointed at.
struct Grid {
    file: std::sync::Arc<SourceFile>,
    lines: usize,
    width: usize,
}

impl Grid {
    fn new(path: &str, lines: usize, width: usize) -> Grid {
        let (lines, width) = (lines.clamp(1, 1 << 14), width.clamp(1, 1 << 8));
        let line = " ".repeat(width) + "\n";
        Grid {
            file: SourceFile::new(path, line.repeat(lines)),
            lines,
            width,
        }
    }

    fn span(&self, line: usize, column: usize) -> Span {
        let line = line.clamp(1, self.lines) - 1;
        let column = column.clamp(1, self.width) - 1;
        let at = line * (self.width + 1) + column;
        Span::new(&self.file, at..at)
    }
}
