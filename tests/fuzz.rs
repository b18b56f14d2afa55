//! `flowproof fuzz` as an author meets it: flaws planted in a flow are found and told with their block, flows without
//! them stay clean, and what is kept fails until the flow is put right.

#[path = "support/binary.rs"]
mod binary;
#[path = "support/folder.rs"]
mod folder;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

const PEOPLE: &str = "identities:\n  ada: { email: ada@example.com, password: correct horse battery, mfa: [totp] }\n";

const HEAD: &str = "\
flow: login
kind: system
stages:
  - stage: Pre-Login
    locked: true
    blocks:
      - block: identity_lookup
      - block: password_check
      - block: condition
        slug: credentials
        config: { when: '!step.password-check.verified' }
        then: [{ block: deny, slug: rejected, config: { reason: invalid_credentials } }]
  - stage: Post-Auth
    blocks:
";

const TAIL: &str = "  - stage: Post-Login\n    blocks:\n      - block: issue_session\n";

const SCORE: &str = "{ block: call_webhook, slug: score, timeout: 2s, config: { url: 'https://a.example.com/v1' } }";
const OPEN_SCORE: &str = "{ block: call_webhook, slug: score, on_error: continue, timeout: 2s, config: { url: 'https://a.example.com/v1' } }";
const VERDICT: &str = "{ block: condition, slug: verdict, config: { when: 'step.score.body.risk > 80' }, then: [{ block: deny, config: { reason: high_risk } }] }";
const GUARDED: &str = "{ block: condition, slug: verdict, config: { when: 'has(step.score.body.risk) && step.score.body.risk > 80' }, then: [{ block: deny, config: { reason: high_risk } }] }";
const STEP_UP: &str = "{ block: condition, slug: verdict, config: { when: \"has(step.score.body.level) && step.score.body.level == 'high'\" }, then: [{ block: mfa }] }";
const RISK: &str = "{ block: risk_evaluate }";
const BY_EVENT: &str = "{ block: condition, slug: verdict, config: { when: 'event.authentication.risk_score >= 60' }, then: [{ block: deny, config: { reason: high_risk } }] }";
const BY_STEP: &str = "{ block: condition, slug: verdict, config: { when: 'step.risk-evaluate.score >= 60' }, then: [{ block: deny, config: { reason: high_risk } }] }";
const ACTION: &str = "{ block: run_custom_action, slug: gate, config: { action: gate } }";
const OPEN_ACTION: &str =
    "{ block: run_custom_action, slug: gate, on_error: continue, config: { action: gate } }";
const DETACHED: &str =
    "{ block: run_custom_action, slug: gate, mode: fire_and_forget, config: { action: gate } }";
const BY_STATE: &str = "{ block: condition, slug: verdict, config: { when: 'has(step.first.tier) && step.first.tier == \"gold\"' }, then: [{ block: deny, config: { reason: evil } }] }";
const DETACHED_FIRST: &str =
    "{ block: run_custom_action, slug: first, mode: fire_and_forget, config: { action: first } }";
const FIRST: &str = "{ block: run_custom_action, slug: first, config: { action: first } }";
const SECOND: &str = "{ block: run_custom_action, slug: second, config: { action: second } }";
const TRUSTED: &str = "{ block: condition, slug: trusted, config: { when: event.request.device.trusted }, then: [{ block: allow, slug: early }] }";
const NOTE: &str = "{ block: log_event, slug: note, config: { type: scored, data: { risk: '{{ step.score.body.risk }}' } } }";
const NESTED: &str = "{ block: run_custom_flow, slug: fraud, config: { flow: fraud } }";
const OPEN_NESTED: &str =
    "{ block: run_custom_flow, slug: fraud, on_error: continue, config: { flow: fraud } }";
const SLOW: &str =
    "{ block: call_webhook, slug: slow, timeout: 6s, config: { url: 'https://b.example.com/v1' } }";
const SLOWER: &str = "{ block: call_webhook, slug: slower, on_error: continue, timeout: 5s, config: { url: 'https://c.example.com/v1' } }";

const FRAUD: &str = "\
flow: fraud
status: published
stages:
  - stage: s
    blocks:
      - block: ip_reputation
      - block: condition
        slug: hidden
        config: { when: step.ip-reputation.is_tor }
        then: [{ block: deny, config: { reason: hidden } }]
      - block: allow
";

const GATE: &str = "export async function execute(event, api) {\n  if (event.user.email.endsWith('@evil.example')) api.deny('evil');\n}\n";

fn workspace(name: &str, blocks: &[&str]) -> PathBuf {
    let blocks: String = blocks
        .iter()
        .map(|block| format!("      - {block}\n"))
        .collect();
    folder::folder(
        name,
        &[
            (
                "fixtures/flows/login.yaml",
                &format!("{HEAD}{blocks}{TAIL}"),
            ),
            ("fixtures/flows/fraud.yaml", FRAUD),
            (
                "fixtures/actions/gate.yaml",
                "action: gate\ntriggers: [login]\nsource: gate.js\n",
            ),
            ("fixtures/actions/gate.js", GATE),
            (
                "fixtures/actions/first.yaml",
                "action: first\ntriggers: [login]\nsource: first.js\n",
            ),
            (
                "fixtures/actions/first.js",
                "export function execute(event, api) { api.state.set('tier', 'gold'); }\n",
            ),
            (
                "fixtures/actions/second.yaml",
                "action: second\ntriggers: [login]\nsource: second.js\n",
            ),
            (
                "fixtures/actions/second.js",
                "export function execute(event, api, { step }) { api.log('info', step.first.tier); }\n",
            ),
            ("fixtures/identities/people.yaml", PEOPLE),
        ],
    )
}

fn flowproof(root: &Path, args: &[&str]) -> Output {
    binary::command(root, args)
        .output()
        .expect("the binary runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ends by itself")
}

/// What is found that makes the command fail: kind and blocks.
fn found(root: &Path, args: &[&str]) -> Vec<String> {
    let mut all = vec!["fuzz", "--cases", "200", "--format", "json"];
    all.extend(args);
    let output = flowproof(root, &all);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(document["format"], "flowproof.fuzz/1");
    let flows = document["flows"].as_array().expect("flows");
    let findings = flows
        .iter()
        .flat_map(|flow| flow["findings"].as_array().expect("a list"));
    let errors = findings.filter(|one| one["weight"] == "error" && one["accepted"].is_null());
    let found: Vec<String> = errors
        .map(|one| {
            let blocks = one["blocks"].as_array().expect("blocks");
            let blocks: Vec<&str> = blocks.iter().filter_map(Value::as_str).collect();
            format!(
                "{} {}",
                one["kind"].as_str().expect("a kind"),
                blocks.join(" ")
            )
        })
        .collect();
    assert_eq!(code(&output), i32::from(!found.is_empty()), "{found:?}");
    found
}

#[test]
fn flaws_of_a_flow_are_found_and_flows_without_them_stay_clean() {
    for (name, blocks, expected) in [
        ("closed", &[SCORE, VERDICT][..], &[][..]),
        (
            "open",
            &[OPEN_SCORE, GUARDED],
            &["fails_open score", "order_dependence verdict score"],
        ),
        (
            "step-up",
            &[OPEN_SCORE, STEP_UP],
            &["fails_open score", "order_dependence verdict score"],
        ),
        ("action", &[ACTION], &[]),
        ("open-action", &[OPEN_ACTION], &["fails_open gate"]),
        ("detached", &[DETACHED], &["fails_open gate"]),
        (
            "detached-feeds",
            &[DETACHED_FIRST, BY_STATE],
            &["fails_open first"],
        ),
        ("nested", &[NESTED], &[]),
        ("open-nested", &[OPEN_NESTED], &["fails_open fraud"]),
        ("by-step", &[RISK, BY_STEP], &[]),
        (
            "by-event",
            &[RISK, BY_EVENT],
            &["order_dependence verdict risk-evaluate"],
        ),
        (
            "too-early",
            &[BY_EVENT, RISK],
            &["order_dependence risk-evaluate verdict"],
        ),
        (
            "by-source",
            &[FIRST, SECOND],
            &["order_dependence second first"],
        ),
        (
            "trusted-first",
            &[TRUSTED, RISK, BY_STEP],
            &["order_dependence verdict trusted"],
        ),
        ("trusted-last", &[RISK, BY_STEP, TRUSTED], &[]),
        ("trusted-before-note", &[TRUSTED, SCORE, NOTE], &[]),
        ("in-time", &[SCORE, SLOW], &[]),
        ("over", &[SLOW, SLOWER], &["over_budget slow slower"]),
    ] {
        let root = workspace(&format!("fuzz-{name}"), blocks);
        assert_eq!(found(&root, &["login"]), expected, "{name}");
    }
}

#[test]
fn what_is_kept_fails_until_the_flow_is_put_right() {
    let root = workspace("fuzz-kept", &[OPEN_SCORE, GUARDED]);
    let output = flowproof(&root, &["fuzz", "login", "--cases", "100", "--save"]);
    assert_eq!(code(&output), 1);
    let kept = root.join("scenarios/regressions/login-fails-open-score.yaml");
    let text = fs::read_to_string(&kept).expect("a scenario");
    assert!(
        text.contains("faults: [{ at: score, error: store unavailable }]"),
        "{text}"
    );
    assert!(
        text.contains("Found by `flowproof fuzz login --seed 1 --cases 100`"),
        "{text}"
    );
    assert_eq!(
        code(&flowproof(&root, &["run"])),
        1,
        "it fails while the flow is wrong"
    );
    let again = flowproof(&root, &["fuzz", "login", "--cases", "100", "--save"]);
    assert_eq!(code(&again), 1);
    assert_eq!(fs::read_to_string(&kept).expect("still there"), text);

    let flow = root.join("fixtures/flows/login.yaml");
    let closed = fs::read_to_string(&flow)
        .expect("the flow")
        .replace(OPEN_SCORE, SCORE)
        .replace(GUARDED, VERDICT);
    fs::write(&flow, closed).expect("written");
    let mended = flowproof(&root, &["fuzz", "login", "--cases", "100"]);
    let said = String::from_utf8(mended.stdout.clone()).expect("text");
    assert_eq!(code(&mended), 0, "{said}");
    assert!(said.contains("✓ fixed: when score fails"), "{said}");
    assert_eq!(code(&flowproof(&root, &["run"])), 0);
}

const CATCHES: &str = "export async function execute(event, api) {\n  try {\n    const answer = await (await api.fetch('https://kyc.example.com/v1')).json();\n    if (answer.suspect) api.deny('suspect');\n  } catch (error) {\n    api.log('warn', 'away');\n  }\n}\n";

/// The scenario has no mock for what stands behind the deny, and its settings ask for snapshots.
const SUSPECT: &str = "scenario: a suspect\nflow: login\nidentity: ada\nwebhooks: [{ mock: kyc, url: 'https://kyc.example.com/v1', respond: { json: { suspect: true } }, calls: 1 }]\nexpect: { ending: denied }\n";

#[test]
fn an_action_that_catches_the_failure_of_its_service_is_found_and_can_be_mended() {
    let root = workspace("fuzz-catches", &[ACTION, SCORE]);
    let source = root.join("fixtures/actions/gate.js");
    for (file, text) in [
        ("fixtures/actions/gate.js", CATCHES),
        ("scenarios/a.yaml", SUSPECT),
        ("flowproof.yaml", "snapshot: true\n"),
    ] {
        let path = root.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }
    assert_eq!(found(&root, &["login", "--save"]), ["fails_open gate"]);
    let kept = root.join("scenarios/regressions/login-fails-open-gate.yaml");
    let text = fs::read_to_string(kept).expect("a scenario");
    assert!(text.contains("respond: { fault: refused }"), "{text}");
    assert!(text.contains("https://a.example.com/v1"), "{text}");
    let regressions = ["run", "scenarios/regressions", "--ci"];
    assert_eq!(code(&flowproof(&root, &regressions)), 1);
    fs::write(
        &source,
        CATCHES.replace("api.log('warn', 'away')", "throw error"),
    )
    .expect("written");
    assert_eq!(code(&flowproof(&root, &regressions)), 0);
    assert_eq!(found(&root, &["login"]), [""; 0]);
}

#[test]
fn what_services_answer_to_an_action_is_made_up_out_of_its_source() {
    let root = workspace("fuzz-answers", &[ACTION]);
    let source = root.join("fixtures/actions/gate.js");
    for (look, expected) in [
        ("answer.suspect === true", &["fails_open gate"][..]),
        ("answer.risk.score > 70", &["fails_open gate"]),
        ("answer.verdict === 'too-bad'", &["fails_open gate"]),
        ("event.user.email.endsWith('@evil.example')", &[]),
    ] {
        fs::write(&source, CATCHES.replace("answer.suspect", look)).expect("written");
        assert_eq!(found(&root, &["login"]), expected, "{look}");
    }
}

#[test]
fn a_service_that_answers_too_late_or_nothing_is_found_and_can_be_mended() {
    let look = "if (answer.verdict === 'deny') api.deny('bad');\n}\n";
    let head = "export async function execute(event, api) {\n  const ask = async () => (await api.fetch('https://kyc.example.com/v1')).json();\n";
    let race = "const late = new Promise((done) => setTimeout(() => done({}), 1000));\n  const answer = await Promise.race([ask(), late]);\n";
    let caught = "const answer = await ask().catch(() => ({}));\n";
    let fixed = "const answer = await ask();\n";
    let scenario = SUSPECT.replace("suspect: true", "verdict: deny");
    for (name, how) in [("race", race), ("caught", caught)] {
        let root = workspace(&format!("fuzz-late-{name}"), &[ACTION]);
        let source = root.join("fixtures/actions/gate.js");
        fs::create_dir_all(root.join("scenarios")).expect("a folder");
        fs::write(root.join("scenarios/a.yaml"), &scenario).expect("written");
        fs::write(&source, format!("{head}{how}{look}")).expect("written");
        assert_eq!(found(&root, &["login", "--save"]), ["fails_open gate"]);
        let regressions = ["run", "scenarios/regressions"];
        assert_eq!(code(&flowproof(&root, &regressions)), 1, "{name}");
        fs::write(&source, format!("{head}{fixed}{look}")).expect("written");
        assert_eq!(code(&flowproof(&root, &regressions)), 0, "{name}");
        assert_eq!(found(&root, &["login"]), [""; 0], "{name}");
        let said = flowproof(&root, &["fuzz", "login", "--cases", "100"]);
        let said = String::from_utf8(said.stdout).expect("text");
        assert!(
            said.contains("when `gate` is answered with `{}`, ada gets in"),
            "a note: {said}"
        );
    }
}

#[test]
fn an_empty_answer_to_a_webhook_is_found_where_a_condition_asks_whether_it_is_there() {
    let root = workspace("fuzz-empty", &[SCORE, GUARDED]);
    let open = ["fails_open score", "order_dependence verdict score"];
    assert_eq!(found(&root, &["login"]), open);
}

#[test]
fn a_proof_that_nothing_looks_at_is_found_and_can_be_mended() {
    let send = "{ block: channel_otp_send, config: { channel: email } }";
    let ask = "{ block: channel_otp_verify, slug: code }";
    let look = "{ block: condition, slug: right, config: { when: '!step.code.verified' }, then: [{ block: deny, config: { reason: wrong } }] }";
    let aal = "{ block: condition, slug: right, config: { when: '!(\"otp\" in event.authentication.methods)' }, then: [{ block: deny, config: { reason: wrong } }] }";
    let root = workspace("fuzz-unread", &[send, ask]);
    assert_eq!(found(&root, &["login", "--save"]), ["fails_open code"]);
    let regressions = ["run", "scenarios/regressions"];
    assert_eq!(code(&flowproof(&root, &regressions)), 1);
    let flow = root.join("fixtures/flows/login.yaml");
    let open = fs::read_to_string(&flow).expect("the flow");
    for look in [look, aal] {
        fs::write(&flow, open.replace(ask, &format!("{ask}\n      - {look}"))).expect("written");
        assert_eq!(code(&flowproof(&root, &regressions)), 0, "{look}");
        assert_eq!(found(&root, &["login"]), [""; 0], "{look}");
    }
}

#[test]
fn a_flow_that_falls_back_is_clean_unless_everybody_goes_through_what_it_falls_back_on() {
    let deny = "[{ block: deny, config: { reason: high_risk } }]";
    let instead = |blocks: &str| {
        format!(
            "{{ block: decision, slug: verdict, branches: [{{ branch: silent, when: '!has(step.score.body.risk)', blocks: [{blocks}] }}, {{ branch: bad, when: 'step.score.body.risk > 80', blocks: {deny} }}, {{ branch: good, default: true }}] }}"
        )
    };
    let factor = instead("{ block: mfa }");
    let score = instead("{ block: ip_reputation }");
    let always = format!(
        "{{ block: condition, slug: verdict, config: {{ when: 'has(step.score.body.risk) && step.score.body.risk > 80' }}, then: {deny}, else: [{{ block: mfa }}] }}"
    );
    let open = &["fails_open score", "order_dependence verdict score"][..];
    for (name, block, expected) in [
        ("factor", &factor, &[][..]),
        ("score", &score, open),
        ("always", &always, open),
    ] {
        let root = workspace(&format!("fuzz-back-{name}"), &[OPEN_SCORE, block]);
        assert_eq!(found(&root, &["login"]), expected, "{name}");
    }
}

#[test]
fn a_second_try_after_a_timeout_counts_against_the_budget() {
    let again = "{ block: condition, slug: silent, config: { when: '!has(step.score.body)' }, then: [{ block: call_webhook, slug: again, timeout: 9s, on_error: continue, config: { url: 'https://d.example.com/v1' } }] }";
    let root = workspace("fuzz-again", &[OPEN_SCORE, again]);
    assert_eq!(found(&root, &["login"]), ["over_budget again score"]);
}

#[test]
fn blocks_of_an_embedded_flow_change_their_order_too() {
    let root = workspace("fuzz-inside", &[NESTED]);
    let gate = "flow: fraud\nstatus: published\nstages:\n  - stage: s\n    blocks:\n      - block: risk_evaluate\n      - block: condition\n        slug: verdict\n        config: { when: 'event.authentication.risk_score >= 60' }\n        then: [{ block: deny, config: { reason: high_risk } }]\n      - block: allow\n";
    fs::write(root.join("fixtures/flows/fraud.yaml"), gate).expect("written");
    assert_eq!(
        found(&root, &["login"]),
        ["order_dependence verdict risk-evaluate"]
    );
}

#[test]
fn a_kept_scenario_over_budget_passes_once_a_timeout_is_shorter() {
    let root = workspace("fuzz-shorter", &[SLOW, SLOWER]);
    flowproof(&root, &["fuzz", "login", "--cases", "50", "--save"]);
    let kept = "scenarios/regressions/login-over-budget-slow-slower.yaml";
    assert_eq!(code(&flowproof(&root, &["run", kept])), 1);
    let flow = root.join("fixtures/flows/login.yaml");
    let text = fs::read_to_string(&flow).expect("the flow");
    fs::write(&flow, text.replace("timeout: 6s", "timeout: 4s")).expect("written");
    assert_eq!(code(&flowproof(&root, &["run", kept])), 0);
    assert_eq!(found(&root, &["login"]), [""; 0]);
}

#[test]
fn what_is_kept_counts_no_calls_since_a_flow_that_is_right_stops_before_them() {
    let root = workspace("fuzz-counts", &[OPEN_SCORE, GUARDED]);
    let scenario = "scenario: risky\nflow: login\nidentity: ada\nwebhooks: [{ mock: score, url: 'https://a.example.com/v1', respond: { json: { risk: 90 } }, calls: 1 }]\nexpect: { ending: denied }\n";
    fs::create_dir_all(root.join("scenarios")).expect("a folder");
    fs::write(root.join("scenarios/a.yaml"), scenario).expect("written");
    let kept = "scenarios/regressions/login-fails-open-score.yaml";
    flowproof(&root, &["fuzz", "login", "--cases", "50", "--save"]);
    assert_eq!(code(&flowproof(&root, &["run", kept])), 1);
    let flow = root.join("fixtures/flows/login.yaml");
    let text = fs::read_to_string(&flow).expect("the flow");
    fs::write(&flow, text.replace(OPEN_SCORE, SCORE)).expect("written");
    assert_eq!(code(&flowproof(&root, &["run", kept])), 0);
}

#[test]
fn what_the_author_accepts_is_told_and_does_not_fail() {
    let root = workspace("fuzz-accepted", &[OPEN_SCORE, GUARDED]);
    let flow = root.join("fixtures/flows/login.yaml");
    let text = fs::read_to_string(&flow).expect("the flow");
    let allow = "allow:\n  - { lint: fails_open, at: score, reason: the vendor is flaky }\n  - { lint: order_dependence, at: verdict, reason: nobody moves it }\n";
    fs::write(&flow, format!("{text}{allow}")).expect("written");
    assert_eq!(found(&root, &["login"]), [""; 0]);
    let output = flowproof(&root, &["fuzz", "login", "--cases", "50"]);
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(said.contains("(the vendor is flaky)"), "{said}");
}

#[test]
fn the_same_seed_finds_the_same_at_any_number_of_jobs() {
    let root = workspace(
        "fuzz-jobs",
        &[OPEN_SCORE, GUARDED, OPEN_NESTED, SLOW, SLOWER],
    );
    let run = |jobs: &str| {
        let args = [
            "fuzz", "--cases", "300", "--seed", "9", "--format", "json", "--jobs", jobs,
        ];
        flowproof(&root, &args).stdout
    };
    let one = run("1");
    assert!(one.len() > 2_000);
    assert!(one == run("3"), "other findings with other jobs");
}

#[test]
fn wrong_usage_is_told() {
    let root = workspace("fuzz-usage", &[SCORE]);
    for (args, expected, words) in [
        (&["fuzz", "logn"][..], 2, "did you mean `login`"),
        (&["fuzz", "--wild", "login"], 2, "cannot be used with"),
        (&["fuzz", "--cases", "0"], 2, "0"),
        (&["fuzz", "--wild", "--cases", "50"], 0, "seed 1"),
    ] {
        let output = flowproof(&root, args);
        let said = String::from_utf8(output.stderr.clone()).expect("text");
        assert_eq!(code(&output), expected, "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
    }
    fs::write(
        root.join("fixtures/flows/login.yaml"),
        "flow: login\nkind: sistem\n",
    )
    .expect("written");
    assert_eq!(code(&flowproof(&root, &["fuzz", "login"])), 3);
}

#[test]
fn a_file_that_does_not_load_is_told_in_the_form_of_the_command() {
    let files = [(
        "fixtures/flows/login.yaml",
        "flow: login\nkind: system\nstagse: []\n",
    )];
    let root = folder::folder("fuzz-unloadable", &files);
    let output = flowproof(&root, &["fuzz", "login", "--seed", "3", "--format", "json"]);
    assert_eq!(code(&output), 3);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(document["format"], "flowproof.fuzz/1");
    assert_eq!(document["seed"], 3);
    assert_eq!(document["passed"], false);
    let first = &document["diagnostics"][0];
    assert_eq!(first["file"], "fixtures/flows/login.yaml", "{document}");
}
