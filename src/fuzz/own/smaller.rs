//! Makes a scenario as small as it can be while it shows the same: what is left is what matters.

use super::attempt::{Faults, ending, with};
use crate::scenario::Edit;
use crate::trace::Ending;
use crate::trial::Trial;
use crate::workspace::Workspace;
use serde_json::Value;

/// How many parts are tried at most.
const TRIES: usize = 2_000;

/// What must stay as it is: how the run ends without, and with the edits and faults.
pub struct Shown<'a> {
    /// Where references lead.
    pub workspace: &'a Workspace,
    /// In this order.
    pub edits: &'a [Edit],
    /// With these faults.
    pub faults: &'a Faults,
    /// Without and with them.
    pub endings: [Ending; 2],
    /// Whether the faults are injected in both, and only the order differs.
    pub faults_in_both: bool,
}

impl Shown<'_> {
    /// Whether a document shows it.
    pub fn by(&self, document: &Value) -> bool {
        let none = Faults::new();
        let before = if self.faults_in_both {
            self.faults
        } else {
            &none
        };
        let ends = |edits: &[Edit], faults: &Faults| {
            let trial = Trial::read(with(document, edits, faults), self.workspace).ok()?;
            ending(&trial.outcome())
        };
        ends(&[], before) == Some(self.endings[0])
            && ends(self.edits, self.faults) == Some(self.endings[1])
    }
}

/// The document without anything that can be left out.
pub fn smaller(document: &Value, shown: &Shown) -> Value {
    let mut best = document.clone();
    let mut at = 0;
    for _ in 0..TRIES {
        let mut paths = Vec::new();
        parts(&best, &mut Vec::new(), &mut paths);
        let Some(path) = paths.get(at) else {
            break;
        };
        let mut fewer = best.clone();
        if remove(&mut fewer, path) && shown.by(&fewer) {
            best = fewer;
        } else {
            at += 1;
        }
    }
    best
}

/// A step to a part of a document.
#[derive(Clone)]
enum Step {
    Key(String),
    Item(usize),
}

/// Every part that may be left out, outer ones first.
fn parts(value: &Value, path: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    let children: Vec<(Step, &Value)> = match value {
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| !path.is_empty() || !["scenario", "flow"].contains(&&***key))
            .map(|(key, value)| (Step::Key(key.clone()), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, value)| (Step::Item(at), value))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
    };
    for (step, _) in &children {
        path.push(step.clone());
        found.push(path.clone());
        path.pop();
    }
    // a mock stays as it is written, or goes as a whole
    let is_list_of_mocks = matches!(path.as_slice(), [Step::Key(key)] if key == "webhooks");
    for (step, child) in children.into_iter().filter(|_| !is_list_of_mocks) {
        path.push(step);
        parts(child, path, found);
        path.pop();
    }
}

fn remove(value: &mut Value, path: &[Step]) -> bool {
    match (value, path) {
        (Value::Object(map), [Step::Key(key)]) => map.shift_remove(key).is_some(),
        (Value::Array(items), [Step::Item(at)]) if *at < items.len() && items.len() > 1 => {
            items.remove(*at);
            true
        }
        (Value::Object(map), [Step::Key(key), rest @ ..]) => {
            map.get_mut(key).is_some_and(|inner| remove(inner, rest))
        }
        (Value::Array(items), [Step::Item(at), rest @ ..]) => {
            items.get_mut(*at).is_some_and(|inner| remove(inner, rest))
        }
        _ => false,
    }
}
