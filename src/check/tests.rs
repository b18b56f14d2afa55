//! Properties of all rules together: accepted findings are gone, each mistake is told once, the list of lints is
//! documented, broken files are not told twice, and large flows are judged in time.

use super::ground::testing::{check, gate, line, login, said_under, workspace};
use super::*;
use crate::profile::Profile;

fn said(text: &str) -> Vec<String> {
    said_under(&Profile::default(), text)
}

#[test]
fn the_flow_of_the_format_draws_nothing_but_what_is_known() {
    let text = r#"
flow: login
kind: system
stages:
  - stage: Pre-Login
    locked: true
    blocks:
      - block: identity_lookup
      - block: password_check
      - block: decision
        slug: credentials
        branches:
          - when: "!step.password-check.verified"
            branch: rejected
            blocks:
              - block: deny
                slug: bad-credentials
                config: { reason: invalid_credentials }
          - branch: accepted
            default: true
  - stage: Post-Auth
    blocks:
      - block: risk_evaluate
      - block: run_custom_flow
        slug: fraud
        config: { flow: fraud-gate }
      - block: run_custom_action
        slug: allowlist
        on_error: continue
        timeout: 2s
        config: { action: domain-allowlist, config: { domains: [example.com] } }
      - block: call_webhook
        slug: fraud-signal
        config:
          url: "https://fraud.example.com/v1/score?user={{ event.user.id }}"
          headers: { x-tenant: "{{ event.tenant.slug }}" }
          body: { email: "{{ event.user.email }}", risk: "{{ step.risk-evaluate.score }}" }
  - stage: Post-Login
    blocks:
      - block: issue_session
---
flow: fraud-gate
status: published
stages:
  - stage: Gate
    blocks:
      - block: ip_reputation
      - block: decision
        slug: verdict
        branches:
          - when: "step.risk-evaluate.score >= 80 || step.ip-reputation.score > 50"
            branch: block
            blocks: [{ block: deny, slug: block, config: { reason: high_risk } }]
          - branch: pass
            default: true
            blocks: [{ block: allow, slug: let-through }]
---
action: domain-allowlist
triggers: [login, registration.pre-create]
"#;
    assert_eq!(said(text), Vec::<String>::new());
}

#[test]
fn a_warning_is_accepted_where_the_flow_says_so_and_an_error_never() {
    let flow = |allow: &str, blocks: &str| {
        login(blocks).replace(
            "kind: system\n",
            &format!("kind: system\nallow: [{allow}]\n"),
        )
    };
    let decision = "- { block: decision, slug: d, branches: [{ branch: a, when: 1 == 2 }] }";
    check(
        &[
            "decision_without_default",
            "unused_allowance",
            "unknown_read",
        ],
        &[
            (&login(decision), &["decision_without_default warning 6"]),
            (
                &flow(
                    "{ lint: decision_without_default, at: d, reason: x }",
                    decision,
                ),
                &[],
            ),
            (
                &flow(
                    "{ lint: decision_without_default, at: e, reason: x }",
                    decision,
                ),
                &[
                    "unused_allowance warning 3 this accepts a finding at `e`, but there is no such block | write one of `d`",
                    "decision_without_default warning 7",
                ],
            ),
            (
                &flow(
                    "{ lint: unreachable, at: d, reason: x }, { lint: decision_without_default, at: d, reason: x }",
                    decision,
                ),
                &["unused_allowance warning 3 `d` draws no `unreachable`"],
            ),
            (
                &flow(
                    "{ lint: unreachabel, at: d, reason: x }, { lint: decision_without_default, at: d, reason: x }",
                    decision,
                ),
                &[
                    "unused_allowance warning 3 `unreachabel` is no finding that can be accepted | did you mean `unreachable`?",
                ],
            ),
            (
                &flow(
                    "{ lint: unknown_read, at: condition, reason: x }",
                    "- { block: condition, config: { when: step.x.y == 1 } }",
                ),
                &[
                    "unused_allowance warning 3 … errors cannot be accepted",
                    "unknown_read error 7",
                ],
            ),
            (
                &flow(
                    "{ fault: error, at: d, reason: x }, { lint: decision_without_default, at: d, reason: x }",
                    decision,
                ),
                &[],
            ),
            (
                &flow(
                    "{ lint: over_budget, at: d, reason: x }, { lint: decision_without_default, at: d, reason: x }",
                    decision,
                ),
                &[],
            ),
            (
                &flow(
                    "{ fault: error, at: f/gone, reason: x }, { lint: decision_without_default, at: d, reason: x }",
                    decision,
                ),
                &["unused_allowance warning 3 … no such block"],
            ),
        ],
    );
}

#[test]
fn what_is_wrong_in_an_embedded_flow_is_told_once_with_each_embedding() {
    let run = "- { block: run_custom_flow, slug: one, config: { flow: gate } }\n- { block: run_custom_flow, slug: two, config: { flow: gate } }\n";
    let text = format!(
        "{}---\n{}",
        login(run),
        gate("- { block: condition, config: { when: step.nothing.x == 1 } }\n- block: allow")
    );
    let (flows, actions) = workspace(&text);
    let profile = Profile::default();
    let found = judge(&Subject::new(&flows, &actions, &profile));
    let reads: Vec<_> = found
        .iter()
        .filter(|one| one.code == "unknown_read")
        .collect();
    let told: Vec<String> = reads.iter().map(|one| line(one)).collect();
    assert_eq!(reads.len(), 1, "{told:?}");
    let places: Vec<usize> = reads[0]
        .related
        .iter()
        .map(|(span, _)| span.line())
        .collect();
    assert_eq!(places, [6, 7]);
}

#[test]
fn what_refers_to_a_broken_file_is_not_told_again() {
    let text = login(
        "- { block: run_custom_flow, slug: run, config: { flow: gate } }\n- { block: run_custom_action, slug: act, config: { action: tag } }\n- { block: condition, config: { when: custom.gate.x == step.act.y } }",
    );
    let (flows, actions) = workspace(&text);
    let profile = Profile::default();
    let mut subject = Subject::new(&flows, &actions, &profile);
    subject.broken_flows.insert("gate");
    subject.broken_actions.insert("tag");
    let said: Vec<String> = judge(&subject).iter().map(line).collect();
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn every_lint_is_documented_and_nothing_else() {
    let text = include_str!("../../docs/lints.md");
    let documented: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'))
        .collect();
    let codes: Vec<&str> = LINTS.iter().map(|lint| lint.code).collect();
    assert_eq!(documented, codes);
    assert!(LINTS.iter().all(|lint| !lint.says.is_empty()));
}

#[test]
fn large_flows_are_judged_to_the_end() {
    let many = |block: &dyn Fn(usize) -> String, count: usize| -> String {
        (0..count).map(block).collect()
    };
    let shapes = [
        login(&many(
            &|at| {
                format!(
                    "- {{ block: condition, slug: c{at}, config: {{ when: has(step.c.x) && step.c{at}.branch == 'then' }} }}\n"
                )
            },
            1_000,
        )),
        login(&many(
            &|at| {
                format!(
                    "- {{ block: call_webhook, slug: w{at}, timeout: 9s, on_error: continue, config: {{ url: 'https://a.b/{{{{ step.w.body }}}}' }} }}\n- {{ block: condition, slug: c{at}, config: {{ when: step.w{at}.body.x == 1 }}, then: [{{ block: password_check, slug: p{at} }}] }}\n"
                )
            },
            500,
        )),
        login(&"- { block: run_custom_flow, config: { flow: gate } }\n".repeat(250))
            + "---\n"
            + &gate(
                &(many(
                    &|at| {
                        format!(
                            "- {{ block: condition, slug: c{at}, config: {{ when: custom.gate.y == 1 }}, then: [{{ block: allow, slug: a{at} }}] }}\n"
                        )
                    },
                    45,
                ) + "- block: allow"),
            ),
    ];
    for text in shapes {
        assert!(!said(&text).is_empty(), "{}", &text[..200]);
    }
}
