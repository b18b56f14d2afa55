//! What parses and nothing more: a well-formed case of which any value may be torn out, doubled, moved or replaced
//! by something at the edge of its kind. A change after which the case cannot be read any more is taken back; one
//! case in twelve keeps whatever was done to it, so that the readers are not forgotten.

use super::genes::{Choices, Genes};
use super::{Reach, typed};
use crate::flow::CATALOGUE;
use crate::fuzz::{Actions, Case};
use serde_json::{Value, json};

/// Numbers at the edge.
const NUMBERS: [&str; 13] = [
    "0",
    "1",
    "2",
    "3",
    "100",
    "200",
    "-1",
    "65536",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "1e300",
    "0.5",
];

/// Durations at the edge.
const DURATIONS: [&str; 12] = [
    "0ms",
    "1ms",
    "2ms",
    "10ms",
    "1000ms",
    "10s",
    "10001ms",
    "86400s",
    "9007199254740991ms",
    "18446744073709551615ms",
    "999999999h",
    "1.5s",
];

/// Conditions at the edge.
const CONDITIONS: [&str; 12] = [
    "true",
    "size(event.user) > 0 && has(event.user.id)",
    "step.b1.x == [1, 2].map(x, x * 2)",
    "1 / 0 == 1",
    "event.user.email.matches('(a+)+$')",
    "has(step.b2) || has(custom.c0)",
    "[1, 2, 3].exists_one(x, x == 2)",
    "event.authentication.methods.all(m, m != 'password')",
    "!has(session.id)",
    "9223372036854775807 + 1 > 0",
    "timestamp('2026-01-01T00:00:00Z') < timestamp('2027-01-01T00:00:00Z')",
    "event.user.app_metadata.plan.seats >= 2.5",
];

/// Templates at the edge.
const TEMPLATES: [&str; 11] = [
    "{{ event.request.geo }}",
    "{{ 9223372036854775807 + 1 }}",
    "{{ step }}{{ session }}",
    "{{ event.authentication.methods.map(x, x + x) }}",
    "{{ null }}",
    "{{ '{{' }}",
    "{{ session }}",
    "{{ custom }} and {{ step }}",
    "{{ event.user.email.upperAscii() }}",
    "{{ has(step.b1.n) ? step.b1.n : [1, {'a': 2}] }}",
    "plain",
];

/// Targets at the edge.
const TARGETS: [&str; 8] = [
    "https://m0.example.com:8443/%2e%2e/{{ event.user }}",
    "https://user:pw@[::ffff:127.0.0.1]/",
    "https://m0.example.com",
    "https://m0.example.com/?a=b&a={{ event.request.ip }}#there",
    "https://m1.example.com/../../x y",
    "https://M0.EXAMPLE.com./a",
    "https://0300.0250.1/",
    "{{ event.user.email }}",
];

/// Other texts at the edge: names, and what is no name.
const TEXTS: [&str; 12] = [
    "b1",
    "b2",
    "c0",
    "",
    "\u{e9}\u{0}\u{202e}",
    "right",
    "wrong",
    "test-token-0123",
    "alice@example.com",
    "totp",
    "webauthn",
    "continue",
];

/// Names, and what is none.
const NAMES: [&str; 8] = [
    "b1",
    "b2",
    "b3",
    "c0",
    "c1",
    "mfa",
    "a-very-long-name-0",
    "\u{e9} ",
];

/// Values of other kinds.
const OTHERS: [&str; 5] = ["null", "true", "false", "[]", "{}"];

/// So often a change is looked for after which the case can still be read.
const TRIES: usize = 4;

/// A case that may not even be read.
pub fn wild(genes: &Genes, actions: Actions) -> Case {
    let mut choices = Choices::new(&genes.world);
    let unread = choices.rarely(12);
    let reach = match choices.below(3) {
        0 => Reach::Anywhere,
        _ => Reach::Available,
    };
    let mut case = typed(genes, reach, actions);
    if !unread && case.arrange().is_err() {
        case = typed(genes, Reach::Available, actions);
    }
    for _ in 0..=choices.below(6) {
        for _ in 0..TRIES {
            let mut struck = case.clone();
            let at = choices.below(struck.flows.len() + 1);
            let document = struck.flows.get_mut(at).unwrap_or(&mut struck.scenario);
            strike(document, "", &mut choices, 0);
            if unread || struck.arrange().is_ok() {
                case = struck;
                break;
            }
        }
    }
    case
}

/// Goes down at random, and does something to what it comes to.
fn strike(value: &mut Value, key: &str, choices: &mut Choices, depth: usize) {
    let deeper = depth < 3 || choices.below(4) != 0;
    match value {
        Value::Object(map) if deeper && !map.is_empty() => {
            let at = choices.below(map.len());
            if depth > 2 && choices.rarely(6) {
                let gone = map.keys().nth(at).cloned();
                gone.map(|key| map.shift_remove(&key));
            } else if let Some((key, inner)) = map.iter_mut().nth(at) {
                strike(inner, key, choices, depth + 1);
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = choices.below(items.len());
            match choices.below(8) {
                0 if depth > 2 => drop(items.remove(at)),
                1 => items.push(doubled(&items[at], choices)),
                2 => items.reverse(),
                3 => {
                    let moved = items.remove(at);
                    items.insert(choices.below(items.len() + 1), moved);
                }
                _ => strike(&mut items[at], key, choices, depth + 1),
            }
        }
        leaf => *leaf = edge(leaf, key, choices),
    }
}

/// The same once more, its blocks under slugs of their own.
fn doubled(item: &Value, choices: &mut Choices) -> Value {
    let mut copy = item.clone();
    rename(&mut copy, choices);
    copy
}

fn rename(value: &mut Value, choices: &mut Choices) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                match (key.as_str(), &mut *inner) {
                    ("slug" | "stage" | "branch", Value::String(name)) => {
                        name.push_str(&format!("-{}", choices.below(1_000)));
                    }
                    _ => rename(inner, choices),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, choices)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Something else, mostly of the same kind.
fn edge(leaf: &Value, key: &str, choices: &mut Choices) -> Value {
    let parsed = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    let other = choices.rarely(12);
    match leaf {
        Value::Number(_) if !other => parsed(choices.pick(&NUMBERS)),
        Value::Bool(written) if !other => json!(!written),
        Value::String(text) if !other => json!(edge_text(text, key, choices)),
        _ => parsed(choices.pick(&OTHERS)),
    }
}

fn edge_text(text: &str, key: &str, choices: &mut Choices) -> &'static str {
    let duration = |unit: &str| {
        text.strip_suffix(unit)
            .is_some_and(|rest| rest.parse::<u64>().is_ok())
    };
    match key {
        "block" => CATALOGUE[choices.below(CATALOGUE.len())].name,
        "when" => choices.pick(&CONDITIONS),
        "url" | "other" => choices.pick(&TARGETS),
        "on_error" => choices.pick(&["halt", "continue"]),
        // names are shown as they are written, so they hold nothing that has to be hidden
        "slug" | "mock" | "stage" | "branch" | "flow" | "at" => choices.pick(&NAMES),
        "mode" => choices.pick(&["sync", "fire_and_forget"]),
        _ if duration("ms") || duration("s") || duration("h") => choices.pick(&DURATIONS),
        _ if text.contains("{{") => choices.pick(&TEMPLATES),
        _ if choices.below(3) == 0 => choices.pick(&TEMPLATES),
        _ => choices.pick(&TEXTS),
    }
}
