//! What is expected, held against a run of a small login flow: each row is an `expect` and what does not hold.

mod support;

use flowproof::diagnostic::Diagnostics;
use flowproof::harness::{Options, Plan, Results, Verdict, run_all};
use flowproof::scenario::decode_file;
use flowproof::text::SourceFile;
use flowproof::value::to_json_text;
use flowproof::workspace::Workspace;
use std::sync::Arc;

fn loaded(name: &str) -> Arc<Workspace> {
    let mut diagnostics = Diagnostics::default();
    let workspace = Workspace::load(&support::workspace(name, &[]), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{:?}", diagnostics.into_sorted());
    Arc::new(workspace)
}

fn run(workspace: &Arc<Workspace>, text: &str, options: Options) -> Results {
    let mut diagnostics = Diagnostics::default();
    let file = SourceFile::new("scenarios/a.yaml", text);
    let scenarios = decode_file(&file, workspace, &mut diagnostics);
    let plan = Plan::new(workspace, scenarios, options, &mut diagnostics);
    assert!(
        !diagnostics.has_errors(),
        "{text}\n{:?}",
        diagnostics.into_sorted()
    );
    run_all(&plan.expect("a plan"), &mut |_| {}).expect("workers")
}

/// `expectation: expected / actual`, one for each finding.
fn findings(results: &Results) -> Vec<String> {
    let all = results.scenarios.iter().flat_map(|result| &result.failures);
    all.map(|placed| {
        let finding = &placed.finding;
        format!(
            "{}: {} / {}",
            finding.expectation,
            to_json_text(&finding.expected),
            to_json_text(&finding.actual)
        )
    })
    .collect()
}

const ARRANGED: &str = "\
scenario: a
flow: login
identity: ada
answers: { mfa: right }
";

const LOW: &str = "webhooks: [{ use: [shared] }]\n";
const HIGH: &str = "webhooks: [{ mock: high score, url_pattern: \"https://fraud.example.com/*\", respond: { status: 200, json: { score: 0.9 } } }]\n";

/// The webhooks, what is expected, and what does not hold.
const ROWS: &[(&str, &str, &[&str])] = &[
    (
        LOW,
        "ending: allowed, terminal: issue-session, reason: ~, halted_at: ~, error: ~, user_sees: success",
        &[],
    ),
    (LOW, "ending: denied", &["ending: \"denied\" / \"allowed\""]),
    (LOW, "terminal: ~", &["terminal: null / \"issue-session\""]),
    (LOW, "reason: high_risk", &["reason: \"high_risk\" / null"]),
    (
        LOW,
        "error: { code: injected }",
        &["error.code: \"injected\" / null"],
    ),
    (
        LOW,
        "error: { contains: x }",
        &["error.contains: \"x\" / null"],
    ),
    (
        HIGH,
        "ending: denied, terminal: fraud/block, reason: high_risk, halted_at: fraud/block, user_sees: generic_error",
        &[],
    ),
    (HIGH, "reason: { any_of: [high_risk, low_risk] }", &[]),
    (
        HIGH,
        "reason: { matches: ^low }",
        &["reason: {\"matches\":\"^low\"} / \"high_risk\""],
    ),
    (
        HIGH,
        "user_sees: { prompt: mfa }",
        &["user_sees: {\"prompt\":\"mfa\"} / \"generic_error\""],
    ),
    (
        HIGH,
        "path: [identity-lookup, password-check, credentials, risk-evaluate, fraud, fraud/signal, fraud/verdict, fraud/block]",
        &[],
    ),
    (
        HIGH,
        "path: [identity-lookup]",
        &[
            "path: [\"identity-lookup\"] / [\"identity-lookup\",\"password-check\",\"credentials\",\"risk-evaluate\",\"fraud\",\"fraud/signal\",\"fraud/verdict\",\"fraud/block\"]",
        ],
    ),
    (
        HIGH,
        "ran: [fraud/verdict], not_ran: [note, mfa], branches: { credentials: accepted, fraud/verdict: block }",
        &[],
    ),
    (
        HIGH,
        "not_ran: [fraud]",
        &[
            "not_ran: \"fraud\" / [\"identity-lookup\",\"password-check\",\"credentials\",\"risk-evaluate\",\"fraud\",\"fraud/signal\",\"fraud/verdict\",\"fraud/block\"]",
        ],
    ),
    (
        HIGH,
        "branches: { fraud/verdict: pass }",
        &["branches.fraud/verdict: \"pass\" / \"block\""],
    ),
    (
        HIGH,
        "state: { custom.gate.status: 200, custom.gate.body: { score: 0.9 }, custom.gate.body.score: { gt: 0.8, lt: 1 } }",
        &[],
    ),
    (
        HIGH,
        "state: { custom.gate.body: {} }",
        &["state.custom.gate.body.score: null / 0.9"],
    ),
    (
        HIGH,
        "state: { step.note.who: { absent: true }, step.signal.status: { exists: false } }",
        &[],
    ),
    (
        HIGH,
        "state: { step.note.who: usr_ada }",
        &["state.step.note.who: \"usr_ada\" / null"],
    ),
    (
        LOW,
        "state: { step.note.who: usr_ada, event.user.email: ada@example.com, session.aal: aal2 }",
        &[],
    ),
    (
        LOW,
        "state: { session.raw_token: { matches: redacted } }",
        &[],
    ),
    (
        LOW,
        "logs: [{ block: note, level: warn, contains: ada@ }]",
        &[],
    ),
    (
        LOW,
        "logs: [{ level: error }]",
        &[
            "logs[0]: {\"level\":\"error\"} / [{\"block\":\"note\",\"level\":\"warn\",\"message\":\"seen ada@example.com\"}]",
        ],
    ),
    (
        LOW,
        "webhooks: { low score: { calls: 1, method: POST, body: { email: ada@example.com } } }",
        &[],
    ),
    (
        LOW,
        "webhooks: { low score: { calls: \"2..\" } }",
        &["webhooks.low score.calls: \"2..\" / 1"],
    ),
    (
        LOW,
        "webhooks: { low score: { body: { email: eve@example.com } } }",
        &["webhooks.low score.body.email: \"eve@example.com\" / \"ada@example.com\""],
    ),
    (
        LOW,
        "webhooks: { low score: { body: { token: test-secret } } }",
        &[],
    ),
    (
        LOW,
        "webhooks: { low score: { body: { token: [test-secret] } } }",
        &["webhooks.low score.body.token: [\"<redacted>\"] / \"<redacted>\""],
    ),
    (
        LOW,
        "audit: [{ type: custom_flow.invoked }, { type: flow.completed, outcome: success }]",
        &[],
    ),
    (
        HIGH,
        "audit: [{ type: flow.denied, data: { reason: high_risk } }]",
        &[],
    ),
    (
        LOW,
        "side_effects: { session_issued: true, emails: 0, custom_claims: {}, identities_created: { lte: 0 } }",
        &[],
    ),
    (
        LOW,
        "side_effects: { session_issued: false, emails: 2 }",
        &[
            "side_effects.session_issued: false / true",
            "side_effects.emails: 2 / 0",
        ],
    ),
    (LOW, "budget: { max: 1s, blocks: { fraud: 1s } }", &[]),
    (
        LOW,
        "budget: { max: 87ms, blocks: { password-check: 59ms, note: 0ms } }",
        &[
            "budget.max: \"87ms\" / \"88ms\"",
            "budget.blocks.password-check: \"59ms\" / \"60ms\"",
        ],
    ),
];

#[test]
fn every_expectation_tells_what_holds_from_what_does_not() {
    let workspace = loaded("expectations");
    let mut wrong = Vec::new();
    for (webhooks, expect, expected) in ROWS {
        let text = format!("{ARRANGED}{webhooks}expect: {{ {expect} }}\n");
        let found = findings(&run(&workspace, &text, Options::default()));
        if found != *expected {
            wrong.push(format!(
                "{expect}\n  expected {expected:#?}\n  found {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn audit_entries_are_looked_for_in_order() {
    let workspace = loaded("expectations-audit");
    let text = format!(
        "{ARRANGED}{LOW}expect: {{ audit: [{{ type: flow.completed }}, {{ type: user.signed_in }}] }}\n"
    );
    let results = run(&workspace, &text, Options::default());
    let finding = &results.scenarios[0].failures[0].finding;
    assert_eq!(finding.expectation, "audit[1]");
    assert!(finding.message.contains("before"), "{}", finding.message);
}

#[test]
fn a_call_that_no_mock_answers_makes_a_scenario_errored_with_the_request() {
    let workspace = loaded("expectations-no-mock");
    let text = format!(
        "{ARRANGED}expect: {{ ending: failed, reason: custom_flow_error, error: {{ contains: no mock }} }}\n"
    );
    let results = run(&workspace, &text, Options::default());
    let result = &results.scenarios[0];
    assert_eq!(result.verdict, Verdict::Errored, "{:?}", result.failures);
    assert_eq!(result.failures.len(), 1);
    let finding = &result.failures[0].finding;
    assert_eq!(finding.expectation, "webhooks");
    assert_eq!(
        to_json_text(&finding.actual),
        r#"{"method":"POST","url":"https://fraud.example.com/score","body":{"email":"ada@example.com","token":"<redacted>"}}"#
    );
    assert!(
        finding.message.contains("no mock answers"),
        "{}",
        finding.message
    );
}

#[test]
fn numbers_of_calls_are_verified_without_an_expectation() {
    let workspace = loaded("expectations-calls");
    let text = format!(
        "{ARRANGED}webhooks: [{{ mock: never, url: \"https://a.example.com/\", respond: {{ status: 200 }}, calls: 1 }}, {{ use: [shared] }}]\n"
    );
    let results = run(&workspace, &text, Options::default());
    assert_eq!(results.scenarios[0].verdict, Verdict::Failed);
    assert_eq!(findings(&results), ["webhooks.never.calls: 1 / 0"]);
    assert!(results.scenarios[0].warnings.is_empty());
}

#[test]
fn a_scenario_that_expects_nothing_passes_with_a_warning() {
    let workspace = loaded("expectations-none");
    let results = run(&workspace, &format!("{ARRANGED}{LOW}"), Options::default());
    let result = &results.scenarios[0];
    assert_eq!(result.verdict, Verdict::Passed);
    assert_eq!(
        result
            .warnings
            .iter()
            .map(|one| one.code)
            .collect::<Vec<_>>(),
        ["no_expectations"]
    );
}

#[test]
fn results_do_not_depend_on_workers_or_repeats_and_stop_at_the_first_failure_in_input_order() {
    let workspace = loaded("expectations-jobs");
    let case = |n: usize| {
        let ending = if n == 7 || n == 20 {
            "denied"
        } else {
            "allowed"
        };
        format!("  - case: c{n}\n    expect: {{ ending: {ending} }}\n")
    };
    let cases: String = (0..30).map(case).collect();
    let text = format!("{ARRANGED}{LOW}cases:\n{cases}");
    for (jobs, repeat, fail_fast, judged, skipped) in [
        (1, 1, false, 30, 0),
        (4, 3, false, 30, 0),
        (1, 1, true, 8, 22),
        (8, 1, true, 8, 22),
    ] {
        let options = Options {
            jobs,
            repeat,
            fail_fast,
            ..Options::default()
        };
        let results = run(&workspace, &text, options);
        assert_eq!(
            (results.scenarios.len(), results.skipped),
            (judged, skipped)
        );
        let names: Vec<_> = results
            .scenarios
            .iter()
            .map(|result| result.name())
            .collect();
        let expected: Vec<_> = (0..judged).map(|n| format!("a / c{n}")).collect();
        assert_eq!(names, expected);
    }
}
