//! What an actual run gives: expectations written into a scenario, and one run beside another.

use super::{SCENARIO, edit, said, support, workspace};
use std::fs;

#[test]
fn expectations_are_written_out_of_a_run() {
    let root = workspace("snap-expect");
    edit(
        &root,
        "scenarios/calm.yaml",
        "snapshot: true",
        "snapshot: true   # all of it",
    );
    let (code, out, err) = said(&root, &["accept", "--expect", "calm"]);
    assert_eq!(code, 0, "{out}{err}");
    let text = fs::read_to_string(root.join("scenarios/calm.yaml")).expect("it is there");
    let before = SCENARIO.replace("snapshot: true", "snapshot: true   # all of it");
    let expect = text.strip_prefix(&before).expect("what was there stays");
    assert!(
        expect.starts_with(
            "expect:\n  ending: allowed\n  terminal: issue-session\n  user_sees: success\n  path: ["
        ),
        "{expect}"
    );
    assert_eq!(said(&root, &["run"]).0, 0);
    edit(&root, "scenarios/calm.yaml", "mfa: right", "mfa: abandon");
    assert_eq!(said(&root, &["run"]).0, 1);
    assert_eq!(
        said(&root, &["accept", "--expect", "scenarios/calm.yaml:1"]).0,
        0
    );
    let text = fs::read_to_string(root.join("scenarios/calm.yaml")).expect("it is there");
    assert!(
        text.contains("ending: suspended\n  terminal: null\n  user_sees: { prompt: mfa }\n"),
        "{text}"
    );
    assert_eq!(said(&root, &["run"]).0, 0);
    assert_eq!(said(&root, &["accept", "--expect", "nobody"]).0, 5);
}

#[test]
fn a_byte_order_mark_stays_and_the_document_says_what_was_done() {
    let marked = format!("\u{feff}{SCENARIO}");
    let root = support::workspace("snap-expect-bom", &[("scenarios/calm.yaml", &marked)]);
    let args = ["accept", "--expect", "calm", "--format", "json"];
    for changed in [true, false] {
        let (code, out, err) = said(&root, &args);
        assert_eq!(code, 0, "{err}");
        let document: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!(document["format"], "flowproof.expect/1");
        assert_eq!(document["file"], "scenarios/calm.yaml");
        assert_eq!(document["changed"], changed);
        assert_eq!(document["expects"][0], "ending");
    }
    let text = fs::read_to_string(root.join("scenarios/calm.yaml")).expect("it is there");
    let after = text.strip_prefix(&marked).expect("what was there stays");
    assert!(after.starts_with("expect:\n  ending: allowed\n"), "{after}");
}

#[test]
fn what_another_run_does_differently_is_told() {
    let other = format!(
        "{SCENARIO}---\n{}",
        SCENARIO
            .replace("a calm", "a doubtful")
            .replace("mfa: right", "mfa: abandon")
    );
    let root = support::workspace("snap-trace", &[("scenarios/calm.yaml", &other)]);
    let (code, out, err) = said(&root, &["trace", "calm", "doubtful"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("`mfa` now waits for an answer"), "{out}");
    assert!(out.contains("`issue-session` not reached"), "{out}");
    said(
        &root,
        &[
            "run",
            "--snapshots",
            "off",
            "--format",
            "json",
            "--output",
            "a.json",
        ],
    );
    edit(&root, "scenarios/calm.yaml", "mfa: right", "mfa: wrong");
    said(
        &root,
        &[
            "run",
            "--snapshots",
            "off",
            "--format",
            "json",
            "--output",
            "b.json",
        ],
    );
    let (code, out, err) = said(&root, &["trace", "a.json", "b.json"]);
    assert_eq!(
        (code, out.contains("1 of 2 scenarios differ")),
        (0, true),
        "{out}{err}"
    );
    let (_, out, _) = said(&root, &["trace", "a.json", "a.json"]);
    assert_eq!(out, "0 of 2 scenarios differ\n");
    assert_eq!(said(&root, &["trace", "a.json", "calm"]).0, 2);
    fs::write(root.join("c.json"), "{}").expect("written");
    assert_eq!(said(&root, &["trace", "a.json", "c.json"]).0, 3);
}
