//! Changes of a run, told in words.

use super::change;

/// A run of five blocks; `edits` are replaced in its text.
fn run(edits: &[(&str, &str)]) -> String {
    let mut text = "\
format: 1
flow: login

stage Pre-Login
  identity-lookup: ok, 5ms
    wrote step.identity-lookup.found = true
stage Post-Auth
  fraud (run_custom_flow gate): ok, 124ms
    stage Score
      fraud/score (call_webhook): ok, 120ms
        sent POST https://a.example.com/ → 200 in 120ms (mock score)
        wrote step.score.status = 200
      fraud/verdict (decision): ok, took branch clean
        read step.score.body.score = 0.1
      fraud/pass (allow): ok
    wrote step.fraud.outcome = \"allowed\"
  note (run_custom_action note): failed, continued, 2s
    error action_error: \"boom\"
stage Post-Login
  issue-session: ok, 10ms

audit
  user.signed_in: success, at issue-session of login
  flow.completed: success, at issue-session of login

side effects
  session issued

ended: allowed after 2139ms
  terminal issue-session
  user sees success"
        .to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

fn check(edits: &[(&str, &str)], first: &str, therefore: &[&str]) {
    let found = change(&run(&[]), &run(edits)).expect("there is a change");
    assert_eq!(found.first, first);
    assert_eq!(found.therefore, therefore);
}

#[test]
fn the_same_run_has_no_change() {
    assert_eq!(change(&run(&[]), &run(&[])), None);
}

#[test]
fn the_first_cause_is_told_before_what_followed() {
    check(
        &[
            ("gate): ok, 124ms", "gate): failed, 124ms"),
            ("(call_webhook): ok", "(call_webhook): failed"),
            (
                "        wrote step.score.status = 200\n",
                "        error webhook_status: \"500\"\n",
            ),
            (
                "      fraud/verdict (decision): ok, took branch clean\n        read step.score.body.score = 0.1\n      fraud/pass (allow): ok\n    wrote step.fraud.outcome = \"allowed\"\n  note (run_custom_action note): failed, continued, 2s\n    error action_error: \"boom\"\nstage Post-Login\n  issue-session: ok, 10ms\n",
                "",
            ),
            ("  session issued", "side effects: none"),
            (
                "ended: allowed after 2139ms\n  terminal issue-session\n  user sees success",
                "ended: failed after 189ms\n  reason custom_flow_error\n  user sees generic_error",
            ),
        ],
        "`fraud/score` now fails: webhook_status: \"500\"",
        &[
            "`fraud` failed",
            "`fraud/verdict`, `fraud/pass`, `note`, `issue-session` not reached",
            "no longer: session issued",
            "ending allowed → failed",
            "terminal issue-session → none",
            "reason none → custom_flow_error",
            "user sees success → generic_error",
            "flow time 2139ms → 189ms",
        ],
    );
}

#[test]
fn each_kind_of_change_has_its_words() {
    for (from, to, first) in [
        (
            "failed, continued, 2s",
            "failed, 2s",
            "`note` now halts the flow with its failure (was continued): action_error: \"boom\"",
        ),
        (
            "lookup: ok, 5ms",
            "lookup: ok, 9ms",
            "`identity-lookup` now takes 9ms (was 5ms)",
        ),
        (
            "found = true",
            "found = false",
            "`identity-lookup` now writes step.identity-lookup.found = false (was true)",
        ),
        (
            "took branch clean",
            "took branch block",
            "`fraud/verdict` now takes block instead of clean",
        ),
        (
            "→ 200 in 120ms",
            "→ 500 in 120ms",
            "`fraud/score` now sends POST https://a.example.com/ → 500 in 120ms (mock score) (was 200 in 120ms (mock score))",
        ),
        (
            "boom",
            "bang",
            "`note` now has the error action_error: \"bang\" (was \"boom\")",
        ),
        (
            "  issue-session: ok, 10ms\n",
            "",
            "`issue-session` no longer runs",
        ),
        (
            "  issue-session: ok, 10ms\n",
            "  issue-session: ok, 10ms\n  mail (send_email): ok\n",
            "`mail` now runs",
        ),
        (
            "user.signed_in: success, at issue-session of login",
            "user.signed_in: success, at issue-session of login, {\"acr\": \"aal1\"}",
            "audited user.signed_in: success with {\"acr\": \"aal1\"} (was nothing)",
        ),
        (
            "  user sees success",
            "  user sees generic_error",
            "user sees success → generic_error",
        ),
        (
            "stage Post-Auth",
            "stage Judge",
            "stage Post-Auth is now called Judge",
        ),
        (
            "  note (run_custom_action note): failed",
            "stage Late\n  note (run_custom_action note): failed",
            "`note` now runs in stage Late (was Post-Auth)",
        ),
        (
            "(mock score)\n",
            "(mock score)\n          body {\"a\": 1}\n",
            "`fraud/score` now sends body {\"a\": 1}",
        ),
        (
            "        read step.score.body.score = 0.1\n",
            "",
            "`fraud/verdict` no longer reads step.score.body.score",
        ),
        (
            "read step.score.body.score = 0.1",
            "read step.score.body.score = 0.2",
            "`fraud/verdict` now reads step.score.body.score = 0.2 (was 0.1)",
        ),
        (
            "step.fraud.outcome = \"allowed\"",
            "step.fraud.outcome = \"failed\"",
            "`fraud` now writes step.fraud.outcome = \"failed\" (was \"allowed\")",
        ),
        (
            "  session issued",
            "  session revoked",
            "no longer: session issued",
        ),
        (
            "flow: login",
            "flow: login\nprofile: budget = \"5s\"",
            "the profile is budget = \"5s\" (was the default)",
        ),
    ] {
        check_first(&[(from, to)], first);
    }
}

fn check_first(edits: &[(&str, &str)], first: &str) {
    let found = change(&run(&[]), &run(edits)).expect("there is a change");
    assert_eq!(found.first, first);
}

#[test]
fn a_block_that_moved_is_told_once() {
    let note = "  note (run_custom_action note): failed, continued, 2s\n    error action_error: \"boom\"\n";
    let found = change(
        &run(&[]),
        &run(&[
            (note, ""),
            ("stage Pre-Login\n", &format!("stage Pre-Login\n{note}")),
        ]),
    );
    let found = found.expect("there is a change");
    assert_eq!(
        (found.first.as_str(), found.therefore),
        (
            "`note` now runs at another place in the order",
            vec!["`note` now runs in stage Pre-Login (was Post-Auth)".to_owned()]
        )
    );
}

#[test]
fn of_a_block_that_moved_past_others_only_that_one_is_told() {
    let lookup = "  identity-lookup: ok, 5ms\n    wrote step.identity-lookup.found = true\n";
    check_first(
        &[
            (lookup, ""),
            ("stage Post-Login\n", &format!("{lookup}stage Post-Login\n")),
        ],
        "`identity-lookup` now runs at another place in the order",
    );
}

#[test]
fn blocks_of_a_custom_flow_move_with_it() {
    let text = run(&[]);
    let from = text.find("  fraud (run").expect("the flow");
    let to = text.find("  note (run").expect("the note");
    let end = text.find("stage Post-Login").expect("a stage");
    let moved = [&text[..from], &text[to..end], &text[from..to], &text[end..]].concat();
    let found = change(&moved, &text).expect("there is a change");
    let told = [vec![found.first], found.therefore].concat();
    assert_eq!(told, ["`note` now runs at another place in the order"]);
    let others = "  one: ok\n  two: ok\n  three: ok\n  four: ok\n";
    let many = |text: &str| text.replace("  note (run", &format!("{others}  note (run"));
    let behind = text.replace(&text[from..to], others);
    let behind = behind.replace(
        "stage Post-Login",
        &[&text[from..to], "stage Post-Login"].concat(),
    );
    let found = change(&many(&text), &behind).expect("there is a change");
    let told = [vec![found.first], found.therefore].concat();
    assert_eq!(told, ["`fraud` now runs at another place in the order"]);
}

#[test]
fn any_two_texts_can_be_compared() {
    for text in ["", "x", "stage a\n  b: ok", "ended: x after y", "\n\n"] {
        let _ = change(text, &run(&[]));
        let _ = change(&run(&[]), text);
    }
}
