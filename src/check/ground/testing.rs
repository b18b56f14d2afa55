//! Workspaces for tests, written as one text: flows and actions as documents of one file, so that a row is one
//! string and a place is one line. An action's source stands in its `js:`.

use super::subject::Subject;
use crate::action::{Action, ConfigSchema, Script, Trigger};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Node, duration_ms, parse_documents};
use crate::flow::{Flow, decode_flow};
use crate::profile::Profile;
use crate::text::SourceFile;
use crate::value::Text;
use std::sync::Arc;

/// The flows and actions of a text.
pub fn workspace(text: &str) -> (Vec<Arc<Flow>>, Vec<Arc<Action>>) {
    let file = SourceFile::new("w.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let (mut flows, mut actions) = (Vec::new(), Vec::new());
    for node in parse_documents(&file, &mut diagnostics) {
        if node.get("action").is_some() {
            actions.push(Arc::new(action(&node)));
        } else if let Some(decoded) = decode_flow(&node, &mut diagnostics) {
            flows.push(Arc::new(decoded.flow));
        }
    }
    let broken: Vec<_> = diagnostics.iter().map(|d| (d.code, &d.title)).collect();
    assert!(!diagnostics.has_errors(), "{broken:?}\n{text}");
    (flows, actions)
}

fn action(node: &Node) -> Action {
    let text = |key: &str| node.get(key).and_then(Node::as_text).cloned();
    let slug = text("action").unwrap_or_default();
    let source = text("js").unwrap_or_else(|| "export function execute() {}".into());
    let script = Script::compile(&SourceFile::new(format!("{slug}.js"), &*source));
    let triggers = node
        .get("triggers")
        .and_then(Node::as_list)
        .unwrap_or_default();
    Action {
        slug,
        name: None,
        version: None,
        enabled: text("enabled").is_none(),
        triggers: triggers
            .iter()
            .filter_map(Node::as_text)
            .map(trigger)
            .collect(),
        timeout_ms: text("timeout").and_then(|text| duration_ms(&text)),
        config_schema: node
            .get("config_schema")
            .map(|schema| ConfigSchema::parse(&schema.to_value()).expect("schema")),
        secrets: Vec::new(),
        script: script.expect("source"),
        span: node.head(),
    }
}

fn trigger(text: &Text) -> Trigger {
    let (flow, stage) = match text.split_once('.') {
        Some((flow, stage)) => (flow, Some(stage.into())),
        None => (&**text, None),
    };
    Trigger {
        flow: flow.into(),
        stage,
    }
}

/// A diagnostic as rows write it: `code severity line title | fix`, with the file where it is not the text itself.
pub fn line(diagnostic: &Diagnostic) -> String {
    let line = diagnostic.span.as_ref().map_or(0, crate::text::Span::line);
    let file = match diagnostic.path() {
        "w.yaml" => String::new(),
        other => format!("{other}:"),
    };
    format!(
        "{} {} {file}{line} {} | {}",
        diagnostic.code,
        diagnostic.severity.name(),
        diagnostic.title,
        diagnostic.fix.as_deref().unwrap_or("")
    )
}

/// What all rules say about a text, under a profile.
pub fn said_under(profile: &Profile, text: &str) -> Vec<String> {
    let (flows, actions) = workspace(text);
    let subject = Subject::new(&flows, &actions, profile);
    crate::check::judge(&subject).iter().map(line).collect()
}

/// A rule under test: only diagnostics with one of these codes are looked at.
pub fn check(codes: &[&str], rows: &[(&str, &[&str])]) {
    check_under(&Profile::default(), codes, rows);
}

/// The same under a profile. Each expected row holds words that stand in the diagnostic, parted by ` … `.
pub fn check_under(profile: &Profile, codes: &[&str], rows: &[(&str, &[&str])]) {
    let mut departures = Vec::new();
    for (text, expected) in rows {
        let mut said = said_under(profile, text);
        said.retain(|line| {
            codes
                .iter()
                .any(|code| line.starts_with(&format!("{code} ")))
        });
        let right = said.len() == expected.len()
            && said.iter().zip(*expected).all(|(line, words)| {
                let mut rest = line.as_str();
                words.split(" … ").enumerate().all(|(at, word)| {
                    let found = rest.find(word).filter(|found| at > 0 || *found == 0);
                    found.is_some_and(|found| {
                        rest = &rest[found + word.len()..];
                        true
                    })
                })
            });
        if !right {
            departures.push(format!(
                "{text}\n  expected {expected:#?}\n  said {said:#?}"
            ));
        }
    }
    assert!(departures.is_empty(), "{}", departures.join("\n\n"));
}

/// A `login` of one stage `Pre-Login`; its blocks start in line 6.
pub fn login(blocks: &str) -> String {
    format!("flow: login\nkind: system\n{}", stage(blocks))
}

/// A published custom flow `gate` of one stage; its blocks start in line 6.
pub fn gate(blocks: &str) -> String {
    format!("flow: gate\nstatus: published\n{}", stage(blocks))
}

fn stage(blocks: &str) -> String {
    let lines: String = blocks
        .lines()
        .map(|line| format!("      {line}\n"))
        .collect();
    format!("stages:\n  - stage: Pre-Login\n    blocks:\n{lines}")
}
