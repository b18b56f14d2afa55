//! Results as one JSON document (`flowproof.run/1`, `flowproof.check/1`), keys in the order of the formats.
//! Two spaces of indentation, a line end at the end, no wall-clock figure.

mod coverage;
mod document;
mod entry;
mod lines;
mod scenario;

use crate::diagnostic::Diagnostic;
use crate::harness::Results;
use crate::merge::Merged;
use serde::Serialize;
use std::io::{self, Write};

/// Diagnostics, as every document holds them.
pub fn problems(diagnostics: &[Diagnostic]) -> serde_json::Value {
    let all: Vec<_> = diagnostics.iter().map(document::Problem::new).collect();
    serde_json::to_value(all).unwrap_or_default()
}

/// Writes the results of a run; `diagnostics` are warnings, or the errors that kept it from running.
pub fn write_run(
    out: &mut dyn Write,
    results: &Results,
    diagnostics: &[Diagnostic],
) -> io::Result<()> {
    write(out, &document::Run::new(results, diagnostics))
}

/// The same, an object a line.
pub fn write_run_lines(
    out: &mut dyn Write,
    results: &Results,
    diagnostics: &[Diagnostic],
) -> io::Result<()> {
    lines::write(out, &document::Run::new(results, diagnostics))
}

/// Writes a merged report, with the scenarios as their documents have them.
pub fn write_merged(out: &mut dyn Write, merged: &Merged) -> io::Result<()> {
    write(out, &document::Run::merged(merged))
}

/// The same, an object a line.
pub fn write_merged_lines(out: &mut dyn Write, merged: &Merged) -> io::Result<()> {
    lines::write(out, &document::Run::merged(merged))
}

/// Writes what `check` found.
pub fn write_check(out: &mut dyn Write, diagnostics: &[Diagnostic]) -> io::Result<()> {
    write(out, &document::Check::new(diagnostics))
}

fn write(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    out.write_all(b"\n")
}
