//! Puts expectations into the text of a scenario file, keeping its comments and layout. The result is read again and
//! must say the same as before but for these expectations; else nothing is rewritten.

mod scan;

#[cfg(test)]
mod tests;

use crate::diagnostic::Diagnostics;
use crate::document::{Node, parse_documents};
use crate::text::SourceFile;
use crate::value::{Map, Value, to_json_text};
use scan::{Until, block_end, closing_brace, lead, value_end};
use std::sync::Arc;

/// Lines of lists are not longer.
const LINE: usize = 100;

/// The file with these expectations of a scenario, or of one of its cases. None when the file is laid out in a way
/// that cannot be changed safely.
pub fn with_expectations(
    file: &Arc<SourceFile>,
    scenario: &str,
    case: Option<&str>,
    expectations: &[(&str, Value)],
) -> Option<String> {
    let before = parse_documents(file, &mut Diagnostics::default());
    let node = find(&before, scenario, case)?;
    let text = match node.entry("expect") {
        Some(entry) if !entry.value.is_null() => replaced(file.text(), entry, expectations)?,
        Some(_) => return None,
        None => added(file.text(), node, expectations)?,
    };
    let text = with_line_ends_of(file.text(), text);
    let after = SourceFile::new(file.path().clone(), text.clone());
    let mut diagnostics = Diagnostics::default();
    let after = parse_documents(&after, &mut diagnostics);
    let sound =
        !diagnostics.has_errors() && says_the_same(&before, &after, scenario, case, expectations);
    sound.then_some(text)
}

/// Where all lines end as on Windows, those that are new do too.
fn with_line_ends_of(before: &str, text: String) -> String {
    let windows = before.matches("\r\n").count();
    if windows > 0 && windows == before.matches('\n').count() {
        text.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        text
    }
}

/// Expectations as a scenario has them, for an author who has to write them by hand.
pub fn as_expect(expectations: &[(&str, Value)]) -> String {
    format!("expect:\n{}", lines(expectations.iter(), 2))
}

/// The map of a scenario or case.
fn find<'a>(documents: &'a [Node], scenario: &str, case: Option<&str>) -> Option<&'a Node> {
    let named = |node: &&Node, key: &str, name: &str| {
        node.get(key)
            .and_then(Node::as_text)
            .is_some_and(|text| **text == *name)
    };
    let document = documents
        .iter()
        .find(|node| named(node, "scenario", scenario))?;
    match case {
        None => Some(document),
        Some(case) => document
            .get("cases")?
            .as_list()?
            .iter()
            .find(|node| named(node, "case", case)),
    }
}

/// There is an `expect`: its lines are replaced one by one, what is new comes behind the last one.
fn replaced(
    text: &str,
    expect: &crate::document::Entry,
    expectations: &[(&str, Value)],
) -> Option<String> {
    let entries = expect.value.as_map()?;
    let after_key = text[expect.key_span.end..].find(':')? + expect.key_span.end + 1;
    let in_braces = text[after_key..].trim_start().starts_with('{');
    let mut text = text.to_owned();
    let first = entries.first().filter(|_| !in_braces);
    let indent = first.map(|first| lead(&text, first.key_span.start).chars().count());
    if let Some(first) = entries.first()
        && !in_braces
    {
        let end = block_end(&text, first.key_span.start, indent?);
        let new = expectations
            .iter()
            .filter(|(key, _)| !entries.iter().any(|entry| *entry.key == **key));
        let lines = lines(new, indent?);
        insert_lines(&mut text, end, &lines);
    } else {
        let open = after_key + text[after_key..].find('{')?;
        let close = closing_brace(&text, open)?;
        let new = expectations
            .iter()
            .filter(|(key, _)| !entries.iter().any(|entry| *entry.key == **key));
        let pairs: Vec<String> = new
            .map(|(key, value)| format!("{key}: {}", yaml(value)))
            .collect();
        let at = text[..close].trim_end().len();
        let (comma, end) = match (entries.is_empty(), text[..at].ends_with(',')) {
            (true, _) => (" ", if at == close { " " } else { "" }),
            (false, true) => (" ", ""),
            (false, false) => (", ", ""),
        };
        if !pairs.is_empty() {
            text.insert_str(at, &format!("{comma}{}{end}", pairs.join(", ")));
        }
    }
    // from the end, so that places before stay where they are
    for entry in entries.iter().rev() {
        let Some((key, value)) = expectations.iter().find(|(key, _)| *entry.key == **key) else {
            continue;
        };
        if entry.value.to_value() == *value {
            continue;
        }
        let from = text[entry.key_span.end..].find(':')? + entry.key_span.end + 1;
        let rest_of_line = text[from..].lines().next().unwrap_or("").trim();
        let is_block = rest_of_line.is_empty() || rest_of_line.starts_with(['#', '|', '>']);
        let (end, written) = match indent {
            Some(indent) if is_block => {
                let end = block_end(&text, entry.key_span.start, indent + 1).max(from);
                (text[..end].trim_end().len(), laid_out(key, value, indent))
            }
            Some(indent) => (
                value_end(&text, from, Until::LineEnd),
                laid_out(key, value, indent),
            ),
            None => (
                value_end(&text, from, Until::NextItem),
                format!(" {}", yaml(value)),
            ),
        };
        text.replace_range(from..end.max(from), &written);
    }
    Some(text)
}

/// There is none: it comes behind everything else that the scenario says.
fn added(text: &str, node: &Node, expectations: &[(&str, Value)]) -> Option<String> {
    let first = node.as_map()?.first()?;
    let lead = lead(text, first.key_span.start);
    let mut out = text.to_owned();
    if lead.chars().all(|c| c == ' ' || c == '-') {
        let indent = lead.chars().count();
        let end = block_end(text, first.key_span.start, indent);
        let pad = " ".repeat(indent);
        let inner = lines(expectations.iter(), indent + 2);
        insert_lines(&mut out, end, &format!("{pad}expect:\n{inner}"));
        return Some(out);
    }
    // { case: low, … }
    let open = text[..first.key_span.start].rfind('{')?;
    let close = closing_brace(text, open)?;
    let pairs: Vec<String> = expectations
        .iter()
        .map(|(key, value)| format!("{key}: {}", yaml(value)))
        .collect();
    let at = text[..close].trim_end().len();
    let comma = if text[..at].ends_with(',') { " " } else { ", " };
    out.insert_str(at, &format!("{comma}expect: {{ {} }}", pairs.join(", ")));
    Some(out)
}

fn insert_lines(text: &mut String, at: usize, lines: &str) {
    if lines.is_empty() {
        return;
    }
    let missing = if at > 0 && !text[..at].ends_with('\n') {
        "\n"
    } else {
        ""
    };
    text.insert_str(at, &format!("{missing}{lines}"));
}

fn lines<'a>(expectations: impl Iterator<Item = &'a (&'a str, Value)>, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let line =
        |(key, value): &(&str, Value)| format!("{pad}{key}:{}\n", laid_out(key, value, indent));
    expectations.map(line).collect()
}

/// A value behind its key; a long list goes on further in.
fn laid_out(key: &str, value: &Value, indent: usize) -> String {
    let line = yaml(value);
    let Value::List(items) = value else {
        return format!(" {line}");
    };
    if indent + key.len() + 2 + line.chars().count() <= LINE {
        return format!(" {line}");
    }
    let pad = " ".repeat(indent + 2);
    let mut out = String::from(" [");
    let mut width = LINE;
    for (at, item) in items.iter().enumerate() {
        let comma = if at + 1 < items.len() { "," } else { "" };
        let item = format!("{}{comma}", yaml(item));
        if width + item.chars().count() + 1 > LINE {
            out.push_str(&format!("\n{pad}{item}"));
            width = pad.len() + item.chars().count();
        } else {
            out.push_str(&format!(" {item}"));
            width += item.chars().count() + 1;
        }
    }
    out.push_str(&format!("\n{}]", " ".repeat(indent)));
    out
}

/// A value on one line: text bare where nothing could misread it.
fn yaml(value: &Value) -> String {
    match value {
        Value::Text(text) if is_bare(text) => text.to_string(),
        Value::List(items) => format!(
            "[{}]",
            items.iter().map(yaml).collect::<Vec<_>>().join(", ")
        ),
        Value::Map(map) => {
            let pairs: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key}: {}", yaml(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Value::Text(_) | Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
            to_json_text(value)
        }
    }
}

fn is_bare(text: &str) -> bool {
    let bare =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '/');
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(bare)
        && !words.contains(&text)
}

/// Whether only these expectations changed.
fn says_the_same(
    before: &[Node],
    after: &[Node],
    scenario: &str,
    case: Option<&str>,
    expectations: &[(&str, Value)],
) -> bool {
    let without = |documents: &[Node]| -> Vec<Value> {
        let mut documents = documents.to_vec();
        let node = find(&documents, scenario, case).map(|node| node.span.start);
        documents
            .iter_mut()
            .for_each(|document| drop_expect(document, node));
        documents.iter().map(Node::to_value).collect()
    };
    let expected = |documents: &[Node]| -> Map {
        let node = find(documents, scenario, case);
        let expect = node.and_then(|node| node.get("expect")).map(Node::to_value);
        expect
            .and_then(|expect| expect.as_map().cloned())
            .unwrap_or_default()
    };
    let mut wanted = expected(before);
    for (key, value) in expectations {
        wanted.insert(*key, value.clone());
    }
    without(before) == without(after) && wanted == expected(after)
}

/// Takes `expect` out of the scenario or case that starts at a place.
fn drop_expect(node: &mut Node, at: Option<usize>) {
    use crate::document::Data;
    let own = Some(node.span.start) == at;
    if let Data::Map(entries) = &mut node.data {
        if own {
            entries.retain(|entry| &*entry.key != "expect");
        }
        let cases = entries.iter_mut().filter(|entry| &*entry.key == "cases");
        for entry in cases {
            if let Data::List(cases) = &mut entry.value.data {
                cases.iter_mut().for_each(|case| drop_expect(case, at));
            }
        }
    }
}
