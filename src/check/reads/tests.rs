//! What is said about reads: rows of flows, each with the diagnostics it draws.

use super::super::ground::testing::{check, gate, login};

const CODES: &[&str] = &[
    "unknown_read",
    "missing_path",
    "read_before_session",
    "read_before_write",
    "maybe_unwritten",
    "always_absent",
    "user_before_lookup",
    "user_id_before_create",
    "transient_read",
];

const SCORE: &str = "- block: risk_evaluate\n";
const LOOKUP: &str = "- block: identity_lookup\n";

/// A block that reads an expression, on two lines.
fn reads(expression: &str) -> String {
    format!("- block: condition\n  config: {{ when: \"{expression}\" }}\n")
}

#[test]
fn a_step_is_read_only_behind_the_block_that_writes_it() {
    let branch = |inside: &str| {
        format!(
            "- block: condition\n  slug: c\n  config: {{ when: \"true == false\" }}\n  then:\n    - {inside}\n"
        )
    };
    let in_branch = branch("block: risk_evaluate");
    check(
        CODES,
        &[
            (
                &login(&(SCORE.to_owned() + &reads("step.risk-evaluate.score > 5"))),
                &[],
            ),
            (
                &login(&(reads("step.risk-evaluate.score > 5") + SCORE)),
                &[
                    "read_before_write error 7 `step.risk-evaluate.score` is read before `risk-evaluate` has run | move",
                ],
            ),
            (
                &login(&(reads("has(step.risk-evaluate.score)") + SCORE)),
                &[],
            ),
            (
                &login(
                    &(reads("has(step.risk-evaluate.score) && step.risk-evaluate.score > 5")
                        + SCORE),
                ),
                &[],
            ),
            (
                &login(&(SCORE.to_owned() + &reads("step.risk_evaluate.score > 5"))),
                &[
                    "unknown_read error 8 no block writes `step.risk_evaluate.score` | did you mean `risk-evaluate`?",
                ],
            ),
            (
                &login(&(SCORE.to_owned() + &reads("step.risk-evaluate.scor > 5"))),
                &["unknown_read error 8 `risk_evaluate` writes no `scor` | did you mean `score`?"],
            ),
            (
                &login(&(SCORE.to_owned() + &reads("step.risk-evaluate.score-5 > 5"))),
                &[
                    "unknown_read error 8 … | write spaces around the minus: `step.risk-evaluate.score - 5`",
                ],
            ),
            (
                &login(
                    &(SCORE.to_owned()
                        + &reads("step.risk-evaluate.score-event.request.asn.number > 5")),
                ),
                &[
                    "unknown_read error 8 … | write spaces around the minus: `step.risk-evaluate.score - event.request.asn.number`",
                ],
            ),
            (
                &login(&(SCORE.to_owned() + &reads("event.authentication.risk_score-5 > 5"))),
                &[
                    "missing_path warning 8 … | write spaces around the minus: `event.authentication.risk_score - 5`",
                ],
            ),
            (
                &login(&(SCORE.to_owned() + &reads("step.risk-evaluate.score.value > 5"))),
                &["unknown_read error 8 `step.risk-evaluate.score` is a single value"],
            ),
            (
                &login(&(SCORE.to_owned() + &reads("has(step.risk-evaluate.scor)"))),
                &["always_absent warning 8 this `has()` is never true"],
            ),
            (
                &login(&(in_branch.clone() + &reads("step.risk-evaluate.score > 5"))),
                &[
                    "maybe_unwritten warning 12 `step.risk-evaluate.score` is written in another branch only",
                ],
            ),
            (
                &login(&(reads("step.risk-evaluate.score > 5") + &in_branch)),
                &["read_before_write error 7"],
            ),
            (
                &login(
                    &(in_branch.clone()
                        + "  else:\n    - block: condition\n      config: { when: step.risk-evaluate.score > 5 }\n"),
                ),
                &["maybe_unwritten warning 13"],
            ),
            (
                &login(
                    &(in_branch.clone()
                        + "  else:\n    - block: deny\n      config: { reason: x }\n"
                        + &reads("step.risk-evaluate.score > 5")),
                ),
                &[],
            ),
            (
                &login(&reads("step.condition.branch == 'then'")),
                &["read_before_write error 7 `condition` reads"],
            ),
            (
                &login(&branch(
                    "{ block: log_event, config: { type: x, data: { b: '{{ step.c.branch }}' } } }",
                )),
                &[],
            ),
        ],
    );
}

#[test]
fn fields_of_actions_and_bodies_are_unknown_and_allowed() {
    let attach = |mode: &str| {
        format!(
            "- block: run_custom_action\n  slug: tag\n  mode: {mode}\n  config: {{ action: tag }}\n"
        )
    };
    let with_action =
        |blocks: &str| format!("{}---\naction: tag\ntriggers: [login]\n", login(blocks));
    let hook = "- block: call_webhook\n  slug: hook\n  config: { url: 'https://a.example.com' }\n";
    let parallel = "- block: parallel_webhook\n  slug: all\n  config: { calls: { one: { url: 'https://a.example.com' } } }\n";
    check(
        CODES,
        &[
            (
                &with_action(&(attach("sync") + &reads("step.tag.any.thing == 1"))),
                &[],
            ),
            (
                &with_action(&(attach("fire_and_forget") + &reads("step.tag.any == 1"))),
                &["unknown_read error 11 `tag` is fire_and_forget … write `mode: sync`"],
            ),
            (
                &login(&(hook.to_owned() + &reads("step.hook.body.score.x > 1"))),
                &[],
            ),
            (
                &login(&(hook.to_owned() + &reads("step.hook.boddy > 1"))),
                &["unknown_read error 10 `call_webhook` writes no `boddy` | did you mean `body`?"],
            ),
            (
                &login(&(parallel.to_owned() + &reads("step.all.one.body.x > 1"))),
                &[],
            ),
            (
                &login(&(parallel.to_owned() + &reads("step.all.two.body > 1"))),
                &["unknown_read error 10 `parallel_webhook` writes no `two`"],
            ),
            (
                &login(&(parallel.to_owned() + &reads("step.all.one.stat > 1"))),
                &["unknown_read error 10 a call of `all` writes no `stat`"],
            ),
        ],
    );
}

#[test]
fn the_user_is_read_behind_the_lookup() {
    let registration = |blocks: &str| login(blocks).replace("flow: login", "flow: registration");
    check(
        CODES,
        &[
            (&login(&(LOOKUP.to_owned() + &reads("event.user.id == 'x'"))), &[]),
            (
                &login(&reads("event.user.id == 'x'")),
                &["user_before_lookup error 7 `event.user.id` is read before `identity_lookup` has found the user of `login`"],
            ),
            (&login(&reads("has(event.user) && event.user.id == 'x'")), &[]),
            (&login(&reads("has(event.user.id)")), &[]),
            (
                &login(&("- block: condition\n  slug: c\n  config: { when: 1 == 2 }\n  then:\n    - block: identity_lookup\n".to_owned() + &reads("event.user.id == 'x'"))),
                &["maybe_unwritten warning 12 the user is looked up in another branch only"],
            ),
            (&login(&reads("event.usr.id == 'x'")), &["missing_path warning 7 there is no `event.usr`: the block fails when it reads it | did you mean `user`?"]),
            (&login(&(LOOKUP.to_owned() + &reads("event.user.emial == 'x'"))), &["missing_path warning 8 there is no `event.user.emial` … | did you mean `email`?"]),
            (&login(&(LOOKUP.to_owned() + &reads("event.user.app_metadata.tier.x == 'x'"))), &[]),
            (&login(&reads("event.request.geo.contry == 'x'")), &["missing_path warning 7 there is no `event.request.geo.contry`"]),
            (&login(&reads("event.transaction.anything == 'x'")), &[]),
            (&registration(&reads("event.user.email == 'x' && event.user.nickname == 'y'")), &[]),
            (&registration(&reads("event.user.id == 'x'")), &["user_id_before_create warning 7"]),
            (&registration(&("- block: identity_create\n".to_owned() + &reads("event.user.id == 'x'"))), &[]),
            (&login(&reads("event.user.id == 'x'")).replace("flow: login", "flow: logout"), &[]),
        ],
    );
}

#[test]
fn a_session_is_read_behind_its_block_and_its_tokens_in_the_same_stage() {
    let issue = "- block: issue_session\n";
    let later = |expression: &str| {
        let block = reads(expression).replace("\n  ", "\n        ");
        login(issue) + "  - stage: Post-Login\n    blocks:\n      " + &block
    };
    check(
        CODES,
        &[
            (&later("session.id == 'x'"), &[]),
            (
                &later("session.raw_token == 'x'"),
                &["transient_read error 10 `session.raw_token` is transient"],
            ),
            (&later("has(session.raw_token)"), &[]),
            (
                &login(&(issue.to_owned() + &reads("session.raw_token == 'x'"))),
                &[],
            ),
            (
                &login(&(reads("session.id == 'x'") + issue)),
                &["read_before_session warning 7 `session.id` is read before `issue-session`"],
            ),
            (
                &login(&reads("session.id == 'x'")),
                &["missing_path warning 7 nothing issues a session"],
            ),
            (
                &later("session.ids == 'x'"),
                &["missing_path warning 10 there is no `session.ids` … | did you mean `id`?"],
            ),
        ],
    );
}

#[test]
fn a_custom_flow_is_read_where_it_ran() {
    let run = "- block: run_custom_flow\n  slug: fraud\n  config: { flow: gate }\n";
    let gate = "- block: ip_reputation\n- block: condition\n  slug: c\n  config: { when: step.ip-reputation.score > 50 }\n  then:\n    - { block: deny, config: { reason: x } }\n  else:\n    - block: bot_detection\n- block: allow\n";
    let with = |blocks: &str| {
        format!(
            "{}---\n{}",
            login(blocks),
            super::super::ground::testing::gate(gate)
        )
    };
    check(
        CODES,
        &[
            (
                &with(&(run.to_owned() + &reads("custom.gate.score > 1"))),
                &[],
            ),
            (&with(&(run.to_owned() + &reads("custom.gate.is_bot"))), &[]),
            (
                &with(&(reads("custom.gate.score > 1") + run)),
                &[
                    "read_before_write error 7 `custom.gate.score` is read before the custom flow `gate` has written it",
                ],
            ),
            (
                &with(&(run.to_owned() + &reads("custom.gate.scoer > 1"))),
                &[
                    "unknown_read error 10 no block of the custom flow `gate` writes `scoer` | did you mean `score`?",
                ],
            ),
            (
                &with(&(run.to_owned() + &reads("custom.gaet.score > 1"))),
                &[
                    "unknown_read error 10 `login` runs no custom flow `gaet` … did you mean `gate`?",
                ],
            ),
            (
                &with(&(run.to_owned() + &reads("step.ip-reputation.score > 1"))),
                &["unknown_read error 10 … only `custom.gate.*` is left"],
            ),
            (
                &with(&(run.to_owned() + &reads("step.fraud.outcome == 'allowed'"))),
                &[],
            ),
        ],
    );
}

#[test]
fn inside_a_custom_flow_reads_are_judged_for_each_embedding() {
    let run = "- block: run_custom_flow\n  config: { flow: gate }\n";
    let inside = gate(&(reads("step.risk-evaluate.score > 1") + "- block: allow\n"));
    let with = |blocks: &str| format!("{}---\n{inside}", login(blocks));
    let both = format!(
        "{}---\n{}---\n{inside}",
        login(&(SCORE.to_owned() + run)),
        login(run).replace("flow: login", "flow: registration")
    );
    check(
        CODES,
        &[
            (&with(&(SCORE.to_owned() + run)), &[]),
            (
                &with(&(run.to_owned() + SCORE)),
                &[
                    "read_before_write error 16 `step.risk-evaluate.score` is read before `risk-evaluate` has run",
                ],
            ),
            (
                &with(run),
                &["unknown_read error 15 no block writes `step.risk-evaluate.score`"],
            ),
            (
                &both,
                &["unknown_read error 24 no block writes `step.risk-evaluate.score`"],
            ),
            (
                &inside,
                &["maybe_unwritten warning 7 … `gate` is embedded nowhere yet"],
            ),
            (
                &gate(
                    "- block: ip_reputation\n- block: log_event\n  config: { type: x, data: { a: '{{ custom.gate.score }} {{ step.ip-reputation.score }}' } }\n- block: allow\n",
                ),
                &[],
            ),
            (
                &gate(&(reads("event.user.id == 'x'") + "- block: allow\n")),
                &[],
            ),
            (
                &format!(
                    "{}---\n{}",
                    login(run),
                    gate(&(reads("event.user.id == 'x'") + "- block: allow\n"))
                ),
                &["user_before_lookup error 15"],
            ),
        ],
    );
}
