//! `flowproof fuzz` where it takes several runs to tell a flaw from a choice: proofs that stop nobody, and calls that are
//! late each by its own timeout. What a run takes by itself: answers, latencies, statuses that are written first.

#[path = "support/binary.rs"]
mod binary;
#[path = "support/folder.rs"]
mod folder;

use serde_json::Value;
use std::path::{Path, PathBuf};

const PEOPLE: &str = "identities:\n  ada: { email: ada@example.com, password: correct horse battery, mfa: [totp], devices: [{ id: dev_1, trusted: true }] }\n";

/// A flow of one stage.
fn workspace(name: &str, flow: &str, blocks: &[&str]) -> PathBuf {
    let blocks: String = blocks
        .iter()
        .map(|block| format!("      - {block}\n"))
        .collect();
    let head =
        format!("flow: {flow}\nkind: system\nstages:\n  - stage: Only\n    blocks:\n{blocks}");
    folder::folder(
        name,
        &[
            ("fixtures/flows/flow.yaml", &head),
            ("fixtures/identities/people.yaml", PEOPLE),
        ],
    )
}

/// What is found that makes the command fail: kind and blocks.
fn found(root: &Path, flow: &str) -> Vec<String> {
    let args = ["fuzz", flow, "--cases", "200", "--format", "json", "--save"];
    let output = binary::command(root, &args).output().expect("it runs");
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = document["flows"][0]["findings"].as_array().expect("a list");
    let errors = findings.iter().filter(|one| one["weight"] == "error");
    errors
        .map(|one| {
            let blocks = one["blocks"].as_array().expect("blocks");
            let blocks: Vec<&str> = blocks.iter().filter_map(Value::as_str).collect();
            format!(
                "{} {}",
                one["kind"].as_str().expect("a kind"),
                blocks.join(" ")
            )
        })
        .collect()
}

/// Whether every kept scenario passes.
fn kept_pass(root: &Path) -> bool {
    let run = binary::command(root, &["run", "scenarios/regressions"]).output();
    run.expect("it runs").status.code() == Some(0)
}

const LOOKUP: &str = "{ block: identity_lookup, config: { must_exist: true } }";
const SEND: &str = "{ block: channel_otp_send, config: { channel: email } }";
const CODE: &str = "{ block: channel_otp_verify, slug: code }";
const PASSWORD: &str = "{ block: password_check, slug: password }";
const DENY: &str = "[{ block: deny, config: { reason: wrong } }]";
const LOG: &str = "[{ block: log_event, config: { type: wrong } }]";

#[test]
fn a_proof_whose_wrong_answer_gets_as_far_is_found_and_a_choice_is_none() {
    let unless = |when: &str, then: &str| {
        format!("{{ block: condition, slug: right, config: {{ when: \"{when}\" }}, else: {then} }}")
    };
    let verified = "step.code.verified";
    let rows: [(&str, &str, &str, &[&str]); 6] = [
        ("denies", verified, DENY, &[]),
        ("logs", verified, LOG, &["fails_open code"]),
        (
            "there",
            "has(step.code.verified)",
            DENY,
            &["fails_open code"],
        ),
        // somebody is stopped, on another device
        (
            "trusted",
            "step.code.verified || event.request.device.trusted",
            DENY,
            &[],
        ),
        // one of two is enough
        (
            "either",
            "step.code.verified || step.password.verified",
            DENY,
            &[],
        ),
        ("asks", verified, "[{ block: mfa }]", &[]),
    ];
    for (name, when, then, expected) in rows {
        let (root, last) = (format!("judges-{name}"), unless(when, then));
        let finalize = "{ block: finalize }";
        let blocks = [LOOKUP, PASSWORD, SEND, CODE, &last, finalize];
        let root = workspace(&root, "mfa-verify", &blocks);
        let seen = found(&root, "mfa-verify");
        let seen: Vec<&String> = seen.iter().filter(|one| one.contains("code")).collect();
        assert_eq!(seen, expected, "{name}");
        assert!(expected.is_empty() || !kept_pass(&root), "{name}");
    }
}

#[test]
fn calls_at_once_are_late_each_by_its_own_timeout() {
    let both = |first: &str| {
        format!(
            "{{ block: parallel_webhook, slug: both, config: {{ calls: {{ a: {{ url: 'https://a.example.com', timeout: {first} }}, b: {{ url: 'https://b.example.com', timeout: 1s }} }} }} }}"
        )
    };
    let last = "{ block: call_webhook, slug: last, timeout: 5s, config: { url: 'https://c.example.com' } }";
    for (first, expected) in [("5s", &["over_budget both last"][..]), ("4s", &[])] {
        let blocks = [LOOKUP, &both(first), last, "{ block: finalize }"];
        let root = workspace(&format!("judges-late-{first}"), "mfa-verify", &blocks);
        assert_eq!(found(&root, "mfa-verify"), expected, "{first}");
        assert!(expected.is_empty() || !kept_pass(&root), "{first}");
        let flow = root.join("fixtures/flows/flow.yaml");
        let text = std::fs::read_to_string(&flow).expect("the flow");
        std::fs::write(&flow, text.replace("5s", "3s")).expect("written");
        assert!(expected.is_empty() || kept_pass(&root), "{first}");
    }
}

#[test]
fn a_status_that_a_continued_webhook_fails_on_is_read_all_the_same() {
    let policy = "{ block: call_webhook, slug: policy, on_error: continue, config: { url: 'https://a.example.com' } }";
    let heard = "{ block: condition, slug: heard, config: { when: has(step.policy.status) }, else: [{ block: deny, slug: away, config: { reason: away } }] }";
    let verdict = |when: &str| {
        format!(
            "{{ block: condition, slug: verdict, config: {{ when: '{when}' }}, then: [{{ block: deny, slug: stop, config: {{ reason: stop }} }}] }}"
        )
    };
    for (name, when, expected) in [
        (
            "open",
            "step.policy.status < 500 && step.policy.body.ok != true",
            &["fails_open policy"][..],
        ),
        (
            "closed",
            "step.policy.status >= 500 || step.policy.body.ok != true",
            &[],
        ),
    ] {
        let blocks = [LOOKUP, policy, heard, &verdict(when), "{ block: finalize }"];
        let root = workspace(&format!("judges-status-{name}"), "password-reset", &blocks);
        assert_eq!(found(&root, "password-reset"), expected, "{name}");
        assert!(expected.is_empty() || !kept_pass(&root), "{name}");
    }
}

#[test]
fn what_the_latency_of_the_settings_says_counts_against_the_budget() {
    let last = "{ block: call_webhook, slug: last, timeout: 2s, config: { url: 'https://c.example.com' } }";
    let factor = "{ block: mfa, config: { factors: [totp], attempts: 5 } }";
    for (name, latency, expected) in [
        (
            "samples",
            "identity_lookup: { samples: [5ms, 5ms, 9s] }",
            &["over_budget identity-lookup last"][..],
        ),
        ("p99", "identity_lookup: { p50: 5ms, p99: 7s }", &[]),
        ("answers", "mfa: 1700ms", &["over_budget last"]),
        ("few", "mfa: 1400ms", &[]),
        ("always", "mfa: 11s", &["over_budget mfa"]),
    ] {
        let blocks = [LOOKUP, factor, last, "{ block: finalize }"];
        let root = workspace(&format!("judges-latency-{name}"), "mfa-verify", &blocks);
        let settings = root.join("flowproof.yaml");
        std::fs::write(&settings, format!("latency: {{ {latency} }}\n")).expect("written");
        assert_eq!(found(&root, "mfa-verify"), expected, "{name}");
        assert!(expected.is_empty() || !kept_pass(&root), "{name}");
        std::fs::write(&settings, "latency: { mfa: 10ms }\n").expect("written");
        assert!(
            expected.is_empty() || name == "samples" || kept_pass(&root),
            "{name}"
        );
    }
}

const SIGNED_IN: [&str; 3] = [
    LOOKUP,
    PASSWORD,
    "{ block: condition, slug: pw, config: { when: step.password.verified }, else: [{ block: deny, slug: bad, config: { reason: bad } }] }",
];

/// A login that asks a service, goes on without it, and denies under a condition.
fn asks(name: &str, when: &str) -> PathBuf {
    let condition = format!(
        "{{ block: condition, slug: verdict, config: {{ when: \"{when}\" }}, then: {DENY} }}"
    );
    let service = "{ block: call_webhook, slug: tags, on_error: continue, timeout: 1s, config: { url: 'https://t.example.com/q' } }";
    let mut blocks = SIGNED_IN.to_vec();
    blocks.extend([service, &condition, "{ block: issue_session }"]);
    workspace(name, "login", &blocks)
}

#[test]
fn lists_and_patterns_that_a_condition_looks_into_are_made_up() {
    let rows = [
        (
            "exists",
            "has(step.tags.body.l) && step.tags.body.l.exists(f, f.startsWith('stolen'))",
        ),
        (
            "size",
            "has(step.tags.body.l) && size(step.tags.body.l) > 0",
        ),
        (
            "in",
            "has(step.tags.body.l) && 'banned' in step.tags.body.l",
        ),
        (
            "fields",
            "has(step.tags.body.l) && step.tags.body.l.exists(f, f.kind == 'fraud')",
        ),
        (
            "pattern",
            "has(step.tags.body.l) && step.tags.body.l.matches('^(bad|evil)-[0-9]+$')",
        ),
    ];
    for (name, when) in rows {
        let root = asks(&format!("fuzz-lists-{name}"), when);
        let found = found(&root, "login");
        assert!(
            found.contains(&"fails_open tags".to_owned()),
            "{name}: {found:?}"
        );
    }
}

#[test]
fn ids_in_requests_are_the_engines_business() {
    let blocks = [
        "{ block: social_idp_redirect, config: { provider: google } }",
        "{ block: social_idp_callback, slug: back, config: { provider: google } }",
        "{ block: call_webhook, slug: a, timeout: 1s, config: { url: 'https://a.example.com/q?who={{ step.back.subject }}' } }",
        "{ block: call_webhook, slug: b, timeout: 1s, config: { url: 'https://b.example.com/q', headers: { x-who: '{{ step.back.subject }}' }, body: { who: 'it is {{ step.back.subject }}' } } }",
        "{ block: run_custom_action, slug: crm, on_error: continue, config: { action: crm } }",
        "{ block: condition, slug: known, config: { when: \"step.back.subject.startsWith('google|')\" }, else: [{ block: deny, config: { reason: wrong } }] }",
        "{ block: issue_session }",
        "{ block: condition, slug: long, config: { when: size(session.id) > 3 }, then: [{ block: log_event, config: { type: long } }] }",
    ];
    let root = workspace("fuzz-ids-in-requests", "login", &blocks);
    let action = "action: crm\nname: crm\nversion: 1.0.0\ntriggers: [login]\nsource: crm.js\n";
    let source = "export async function execute(event, api, { step }) { api.state.set('n', step.back.subject.length); }";
    std::fs::create_dir_all(root.join("fixtures/actions")).expect("a folder");
    std::fs::write(root.join("fixtures/actions/crm.yaml"), action).expect("a file");
    std::fs::write(root.join("fixtures/actions/crm.js"), source).expect("a file");
    assert!(disagreements(&root, "login").is_empty());
}

#[test]
fn an_address_is_judged_by_both_alike() {
    let addresses = "['a@b', 'a b@c.org', '@c.org', 'a@c.org', '^a@(c|d)[.]org$', 'a@b@c.org', 'a@-c.org', 'a@c..org']";
    let when = format!("event.user.email in {addresses}");
    let condition = format!("{{ block: condition, config: {{ when: \"{when}\" }}, then: {DENY} }}");
    let blocks = [
        "{ block: email_validation }",
        "{ block: condition, slug: fine, config: { when: step.email-validation.valid }, else: [{ block: deny, slug: no-address, config: { reason: bad } }] }",
        &condition,
        "{ block: identity_create }",
        "{ block: finalize }",
    ];
    let root = workspace("fuzz-addresses", "registration", &blocks);
    assert!(disagreements(&root, "registration").is_empty());
}

/// Where the engine and the reference disagree.
fn disagreements(root: &Path, flow: &str) -> Vec<Value> {
    let args = ["fuzz", flow, "--cases", "2000", "--format", "json"];
    let output = binary::command(root, &args).output().expect("it runs");
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let told = document["flows"][0]["disagreements"].as_array();
    told.expect("a list").clone()
}

#[test]
fn a_gate_whose_failure_asks_for_a_factor_is_no_finding() {
    let gate = "flow: gate\nkind: custom\nstatus: published\nstages:\n  - stage: Only\n    blocks:\n      - { block: call_webhook, slug: v, timeout: 1s, config: { url: 'https://v.example.com/q' } }\n      - block: condition\n        slug: judged\n        config: { when: \"step.v.body.verdict == 'good'\" }\n        then: [{ block: allow, slug: fine }]\n        else: [{ block: deny, slug: refused, config: { reason: refused } }]\n";
    let mut blocks = SIGNED_IN.to_vec();
    blocks
        .push("{ block: run_custom_flow, slug: gate, on_error: continue, config: { flow: gate } }");
    let falls_back = "{ block: condition, slug: silent, config: { when: \"step.gate.outcome != 'allowed'\" }, then: [{ block: mfa, config: { factors: [totp] } }] }";
    for (name, falls_back, expected) in [
        ("asks", Some(falls_back), None),
        ("goes-on", None, Some("fails_open gate")),
    ] {
        let blocks: Vec<&str> = blocks.iter().copied().chain(falls_back).collect();
        let blocks = [blocks.as_slice(), &["{ block: issue_session }"]].concat();
        let root = workspace(&format!("fuzz-gate-{name}"), "login", &blocks);
        std::fs::write(root.join("fixtures/flows/gate.yaml"), gate).expect("a file");
        let found = found(&root, "login");
        let first = found.iter().find(|one| one.starts_with("fails_open"));
        assert_eq!(first.map(String::as_str), expected, "{name}");
    }
}
