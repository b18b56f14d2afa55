//! What documents promise, as tables: places, typing, merges, refusals.

mod arbitrary;
mod json;

use super::*;
use crate::diagnostic::Diagnostics;
use crate::text::SourceFile;
use crate::value::to_json_text;

fn read(text: &str) -> (Vec<Node>, Vec<String>) {
    let file = SourceFile::new("a.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let documents = parse_documents(&file, &mut diagnostics);
    let said = diagnostics
        .into_sorted()
        .iter()
        .map(|d| {
            let (line, column) = d
                .span
                .as_ref()
                .map_or((0, 0), crate::text::Span::line_column);
            format!(
                "{} {line}:{column} {}",
                d.code,
                d.fix.as_deref().unwrap_or("")
            )
        })
        .collect();
    (documents, said)
}

/// The code, place and fix of everything that is wrong, for rows of bad text.
#[test]
fn what_is_wrong_is_said_at_its_place() {
    for (text, expected) in [
        ("a: b: c\n", "yaml_syntax 1:5 quote the text: \"b: c\""),
        ("a:\n\t- b\n", "yaml_syntax 2:2 indent with spaces"),
        ("a: x\n\tb: 1\n", "yaml_syntax 2:1 indent with spaces"),
        ("a: {{ x.y }}\n", "bad_key 1:5 quote it: \"{{ x.y }}\""),
        (
            "a: 1\na: 2",
            "duplicate_key 2:1 keep one of the two, or give the other its own name",
        ),
        (
            "é: [no]",
            "plain_yes_no 1:5 write `false` for a truth value, `\"no\"` for text",
        ),
        (
            "&a [*a]",
            "bad_alias 1:5 define the anchor before, in the same document",
        ),
        ("a: @x", "yaml_syntax 1:4 quote the text"),
        (
            "a: *x",
            "yaml_syntax 1:4 define it before with `&name`; text that starts with `*` needs quotes",
        ),
        (
            "a: \"x\nb: 1\n",
            "yaml_syntax 1:4 indent it further than its key, or close the quote",
        ),
        ("a: 'x", "yaml_syntax 1:4 close the quote"),
        ("a: [1, 2\nb: 3\n", "yaml_syntax 1:4 close it with `]`"),
        ("a: [1, 2", "yaml_syntax 1:4 close it with `]`"),
        (
            "a:b\nc: d",
            "yaml_syntax 1:1 write a space behind the `:`, as in `a: b`",
        ),
        (
            "flow\nkind: x",
            "yaml_syntax 1:1 write `flow:` if it is a key, or indent it if it continues a text",
        ),
        (
            "a: 1\n  b: 2\n",
            "yaml_syntax 2:3 indent it like `a` on line 1",
        ),
        ("- a\n-b\n", "yaml_syntax 2:1 write `- b`"),
        (
            "a:\n  - b\n - c\n",
            "yaml_syntax 3:2 indent it like the other keys of the map",
        ),
        (
            "a: - b",
            "yaml_syntax 1:4 put the list on lines of its own below its key",
        ),
        (
            "a: .inf",
            "bad_number 1:4 write a finite number, or quote it: \".inf\"",
        ),
    ] {
        let (_, said) = read(text);
        assert_eq!(said, [expected], "{text}");
    }
}

#[test]
fn ranges_of_a_text_point_into_the_file() {
    for (text, wanted, place) in [
        ("a: x == y", "y", (1, 9)),
        ("é: 'it''s q'", "q", (1, 11)),
        ("a: \"\\u00e9 \\n q\"", "q", (1, 15)),
        ("a: |\n  one\n  two q\n", "q", (3, 7)),
        ("a: >-\n  one\n  two q\n", "q", (3, 7)),
        ("a: one\n  two q\n", "q", (2, 7)),
    ] {
        let (documents, _) = read(text);
        let node = documents[0].as_map().map(|entries| &entries[0].value);
        let node = node.expect("one entry");
        let at = node
            .as_text()
            .and_then(|text| text.find(wanted))
            .expect("it is there");
        let span = node.part(at..at + 1);
        assert_eq!(span.line_column(), place, "{text}");
    }
}

#[test]
fn merge_keys_give_way_to_keys_of_the_map() {
    let text = "x: &x {b: 1, c: 1}\ny: &y {c: 2, d: 2}\nz:\n  <<: [*x, *y]\n  b: 3\n  \"<<\": q\n";
    let (documents, said) = read(text);
    assert!(said.is_empty(), "{said:?}");
    let merged = documents[0].get("z").expect("z").to_value();
    assert_eq!(to_json_text(&merged), r#"{"c":1,"d":2,"b":3,"<<":"q"}"#);
}

#[test]
fn what_would_exhaust_the_process_is_refused() {
    let laughs = (1..12).fold(
        "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned(),
        |text, level| {
            let alias = format!("*a{}", level - 1);
            format!(
                "{text}a{level}: &a{level} [{}]\n",
                [alias.as_str(); 10].join(",")
            )
        },
    );
    for (text, code) in [
        (laughs, "too_many_nodes"),
        (
            format!(
                "a: &a {}\nb: [{}*a]",
                "x".repeat(100_000),
                "*a, ".repeat(50_000)
            ),
            "too_large",
        ),
        (
            format!("{}[{}x]", "&a [".repeat(60), "x,".repeat(90_000)) + &"]".repeat(60),
            "too_many_nodes",
        ),
        ("[".repeat(500_000), "too_deep"),
        ("{a: ".repeat(200_000), "too_deep"),
        ("- ".repeat(400_000), "too_deep"),
        ("? ".repeat(400_000), "too_deep"),
        ("x,".repeat(100), ""),
        (format!("[{}]", "x,".repeat(300_000)), "too_many_nodes"),
        ("&a ".repeat(300_000), "yaml_syntax"),
        (format!("a: \"{}", "x".repeat(900_000)), "yaml_syntax"),
    ] {
        let (_, said) = read(&text);
        let first = said.first().map_or("", String::as_str);
        let found = first.split(' ').next().unwrap_or("");
        assert_eq!(found, code, "{}", &text[..20]);
    }
}
