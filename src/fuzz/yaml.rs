//! JSON values as YAML that a person reads: what fits on a line stands on it, blocks always have lines of their
//! own, text is quoted where anything could misread it.

use serde_json::{Map, Value};
use std::fmt::Write;

/// Longer maps and lists are laid out over several lines.
const LINE: usize = 90;

/// A document, with a line end behind its last line.
pub fn yaml(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => entries(&mut out, map, 0),
        other => out.push_str(&format!("{}\n", one_line(other))),
    }
    out
}

fn entries(out: &mut String, map: &Map<String, Value>, indent: usize) {
    for (at, (key, value)) in map.iter().enumerate() {
        // the first key of an item stands behind its dash
        if at > 0 || out.is_empty() || out.ends_with('\n') {
            out.push_str(&" ".repeat(indent));
        }
        let _ = write!(out, "{}:", text(key));
        behind_key(out, value, indent);
    }
}

fn behind_key(out: &mut String, value: &Value, indent: usize) {
    match value {
        _ if fits(value, indent) => out.push_str(&format!(" {}\n", one_line(value))),
        Value::Object(map) => {
            out.push('\n');
            entries(out, map, indent + 2);
        }
        Value::Array(items) => {
            out.push('\n');
            for item in items {
                out.push_str(&format!("{}- ", " ".repeat(indent + 2)));
                match item {
                    Value::Object(map) if !fits(item, indent + 2) => entries(out, map, indent + 4),
                    item => out.push_str(&format!("{}\n", one_line(item))),
                }
            }
        }
        other => out.push_str(&format!(" {}\n", one_line(other))),
    }
}

fn fits(value: &Value, indent: usize) -> bool {
    match value {
        Value::Object(map) if map.is_empty() => true,
        Value::Array(items) if items.is_empty() => true,
        Value::Object(_) | Value::Array(_) => {
            !holds_blocks(value) && indent + one_line(value).chars().count() <= LINE
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn holds_blocks(value: &Value) -> bool {
    match value {
        Value::Object(map) => {
            map.contains_key("block")
                || map.contains_key("branch")
                || map.values().any(holds_blocks)
        }
        Value::Array(items) => items.iter().any(holds_blocks),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let entry =
                |(key, value): (&String, &Value)| format!("{}: {}", text(key), one_line(value));
            let entries: Vec<String> = map.iter().map(entry).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(own) => text(own),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn text(text: &str) -> String {
    if is_bare(text) || is_duration(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric() => quoted.push(c),
            c => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c));
            }
        }
    }
    quoted + "\""
}

fn is_bare(text: &str) -> bool {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let bare = |c: char| c.is_ascii_alphanumeric() || "_-/.@ ".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(bare)
        && !text.ends_with(' ')
        && !words.contains(&text.to_ascii_lowercase().as_str())
}

fn is_duration(text: &str) -> bool {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    !digits.is_empty()
        && digits.chars().all(|c| c.is_ascii_digit())
        && ["ms", "s", "m", "h"].contains(&unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::document::parse_document;
    use crate::text::SourceFile;
    use crate::value::to_json_text;
    use serde_json::json;

    fn read(text: &str) -> Value {
        let mut diagnostics = Diagnostics::default();
        let node = parse_document(&SourceFile::new("a.yaml", text), &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{text}");
        let node = node.unwrap_or_else(|| panic!("{text}"));
        serde_json::from_str(&to_json_text(&node.to_value())).expect("JSON")
    }

    #[test]
    fn what_is_written_reads_as_it_was() {
        for value in [
            json!({ "a": { "b": [] }, "c": {}, "d": [[1, 2], { "x": null }] }),
            json!({ "text": ["on", "No", "12", "1e5", "10ms", "a: b", "#c", "", " a", "it's \"so\"\n"] }),
            json!({ "odd": "\u{e9}\u{0}\u{202e}", "-1": -1, "1.0": 1.5, "t": true, "f": "false" }),
            json!({ "stages": [{ "stage": "s", "blocks": [{ "block": "allow" }, { "block": "deny", "config": { "reason": "{{ x }}" } }] }] }),
            json!({ "long": ["a".repeat(60), { "b": "c".repeat(60), "d": [{ "block": "allow" }] }] }),
        ] {
            assert_eq!(read(&yaml(&value)), value, "{}", yaml(&value));
        }
    }

    #[test]
    fn blocks_have_lines_of_their_own() {
        let flow = json!({ "flow": "login", "stages": [{ "stage": "s0", "blocks": [
            { "block": "delay", "config": { "ms": 1 } }, { "block": "allow" } ] }] });
        let expected = "flow: login\nstages:\n  - stage: s0\n    blocks:\n      - block: delay\n        \
                        config: { ms: 1 }\n      - block: allow\n";
        assert_eq!(yaml(&flow), expected);
    }
}
