//! Checks of what went, or would have gone, outside: requests, audit entries, side effects.

use super::{Broken, Seen, text_or_null};
use crate::engine::Request;
use crate::mock::CallRange;
use crate::scenario::{Fit, Mismatch, Pattern};
use crate::text::Span;
use crate::trace::{Audit, Message, SideEffects};
use crate::value::{Map, Text, Value};

pub fn calls(mock: &Text, range: CallRange, seen: &Seen) -> Vec<Broken> {
    let actual = requests(mock, seen).len() as u64;
    if range.contains(actual) {
        return Vec::new();
    }
    vec![calls_broken(mock, range, actual, seen)]
}

/// A mock that was not called as often as expected.
fn calls_broken(mock: &Text, range: CallRange, actual: u64, seen: &Seen) -> Broken {
    Broken {
        below: String::new(),
        expected: calls_value(range),
        actual: Value::Int(i64::try_from(actual).unwrap_or(i64::MAX)),
        message: calls_message(mock, range, actual),
        block: caller(mock, seen),
    }
}

/// As an author writes it: a number, or a range as text.
pub fn calls_value(range: CallRange) -> Value {
    match range.to {
        Some(to) if to == range.from => Value::Int(i64::try_from(to).unwrap_or(i64::MAX)),
        Some(_) | None => Value::text(range.to_string()),
    }
}

/// The sentence on a mock that was not called as often as expected.
pub fn calls_message(mock: &str, range: CallRange, actual: u64) -> String {
    let times = |count: &str| match count {
        "1" => "once".to_owned(),
        count => format!("{count} times"),
    };
    let (actual, range) = (times(&actual.to_string()), times(&range.to_string()));
    format!("mock `{mock}` was called {actual}, expected {range}")
}

/// The first block that called the mock.
fn caller(mock: &Text, seen: &Seen) -> Option<Text> {
    requests(mock, seen)
        .first()
        .map(|request| request.block.clone())
        .or_else(|| seen.stopped_at())
}

fn requests<'a>(mock: &Text, seen: &Seen<'a>) -> &'a [Request] {
    seen.webhooks
        .iter()
        .find(|log| log.mock.as_ref() == Some(mock))
        .map_or(&[], |log| &log.requests)
}

/// Some request has all the parts; of several that have not, the nearest is shown.
pub fn request(mock: &Text, pattern: &Pattern, seen: &Seen) -> Vec<Broken> {
    let mut nearest: Option<Vec<Mismatch>> = None;
    for request in requests(mock, seen) {
        let found = seen.mismatches(pattern, Some(&request_value(request)), Fit::Partial);
        if found.is_empty() {
            return Vec::new();
        }
        if nearest.as_ref().is_none_or(|near| found.len() < near.len()) {
            nearest = Some(found);
        }
    }
    let Some(nearest) = nearest else {
        return vec![Broken {
            below: String::new(),
            expected: pattern.written.clone(),
            actual: Value::Null,
            message: format!("mock `{mock}` was never called"),
            block: seen.stopped_at(),
        }];
    };
    nearest
        .into_iter()
        .map(|mismatch| Broken::from_mismatch("the request's ", mismatch, caller(mock, seen)))
        .map(|broken| Broken {
            message: broken
                .message
                .replacen("the request's .", "the request's ", 1),
            ..broken
        })
        .collect()
}

fn request_value(request: &Request) -> Value {
    let mut map = Map::with_capacity(4);
    map.insert("method", request.method.clone());
    map.insert("url", request.url.clone());
    let headers: Map = request
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Value::Text(value.clone())))
        .collect();
    map.insert("headers", headers);
    if let Some(body) = &request.body {
        map.insert("body", body.clone());
    }
    map.into()
}

/// In this order, others may stand between: each is looked for behind the one before.
pub fn audit(wanted: &[(Span, Pattern)], seen: &Seen) -> Vec<Broken> {
    let actual: Vec<Value> = seen.trace.audit.iter().map(audit_value).collect();
    let mut next = 0;
    for (at, (_, pattern)) in wanted.iter().enumerate() {
        let found = actual[next..].iter().position(|entry| {
            seen.mismatches(pattern, Some(entry), Fit::Partial)
                .is_empty()
        });
        let Some(found) = found else {
            let elsewhere = actual[..next]
                .iter()
                .any(|entry| pattern.mismatches(Some(entry), Fit::Partial).is_empty());
            let message = if elsewhere {
                "such an entry stands only before the ones that are expected before it"
            } else {
                "no audit entry is like it"
            };
            return vec![Broken {
                below: format!("[{at}]"),
                expected: pattern.written.clone(),
                actual: Value::list(actual),
                message: message.to_owned(),
                block: seen.stopped_at(),
            }];
        };
        next += found + 1;
    }
    Vec::new()
}

fn audit_value(audit: &Audit) -> Value {
    let mut map = Map::with_capacity(5);
    map.insert("type", audit.kind.clone());
    map.insert("outcome", audit.outcome.name());
    map.insert("flow", audit.flow.clone());
    map.insert("block", text_or_null(audit.block.as_ref()));
    map.insert("data", audit.data.clone());
    map.into()
}

/// A number against a list is their count.
pub fn side_effect(key: &Text, pattern: &Pattern, seen: &Seen) -> Vec<Broken> {
    let mut actual = side_effects_value(&seen.trace.side_effects)
        .get(key)
        .cloned();
    if let (Some(Value::List(items)), true) = (&actual, pattern.compares()) {
        actual = Some(Value::Int(i64::try_from(items.len()).unwrap_or(i64::MAX)));
    }
    seen.mismatches(pattern, actual.as_ref(), Fit::Partial)
        .into_iter()
        .map(|mismatch| Broken::from_mismatch("it", mismatch, seen.stopped_at()))
        .collect()
}

fn side_effects_value(effects: &SideEffects) -> Value {
    let mut map = Map::with_capacity(8);
    map.insert("session_issued", effects.session_issued);
    map.insert("session_revoked", effects.session_revoked);
    map.insert("emails", messages(&effects.emails));
    map.insert("messages", messages(&effects.messages));
    map.insert("app_metadata", effects.app_metadata.clone());
    map.insert("custom_claims", effects.custom_claims.clone());
    map.insert("identities_created", effects.identities_created.clone());
    map.insert("identities_updated", effects.identities_updated.clone());
    map.into()
}

fn messages(messages: &[Message]) -> Vec<Value> {
    messages
        .iter()
        .map(|message| {
            let mut map = Map::with_capacity(3);
            map.insert("channel", message.channel.clone());
            map.insert("template", message.template.clone());
            map.insert("to", text_or_null(message.to.as_ref()));
            map.into()
        })
        .collect()
}
