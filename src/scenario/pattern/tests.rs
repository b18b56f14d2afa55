//! Rows of patterns and values, and of patterns that are errors.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::document::parse_document;
use crate::text::SourceFile;
use crate::value::from_json_text;

fn decoded(yaml: &str) -> (Pattern, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::default();
    let file = SourceFile::new("a.yaml", format!("x: {yaml}"));
    let node = parse_document(&file, &mut diagnostics).expect(yaml);
    let node = node.get("x").expect("the pattern").clone();
    (
        Pattern::decode(&node, &mut diagnostics),
        diagnostics.into_sorted(),
    )
}

/// The paths and messages of what does not fit.
fn judged(yaml: &str, actual: &str, fit: Fit) -> String {
    let (pattern, diagnostics) = decoded(yaml);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let actual = (actual != "-").then(|| from_json_text(actual).expect(actual));
    pattern
        .mismatches(actual.as_ref(), fit)
        .iter()
        .map(|one| format!("{} {}", one.path, one.message))
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn literals_and_matchers_judge_values() {
    for (pattern, actual, verdict) in [
        ("1", "1.0", ""),
        ("1", "\"1\"", " is another value"),
        ("block", "\"block\"", ""),
        ("block", "-", " is not there"),
        ("~", "null", ""),
        ("{gt: 1}", "2", ""),
        ("{gt: 1}", "1", " is not greater"),
        ("{gte: 1, lt: 3}", "1", ""),
        ("{gte: 1, lt: 3}", "3", " is not less"),
        ("{lte: 2.5}", "2.6", " is greater"),
        (
            "{gt: 1}",
            "\"2\"",
            " is text, which has no order with an integer",
        ),
        ("{gt: '2026-01-01'}", "\"2026-01-02\"", ""),
        ("{contains: ab}", "\"cabs\"", ""),
        ("{contains: ab}", "[\"ab\"]", ""),
        ("{contains: {a: 1}}", "[{\"a\":1,\"b\":2}]", ""),
        ("{contains: a}", "{\"a\":1}", ""),
        ("{contains: x}", "\"cabs\"", " does not contain it"),
        ("{matches: '^a+$'}", "\"aaa\"", ""),
        (
            "{matches: a}",
            "1",
            " is an integer, and only text can match",
        ),
        ("{exists: true}", "null", ""),
        ("{exists: true}", "-", " is not there"),
        ("{exists: false}", "-", ""),
        ("{absent: true}", "-", ""),
        ("{absent: true}", "1", " is there"),
        ("{any_of: [1, {gt: 5}]}", "7", ""),
        ("{any_of: [1, {gt: 5}]}", "3", " is none of them"),
        ("{gt: 1, other: 2}", "{\"gt\":1,\"other\":2}", ""),
        ("[1, {gt: 1}]", "[1,1]", "[1] is not greater"),
        ("[1]", "[1,2]", " has 2 items where 1 are expected"),
        ("{a: {b: 1}}", "{\"a\":{\"b\":2}}", ".a.b is another value"),
        (
            "{a: 1}",
            "{\"a\":1,\"c\":2}",
            ".c is there and not expected",
        ),
    ] {
        assert_eq!(
            judged(pattern, actual, Fit::Exact),
            verdict,
            "{pattern} against {actual}"
        );
    }
    assert_eq!(judged("{a: 1}", r#"{"a":1,"c":2}"#, Fit::Partial), "");
    assert_eq!(
        judged("{a: {absent: true}}", r#"{"c":2}"#, Fit::Partial),
        ""
    );
}

#[test]
fn a_matcher_that_cannot_work_is_an_error_of_the_file() {
    for (pattern, code) in [
        ("{gt: [1]}", "wrong_type"),
        ("{exists: maybe}", "wrong_type"),
        ("{any_of: 1}", "wrong_type"),
        ("{any_of: []}", "wrong_type"),
        ("{matches: '('}", "bad_regex"),
        ("{matches: 'a{1000}{1000}'}", "bad_regex"),
    ] {
        let (_, diagnostics) = decoded(pattern);
        assert_eq!(
            diagnostics.first().map(|one| one.code),
            Some(code),
            "{pattern}"
        );
    }
}
