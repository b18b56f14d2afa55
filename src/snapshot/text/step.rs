//! The blocks that ran: a line for each with what came of it, and below it what it read, sent, wrote and logged and
//! why it failed. Start times are left out where they follow from the lines before, so that a slower block changes
//! its own line and the ending only.

use super::Source;
use super::layout::{Layout, Site};
use super::value::{name, quoted, read, value};
use crate::engine::Request;
use crate::profile::duration_text;
use crate::trace::{CallRecord, Entry, Failure, LogLine, Status};
use crate::value::{Text, Value};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;

/// Writes entries, nested ones further in.
pub struct Steps<'o, 's> {
    out: &'o mut String,
    source: &'o Source<'s>,
    /// What no call has claimed yet, by block and mock.
    sent: BTreeMap<(&'s str, Option<&'s str>), VecDeque<&'s Request>>,
}

impl<'o, 's> Steps<'o, 's> {
    pub fn new(out: &'o mut String, source: &'o Source<'s>) -> Self {
        let mut sent: BTreeMap<_, VecDeque<_>> = BTreeMap::new();
        for (mock, request) in &source.sent {
            sent.entry((&*request.block, *mock))
                .or_default()
                .push_back(*request);
        }
        Steps { out, source, sent }
    }

    /// The entries of one flow, which starts at `clock_ms`.
    pub fn write(
        &mut self,
        entries: &[Entry],
        layout: Option<&Layout>,
        indent: usize,
        clock_ms: u64,
    ) {
        let mut clock_ms = clock_ms;
        let mut stage = None;
        if layout.is_none() && !entries.is_empty() {
            self.line(indent, "steps");
        }
        for entry in entries {
            let slug = entry.block.rsplit('/').next().unwrap_or_default();
            let site = layout.and_then(|layout| layout.site(slug));
            if let Some(site) = site
                && stage != Some(site.stage)
            {
                stage = Some(site.stage);
                self.line(indent, &format!("stage {}", name(site.stage)));
            }
            let depth = site.map_or(0, |site| site.depth);
            self.entry(entry, slug, site, indent + 2 + 2 * depth, clock_ms);
            if entry.status != Status::Detached {
                clock_ms = entry.start_ms.saturating_add(entry.duration_ms);
            }
        }
    }

    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.out, "{:indent$}{text}", "");
    }

    fn entry(
        &mut self,
        entry: &Entry,
        slug: &str,
        site: Option<Site>,
        indent: usize,
        clock_ms: u64,
    ) {
        let runs = site.and_then(|site| site.runs);
        self.line(indent, &headline(entry, slug, runs, clock_ms));
        let below = indent + 2;
        for (path, seen) in &entry.reads {
            self.line(below, &format!("read {path} = {}", read(seen.as_ref())));
        }
        for call in &entry.calls {
            self.call(entry, call, below);
        }
        if !entry.entries.is_empty() {
            let layout = runs.and_then(self.source.flows).map(Layout::of);
            self.write(&entry.entries, layout.as_ref(), below, entry.start_ms);
        }
        for (key, written) in entry
            .writes
            .iter()
            .filter(|write| !told_above(entry, write))
        {
            self.line(
                below,
                &format!("wrote {} = {}", name(key), value(written, below)),
            );
        }
        for log in &entry.logs {
            self.line(below, &logged(log, below));
        }
        if entry.logs_dropped > 0 {
            self.line(
                below,
                &format!("dropped {} log lines over the limit", entry.logs_dropped),
            );
        }
        self.failure(entry.error.as_ref(), below);
    }

    /// A failure and everything behind it, without its place in a source: a comment put in above must change nothing.
    fn failure(&mut self, failure: Option<&Failure>, indent: usize) {
        let mut shown = failure;
        let mut words = "error";
        while let Some(failure) = shown {
            let line = format!("{words} {}: {}", failure.code, quoted(&failure.message));
            self.line(indent, &line);
            shown = failure.cause.as_deref();
            words = "caused by";
        }
    }

    fn call(&mut self, entry: &Entry, call: &CallRecord, indent: usize) {
        self.line(indent, &sent(entry, call));
        let Some(request) = self.claim(entry, call) else {
            return;
        };
        for (header, text) in &request.headers {
            self.line(
                indent + 2,
                &format!("header {}: {}", name(header), quoted(text)),
            );
        }
        if let Some(body) = &request.body {
            self.line(indent + 2, &format!("body {}", value(body, indent + 2)));
        }
    }

    /// The request of a call: the first of its block and mock that no call has claimed. A call that the outbound
    /// guard refused has none.
    fn claim(&mut self, entry: &Entry, call: &CallRecord) -> Option<&'s Request> {
        let unclaimed = self
            .sent
            .iter_mut()
            .find(|((block, mock), _)| *block == &*entry.block && *mock == call.mock.as_deref());
        let (_, requests) = unclaimed?;
        let same = |request: &&Request| request.method == call.method && request.url == call.url;
        requests.pop_front_if(|request| same(&&**request))
    }
}

/// Whether a write follows from the lines above it: the branch that was taken, and what the blocks of a custom flow
/// wrote, which is kept as `custom.<flow>.<field>` too (ST-4).
fn told_above(entry: &Entry, (key, written): &(Text, Value)) -> bool {
    let field = |key: &Text| key.splitn(3, '.').nth(2).map(str::to_owned);
    if key.starts_with("step.") && key.ends_with(".branch") {
        return entry.branch.as_deref() == written.as_text() && entry.branch.is_some();
    }
    if !key.starts_with("custom.") {
        return false;
    }
    let nested = entry
        .entries
        .iter()
        .filter(|nested| nested.status != Status::Detached);
    let mut writes = nested.flat_map(|nested| &nested.writes).rev();
    let last = writes.find(|(inner, _)| inner.starts_with("step.") && field(inner) == field(key));
    last.is_some_and(|(_, value)| value == written)
}

/// `fraud/verdict (decision): ok, took branch block, 12ms`
fn headline(entry: &Entry, slug: &str, runs: Option<&str>, clock_ms: u64) -> String {
    let mut line = format!(
        "{}{}: {}",
        entry.block,
        label(entry, slug, runs),
        status(entry)
    );
    if let Some(branch) = &entry.branch {
        let _ = write!(line, ", took branch {}", name(branch));
    }
    if entry.start_ms != clock_ms {
        let _ = write!(line, ", started at {}", duration_text(entry.start_ms));
    }
    if entry.duration_ms > 0 {
        let _ = write!(line, ", {}", duration_text(entry.duration_ms));
    }
    line
}

/// The kind, where the slug does not say it, and the custom flow or action that the block runs.
fn label(entry: &Entry, slug: &str, runs: Option<&str>) -> String {
    let kind = entry.kind.name();
    if let Some(runs) = runs {
        return format!(" ({kind} {runs})");
    }
    let numbered = slug
        .strip_prefix(&kind.replace('_', "-"))
        .map(|rest| rest.strip_prefix('-').unwrap_or(rest));
    match numbered {
        Some(number) if number.chars().all(|c| c.is_ascii_digit()) => String::new(),
        Some(_) | None => format!(" ({kind})"),
    }
}

fn status(entry: &Entry) -> String {
    let word = match entry.status {
        Status::Ok => "ok",
        Status::Failed => "failed",
        Status::Denied => "denied",
        Status::TimedOut => "timed out",
        Status::Suspended => "suspended",
        Status::Detached => "detached",
    };
    let continued = if entry.continued { ", continued" } else { "" };
    format!("{word}{continued}")
}

/// `sent POST https://a.example.com/ → 200 in 120ms (mock score)`
fn sent(entry: &Entry, call: &CallRecord) -> String {
    let outcome = match (call.status, &call.fault) {
        (Some(status), None) => status.to_string(),
        (Some(status), Some(fault)) => format!("{status}, {fault}"),
        (None, Some(fault)) => fault.to_string(),
        (None, None) => "no answer".to_owned(),
    };
    let mut line = format!("sent {} {} → {outcome}", call.method, url(&call.url));
    if call.duration_ms > 0 {
        let _ = write!(line, " in {}", duration_text(call.duration_ms));
    }
    if call.start_ms != entry.start_ms {
        let after = duration_text(call.start_ms.saturating_sub(entry.start_ms));
        let _ = write!(line, ", {after} after the start");
    }
    if let Some(mock) = &call.mock {
        let _ = write!(line, " (mock {})", name(mock));
    }
    line
}

/// An URL is plain text already, unless what is no URL was to be called, or it is very long.
fn url(url: &str) -> String {
    let plain = |c: char| c.is_ascii_graphic();
    if url.len() <= 1_000 && url.chars().all(plain) {
        url.to_owned()
    } else {
        quoted(url)
    }
}

fn logged(log: &LogLine, indent: usize) -> String {
    let data = log.data.as_ref().map_or(String::new(), |data| {
        format!(" with {}", value(data, indent))
    });
    format!("logged {} {}{data}", log.level.name(), quoted(&log.message))
}
