//! What the text means: literals, precedence, paths and the hyphen rule.

use super::check;
use crate::expr::Expr;

#[test]
fn literals_are_those_of_cel() {
    check(&[
        ("1", "1"),
        ("0x1F", "31"),
        ("-0x10", "-16"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775807", "9223372036854775807"),
        ("1.5", "1.5"),
        (".5", "0.5"),
        ("1e3", "1000.0"),
        ("1.5E-1", "0.15"),
        ("'a'", r#""a""#),
        (r#""it's""#, r#""it's""#),
        (
            r"'\'\n\x41\u00e9\U0001F600\101\\'",
            "\"'\\nA\u{e9}\u{1f600}A\\\\\"",
        ),
        (r"r'\d'", r#""\\d""#),
        (r#"R"a\""#, r#""a\\""#),
        ("'''a\n'b'''", r#""a\n'b""#),
        ("'}}'", r#""}}""#),
        ("''", r#""""#),
        ("true", "true"),
        ("null", "null"),
        ("[]", "[]"),
        ("[1, 'a',]", r#"[1,"a"]"#),
        ("{}", "{}"),
        ("{'a': 1, 'b': [2],}", r#"{"a":1,"b":[2]}"#),
        ("{'a': step.a.score}", r#"{"a":7}"#),
        ("1 // one\n + 1", "2"),
    ]);
}

#[test]
fn operators_bind_as_in_cel() {
    check(&[
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 3 - 2", "5"),
        ("2 * 7 % 4", "2"),
        ("1 + 1 == 2 && 3 > 2", "true"),
        ("true || false && false", "true"),
        ("1 < 2 == true", "true"),
        ("!true || true", "true"),
        ("!!true", "true"),
        ("!!!true", "false"),
        ("- - 3", "3"),
        ("--3", "3"),
        ("---3", "-3"),
        ("-step.a.score", "-7"),
        ("--step.a.score", "7"),
        ("true ? 1 : 2", "1"),
        ("false ? 1 : true ? 2 : 3", "2"),
        ("false ? 1 : false ? 2 : 3", "3"),
        ("false ? 1 : (true ? 2 : 3)", "2"),
        ("1 in [1] ? 'y' : 'n'", r#""y""#),
        ("1 in [1, 2] == true", "true"),
        ("!('a' in ['b'])", "true"),
    ]);
}

#[test]
fn a_hyphen_between_name_characters_belongs_to_the_name() {
    check(&[
        ("step.risk-evaluate.score", "12"),
        ("step.risk-evaluate.score - 5", "7"),
        ("step.risk-evaluate.score -5", "7"),
        ("step.risk-evaluate.score- 5", "7"),
        ("step.risk-evaluate.score--5", "17"),
        ("step.a.b-c", "5"),
        ("step.a.b - step.a.score", "-6"),
        ("step['risk-evaluate'].score", "12"),
        ("step['risk-evaluate']['score']-5", "7"),
        ("step . risk-evaluate . score", "12"),
        ("(step.a).score", "7"),
        ("event.user.tags.size()-1", "1"),
        ("[3].exists(x, x-1 == 2)", "true"),
        ("[{'a-b': 1}].all(x, x.a-b == 1)", "true"),
        ("event.package", "1"),
        ("event.numbers[1]", "2"),
        ("step.a[step.a.key]", "7"),
    ]);
}

#[test]
fn the_source_is_kept_without_surrounding_space() {
    let expr = Expr::parse(" 1 +  1 \n").expect("valid");
    assert_eq!(expr.source(), "1 +  1");
}
