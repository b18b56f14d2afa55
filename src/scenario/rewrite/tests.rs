//! Layouts of scenario files, each with the expectations that are put into it.

use super::*;
use crate::value::from_json_text;

fn check(before: &str, case: Option<&str>, expectations: &str, after: Option<&str>) {
    let file = SourceFile::new("a.yaml", before);
    let map = from_json_text(expectations).expect("json");
    let map = map.as_map().expect("a map").clone();
    let pairs: Vec<(&str, Value)> = map
        .iter()
        .map(|(key, value)| (&**key, value.clone()))
        .collect();
    let written = with_expectations(&file, "s", case, &pairs);
    assert_eq!(written.as_deref(), after, "{before}");
}

#[test]
fn comments_and_layout_stay() {
    for (before, after) in [
        (
            "scenario: s\nflow: login  # why\n",
            "scenario: s\nflow: login  # why\nexpect:\n  ending: denied\n",
        ),
        ("scenario: s", "scenario: s\nexpect:\n  ending: denied\n"),
        (
            "scenario: s\nflow: a\n\n# the next\n---\nscenario: t\n",
            "scenario: s\nflow: a\nexpect:\n  ending: denied\n\n# the next\n---\nscenario: t\n",
        ),
        (
            "scenario: s\nexpect:   # main\n  ending: allowed   # so far\n  ran: [a]\n",
            "scenario: s\nexpect:   # main\n  ending: denied   # so far\n  ran: [a]\n",
        ),
        (
            "{ scenario: s, expect: { ran: [a] }, seed: 1 } # x\n",
            "{ scenario: s, expect: { ran: [a], ending: denied }, seed: 1 } # x\n",
        ),
        (
            "{\"scenario\": \"s\", \"expect\": {\"ending\": \"allowed\"}}\n",
            "{\"scenario\": \"s\", \"expect\": {\"ending\": denied}}\n",
        ),
        (
            "\"scenario\": s\n'expect':\n  \"ran\": [a]\n",
            "\"scenario\": s\n'expect':\n  \"ran\": [a]\n  ending: denied\n",
        ),
        (
            "scenario: s\r\nexpect:\r\n  ran: [a] # why\r\n",
            "scenario: s\r\nexpect:\r\n  ran: [a] # why\r\n  ending: denied\r\n",
        ),
        (
            "scenario: s\nexpect: {}\n",
            "scenario: s\nexpect: { ending: denied }\n",
        ),
        (
            "scenario: s\nexpect: { ran: [a] }  # x\n",
            "scenario: s\nexpect: { ran: [a], ending: denied }  # x\n",
        ),
        (
            "scenario: s\nexpect: { ending: allowed, ran: [a] }\n",
            "scenario: s\nexpect: { ending: denied, ran: [a] }\n",
        ),
        (
            "scenario: s\nexpect:\n  ran:\n    - a\n",
            "scenario: s\nexpect:\n  ran:\n    - a\n  ending: denied\n",
        ),
    ] {
        check(before, None, r#"{"ending":"denied"}"#, Some(after));
    }
}

#[test]
fn lists_are_replaced_whole_and_broken_where_they_are_long() {
    check(
        "scenario: s\nexpect:\n  path:\n    - a\n    - b\n  ran: [c]\n",
        None,
        r#"{"path":["x","a/b"]}"#,
        Some("scenario: s\nexpect:\n  path: [x, a/b]\n  ran: [c]\n"),
    );
    check(
        "scenario: s\nexpect: { path: [a,\n  b], ran: [c] }\n",
        None,
        r#"{"path":["x"]}"#,
        Some("scenario: s\nexpect: { path: [x], ran: [c] }\n"),
    );
    let name = "a".repeat(60);
    check(
        "scenario: s\n",
        None,
        &format!(r#"{{"path":["{name}","{name}"]}}"#),
        Some(&format!(
            "scenario: s\nexpect:\n  path: [\n    {name},\n    {name}\n  ]\n"
        )),
    );
}

#[test]
fn a_case_has_its_own() {
    let before =
        "scenario: s\ncases:\n  - case: x\n    flow: a\n  # of y\n  - case: y\n    flow: b\n";
    let after = "scenario: s\ncases:\n  - case: x\n    flow: a\n    expect:\n      ending: denied\n  # of y\n  - case: y\n    flow: b\n";
    check(before, Some("x"), r#"{"ending":"denied"}"#, Some(after));
    check(
        "scenario: s\ncases:\n  - { case: x, flow: a }\n  - { case: y }\n",
        Some("x"),
        r#"{"ending":"denied","user_sees":{"message":"no, not \"you\""}}"#,
        Some(
            "scenario: s\ncases:\n  - { case: x, flow: a, expect: { ending: denied, user_sees: { message: \"no, not \\\"you\\\"\" } } }\n  - { case: y }\n",
        ),
    );
}

#[test]
fn what_would_change_something_else_is_left_alone() {
    for before in [
        "x: &e\n  ending: allowed\n---\nscenario: t\n",
        "scenario: t\n",
        "scenario: s\nexpect: &e { ending: allowed }\ncases: [{ case: x, expect: *e }]\n",
    ] {
        let file = SourceFile::new("a.yaml", before);
        let case = before.contains("case: x").then_some("x");
        let pairs = [("ending", Value::text("denied"))];
        assert_eq!(
            with_expectations(&file, "s", case, &pairs),
            None,
            "{before}"
        );
    }
}
