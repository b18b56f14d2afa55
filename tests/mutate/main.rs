//! `flowproof mutate` as a user meets it: what is planted is found, what is suggested notices it, what cannot be told
//! apart is left out, and every operator applies somewhere.

#[path = "../support/binary.rs"]
mod binary;
#[path = "../support/said.rs"]
mod said;
mod operators;
#[path = "../support/mod.rs"]
mod support;

use said::said;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::folder::folder;

const GATE: &str = "\
flow: reputation
status: published
stages:
  - stage: Judge
    blocks:
      - block: ip_reputation
      - block: condition
        slug: hidden
        config: { when: step.ip-reputation.score >= 60 }
        then: [{ block: deny, config: { reason: hidden_address } }]
      - block: allow
";

const AT_THE_LIMIT: &str = "\
scenario: an address behind a relay is denied
flow: reputation
request: tor
expect: { ending: denied, reason: hidden_address }
---
scenario: an ordinary address is allowed
flow: reputation
expect: { ending: allowed }
";

const BELOW_IT: &str = "\
scenario: an address just below the limit is allowed
flow: reputation
outputs: { ip-reputation: { score: 59 } }
expect: { ending: allowed }
";

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

/// Exit code and document.
fn document(root: &Path, flows: &[&str]) -> (i32, Value) {
    let mut args = vec!["mutate", "--format", "json"];
    args.extend(flows);
    let (code, out, err) = said(root, &args);
    (
        code,
        serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}")),
    )
}

/// `id: what` of the mutants of the first flow that came to a verdict.
fn with_verdict(document: &Value, verdict: &str) -> Vec<String> {
    let mutants = document["flows"][0]["mutants"].as_array().expect("mutants");
    let found = mutants.iter().filter(|one| one["verdict"] == verdict);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    found
        .map(|one| format!("{}: {}", text(&one["id"]), text(&one["what"])))
        .collect()
}

fn reputation(name: &str, more: &[(&str, &str)]) -> PathBuf {
    let files = [
        ("fixtures/flows/reputation.yaml", GATE),
        ("scenarios/limit.yaml", AT_THE_LIMIT),
    ];
    folder(name, &[&files, more].concat())
}

#[test]
fn what_one_scenario_misses_survives_and_the_suggestion_notices_it() {
    let root = reputation("mutate-planted", &[]);
    let (code, found) = document(&root, &["reputation"]);
    assert_eq!(code, 1);
    assert_eq!(
        with_verdict(&found, "survived"),
        [
            "reputation/hidden/shift-condition-3: `hidden`: when: step.ip-reputation.score >= 60 → \
             step.ip-reputation.score >= 59"
        ]
    );
    let flow = &found["flows"][0];
    let mutants = flow["mutants"].as_array().expect("mutants");
    let survivor = mutants
        .iter()
        .find(|one| one["verdict"] == "survived")
        .expect("one");
    assert_eq!(
        (&survivor["file"], &survivor["line"], &survivor["column"]),
        (
            &"fixtures/flows/reputation.yaml".into(),
            &9.into(),
            &25.into()
        )
    );
    let suggestion = &survivor["suggestion"];
    assert_eq!(
        suggestion["means"],
        "a run that ends allowed would end denied (hidden_address)"
    );
    write(
        &root,
        "scenarios/more.yaml",
        suggestion["yaml"].as_str().expect("YAML"),
    );
    assert_eq!(said(&root, &["run"]).0, 0);
    let (code, found) = document(&root, &["reputation"]);
    assert_eq!(
        (code, &found["summary"]["score"]),
        (0, &100.0.into()),
        "{found:#}"
    );
}

#[test]
fn full_scenarios_score_a_hundred_percent() {
    let root = reputation("mutate-full", &[("scenarios/below.yaml", BELOW_IT)]);
    let (code, out, err) = said(&root, &["mutate"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("✓ reputation  100.0 %"), "{out}");
    assert!(err.contains(" mutants in "), "{err}");
    let (_, found) = document(&root, &[]);
    let killed = found["flows"][0]["mutants"].as_array().expect("mutants");
    let reason = killed
        .iter()
        .find(|one| one["operator"] == "deny-reason")
        .expect("one");
    assert_eq!(
        reason["killed_by"]["scenario"],
        "an address behind a relay is denied"
    );
    assert_eq!(reason["killed_by"]["expectation"], "reason");
    assert_eq!(reason["killed_by"]["line"], 1);
    assert_eq!(reason["before"][0], "reason: hidden_address");
}

#[test]
fn what_cannot_be_saved_is_told_apart() {
    let root = reputation("mutate-invalid", &[]);
    let (_, found) = document(&root, &[]);
    let invalid = with_verdict(&found, "invalid");
    // NEST-2
    let expected = [
        "reputation/deny/drop-terminals: `deny`: removed, and the other terminal too",
        "reputation/allow/drop-block: `allow`: removed",
    ];
    assert_eq!(invalid, expected);
    let mutants = found["flows"][0]["mutants"].as_array().expect("mutants");
    let why = mutants
        .iter()
        .find(|one| one["verdict"] == "invalid")
        .expect("one")["invalid"]
        .to_string();
    assert!(why.contains("terminal"), "{why}");
}

#[test]
fn branches_that_exclude_each_other_may_be_asked_in_any_order() {
    let flow = "\
flow: colours
stages:
  - stage: Choose
    blocks:
      - block: decision
        slug: colour
        branches:
          - { when: event.client.id == 'red', branch: red, blocks: [{ block: deny, config: { reason: red } }] }
          - { when: event.client.id == 'blue', branch: blue, blocks: [{ block: allow }] }
          - { branch: other, default: true, blocks: [{ block: deny, slug: none, config: { reason: none } }] }
";
    let scenarios = "\
scenario: red
flow: colours
client: { id: red }
expect: { reason: red }
---
scenario: blue
flow: colours
client: { id: blue }
expect: { ending: allowed }
---
scenario: another
flow: colours
client: { id: green }
expect: { reason: none }
";
    let files = [
        ("fixtures/flows/colours.yaml", flow),
        ("scenarios/colours.yaml", scenarios),
    ];
    let root = folder("mutate-equivalent", &files);
    let (code, found) = document(&root, &[]);
    assert_eq!(
        with_verdict(&found, "equivalent"),
        ["colours/colour/swap-branches: `colour`: branch `red` is asked behind `blue`"]
    );
    assert_eq!(
        (code, &found["summary"]["score"]),
        (0, &100.0.into()),
        "{found:#}"
    );
}

#[test]
fn a_factor_fewer_is_not_the_same_although_nobody_of_the_workspace_has_another() {
    let flow = "\
flow: ask
stages:
  - stage: Ask
    blocks:
      - block: mfa
        config: { factors: [totp] }
      - block: allow
";
    let scenario = "\
scenario: she knows her code
flow: ask
identity: { email: ada@example.com, mfa: [totp] }
answers: { mfa: right }
expect: { ending: allowed }
";
    let files = [
        ("fixtures/flows/ask.yaml", flow),
        ("scenarios/ask.yaml", scenario),
    ];
    let root = folder("mutate-factors", &files);
    let (code, found) = document(&root, &[]);
    assert_eq!(code, 1);
    assert_eq!(with_verdict(&found, "equivalent"), [""; 0]);
    let survived = with_verdict(&found, "survived");
    let fewer = |one: &String| one.ends_with("factors without totp");
    assert!(survived.iter().any(fewer), "{survived:?}");
}

#[test]
fn edits_are_made_to_the_mutant() {
    let flow = "\
flow: notes
stages:
  - stage: Note
    blocks:
      - { block: log_event, slug: one, config: { type: one.noted } }
      - { block: log_event, slug: two, config: { type: two.noted } }
      - block: allow
";
    let scenario = "\
scenario: the second is noted first
flow: notes
edits: [{ move: two, before: one }]
expect: { ending: allowed, audit: [{ type: two.noted }, { type: one.noted }] }
";
    let files = [
        ("fixtures/flows/notes.yaml", flow),
        ("scenarios/notes.yaml", scenario),
    ];
    let root = folder("mutate-edits", &files);
    let (code, found) = document(&root, &[]);
    let survived = with_verdict(&found, "survived");
    // swapped or not, the edit puts them into one order; no other scenario looks
    assert!(
        survived.contains(&"notes/one/swap-blocks: `one`: stands behind `two`".into()),
        "{survived:?}"
    );
    let killed = with_verdict(&found, "killed");
    assert!(
        killed.iter().any(|one| one.starts_with("notes/one/name:")),
        "{killed:?}"
    );
    assert!(
        killed
            .iter()
            .any(|one| one.starts_with("notes/two/drop-block:")),
        "{killed:?}"
    );
    assert_eq!(code, 1);
}

const SIGN_IN: &str = "\
scenario: a calm sign-in
flow: login
identity: ada
answers: { mfa: right }
webhooks: [{ use: [shared] }]
expect: { ending: allowed, state: { step.note.who: usr_ada } }
";

#[test]
fn a_custom_flow_is_judged_by_the_flows_that_embed_it() {
    let root = support::workspace("mutate-embedded", &[("scenarios/calm.yaml", SIGN_IN)]);
    let (code, found) = document(&root, &["gate"]);
    assert_eq!((code, &found["flows"][0]["scenarios"]), (1, &1.into()));
    let killed = with_verdict(&found, "killed");
    let negated = "gate/verdict/negate-condition: `verdict`: when of `block`: step.signal.body.score > 0.5 → \
                   !(step.signal.body.score > 0.5)";
    assert!(killed.contains(&negated.to_owned()), "{killed:?}");
    let mutants = found["flows"][0]["mutants"].as_array().expect("mutants");
    let reason = mutants
        .iter()
        .find(|one| one["operator"] == "deny-reason")
        .expect("one");
    let yaml = reason["suggestion"]["yaml"].as_str().expect("YAML");
    write(&root, "scenarios/more.yaml", yaml);
    let (_, found) = document(&root, &["gate"]);
    let mutants = found["flows"][0]["mutants"].as_array().expect("mutants");
    let reason = mutants
        .iter()
        .find(|one| one["operator"] == "deny-reason")
        .expect("one");
    assert_eq!(reason["verdict"], "killed", "{yaml}");
}

#[test]
fn a_field_that_a_scenario_expects_is_missed_when_it_is_not_written() {
    let root = support::workspace("mutate-writes", &[("scenarios/calm.yaml", SIGN_IN)]);
    let (_, found) = document(&root, &["login"]);
    let killed = with_verdict(&found, "killed");
    assert!(
        killed.contains(&"login/note/drop-write: `note`: leaves `who` null".into()),
        "{killed:?}"
    );
}

#[test]
fn an_accepted_trace_notices_too() {
    let bare = SIGN_IN.replace(
        "expect: { ending: allowed, state: { step.note.who: usr_ada } }",
        "snapshot: true",
    );
    let root = support::workspace("mutate-snapshot", &[("scenarios/calm.yaml", &bare)]);
    assert_eq!(said(&root, &["run"]).0, 0);
    let by = |found: &Value| -> BTreeSet<String> {
        let mutants = found["flows"][0]["mutants"]
            .as_array()
            .expect("mutants")
            .iter();
        let killed = mutants.filter(|one| one["verdict"] == "killed");
        killed
            .map(|one| one["killed_by"]["expectation"].to_string())
            .collect()
    };
    assert_eq!(by(&document(&root, &["login"]).1), BTreeSet::new());
    assert_eq!(said(&root, &["accept"]).0, 0);
    assert_eq!(
        by(&document(&root, &["login"]).1),
        BTreeSet::from(["\"snapshot\"".to_owned()])
    );
}

#[test]
fn hidden_values_are_shown_nowhere() {
    let root = support::workspace("mutate-hidden", &[("scenarios/calm.yaml", SIGN_IN)]);
    for args in [&["mutate"][..], &["mutate", "--format", "json"]] {
        let (_, out, err) = said(&root, args);
        assert!(
            out.contains("<redacted>"),
            "the body of `signal` holds a secret: {out}"
        );
        for hidden in ["test-secret", "analytical engine"] {
            assert!(!out.contains(hidden) && !err.contains(hidden), "{hidden}");
        }
    }
}

#[test]
fn any_number_of_threads_tells_the_same() {
    let root = support::workspace("mutate-jobs", &[("scenarios/calm.yaml", SIGN_IN)]);
    let with = |jobs: &str| said(&root, &["mutate", "--format", "json", "--jobs", jobs]).1;
    assert_eq!(with("1"), with("4"));
}

#[test]
fn exit_codes_are_those_of_the_table() {
    let root = reputation("mutate-exits", &[("scenarios/below.yaml", BELOW_IT)]);
    assert_eq!(said(&root, &["mutate", "reputation"]).0, 0);
    let (code, _, err) = said(&root, &["mutate", "reputatoin"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("there is no flow `reputatoin`: did you mean `reputation`?"),
        "{err}"
    );
    let unheard = GATE.replace("flow: reputation", "flow: unheard");
    write(&root, "fixtures/flows/unheard.yaml", &unheard);
    let (code, _, err) = said(&root, &["mutate", "unheard"]);
    assert_eq!(code, 5);
    assert!(
        err.contains("no scenario was run: none runs `unheard`"),
        "{err}"
    );
    assert_eq!(
        said(
            &root,
            &["mutate", "--output", "report.json", "--format", "json"]
        )
        .0,
        0
    );
    let text = fs::read_to_string(root.join("report.json")).expect("a report");
    assert!(
        text.starts_with("{\n  \"format\": \"flowproof.mutate/1\",\n"),
        "{text}"
    );
    let wrong = BELOW_IT.replace("ending: allowed", "ending: denied");
    write(&root, "scenarios/below.yaml", &wrong);
    let (code, found) = document(&root, &[]);
    let flow = &found["flows"][0];
    assert_eq!(
        (code, &flow["score"], &flow["total"]),
        (1, &Value::Null, &0.into())
    );
    assert_eq!(
        flow["not_passed"][0]["scenario"],
        "an address just below the limit is allowed"
    );
    let (_, out, _) = said(&root, &["mutate"]);
    assert!(out.contains("its scenarios do not pass as it is"), "{out}");
    write(
        &root,
        "scenarios/below.yaml",
        "scenario: x\nflow: nowhere\n",
    );
    let (code, found) = document(&root, &[]);
    assert_eq!(code, 3);
    assert_eq!(found["diagnostics"][0]["code"], "unknown_flow");
}
