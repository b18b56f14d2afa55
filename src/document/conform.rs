//! Checks a node against what may stand there. Says what was found and what to write; looks into lists and
//! free maps, but not into objects, whose decoders do that.

use super::node::{Data, Node};
use super::quantity::{duration_ms, instant_ms, is_slug, size_bytes};
use super::shape::Holds;
use super::wording::{listed, suggestion};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Whether the node may stand there; if not, every reason is reported. `what` names it, as in "`timeout`".
pub fn conforms(node: &Node, holds: Holds, what: &str, diagnostics: &mut Diagnostics) -> bool {
    if !holds.is_kind_of(node) {
        diagnostics.push(wrong_type(node, holds, what));
        return false;
    }
    match holds {
        Holds::Slug | Holds::Duration | Holds::Size | Holds::Instant | Holds::Words(_) => {
            let Some(text) = node.as_text() else {
                return false;
            };
            let wrong = wrong_text(node, text, holds, what);
            let right = wrong.is_none();
            diagnostics.extend(wrong);
            right
        }
        Holds::Int(min, max) => in_range(node, min, max, what, diagnostics),
        Holds::List(items) => {
            let what = format!("an item of {what}");
            let mut right = true;
            for item in node.as_list().unwrap_or_default() {
                right &= conforms(item, *items, &what, diagnostics);
            }
            right
        }
        Holds::MapOf(values) => {
            let mut right = true;
            for entry in node.as_map().unwrap_or_default() {
                let what = format!("`{}`", shortened(&entry.key));
                right &= conforms(&entry.value, *values, &what, diagnostics);
            }
            right
        }
        Holds::OneOf(choices) => one_of(node, choices, what, diagnostics),
        Holds::Any | Holds::Null | Holds::Text | Holds::Bool | Holds::Number | Holds::Object(_) => {
            true
        }
    }
}

/// The first choice of the right kind that fits; the reasons of the last one of that kind when none does.
fn one_of(node: &Node, choices: &[Holds], what: &str, diagnostics: &mut Diagnostics) -> bool {
    let mut reasons = Diagnostics::default();
    for choice in choices.iter().filter(|choice| choice.is_kind_of(node)) {
        reasons = Diagnostics::default();
        if conforms(node, *choice, what, &mut reasons) {
            return true;
        }
    }
    diagnostics.extend(reasons.into_sorted());
    false
}

fn in_range(node: &Node, min: i64, max: i64, what: &str, diagnostics: &mut Diagnostics) -> bool {
    let Data::Int(number) = node.data else {
        return false;
    };
    if (min..=max).contains(&number) {
        return true;
    }
    let title = format!("{what} is {number}, out of range");
    diagnostics.push(
        Diagnostic::error("out_of_range", &node.span, title)
            .fix(format!("write {}", Holds::Int(min, max).describe())),
    );
    false
}

/// What is wrong with a text that has to be written in a certain way.
fn wrong_text(node: &Node, text: &str, holds: Holds, what: &str) -> Option<Diagnostic> {
    let (code, right, fix) = match holds {
        Holds::Slug => ("bad_slug", is_slug(text), slug_fix(text)),
        Holds::Duration => (
            "bad_duration",
            duration_ms(text).is_some(),
            duration_fix(text),
        ),
        Holds::Size => ("bad_size", size_bytes(text).is_some(), None),
        Holds::Instant => ("bad_instant", instant_ms(text).is_some(), None),
        Holds::Words(words) => (
            "unknown_word",
            words.contains(&text),
            Some(suggestion(text, words.iter().copied())),
        ),
        Holds::Any
        | Holds::Null
        | Holds::Text
        | Holds::Bool
        | Holds::Int(..)
        | Holds::Number
        | Holds::List(_)
        | Holds::MapOf(_)
        | Holds::Object(_)
        | Holds::OneOf(_) => return None,
    };
    if right {
        return None;
    }
    let title = match holds {
        Holds::Words(_) => format!("{what} cannot be `{}`", shortened(text)),
        _ => format!(
            "{what} takes {}, found `{}`",
            holds.describe(),
            shortened(text)
        ),
    };
    let fix = fix.unwrap_or_else(|| format!("write {}", holds.describe()));
    Some(Diagnostic::error(code, &node.head(), title).fix(fix))
}

/// A node of another kind than may stand there.
fn wrong_type(node: &Node, holds: Holds, what: &str) -> Diagnostic {
    let describe = holds.describe();
    if node.is_null() {
        return Diagnostic::error("wrong_type", &node.span, format!("{what} is empty"))
            .fix(format!("write {describe}, or leave the key out"));
    }
    let found = match &node.data {
        Data::List(_) | Data::Map(_) => node.kind_name().to_owned(),
        Data::Null | Data::Bool(_) | Data::Int(_) | Data::Float(_) | Data::Text(_) => {
            format!("{} `{}`", node.kind_name(), shortened(node.written()))
        }
    };
    if let Holds::Object(shape) = holds {
        let what = if what == shape.noun { "this" } else { what };
        let title = format!("{what} has to be {}, found {found}", shape.noun);
        return Diagnostic::error("wrong_type", &node.head(), title)
            .fix(format!("write a map with {}", listed(shape.names())));
    }
    let code = match holds {
        Holds::Duration | Holds::OneOf([Holds::Duration, ..]) => "bad_duration",
        _ => "wrong_type",
    };
    Diagnostic::error(
        code,
        &node.head(),
        format!("{what} takes {describe}, found {found}"),
    )
    .fix(type_fix(node, holds).unwrap_or_else(|| format!("write {describe}")))
}

/// The exact text to write where it can be told.
fn type_fix(node: &Node, holds: Holds) -> Option<String> {
    let written = node.written();
    match (&node.data, holds) {
        (_, Holds::OneOf(choices)) => choices.iter().find_map(|choice| type_fix(node, *choice)),
        (Data::Bool(_) | Data::Int(_) | Data::Float(_), Holds::Text) => {
            Some(format!("quote it: \"{written}\""))
        }
        (Data::Int(number), Holds::Duration) if *number >= 0 => {
            Some(format!("write the unit: `{number}ms` or `{number}s`"))
        }
        (Data::Text(text), Holds::Bool) => match text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "true" | "y" => Some("write `true`, without quotes".into()),
            "no" | "off" | "false" | "n" => Some("write `false`, without quotes".into()),
            _ => None,
        },
        (Data::Text(text), Holds::Int(..)) if duration_ms(text).is_some() => {
            duration_ms(text).map(|ms| format!("write {ms}, a number of milliseconds"))
        }
        (Data::Text(text), Holds::Int(..) | Holds::Number) if text.parse::<f64>().is_ok() => {
            Some(format!("write {text} without quotes"))
        }
        (Data::Text(_) | Data::Int(_), Holds::List(item)) if item.is_kind_of(node) => {
            Some(format!("write [{written}]"))
        }
        (Data::Map(_), Holds::List(_)) => Some("start each item with `- `".into()),
        _ => None,
    }
}

fn slug_fix(text: &str) -> Option<String> {
    let slug = kebab(text);
    (!slug.is_empty()).then(|| format!("write `{slug}`"))
}

/// `2 s`, `2S`, `2sec`, `2 seconds`, `500` in quotes → the exact way to write it.
fn duration_fix(text: &str) -> Option<String> {
    let compact: String = text.split_whitespace().collect();
    let digits = compact.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = compact.split_at(digits);
    if number.is_empty() {
        return None;
    }
    let unit = match unit.to_ascii_lowercase().as_str() {
        "" => return Some(format!("write the unit: `{number}ms` or `{number}s`")),
        "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        _ => return None,
    };
    Some(format!("write `{number}{unit}`"))
}

/// Text as a slug: lower-case ASCII letters and digits, everything between them one hyphen.
pub fn kebab(text: &str) -> String {
    text.to_ascii_lowercase()
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// The first line of a text, cut when it is long.
pub fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.len() < text.trim_end().len() => format!("{line}…"),
        None => line.to_owned(),
    }
}
