//! Checks of the final state and of the event, read with paths of the expression language.

use super::{Broken, Seen};
use crate::expr::{Expr, Scope};
use crate::scenario::{Fit, Pattern};
use crate::trace::Trace;
use crate::value::{Text, Value};

/// The state at the end of a run, as expressions see it.
pub struct StateScope {
    event: Value,
    step: Value,
    session: Value,
    custom: Value,
}

impl StateScope {
    /// Out of the flat state of a trace.
    pub fn new(trace: &Trace) -> Self {
        StateScope {
            event: trace.event.clone(),
            step: trace.namespace("step"),
            session: trace.namespace("session"),
            custom: trace.namespace("custom"),
        }
    }
}

impl Scope for StateScope {
    fn root(&self, name: &str) -> Option<&Value> {
        match name {
            "event" => Some(&self.event),
            "step" => Some(&self.step),
            "session" => Some(&self.session),
            "custom" => Some(&self.custom),
            _ => None,
        }
    }

    fn roots(&self) -> &[&'static str] {
        &["event", "step", "session", "custom"]
    }
}

/// A path that cannot be read is a value that is not there.
pub fn state(expr: &Expr, pattern: &Pattern, seen: &Seen) -> Vec<Broken> {
    let (actual, missing) = match expr.eval(seen.scope()) {
        Ok(value) => (Some(value), None),
        Err(error) => (None, Some(error.message)),
    };
    seen.mismatches(pattern, actual.as_ref(), Fit::Exact)
        .into_iter()
        .map(|mismatch| {
            let mut broken = Broken::from_mismatch("it", mismatch, writer(expr.source(), seen));
            if let Some(message) = &missing {
                broken.message.clone_from(message);
            }
            broken
        })
        .collect()
}

/// The block that wrote the longest part of a path, else where the run stopped.
fn writer(path: &str, seen: &Seen) -> Option<Text> {
    let wrote = |key: &str| {
        path == key
            || path
                .strip_prefix(key)
                .is_some_and(|rest| rest.starts_with(['.', '[']))
    };
    let by = seen
        .entries
        .iter()
        .rev()
        .find(|entry| entry.writes.iter().any(|(key, _)| wrote(key)));
    by.map(|entry| entry.block.clone())
        .or_else(|| seen.stopped_at())
}
