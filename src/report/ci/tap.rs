//! TAP 14: a test point for each scenario, with a YAML block under one that does not hold. Files that do not
//! load bail out.

use super::{errors, quoted, told, why};
use crate::diagnostic::Diagnostic;
use crate::harness::{Results, ScenarioResult, Verdict};
use crate::report::style::{counted, is_shown, printable};
use serde::Serialize;
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
    let _ = writeln!(out, "  ---");
    for (key, value) in [
        ("message", yaml(&why(result))),
        ("severity", yaml(&severity)),
        ("flow", yaml(&*result.flow)),
        ("file", yaml(&**result.span.file.path())),
        ("line", yaml(&result.span.line())),
        ("expected", yaml(&first.map(|finding| &finding.expected))),
        ("actual", yaml(&first.map(|finding| &finding.actual))),
    ] {
        let _ = writeln!(out, "  {key}: {value}");
    }
    let _ = writeln!(out, "  details: |2");
    for line in told(result).lines() {
        // a line of the block has two spaces, also where it is empty
        let line = if line.trim_end().is_empty() {
            "  ".to_owned()
        } else {
            format!("    {}", line.trim_end())
        };
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out, "  ...");
}

/// `#` would begin a directive, and `\` an escape.
fn described(name: &str) -> String {
    printable(name).replace('\\', "\\\\").replace('#', "\\#")
}

/// A value in one line of YAML: what JSON leaves as it is and YAML refuses, or ends a line with, is escaped.
fn yaml(value: &(impl Serialize + ?Sized)) -> String {
    let text = json!(value).to_string();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_shown(c) && c != '\u{feff}' {
            out.push(c);
        } else {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
    }
    out
}
