//! Values and names on lines of their own: JSON that a person reads, with nothing invisible in it. Long values are
//! laid out over several lines; what would still be too long is cut, with a fingerprint of the whole.

use crate::value::{Value, to_json_text};
use siphasher::sip::SipHasher13;
use std::fmt::Write;
use std::hash::Hasher;

/// A value that is longer is laid out over several lines.
const LINE: usize = 120;
/// Texts that are longer are cut.
const LONGEST_TEXT: usize = 1_000;
/// Values of more lines are cut.
const MOST_LINES: usize = 200;

/// A value behind the words of a line, whose indentation is known.
pub fn value(value: &Value, indent: usize) -> String {
    let mut line = String::new();
    one_line(&mut line, value, LINE);
    if line.chars().count() <= LINE {
        return line;
    }
    let mut lines = Vec::new();
    laid_out(&mut lines, value, indent + 2, "", "");
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.truncate(MOST_LINES);
        let whole = fingerprint(&to_json_text(value));
        lines.push(format!(
            "{}… {more} more lines, fingerprint {whole}",
            pad(indent + 2)
        ));
    }
    lines.join("\n").trim_start().to_owned()
}

/// A value that an expression read: long ones are not repeated, the block that wrote them shows them.
pub fn read(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "missing".to_owned();
    };
    let mut line = String::new();
    one_line(&mut line, value, LINE);
    match value {
        Value::Map(map) if line.chars().count() > LINE => format!("a map of {} keys", map.len()),
        Value::List(list) if line.chars().count() > LINE => {
            format!("a list of {} items", list.len())
        }
        Value::Map(_)
        | Value::List(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_) => line,
    }
}

/// Text in quotes, without control characters and other invisible ones, and of bounded length.
pub fn quoted(text: &str) -> String {
    let cut = text.char_indices().nth(LONGEST_TEXT).map(|(at, _)| at);
    let mut out = String::from("\"");
    for c in text[..cut.unwrap_or(text.len())].chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_invisible(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    if cut.is_some() {
        let count = text.chars().count();
        let _ = write!(
            out,
            "…\" ({count} characters, fingerprint {})",
            fingerprint(text)
        );
    } else {
        out.push('"');
    }
    out
}

/// A name as it is where that is plain, else in quotes.
pub fn name(name: &str) -> String {
    let plain = |c: char| !is_invisible(c) && !matches!(c, '"' | '\\' | ':' | '(' | ')' | ',');
    let whole = !name.is_empty() && name.trim() == name && name.chars().count() <= LONGEST_TEXT;
    if whole && name.chars().all(plain) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// What a reader could not see, or what would turn the direction of a line.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Stops once the line is longer than `limit`, by at most one item.
fn one_line(out: &mut String, value: &Value, limit: usize) {
    match value {
        Value::Text(text) => out.push_str(&quoted(text)),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if out.len() > limit * 4 {
                    break;
                }
                out.push_str(if at > 0 { ", " } else { "" });
                one_line(out, item, limit);
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (at, (key, item)) in map.iter().enumerate() {
                if out.len() > limit * 4 {
                    break;
                }
                let comma = if at > 0 { ", " } else { "" };
                let _ = write!(out, "{comma}{}: ", quoted(key));
                one_line(out, item, limit);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
            out.push_str(&to_json_text(value));
        }
    }
}

/// One line for each item, short items on one line. Values are nested at most 128 deep.
fn laid_out(lines: &mut Vec<String>, value: &Value, indent: usize, before: &str, after: &str) {
    let mut line = String::new();
    one_line(&mut line, value, LINE);
    let (items, close): (Vec<(String, &Value)>, &str) = match value {
        Value::List(items) => (
            items.iter().map(|item| (String::new(), item)).collect(),
            "]",
        ),
        Value::Map(map) => {
            let keyed = map
                .iter()
                .map(|(key, item)| (format!("{}: ", quoted(key)), item));
            (keyed.collect(), "}")
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) => {
            (Vec::new(), "")
        }
    };
    if items.is_empty() || line.chars().count() <= LINE {
        lines.push(format!("{}{before}{line}{after}", pad(indent)));
        return;
    }
    let open = if close == "]" { "[" } else { "{" };
    lines.push(format!("{}{before}{open}", pad(indent)));
    let last = items.len() - 1;
    for (at, (key, item)) in items.iter().enumerate() {
        laid_out(
            lines,
            item,
            indent + 2,
            key,
            if at < last { "," } else { "" },
        );
    }
    lines.push(format!("{}{close}{after}", pad(indent)));
}

fn pad(indent: usize) -> String {
    " ".repeat(indent)
}

fn fingerprint(text: &str) -> String {
    let mut hasher = SipHasher13::new_with_keys(0, 0);
    hasher.write(text.as_bytes());
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::from_json_text;

    #[test]
    fn short_values_stand_on_one_line() {
        for (json, shown) in [
            ("null", "null"),
            ("1.0", "1.0"),
            (r#"{"a":[1,true],"b":{}}"#, r#"{"a": [1, true], "b": {}}"#),
            (r#""a\nb \u202e c""#, r#""a\nb \u{202e} c""#),
            ("[]", "[]"),
        ] {
            assert_eq!(value(&from_json_text(json).expect(json), 4), shown);
        }
    }

    #[test]
    fn long_values_are_laid_out_below_one_another() {
        let long = "x".repeat(110);
        let json = format!(r#"{{"a":"{long}","b":[1,2]}}"#);
        let shown = value(&from_json_text(&json).expect("json"), 4);
        assert_eq!(
            shown,
            format!("{{\n        \"a\": \"{long}\",\n        \"b\": [1, 2]\n      }}")
        );
    }

    #[test]
    fn what_is_cut_still_shows_a_change() {
        let text = |end: &str| quoted(&format!("{}{end}", "x".repeat(5_000)));
        assert!(text("a").len() < 1_100 && text("a") != text("b"));
        let list = |last: i64| {
            let mut items = vec![Value::Int(0); 5_000];
            items.push(Value::Int(last));
            value(&items.into(), 0)
        };
        assert_eq!(list(1).lines().count(), 201);
        assert_ne!(list(1), list(2));
    }

    #[test]
    fn a_name_is_quoted_where_it_could_be_misread() {
        for (written, shown) in [
            ("Pre-Login", "Pre-Login"),
            ("a: b", "\"a: b\""),
            (" a", "\" a\""),
            ("", "\"\""),
            ("日本", "日本"),
        ] {
            assert_eq!(name(written), shown);
        }
    }
}
