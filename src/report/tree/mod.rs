//! A trace as a tree with a time line: one line for each entry, its bar to scale, and below it what it sent,
//! wrote, logged and why it failed. The same lines make the excerpt that a failure shows.

mod details;

use super::style::{FAINT, Painted, STRONG, duration, mark, padded, printable};
use crate::harness::{ReadValue, ScenarioResult};
use crate::trace::{Ending, Entry, Trace};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Columns of the time line.
const BAR: usize = 28;
/// Names wider than this push their bars to the right.
const WIDEST_NAME: usize = 44;
/// How many entries stand before and behind the one that an excerpt is about.
const AROUND: usize = 3;

/// One entry, how deep it is nested, and whether it is shown with details.
struct Row<'a> {
    entry: &'a Entry,
    depth: usize,
    detailed: bool,
}

/// The whole trace of a scenario, with a headline.
pub fn whole(result: &ScenarioResult) -> String {
    let trace = &result.trace;
    let mut out = String::new();
    let _ = writeln!(out, "{}", Painted(STRONG, printable(&result.name())));
    let _ = writeln!(out, "flow {}, {}\n", result.flow, ending_sentence(trace));
    for (key, value) in result.departures().iter() {
        let choice = format!("profile {key}: {}", super::style::value_text(value));
        let _ = writeln!(out, "{}", Painted(FAINT, choice));
    }
    let mut rows = rows(&trace.entries, 0);
    for row in &mut rows {
        row.detailed = true;
    }
    write_rows(&mut out, trace, &rows, &[]);
    details::audit(&mut out, trace);
    details::side_effects(&mut out, trace);
    out
}

/// The part of a trace around one block; the values that its expressions read stand below it.
pub fn excerpt(trace: &Trace, focus: Option<&str>, reads: &[ReadValue]) -> String {
    let mut all = rows(&trace.entries, 0);
    let at = focus
        .and_then(|focus| all.iter().position(|row| &*row.entry.block == focus))
        .unwrap_or(all.len().saturating_sub(1));
    if let Some(row) = all.get_mut(at) {
        row.detailed = true;
    }
    let (from, until) = (at.saturating_sub(AROUND), (at + AROUND + 1).min(all.len()));
    let mut out = String::new();
    skipped(&mut out, from);
    write_rows(&mut out, trace, &all[from..until], reads);
    skipped(&mut out, all.len() - until);
    out
}

/// `denied at fraud/block (high_risk) after 312ms of 10s`
pub fn ending_sentence(trace: &Trace) -> String {
    if let Some(failure) = &trace.harness_failure {
        return format!("given up: {}", printable(&failure.message));
    }
    let mut sentence = trace.ending.name().replace('_', " ");
    if let Some(block) = trace.terminal.as_ref().or(trace.halted_at.as_ref()) {
        let _ = write!(sentence, " at {}", printable(block));
    }
    if let (Some(reason), true) = (&trace.reason, trace.ending != Ending::Allowed) {
        let _ = write!(sentence, " ({})", printable(reason));
    }
    let (used, limit) = (duration(trace.flow_ms), duration(trace.budget_ms));
    let _ = write!(sentence, " after {used} of {limit}");
    sentence
}

fn skipped(out: &mut String, count: usize) {
    if count > 0 {
        let more = format!("        … {}", super::entries(count));
        let _ = writeln!(out, "{}", Painted(FAINT, more));
    }
}

fn rows(entries: &[Entry], depth: usize) -> Vec<Row<'_>> {
    let mut all = Vec::new();
    for entry in entries {
        all.push(Row {
            entry,
            depth,
            detailed: false,
        });
        all.extend(rows(&entry.entries, depth + 1));
    }
    all
}

fn write_rows(out: &mut String, trace: &Trace, rows: &[Row], reads: &[ReadValue]) {
    let width = rows
        .iter()
        .map(|row| label(row).width() + 2 * row.depth)
        .max()
        .unwrap_or(0)
        .min(WIDEST_NAME);
    let end = end_ms(trace);
    for row in rows {
        write_row(out, row, width, end);
        if row.detailed {
            details::entry(out, row.entry, row.depth, reads);
        }
    }
}

/// When the last work ended; detached work may outlive the run (ACT-3).
fn end_ms(trace: &Trace) -> u64 {
    trace
        .preorder()
        .iter()
        .map(|entry| entry.start_ms.saturating_add(entry.duration_ms))
        .chain([trace.flow_ms, 1])
        .max()
        .unwrap_or(1)
}

fn write_row(out: &mut String, row: &Row, width: usize, end: u64) {
    let (sign, style) = mark(row.entry.status);
    let start = padded_left(&duration(row.entry.start_ms), 8);
    let indent = "  ".repeat(row.depth);
    let name = padded(&label(row), width.saturating_sub(indent.len()));
    let took = padded_left(&duration(row.entry.duration_ms), 8);
    let bar = Painted(style, bar(row.entry, end));
    let line = format!(
        "{}  {indent}{} {name} {took}  {bar}",
        Painted(FAINT, start),
        Painted(style, sign)
    );
    let _ = writeln!(out, "{}", line.trim_end());
}

/// The path, and the branch it took.
fn label(row: &Row) -> String {
    let block = printable(&row.entry.block);
    match &row.entry.branch {
        Some(branch) => format!("{block} → {}", printable(branch)),
        None => block,
    }
}

/// Work is drawn to scale, and never without a mark.
fn bar(entry: &Entry, end: u64) -> String {
    let column = |ms: u64| (u128::from(ms.min(end)) * BAR as u128 / u128::from(end)) as usize;
    let from = column(entry.start_ms).min(BAR - 1);
    let until = column(entry.start_ms.saturating_add(entry.duration_ms));
    let work = if entry.duration_ms == 0 {
        "▏".to_owned()
    } else {
        "█".repeat(until.saturating_sub(from).max(1))
    };
    format!("{}{work}", " ".repeat(from))
}

fn padded_left(text: &str, width: usize) -> String {
    format!("{text:>width$}")
}
