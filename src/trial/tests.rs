//! Guards, default worlds and dimensions of a small workspace.

use super::*;
use crate::document::parse_document;
use crate::flow::decode_flow;
use crate::trace::Ending;
use crate::workspace::decode_identity;

const FRAUD: &str = "
flow: fraud
status: published
stages:
  - stage: s
    blocks:
      - block: ip_reputation
      - block: condition
        slug: hidden
        config: { when: 'step.ip-reputation.score >= 60' }
        then: [{ block: deny, config: { reason: hidden } }]
      - block: allow
";

const LOGIN: &str = "
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
      - block: call_webhook
        slug: score
        on_error: continue
        config: { url: 'https://fraud.example.com/v1?u={{ event.user.id }}' }
      - block: condition
        slug: verdict
        config: { when: 'has(step.score.body.risk) && step.score.body.risk > 80' }
        then: [{ block: deny, slug: risky, config: { reason: high_risk } }]
      - block: run_custom_flow
        slug: gate
        config: { flow: fraud }
      - block: log_event
        config: { type: seen }
  - stage: Post-Login
    blocks:
      - block: issue_session
";

/// Somebody who may sign in.
const PEOPLE: &str = "email: ada@example.com\npassword: correct horse battery staple\nmfa: [totp]";

/// A workspace of these two flows, with one identity in it.
pub fn workspace() -> Workspace {
    let mut diagnostics = Diagnostics::default();
    let mut workspace = Workspace::load(std::path::Path::new("/nowhere"), &mut diagnostics);
    let mut diagnostics = Diagnostics::default();
    let mut read = |text: &str| {
        let file = SourceFile::new("a.yaml", text);
        parse_document(&file, &mut diagnostics).expect("yaml")
    };
    let (fraud, login, ada) = (read(FRAUD), read(LOGIN), read(PEOPLE));
    for node in [fraud, login] {
        let decoded = decode_flow(&node, &mut diagnostics).expect("a flow");
        workspace.flows.push(Arc::new(decoded.flow));
    }
    let ada = decode_identity(Some("ada"), &ada, &mut diagnostics).expect("ada");
    workspace.identities.push(Arc::new(ada));
    for name in ["login", "fraud"] {
        workspace.names.flows.miss();
        assert!(workspace.flow(name).is_some());
    }
    workspace.names.identities.miss();
    workspace
}

#[test]
fn guards_are_what_judges_denies_or_is_relied_on() {
    let workspace = workspace();
    let flow = workspace.flow("login").expect("login");
    let found: Vec<_> = guards(flow, &workspace)
        .into_iter()
        .map(|(path, guard)| (path.to_string(), guard))
        .collect();
    let expected = [
        ("gate", Guard::Denies),
        ("gate/deny", Guard::Denies),
        ("gate/ip-reputation", Guard::Risk),
        ("password-check", Guard::Credential),
        ("rejected", Guard::Denies),
        ("risky", Guard::Denies),
        ("score", Guard::Feeds),
    ];
    assert_eq!(
        found,
        expected.map(|(path, guard)| (path.to_owned(), guard))
    );
}

#[test]
fn a_flow_without_scenarios_is_tried_by_somebody_who_gets_in() {
    let workspace = workspace();
    let flow = workspace.flow("login").expect("login");
    let found = trials(&workspace, &[], flow);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].outcome().trace.ending, Ending::Allowed);
}

#[test]
fn worlds_come_out_of_the_seed_and_reach_what_conditions_mention() {
    let workspace = workspace();
    let flow = workspace.flow("login").expect("login");
    let worlds = Worlds::of(&workspace, &[], flow);
    let reasons = |seed: u64| -> Vec<_> {
        let mut dice = dice(seed, 0);
        (0..200)
            .map(|_| worlds.make(&mut dice).outcome().trace.reason)
            .collect()
    };
    let found = reasons(1);
    assert_eq!(found, reasons(1));
    for reason in ["invalid_credentials", "high_risk", "hidden"] {
        assert!(
            found.iter().flatten().any(|one| &**one == reason),
            "{reason}"
        );
    }
}
