//! Holds the engine's trace against the reference's. Codes are compared, never messages; `ANY` of the reference
//! stands for any text. What is the same, as nearly always, is passed by without writing anything.

use super::ids::DRAWN;
use crate::reference::ANY;
use crate::trace::{Audit, CallRecord, Entry, ErrorCode, Failure, Message, Trace};
use crate::value::{Map, Text, Value, to_json_text};
use std::fmt::{Debug, Display};

/// Everything in which two traces differ, one line each: what, expected, seen.
pub fn differences(expected: &Trace, seen: &Trace) -> Vec<String> {
    let mut found = Found(Vec::new());
    found.plain("ending", &expected.ending, &seen.ending);
    found.plain("terminal", &expected.terminal, &seen.terminal);
    found.plain("reason", &expected.reason, &seen.reason);
    found.plain("halted_at", &expected.halted_at, &seen.halted_at);
    found.plain("user_sees", &expected.user_sees, &seen.user_sees);
    found.plain("flow_ms", &expected.flow_ms, &seen.flow_ms);
    found.plain("budget_ms", &expected.budget_ms, &seen.budget_ms);
    found.failure("error", &expected.error, &seen.error);
    found.plain(
        "harness failure",
        &expected.harness_failure.is_some(),
        &seen.harness_failure.is_some(),
    );
    found.entries("", &expected.entries, &seen.entries);
    found.pairs("state", &expected.state, &seen.state);
    found.event(&expected.event, &seen.event);
    found.audit(&expected.audit, &seen.audit);
    let (wanted, got) = (&expected.side_effects, &seen.side_effects);
    found.plain(
        "session_issued",
        &wanted.session_issued,
        &got.session_issued,
    );
    found.plain(
        "session_revoked",
        &wanted.session_revoked,
        &got.session_revoked,
    );
    found.messages("emails", &wanted.emails, &got.emails);
    found.messages("messages", &wanted.messages, &got.messages);
    found.maps("app_metadata", &wanted.app_metadata, &got.app_metadata);
    found.maps("custom_claims", &wanted.custom_claims, &got.custom_claims);
    let lists = [
        (
            "identities_created",
            &wanted.identities_created,
            &got.identities_created,
        ),
        (
            "identities_updated",
            &wanted.identities_updated,
            &got.identities_updated,
        ),
    ];
    for (what, wanted, got) in lists {
        if !(wanted.is_empty() && got.is_empty()) {
            found.value(what, &wanted.clone().into(), &got.clone().into());
        }
    }
    found.0
}

struct Found(Vec<String>);

impl Found {
    fn plain<T: PartialEq + Debug>(&mut self, what: impl Display, expected: &T, seen: &T) {
        if expected != seen {
            self.0
                .push(format!("{what}: expected {expected:?}, seen {seen:?}"));
        }
    }

    fn entries(&mut self, outer: &str, expected: &[Entry], seen: &[Entry]) {
        let path = |entries: &[Entry]| -> Vec<Text> {
            entries.iter().map(|entry| entry.block.clone()).collect()
        };
        if !same(expected, seen, |wanted, got| wanted.block == got.block) {
            let what = format_args!("path {outer}");
            self.plain(what, &path(expected), &path(seen));
        }
        for (wanted, got) in expected.iter().zip(seen) {
            if wanted.block != got.block {
                break;
            }
            self.entry(wanted, got);
            self.entries(&wanted.block, &wanted.entries, &got.entries);
        }
    }

    fn entry(&mut self, wanted: &Entry, got: &Entry) {
        let (block, kind) = (&wanted.block, wanted.kind.name());
        macro_rules! at {
            ($what:literal) => {
                format_args!("{block} ({kind}) {}", $what)
            };
        }
        self.plain(at!("status"), &wanted.status, &got.status);
        self.plain(at!("continued"), &wanted.continued, &got.continued);
        self.plain(at!("start_ms"), &wanted.start_ms, &got.start_ms);
        self.plain(at!("duration_ms"), &wanted.duration_ms, &got.duration_ms);
        self.plain(at!("branch"), &wanted.branch, &got.branch);
        self.failure(at!("error"), &wanted.error, &got.error);
        self.pairs(at!("writes"), &wanted.writes, &got.writes);
        let dropped = (&wanted.logs_dropped, &got.logs_dropped);
        self.plain(at!("logs_dropped"), dropped.0, dropped.1);
        let logs = |entry: &Entry| -> Vec<_> {
            let lines = entry.logs.iter();
            lines
                .map(|line| (line.level, line.message.clone(), line.data.clone()))
                .collect()
        };
        self.plain(at!("logs"), &logs(wanted), &logs(got));
        if !same(&wanted.calls, &got.calls, is_same_call) {
            self.plain(at!("calls"), &wanted.calls, &got.calls);
        }
        let read = |entry: &Entry| -> Map {
            let read = entry.reads.iter();
            read.map(|(path, value)| (path.clone(), value.clone().unwrap_or("nothing".into())))
                .collect()
        };
        if !(wanted.reads.is_empty() && got.reads.is_empty()) {
            self.maps(at!("reads"), &read(wanted), &read(got));
        }
    }

    /// Codes and places; messages only where the reference knows what is to be said.
    fn failure(&mut self, what: impl Display, expected: &Option<Failure>, seen: &Option<Failure>) {
        let (mut expected, mut seen) = (expected.as_ref(), seen.as_ref());
        let shown = |failure: Option<&Failure>| failure.map(|failure| failure.code.name());
        while expected.is_some() || seen.is_some() {
            self.plain(&what, &shown(expected), &shown(seen));
            let (Some(wanted), Some(got)) = (expected, seen) else {
                return;
            };
            self.plain(format_args!("{what} at"), &wanted.at, &got.at);
            let told = wanted.code != ErrorCode::Expression;
            let told = told && *wanted.message != *wanted.code.meaning();
            if told && !text_alike(&wanted.message, &got.message) {
                self.plain(
                    format_args!("{what} message"),
                    &wanted.message,
                    &got.message,
                );
            }
            (expected, seen) = (wanted.cause.as_deref(), got.cause.as_deref());
        }
    }

    fn event(&mut self, expected: &Value, seen: &Value) {
        let none = Map::new();
        let (wanted, got) = (expected.as_map(), seen.as_map());
        let (wanted, got) = (wanted.unwrap_or(&none), got.unwrap_or(&none));
        for (part, wanted) in wanted.iter() {
            match (wanted.as_map(), got.get(part).map(Value::as_map)) {
                (Some(wanted), Some(Some(got))) => {
                    self.maps(format_args!("event {part}"), wanted, got);
                }
                (_, got_it) => {
                    let shown = got.get(part).cloned().unwrap_or_default();
                    if got_it.is_none() || !alike(wanted, &shown) {
                        self.value(format_args!("event {part}"), wanted, &shown);
                    }
                }
            }
        }
        for (part, got) in got.iter().filter(|(part, _)| !wanted.contains_key(part)) {
            self.value(format_args!("event {part}"), &"nothing".into(), got);
        }
    }

    /// By key; the last value of a key counts.
    fn pairs(&mut self, what: impl Display, expected: &[(Text, Value)], seen: &[(Text, Value)]) {
        let in_order = same(expected, seen, |(key, wanted), (own, got)| {
            key == own && alike(wanted, got)
        });
        if !in_order {
            let map = |pairs: &[(Text, Value)]| -> Map { pairs.iter().cloned().collect() };
            self.maps(what, &map(expected), &map(seen));
        }
    }

    fn maps(&mut self, what: impl Display, expected: &Map, seen: &Map) {
        for (key, wanted) in expected.iter() {
            match seen.get(key) {
                Some(got) => self.value(format_args!("{what} {key}"), wanted, got),
                None => self.0.push(format!(
                    "{what} {key}: expected {}, seen nothing",
                    to_json_text(wanted)
                )),
            }
        }
        for (key, got) in seen.iter() {
            if !expected.contains_key(key) {
                self.0.push(format!(
                    "{what} {key}: expected nothing, seen {}",
                    to_json_text(got)
                ));
            }
        }
    }

    fn value(&mut self, what: impl Display, expected: &Value, seen: &Value) {
        if !alike(expected, seen) {
            let (wanted, got) = (to_json_text(expected), to_json_text(seen));
            self.0
                .push(format!("{what}: expected {wanted}, seen {got}"));
        }
    }

    fn audit(&mut self, expected: &[Audit], seen: &[Audit]) {
        let line = |audit: &Audit| {
            let block = audit.block.as_deref().unwrap_or("-");
            let outcome = audit.outcome.name();
            format!("{} {outcome} {} {block}", audit.kind, audit.flow)
        };
        let lines = |audit: &[Audit]| -> Vec<String> { audit.iter().map(line).collect() };
        if !same(expected, seen, is_same_line) {
            self.plain("audit", &lines(expected), &lines(seen));
        }
        for (wanted, got) in expected.iter().zip(seen) {
            if !alike(&wanted.data, &got.data) {
                let (expected, seen) = (without_message(&wanted.data), without_message(&got.data));
                self.value(format_args!("audit {}", line(wanted)), &expected, &seen);
            }
        }
    }

    fn messages(&mut self, what: &str, expected: &[Message], seen: &[Message]) {
        let same = expected.len() == seen.len()
            && expected.iter().zip(seen).all(|(wanted, got)| {
                wanted.channel == got.channel
                    && recipients_alike(wanted.to.as_deref(), got.to.as_deref())
                    && text_alike(&wanted.template, &got.template)
            });
        if !same {
            self.0
                .push(format!("{what}: expected {expected:?}, seen {seen:?}"));
        }
    }
}

/// The id of an identity that the run created is the engine's business.
fn recipients_alike(expected: Option<&str>, seen: Option<&str>) -> bool {
    match (expected, seen) {
        (Some(wanted), Some(got)) => text_alike(wanted, got),
        (wanted, got) => wanted == got,
    }
}

fn is_same_line(wanted: &Audit, got: &Audit) -> bool {
    wanted.kind == got.kind
        && wanted.outcome == got.outcome
        && wanted.flow == got.flow
        && wanted.block == got.block
}

fn is_same_call(wanted: &CallRecord, got: &CallRecord) -> bool {
    let with_its_url = || CallRecord {
        url: got.url.clone(),
        ..wanted.clone()
    };
    wanted == got || (text_alike(&decoded(&wanted.url), &got.url) && with_its_url() == *got)
}

/// A URL of the reference, with what stands for any text as elsewhere.
pub(super) fn decoded(url: &str) -> String {
    url.replace("%EE%80%80", ANY)
}

/// Whether two lists are the same, item by item.
fn same<T>(expected: &[T], seen: &[T], is_same: impl Fn(&T, &T) -> bool) -> bool {
    expected.len() == seen.len()
        && expected
            .iter()
            .zip(seen)
            .all(|(wanted, got)| is_same(wanted, got))
}

/// An oracle compares codes, never messages.
fn without_message(data: &Value) -> Value {
    match data {
        Value::Map(map) if map.contains_key("code") => {
            let mut map = (**map).clone();
            map.remove("message");
            map.into()
        }
        other => other.clone(),
    }
}

fn alike(expected: &Value, seen: &Value) -> bool {
    match (expected, seen) {
        (Value::Text(wanted), Value::Text(got)) => text_alike(wanted, got),
        (Value::List(wanted), Value::List(got)) => {
            wanted.len() == got.len()
                && wanted
                    .iter()
                    .zip(got.iter())
                    .all(|(wanted, got)| alike(wanted, got))
        }
        (Value::Map(wanted), Value::Map(got)) => {
            wanted.len() == got.len()
                && wanted
                    .iter()
                    .all(|(key, wanted)| got.get(key).is_some_and(|got| alike(wanted, got)))
        }
        (wanted, got) => wanted == got,
    }
}

/// `ANY` stands for any text, also inside a longer one; what an action draws at random is the engine's business.
pub(super) fn text_alike(expected: &str, seen: &str) -> bool {
    let Some((before, after)) = expected.split_once(ANY) else {
        return expected == seen || [expected, seen].iter().all(|text| text.starts_with(DRAWN));
    };
    let Some(rest) = seen.strip_prefix(before) else {
        return false;
    };
    (0..=rest.len())
        .filter(|at| rest.is_char_boundary(*at))
        .any(|at| text_alike(after, &rest[at..]))
}
