//! What the entry of a decision shows: the paths that its conditions name, as far as they were tried, and what
//! stood there.

use super::state::View;
use crate::expr::{Expr, Scope};
use crate::trace::Entry;
use crate::value::{Text, Value, to_json_text};

/// Notes the paths of a condition that is about to be tried.
pub(super) fn note(entry: &mut Entry, when: &Expr, view: &View) {
    for read in when.reads() {
        let path = spelled(&read.path);
        if entry.reads.iter().all(|(noted, _)| **noted != *path) {
            let value = read.path.split_first().and_then(|(root, rest)| {
                let root = view.root(root)?;
                rest.iter().try_fold(root, |value, key| inside(value, key))
            });
            entry.reads.push((path.into(), value.cloned()));
        }
    }
}

fn inside<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::List(items) => items.get(key.parse::<usize>().ok()?),
        other => other.get(key),
    }
}

/// As an expression spells it: names behind dots, anything else in brackets.
fn spelled(path: &[Text]) -> String {
    let is_name = |c: char| matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-');
    let parts = path.iter().enumerate().map(|(at, key)| match at {
        0 => key.to_string(),
        _ if key.chars().all(is_name) => format!(".{key}"),
        _ => format!("[{}]", to_json_text(&Value::Text(key.clone()))),
    });
    parts.collect()
}
