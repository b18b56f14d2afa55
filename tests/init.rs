//! The first minutes: a workspace out of nothing that passes at once and overwrites nothing, schemas for an editor,
//! completions for a shell.

#[path = "support/binary.rs"]
mod binary;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

fn flowproof(folder: &Path, args: &[&str]) -> Output {
    binary::command(folder, args)
        .output()
        .expect("the binary runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ends by itself")
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("JSON on standard output")
}

/// An empty folder of its own for one test.
fn folder(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("a folder can be made");
    root
}

/// Every file and folder below, sorted.
fn below(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for item in fs::read_dir(root).expect("a folder") {
        let path = item.expect("an item").path();
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

#[test]
fn a_new_workspace_passes_at_once_and_check_has_nothing_to_say() {
    let root = folder("init-new");
    assert_eq!(code(&flowproof(&root, &["init", "deep/down"])), 0);
    let inside = root.join("deep/down");
    let check = flowproof(&inside, &["check", "--strict", "--format", "json"]);
    assert_eq!(code(&check), 0);
    assert_eq!(json(&check)["diagnostics"], serde_json::json!([]));
    let run = flowproof(&inside, &["run", "--format", "json"]);
    assert_eq!(code(&run), 0);
    let run = json(&run);
    assert_eq!(run["summary"]["passed"], 5);
    assert_eq!(run["summary"]["total"], 5);
    let warned = |scenario: &serde_json::Value| scenario["warnings"] != serde_json::json!([]);
    assert!(
        !run["scenarios"]
            .as_array()
            .expect("scenarios")
            .iter()
            .any(warned)
    );
    let names = run["scenarios"].to_string();
    for shown in ["deny: ", "halt: ", "continue: ", "timeout: "] {
        assert!(names.contains(&format!("\"name\":\"{shown}")), "{shown}");
    }
}

#[test]
fn init_names_what_it_wrote() {
    let root = folder("init-listed");
    let output = flowproof(&root, &["init", "--format", "json"]);
    assert_eq!(code(&output), 0);
    let listed = json(&output);
    assert_eq!(listed["format"], "flowproof.init/1");
    let mut files: Vec<PathBuf> = listed["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| root.join(file.as_str().expect("a path")))
        .collect();
    files.sort();
    let written: Vec<PathBuf> = below(&root)
        .into_iter()
        .filter(|path| path.is_file())
        .collect();
    assert_eq!(files, written);
}

#[test]
fn what_git_leaves_out_is_written_where_there_is_no_such_file() {
    let root = folder("init-git");
    assert_eq!(code(&flowproof(&root, &["init"])), 0);
    let written = fs::read_to_string(root.join(".gitignore")).expect("it is there");
    assert!(written.contains("*.snap.new\n"), "{written}");
    let root = folder("init-git-mine");
    fs::write(root.join(".gitignore"), "mine\n").expect("a file");
    let output = flowproof(&root, &["init"]);
    assert_eq!(code(&output), 0);
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.contains("put `*.snap.new`"), "{said}");
    let kept = fs::read_to_string(root.join(".gitignore")).expect("it is there");
    assert_eq!(kept, "mine\n");
}

#[test]
fn nothing_is_overwritten_and_what_stands_in_the_way_is_named() {
    for (at, part) in [
        "flowproof.yaml",
        "flowproof.yml",
        "fixtures",
        "scenarios",
        "snapshots",
    ]
    .into_iter()
    .enumerate()
    {
        let root = folder(&format!("init-standing-{at}"));
        fs::write(root.join(part), "mine").expect("a file");
        fs::write(root.join("README.md"), "mine").expect("a file");
        let before = below(&root);
        let output = flowproof(&root, &["init"]);
        assert_eq!(code(&output), 2, "{part}");
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(said.contains(part), "{said}");
        assert_eq!(below(&root), before, "{part}");
        assert_eq!(fs::read(root.join(part)).expect("the file"), b"mine");
    }
    let root = folder("init-beside");
    fs::write(root.join("README.md"), "mine").expect("a file");
    assert_eq!(code(&flowproof(&root, &["init", "README.md"])), 2);
    assert_eq!(code(&flowproof(&root, &["init"])), 0);
    assert_eq!(fs::read(root.join("README.md")).expect("the file"), b"mine");
}

#[test]
fn a_folder_that_cannot_be_made_is_no_wrong_usage() {
    let root = folder("init-blocked");
    fs::write(root.join("file"), "mine").expect("a file");
    assert_eq!(code(&flowproof(&root, &["init", "file/below"])), 4);
    assert_eq!(below(&root), [root.join("file")]);
}

#[test]
fn schemas_and_completions_go_to_standard_output_or_a_file() {
    let root = folder("init-schema");
    let flow = flowproof(&root, &["schema", "flow"]);
    assert_eq!(code(&flow), 0);
    assert!(flow.stderr.is_empty());
    let all = flowproof(&root, &["schema"]);
    assert_eq!(json(&all)["flow"], json(&flow));
    let written = flowproof(&root, &["schema", "flow", "--output", "flow.json"]);
    assert_eq!(code(&written), 0);
    assert!(written.stdout.is_empty());
    assert_eq!(
        fs::read(root.join("flow.json")).expect("the file"),
        flow.stdout
    );
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = flowproof(&root, &["completions", shell]);
        assert_eq!(code(&output), 0, "{shell}");
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("completions"),
            "{shell}"
        );
    }
    assert_eq!(code(&flowproof(&root, &["schema", "flew"])), 2);
    assert_eq!(code(&flowproof(&root, &["completions", "ash"])), 2);
}
