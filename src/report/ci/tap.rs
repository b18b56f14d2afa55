//! TAP 14: a test point for each scenario, with a YAML block under one that does not hold. Files that do not
//! load bail out.

use super::{errors, quoted, told, why};
use crate::diagnostic::Diagnostic;
use crate::harness::{Results, ScenarioResult, Verdict};
use crate::report::counted;
use serde_json::json;
use std::fmt::Write;

/// The stream.
pub fn stream(results: &Results, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::from("TAP version 14\n");
    let problems: Vec<&Diagnostic> = errors(diagnostics).collect();
    if problems.is_empty() || !results.scenarios.is_empty() {
        let _ = writeln!(out, "1..{}", results.scenarios.len());
    }
    for (at, result) in results.scenarios.iter().enumerate() {
        point(&mut out, at + 1, result);
    }
    for problem in &problems {
        for line in quoted(problem).lines() {
            let _ = writeln!(out, "# {line}");
        }
    }
    if let Some(first) = problems.first() {
        let count = counted(problems.len(), "error");
        let first = described(&first.title);
        let _ = writeln!(out, "Bail out! {count}, the first: {first}");
        return out;
    }
    if results.skipped > 0 {
        let skipped = counted(results.skipped, "scenario");
        let _ = writeln!(out, "# {skipped} not run: --fail-fast, or an interruption");
    }
    out
}

fn point(out: &mut String, number: usize, result: &ScenarioResult) {
    let passed = result.verdict == Verdict::Passed;
    let not = if passed { "" } else { "not " };
    let _ = writeln!(out, "{not}ok {number} - {}", described(&result.name()));
    if !passed {
        block(out, result);
    }
}

/// JSON is YAML: strings with quotes hide nothing and need no other escapes.
fn block(out: &mut String, result: &ScenarioResult) {
    let severity = match result.verdict {
        Verdict::Passed => "comment",
        Verdict::Failed => "fail",
        Verdict::Errored => "error",
    };
    let first = result.failures.first().map(|placed| &placed.finding);
    let value = |found: Option<&crate::value::Value>| json!(found).to_string();
    let _ = writeln!(out, "  ---");
    for (key, value) in [
        ("message", json!(why(result)).to_string()),
        ("severity", json!(severity).to_string()),
        ("flow", json!(&*result.flow).to_string()),
        ("file", json!(&**result.span.file.path()).to_string()),
        ("line", result.span.line().to_string()),
        ("expected", value(first.map(|finding| &finding.expected))),
        ("actual", value(first.map(|finding| &finding.actual))),
    ] {
        let _ = writeln!(out, "  {key}: {value}");
    }
    let _ = writeln!(out, "  details: |2");
    for line in told(result).lines() {
        let line = format!("    {line}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let _ = writeln!(out, "  ...");
}

/// `#` would begin a directive, and `\` an escape.
fn described(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '\\' | '#' => out.extend(['\\', c]),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
