//! What an expression says about itself: the paths it reads, under which guard, and its literals.

use crate::expr::Expr;
use crate::value::to_json_text;

/// The paths, `?` after a guarded one, `!` before one that `has()` asks for.
fn reads(source: &str) -> String {
    let expr = Expr::parse(source).expect("valid");
    let shown: Vec<String> = expr
        .reads()
        .iter()
        .map(|read| {
            let has = if read.has { "!" } else { "" };
            let guarded = if read.guarded { "?" } else { "" };
            format!("{has}{}{guarded}", read.path.join("."))
        })
        .collect();
    shown.join(" ")
}

#[test]
fn every_static_path_is_reported_with_its_guard() {
    for (source, expected) in [
        ("1 + 1", ""),
        (
            "step['risk-evaluate'].score > 1",
            "step.risk-evaluate.score",
        ),
        ("event.list[0].name", "event.list"),
        ("step[event.kind].score", "step event.kind"),
        ("event.list.all(x, x.a == step.b.c)", "event.list step.b.c"),
        ("has(event.a.b)", "!event.a.b?"),
        ("has(event.a[0].b)", "event.a?"),
        ("has(event.a.b) && event.a.b == 1", "!event.a.b? event.a.b?"),
        ("event.a.b == 1 && has(event.a.b)", "event.a.b !event.a.b?"),
        ("has(event.a) && event.a.b == 1", "!event.a? event.a.b?"),
        ("has(event.a.b) && event.a == 1", "!event.a.b? event.a?"),
        ("has(event) && event.a == 1", "!event? event.a"),
        ("has(event.a) && event.b == 1", "!event.a? event.b"),
        ("has(event.a) || event.a", "!event.a? event.a"),
        ("!has(event.a) || event.a", "!event.a? event.a?"),
        (
            "has(event.a) ? event.a : event.a",
            "!event.a? event.a? event.a",
        ),
        (
            "!has(event.a) ? event.a : event.a",
            "!event.a? event.a event.a?",
        ),
        ("!!has(event.a) ? event.a : 1", "!event.a? event.a?"),
        ("(has(event.a) && true) && event.a", "!event.a? event.a?"),
        ("(has(event.a) || true) && event.a", "!event.a? event.a"),
        (
            "(has(event.a) && event.a) || event.a",
            "!event.a? event.a? event.a",
        ),
        (
            "has(event.a) && [1].all(x, event.a == x)",
            "!event.a? event.a?",
        ),
        ("has(event.a) == true && event.a", "!event.a? event.a"),
    ] {
        assert_eq!(reads(source), expected, "{source}");
    }
}

#[test]
fn a_read_knows_its_place() {
    let source = "1 < step['a'].b  && has(event.x)";
    let expr = Expr::parse(source).expect("valid");
    let places: Vec<&str> = expr
        .reads()
        .iter()
        .map(|read| &source[read.range.clone()])
        .collect();
    assert_eq!(places, ["step['a'].b", "event.x"]);
}

#[test]
fn literals_come_with_the_path_they_are_compared_to() {
    for (source, expected) in [
        ("event.a == 'x'", "event.a:\"x\""),
        ("30 > step.a.score", "step.a.score:30"),
        ("event.a in ['x', 'y']", "event.a:\"x\" event.a:\"y\""),
        ("'x' in event.tags", "event.tags:\"x\""),
        ("event.a.endsWith('@x')", "event.a:\"@x\""),
        ("event.a.lowerAscii() == 'x'", "event.a:\"x\""),
        ("int(event.a) > -5", "event.a:-5"),
        ("timestamp(event.a) < timestamp('t')", "event.a:\"t\""),
        ("event.a.size() > 3", ":3"),
        ("event.a + 1 == 2", ":1 :2"),
        ("event.a ? 'x' : 'y'", ":\"x\" :\"y\""),
        ("event.l.all(x, x == 1)", ":1"),
    ] {
        let literals = Expr::parse(source).expect("valid").literals();
        let shown: Vec<String> = literals
            .iter()
            .map(|(path, value)| {
                let path = path.as_ref().map(|path| path.join(".")).unwrap_or_default();
                format!("{path}:{}", to_json_text(value))
            })
            .collect();
        assert_eq!(shown.join(" "), expected, "{source}");
    }
}
