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
    for choice in choices(result) {
        let _ = writeln!(out, "{}", Painted(FAINT, choice));
    }
    let mut rows = rows(&trace.entries, 0);
    let (width, end) = (name_width(&rows), end_ms(trace));
    for row in &mut rows {
        row.detailed = true;
        write_row(&mut out, row, width, end);
        details::entry(&mut out, row.entry, row.depth, &[]);
    }
    out.push_str(&records(trace));
    out
}

/// The choices of the profile that are not the default: whoever reads a trace has to know them.
pub fn choices(result: &ScenarioResult) -> Vec<String> {
    let told = |(key, value)| format!("profile {key}: {}", super::style::value_text(value));
    result.departures().iter().map(told).collect()
}

/// Audit entries and side effects; nothing where there are none.
pub fn records(trace: &Trace) -> String {
    let mut out = String::new();
    details::audit(&mut out, trace);
    details::side_effects(&mut out, trace);
    out
}

/// What an entry sent, wrote and logged, and why it failed; each on a line.
pub fn entry_details(entry: &Entry) -> String {
    let mut out = String::new();
    details::entry(&mut out, entry, 0, &[]);
    out.lines()
        .map(|line| format!("{}\n", line.trim_start()))
        .collect()
}

/// What an excerpt is about: a block (the last entry where it is none), and the values that its expressions read.
pub type Focus<'a> = (Option<&'a str>, &'a [ReadValue]);

/// The parts of a trace around some blocks, each entry once.
pub fn excerpts(trace: &Trace, about: &[Focus]) -> String {
    let mut all = rows(&trace.entries, 0);
    let last = all.len().saturating_sub(1);
    let mut reads = vec![&[][..]; all.len()];
    for (focus, read) in about {
        let found = focus.and_then(|focus| all.iter().position(|row| &*row.entry.block == focus));
        let at = found.unwrap_or(last);
        if let Some(row) = all.get_mut(at) {
            row.detailed = true;
            reads[at] = read;
        }
    }
    let near = |at: usize| {
        let (from, until) = (at.saturating_sub(AROUND), (at + AROUND + 1).min(all.len()));
        all[from..until].iter().any(|row| row.detailed)
    };
    let width = name_width(&all);
    let end = end_ms(trace);
    let mut out = String::new();
    let mut left_out = 0;
    for (at, row) in all.iter().enumerate() {
        if !near(at) {
            left_out += 1;
            continue;
        }
        skipped(&mut out, std::mem::take(&mut left_out));
        write_row(&mut out, row, width, end);
        if row.detailed {
            details::entry(&mut out, row.entry, row.depth, reads[at]);
        }
    }
    skipped(&mut out, left_out);
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

/// How wide the column of names is.
fn name_width(rows: &[Row]) -> usize {
    let widths = rows.iter().map(|row| label(row).width() + 2 * row.depth);
    widths.max().unwrap_or(0).min(WIDEST_NAME)
}

/// When the last work ended; detached work may outlive the run (ACT-3).
pub fn end_ms(trace: &Trace) -> u64 {
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
