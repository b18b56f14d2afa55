//! `flowproof bench` as a user meets it: spreads that follow from the distributions, how often the budget runs out,
//! which block it is, and the same figures at any number of workers.

#[path = "support/binary.rs"]
mod binary;
#[path = "support/said.rs"]
mod said;
mod support;

use said::said;
use serde_json::Value;
use std::path::{Path, PathBuf};

const SCENARIOS: &str = "\
scenario: calm
flow: login
identity: ada
webhooks: [{ mock: score, url: \"https://fraud.example.com/score\", respond: { json: { score: 0.1 } } }]
answers: { mfa: right }
expect: { ending: allowed }
---
scenario: it is never asked
flow: login
identity: ada
input: { password: wrong }
expect: { ending: denied }
---
scenario: with a fault
flow: login
identity: ada
faults: [{ at: fraud, error: gone }]
expect: { ending: failed }
";

/// The webhook `signal` takes from 0 to 1000 ms, each equally often; the budget is what is given.
fn workspace(name: &str, budget: &str) -> PathBuf {
    let settings = format!(
        "secrets: {{ crm: test-secret }}\nprofile: {{ budget: {budget} }}\nlatency: {{ signal: {{ uniform: [0ms, 1s] }} }}\n"
    );
    let files = [
        ("scenarios/a.yaml", SCENARIOS),
        ("flowproof.yaml", &*settings),
    ];
    support::workspace(name, &files)
}

fn measured(root: &Path, more: &[&str]) -> Value {
    let mut args = vec!["bench", "login", "--samples", "800", "--format", "json"];
    args.extend(more);
    let (code, out, err) = said(root, &args);
    assert_eq!(code, 0, "{err}");
    let document: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(document["format"], "flowproof.bench/1");
    document
}

fn near(value: &Value, expected: f64, off: f64) -> bool {
    value
        .as_f64()
        .is_some_and(|value| (value - expected).abs() <= off)
}

#[test]
fn the_spread_is_that_of_the_distribution_and_the_budget_cuts_it() {
    let calm = |root: &Path| measured(root, &[])["scenarios"][0].clone();
    let whole = calm(&workspace("bench-whole", "10s"));
    let base = 88.0;
    let ms = &whole["flow_ms"];
    for (key, expected, off) in [
        ("min", base, 10.0),
        ("mean", base + 500.0, 30.0),
        ("p50", base + 500.0, 40.0),
        ("p90", base + 900.0, 30.0),
        ("p99", base + 990.0, 10.0),
        ("max", base + 1_000.0, 10.0),
    ] {
        assert!(near(&ms[key], expected, off), "{key} {ms}");
    }
    assert_eq!(whole["endings"]["allowed"], 800);
    assert_eq!(whole["over_budget"]["count"], 0);
    assert!(
        near(&whole["over_budget"]["at_most"], 0.0048, 0.0001),
        "{whole}"
    );
    // of 1000 ms, 15 stand behind the webhook and 73 before: about 288 ms of each thousand are too many
    let cut = calm(&workspace("bench-cut", "800ms"));
    assert!(
        near(&cut["over_budget"]["share"], 0.288, 0.04),
        "{}",
        cut["over_budget"]
    );
    assert_eq!(cut["flow_ms"]["max"], 800);
    assert_eq!(cut["endings"]["timed_out"], cut["over_budget"]["count"]);
    let first = &cut["blocks"][0];
    assert_eq!(first["block"], "fraud/signal");
    assert_eq!(first["without"]["over_budget"], 0.0);
    assert_eq!(first["without"]["flow_ms"]["max"], 88);
}

#[test]
fn the_same_seed_gives_the_same_figures_at_any_number_of_workers() {
    let root = workspace("bench-seed", "10s");
    let once = measured(&root, &["--jobs", "1"]);
    assert_eq!(once, measured(&root, &["--jobs", "3"]));
    let other = measured(&root, &["--seed", "2"]);
    assert_ne!(
        once["scenarios"][0]["flow_ms"],
        other["scenarios"][0]["flow_ms"]
    );
}

#[test]
fn what_cannot_vary_runs_once_and_faults_stand_aside() {
    let root = workspace("bench-fixed", "10s");
    let found = measured(&root, &[]);
    let scenarios = found["scenarios"].as_array().expect("scenarios");
    let names: Vec<&str> = scenarios
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["calm", "it is never asked"]);
    let plain = support::workspace("bench-plain", &[("scenarios/a.yaml", SCENARIOS)]);
    let found = measured(&plain, &[]);
    assert_eq!(found["scenarios"][0]["samples"], 1);
    assert_eq!(found["scenarios"][0]["varies"], false);
    // a fault is measured where its scenario is named
    let (code, out, _) = said(&root, &["bench", "with a fault", "--samples", "10"]);
    assert_eq!(code, 0);
    assert!(out.contains("with a fault"), "{out}");
}

#[test]
fn people_see_which_block_it_is_and_what_would_change() {
    let root = workspace("bench-human", "800ms");
    let (code, out, err) = said(&root, &["bench", "scenarios/a.yaml:1", "--samples", "500"]);
    assert_eq!(code, 0, "{err}");
    for part in [
        "✗ calm ",
        "allowed 69.4%, timed_out 30.6%",
        "the time of `calm`",
        "fraud/signal",
        "without it p99 800ms → 88ms, over budget 30.6% → 0%",
        "1 of 1 scenario exceeded the budget",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    assert!(!out.contains("never asked"), "{out}");
}

#[test]
fn each_exit_code_says_what_happened() {
    let root = workspace("bench-codes", "10s");
    let broken = support::workspace(
        "bench-broken",
        &[("scenarios/a.yaml", "scenario: a\nflow: logn\n")],
    );
    let unheard = SCENARIOS.replace("webhooks: [{ mock: score", "webhooks: [{ mock: other, url: \"https://other.example.com/\", respond: { status: 200 } }] #");
    let unheard = support::workspace("bench-unheard", &[("scenarios/a.yaml", &unheard)]);
    for (folder, args, expected, why) in [
        (
            &root,
            &["bench", "logn"][..],
            2,
            "there is no flow and no scenario `logn`: did you mean `login`?",
        ),
        (&root, &["bench", "--samples", "0"], 2, "0 is not in 1.."),
        (
            &root,
            &["bench", "fixtures"],
            5,
            "`fixtures` holds no scenario",
        ),
        (&broken, &["bench"], 3, "unknown_flow"),
        (&unheard, &["bench", "--samples", "5"], 4, ""),
        (&root, &["bench", "--samples", "5"], 0, ""),
    ] {
        let (code, out, err) = said(folder, args);
        assert_eq!(code, expected, "{args:?} {out}{err}");
        assert!(err.contains(why), "{args:?} {err}");
    }
    let (_, out, _) = said(&unheard, &["bench", "--samples", "5"]);
    assert!(
        out.contains("cannot be measured: no mock answers POST"),
        "{out}"
    );
}

const TWICE: &str = "\
flow: logout
kind: system
stages:
  - stage: End
    blocks:
      - block: call_webhook
        slug: signal
        config: { url: \"https://fraud.example.com/score\" }
      - { block: run_custom_flow, slug: fraud, config: { flow: gate } }
      - { block: delay, slug: pause, config: { ms: 300 } }
      - { block: run_custom_action, slug: note, config: { action: bye } }
      - { block: allow, slug: end }
";

#[test]
fn blocks_of_one_slug_draw_and_are_left_out_each_for_itself() {
    let scenario = "\
scenario: bye
flow: logout
identity: ada
webhooks: [{ mock: score, url: \"https://fraud.example.com/score\", respond: { json: { score: 0.1 } } }]
---
scenario: without varying
flow: login
identity: ada
input: { password: wrong }
";
    let settings = "secrets: { crm: test-secret }\nlatency: { signal: { uniform: [0ms, 1s] }, note: { uniform: [0ms, 1s] } }\n";
    let files = [
        ("scenarios/a.yaml", scenario),
        ("fixtures/flows/logout.yaml", TWICE),
        (
            "fixtures/actions/bye.yaml",
            "action: bye\ntriggers: [logout]\nsource: note.js\n",
        ),
        ("flowproof.yaml", settings),
    ];
    let root = support::workspace("bench-twice", &files);
    let args = [
        "bench",
        "logout",
        "without varying",
        "--samples",
        "1000",
        "--format",
        "json",
    ];
    let (code, out, err) = said(&root, &args);
    assert_eq!(code, 0, "{err}");
    let document: Value = serde_json::from_str(&out).expect("JSON");
    let bye = &document["scenarios"][0];
    let base = bye["flow_ms"]["min"].as_f64().expect("a time");
    assert!((300.0..420.0).contains(&base), "{bye}");
    // two of them, each evenly spread: 1553 ms is what nine of ten sums stay below
    assert!(near(&bye["flow_ms"]["p90"], 300.0 + 1_553.0, 60.0), "{bye}");
    let block = |path: &str| {
        let blocks = bye["blocks"].as_array().expect("blocks");
        let found = blocks.iter().find(|one| one["block"] == path);
        found.expect("a block").clone()
    };
    for path in ["signal", "fraud/signal"] {
        let without = &block(path)["without"]["flow_ms"];
        assert!(
            near(&without["p50"], 300.0 + 500.0, 60.0),
            "{path} {without}"
        );
    }
    let without = &block("pause")["without"]["flow_ms"];
    assert!(without["min"].as_f64() < Some(120.0), "{without}");
    // what an action takes is its own, and what is not come past does not vary
    assert_eq!(block("note")["duration_ms"]["max"], 0);
    assert_eq!(document["scenarios"][1]["samples"], 1);
}
