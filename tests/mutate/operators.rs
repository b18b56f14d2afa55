//! Every operator of `mutate` applies somewhere, with the sentence that it says, and the platform's own steps stay
//! where they are.

use super::document;
use crate::support::folder::folder;
use std::collections::BTreeSet;

/// Every operator at least once, with the sentence that it says.
const APPLIED: &[(&str, &str)] = &[
    ("drop-block", "`seen`: removed"),
    ("swap-blocks", "`seen`: stands behind `pause`"),
    (
        "drop-terminals",
        "`locked-out`: removed, and the other 3 terminals too",
    ),
    ("on-error", "`tag`: on_error continue → halt"),
    ("mode", "`tag`: mode sync → fire_and_forget"),
    ("timeout", "`tag`: timeout 2s → 1s"),
    ("disable-action", "`tag`: its action `tag` is switched off"),
    (
        "negate-condition",
        "`verdict`: when of `deny`: step.tag.level > 2 && event.client.id != 'x' → !(step.tag.level > 2 && event.client.id != 'x')",
    ),
    (
        "shift-condition",
        "`verdict`: when of `deny`: step.tag.level > 2 && event.client.id != 'x' → step.tag.level >= 2 && event.client.id != 'x'",
    ),
    ("drop-branch", "`verdict`: branch `deny` removed"),
    ("empty-branch", "`verdict`: `deny` has no blocks"),
    ("drop-default", "`verdict`: default branch `pass` removed"),
    (
        "swap-branches",
        "`verdict`: branch `deny` is asked behind `slow`",
    ),
    ("deny-reason", "`too-high`: reason too_high → locked_out"),
    ("drop-message", "`too-high`: user_message removed"),
    ("delay", "`pause`: ms 100 → 50"),
    ("statuses", "`ask`: ok_status [\"200-204\", 404] removed"),
    ("limit", "`tries`: limit 3 → 2"),
    ("option", "`who`: must_exist true → false"),
    ("drop-item", "`where`: deny_countries without RU"),
    ("name", "`mail`: template hello → hello_x"),
    ("config-value", "`tag`: config.levels[1] 20 → 21"),
    (
        "template-path",
        "`ask`: body.to event.user.email → event.user.id",
    ),
    ("drop-write", "`tag`: leaves `level` null"),
];

const ALL_KINDS: &str = "\
flow: login
kind: system
stages:
  - stage: Pre-Login
    blocks:
      - { block: identity_lookup, slug: who, config: { must_exist: true } }
      - { block: password_check, slug: password }
      - { block: brute_force, slug: tries, config: { limit: 3 } }
      - { block: condition, slug: limit, config: { when: step.tries.limited }, then: [{ block: deny, slug: locked-out, config: { reason: locked_out } }] }
  - stage: Post-Auth
    blocks:
      - { block: ip_reputation, slug: where, config: { deny_countries: [KP, RU] } }
      - { block: log_event, slug: seen, config: { type: user.seen, data: { from: \"{{ event.client.id }}\" } } }
      - { block: delay, slug: pause, config: { ms: 100 } }
      - { block: run_custom_action, slug: tag, on_error: continue, timeout: 2s, config: { action: tag, config: { levels: [10, 20] } } }
      - { block: call_webhook, slug: ask, config: { url: \"https://ask.example.com/\", ok_status: [\"200-204\", 404], body: { to: \"{{ event.user.email }}\" } } }
      - block: decision
        slug: verdict
        branches:
          - { when: \"step.tag.level > 2 && event.client.id != 'x'\", branch: deny, blocks: [{ block: deny, slug: too-high, config: { reason: too_high, user_message: No } }] }
          - { when: step.where.country_denied, branch: slow }
          - { branch: pass, default: true }
      - { block: send_email, slug: mail, config: { template: hello } }
  - stage: Post-Login
    blocks:
      - block: issue_session
      - block: finalize
";

#[test]
fn every_operator_applies() {
    let scenario = "\
scenario: somebody signs in
flow: login
identity: ada
webhooks: [{ mock: ask, url: https://ask.example.com/, respond: { status: 200 } }]
expect: { ending: allowed }
";
    let files = [
        ("fixtures/flows/login.yaml", ALL_KINDS),
        (
            "fixtures/actions/tag.yaml",
            "action: tag\ntriggers: [login]\nsource: tag.js\n",
        ),
        (
            "fixtures/actions/tag.js",
            "export function execute(event, api) { api.state.set('level', 1); }\n",
        ),
        (
            "fixtures/identities/ada.yaml",
            "identities:\n  ada: { email: ada@example.com, password: analytical engine }\n",
        ),
        ("scenarios/one.yaml", scenario),
    ];
    let root = folder("mutate-operators", &files);
    let (_, found) = document(&root, &["login"]);
    let mutants = found["flows"][0]["mutants"].as_array().expect("mutants");
    let made: Vec<(&str, &str)> = mutants
        .iter()
        .map(|one| {
            (
                one["operator"].as_str().expect("text"),
                one["what"].as_str().expect("text"),
            )
        })
        .collect();
    for row in APPLIED {
        assert!(made.contains(row), "{row:?} {made:#?}");
    }
    let tested: Vec<&str> = APPLIED.iter().map(|(operator, _)| *operator).collect();
    let known: Vec<&str> = flowproof::mutate::OPERATORS
        .iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(tested, known);
    let ids: BTreeSet<String> = mutants.iter().map(|one| one["id"].to_string()).collect();
    assert_eq!(ids.len(), mutants.len(), "ids are unique");
}

#[test]
fn the_platforms_own_steps_stay_where_they_are() {
    let locked = ALL_KINDS.replace(
        "  - stage: Pre-Login\n",
        "  - stage: Pre-Login\n    locked: true\n",
    );
    let scenario = "\
scenario: nobody is there
flow: login
expect: { ending: denied }
";
    let files = [
        ("fixtures/flows/login.yaml", &*locked),
        (
            "fixtures/actions/tag.yaml",
            "action: tag\ntriggers: [login]\nsource: tag.js\n",
        ),
        (
            "fixtures/actions/tag.js",
            "export function execute(event, api) { api.state.set('level', 1); }\n",
        ),
        ("scenarios/one.yaml", scenario),
    ];
    let root = folder("mutate-locked", &files);
    let (_, found) = document(&root, &["login"]);
    let mutants = found["flows"][0]["mutants"].as_array().expect("mutants");
    for one in mutants {
        let moves = ["drop-block", "swap-blocks", "empty-branch", "swap-branches"];
        let block = one["block"].as_str().expect("text");
        if ["who", "password", "tries", "limit", "locked-out"].contains(&block) {
            assert!(
                !moves.contains(&one["operator"].as_str().expect("text")),
                "{one}"
            );
        }
    }
}
