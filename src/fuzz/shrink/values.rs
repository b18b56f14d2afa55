//! Simpler values in the place of others: the kinds of blocks, conditions, durations, numbers, texts.

use super::Shrinker;
use super::parts::last_name;
use super::place::{self, get, get_mut};
use crate::document::duration_ms;
use serde_json::{Value, json};

/// Names, which say nothing that could be simpler.
const NAMES: [&str; 12] = [
    "block", "flow", "stage", "slug", "kind", "status", "scenario", "at", "branch", "mock", "mode",
    "on_error",
];

impl Shrinker<'_> {
    /// Every block, container and value of a document by the first simpler one that shows the same.
    pub(super) fn simplify(&mut self, document: usize) {
        self.replace(document, place::blocks, |_, block| simpler_blocks(block));
        self.replace(document, place::containers, |_, value| unwrapped(value));
        self.replace(document, place::leaves, simpler);
    }

    fn replace(
        &mut self,
        document: usize,
        places: fn(&Value) -> Vec<place::Place>,
        candidates: fn(&str, &Value) -> Vec<Value>,
    ) {
        self.each(document, places, |shrinker, place| {
            let Some(value) = get(shrinker.document(document), place) else {
                return;
            };
            let name = last_name(place).unwrap_or_default();
            for candidate in candidates(name, value) {
                let put = |document: &mut Value| {
                    if let Some(value) = get_mut(document, place) {
                        *value = candidate;
                    }
                };
                if shrinker.attempt_with(document, put) {
                    return;
                }
            }
        });
    }

    /// `login` is the flow that everybody knows.
    pub(super) fn rename_flow(&mut self) {
        let Some(slug) = self.best.flows.first().map(|flow| flow["flow"].clone()) else {
            return;
        };
        if slug != "login" && self.best.scenario["flow"] == slug {
            let mut case = self.best.clone();
            case.scenario["flow"] = json!("login");
            case.flows[0]["flow"] = json!("login");
            self.attempt(case);
        }
    }
}

/// A block of a simpler kind with the same slug; simplest first.
fn simpler_blocks(block: &Value) -> Vec<Value> {
    let simple = [
        ("allow", json!({})),
        ("delay", json!({ "ms": 1 })),
        ("delay", json!({ "ms": 100 })),
        ("deny", json!({ "reason": "no" })),
        ("run_custom_action", json!({ "action": "set" })),
        ("run_custom_action", json!({ "action": "throw" })),
    ];
    let kind = block["block"].as_str().unwrap_or_default();
    let rank = simple.iter().position(|(known, _)| *known == kind);
    let simpler = simple.iter().take(rank.unwrap_or(simple.len()));
    let mut blocks = Vec::new();
    for (kind, config) in simpler {
        let mut simpler = json!({ "block": kind, "slug": block["slug"] });
        let action = *kind == "run_custom_action";
        for key in ["on_error", "mode"].into_iter().filter(|_| action) {
            if let Some(value) = block.get(key) {
                simpler[key] = value.clone();
            }
        }
        if config.as_object().is_some_and(|config| !config.is_empty()) {
            simpler["config"] = config.clone();
        }
        blocks.push(simpler);
    }
    blocks
}

/// The one item of a list, or what a map says at length.
fn unwrapped(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) if items.len() == 1 => items.clone(),
        Value::Object(map) => {
            let short = ["value", "preset"].iter().find_map(|key| map.get(*key));
            short.cloned().into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Simpler values of the same kind, simplest first.
fn simpler(name: &str, value: &Value) -> Vec<Value> {
    match value {
        Value::Number(number) => {
            let below = |simple: &u64| number.as_f64().is_some_and(|own| own > *simple as f64);
            let simple = [0, 1, 10, 100, 1_000].into_iter().filter(below);
            simple.map(Value::from).collect()
        }
        Value::String(text) if !NAMES.contains(&name) => {
            let texts = simpler_texts(name, text);
            texts
                .into_iter()
                .filter(|simpler| simpler != text)
                .map(Value::from)
                .collect()
        }
        Value::Null | Value::Bool(_) | Value::String(_) => Vec::new(),
        Value::Array(_) | Value::Object(_) => Vec::new(),
    }
}

fn simpler_texts(name: &str, text: &str) -> Vec<String> {
    let all = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    if let Some(ms) = duration_ms(text) {
        let simple = [(1, "1ms"), (10, "10ms"), (100, "100ms"), (1_000, "1s")];
        let below = simple.iter().filter(|(simple, _)| *simple < ms);
        return below.map(|(_, text)| (*text).to_owned()).collect();
    }
    match name {
        "when" if ["true", "false"].contains(&text) => Vec::new(),
        "when" => {
            let mut simpler: Vec<String> = all(&["true", "false"]);
            let parts = text.split("||").flat_map(|part| part.split("&&"));
            simpler.extend(parts.map(|part| part.trim().to_owned()));
            simpler
        }
        "identity" => all(&["alice"]),
        "action" => all(&["set"]),
        _ if text.contains("{{") => all(&["x", "{{ event.user.email }}"]),
        _ if text.starts_with("https:") => Vec::new(),
        _ => Vec::new(),
    }
}
