//! Any text is read or refused; nothing panics, and every diagnostic has a place and a fix.

use super::*;
use proptest::prelude::*;

/// Text that is made of what YAML and JSON give a meaning to.
fn text() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "a",
        "b: ",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "\"",
        "'",
        "#",
        "&a ",
        "*a",
        "<<: ",
        "|\n",
        ">-\n",
        "? ",
        "---\n",
        "...\n",
        "!",
        "!!str ",
        "\t",
        "é",
        "\u{1F600}",
        "\\u00e9",
        "\\",
        "{{ ",
        " }}",
        "null",
        "1",
        "0.5",
        "\r\n",
        "%",
        "@",
        "\u{FEFF}",
        "''",
        "\u{7}",
        "-b",
    ]);
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn any_text_is_read_or_refused_with_a_place(text in text()) {
        for name in ["a.yaml", "a.json"] {
            let file = SourceFile::new(name, text.as_str());
            let mut diagnostics = Diagnostics::default();
            let documents = match name {
                "a.json" => parse_json(&file, &mut diagnostics).into_iter().collect(),
                _ => parse_documents(&file, &mut diagnostics),
            };
            prop_assert!(diagnostics.iter().all(|d| d.span.is_some() && d.fix.is_some()));
            documents.iter().for_each(places);
        }
    }
}

/// Every range of every text has a place inside the text.
fn places(node: &Node) {
    if let Some(text) = node.as_text() {
        for (at, character) in text.char_indices() {
            let span = node.part(at..at + character.len_utf8());
            assert!(span.start >= node.span.start && span.end <= node.span.end.max(span.start));
        }
    }
    node.head();
    node.as_list().unwrap_or_default().iter().for_each(places);
    for entry in node.as_map().unwrap_or_default() {
        places(&entry.value);
    }
}
