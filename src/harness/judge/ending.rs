//! Checks of how the run stopped: ending, terminal, reason, error, and what the user sees.

use super::{Broken, Seen, text_or_null};
use crate::scenario::{Fit, Pattern};
use crate::trace::{Ending, Failure};
use crate::value::{Map, Text, Value};

pub fn ending(wanted: &[Ending], seen: &Seen) -> Vec<Broken> {
    let actual = seen.trace.ending;
    if wanted.contains(&actual) && seen.trace.harness_failure.is_none() {
        return Vec::new();
    }
    let names: Vec<&str> = wanted.iter().map(|ending| ending.name()).collect();
    let message = format!(
        "the run ended `{}` instead of `{}`",
        actual.name(),
        names.join("` or `")
    );
    vec![Broken {
        below: String::new(),
        expected: Value::text(names.join(" or ")),
        actual: Value::text(actual.name()),
        message: with_error(message, seen),
        block: seen.stopped_at(),
    }]
}

/// An ending that nobody expected is mostly explained by the error.
fn with_error(message: String, seen: &Seen) -> String {
    let failure = seen
        .trace
        .harness_failure
        .as_ref()
        .or(seen.trace.error.as_ref());
    match failure {
        Some(failure) => format!("{message}: {}", failure.message),
        None => message,
    }
}

pub fn text(pattern: &Pattern, actual: Option<&Text>, seen: &Seen) -> Vec<Broken> {
    value(pattern, &text_or_null(actual), "it", seen)
}

pub fn user_sees(pattern: &Pattern, seen: &Seen) -> Vec<Broken> {
    value(
        pattern,
        &seen.trace.user_sees.to_value(),
        "what the user sees",
        seen,
    )
}

fn value(pattern: &Pattern, actual: &Value, what: &str, seen: &Seen) -> Vec<Broken> {
    seen.mismatches(pattern, Some(actual), Fit::Exact)
        .into_iter()
        .map(|mismatch| Broken::from_mismatch(what, mismatch, seen.stopped_at()))
        .collect()
}

/// `error.contains` looks at the message and its causes.
pub fn error_contains(part: &Text, seen: &Seen) -> Vec<Broken> {
    let shown = seen.redactor.text(part);
    let mut failure = seen.trace.error.as_ref();
    while let Some(one) = failure {
        if one.message.contains(&**part) || one.message.contains(&*shown) {
            return Vec::new();
        }
        failure = one.cause.as_deref();
    }
    let message = match seen.trace.error {
        Some(_) => "neither the error nor a cause contains it",
        None => "there is no error",
    };
    vec![Broken {
        below: String::new(),
        expected: Value::Text(part.clone()),
        actual: seen
            .trace
            .error
            .as_ref()
            .map_or(Value::Null, |error| Value::Text(error.message.clone())),
        message: message.to_owned(),
        block: seen.stopped_at(),
    }]
}

/// A field of the error, or the whole.
pub fn error(field: Option<&'static str>, pattern: &Pattern, seen: &Seen) -> Vec<Broken> {
    let whole = seen.trace.error.as_ref().map_or(Value::Null, failure_value);
    let (actual, what) = match field {
        Some(field) => (whole.get(field).cloned(), field),
        None => (Some(whole), "the error"),
    };
    seen.mismatches(pattern, actual.as_ref(), Fit::Partial)
        .into_iter()
        .map(|mismatch| Broken::from_mismatch(what, mismatch, seen.stopped_at()))
        .collect()
}

fn failure_value(failure: &Failure) -> Value {
    let mut map = Map::with_capacity(4);
    map.insert("code", failure.code.name());
    map.insert("message", failure.message.clone());
    map.insert("at", text_or_null(failure.at.as_ref()));
    let cause = failure.cause.as_deref().map_or(Value::Null, failure_value);
    map.insert("cause", cause);
    map.into()
}
