//! The last touch: blocks get the names that they would have without a slug, so that a reader sees what is what.

use super::place::{self, get, get_mut};
use super::{Shrinker, document_mut};
use crate::fuzz::Case;
use serde_json::{Map, Value};

impl Shrinker<'_> {
    /// `b3` becomes `call-webhook`, wherever it is named.
    pub(super) fn name_blocks(&mut self) {
        for flow in 0..self.best.flows.len() {
            let mut kinds: Vec<String> = Vec::new();
            self.each(flow, place::blocks, |shrinker, place| {
                let Some(block) = get(shrinker.document(flow), place) else {
                    return;
                };
                let kind = block["block"]
                    .as_str()
                    .unwrap_or_default()
                    .replace('_', "-");
                let slug = block["slug"].as_str().unwrap_or(&kind).to_owned();
                let before = kinds.iter().filter(|known| **known == kind).count();
                let name = match before {
                    0 => kind.clone(),
                    before => format!("{kind}-{}", before + 1),
                };
                kinds.push(kind);
                let mut case = shrinker.best.clone();
                rename(&mut case, flow, &slug, &name);
                let block = document_mut(&mut case, flow).and_then(|flow| get_mut(flow, place));
                if let Some(Value::Object(block)) = block {
                    block.shift_remove("slug");
                }
                shrinker.attempt(case);
            });
        }
    }
}

/// Renames a block of a flow: in its expressions and templates, in paths of the scenario, in `latency`.
fn rename(case: &mut Case, flow: usize, slug: &str, name: &str) {
    let alone = case.flows.get(flow).map(|flow| &flow["flow"]) == Some(&case.scenario["flow"]);
    if let Some(document) = case.flows.get_mut(flow) {
        rename_in_texts(document, slug, name);
    }
    let path = |path: &str| {
        let mut slugs: Vec<&str> = path.split('/').collect();
        let at = if alone { 0 } else { slugs.len() - 1 };
        if slugs[at] == slug && (alone || slugs.len() > 1) {
            slugs[at] = name;
        }
        slugs.join("/")
    };
    for key in ["answers", "outputs"] {
        if let Some(Value::Object(map)) = case.scenario.get_mut(key) {
            let entries = std::mem::take(map).into_iter();
            *map = entries
                .map(|(key, value)| (path(&key), value))
                .collect::<Map<_, _>>();
        }
    }
    if let Some(Value::Array(faults)) = case.scenario.get_mut("faults") {
        for at in faults.iter_mut().filter_map(|fault| fault.get_mut("at")) {
            if let Value::String(text) = at {
                *text = path(text);
            }
        }
    }
    for (key, _) in case.latency.iter_mut().filter(|(key, _)| key == slug) {
        *key = name.to_owned();
    }
}

fn rename_in_texts(value: &mut Value, slug: &str, name: &str) {
    match value {
        Value::String(text) if text.contains(slug) => {
            let own = format!("step.{slug}.");
            *text = text.replace(&own, &format!("step.{name}."));
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| rename_in_texts(item, slug, name)),
        Value::Object(map) => map
            .values_mut()
            .for_each(|item| rename_in_texts(item, slug, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
