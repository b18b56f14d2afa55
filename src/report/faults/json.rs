//! The table of faults as one JSON document (`flowproof.faults/1`); a cell for each block that a scenario reaches.

use super::view::injected;
use crate::diagnostic::Diagnostic;
use crate::faults::{Cell, Matrix, Seen, Tried};
use crate::trace::UserSees;
use crate::value::Value;
use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};

/// Writes it; without a matrix where the workspace does not load. Two spaces of indentation, a line end at the end.
pub fn write(
    out: &mut dyn Write,
    flow: &str,
    matrix: Option<&Matrix>,
    diagnostics: &[Diagnostic],
) -> io::Result<()> {
    let document = Document {
        format: "flowproof.faults/1",
        flow,
        summary: matrix.map(Summary::new).unwrap_or_default(),
        scenarios: matrix.map_or_else(Vec::new, |matrix| {
            matrix.scenarios.iter().map(scenario).collect()
        }),
        blocks: matrix.map(blocks).unwrap_or_default(),
        cells: matrix.map_or_else(Vec::new, |matrix| {
            matrix.cells.iter().map(|one| cell(matrix, one)).collect()
        }),
        diagnostics: diagnostics.iter().map(problem).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    flow: &'a str,
    summary: Summary,
    scenarios: Vec<Scenario<'a>>,
    blocks: Vec<Block<'a>>,
    cells: Vec<OneCell<'a>>,
    diagnostics: Vec<serde_json::Value>,
}

#[derive(Serialize, Default)]
struct Summary {
    blocks: usize,
    unreached: usize,
    scenarios: usize,
    not_run: usize,
    cells: usize,
    open: usize,
    accepted: usize,
}

impl Summary {
    fn new(matrix: &Matrix) -> Self {
        let rows = 0..matrix.rows.len();
        let (open, accepted) = matrix.count();
        let not_run = matrix.scenarios.iter().filter(|tried| tried.seen.is_err());
        Summary {
            blocks: matrix.rows.len(),
            unreached: rows.filter(|row| matrix.reached(*row) == 0).count(),
            scenarios: matrix.scenarios.len(),
            not_run: not_run.count(),
            cells: matrix.cells.len(),
            open,
            accepted,
        }
    }
}

/// What comes of a run.
#[derive(Serialize)]
struct Outcome<'a> {
    ending: &'static str,
    reason: Option<&'a str>,
    user_sees: Value,
    flow_ms: u64,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    assumed: &'a [crate::value::Text],
}

impl<'a> Outcome<'a> {
    fn new(seen: &'a Seen) -> Self {
        Outcome {
            ending: seen.ending.name(),
            reason: seen.reason.as_deref(),
            user_sees: UserSees::to_value(&seen.user_sees),
            flow_ms: seen.flow_ms,
            assumed: &seen.assumed,
        }
    }
}

#[derive(Serialize)]
struct Scenario<'a> {
    name: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    #[serde(flatten)]
    outcome: Option<Outcome<'a>>,
    error: Option<&'a str>,
}

fn scenario(tried: &Tried) -> Scenario<'_> {
    let span = tried.span.as_ref();
    Scenario {
        name: &tried.name,
        file: span.map(|span| &**span.file.path()),
        line: span.map(|span| span.line()),
        outcome: tried.seen.as_ref().ok().map(Outcome::new),
        error: tried.seen.as_ref().err().map(String::as_str),
    }
}

#[derive(Serialize)]
struct Block<'a> {
    block: &'a str,
    kind: &'static str,
    stage: &'a str,
    depth: usize,
    file: &'a str,
    line: usize,
    guard: Option<&'static str>,
    reached: usize,
}

fn blocks(matrix: &Matrix) -> Vec<Block<'_>> {
    let rows = matrix.rows.iter().enumerate();
    rows.map(|(at, row)| Block {
        block: &row.path,
        kind: row.kind.name(),
        stage: &row.stage,
        depth: row.depth,
        file: row.span.file.path(),
        line: row.span.line(),
        guard: row.guard.map(|guard| guard.meaning()),
        reached: matrix.reached(at),
    })
    .collect()
}

#[derive(Serialize)]
struct OneCell<'a> {
    block: &'a str,
    fault: &'static str,
    scenario: &'a str,
    #[serde(flatten)]
    outcome: Outcome<'a>,
    fails_open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<serde_json::Value>,
    accepted: Option<serde_json::Value>,
}

fn cell<'a>(matrix: &'a Matrix, cell: &'a Cell) -> OneCell<'a> {
    let row = &matrix.rows[cell.row];
    let tried = &matrix.scenarios[cell.scenario];
    OneCell {
        block: &row.path,
        fault: cell.fault.name(),
        scenario: &tried.name,
        outcome: Outcome::new(&cell.seen),
        fails_open: cell.opening.is_some(),
        open: cell.opening.as_ref().map(|opening| {
            let (key, value) = injected(matrix, &tried.document, row, &opening.inject);
            let (line, column) = opening.place.line_column();
            json!({
                "why": opening.why,
                "fix": opening.fix,
                "by": *opening.by,
                "file": **opening.place.file.path(),
                "line": line,
                "column": column,
                "inject": { key: value },
            })
        }),
        accepted: cell
            .accepted
            .as_deref()
            .map(|reason| json!({ "reason": reason })),
    }
}

fn problem(diagnostic: &Diagnostic) -> serde_json::Value {
    let place = diagnostic.span.as_ref().map(|span| span.line_column());
    json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity.name(),
        "file": diagnostic.path(),
        "line": place.map(|(line, _)| line),
        "column": place.map(|(_, column)| column),
        "title": diagnostic.title,
        "fix": diagnostic.fix,
    })
}
