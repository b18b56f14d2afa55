//! Properties: no text makes the parser panic, no accepted expression makes evaluation panic.

use super::usual;
use crate::expr::{Expr, Template};
use proptest::prelude::*;

fn exercise(source: &str) {
    if let Ok(expr) = Expr::parse(source) {
        let scope = usual();
        let holds = expr.holds(&scope).ok();
        if let Some(truth) = holds {
            assert_eq!(
                expr.eval(&scope).ok().and_then(|value| value.as_bool()),
                Some(truth)
            );
        }
        for read in expr.reads() {
            assert!(source.get(read.range.clone()).is_some(), "{source}");
        }
        expr.literals();
    }
    match Template::parse(source) {
        Ok(template) => {
            let _ = template.render(&usual());
            let _ = template.render_url(&usual());
        }
        Err(error) => assert!(source.get(error.range).is_some(), "{source}"),
    }
}

/// Pieces of the language in any order, so that most of the grammar is reached.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "event",
        "step",
        ".a",
        ".user",
        ".email",
        ".risk-evaluate",
        ".score",
        "-5",
        "['a']",
        "[0]",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "{{",
        "}}",
        "'x'",
        "\"\"",
        "'",
        "\\",
        "r'",
        "1",
        "2.5",
        "true",
        "null",
        " + ",
        " - ",
        "*",
        "/",
        "%",
        " && ",
        " || ",
        "!",
        "==",
        "<",
        " in ",
        "?",
        ":",
        ",",
        ".size()",
        ".all(x, ",
        ".map(x, ",
        "x",
        "has(",
        "int(",
        "string(",
        "timestamp(",
        "duration(",
        "'1h'",
        "é",
        ".matches('",
        "//",
        "\n",
        "9223372036854775807",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Well-formed expressions over the usual scope.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1",
        "0",
        "-3",
        "2.5",
        "'a'",
        "''",
        "true",
        "false",
        "null",
        "[]",
        "[1, 'a']",
        "{'a': 1}",
        "event.user",
        "event.user.phone",
        "event.user.tags",
        "event.numbers",
        "event.none",
        "step.a.ok",
        "step.risk-evaluate.score",
        "session.x",
        "timestamp(0)",
        "duration('1s')",
        "9223372036854775807",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 3, |inner| {
        let op = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "<", "<=", "==", "!=", "in", "&&", "||",
        ]);
        let wrap = prop::sample::select(vec![
            "!(#)",
            "-(#)",
            "size(#)",
            "int(#)",
            "double(#)",
            "string(#)",
            "timestamp(#)",
            "duration(#)",
            "[#]",
            "{'k': #}",
            "(#).a",
            "(#)[0]",
            "(#).size()",
            "(#).lowerAscii()",
            "(#).map(x, [x])",
            "(#).matches(string(#))",
            "(#).filter(x, # == x)",
            "[1, 2].all(x, #)",
            "(#)[#]",
            "{#: 1}",
        ]);
        prop_oneof![
            (inner.clone(), op, inner.clone()).prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
            (wrap, inner.clone()).prop_map(|(wrap, a)| wrap.replace('#', &a)),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("({a}) ? ({b}) : ({c})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_never_panics(source in any::<String>()) {
        exercise(&source);
    }

    #[test]
    fn pieces_of_the_language_never_panic(source in pieces()) {
        exercise(&source);
    }

    #[test]
    fn well_formed_expressions_never_panic(source in expressions()) {
        prop_assert!(Expr::parse(&source).is_ok() || source.contains("{") , "{}", source);
        exercise(&source);
    }
}
