//! Shards of a run come to the report of the whole run, byte for byte; what is missing or does not belong together is
//! said.

#[path = "support/binary.rs"]
mod binary;
#[path = "support/said.rs"]
mod said;
mod support;

use said::said;
use std::fs;
use std::path::PathBuf;

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

#[test]
fn cases_on_one_line_stand_as_they_are_written_in_whatever_order_their_shards_come() {
    let text = "{scenario: s, flow: login, identity: ada, webhooks: [{use: [shared]}], cases: [{case: z, answers: {mfa: right}}, {case: a, answers: {mfa: abandon}}]}\n";
    let root = support::workspace("merge-one-line", &[("scenarios/a.yaml", text)]);
    let run = |shard: &str, file: &str| {
        let args = [
            "run", "--format", "json", "--output", file, "--shard", shard,
        ];
        assert_eq!(said(&root, &args).0, 0, "{shard}");
    };
    let whole = said(&root, &["run", "--format", "json"]).1;
    run("1/2", "1.json");
    run("2/2", "2.json");
    for files in [["1.json", "2.json"], ["2.json", "1.json"]] {
        let args = ["merge", files[0], files[1], "--format", "json"];
        assert_eq!(said(&root, &args).1, whole, "{files:?}");
    }
}

#[test]
fn what_a_merged_report_lacks_is_not_forgotten_when_it_is_merged_again() {
    let root = sharded("merge-again");
    for format in ["json", "jsonl"] {
        let merged = ["merge", "1.json", "--format", format, "--output", "part"];
        said(&root, &merged);
        let (_, again, err) = said(&root, &["merge", "part", "--format", format]);
        assert!(err.contains("shard 2/2 is missing"), "{format} {err}");
        assert_eq!(
            fs::read_to_string(root.join("part")).expect("a document"),
            again
        );
    }
}

#[test]
fn numbers_that_nobody_can_count_to_are_read_at_once() {
    let root = sharded("merge-hostile");
    let whole = fs::read_to_string(root.join("whole.json")).expect("a document");
    let one = |from: &str, to: &str| {
        assert!(whole.contains(from), "{from}");
        fs::write(root.join("hostile.json"), whole.replace(from, to)).expect("a file");
        said(&root, &["merge", "hostile.json"])
    };
    let shard = "\"shard\": {\"index\": 2, \"total\": 4294967295}, \"summary\"";
    let (code, _, err) = one("\"summary\"", shard);
    assert_eq!(code, 1);
    assert!(err.contains("shard 17/4294967295 is missing"), "{err}");
    assert!(
        err.contains("4294967278 more of 4294967295 shards are missing"),
        "{err}"
    );
    let (_, out, _) = one("\"line\": ", "\"line\": 9999999");
    assert!(out.contains("scenarios/a.yaml:99999998:"), "{out}");
    let skipped = "\"skipped\": 9223372036854775807";
    let (_, out, _) = one("\"skipped\": 0", skipped);
    assert!(out.contains("of 9223372036854775815 scenarios"), "{out}");
}

#[test]
fn flows_of_runs_of_single_flows_are_told_in_the_order_of_the_workspace() {
    let root = sharded("merge-flows");
    let order = |document: &str| -> Vec<String> {
        let value: serde_json::Value = serde_json::from_str(document).expect("JSON");
        let flows = value["coverage"]["flows"].as_array().expect("flows");
        flows.iter().map(|one| one["flow"].to_string()).collect()
    };
    let args = ["run", "--coverage", "--filter", "calm", "--format", "json"];
    let document = said(&root, &args).1;
    let mut value: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let flows = value["coverage"]["flows"].as_array_mut().expect("flows");
    assert!(flows.len() > 1, "{document}");
    let last = flows.split_off(1);
    value["scenarios"] = serde_json::json!([]);
    fs::write(root.join("first.json"), value.to_string()).expect("a file");
    value["coverage"]["flows"] = last.into();
    fs::write(root.join("last.json"), value.to_string()).expect("a file");
    let (_, merged, _) = said(
        &root,
        &["merge", "last.json", "first.json", "--format", "json"],
    );
    assert_eq!(order(&merged), order(&document));
}
