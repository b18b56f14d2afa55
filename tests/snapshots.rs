//! Snapshots as a user meets them: what `run` leaves, what a change shows, what `accept` does, what is never lost, and
//! that insta reads and writes the same files.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

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
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowproof"));
    command
        .args(args)
        .current_dir(folder)
        .env_remove("CI")
        .env_remove("NO_COLOR");
    command
}

fn flowproof(folder: &Path, args: &[&str]) -> Output {
    start(folder, args).output().expect("the binary runs")
}

/// Exit code, standard output, standard error.
fn said(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let output = flowproof(folder, args);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (
        output.status.code().expect("it ends by itself"),
        text(output.stdout),
        text(output.stderr),
    )
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
fn in_ci_nothing_is_written_and_a_missing_one_fails() {
    let root = workspace("snap-ci");
    for args in [
        &["run", "--ci"][..],
        &["run", "--snapshots", "check"],
        &["run", "--ci", "--snapshots", "new"],
    ] {
        let (code, out, _) = said(&root, args);
        assert_eq!(code, 1, "{out}");
        assert!(!root.join("snapshots").exists(), "{args:?}");
    }
    let output = start(&root, &["run"])
        .env("CI", "true")
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(!root.join("snapshots").exists());
    let (code, ..) = said(&root, &["run", "--ci", "--snapshots", "off"]);
    assert_eq!(code, 0);
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
        err.contains("orphan_snapshot") && err.contains("none is called `a calm sign-in` any more"),
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
fn damaged_snapshots_get_a_clear_message_and_lose_nothing() {
    let root = accepted("snap-damage");
    let sound = fs::read_to_string(root.join(ACCEPTED)).expect("it is there");
    for (damaged, message) in [
        (sound[..sound.len() / 2].to_owned(), "it is cut off"),
        (
            sound.replace("format: 1", "format: 7"),
            "it is written in format 7",
        ),
        (String::new(), "it has no header"),
        (
            sound.replace("flow: login", "<<<<<<< HEAD"),
            "markers of a merge conflict",
        ),
    ] {
        fs::write(root.join(ACCEPTED), &damaged).expect("written");
        let (code, out, _) = said(&root, &["run"]);
        assert_eq!(
            (code, out.contains(message)),
            (1, true),
            "{message} in\n{out}"
        );
        assert_eq!(
            fs::read_to_string(root.join(ACCEPTED)).expect("it is there"),
            damaged
        );
        assert_eq!(said(&root, &["accept"]).0, 0);
        assert_eq!(
            fs::read_to_string(root.join(ACCEPTED)).expect("it is there"),
            sound
        );
    }
    edit(&root, "scenarios/calm.yaml", "mfa: right", "mfa: wrong");
    said(&root, &["run"]);
    let pending = fs::read_to_string(root.join(PENDING)).expect("it is there");
    fs::write(root.join(PENDING), &pending[..pending.len() / 2]).expect("written");
    let (code, _, err) = said(&root, &["accept"]);
    assert_eq!(
        (code, err.contains("cannot be accepted: it is cut off")),
        (4, true),
        "{err}"
    );
    assert_eq!(
        fs::read_to_string(root.join(ACCEPTED)).expect("it is there"),
        sound
    );
}

#[test]
fn where_nothing_can_be_written_the_harness_says_so() {
    let root = workspace("snap-full");
    fs::create_dir_all(root.join(PENDING).join("a folder in the place of the file")).expect("made");
    let (code, out, err) = said(&root, &["run"]);
    assert_eq!(
        (code, err.contains(".snap.new cannot be written: ")),
        (4, true),
        "{err}"
    );
    assert!(
        out.contains("1 passed"),
        "what was found is shown all the same: {out}"
    );
    let root = workspace("snap-no-folder");
    fs::write(root.join("snapshots"), "a file in the place of the folder").expect("written");
    let (code, _, err) = said(&root, &["run"]);
    assert_eq!(
        (code, err.contains("snapshots cannot be read")),
        (1, true),
        "{err}"
    );
}

#[test]
fn the_same_bytes_come_out_at_any_number_of_jobs() {
    let root = workspace("snap-jobs");
    let many: String = (0..40)
        .map(|number| {
            format!(
                "{}---\n",
                SCENARIO.replace("a calm", &format!("{number} calm"))
            )
        })
        .collect();
    fs::write(
        root.join("scenarios/calm.yaml"),
        many.trim_end_matches("---\n"),
    )
    .expect("written");
    let all = |jobs: &str| {
        fs::remove_dir_all(root.join("snapshots")).ok();
        assert_eq!(said(&root, &["run", "--jobs", jobs]).0, 0);
        let mut files: Vec<(PathBuf, String)> = fs::read_dir(root.join("snapshots/calm"))
            .expect("a folder")
            .map(|item| item.expect("an item").path())
            .map(|path| (path.clone(), fs::read_to_string(path).expect("text")))
            .collect();
        files.sort();
        files
    };
    let one = all("1");
    assert_eq!((one.len(), one == all("8")), (40, true));
}

#[test]
fn a_process_that_is_killed_leaves_whole_files() {
    let root = workspace("snap-kill");
    let many: String = (0..300)
        .map(|number| {
            format!(
                "{}---\n",
                SCENARIO.replace("a calm", &format!("{number} calm"))
            )
        })
        .collect();
    fs::write(
        root.join("scenarios/calm.yaml"),
        many.trim_end_matches("---\n"),
    )
    .expect("written");
    said(&root, &["run"]);
    let mut child = start(&root, &["accept"])
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let folder = root.join("snapshots/calm");
    let accepted = || {
        let names = fs::read_dir(&folder)
            .expect("a folder")
            .map(|item| item.expect("an item").path());
        names
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "snap")
            })
            .collect::<Vec<_>>()
    };
    while accepted().is_empty() && child.try_wait().expect("a child").is_none() {}
    child.kill().ok();
    child.wait().expect("it ends");
    for path in accepted() {
        let text = fs::read_to_string(&path).expect("text");
        assert!(
            text.starts_with("---\nsource: ") && text.ends_with("user sees success\n"),
            "{path:?}"
        );
    }
    assert_eq!(said(&root, &["accept"]).0, 0);
    assert_eq!(
        (accepted().len(), said(&root, &["run", "--ci"]).0),
        (300, 0)
    );
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
