//! A document that is made up here, as an author would write it: short maps and lists on one line, the rest in lines,
//! text bare where nothing could misread it.

use serde_json::Value;
use std::fmt::Write;

/// What stands on one line at most.
const LINE: usize = 96;

/// A document as YAML, with a line end behind the last line.
pub fn yaml(document: &Value) -> String {
    let mut out = String::new();
    match document {
        Value::Object(map) => {
            for (key, value) in map {
                entry(&mut out, &scalar(key), value, 0);
            }
        }
        other => {
            let _ = writeln!(out, "{}", inline(other));
        }
    }
    out
}

fn entry(out: &mut String, key: &str, value: &Value, indent: usize) {
    let pad = " ".repeat(indent);
    let line = inline(value);
    // a reader looks for what is expected: each expectation has a line of its own
    let spread = key == "expect" && indent == 0;
    if !spread && indent + key.len() + 2 + line.chars().count() <= LINE {
        let _ = writeln!(out, "{pad}{key}: {line}");
        return;
    }
    match value {
        Value::Object(map) if !map.is_empty() => {
            let _ = writeln!(out, "{pad}{key}:");
            for (key, value) in map {
                entry(out, &scalar(key), value, indent + 2);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let _ = writeln!(out, "{pad}{key}:");
            items.iter().for_each(|one| item(out, one, indent + 2));
        }
        _ => {
            let _ = writeln!(out, "{pad}{key}: {line}");
        }
    }
}

fn item(out: &mut String, value: &Value, indent: usize) {
    let pad = " ".repeat(indent);
    let line = inline(value);
    match value {
        Value::Object(map) if !map.is_empty() && indent + 2 + line.chars().count() > LINE => {
            let mut lines = String::new();
            for (key, value) in map {
                entry(&mut lines, &scalar(key), value, indent + 2);
            }
            // the first key stands behind the dash
            let _ = write!(out, "{pad}- {}", lines.trim_start());
        }
        _ => {
            let _ = writeln!(out, "{pad}- {line}");
        }
    }
}

/// A value on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let pairs = map
                .iter()
                .map(|(key, value)| format!("{}: {}", scalar(key), inline(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn scalar(text: &str) -> String {
    if is_bare(text) {
        text.to_owned()
    } else {
        Value::String(text.to_owned()).to_string()
    }
}

fn is_bare(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || " -_/.@+'".contains(c);
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let low = text.to_ascii_lowercase();
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(allowed)
        && !words.contains(&low.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::document::parse_document;
    use crate::text::SourceFile;
    use serde_json::json;

    #[test]
    fn a_document_reads_as_an_author_would_write_it() {
        let document = json!({
            "scenario": "somebody's sign-in, twice: never",
            "answers": { "mfa": ["wrong", "right"] },
            "input": {},
            "expect": { "ending": "denied", "state": { "a": null, "b": "12", "no": 1.5 } },
        });
        let expected = "\
scenario: \"somebody's sign-in, twice: never\"
answers: { mfa: [wrong, right] }
input: {}
expect:
  ending: denied
  state: { a: null, b: \"12\", \"no\": 1.5 }
";
        assert_eq!(yaml(&document), expected);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let long = "x".repeat(60);
        for document in [
            json!({ "a": [{ "b": long, "c": { "d": long, "e": [long, long] } }, [], {}, null] }),
            json!({ "a": "line\nline", "b": "- x", "c": "#", "d": "ü: \"'", "e": " x ", "f": "{{ a }}" }),
            json!({ "a b: c": { "": [1, -1.5, true, "true", "1", "~", "=", "<<"] } }),
        ] {
            let file = SourceFile::new("a.yaml", yaml(&document));
            let node = parse_document(&file, &mut Diagnostics::default()).expect("yaml");
            let back = serde_json::to_value(node.to_value()).expect("json");
            assert_eq!(back, document, "{}", file.text());
        }
    }
}
