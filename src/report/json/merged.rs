//! The merged report as JSON: the scenarios as their documents have them.

use super::{Covered, RUN, SummaryCounts};
use crate::merge::Merged;
use crate::value::Value;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    summary: SummaryCounts,
    scenarios: &'a [Value],
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Covered<'a>>,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    diagnostics: &'a [Value],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    gaps: &'a [String],
}

/// Writes one document.
pub fn document(out: &mut dyn Write, merged: &Merged) -> io::Result<()> {
    let document = Document {
        format: RUN,
        summary: merged.results.summary().into(),
        scenarios: &merged.scenarios,
        coverage: merged.results.coverage.as_ref().map(Covered::new),
        diagnostics: &merged.diagnostics,
        gaps: &merged.gaps,
    };
    super::write(out, &document)
}

/// A line: what it is, and its value.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    Run { format: &'static str },
    Scenario(&'a Value),
    Diagnostic(&'a Value),
    Coverage(Covered<'a>),
    Gap { message: &'a str },
    Summary(SummaryCounts),
}

/// Writes one object a line.
pub fn lines(out: &mut dyn Write, merged: &Merged) -> io::Result<()> {
    let mut line = |line: Line| -> io::Result<()> {
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")
    };
    line(Line::Run { format: RUN })?;
    for scenario in &merged.scenarios {
        line(Line::Scenario(scenario))?;
    }
    for diagnostic in &merged.diagnostics {
        line(Line::Diagnostic(diagnostic))?;
    }
    if let Some(coverage) = &merged.results.coverage {
        line(Line::Coverage(Covered::new(coverage)))?;
    }
    for message in &merged.gaps {
        line(Line::Gap { message })?;
    }
    line(Line::Summary(merged.results.summary().into()))
}
