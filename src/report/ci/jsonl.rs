//! JSON Lines: one object a line, told apart by `type`: `run` first, each `scenario` and `diagnostic`,
//! `coverage` where it is asked for, `summary` last.
//! Their keys are those of `flowproof.run/1`.

use crate::diagnostic::Diagnostic;
use crate::harness::Results;
use crate::report::json::{Covered, Problem, RUN, Scenario, Shard, SummaryCounts};
use serde::Serialize;
use std::io::{self, Write};

/// Writes the lines.
pub fn lines(
    out: &mut impl Write,
    results: &Results,
    diagnostics: &[Diagnostic],
) -> io::Result<()> {
    let shard = results.shard.map(Shard::new);
    line(out, &Line::Run { format: RUN, shard })?;
    for result in &results.scenarios {
        line(out, &Line::Scenario(Box::new(Scenario::new(result))))?;
    }
    for diagnostic in diagnostics {
        line(out, &Line::Diagnostic(Problem::new(diagnostic)))?;
    }
    if let Some(coverage) = &results.coverage {
        line(out, &Line::Coverage(Covered::new(coverage)))?;
    }
    line(out, &Line::Summary(results.summary().into()))
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    Run {
        format: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        shard: Option<Shard>,
    },
    Scenario(Box<Scenario<'a>>),
    Diagnostic(Problem<'a>),
    Coverage(Covered<'a>),
    Summary(SummaryCounts),
}

fn line(out: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
