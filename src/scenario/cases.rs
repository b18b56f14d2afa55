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
            key if entry.value.is_null() => entries.retain(|known| &*known.key != key),
            "expect" => {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::document::parse_document;
    use crate::text::SourceFile;
    use crate::value::to_json_text;

    #[test]
    fn a_case_is_laid_over_its_scenario_key_by_key() {
        for (scenario, case, expected) in [
            ("a: 1", "b: 2", r#"{"a":1,"b":2}"#),
            ("a: 1", "a: 2", r#"{"a":2}"#),
            (
                "a: {b: 1, c: 2}",
                "a: {c: 3, d: 4}",
                r#"{"a":{"b":1,"c":3,"d":4}}"#,
            ),
            ("a: {b: 1, c: 2}", "a: {c: ~}", r#"{"a":{"b":1}}"#),
            ("a: {b: 1}", "a: ~", "{}"),
            ("a: 1", "b: ~", r#"{"a":1}"#),
            ("a: {b: 1}", "a: {c: ~}", r#"{"a":{"b":1,"c":null}}"#),
            ("a: [1, 2]", "a: [3]", r#"{"a":[3]}"#),
            ("a: {b: 1}", "a: 2", r#"{"a":2}"#),
            ("a: 2", "a: {b: 1}", r#"{"a":{"b":1}}"#),
            (
                "expect: {ending: allowed, reason: x}",
                "expect: {reason: ~}",
                r#"{"expect":{"reason":null}}"#,
            ),
            ("expect: {ending: allowed}", "expect: ~", "{}"),
        ] {
            let node = |text: &str| {
                let file = SourceFile::new("a.yaml", text);
                parse_document(&file, &mut Diagnostics::default()).expect(text)
            };
            let merged = merged(&node(scenario), &node(case)).to_value();
            assert_eq!(to_json_text(&merged), expected, "{scenario} under {case}");
        }
    }
}
