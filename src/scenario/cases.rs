//! Cases: the keys of a case laid over those of its scenario, before either is decoded, so that places stay exact.
//! Maps merge key by key, lists and scalars are replaced, null removes an inherited key, `expect` is replaced whole.

use crate::document::{Data, Entry, Node};

/// The scenario as one of its cases has it.
pub fn merged(scenario: &Node, case: &Node) -> Node {
    let inherited = scenario.as_map().unwrap_or_default().iter();
    let mut entries: Vec<Entry> = inherited
        .filter(|entry| &*entry.key != "cases")
        .cloned()
        .collect();
    for entry in case.as_map().unwrap_or_default() {
        match &*entry.key {
            "case" | "scenario" | "cases" => {}
            "expect" if !entry.value.is_null() => {
                entries.retain(|known| &*known.key != "expect");
                entries.push(entry.clone());
            }
            _ => lay(&mut entries, entry),
        }
    }
    Node {
        span: scenario.span.clone(),
        style: scenario.style,
        data: Data::Map(entries),
    }
}

fn lay(entries: &mut Vec<Entry>, over: &Entry) {
    let Some(at) = entries.iter().position(|entry| entry.key == over.key) else {
        entries.push(over.clone());
        return;
    };
    if over.value.is_null() {
        entries.remove(at);
        return;
    }
    let under = &mut entries[at];
    match (&mut under.value.data, &over.value.data) {
        (Data::Map(inner), Data::Map(additions)) => {
            for addition in additions {
                lay(inner, addition);
            }
        }
        _ => *under = over.clone(),
    }
}
