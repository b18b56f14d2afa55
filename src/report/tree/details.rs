//! What stands below the line of an entry, and behind the last one.

use crate::harness::ReadValue;
use crate::report::style::{
    BAD, DOUBT, FAINT, PLACE, Painted, padded, printable, shortened, value_text,
};
use crate::trace::{CallRecord, Entry, Failure, Level, LogLine, Message, Trace};
use std::fmt::Write;

/// Texts of authors longer than this are cut.
const LONGEST_TEXT: usize = 400;

/// The details of one entry, each on a line of its own.
pub fn entry(out: &mut String, entry: &Entry, depth: usize, reads: &[ReadValue]) {
    let indent = " ".repeat(12 + 2 * depth);
    for read in reads {
        let seen = read.value.as_ref().map_or("missing".to_owned(), value_text);
        line(
            out,
            &indent,
            "read",
            &format!("{} = {seen}", printable(&read.path)),
        );
    }
    for call in &entry.calls {
        line(out, &indent, "sent", &call_text(call));
    }
    for (key, value) in &entry.writes {
        line(
            out,
            &indent,
            "wrote",
            &format!("{} = {}", printable(key), value_text(value)),
        );
    }
    for log in &entry.logs {
        line(out, &indent, "log", &log_text(log));
    }
    if entry.logs_dropped > 0 {
        let dropped = format!("{} more lines were over the limit", entry.logs_dropped);
        line(out, &indent, "log", &dropped);
    }
    if let Some(failure) = &entry.error {
        error(out, &indent, failure, entry.continued);
    }
}

fn line(out: &mut String, indent: &str, word: &str, text: &str) {
    let _ = writeln!(out, "{indent}{} {text}", Painted(FAINT, padded(word, 6)));
}

/// The failure and everything behind it.
fn error(out: &mut String, indent: &str, failure: &Failure, continued: bool) {
    let style = if continued { DOUBT } else { BAD };
    let mut shown = Some(failure);
    let mut word = if continued { "went on after" } else { "error" };
    while let Some(failure) = shown {
        let message = shortened(&printable(&failure.message), LONGEST_TEXT);
        let mut text = format!("{}: {message}", Painted(style, failure.code.name()));
        if let Some(at) = &failure.at {
            let _ = write!(text, "  {}", Painted(PLACE, printable(at)));
        }
        line(out, indent, word, &text);
        shown = failure.cause.as_deref();
        word = "cause";
    }
}

fn call_text(call: &CallRecord) -> String {
    let outcome = match (call.status, &call.fault) {
        (Some(status), None) => status.to_string(),
        (Some(status), Some(fault)) => format!("{status}, {fault}"),
        (None, Some(fault)) => fault.to_string(),
        (None, None) => "no answer".to_owned(),
    };
    let by = call
        .mock
        .as_ref()
        .map_or(String::new(), |mock| format!(" by `{}`", printable(mock)));
    let url = shortened(&printable(&call.url), LONGEST_TEXT);
    let took = super::duration(call.duration_ms);
    format!("{} {url} → {outcome}{by}, {took}", printable(&call.method))
}

fn log_text(log: &LogLine) -> String {
    let style = match log.level {
        Level::Debug | Level::Info => FAINT,
        Level::Warn => DOUBT,
        Level::Error => BAD,
    };
    let message = shortened(&printable(&log.message), LONGEST_TEXT);
    let data = log
        .data
        .as_ref()
        .map_or(String::new(), |data| format!("  {}", value_text(data)));
    format!("{} {message}{data}", Painted(style, log.level.name()))
}

/// The audit entries, in order.
pub fn audit(out: &mut String, trace: &Trace) {
    if trace.audit.is_empty() {
        return;
    }
    out.push_str("\naudit\n");
    for entry in &trace.audit {
        let block = entry.block.as_deref().unwrap_or("-");
        let _ = writeln!(
            out,
            "  {} {} {}  {}",
            padded(&printable(&entry.kind), 24),
            padded(entry.outcome.name(), 8),
            printable(block),
            Painted(FAINT, value_text(&entry.data))
        );
    }
}

/// What would have happened outside; nothing is shown when nothing would have.
pub fn side_effects(out: &mut String, trace: &Trace) {
    let effects = &trace.side_effects;
    let mut lines = Vec::new();
    if effects.session_issued {
        lines.push("a session is issued".to_owned());
    }
    if effects.session_revoked {
        lines.push("a session is revoked".to_owned());
    }
    lines.extend(effects.emails.iter().chain(&effects.messages).map(message));
    for (word, map) in [
        ("app_metadata", &effects.app_metadata),
        ("claim", &effects.custom_claims),
    ] {
        lines.extend(
            map.iter()
                .map(|(key, value)| format!("{word} {} = {}", printable(key), value_text(value))),
        );
    }
    for (word, list) in [
        ("created", &effects.identities_created),
        ("updated", &effects.identities_updated),
    ] {
        lines.extend(
            list.iter()
                .map(|identity| format!("identity {word}: {}", value_text(identity))),
        );
    }
    if !lines.is_empty() {
        let _ = writeln!(out, "\nside effects\n  {}", lines.join("\n  "));
    }
}

fn message(message: &Message) -> String {
    format!(
        "{} `{}` to {}",
        printable(&message.channel),
        printable(&message.template),
        message.to.as_deref().map_or("nobody".to_owned(), printable)
    )
}
