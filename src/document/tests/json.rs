//! JSON as documents: what is read, what is refused and where.

use super::*;

/// The value as JSON, and `code place` of everything said.
fn json(text: &str) -> (Option<String>, Vec<String>) {
    let file = SourceFile::new("a.json", text);
    let mut diagnostics = Diagnostics::default();
    let node = parse_document(&file, &mut diagnostics);
    let said = diagnostics.into_sorted();
    let said = said.iter().map(|d| {
        let place = d.span.as_ref().map(ToString::to_string);
        format!("{} {}", d.code, place.unwrap_or_default())
    });
    (
        node.map(|node| to_json_text(&node.to_value())),
        said.collect(),
    )
}

#[test]
fn json_is_read_as_it_is() {
    for (text, expected) in [
        (
            "{\"a\":\t[1, true, null, \"\\/\\ud83d\\ude00\\u0041\\ud800\"]}",
            "{\"a\":[1,true,null,\"/😀A\u{fffd}\"]}",
        ),
        ("\n [ ] \n", "[]"),
        (
            r#"{"<<": {"a": 1}, "yes": "no"}"#,
            r#"{"<<":{"a":1},"yes":"no"}"#,
        ),
    ] {
        assert_eq!(
            json(text),
            (Some(expected.to_owned()), Vec::new()),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_json_is_told_with_its_place() {
    for (text, expected) in [
        (r#"{"a": 1, "a": 2}"#, "duplicate_key a.json:1:11"),
        (r#"{"a": 1,}"#, "json_syntax a.json:1:9"),
        (r#"{"a" 1}"#, "json_syntax a.json:1:6"),
        (r#"{"a": [1 2]}"#, "json_syntax a.json:1:10"),
        (r#"{"a": "b"#, "json_syntax a.json:1:7"),
        (r#"{"a": "\q"}"#, "json_syntax a.json:1:8"),
        (r#"{"a": yes}"#, "json_syntax a.json:1:7"),
        (r#"{"a": 0x1}"#, "json_syntax a.json:1:7"),
        (r#"{"a": 1"#, "json_syntax a.json:1:8"),
        ("{} {}", "json_syntax a.json:1:4"),
        (" ", "empty_document a.json:1:1"),
    ] {
        assert_eq!(json(text).1, [expected], "{text}");
    }
    assert_eq!(json(&"[".repeat(500_000)).1, ["too_deep a.json:1:65"]);
    let many = json(&format!("[{}1]", "1,".repeat(200_000))).1;
    assert!(many[0].starts_with("too_many_nodes"), "{many:?}");
}
