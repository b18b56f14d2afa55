//! What the services that actions ask may answer: every name that the source holds is a field, at the first and at the
//! second level, with values that a comparison may look for. Nothing is understood of the source beyond its words.

use super::{ASSUMED, Placed};
use crate::flow::Config;
use crate::workspace::Workspace;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Names and texts beyond so many are left out.
const MOST: usize = 24;
/// Longer texts are no values of a field.
const LONGEST: usize = 24;
/// Larger and smaller than most limits.
const LARGE: u32 = 1_000_000;

/// The `webhooks` of worlds in which services answer so; these are the mocks of the default world.
pub fn answers(blocks: &[Placed], workspace: &Workspace, mocks: &[Value]) -> Vec<Value> {
    let mut names = BTreeSet::new();
    let mut texts = BTreeSet::new();
    for one in blocks {
        let Config::RunCustomAction { action, .. } = &one.block.config else {
            continue;
        };
        if let Some(action) = workspace.action(&action.value)
            && action.script.names("fetch")
        {
            collect(action.script.source(), &mut names, &mut texts);
        }
    }
    let names: Vec<String> = names.into_iter().take(MOST).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let plain = [json!(true), json!(false), json!(LARGE), json!(0)];
    let mut found = Vec::new();
    for value in &plain {
        let flat = all(&names, value);
        found.extend([all(&names, &flat), flat]);
    }
    found.extend(
        texts
            .iter()
            .take(MOST)
            .map(|text| all(&names, &json!(text))),
    );
    found.iter().map(|answer| with(mocks, answer)).collect()
}

fn all(names: &[String], value: &Value) -> Value {
    let fields = names.iter().map(|name| (name.clone(), value.clone()));
    Value::Object(fields.collect::<Map<_, _>>())
}

/// The mocks of the default world, whose last one answers to actions.
fn with(mocks: &[Value], answer: &Value) -> Value {
    let each = mocks.iter().map(|mock| {
        let mut mock = mock.clone();
        if mock["mock"] == ASSUMED {
            mock["respond"]["json"] = answer.clone();
        }
        mock
    });
    each.collect()
}

/// Names behind a dot or between the braces of a pattern, and short texts in quotes.
fn collect(source: &str, names: &mut BTreeSet<String>, texts: &mut BTreeSet<String>) {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut before = ' ';
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' | '"' => {
                let text = rest[1..].split([first, '\n']).next().unwrap_or_default();
                let is_closed = rest[1 + text.len()..].starts_with(first);
                if is_closed
                    && (1..=LONGEST).contains(&text.len())
                    && text.chars().all(|c| is_name(c) || c == '-')
                {
                    texts.insert(text.to_owned());
                }
                if is_closed { text.len() + 2 } else { 1 }
            }
            c if is_name(c) => {
                let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                let name = &rest[..end];
                let is_field = matches!(before, '.' | '{' | ',') && !c.is_ascii_digit();
                if is_field && name.len() <= LONGEST {
                    names.insert(name.to_owned());
                }
                end
            }
            c => c.len_utf8(),
        };
        let passed = rest[..end].trim_end().chars().next_back();
        before = passed.unwrap_or(before);
        rest = &rest[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_values_are_what_a_source_names() {
        let source = "const { verdict, score: s } = await r.json();\n\
                      // it's\n\
                      if (verdict === 'too-bad' || a?.b.c > 70.5) api.deny(\"x y\");";
        let (mut names, mut texts) = (BTreeSet::new(), BTreeSet::new());
        collect(source, &mut names, &mut texts);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(names, ["b", "c", "deny", "json", "score", "verdict"]);
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["too-bad"]);
    }

    #[test]
    fn any_source_can_be_looked_through() {
        for source in [
            "",
            "'",
            "\"",
            "'é",
            "a.",
            "…'…",
            "{",
            "`${x.y}`",
            "'\u{1f600}",
        ] {
            collect(source, &mut BTreeSet::new(), &mut BTreeSet::new());
        }
    }
}
