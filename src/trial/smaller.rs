//! A scenario document made smaller, as long as it still shows what it is for: what is left is what matters.

use serde_json::Value;

/// What is never taken away.
const KEPT: [&str; 2] = ["scenario", "flow"];
/// Items of these lists go whole or stay whole: half a mock puzzles its reader.
const WHOLE: [&str; 3] = ["webhooks", "faults", "edits"];
/// How many parts are tried at most.
const TRIES: usize = 2_000;

/// The document without anything that can be left out, outer parts first.
pub fn smaller(document: Value, shows: &mut dyn FnMut(&Value) -> bool) -> Value {
    let mut best = document;
    let mut at = 0;
    for _ in 0..TRIES {
        let mut paths = Vec::new();
        parts(&best, &mut Vec::new(), &mut paths);
        let Some(path) = paths.get(at) else {
            break;
        };
        let mut fewer = best.clone();
        if remove(&mut fewer, path) && shows(&fewer) {
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
            .filter(|(key, _)| !path.is_empty() || !KEPT.contains(&key.as_str()))
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
    let is_whole = matches!(path.as_slice(), [Step::Key(key)] if WHOLE.contains(&key.as_str()));
    for (step, child) in children.into_iter().filter(|_| !is_whole) {
        path.push(step);
        parts(child, path, found);
        path.pop();
    }
}

fn remove(value: &mut Value, path: &[Step]) -> bool {
    match (value, path) {
        (Value::Object(map), [Step::Key(key)]) => map.shift_remove(key).is_some(),
        (Value::Array(items), [Step::Item(at)]) if *at < items.len() => {
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn everything_goes_that_it_does_not_need() {
        let document = json!({
            "scenario": "x",
            "flow": "login",
            "identity": "ada",
            "input": { "a": 1, "b": 2 },
            "faults": [{ "at": "x", "error": "e" }, { "at": "y", "error": "e" }],
        });
        let mut shows = |document: &Value| {
            document["input"]["b"] == 2 && document["faults"].to_string().contains('y')
        };
        let expected = json!({
            "scenario": "x",
            "flow": "login",
            "input": { "b": 2 },
            "faults": [{ "at": "y", "error": "e" }],
        });
        assert_eq!(smaller(document, &mut shows), expected);
    }
}
