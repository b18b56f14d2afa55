//! What expressions yield: every operator, function, conversion and macro, and their errors (ERR-6).

use super::{check, usual};
use crate::expr::Expr;

#[test]
fn numbers_compare_across_kinds_and_do_not_mix() {
    check(&[
        ("1 == 1.0", "true"),
        ("1 < 1.5", "true"),
        ("2.0 >= 2", "true"),
        ("9007199254740993 > 9007199254740992.0", "true"),
        ("1 in [1.0]", "true"),
        ("[1] == [1.0]", "true"),
        ("{'a': 1} == {'a': 1.0}", "true"),
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("-7 % 3", "-1"),
        ("7.0 / 2.0", "3.5"),
        ("double(7) * 0.5", "3.5"),
        (
            "step.a.score * 0.5",
            "! `*` needs two integers or two decimals (`step.a.score`); write `double(…)` around the integer",
        ),
        (
            "9223372036854775807 + 1",
            "! the result of `+` is out of range",
        ),
        (
            "-9223372036854775808 / -1",
            "! the result of `/` is out of range",
        ),
        (
            "-9223372036854775808 % -1",
            "! the result of `%` is out of range",
        ),
        (
            "-(-9223372036854775808)",
            "! the result of `-` is out of range",
        ),
        ("1e308 * 10.0", "! the result of `*` is out of range"),
        ("1 / 0", "! `/` divides by zero"),
        ("1 % (step.a.score - 7)", "! `%` divides by zero"),
        ("1.0 / 0.0", "! `/` divides by zero"),
        (
            "1.5 % 1.0",
            "! `%` has no meaning for a decimal and a decimal",
        ),
        ("-'a'", "! `-` needs a number, here text"),
    ]);
}

#[test]
fn equality_across_kinds_is_false_and_order_is_an_error() {
    check(&[
        ("1 == '1'", "false"),
        ("null == false", "false"),
        ("event.user.phone == null", "true"),
        ("1 != '1'", "true"),
        ("[1, 'a'] == [1, 'b']", "false"),
        ("{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "true"),
        ("'a' < 'b'", "true"),
        ("'Z' < 'a'", "true"),
        ("'ab' > 'a'", "true"),
        ("false < true", "true"),
        (
            "step.risk-evaluate.severity < 3",
            "! `<` has no order for text (`step.risk-evaluate.severity`) and an integer",
        ),
        (
            "3 >= event.user.phone",
            "! `>=` has no order for an integer and null (`event.user.phone`)",
        ),
        ("null < null", "! `<` has no order for null and null"),
        ("[1] < [2]", "! `<` has no order for a list and a list"),
        (
            "timestamp('2026-01-01T00:00:00Z') == '2026-01-01T00:00:00Z'",
            "false",
        ),
    ]);
}

#[test]
fn logic_goes_left_to_right_stops_early_and_absorbs_nothing() {
    check(&[
        ("false && event.nothing", "false"),
        ("true || event.nothing", "true"),
        (
            "event.nothing && false",
            "! `event.nothing` does not exist; the nearest existing path is `event`",
        ),
        (
            "event.nothing || true",
            "! `event.nothing` does not exist; the nearest existing path is `event`",
        ),
        ("true && 1", "! `&&` needs true or false, here an integer"),
        (
            "step.a.score || true",
            "! `||` needs true or false, here an integer (`step.a.score`)",
        ),
        ("!'a'", "! `!` needs true or false, here text"),
        ("!!1", "! `!` needs true or false, here an integer"),
        ("null ? 1 : 2", "! `?:` needs true or false, here null"),
        ("true ? 1 : event.nothing", "1"),
    ]);
}

#[test]
fn holds_needs_a_truth_value() {
    let scope = usual();
    let holds = |source| Expr::parse(source).expect("valid").holds(&scope);
    assert_eq!(
        holds("step.a.score < 30 && event.user.email.endsWith('.com')"),
        Ok(true)
    );
    assert_eq!(holds("step.a.score > 30"), Ok(false));
    let error = holds("step.a.score").expect_err("an integer is no condition");
    assert_eq!(
        error.message,
        "the expression gives an integer (`step.a.score`); a condition gives true or false"
    );
}

#[test]
fn text_lists_and_maps_join_and_contain() {
    check(&[
        ("'a' + 'b' + 'c'", r#""abc""#),
        ("[1] + [2, 'x']", r#"[1,2,"x"]"#),
        ("'a' + 1", "! `+` has no meaning for text and an integer"),
        ("'a' in event.user.tags", "true"),
        ("'c' in event.user.tags", "false"),
        ("'one' in event.flags", "true"),
        ("1 in event.flags", "false"),
        (
            "'a' in 'abc'",
            "! `in` looks into a list or the keys of a map, here text",
        ),
        (
            "event.numbers[5]",
            "! `event.numbers` has no item 5; it has 3",
        ),
        (
            "event.numbers[-1]",
            "! `event.numbers` has no item -1; it has 3",
        ),
        (
            "event.numbers[1.0]",
            "! `event.numbers` is a list, its index is an integer, not a decimal",
        ),
        (
            "event.flags[1]",
            "! `event.flags` is a map, its keys are text, not an integer",
        ),
        ("event.flags['o' + 'ne']", "true"),
        ("event.flags['x' + 'y']", "! `event.flags` has no `.xy`"),
        ("{'a': 1}.a", "1"),
        ("[{'a': 1}][0].a", "1"),
        ("{'a' + '': 1, 'a': 2}", "! a map has the same key twice"),
        (
            "{1 + 1: 2}",
            "! the keys of a map are text, this is an integer",
        ),
    ]);
}

#[test]
fn functions_work_on_text_lists_and_maps() {
    check(&[
        ("size('äb😀')", "3"),
        ("'ab'.size()", "2"),
        ("event.user.tags.size()", "2"),
        ("size({'a': 1})", "1"),
        (
            "size(1)",
            "! `size` needs text, a list or a map, here an integer",
        ),
        ("'abc'.contains('b')", "true"),
        ("'abc'.startsWith('ab')", "true"),
        ("event.user.email.endsWith('@example.com')", "true"),
        (
            "event.user.phone.endsWith('1')",
            "! `endsWith` needs text, here null (`event.user.phone`)",
        ),
        (
            "'abc'.contains(1)",
            "! `contains` needs text, here an integer",
        ),
        ("'ab12'.matches('[0-9]+')", "true"),
        ("'ab12'.matches('^[0-9]+$')", "false"),
        ("matches('ab', 'a.')", "true"),
        ("'ab'.matches('a' + '.')", "true"),
        (
            "'ab'.matches('a' + '(')",
            "! the pattern is wrong: unclosed group",
        ),
        ("'ÄbC'.lowerAscii()", r#""Äbc""#),
        ("'äbC'.upperAscii()", r#""äBC""#),
        ("'aB'.lowerAscii().upperAscii().size()", "2"),
    ]);
}

#[test]
fn conversions_are_exact_or_fail() {
    check(&[
        ("int('12')", "12"),
        ("int(2.9)", "2"),
        ("int(-2.9)", "-2"),
        ("int(1e19)", "! `int` of a decimal beyond 64 bits"),
        ("int('1.5')", "! `int` of text that is no integer"),
        (
            "int(true)",
            "! `int` needs a number, text or a timestamp, here a truth value",
        ),
        ("double(3)", "3.0"),
        ("double('2.5')", "2.5"),
        ("double('inf')", "! `double` of text that is no decimal"),
        ("string(12)", r#""12""#),
        ("string(1.0)", r#""1""#),
        ("string(2.5)", r#""2.5""#),
        ("string(1e21)", r#""1e+21""#),
        ("string(1e-7)", r#""1e-7""#),
        ("string(true)", r#""true""#),
        (
            "string(null)",
            "! `string` needs text, a number, a truth value, a timestamp or a duration, here null",
        ),
    ]);
}

#[test]
fn timestamps_and_durations_compare_and_compute() {
    check(&[
        (
            "timestamp('2026-01-01T01:00:00+01:00')",
            r#""2026-01-01T00:00:00Z""#,
        ),
        (
            "string(timestamp('2026-01-01T00:00:00.250Z'))",
            r#""2026-01-01T00:00:00.250Z""#,
        ),
        ("int(timestamp('1970-01-02T00:00:00Z'))", "86400"),
        ("int(timestamp('1969-12-31T23:59:59.5Z'))", "-1"),
        (
            "timestamp(86400) == timestamp('1970-01-02T00:00:00Z')",
            "true",
        ),
        (
            "timestamp('2026-01-02T00:00:00Z') - timestamp('2026-01-01T00:00:00Z')",
            r#""86400s""#,
        ),
        (
            "timestamp('2026-01-01T00:00:00Z') + duration('1h30m')",
            r#""2026-01-01T01:30:00Z""#,
        ),
        ("duration('1h') + timestamp(0) > timestamp(3599)", "true"),
        ("duration('1h30m') == duration('5400s')", "true"),
        ("duration('-1.5s')", r#""-1.5s""#),
        ("duration('100ms') < duration('1s')", "true"),
        ("duration('1m') - duration('2m')", r#""-60s""#),
        (
            "duration('1x')",
            "! `duration` of text that is none; write it as '1h30m'",
        ),
        (
            "timestamp('soon')",
            "! `timestamp` of text that is no RFC 3339 instant; write it as '2026-01-31T09:00:00Z'",
        ),
        (
            "timestamp('9999-12-31T23:59:59Z') + duration('1s')",
            "! the result of `+` is out of range",
        ),
        (
            "timestamp(0) + timestamp(0)",
            "! `+` has no meaning for a timestamp and a timestamp",
        ),
        (
            "timestamp(0) < duration('1s')",
            "! `<` has no order for a timestamp and a duration",
        ),
        (
            "[timestamp(0)]",
            "! a list or map cannot hold a timestamp; write `string(…)` around it",
        ),
    ]);
}

#[test]
fn macros_go_over_items_and_keys() {
    check(&[
        ("event.numbers.all(n, n > 0)", "true"),
        ("event.numbers.all(n, n > 1)", "false"),
        ("[].all(n, n > 1)", "true"),
        ("event.numbers.exists(n, n == 2)", "true"),
        ("event.numbers.exists_one(n, n > 1)", "false"),
        ("event.numbers.exists_one(n, n > 2)", "true"),
        ("event.numbers.filter(n, n > 1)", "[2,3]"),
        ("event.numbers.map(n, n * 2)", "[2,4,6]"),
        ("event.numbers.map(n, n > 1, n * 2)", "[4,6]"),
        ("event.flags.filter(k, event.flags[k])", r#"["one"]"#),
        (
            "event.flags.all(k, k.startsWith('o') || k == 'two')",
            "true",
        ),
        ("{'a': 1}.map(k, k)", r#"["a"]"#),
        (
            "event.numbers.map(n, event.numbers.map(m, n * m))",
            "[[1,2,3],[2,4,6],[3,6,9]]",
        ),
        ("event.numbers.map(n, [n]).map(l, l[0] + 1)", "[2,3,4]"),
        ("[[1], [2]].map(n, n.map(n, n + 1))", "[[2],[3]]"),
        (
            "event.people.filter(p, has(p.age)).map(p, p.name)",
            r#"["x"]"#,
        ),
        (
            "event.people.all(p, p.age > 1)",
            "! `p.age` does not exist; the nearest existing path is `p`",
        ),
        ("[1, 'a'].exists(x, x == 1)", "true"),
        (
            "[1, 'a'].exists(x, x > 1)",
            "! `>` has no order for text (`x`) and an integer",
        ),
        ("['a', 1].all(event, event == 'a')", "false"),
        (
            "event.numbers.all(n, n)",
            "! the condition of `all` gives an integer, it must give true or false",
        ),
        (
            "'abc'.all(c, true)",
            "! `all` goes over a list or the keys of a map, here text",
        ),
    ]);
}

#[test]
fn has_tests_presence_at_any_depth_and_never_fails() {
    check(&[
        ("has(event.user.email)", "true"),
        ("has(event.user.phone)", "true"),
        ("has(event.user.none)", "false"),
        ("has(event.user.phone.deeper)", "false"),
        ("has(event.none.deeper.still)", "false"),
        ("has(session.token)", "false"),
        ("has(session)", "false"),
        ("has(event)", "true"),
        ("has(step['risk-evaluate'].score)", "true"),
        ("has(event.numbers[0])", "true"),
        ("has(event.numbers[3])", "false"),
        ("has(event.people[1].age)", "false"),
        ("has(step.a[step.a.key])", "true"),
        ("has(step.a[session.x])", "false"),
        (
            "has(event.numbers[event.numbers.filter(n, n.x)[0]]) || [1].all(n, n == 1)",
            "true",
        ),
        ("!has(step.none.x) || step.none.x", "true"),
    ]);
}
