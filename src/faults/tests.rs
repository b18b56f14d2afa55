//! Planted fail-opens that must be found, and flows without one that must stay clean.

use super::*;
use crate::diagnostic::Diagnostics;
use crate::document::parse_document;
use crate::flow::decode_flow;
use crate::text::SourceFile;
use crate::workspace::decode_identity;
use serde_json::{Value, json};

const PEOPLE: &str = "email: ada@example.com\npassword: correct horse battery staple\nmfa: [totp]";

const GATE: &str = "
flow: gate
status: published
stages:
  - stage: s
    blocks:
      - block: ip_reputation
      - block: condition
        slug: hidden
        config: { when: 'step.ip-reputation.score >= 60' }
        then: [{ block: deny, slug: no-tor, config: { reason: hidden } }]
      - block: allow
        slug: pass
";

/// A login whose stage Post-Auth holds these blocks.
fn login(blocks: &str) -> String {
    let indented: String = blocks
        .lines()
        .map(|line| format!("      {line}\n"))
        .collect();
    format!(
        "
flow: login
kind: system
allow: [{{ fault: error, at: accepted, reason: it is only a hint }}]
stages:
  - stage: Pre-Login
    blocks:
      - block: identity_lookup
      - block: password_check
      - block: condition
        slug: credentials
        config: {{ when: '!step.password-check.verified' }}
        then: [{{ block: deny, slug: rejected, config: {{ reason: invalid_credentials }} }}]
  - stage: Post-Auth
    blocks:
{indented}  - stage: Post-Login
    blocks:
      - block: issue_session
"
    )
}

fn workspace(flow: &str) -> Arc<Workspace> {
    let mut diagnostics = Diagnostics::default();
    let mut workspace = Workspace::load(std::path::Path::new("/nowhere"), &mut diagnostics);
    let mut diagnostics = Diagnostics::default();
    for text in [GATE, flow] {
        let file = SourceFile::new("fixtures/flows/a.yaml", text);
        let node = parse_document(&file, &mut diagnostics).expect("yaml");
        let decoded = decode_flow(&node, &mut diagnostics).expect("a flow");
        workspace.flows.push(Arc::new(decoded.flow));
    }
    let file = SourceFile::new("fixtures/identities/a.yaml", PEOPLE);
    let node = parse_document(&file, &mut diagnostics).expect("yaml");
    let ada = decode_identity(Some("ada"), &node, &mut diagnostics).expect("ada");
    workspace.identities.push(Arc::new(ada));
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    for name in ["login", "gate"] {
        workspace.names.flows.miss();
        assert!(workspace.flow(name).is_some());
    }
    workspace.names.identities.miss();
    Arc::new(workspace)
}

/// The table of a login with these blocks, over these scenarios.
fn tried(blocks: &str, scenarios: &[Value], jobs: usize) -> Matrix {
    let workspace = workspace(&login(blocks));
    let flow = workspace.flow("login").expect("login");
    let read = |(at, scenario): (usize, &Value)| {
        let mut document =
            json!({ "scenario": format!("s{at}"), "flow": "login", "identity": "ada" });
        let map = document.as_object_mut().expect("a map");
        map.extend(scenario.as_object().expect("a map").clone());
        Trial::read(document, &workspace)
            .expect("a scenario")
            .scenario
    };
    let scenarios: Vec<Scenario> = scenarios.iter().enumerate().map(read).collect();
    let subject = Subject::new(&workspace, &scenarios, flow).expect("a flow that runs");
    let options = Options {
        jobs,
        ..Options::default()
    };
    matrix(&Arc::new(subject), &options, &mut |_| {}).expect("threads")
}

/// `fault block by scenario` of every cell that fails open, without what is accepted.
fn open(matrix: &Matrix) -> Vec<String> {
    let open = matrix.cells.iter().filter(|cell| cell.is_open());
    let line = |cell: &Cell| {
        let by = cell.opening.as_ref().map(|opening| &*opening.by);
        let path = &matrix.rows[cell.row].path;
        format!(
            "{} {path} {} s{}",
            cell.fault.name(),
            by.unwrap_or_default(),
            cell.scenario
        )
    };
    open.map(line).collect()
}

fn check(blocks: &str, scenarios: &[Value], expected: &[&str]) {
    assert_eq!(open(&tried(blocks, scenarios, 1)), expected, "{blocks}");
}

/// A fraud service that answers this.
fn fraud(answer: Value) -> Value {
    let mock = json!({ "mock": "fraud", "url_pattern": "https://fraud.example.com/**",
        "respond": { "json": answer, "delay": "100ms" } });
    json!({ "webhooks": [mock] })
}

const URL: &str = "config: { url: 'https://fraud.example.com/v1' }";

#[test]
fn a_continued_webhook_that_a_deny_relies_on_is_found() {
    let blocks = format!(
        "- block: call_webhook
  slug: score
  on_error: continue
  {URL}
- block: condition
  slug: verdict
  config: {{ when: 'has(step.score.body.risk) && step.score.body.risk > 80' }}
  then: [{{ block: deny, slug: risky, config: {{ reason: high_risk }} }}]"
    );
    check(
        &blocks,
        &[fraud(json!({ "risk": 10 })), fraud(json!({ "risk": 90 }))],
        &[
            "error score score s0",
            "timeout score score s0",
            "error score score s1",
            "timeout score score s1",
            "garbage score verdict s1",
        ],
    );
}

#[test]
fn a_webhook_that_can_only_speak_for_somebody_is_no_finding() {
    let webhook = |name: &str| {
        format!("- block: call_webhook\n  slug: {name}\n  on_error: continue\n  {URL}\n")
    };
    let blocks = |when: &str, then: &str, otherwise: &str| {
        format!(
            "{}{}- block: condition\n  slug: vouched\n  config: {{ when: \"{when}\" }}\n  then: [{then}]\n  else: [{otherwise}]",
            webhook("first"),
            webhook("second")
        )
    };
    let ok = |name: &str| format!("has(step.{name}.body.ok) && step.{name}.body.ok");
    let either = format!("{} || {}", ok("first"), ok("second"));
    let bad = format!("({}) || {}", ok("first"), ok("second"));
    let deny = "{ block: deny, slug: alone, config: { reason: alone } }";
    let both = [fraud(json!({ "ok": true }))];
    check(&blocks(&either, "", deny), &both, &[]);
    // absence lets pass: what is there is held against somebody
    let open = [
        "error first first s0",
        "timeout first first s0",
        "error second second s0",
        "timeout second second s0",
    ];
    let neither = [fraud(json!({ "ok": false }))];
    check(&blocks(&bad, deny, ""), &neither, &open);
    check(&blocks(&format!("!({bad})"), "", deny), &neither, &open);
}

#[test]
fn a_webhook_that_has_written_the_status_that_it_fails_on_is_found() {
    let blocks = format!(
        "- block: call_webhook
  slug: first
  on_error: continue
  {URL}
- block: condition
  slug: silent
  config: {{ when: '!has(step.first.status)' }}
  then: [{{ block: deny, slug: away, config: {{ reason: away }} }}]
- block: condition
  slug: verdict
  config: {{ when: step.first.status < 500 && step.first.body.ok != true }}
  then: [{{ block: deny, slug: stop, config: {{ reason: stop }} }}]"
    );
    let bad = [fraud(json!({ "ok": false }))];
    check(&blocks, &bad, &["error first first s0"]);
    let halts = blocks.replace("  on_error: continue\n", "");
    check(&halts, &bad, &[]);
}

#[test]
fn a_webhook_that_halts_and_is_read_without_has_is_no_finding() {
    let blocks = format!(
        "- block: call_webhook
  slug: score
  {URL}
- block: condition
  slug: verdict
  config: {{ when: 'step.score.body.risk > 80' }}
  then: [{{ block: deny, slug: risky, config: {{ reason: high_risk }} }}]
- block: log_event
  on_error: continue
  config: {{ type: seen }}
- block: send_email
  on_error: continue
  config: {{ template: hello }}"
    );
    check(
        &blocks,
        &[fraud(json!({ "risk": 10 })), fraud(json!({ "risk": 90 }))],
        &[],
    );
}

#[test]
fn a_flow_that_asks_for_a_factor_when_the_service_is_silent_is_no_finding() {
    let blocks = format!(
        "- block: call_webhook
  slug: score
  on_error: continue
  {URL}
- block: decision
  slug: verdict
  branches:
    - when: '!has(step.score.body.risk)'
      branch: unknown
      blocks: [{{ block: mfa, config: {{ factors: [totp] }} }}]
    - when: 'step.score.body.risk > 80'
      branch: risky
      blocks: [{{ block: deny, config: {{ reason: high_risk }} }}]
    - {{ branch: fine, default: true }}"
    );
    let scenarios = [10, 90].map(|risk| {
        let mut scenario = fraud(json!({ "risk": risk }));
        scenario["answers"] = json!({ "mfa": "right" });
        scenario
    });
    check(&blocks, &scenarios, &[]);
    // a factor that everybody is asked for replaces nothing
    let always = format!(
        "- block: call_webhook
  slug: score
  on_error: continue
  {URL}
- block: condition
  slug: verdict
  config: {{ when: 'has(step.score.body.risk) && step.score.body.risk > 80' }}
  then: [{{ block: deny, config: {{ reason: high_risk }} }}]
  else: [{{ block: mfa, config: {{ factors: [totp] }} }}]"
    );
    let found = open(&tried(&always, &scenarios, 1));
    assert!(
        found.contains(&"error score score s1".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_factor_that_is_asked_for_with_the_fault_as_without_it_makes_good() {
    let blocks = |silent: u8| {
        format!(
            "- block: call_webhook
  slug: score
  on_error: continue
  {URL}
- block: condition
  slug: step-up
  config: {{ when: '(has(step.score.body.risk) ? step.score.body.risk : {silent}) >= 60' }}
  then: [{{ block: mfa, config: {{ factors: [totp] }} }}]"
        )
    };
    let scenarios = [10, 90].map(|risk| {
        let mut scenario = fraud(json!({ "risk": risk }));
        scenario["answers"] = json!({ "mfa": "right" });
        scenario
    });
    check(&blocks(100), &scenarios, &[]);
    let found = open(&tried(&blocks(0), &scenarios, 1));
    assert!(
        found.contains(&"error score score s1".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_proof_that_nothing_looks_at_is_found() {
    let ask = "- block: webauthn_begin
- block: webauthn_finish";
    let look = "
- block: condition
  slug: proven
  config: { when: '!step.webauthn-finish.verified' }
  then: [{ block: deny, slug: unproven, config: { reason: unproven } }]";
    let scenario = json!({ "answers": { "webauthn-finish": "right" }, "identity":
        { "email": "eve@example.com", "password": "correct horse", "mfa": ["webauthn"] } });
    let scenarios = std::slice::from_ref(&scenario);
    check(
        ask,
        scenarios,
        &["garbage webauthn-finish webauthn-finish s0"],
    );
    check(&format!("{ask}{look}"), scenarios, &[]);
}

#[test]
fn a_status_that_is_taken_for_an_answer_is_found() {
    let blocks = |more: &str| {
        format!(
            "- block: call_webhook
  slug: score
  config: {{ url: 'https://fraud.example.com/v1'{more} }}
- block: condition
  slug: verdict
  config: {{ when: 'has(step.score.body.risk) && step.score.body.risk > 0.9' }}
  then: [{{ block: deny, slug: stop, config: {{ reason: high_risk }} }}]"
        )
    };
    let risky = fraud(json!({ "risk": 0.95 }));
    let found = |more: &str| {
        let all = open(&tried(&blocks(more), std::slice::from_ref(&risky), 1));
        all.into_iter().find(|cell| cell.starts_with("error "))
    };
    assert_eq!(found(""), None);
    let open = Some("error score verdict s0".to_owned());
    assert_eq!(found(", fail_on_status: false"), open);
    assert_eq!(found(", ok_status: ['200-499']"), open);
}

#[test]
fn a_custom_flow_that_is_continued_past_is_found_for_every_block_in_it() {
    let blocks = "- block: run_custom_flow
  slug: fraud
  on_error: continue
  config: { flow: gate }";
    check(
        blocks,
        &[json!({})],
        &[
            "error fraud fraud s0",
            "timeout fraud fraud s0",
            "error fraud/ip-reputation fraud s0",
            "timeout fraud/ip-reputation fraud s0",
            "garbage fraud/ip-reputation fraud s0",
            "error fraud/hidden fraud s0",
            "timeout fraud/hidden fraud s0",
            "error fraud/pass fraud s0",
            "timeout fraud/pass fraud s0",
        ],
    );
    check(&blocks.replace("continue", "halt"), &[json!({})], &[]);
}

#[test]
fn a_factor_that_garbage_leaves_out_is_found() {
    let blocks = "- block: risk_evaluate
- block: condition
  slug: step-up
  config: { when: \"step.risk-evaluate.recommendation == 'challenge'\" }
  then: [{ block: mfa, config: { factors: [totp] } }]";
    let scenario = |answer: &str| {
        json!({ "answers": { "mfa": answer }, "outputs": { "risk-evaluate":
            { "score": 70, "severity": "high", "recommendation": "challenge" } } })
    };
    check(
        blocks,
        &[scenario("right"), scenario("wrong"), scenario("abandon")],
        &[
            "garbage risk-evaluate step-up s0",
            "garbage risk-evaluate step-up s1",
            "garbage risk-evaluate step-up s2",
        ],
    );
}

#[test]
fn the_fault_of_a_scenario_makes_room_for_the_one_that_is_tried() {
    let blocks = format!(
        "- block: call_webhook
  slug: score
  {URL}
- block: condition
  slug: verdict
  config: {{ when: 'step.score.body.risk > 80' }}
  then: [{{ block: deny, slug: risky, config: {{ reason: high_risk }} }}]"
    );
    let mut scenario = fraud(json!({ "risk": 10 }));
    scenario["faults"] = json!([{ "at": "score", "error": "down" }]);
    check(&blocks, &[scenario], &[]);
}

#[test]
fn what_is_accepted_is_not_open_and_what_is_accepted_in_vain_is_told() {
    let blocks = "- block: run_custom_flow
  slug: accepted
  on_error: continue
  config: { flow: gate }";
    let found = tried(blocks, &[json!({})], 1);
    let errors = open(&found)
        .into_iter()
        .filter(|line| line.starts_with("error"));
    assert_eq!(
        errors.count(),
        0,
        "inner blocks are let pass by the accepted one"
    );
    assert_eq!(found.count(), (5, 4));
    assert!(found.unused.is_empty());
    let found = tried(&blocks.replace("continue", "halt"), &[json!({})], 1);
    let titles: Vec<_> = found.unused.iter().map(|one| &*one.title).collect();
    assert_eq!(
        titles,
        ["the flow does not fail open by `error` at `accepted`"]
    );
}

#[test]
fn slow_ends_exactly_at_the_edge() {
    let blocks = format!(
        "- block: call_webhook
  slug: score
  timeout: 2s
  {URL}
- block: log_event
  config: {{ type: seen }}"
    );
    let found = tried(&blocks, &[fraud(json!({}))], 1);
    let slow = |path: &str| {
        let row = found.rows.iter().position(|row| &*row.path == path);
        let mut cells = found.at(row.expect("a row"), Fault::Slow);
        let seen = &cells.next().expect("a cell").seen;
        (seen.ending, seen.flow_ms)
    };
    // 65 ms before it, its whole timeout, and what stands behind it
    assert_eq!(slow("score"), (Ending::Allowed, 65 + 2_000 + 1 + 10));
    // the last block ends at the ceiling, an earlier one leaves nothing for those behind it
    assert_eq!(slow("issue-session"), (Ending::Allowed, 10_000));
    assert_eq!(slow("log-event"), (Ending::TimedOut, 10_000));
}

#[test]
fn the_same_comes_out_with_any_number_of_workers() {
    let blocks = "- block: run_custom_flow
  slug: fraud
  on_error: continue
  config: { flow: gate }";
    let scenarios: Vec<Value> = (0..7).map(|_| json!({})).collect();
    let lines = |jobs| {
        let found = tried(blocks, &scenarios, jobs);
        let cells = found.cells.iter();
        cells.map(|cell| format!("{cell:?}")).collect::<Vec<_>>()
    };
    assert_eq!(lines(1), lines(5));
}

#[test]
fn a_flow_without_scenarios_is_tried_by_a_default_identity() {
    let workspace = workspace(&login("- block: risk_evaluate"));
    let flow = workspace.flow("login").expect("login");
    let subject = Subject::new(&workspace, &[], flow).expect("a flow that runs");
    let found = matrix(&Arc::new(subject), &Options::default(), &mut |_| {}).expect("threads");
    assert_eq!(found.scenarios.len(), 1);
    assert!(found.scenarios[0].span.is_none());
    assert_eq!(found.count(), (0, 0));
    let rows = found.rows.iter().enumerate();
    let unreached: Vec<_> = rows.filter(|(at, _)| found.reached(*at) == 0).collect();
    let unreached: Vec<_> = unreached.iter().map(|(_, row)| &*row.path).collect();
    assert_eq!(unreached, ["rejected"]);
}
