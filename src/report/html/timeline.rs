//! The trace of a scenario as a table: each entry with its bar on a time line, and what it sent, wrote and logged.

use crate::report::markup::Markup;
use crate::report::style::{duration, mark, plain};
use crate::report::tree::{end_ms, entry_details};
use crate::trace::{Entry, Status, Trace};

/// The whole table.
pub fn table(trace: &Trace) -> Markup {
    let mut rows = Markup::default();
    let end = end_ms(trace);
    for entry in &trace.entries {
        rows = rows.then(row(entry, 0, end));
    }
    if rows.is_empty() {
        return rows;
    }
    Markup::element("table", "trace", rows)
}

fn row(entry: &Entry, depth: usize, end: u64) -> Markup {
    let (sign, _) = mark(entry.status);
    let class = class(entry);
    let branch = entry.branch.as_deref();
    let branch = branch.map_or(String::new(), |branch| format!(" → {branch}"));
    let indent = "\u{2003}".repeat(depth);
    let name = Markup::from(indent)
        .then(Markup::text_in("b", class, sign))
        .then(Markup::from(format!(" {}{branch}", entry.block)));
    let told = plain(&entry_details(entry));
    let told = match told.trim_end() {
        "" => Markup::default(),
        lines => Markup::details(
            entry.error.is_some(),
            Markup::from("details"),
            Markup::pre(lines),
        ),
    };
    let thousandth = |ms: u64| u64::try_from(u128::from(ms.min(end)) * 1_000 / u128::from(end));
    let from = thousandth(entry.start_ms).unwrap_or(1_000);
    let length = thousandth(entry.duration_ms).unwrap_or(1_000).max(3);
    let bar = Markup::bar(class, from.min(997), length.min(1_000 - from.min(997)));
    let cells = Markup::text_in("td", "number", duration(entry.start_ms))
        .then(Markup::element("td", "block", name))
        .then(Markup::text_in("td", "number", duration(entry.duration_ms)))
        .then(Markup::element("td", "line", bar))
        .then(Markup::element("td", "told", told));
    let inner = entry.entries.iter().map(|inner| row(inner, depth + 1, end));
    Markup::element("tr", "", cells).then(inner.collect())
}

fn class(entry: &Entry) -> &'static str {
    match (entry.status, entry.continued) {
        (Status::Ok, _) => "good",
        (Status::Failed, true) | (Status::Suspended, _) => "doubt",
        (Status::Failed, false) | (Status::Denied | Status::TimedOut, _) => "bad",
        (Status::Detached, _) => "faint",
    }
}
