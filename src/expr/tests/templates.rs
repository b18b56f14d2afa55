//! Templates and templated trees: kinds kept, text, URLs, places.

use super::usual;
use crate::expr::{Template, ValueTemplate};
use crate::value::{Text, Value, to_json_text};

#[test]
fn a_single_expression_keeps_its_kind_and_longer_text_is_text() {
    for (source, expected) in [
        ("plain", r#""plain""#),
        ("", r#""""#),
        ("a }} b", r#""a }} b""#),
        ("{ {x} }", r#""{ {x} }""#),
        ("{{ step.a.score }}", "7"),
        ("{{step.a.score}}", "7"),
        (" {{ step.a.score }}", r#"" 7""#),
        ("{{ event.user.phone }}", "null"),
        ("<{{ event.user.phone }}>", r#""<>""#),
        ("{{ event.numbers }}", "[1,2,3]"),
        (
            "is {{ event.numbers }} {{ event.flags }}",
            r#""is [1,2,3] {\"one\":true,\"two\":false}""#,
        ),
        ("{{ 1 }}{{ 1.0 }}{{ true }}", r#""11.0true""#),
        ("{{ '{{' }}", r#""{{""#),
        ("{{ '{{' }}x}}", r#""{{x}}""#),
        ("{{ '}}' }}!", r#""}}!""#),
        ("{{ {'a': {'b': 1}} }}", r#"{"a":{"b":1}}"#),
        ("{{ {'a': {'b': 1}}}}", r#"{"a":{"b":1}}"#),
        ("{{ {'a': 1}.a }}é", r#""1é""#),
        ("{{ timestamp(0) }}", r#""1970-01-01T00:00:00Z""#),
    ] {
        let template = Template::parse(source).expect(source);
        let value = template.render(&usual()).expect(source);
        assert_eq!(to_json_text(&value), expected, "{source}");
        assert_eq!(template.is_literal(), !source.contains("{{"), "{source}");
        assert_eq!(template.source(), source);
    }
}

#[test]
fn a_url_encodes_each_value_and_nothing_else() {
    let template = Template::parse(
        "https://x.example/é?q={{ 'a b&c=é/~' }}&n={{ step.a.score }}&z={{ event.user.phone }}",
    )
    .expect("valid");
    assert_eq!(
        &*template.render_url(&usual()).expect("renders"),
        "https://x.example/é?q=a%20b%26c%3D%C3%A9%2F~&n=7&z="
    );
    assert_eq!(
        &*Template::parse("{{ step.a.score }}")
            .expect("valid")
            .render_text(&usual())
            .expect("renders"),
        "7"
    );
}

#[test]
fn places_are_those_of_the_whole_text() {
    for (source, message, place) in [
        (
            "ab {{ x }}",
            "`x` is no root; a path starts with event, step, session or custom",
            "x",
        ),
        (
            "ab {{ }} c",
            "there is no expression between `{{` and `}}`",
            "{{ }}",
        ),
        ("ab {{ 1 c", "expected an operator or `}}`, found `c`", "c"),
        ("ab {{ 1", "`{{` is never closed", "{{"),
        (
            "{{ 1 }} {{ 1 } }",
            "expected an operator or `}}`, found `}`",
            "}",
        ),
    ] {
        let error = Template::parse(source).expect_err(source);
        assert_eq!(error.message, message, "{source}");
        assert_eq!(&source[error.range], place, "{source}");
    }
    let source = "é {{ step.a.score }}-{{ has(event.x) ? event.x : 1 }}";
    let reads = Template::parse(source).expect("valid").reads();
    let places: Vec<&str> = reads
        .iter()
        .map(|read| &source[read.range.clone()])
        .collect();
    assert_eq!(places, ["step.a.score", "event.x", "event.x"]);
}

#[test]
fn a_tree_renders_its_leaves_in_place() {
    let text = |source: &str| ValueTemplate::Text(Template::parse(source).expect("valid"));
    let tree = ValueTemplate::Map(vec![
        (Text::from("n"), text("{{ step.a.score }}")),
        (
            Text::from("l"),
            ValueTemplate::List(vec![text("x{{ 1 }}"), text("y")]),
        ),
        (Text::from("v"), ValueTemplate::Literal(Value::Null)),
    ]);
    let value = tree.render(&usual()).expect("renders");
    assert_eq!(to_json_text(&value), r#"{"n":7,"l":["x1","y"],"v":null}"#);
    assert_eq!(tree.reads().len(), 1);
    assert!(!tree.is_literal());
    assert!(ValueTemplate::List(vec![text("y")]).is_literal());
}
