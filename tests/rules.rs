//! Every rule of the semantics has a scenario that names it, and no scenario names a rule that does not exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Codes written as `ORD-5` in a text.
fn codes(text: &str) -> BTreeSet<String> {
    let families = [
        "ORD", "ST", "ERR", "DENY", "ACT", "NEST", "BUD", "AUD", "DET",
    ];
    let mut found = BTreeSet::new();
    for family in families {
        for (at, _) in text.match_indices(&format!("{family}-")) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(char::is_alphanumeric) {
                continue;
            }
            let digits: String = text[at + family.len() + 1..]
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            if !digits.is_empty() {
                found.insert(format!("{family}-{digits}"));
            }
        }
    }
    found
}

/// The codes that the semantics define: those in bold.
fn defined() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("docs/semantics.md")).expect("the semantics");
    let bold = text
        .split("**")
        .skip(1)
        .step_by(2)
        .collect::<Vec<_>>()
        .join(" ");
    codes(&bold)
}

fn scenario_texts(folder: &Path, texts: &mut Vec<(PathBuf, String)>) {
    for item in fs::read_dir(folder).expect("scenarios can be read") {
        let path = item.expect("an item of scenarios").path();
        if path.is_dir() {
            scenario_texts(&path, texts);
        } else {
            let text = fs::read_to_string(&path).expect("scenarios are text");
            texts.push((path, text));
        }
    }
}

#[test]
fn every_rule_has_a_scenario() {
    let mut texts = Vec::new();
    scenario_texts(&root().join("scenarios"), &mut texts);
    let mut named = BTreeSet::new();
    for (_, text) in &texts {
        for line in text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
        {
            named.extend(codes(line));
        }
    }
    let defined = defined();
    assert!(
        defined.len() > 50,
        "the semantics define rules: {defined:?}"
    );
    let missing: Vec<_> = defined.difference(&named).collect();
    assert!(missing.is_empty(), "rules without a scenario: {missing:?}");
    let invented: Vec<_> = named.difference(&defined).collect();
    assert!(
        invented.is_empty(),
        "scenarios name rules that do not exist: {invented:?}"
    );
}
