//! `flowproof schema`, held against the decoders: of all documents that differ from a good one in one place, a schema
//! accepts those that load, and refuses those that are refused for how they are made.

#[path = "support/documents.rs"]
mod documents;

use documents::{examples, kind_of, repository, validator, workspace_files};
use flowproof::diagnostic::{Diagnostics, Severity};
use flowproof::document::parse_documents;
use flowproof::flow::{CATALOGUE, decode_flow};
use flowproof::mock::decode_mock_set;
use flowproof::scenario::decode_file;
use flowproof::schema::FileKind;
use flowproof::text::SourceFile;
use flowproof::workspace::Workspace;
use serde_json::{Value, json};
use std::fs;

/// Codes of what a schema can see; the others are about names across files, expressions and rising numbers.
const SEEN: &[&str] = &[
    "unknown_key",
    "wrong_type",
    "missing_key",
    "unknown_word",
    "unknown_kind",
    "unsupported_key",
    "conflicting_keys",
    "bad_slug",
    "bad_duration",
    "bad_size",
    "bad_instant",
    "bad_reason",
    "out_of_range",
];

/// A flow for each kind, with a block of it.
fn every_kind() -> Vec<Value> {
    let blocks: Vec<Value> = CATALOGUE
        .iter()
        .map(|info| match info.name {
            "decision" => json!({ "branches": [{ "branch": "b", "default": true, "blocks": null }] }),
            "condition" => json!({ "config": { "when": true }, "then": [], "else": null }),
            "profile_update" | "update_user" => json!({ "config": { "set": { "email": "a@b.c" } } }),
            "social_idp_redirect" => json!({ "config": { "provider": "x" } }),
            "run_custom_action" => json!({ "config": { "action": "x" }, "mode": "sync", "timeout": "1s" }),
            "run_custom_flow" => json!({ "config": { "flow": "x" }, "on_error": "continue" }),
            "call_webhook" => json!({ "config": {
                "url": "https://a.b/", "ok_status": [200, "300-399"], "headers": { "a": 1 }, "fail_on_status": true,
            } }),
            "parallel_webhook" => json!({ "config": { "calls": { "a": { "url": "{{ event.user.id }}", "timeout": "1s" } } } }),
            "notify" => json!({ "config": { "channels": ["email"], "template": "x" } }),
            "send_email" => json!({ "config": { "template": "x" } }),
            "log_event" => json!({ "config": { "type": "x", "data": {} } }),
            "delay" => json!({ "config": { "ms": 1 } }),
            "deny" => json!({ "config": { "reason": "x" } }),
            "risk_evaluate" => json!({ "config": { "weights": { "tor": 1 }, "thresholds": [1, 2, 3] } }),
            "mfa" => json!({ "config": { "factors": ["totp"], "attempts": 1 } }),
            "identity_lookup" => json!({ "config": { "by": "phone", "must_exist": false } }),
            _ => json!({ "config": null }),
        })
        .zip(&CATALOGUE)
        .map(|(mut block, info)| {
            block["block"] = json!(info.name);
            block
        })
        .collect();
    blocks
        .into_iter()
        .map(|block| json!({ "flow": "one", "stages": [{ "stage": "S", "blocks": [block] }] }))
        .collect()
}

/// Every document that differs from this one in one place: a key or item less, a key more, another value.
fn mutants(document: &Value) -> impl Iterator<Item = (String, Value)> {
    let mut pointers = vec![String::new()];
    let mut at = 0;
    while at < pointers.len() {
        let pointer = pointers[at].clone();
        let value = document.pointer(&pointer).expect("a place");
        let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
        match value {
            Value::Object(entries) => {
                pointers.extend(
                    entries
                        .keys()
                        .map(|key| format!("{pointer}/{}", escaped(key))),
                );
            }
            Value::Array(items) => {
                pointers.extend((0..items.len()).map(|at| format!("{pointer}/{at}")))
            }
            _ => {}
        }
        at += 1;
    }
    pointers
        .into_iter()
        .flat_map(|pointer| mutants_at(document, &pointer))
}

fn mutants_at(document: &Value, pointer: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let values = [
        json!(null),
        json!(true),
        json!(false),
        json!(-7),
        json!(0),
        json!(1.5),
        json!(""),
        json!("A b"),
        json!("x"),
        json!("2s"),
        json!([]),
        json!({}),
        json!(["x"]),
        json!({ "x": 1 }),
    ];
    for value in values {
        let mut mutant = document.clone();
        *mutant.pointer_mut(pointer).expect("a place") = value.clone();
        found.push((format!("{pointer} = {value}"), mutant));
    }
    let (above, last) = pointer.rsplit_once('/').unwrap_or(("", ""));
    let mut mutant = document.clone();
    match mutant.pointer_mut(above) {
        Some(Value::Object(entries)) if !pointer.is_empty() => {
            entries.remove(&last.replace("~1", "/").replace("~0", "~"));
            found.push((format!("{pointer} removed"), mutant));
        }
        Some(Value::Array(items)) => {
            items.remove(last.parse().expect("a position"));
            found.push((format!("{pointer} removed"), mutant));
        }
        _ => {}
    }
    for key in [
        "surplus", "default", "on_error", "timeout", "fault", "then", "text", "mode",
    ] {
        let mut mutant = document.clone();
        if let Some(Value::Object(entries)) = mutant.pointer_mut(pointer)
            && !entries.contains_key(key)
        {
            entries.insert(key.into(), json!(true));
            found.push((format!("{pointer} with {key}"), mutant));
        }
    }
    found
}

/// The codes of the errors of a document, found by its decoder.
fn codes(kind: FileKind, document: &Value, workspace: &Workspace) -> Vec<&'static str> {
    let text = document.to_string();
    let mut found = Diagnostics::default();
    let file = SourceFile::new("scenarios/mutant.yaml", text.as_str());
    let node = |found: &mut Diagnostics| parse_documents(&file, found).remove(0);
    match kind {
        FileKind::Flow => {
            decode_flow(&node(&mut found), &mut found);
        }
        FileKind::Mocks => {
            decode_mock_set(&node(&mut found), &workspace.root, &mut found);
        }
        FileKind::Scenario => {
            decode_file(&file, workspace, &mut found);
        }
        FileKind::Action => load("fixtures/actions/a.yaml", &text, &mut found),
        FileKind::Identities => load("fixtures/identities/a.yaml", &text, &mut found),
        FileKind::Settings => load("flowproof.yaml", &text, &mut found),
    }
    let errors = found.iter().filter(|one| one.severity == Severity::Error);
    errors.map(|one| one.code).collect()
}

/// A workspace of this one file, and a source for an action.
fn load(path: &str, text: &str, found: &mut Diagnostics) {
    let name = path.replace('/', "-");
    let root = std::env::temp_dir().join(format!("flowproof-schema-{}-{name}", std::process::id()));
    let file = root.join(path);
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(&file, text).expect("a file");
    for source in ["domain-allowlist.ts", "crm-sync.js"] {
        let source = root.join("fixtures/actions").join(source);
        if path.contains("actions") {
            fs::write(source, "export async function execute() {}").expect("a source");
        }
    }
    Workspace::load(&root, found);
    fs::remove_dir_all(&root).expect("the folder again");
}

/// Both directions, over every mutant of a document.
fn agrees_with_the_decoder(document: &Value, workspace: &Workspace) -> Vec<String> {
    let kind = kind_of(document);
    let validator = validator(kind);
    let mut wrong = Vec::new();
    for (what, mutant) in mutants(document) {
        let codes = codes(kind, &mutant, workspace);
        let accepted = validator.is_valid(&mutant);
        let visible = codes.iter().any(|code| SEEN.contains(code));
        if (codes.is_empty() && !accepted) || (visible && accepted) {
            wrong.push(format!(
                "{}: {what}: {codes:?}, accepted: {accepted}",
                kind.name()
            ));
        }
    }
    wrong
}

#[test]
fn schemas_and_decoders_agree_on_every_mutant() {
    let root = repository().join("templates/init");
    let workspace = Workspace::load(&root, &mut Diagnostics::default());
    let mut documents = every_kind();
    for flow in &documents {
        assert_eq!(codes(FileKind::Flow, flow, &workspace), [""; 0], "{flow}");
    }
    documents.extend(
        workspace_files(&root)
            .into_iter()
            .map(|(_, document)| document),
    );
    documents.extend(examples());
    let wrong: Vec<String> = documents
        .iter()
        .flat_map(|document| agrees_with_the_decoder(document, &workspace))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of them:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
