//! Parts that may be left out or joined: flows, stages, blocks, branches, keys, items, replies, answers.

use super::place::{self, Key, Place, get, get_mut, splice};
use super::{Shrinker, document_mut};
use crate::document::duration_ms;
use crate::flow::Kind;
use crate::fuzz::Case;
use serde_json::{Value, json};

/// Without these nothing can be read.
const NEEDED: [&str; 7] = [
    "block", "flow", "stages", "stage", "blocks", "scenario", "at",
];

impl Shrinker<'_> {
    pub(super) fn leave_out_flows(&mut self) {
        for flow in (1..self.best.flows.len()).rev() {
            let mut case = self.best.clone();
            case.flows.remove(flow);
            self.attempt(case);
        }
    }

    /// Halves, quarters, … and single entries of every map and list, outer ones first.
    pub(super) fn thin_document(&mut self, document: usize) {
        self.each(document, place::containers, |shrinker, place| {
            let size = |shrinker: &Self| match get(shrinker.document(document), place) {
                Some(Value::Array(items)) => items.len(),
                Some(Value::Object(map)) => map.len(),
                _ => 0,
            };
            let mut part = size(shrinker);
            while part > 0 {
                let mut end = size(shrinker);
                while end > 0 {
                    let start = end.saturating_sub(part);
                    shrinker.leave_out(document, place, start, end);
                    end = start;
                }
                part /= 2;
            }
        });
    }

    /// Leaves out some entries, if need be together with what the scenario says about them.
    fn leave_out(&mut self, document: usize, place: &Place, start: usize, end: usize) {
        let mut case = self.best.clone();
        let Some(container) =
            document_mut(&mut case, document).and_then(|value| get_mut(value, place))
        else {
            return;
        };
        let gone = take(container, start, end);
        if gone.is_empty() || self.attempt(case.clone()) {
            return;
        }
        let mut slugs = Vec::new();
        gone.iter().for_each(|gone| gather_slugs(gone, &mut slugs));
        if !slugs.is_empty() {
            forget(&mut case.scenario, &slugs);
            if !self.attempt(case.clone()) {
                let used_ms = gone.iter().map(|gone| used_ms(gone, &case)).sum();
                self.attempt_in_less(case, used_ms);
            }
        }
    }

    /// Blocks that only use up the budget go together with what they use up of it.
    fn attempt_in_less(&mut self, mut case: Case, used_ms: u64) {
        let budget_ms = case.scenario["profile"]["budget"].as_str();
        let Some(budget_ms) = budget_ms.and_then(duration_ms) else {
            return;
        };
        let rest = budget_ms.saturating_sub(used_ms).max(1);
        for ms in [1, 10, 100, rest].into_iter().filter(|ms| *ms < budget_ms) {
            case.scenario["profile"]["budget"] = json!(format!("{ms}ms"));
            if self.attempt(case.clone()) {
                return;
            }
        }
    }

    /// What the case takes from settings: `outbound_allowlist`, `latency`.
    pub(super) fn thin_settings(&mut self) {
        let mut case = self.best.clone();
        case.allowlist.clear();
        self.attempt(case);
        for at in (0..self.best.allowlist.len()).rev() {
            let mut case = self.best.clone();
            case.allowlist.remove(at);
            self.attempt(case);
        }
        for at in (0..self.best.latency.len()).rev() {
            let mut case = self.best.clone();
            case.latency.remove(at);
            self.attempt(case);
        }
        for at in 0..self.best.latency.len() {
            for ms in [0, 1, 10, 100] {
                let mut case = self.best.clone();
                if ms < case.latency[at].1 {
                    case.latency[at].1 = ms;
                    if self.attempt(case) {
                        break;
                    }
                }
            }
        }
    }

    /// Replaces a decision or condition by the blocks of one of its branches.
    pub(super) fn hoist(&mut self, flow: usize) {
        self.each(flow, place::blocks, |shrinker, place| {
            let block = get(shrinker.document(flow), place);
            for blocks in block.map(branches).unwrap_or_default() {
                if shrinker.attempt_with(flow, |value| splice(value, place, blocks)) {
                    return;
                }
            }
        });
    }

    /// Two stages as one.
    pub(super) fn join_stages(&mut self, flow: usize) {
        let stages = self.document(flow)["stages"].as_array().map_or(0, Vec::len);
        for first in (0..stages.saturating_sub(1)).rev() {
            self.attempt_with(flow, |value| {
                let Some(stages) = value["stages"].as_array_mut() else {
                    return;
                };
                let second = stages.remove(first + 1);
                let more = second["blocks"].as_array().cloned().unwrap_or_default();
                if let Some(blocks) = stages[first]["blocks"].as_array_mut() {
                    blocks.extend(more);
                }
            });
        }
    }

    /// Replaces a `run_custom_flow` block by the blocks of its flow, without the `allow` at its end.
    pub(super) fn inline(&mut self) {
        self.each(0, place::blocks, |shrinker, place| {
            let Some((outer, nested)) = shrinker.embedded(place) else {
                return;
            };
            let mut blocks = Vec::new();
            for stage in nested["stages"].as_array().into_iter().flatten() {
                blocks.extend(stage["blocks"].as_array().cloned().unwrap_or_default());
            }
            if blocks.last().is_some_and(|last| last["block"] == "allow") {
                blocks.pop();
            }
            let mut case = shrinker.best.clone();
            lift(&mut case.scenario, &outer);
            if let Some(system) = case.flows.first_mut() {
                splice(system, place, blocks);
            }
            shrinker.attempt(case);
        });
    }

    /// Runs a custom flow on its own instead of inside its parent.
    pub(super) fn run_alone(&mut self) {
        self.each(0, place::blocks, |shrinker, place| {
            let Some((outer, nested)) = shrinker.embedded(place) else {
                return;
            };
            let mut case = shrinker.best.clone();
            lift(&mut case.scenario, &outer);
            case.scenario["flow"] = nested["flow"].clone();
            case.flows = vec![nested];
            let mut slugs = Vec::new();
            gather_slugs(shrinker.document(0), &mut slugs);
            case.flows.iter().for_each(|flow| {
                let mut own = Vec::new();
                gather_slugs(flow, &mut own);
                slugs.retain(|slug| !own.contains(slug));
            });
            forget(&mut case.scenario, &slugs);
            shrinker.attempt(case);
        });
    }

    /// The slug of a `run_custom_flow` block of the system flow, and the flow that it embeds.
    fn embedded(&self, place: &Place) -> Option<(String, Value)> {
        let block = get(self.document(0), place)?;
        let slug = block.get("config")?.get("flow")?;
        let mut flows = self.best.flows.iter().skip(1);
        let nested = flows.find(|flow| flow.get("flow") == Some(slug))?;
        let outer = block.get("slug")?.as_str()?;
        Some((outer.to_owned(), nested.clone()))
    }
}

/// Takes entries out of a map or list; keys that are needed stay.
fn take(container: &mut Value, start: usize, end: usize) -> Vec<Value> {
    match container {
        Value::Array(items) => items.drain(start..end.min(items.len())).collect(),
        Value::Object(map) => {
            let keys: Vec<String> = map.keys().take(end).skip(start).cloned().collect();
            let free = keys.iter().filter(|key| !NEEDED.contains(&key.as_str()));
            free.filter_map(|key| map.shift_remove(key)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// The lists of blocks of a decision or condition.
fn branches(block: &Value) -> Vec<Vec<Value>> {
    let blocks = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
    let mut found: Vec<Vec<Value>> = Vec::new();
    for branch in block["branches"].as_array().into_iter().flatten() {
        found.extend(blocks(branch.get("blocks")));
    }
    found.extend(
        ["then", "else"]
            .map(|key| blocks(block.get(key)))
            .into_iter()
            .flatten(),
    );
    found
}

/// How much flow time the blocks in there take, as far as the case and the catalogue say.
fn used_ms(value: &Value, case: &Case) -> u64 {
    let ms = |place: &Place| {
        let block = get(value, place)?;
        let kind = block["block"].as_str()?;
        let set = |name: Option<&str>| {
            let mut all = case.latency.iter();
            all.find(|(key, _)| Some(key.as_str()) == name)
                .map(|(_, ms)| *ms)
        };
        let written = block["config"]["ms"].as_u64();
        let usual = || Kind::from_name(kind)?.info().cost_ms;
        written
            .or_else(|| set(block["slug"].as_str()))
            .or_else(|| set(Some(kind)))
            .or_else(usual)
    };
    place::blocks(value).iter().filter_map(ms).sum()
}

fn gather_slugs(value: &Value, slugs: &mut Vec<String>) {
    for place in place::blocks(value) {
        let slug = get(value, &place).and_then(|block| block["slug"].as_str());
        slugs.extend(slug.map(str::to_owned));
    }
}

/// Drops answers, outputs and faults of blocks with these slugs, and of those inside them.
fn forget(scenario: &mut Value, slugs: &[String]) {
    let about = |path: &str| {
        path.split('/')
            .any(|slug| slugs.iter().any(|gone| gone == slug))
    };
    for key in ["answers", "outputs"] {
        if let Some(Value::Object(map)) = scenario.get_mut(key) {
            map.retain(|path, _| !about(path));
        }
    }
    if let Some(Value::Array(faults)) = scenario.get_mut("faults") {
        faults.retain(|fault| !fault["at"].as_str().is_some_and(about));
    }
}

/// Paths below an outer block become paths of their own.
fn lift(scenario: &mut Value, outer: &str) {
    let prefix = format!("{outer}/");
    for key in ["answers", "outputs"] {
        if let Some(Value::Object(map)) = scenario.get_mut(key) {
            map.shift_remove(outer);
            let lifted = std::mem::take(map).into_iter().map(|(path, value)| {
                let own = path.strip_prefix(&prefix).map(str::to_owned);
                (own.unwrap_or(path), value)
            });
            *map = lifted.collect();
        }
    }
    if let Some(Value::Array(faults)) = scenario.get_mut("faults") {
        faults.retain(|fault| fault["at"] != outer);
        for fault in faults {
            let own = fault["at"]
                .as_str()
                .and_then(|path| path.strip_prefix(&prefix));
            if let Some(own) = own.map(str::to_owned) {
                fault["at"] = json!(own);
            }
        }
    }
}

/// The last key of a place, where it is a name.
pub(super) fn last_name(place: &[Key]) -> Option<&str> {
    place.iter().rev().find_map(|key| match key {
        Key::Name(name) => Some(name.as_str()),
        Key::At(_) => None,
    })
}
