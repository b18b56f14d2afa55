//! The results of a run for a person: a line for each file, every failure with its place, what was expected, what was
//! seen, the trace around it and the command that runs it again; then the count. Wall time is not shown here.

use super::style::{
    BAD, DOUBT, FAINT, GOOD, PLACE, Painted, STRONG, duration, padded, printable, shell_word,
    value_text,
};
use super::{coverage, difference, tree};
use crate::harness::{
    Compared, PlacedFinding, Results, SNAPSHOT, ScenarioResult, Summary, Verdict, Warning,
};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// How many of the slowest scenarios the summary names.
const SLOWEST: usize = 3;

/// The whole report.
pub fn render(results: &Results) -> String {
    let mut out = String::new();
    write_files(&mut out, results);
    for result in &results.scenarios {
        write_warnings(&mut out, result);
    }
    for result in &results.scenarios {
        if result.verdict != Verdict::Passed {
            write_failed(&mut out, result);
        }
    }
    write_slowest(&mut out, results);
    if let Some(found) = &results.coverage {
        out.push_str(&coverage::render(found));
    }
    write_pending(&mut out, results);
    let _ = writeln!(out, "\n{}", summary_line(&results.summary()));
    out
}

/// `3 failed, 1 errored, 120 passed, 4 skipped of 128 scenarios`
pub fn summary_line(summary: &Summary) -> String {
    let parts: Vec<String> = [
        (summary.failed, "failed", BAD),
        (summary.errored, "errored", BAD),
        (summary.passed, "passed", GOOD),
        (summary.skipped, "skipped", DOUBT),
    ]
    .into_iter()
    .filter(|(count, _, _)| *count > 0)
    .map(|(count, word, style)| Painted(style, format!("{count} {word}")).to_string())
    .collect();
    if parts.is_empty() {
        return "no scenario was run".to_owned();
    }
    format!(
        "{} of {}",
        parts.join(", "),
        super::counted(summary.total, "scenario")
    )
}

/// One line for each file, in input order.
fn write_files(out: &mut String, results: &Results) {
    let files: Vec<_> = results
        .scenarios
        .chunk_by(|a, b| a.span.file.path() == b.span.file.path())
        .collect();
    let width = files
        .iter()
        .filter_map(|file| file.first())
        .map(|first| first.span.file.path().width())
        .max()
        .unwrap_or(0);
    for file in files {
        let Some(first) = file.first() else { continue };
        let bad = file
            .iter()
            .filter(|result| result.verdict != Verdict::Passed)
            .count();
        let sign = if bad == 0 {
            Painted(GOOD, "✓")
        } else {
            Painted(BAD, "✗")
        };
        let path = padded(&printable(first.span.file.path()), width);
        let passed = format!("{} passed", file.len() - bad);
        let rest = if bad == 0 {
            String::new()
        } else {
            format!(", {bad} not")
        };
        let _ = writeln!(out, "{sign} {path}  {}{rest}", Painted(FAINT, passed));
    }
}

fn write_warnings(out: &mut String, result: &ScenarioResult) {
    // pending snapshots are counted at the end
    let shown = |warning: &&Warning| warning.code != "snapshot_pending";
    for warning in result.warnings.iter().filter(shown) {
        let _ = writeln!(
            out,
            "{} {}: {}",
            Painted(DOUBT, format!("warning[{}]", warning.code)),
            printable(&result.name()),
            printable(&warning.message)
        );
    }
}

fn write_failed(out: &mut String, result: &ScenarioResult) {
    let verdict = Painted(BAD, result.verdict.name());
    let name = Painted(STRONG, printable(&result.name()));
    let _ = writeln!(out, "\n{} {verdict} {name}", Painted(BAD, "✗"));
    out.push_str(&details(result));
}

/// Why a scenario did not pass: its place, what was expected and seen, the trace around it, what to type.
pub fn details(result: &ScenarioResult) -> String {
    let mut out = String::new();
    write_details(&mut out, result);
    out
}

fn write_details(out: &mut String, result: &ScenarioResult) {
    let _ = writeln!(
        out,
        "  {}",
        Painted(PLACE, printable(&result.span.to_string()))
    );
    for placed in &result.failures {
        if placed.finding.expectation == SNAPSHOT {
            write_snapshot(out, result, placed);
        } else {
            write_finding(out, placed);
        }
    }
    let by_expectations = |placed: &PlacedFinding| placed.finding.expectation != SNAPSHOT;
    if !result.failures.iter().any(by_expectations) {
        return;
    }
    let _ = writeln!(out, "\n  {}", tree::ending_sentence(&result.trace));
    for choice in tree::choices(result) {
        let _ = writeln!(out, "  {}", Painted(FAINT, choice));
    }
    write_excerpts(out, result);
    let _ = writeln!(out, "\n  run it again: {}", Painted(STRONG, rerun(result)));
}

fn write_finding(out: &mut String, placed: &PlacedFinding) {
    let finding = &placed.finding;
    let _ = writeln!(
        out,
        "\n  {}",
        Painted(STRONG, printable(&finding.expectation))
    );
    let _ = writeln!(out, "    {}", printable(&finding.message));
    let expected = Painted(GOOD, value_text(&finding.expected));
    let actual = Painted(BAD, value_text(&finding.actual));
    let _ = writeln!(out, "    expected  {expected}\n    seen      {actual}");
    if let Some(span) = &placed.span {
        let place = Painted(PLACE, printable(&span.to_string()));
        let line = printable(placed.quote.as_deref().unwrap_or(""));
        let quoted = super::style::shortened(&line, 160);
        let _ = writeln!(out, "    {place}  {}", Painted(FAINT, quoted));
    }
}

/// The trace is not the accepted one: what changed, and the command that accepts it.
fn write_snapshot(out: &mut String, result: &ScenarioResult, placed: &PlacedFinding) {
    // a merged report holds no traces of snapshots
    let snapshot = result.snapshot.as_ref();
    let path = snapshot.map_or(String::new(), |one| printable(&one.path));
    let _ = writeln!(
        out,
        "\n  {}  {}",
        Painted(STRONG, SNAPSHOT),
        Painted(PLACE, path)
    );
    match snapshot.map(|one| (&one.compared, &one.text)) {
        Some((Compared::Differs(accepted), text)) => {
            out.push_str(&difference::render(accepted, text, "    "));
        }
        Some(_) | None => {
            let _ = writeln!(out, "    {}", printable(&placed.finding.message));
        }
    }
    if result.verdict == Verdict::Errored {
        let _ = writeln!(
            out,
            "\n  it can be accepted once every request has an answer"
        );
        return;
    }
    let place = shell_word(&format!(
        "{}:{}",
        result.span.file.path(),
        result.span.line()
    ));
    let run = if snapshot.is_some_and(|one| one.left) {
        String::new()
    } else {
        format!("flowproof run {place} --snapshots new; ")
    };
    let accept = format!("{run}flowproof accept {place}");
    let _ = writeln!(out, "\n  accept it: {}", Painted(STRONG, accept));
}

/// How many snapshots wait to be accepted, and what to type.
fn write_pending(out: &mut String, results: &Results) {
    let missing = |result: &&ScenarioResult| {
        let snapshot = result.snapshot.as_ref();
        snapshot.is_some_and(|snapshot| {
            snapshot.left && matches!(snapshot.compared, Compared::Missing(_))
        })
    };
    let count = results.scenarios.iter().filter(missing).count();
    if count == 0 {
        return;
    }
    let (noun, verb) = if count == 1 {
        ("snapshot", "is")
    } else {
        ("snapshots", "are")
    };
    let _ = writeln!(
        out,
        "\n{} {count} {noun} {verb} new: go through them with {}, or accept all with {}",
        Painted(DOUBT, "pending:"),
        Painted(STRONG, "flowproof accept --review"),
        Painted(STRONG, "flowproof accept")
    );
}

/// The trace around each block that a finding is about.
fn write_excerpts(out: &mut String, result: &ScenarioResult) {
    let mut about: Vec<tree::Focus> = Vec::new();
    let failures = result.failures.iter();
    for placed in failures.filter(|placed| placed.finding.expectation != SNAPSHOT) {
        let focus = placed.block.as_deref();
        if about.iter().any(|(known, _)| *known == focus) {
            continue;
        }
        let reads = result
            .reads
            .iter()
            .find(|(block, _)| Some(&**block) == focus)
            .map_or(&[][..], |(_, reads)| reads.as_slice());
        about.push((focus, reads));
    }
    if about.is_empty() || result.trace.entries.is_empty() {
        return;
    }
    for line in tree::excerpts(&result.trace, &about).lines() {
        let _ = writeln!(out, "  {line}");
    }
}

/// The command that runs just this one.
pub fn rerun(result: &ScenarioResult) -> String {
    let file = shell_word(result.span.file.path());
    let name = crate::scenario::filter_for(&result.name());
    format!("flowproof run {file} --filter {}", shell_word(&name))
}

/// Named only where they say something: with more scenarios than would be named.
fn write_slowest(out: &mut String, results: &Results) {
    if results.scenarios.len() <= SLOWEST {
        return;
    }
    let mut order: Vec<&ScenarioResult> = results.scenarios.iter().collect();
    order.sort_by_key(|result| std::cmp::Reverse(result.trace.flow_ms));
    let _ = writeln!(out, "\n{}", Painted(FAINT, "slowest in flow time"));
    for result in order.into_iter().take(SLOWEST) {
        let took = format!("{:>8}", duration(result.trace.flow_ms));
        let _ = writeln!(
            out,
            "{}",
            Painted(FAINT, format!("{took}  {}", printable(&result.name())))
        );
    }
}
