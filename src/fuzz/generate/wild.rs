//! What parses and nothing more: a well-formed case of which any value may be torn out, doubled, moved or
//! replaced by something at the edge of its kind.

use super::genes::{Choices, Genes};
use super::{Reach, typed};
use crate::flow::CATALOGUE;
use crate::fuzz::{Actions, Case};
use serde_json::{Value, json};

/// Numbers at the edge.
const NUMBERS: [&str; 9] = [
    "0",
    "1",
    "-1",
    "65536",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "1e300",
    "0.5",
];

/// Texts at the edge: durations, expressions, templates, names.
const TEXTS: [&str; 22] = [
    "0ms",
    "1ms",
    "10000ms",
    "9007199254740991ms",
    "18446744073709551615ms",
    "999999999h",
    "{{ event }}",
    "{{ 9223372036854775807 + 1 }}",
    "{{ step }}{{ session }}",
    "{{ event.authentication.methods.map(x, x + x) }}",
    "step.b1.x == [1, 2].map(x, x * 2)",
    "1 / 0 == 1",
    "event.user.email.matches('(a+)+$')",
    "size(event.user) > 0 && has(event.user.id)",
    "https://m0.example.com:8443/%2e%2e/{{ event.user }}",
    "https://user:pw@[::ffff:127.0.0.1]/",
    "b1",
    "b2",
    "c0",
    "",
    "\u{e9}\u{0}\u{202e}",
    "right",
];

/// Values of other kinds.
const OTHERS: [&str; 5] = ["null", "true", "false", "[]", "{}"];

/// A case that may not even be read.
pub fn wild(genes: &Genes, actions: Actions) -> Case {
    let mut case = typed(genes, Reach::Anywhere, actions);
    let mut choices = Choices::new(&genes.world);
    for _ in 0..=choices.below(2) {
        let at = choices.below(case.flows.len() + 1);
        let document = case.flows.get_mut(at).unwrap_or(&mut case.scenario);
        strike(document, &mut choices, 0);
    }
    case
}

/// Goes down at random, and does something to what it comes to.
fn strike(value: &mut Value, choices: &mut Choices, depth: usize) {
    let deeper = depth < 3 || choices.below(4) != 0;
    match value {
        Value::Object(map) if deeper && !map.is_empty() => {
            let at = choices.below(map.len());
            if let Some((_, inner)) = map.iter_mut().nth(at) {
                strike(inner, choices, depth + 1);
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = choices.below(items.len());
            match choices.below(5) {
                0 if depth > 2 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items.reverse(),
                _ => strike(&mut items[at], choices, depth + 1),
            }
        }
        leaf => *leaf = edge(leaf, choices),
    }
}

/// Something else, mostly of the same kind.
fn edge(leaf: &Value, choices: &mut Choices) -> Value {
    let parsed = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    let other = choices.below(8) == 7;
    match leaf {
        Value::Number(_) if !other => parsed(choices.pick(&NUMBERS)),
        Value::String(text) if !other => {
            let kind = CATALOGUE.iter().any(|info| info.name == text);
            let kind = kind && choices.below(4) != 3;
            json!(if kind {
                choices.pick(&CATALOGUE).name
            } else {
                choices.pick(&TEXTS)
            })
        }
        _ => parsed(choices.pick(&OTHERS)),
    }
}
