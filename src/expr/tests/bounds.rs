//! Nothing crashes, hangs or grows without bound, whatever the text: run on a small stack.

use super::{outcome, scope, usual};
use crate::expr::{Expr, Template};

/// Half a megabyte: a quarter of what a thread usually gets.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(512 << 10)
        .spawn(run)
        .expect("a thread starts")
        .join()
        .expect("the thread ends well");
}

#[test]
fn long_text_is_refused_at_once() {
    on_a_small_stack(|| {
        for source in [
            "(".repeat(20_000) + &")".repeat(20_000),
            "!".repeat(100_000) + "true",
            "-".repeat(100_000) + "1",
            "1".to_owned() + &" + 1".repeat(100_000),
            "'".to_owned() + &"x".repeat(1 << 20) + "'",
            " ".repeat(1 << 20),
        ] {
            let error = Expr::parse(&source).expect_err("too long or too deep");
            assert!(
                error.message.contains("at most 16384 bytes")
                    || error.message.contains("deeper than 64"),
                "{}",
                error.message
            );
        }
    });
}

#[test]
fn deep_nesting_is_refused_and_the_deepest_allowed_works() {
    on_a_small_stack(|| {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{'a':", "}"),
            ("size(", ")"),
            ("[1].map(x, ", ")"),
            ("event[", "]"),
            ("has(event[", "])"),
            ("true ? 1 : (", ")"),
            ("1 + 2 * -(", ")"),
            ("false || true && 1 < 1 + 2 * (", ")"),
            ("[1].all(x, true && 1 == 1 + 1 * -[", "][0])"),
        ] {
            let nested = |depth: usize| open.repeat(depth) + "1" + &close.repeat(depth);
            let error = Expr::parse(&nested(64)).expect_err(open);
            assert!(
                error.message.contains("deeper than 64"),
                "{}",
                error.message
            );
            outcome(&nested(31), &usual());
            outcome(&nested(63), &usual());
            Expr::parse(&nested(800)).expect_err(open);
        }
    });
}

#[test]
fn long_chains_are_flat() {
    on_a_small_stack(|| {
        let chain = |part: &str| part.repeat(16_000 / part.len());
        for (source, expected) in [
            ("1".to_owned() + &chain(" + 1"), "4001"),
            ("1".to_owned() + &chain("-1"), "-7999"),
            ("true".to_owned() + &chain(" && true"), "true"),
            ("false".to_owned() + &chain(" || false"), "false"),
            (chain("!") + "true", "true"),
            (chain("-") + "1", "1"),
            (chain("false ? 1 : ") + "2", "2"),
            ("'a'".to_owned() + &chain(".lowerAscii()"), "\"a\""),
            ("[1]".to_owned() + &chain(".filter(x, true)"), "[1]"),
        ] {
            assert_eq!(outcome(&source, &usual()), expected, "{}", &source[..30]);
        }
        let path = "event".to_owned() + &chain(".user");
        assert!(outcome(&path, &usual()).contains("does not exist"));
    });
}

#[test]
fn macros_are_bounded_by_steps() {
    on_a_small_stack(|| {
        let ten = "[1,2,3,4,5,6,7,8,9,10]";
        let bomb = (0..9).fold("true".to_owned(), |inner, at| {
            format!("{ten}.all(v{at}, {inner})")
        });
        assert!(outcome(&bomb, &usual()).contains("more than 1000000 steps"));
        let has = format!("has(event[{bomb} ? 'user' : ''])");
        assert!(outcome(&has, &usual()).contains("more than 1000000 steps"));
    });
}

#[test]
fn growing_values_are_bounded() {
    on_a_small_stack(|| {
        for (start, step, bound) in [
            ("['x']", ".map(x, x + x)", "steps"),
            ("[[1]]", ".map(x, x + x)", "steps"),
            ("[1]", ".map(x, [x, x])", "nest deeper than 64"),
        ] {
            let source = start.to_owned() + &step.repeat(200);
            assert!(outcome(&source, &usual()).contains(bound), "{step}");
        }
        let shared = "[1]".to_owned() + &".map(x, [x, x])".repeat(30);
        assert!(outcome(&shared, &usual()).contains("larger than 16 MB"));
        let compared = format!("{shared} == {shared}");
        assert!(outcome(&compared, &usual()).contains("steps"));
    });
}

#[test]
fn large_text_is_paid_for() {
    let large = format!(r#"{{"event": {{"t": "{}"}}}}"#, "a".repeat(1 << 20));
    let scope = scope(&large);
    for source in [
        "[1,2,3,4,5,6,7,8,9].map(a, [1,2,3,4,5,6,7,8,9].map(b, event.t.contains('b')))",
        "[1,2,3,4,5,6,7,8,9].map(a, [1,2,3,4,5,6,7,8,9].map(b, event.t.matches('(b|c)x*d')))",
        "[1,2,3,4,5,6,7,8,9].map(a, [1,2,3,4,5,6,7,8,9].map(b, event.t.lowerAscii()))",
        "[1,2,3,4,5,6,7,8,9].map(a, [1,2,3,4,5,6,7,8,9].map(b, event.t + 'a' == event.t))",
        "[1,2,3,4,5,6,7,8,9].map(a, [1,2,3,4,5,6,7,8,9].map(b, [1,2,3,4,5,6,7,8,9].map(c, 'a'.matches('b' + 'c'))))",
    ] {
        assert!(outcome(source, &scope).contains("steps"), "{source}");
    }
    let template = Template::parse(&"{{ event.t }}".repeat(1000)).expect("valid");
    let error = template.render(&scope).expect_err("too large");
    assert!(error.message.contains("larger than 16 MB"));
}

#[test]
fn patterns_are_bounded_in_size() {
    let error = Expr::parse("'a'.matches('((a{1,100}){1,100}){1,100}')").expect_err("too large");
    assert!(error.message.contains("too large"), "{}", error.message);
    assert_eq!(
        outcome(r"'a_1@b.example'.matches(r'^\w+@\w+\.\w{2,10}$')", &usual()),
        "true"
    );
}

#[test]
fn a_large_template_is_compiled_in_linear_time() {
    let literal = "} {".repeat(400_000);
    assert!(Template::parse(&literal).expect("valid").is_literal());
    let many = "{{ 1 }}".repeat(100_000);
    assert_eq!(
        Template::parse(&many).expect("valid").exprs().count(),
        100_000
    );
    let error = Template::parse(&("{{ ".to_owned() + &" ".repeat(1 << 20))).expect_err("too long");
    assert!(error.message.contains("at most 16384 bytes"));
}
