//! Snapshots as a user meets them: what `run` leaves, what a change shows, what `accept` does, what is never lost, and
//! that insta reads and writes the same files.

#[path = "../support/binary.rs"]
mod binary;
#[path = "../support/said.rs"]
mod said;
mod expect;
mod hard;
#[path = "../support/mod.rs"]
mod support;

use said::said;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SCENARIO: &str = "\
scenario: a calm sign-in
description: nothing is wrong
flow: login
identity: ada
answers: { mfa: right }
webhooks: [{ use: [shared] }]
snapshot: true
";

const ACCEPTED: &str = "snapshots/calm/a-calm-sign-in.snap";
const PENDING: &str = "snapshots/calm/a-calm-sign-in.snap.new";

fn workspace(name: &str) -> PathBuf {
    support::workspace(name, &[("scenarios/calm.yaml", SCENARIO)])
}

fn start(folder: &Path, args: &[&str]) -> Command {
    binary::command(folder, args)
}

fn accepted(name: &str) -> PathBuf {
    let root = workspace(name);
    assert_eq!(said(&root, &["run"]).0, 0);
    assert_eq!(said(&root, &["accept"]).0, 0);
    root
}

fn edit(root: &Path, file: &str, from: &str, to: &str) {
    let path = root.join(file);
    let text = fs::read_to_string(&path).expect("it is there");
    assert!(text.contains(from), "{file} holds {from}");
    fs::write(path, text.replacen(from, to, 1)).expect("it can be written");
}

#[test]
fn the_first_run_says_how_many_are_pending_and_what_to_type() {
    let root = workspace("snap-first");
    let (code, out, _) = said(&root, &["run"]);
    assert_eq!(code, 0);
    assert!(out.contains("pending: 1 snapshot is new"), "{out}");
    assert!(out.contains("flowproof accept --review"), "{out}");
    assert!(root.join(PENDING).is_file() && !root.join(ACCEPTED).exists());
    let (code, out, _) = said(&root, &["accept"]);
    assert_eq!((code, out.contains(ACCEPTED)), (0, true), "{out}");
    assert!(root.join(ACCEPTED).is_file() && !root.join(PENDING).exists());
    let (code, out, _) = said(&root, &["run"]);
    assert_eq!((code, out.contains("pending")), (0, false), "{out}");
    let (code, out, _) = said(&root, &["accept"]);
    assert_eq!((code, out.as_str()), (0, "nothing is pending\n"));
}

#[test]
fn a_change_is_told_with_its_consequences_and_the_command_that_accepts_it() {
    let root = accepted("snap-change");
    edit(
        &root,
        "scenarios/calm.yaml",
        "snapshot: true",
        "snapshot: true\nfaults: [{ at: fraud/signal, error: down }]",
    );
    let (code, out, _) = said(&root, &["run"]);
    assert_eq!(code, 1);
    for part in [
        "`fraud/signal` now fails: injected: \"down\"",
        "`fraud` failed",
        "ending allowed → failed",
        "- ended: allowed after",
        "+ ended: failed after",
        "accept it: flowproof accept scenarios/calm.yaml:1",
    ] {
        assert!(out.contains(part), "{part} in\n{out}");
    }
    assert!(root.join(PENDING).is_file());
    let before = fs::read_to_string(root.join(ACCEPTED)).expect("it is there");
    assert_eq!(said(&root, &["accept", "--reject"]).0, 0);
    assert!(!root.join(PENDING).exists());
    assert_eq!(
        fs::read_to_string(root.join(ACCEPTED)).expect("it is there"),
        before
    );
    // settled again: what is pending goes by itself
    said(&root, &["run"]);
    edit(
        &root,
        "scenarios/calm.yaml",
        "\nfaults: [{ at: fraud/signal, error: down }]",
        "",
    );
    assert_eq!(said(&root, &["run"]).0, 0);
    assert!(!root.join(PENDING).exists());
}

#[test]
fn the_results_name_the_snapshot_as_an_expectation() {
    let root = accepted("snap-json");
    edit(&root, "scenarios/calm.yaml", "mfa: right", "mfa: wrong");
    let (code, out, _) = said(&root, &["run", "--ci", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&out).expect("json");
    let failure = &document["scenarios"][0]["failures"][0];
    assert_eq!(
        (code, failure["expectation"].as_str()),
        (1, Some("snapshot"))
    );
    assert!(
        failure["message"]
            .as_str()
            .is_some_and(|message| message.starts_with("`mfa`")),
        "{failure}"
    );
}

#[test]
fn a_review_takes_the_keys_of_cargo_insta() {
    for (keys, kept, left) in [
        ("a\n", true, false),
        ("r\n", false, false),
        ("s\n", false, true),
        ("i\nd\nA\n", true, false),
        ("q\n", false, true),
        ("", false, true),
    ] {
        let root = workspace("snap-review");
        said(&root, &["run"]);
        let mut child = start(&root, &["accept", "--review"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        std::io::Write::write_all(&mut stdin, keys.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        let page = String::from_utf8(output.stdout).expect("text");
        assert!(
            page.contains("a calm sign-in") && page.contains("about     nothing is wrong"),
            "{page}"
        );
        assert!(page.contains("stage Pre-Login"), "{page}");
        assert_eq!(
            (root.join(ACCEPTED).exists(), root.join(PENDING).exists()),
            (kept, left),
            "{keys:?}"
        );
    }
}

#[test]
fn a_snapshot_without_a_scenario_is_reported_and_pruned_and_a_rename_is_recognised() {
    let root = accepted("snap-orphan");
    edit(
        &root,
        "scenarios/calm.yaml",
        "a calm sign-in",
        "a quiet sign-in",
    );
    let (code, out, err) = said(&root, &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        err.contains("orphan_snapshot") && err.contains("it was that of `a calm sign-in`"),
        "{err}"
    );
    assert!(err.contains("`flowproof accept` renames it"), "{err}");
    let (_, out, _) = said(&root, &["accept"]);
    assert!(
        out.contains(
            "renamed  snapshots/calm/a-calm-sign-in.snap → snapshots/calm/a-quiet-sign-in.snap"
        ),
        "{out}"
    );
    assert!(!root.join(ACCEPTED).exists());
    edit(
        &root,
        "scenarios/calm.yaml",
        "a quiet sign-in",
        "a loud sign-in",
    );
    edit(&root, "scenarios/calm.yaml", "mfa: right", "mfa: wrong");
    fs::write(
        root.join("snapshots/other.snap"),
        "---\nsource: other\n---\nnot a trace\n",
    )
    .expect("written");
    assert!(
        said(&root, &["run"])
            .2
            .contains("`flowproof accept --prune`")
    );
    let (code, out, _) = said(&root, &["accept", "--prune"]);
    assert_eq!(
        (code, out.as_str()),
        (
            0,
            "removed  snapshots/calm/a-quiet-sign-in.snap\n1 snapshot\n"
        )
    );
    assert!(
        root.join("snapshots/other.snap").exists(),
        "what another tool keeps stays"
    );
    assert!(root.join("snapshots/calm/a-loud-sign-in.snap.new").exists());
}

#[test]
fn insta_reads_and_writes_the_same_files() {
    let root = workspace("snap-insta");
    edit(
        &root,
        "scenarios/calm.yaml",
        "a calm sign-in",
        "\"a: calm [sign-in] # 1\"",
    );
    said(&root, &["run"]);
    let pending = root.join("snapshots/calm/a-calm-sign-in-1.snap.new");
    let by_insta = root.join("by-insta.snap");
    let snapshot = insta::Snapshot::from_file(&pending).expect("insta reads it");
    assert_eq!(
        snapshot.metadata().description(),
        Some("a: calm [sign-in] # 1")
    );
    snapshot.save(&by_insta).expect("insta writes it");
    assert_eq!(said(&root, &["accept"]).0, 0);
    let ours =
        fs::read_to_string(root.join("snapshots/calm/a-calm-sign-in-1.snap")).expect("it is there");
    assert_eq!(fs::read_to_string(by_insta).expect("it is there"), ours);
}
