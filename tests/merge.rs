//! Shards of a run come to the report of the whole run, byte for byte; what is missing or does not belong together is
//! said.

#[path = "support/binary.rs"]
mod binary;
mod support;

use std::fs;
use std::path::{Path, PathBuf};

const SCENARIOS: &str = "\
scenario: calm
flow: login
identity: ada
webhooks: [{ use: [shared] }]
answers: { mfa: right }
expect: { ending: allowed }
---
scenario: stormy
flow: login
identity: ada
webhooks: [{ mock: high, url: \"https://fraud.example.com/score\", respond: { json: { score: 1 } } }]
expect: { ending: allowed }
---
scenario: in cases
flow: login
identity: ada
webhooks: [{ use: [shared] }]
cases:
  - case: right
    answers: { mfa: right }
    expect: { ending: allowed }
  - case: nobody answers
    answers: { mfa: abandon }
    expect: { ending: suspended }
";

fn said(root: &Path, args: &[&str]) -> (i32, String, String) {
    let output = binary::command(root, args)
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let code = output.status.code().expect("it ends by itself");
    (code, text(output.stdout), text(output.stderr))
}

/// A workspace, the document of the whole run, and those of its shards.
fn sharded(name: &str) -> PathBuf {
    let more = (
        "scenarios/b.yaml",
        &*SCENARIOS.replace("scenario: ", "scenario: b "),
    );
    let root = support::workspace(name, &[("scenarios/a.yaml", SCENARIOS), more]);
    let run = |args: &[&str]| {
        let mut all = vec!["run", "--coverage"];
        all.extend(args);
        assert!(said(&root, &all).0 < 2, "{args:?}");
    };
    run(&["--format", "json", "--output", "whole.json"]);
    run(&["--shard", "1/2", "--format", "json", "--output", "1.json"]);
    run(&["--shard", "2/2", "--format", "jsonl", "--output", "2.jsonl"]);
    root
}

#[test]
fn shards_come_to_the_document_of_the_whole_run() {
    let root = sharded("merge-whole");
    let whole = fs::read_to_string(root.join("whole.json")).expect("a document");
    let (code, merged, _) = said(&root, &["merge", "2.jsonl", "1.json", "--format", "json"]);
    assert_eq!(code, 1);
    assert_eq!(merged, whole);
    for format in ["human", "jsonl", "junit", "tap"] {
        let of_shards = said(&root, &["merge", "2.jsonl", "1.json", "--format", format]);
        let of_one = said(&root, &["merge", "whole.json", "--format", format]);
        assert_eq!(of_shards, of_one, "{format}");
        assert!(of_one.1.contains("stormy"), "{format}");
    }
    let (_, human, _) = said(&root, &["merge", "1.json", "2.jsonl"]);
    for part in [
        "✗ scenarios/a.yaml  3 passed, 1 not",
        "the run ended `denied` instead of `allowed`",
        "scenarios/b.yaml:8:",
        "2 failed, 6 passed of 8 scenarios",
        "coverage\n",
    ] {
        assert!(human.contains(part), "{part}\n{human}");
    }
}

#[test]
fn what_is_missing_or_does_not_belong_together_is_said() {
    let root = sharded("merge-gaps");
    let passing = ["run", "--filter", "calm", "--format", "json", "--output"];
    let parts = [
        (&["--shard", "1/2"][..], "calm1.json"),
        (&["--shard", "1/3"], "other.json"),
    ];
    for (shard, file) in parts {
        let args: Vec<&str> = passing
            .iter()
            .copied()
            .chain([file])
            .chain(shard.iter().copied())
            .collect();
        assert_eq!(said(&root, &args).0, 0);
    }
    let lines = fs::read_to_string(root.join("2.jsonl")).expect("a document");
    let cut = lines
        .rsplit_once("{\"type\":\"summary\"")
        .expect("a summary")
        .0;
    fs::write(root.join("cut.jsonl"), cut).expect("a file");
    fs::write(
        root.join("else.json"),
        "{\"format\": \"flowproof.check/1\"}",
    )
    .expect("a file");
    let broken = SCENARIOS.replace("flow: login", "flow: logn");
    let unloadable = support::workspace("merge-unloadable", &[("scenarios/a.yaml", &broken)]);
    let (code, document, _) = said(&unloadable, &["run", "--format", "json"]);
    assert_eq!(code, 3);
    fs::write(root.join("unloadable.json"), document).expect("a file");
    for (files, expected, why) in [
        (&["2.jsonl"][..], 1, "shard 1/2 is missing"),
        (&["calm1.json"], 4, "shard 2/2 is missing"),
        (
            &["calm1.json", "other.json"],
            2,
            "merge the shards of one run",
        ),
        (
            &["1.json", "whole.json"],
            2,
            "stands in 1.json and in whole.json",
        ),
        (&["none.json"], 2, "none.json does not exist"),
        (&["flowproof.yaml"], 3, "flowproof.yaml: it is not JSON"),
        (&["else.json"], 3, "`format` is not `flowproof.run/1`"),
        (&["cut.jsonl"], 3, "the run did not come to its end"),
        (
            &["unloadable.json"],
            4,
            "nothing ran in unloadable.json: scenarios/a.yaml:2: there is no flow `logn`",
        ),
        (&[], 2, "required"),
    ] {
        let args: Vec<&str> = ["merge"].into_iter().chain(files.iter().copied()).collect();
        let (code, _, err) = said(&root, &args);
        assert_eq!(code, expected, "{files:?} {err}");
        assert!(err.contains(why), "{files:?} {err}");
    }
    let (_, tap, _) = said(&root, &["merge", "calm1.json", "--format", "tap"]);
    assert!(tap.contains("1..1\nok 1 - calm\n"), "{tap}");
    assert!(
        tap.ends_with("Bail out! 1 error, the first: shard 2/2 is missing\n"),
        "{tap}"
    );
}

#[test]
fn the_coverage_of_all_shards_is_that_of_the_run() {
    let root = sharded("merge-coverage");
    let least = |files: &[&str], least: &str| {
        let args = ["merge", "--coverage-min", least];
        let all: Vec<&str> = args.into_iter().chain(files.iter().copied()).collect();
        said(&root, &all).2
    };
    let shards = ["1.json", "2.jsonl"];
    assert_eq!(least(&shards, "60"), "");
    assert!(least(&shards, "99").contains("--coverage-min asks for 99%"));
    let plain = ["run", "--format", "json", "--output", "plain.json"];
    assert_eq!(said(&root, &plain).0, 1);
    assert!(least(&["plain.json"], "1").contains("needs runs with --coverage"));
}
