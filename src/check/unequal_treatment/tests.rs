//! What draws `unequal_treatment`, and what does not.

use super::super::ground::testing::{check, gate, login, said_under};
use crate::profile::Profile;

const CODES: &[&str] = &["unequal_treatment"];
const LOOKUP: &str = "- block: identity_lookup\n";
const CHECK: &str = "- block: password_check\n";

fn deny(slug: &str, reason: &str) -> String {
    format!("{{ block: deny, slug: {slug}, config: {{ reason: {reason} }} }}")
}

fn when(slug: &str, when: &str, then: &str, otherwise: &str) -> String {
    format!(
        "- {{ block: condition, slug: {slug}, config: {{ when: \"{when}\" }}, then: [{then}], else: [{otherwise}] }}\n"
    )
}

fn rejected() -> String {
    when(
        "rejected",
        "!step.password-check.verified",
        &deny("bad", "invalid_credentials"),
        "",
    )
}

#[test]
fn who_is_refused_before_the_password_is_told() {
    let before = |test: &str, reason: &str| {
        let early = when("known", test, &deny("nobody", reason), "");
        login(&format!(
            "{LOOKUP}{early}{CHECK}{}- block: issue_session",
            rejected()
        ))
    };
    let told = "unequal_treatment warning 7 `known` tells who has an account: an unknown user is denied by `nobody`, a wrong password goes on to `password-check`";
    let locked = "unequal_treatment warning 7 `known` tells who has an account: an unknown user goes on to `password-check`, a wrong password is denied by `nobody`";
    check(
        CODES,
        &[
            (
                &before("!step.identity-lookup.found", "invalid_credentials"),
                &[told],
            ),
            (&before("!has(event.user)", "invalid_credentials"), &[told]),
            (&before("!has(event.user.email)", "x"), &[told]),
            (
                &before(
                    "event.client.type == 'spa' && !step.identity-lookup.found",
                    "x",
                ),
                &[told],
            ),
            (
                &before(
                    "has(event.user.app_metadata.blocked) && event.user.app_metadata.blocked",
                    "x",
                ),
                &[locked],
            ),
            (
                &before("event.user.email_verified", "x"),
                &[
                    "unequal_treatment warning 7 `known` tells who has an account: an unknown user fails at `known`",
                ],
            ),
            (&before("event.client.type == 'spa'", "x"), &[]),
            (&before("has(event.connection.type)", "x"), &[]),
            (
                &before("!step.identity-lookup.found", "x").replace(
                    "- block: identity_lookup",
                    "- { block: identity_lookup, config: { must_exist: true } }",
                ),
                &[],
            ),
            (
                &before("!step.identity-lookup.found", "x")
                    .replace("flow: login", "flow: registration"),
                &[],
            ),
            (
                &before("!step.identity-lookup.found", "x")
                    .replace("password_check", "mfa")
                    .replace("step.password-check", "step.mfa"),
                &[],
            ),
        ],
    );
}

#[test]
fn a_decision_that_treats_both_alike_is_not_told() {
    let after = |decision: &str| {
        login(&format!(
            "{LOOKUP}{CHECK}{decision}{}- block: issue_session",
            rejected()
        ))
    };
    let both = |reason: &str| {
        when(
            "both",
            "!step.identity-lookup.found",
            &deny("nobody", reason),
            "",
        )
    };
    let first = |test: &str| when("first", test, &deny("all", "invalid_credentials"), "");
    let log = "{ block: log_event, config: { type: a.b } }";
    let mail = "{ block: send_email, config: { template: x } }";
    let other = "unequal_treatment warning 8 `both` tells who has an account: an unknown user is denied by `nobody`, a wrong password is denied by `bad`";
    check(
        CODES,
        &[
            (&after(""), &[]),
            (&after(&both("invalid_credentials")), &[]),
            (&after(&both("unknown_user")), &[other]),
            (
                &after(&first(
                    "!step.identity-lookup.found || !step.password-check.verified",
                )),
                &[],
            ),
            (
                &after(&first(
                    "event.client.type == 'spa' && (!step.identity-lookup.found || !step.password-check.verified)",
                )),
                &[],
            ),
            (
                &after(&when("note", "step.identity-lookup.found", log, log)),
                &[],
            ),
            (
                &after(&when("note", "step.identity-lookup.found", log, "")),
                &["unequal_treatment warning 8 `note` tells"],
            ),
            (
                &after(&when("warn", "step.identity-lookup.found", mail, "")),
                &[
                    "unequal_treatment warning 8 `warn` tells who has an account: an unknown user is denied by `bad`, a wrong password goes on to `send-email`",
                ],
            ),
            (
                &login(&format!(
                    "{LOOKUP}{CHECK}{}{}- block: issue_session",
                    rejected(),
                    when("later", "has(event.user.email)", mail, "")
                )),
                &[],
            ),
        ],
    );
}

#[test]
fn a_block_that_fails_without_a_user_is_told_before_the_denial_only() {
    let hook = "- { block: call_webhook, config: { url: 'https://a.example.com?u={{ event.user.id }}' } }\n";
    let guarded = "- { block: log_event, config: { type: a.b, data: { u: '{{ has(event.user.id) ? event.user.id : null }}' } } }\n";
    let told = "unequal_treatment warning 7 `call-webhook` tells who has an account: without a user there is no `event.user.id`";
    check(
        CODES,
        &[
            (
                &login(&format!(
                    "{LOOKUP}{hook}{CHECK}{}- block: allow",
                    rejected()
                )),
                &[told],
            ),
            (
                &login(&format!(
                    "{LOOKUP}{guarded}{CHECK}{}- block: allow",
                    rejected()
                )),
                &[],
            ),
            (
                &login(&format!(
                    "{LOOKUP}{CHECK}{}{hook}- block: allow",
                    rejected()
                )),
                &[],
            ),
        ],
    );
}

#[test]
fn custom_flows_are_followed_and_other_ways_of_signing_in_are_not_mixed_up() {
    let outer = login(&format!(
        "{LOOKUP}- {{ block: run_custom_flow, config: {{ flow: gate }} }}\n{CHECK}{}- block: allow",
        rejected()
    ));
    let nested = |test: &str| {
        format!(
            "{outer}---\n{}",
            gate(&(when("seen", test, &deny("out", "x"), "") + "- block: allow"))
        )
    };
    let apart = login(&format!(
        "{LOOKUP}{}",
        when(
            "how",
            "event.client.type == 'code'",
            "{ block: condition, slug: send, config: { when: step.identity-lookup.found }, then: [{ block: channel_otp_send }] }",
            "{ block: password_check }, { block: deny, config: { reason: x } }",
        )
    ));
    check(
        CODES,
        &[
            (
                &nested("!step.identity-lookup.found"),
                &["unequal_treatment warning 17 `seen` tells"],
            ),
            (&nested("event.client.type == 'spa'"), &[]),
            (&apart, &[]),
        ],
    );
}

#[test]
fn it_is_accepted_where_the_flow_says_so() {
    let early = when(
        "known",
        "!step.identity-lookup.found",
        &deny("nobody", "x"),
        "",
    );
    let flow = login(&format!("{LOOKUP}{early}{CHECK}{}- block: issue_session", rejected()))
        .replace(
            "kind: system\n",
            "kind: system\nallow: [{ lint: unequal_treatment, at: known, reason: addresses are public }]\n",
        );
    assert_eq!(said_under(&Profile::default(), &flow), Vec::<String>::new());
}

#[test]
fn many_decisions_are_judged_in_time() {
    let one = |number: usize| {
        let slug = format!("d{number}");
        let test = format!(
            "event.client.id == 'a{number}' && has(event.user.email) && event.user.name != 'x'"
        );
        when(&slug, &test, &deny(&format!("n{number}"), "x"), "")
    };
    let decisions: String = (0..800).map(one).collect();
    let text = login(&format!(
        "{LOOKUP}{decisions}{CHECK}{}- block: allow",
        rejected()
    ));
    let (flows, actions) = super::super::ground::testing::workspace(&text);
    let profile = Profile::default();
    let subject = super::Subject::new(&flows, &actions, &profile);
    let start = std::time::Instant::now();
    let mut findings = super::Findings::default();
    super::check(&subject, &mut findings);
    assert!(start.elapsed() < std::time::Duration::from_secs(5));
    assert!(!findings.settle(&subject).is_empty());
}
