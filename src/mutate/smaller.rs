//! A document made smaller, as long as it still shows what it is for.

use serde_json::Value;

/// What is never taken away.
const KEPT: [&str; 2] = ["scenario", "flow"];
/// Items of these lists go whole or stay whole: half a mock puzzles its reader.
const WHOLE: [&str; 3] = ["webhooks", "faults", "edits"];
/// How often a document is made smaller at most.
const TRIES: usize = 160;

/// The smallest that is found by taking keys and items away one by one, the large ones first.
pub fn smaller(document: Value, shows: &mut dyn FnMut(&Value) -> bool) -> Value {
    let mut best = document;
    let mut tries = 0;
    let mut depth = 1;
    while depth <= 3 {
        let mut taken = false;
        for path in paths(&best, depth) {
            let mut less = best.clone();
            take(&mut less, &path);
            tries += 1;
            if tries > TRIES {
                return best;
            }
            if less != best && shows(&less) {
                best = less;
                taken = true;
                // the paths behind have moved
                break;
            }
        }
        if !taken {
            depth += 1;
        }
    }
    best
}

/// A step into a document.
#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Item(usize),
}

/// Every path of this length.
fn paths(value: &Value, depth: usize) -> Vec<Vec<Step>> {
    if depth == 0 {
        return vec![Vec::new()];
    }
    let below = |step: Step, inner: &Value| {
        let whole = matches!(&step, Step::Key(key) if WHOLE.contains(&key.as_str()));
        let deeper = if whole && depth > 2 {
            Vec::new()
        } else {
            paths(inner, depth - 1)
        };
        let paths = deeper.into_iter();
        paths.map(move |mut path| {
            path.insert(0, step.clone());
            path
        })
    };
    match value {
        Value::Object(map) => {
            let entries = map.iter().filter(|(key, _)| !KEPT.contains(&key.as_str()));
            entries
                .flat_map(|(key, inner)| below(Step::Key(key.clone()), inner))
                .collect()
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items
                .flat_map(|(at, inner)| below(Step::Item(at), inner))
                .collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn take(value: &mut Value, path: &[Step]) {
    let Some((step, rest)) = path.split_first() else {
        return;
    };
    match (value, step) {
        (Value::Object(map), Step::Key(key)) if rest.is_empty() => drop(map.shift_remove(key)),
        (Value::Array(items), Step::Item(at)) if rest.is_empty() => drop(items.remove(*at)),
        (Value::Object(map), Step::Key(key)) => {
            if let Some(inner) = map.get_mut(key) {
                take(inner, rest);
            }
        }
        (Value::Array(items), Step::Item(at)) => take(&mut items[*at], rest),
        _ => {}
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
