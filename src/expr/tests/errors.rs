//! What is refused: the message, the fix, and the place; and the nearest path when one is missing.

use super::{check, outcome, scope};
use crate::expr::Expr;

#[test]
fn a_missing_path_names_itself_and_the_nearest_one() {
    check(&[
        (
            "step.risk-evaluate.scor",
            "! `step.risk-evaluate.scor` does not exist; the nearest existing path is `step.risk-evaluate.score`",
        ),
        (
            "step.risk.score",
            "! `step.risk.score` does not exist; the nearest existing path is `step`",
        ),
        (
            "step.risk-evaluate.x.y",
            "! `step.risk-evaluate.x.y` does not exist; the nearest existing path is `step.risk-evaluate`",
        ),
        (
            "event.user.phone.x",
            "! `event.user.phone.x` does not exist; the nearest existing path is `event.user.phone`, which is null",
        ),
        (
            "session.token",
            "! `session.token` does not exist; what exists here is event, step, custom",
        ),
        (
            "step['a b']",
            "! `step['a b']` does not exist; the nearest existing path is `step`",
        ),
        (
            "event.people[0].nam",
            "! `event.people[0].nam` does not exist; the nearest existing path is `event.people[0].name`",
        ),
        (
            "event.people[0].name.x",
            "! `event.people[0].name.x` does not exist; the nearest existing path is `event.people[0].name`, which is text",
        ),
    ]);
    assert_eq!(
        outcome("event.x", &scope("{}")),
        "! `event.x` does not exist; nothing exists here"
    );
}

#[test]
fn a_path_missing_because_of_a_hyphen_gets_the_fix() {
    check(&[
        (
            "step.a.score-5",
            "! `step.a.score-5` does not exist; write spaces around the minus: `step.a.score - 5`",
        ),
        (
            "step.a.b-c-d",
            "! `step.a.b-c-d` does not exist; write spaces around the minus: `step.a.b-c - d`",
        ),
        (
            "event.people[0].age-1 == 2",
            "! `event.people[0].age-1` does not exist; write spaces around the minus: `event.people[0].age - 1`",
        ),
        (
            "step['a']['score-5']",
            "! `step.a.score-5` does not exist; the nearest existing path is `step.a.score`",
        ),
    ]);
}

/// Source, message, fix (none: there is one, in words of its own), range.
type Row = (
    &'static str,
    &'static str,
    Option<&'static str>,
    std::ops::Range<usize>,
);

fn refused(rows: &[Row]) {
    for (source, message, fix, range) in rows {
        let error = match Expr::parse(source) {
            Ok(_) => panic!("{source} is accepted"),
            Err(error) => error,
        };
        let written = error.fix.as_deref().unwrap_or_default();
        assert_ne!(written, "", "{source} has a fix");
        let found = (error.message.as_str(), error.range);
        assert_eq!(found, (*message, range.clone()), "{source}");
        assert_eq!(written, fix.unwrap_or(written), "{source}");
    }
}

#[test]
fn mistakes_are_refused_with_their_place() {
    refused(&[
        (
            "",
            "expected a value, found the end",
            Some("write an expression, such as `event.request.asn.is_tor`"),
            0..0,
        ),
        (
            "1 +",
            "expected a value, found the end",
            Some("write a value there; the expression stops too early"),
            3..3,
        ),
        ("(1", "expected `)`, found the end", None, 2..2),
        (
            "1 2",
            "expected an operator or the end, found `2`",
            None,
            2..3,
        ),
        (
            "1 = 1",
            "`=` is no operator",
            Some("write `==` to compare"),
            2..3,
        ),
        ("true & false", "unexpected `&`", Some("write `&&`"), 5..6),
        (
            "true and false",
            "expected an operator or the end, found `and`",
            Some("write `&&`"),
            5..8,
        ),
        (
            "'abc",
            "the text is never closed",
            Some("write `'` at its end"),
            0..1,
        ),
        (
            r"'\d'",
            r"`\d` is no escape",
            Some(r"write `\\` for a backslash, or raw text: `r'…'`"),
            1..3,
        ),
        (r"'\ud800'", "the escape names no character", None, 1..7),
        (r"'\x4'", "the escape needs 2 digits", None, 1..3),
        ("12ab", "the number runs into a name", None, 0..4),
        (
            "9223372036854775808",
            "the integer is beyond 64 bits",
            None,
            0..19,
        ),
        ("1e999", "the decimal is too large", None, 0..5),
        ("event.", "expected a name after the dot", None, 6..6),
        (
            "event.2fa",
            "`2fa` cannot stand after a dot",
            Some("write `['2fa']` without the dot"),
            6..9,
        ),
        (
            "event.in",
            "`in` cannot stand after a dot",
            Some("write `['in']` without the dot"),
            6..8,
        ),
        (
            "step.a.score-1.5",
            "a decimal cannot be part of a name",
            Some("write spaces around the minus"),
            7..16,
        ),
        ("true ? 1", "expected `:`, found the end", None, 8..8),
        (
            "true ? false ? 1 : 2 : 3",
            "expected `:`, found `?`",
            Some("put the inner `? :` in parentheses"),
            13..14,
        ),
        (
            "{'a': 1, 'a': 2}",
            "the key stands in the map twice",
            None,
            9..15,
        ),
        (
            "{1: 2}",
            "the keys of a map are text, this is an integer",
            Some("write the key in quotes"),
            1..2,
        ),
        (
            "'a'.matches('(')",
            "the pattern is wrong: unclosed group",
            None,
            12..15,
        ),
        (
            "[1].all(x-y, true)",
            "the variable of a macro has no hyphen",
            Some("write an underscore"),
            8..10,
        ),
        (
            "[1].all(1, true)",
            "expected a name for the items of `all`, found `1`",
            None,
            8..9,
        ),
        (
            "has(1)",
            "`has` takes a path",
            Some("write `has(event.user.email)`, with a path of your own"),
            4..5,
        ),
        (
            "has(event.a.size())",
            "`has` takes a path",
            Some("write `has(event.user.email)`, with a path of your own"),
            4..18,
        ),
        (
            "size()",
            "`size` takes one argument here, found 0",
            None,
            0..6,
        ),
        (
            "'a'.contains()",
            "`contains` takes one argument here, found 0",
            None,
            4..14,
        ),
        ("é", "unexpected `é`", None, 0..2),
    ]);
}

#[test]
fn unknown_names_get_a_suggestion() {
    refused(&[
        (
            "evnt.user",
            "`evnt` is no root; a path starts with event, step, session or custom",
            Some("did you mean `event`?"),
            0..4,
        ),
        (
            "user.email",
            "`user` is no root; a path starts with event, step, session or custom",
            Some("write `event.user`"),
            0..4,
        ),
        (
            "not true",
            "`not` is no root; a path starts with event, step, session or custom",
            Some("write `!`"),
            0..3,
        ),
        (
            "len('a')",
            "there is no function `len(…)`",
            Some("did you mean `size`?"),
            0..3,
        ),
        (
            "'a'.startswith('a')",
            "there is no function `.startswith(…)`",
            Some("did you mean `startsWith`?"),
            4..14,
        ),
        (
            "'a'.frobnicate()",
            "there is no function `.frobnicate(…)`",
            None,
            4..14,
        ),
        (
            "contains('a', 'b')",
            "`contains` is written after the value it looks at",
            Some("write `value.contains(…)`"),
            0..8,
        ),
        (
            "'1'.int()",
            "`int` is written before its value",
            Some("write `int(…)`"),
            4..7,
        ),
        (
            "all([1], x, true)",
            "`all` is written after a list or map",
            Some("write `list.all(item, …)`"),
            0..3,
        ),
        (
            "step.a.score-size(event.numbers)",
            "there is no function `.score-size(…)`",
            Some("write spaces around the minus: `score - size(…)`"),
            7..17,
        ),
    ]);
}

#[test]
fn what_is_not_in_the_subset_is_named() {
    refused(&[
        (
            "1u",
            "unsigned integers of CEL are not in the subset that flows use",
            Some("leave out the `u`"),
            0..2,
        ),
        (
            "b'x'",
            "bytes of CEL are not in the subset that flows use",
            Some("leave out the `b`"),
            0..2,
        ),
        (
            "type(1)",
            "`type` of CEL is not in the subset that flows use",
            None,
            0..4,
        ),
        (
            "timestamp(0).getHours()",
            "`getHours` of CEL is not in the subset that flows use",
            None,
            13..21,
        ),
        (
            "event{a: 1}",
            "messages of CEL (`Name{…}`) are not in the subset that flows use",
            Some("write a map: `{'key': value}`"),
            0..5,
        ),
        (
            "event.?user",
            "`.?` of CEL is not in the subset that flows use",
            Some("write `has(…) ? … : …`"),
            6..7,
        ),
        (
            "event[?'a']",
            "`[?…]` of CEL is not in the subset that flows use",
            Some("write `has(…) ? … : …`"),
            6..7,
        ),
        (
            "[?event.a]",
            "optional entries of CEL (`?`) are not in the subset that flows use",
            None,
            1..2,
        ),
        (
            "[1].all(i, v, v > 0)",
            "`all` takes one variable and one condition",
            Some("write `.all(item, condition)`"),
            4..7,
        ),
        ("if", "`if` is a reserved word of CEL", None, 0..2),
        (
            ".event",
            "expected a value, found `.`",
            Some("leave out the dot"),
            0..1,
        ),
    ]);
}
