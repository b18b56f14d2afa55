//! JSON Lines: one object a line, told apart by `type`: `run` first, each `scenario` and `diagnostic`, `coverage` where it
//! is asked for, each `gap` of a merged report, `summary` last. Their keys are those of `flowproof.run/1`.

use super::coverage::Covered;
use super::document::{Run, SummaryCounts};
use crate::harness::Shard;
use serde::Serialize;
use std::io::{self, Write};

/// Writes the lines.
pub fn write<S: Serialize, D: Serialize>(out: &mut dyn Write, run: &Run<S, D>) -> io::Result<()> {
    let mut line = |line: Line<S, D>| -> io::Result<()> {
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")
    };
    line(Line::Run {
        format: run.format,
        shard: run.shard,
    })?;
    for scenario in &run.scenarios {
        line(Line::Scenario(scenario))?;
    }
    for diagnostic in &run.diagnostics {
        line(Line::Diagnostic(diagnostic))?;
    }
    if let Some(coverage) = &run.coverage {
        line(Line::Coverage(coverage))?;
    }
    for message in run.gaps {
        line(Line::Gap { message })?;
    }
    line(Line::Summary(&run.summary))
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a, S, D> {
    Run {
        format: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        shard: Option<Shard>,
    },
    Scenario(&'a S),
    Diagnostic(&'a D),
    Coverage(&'a Covered<'a>),
    Gap {
        message: &'a str,
    },
    Summary(&'a SummaryCounts),
}
