//! The conditions of a matcher, one for each key: how they are read, and why a value breaks them.

use super::{Fit, MATCHERS, Pattern, decode_all};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Data, Node, listed};
use crate::value::{Value, compare_numbers};
use regex::Regex;
use std::cmp::Ordering;

/// A regex of a matcher may compile to this many bytes.
const LARGEST_REGEX: usize = 1 << 20;

/// One key of a matcher.
#[derive(Debug, Clone)]
pub enum Condition {
    /// An order and whether equality holds too.
    Ordered(&'static str, Value),
    /// A part of a text, an item of a list, a key or a part of a map.
    Contains(Pattern),
    /// A text that a regular expression finds something in.
    Matches(Regex),
    /// There, or not there.
    Present(bool),
    /// One of these.
    AnyOf(Vec<Pattern>),
}

impl Condition {
    /// Reads one key; what is wrong is reported.
    pub fn decode(key: &str, node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let wrong = |expected: &str, diagnostics: &mut Diagnostics| {
            let title = format!("`{key}` holds {}", node.kind_name());
            diagnostics.push(
                Diagnostic::error("wrong_type", &node.head(), title)
                    .fix(format!("write {expected}")),
            );
            None
        };
        match key {
            "contains" => Some(Condition::Contains(Pattern::decode(node, diagnostics))),
            "matches" => match node.as_text() {
                Some(text) => regex_of(text, node, diagnostics).map(Condition::Matches),
                None => wrong("a regular expression as text", diagnostics),
            },
            "exists" | "absent" => match node.data {
                Data::Bool(truth) => Some(Condition::Present(truth == (key == "exists"))),
                _ => wrong("`true` or `false`", diagnostics),
            },
            "any_of" => match node.as_list() {
                Some(items) if !items.is_empty() => {
                    Some(Condition::AnyOf(decode_all(items, diagnostics)))
                }
                Some(_) | None => wrong("a list with at least one value", diagnostics),
            },
            _ => match (
                node.to_value(),
                MATCHERS.iter().find(|known| **known == key),
            ) {
                (value @ (Value::Int(_) | Value::Float(_) | Value::Text(_)), Some(name)) => {
                    Some(Condition::Ordered(name, value))
                }
                (_, Some(_)) => wrong("a number, or text to compare with text", diagnostics),
                (_, None) => wrong(&listed(MATCHERS.iter().copied()), diagnostics),
            },
        }
    }

    /// Why a value does not hold; None when it does.
    pub fn broken(&self, actual: Option<&Value>) -> Option<String> {
        let Some(value) = actual else {
            return match self {
                Condition::Present(false) => None,
                Condition::AnyOf(patterns)
                    if patterns.iter().any(|one| one.fits(None, Fit::Exact)) =>
                {
                    None
                }
                Condition::Ordered(..)
                | Condition::Contains(_)
                | Condition::Matches(_)
                | Condition::Present(true)
                | Condition::AnyOf(_) => Some("is not there".to_owned()),
            };
        };
        match self {
            Condition::Ordered(name, wanted) => unordered(name, value, wanted),
            Condition::Contains(pattern) => {
                (!contains(value, pattern)).then(|| "does not contain it".to_owned())
            }
            Condition::Matches(regex) => match value.as_text() {
                Some(text) if regex.is_match(text) => None,
                Some(_) => Some("does not match".to_owned()),
                None => Some(format!("is {}, and only text can match", value.kind_name())),
            },
            Condition::Present(true) => None,
            Condition::Present(false) => Some("is there".to_owned()),
            Condition::AnyOf(patterns) => {
                let fits = patterns.iter().any(|one| one.fits(actual, Fit::Exact));
                (!fits).then(|| "is none of them".to_owned())
            }
        }
    }
}

fn regex_of(text: &str, node: &Node, diagnostics: &mut Diagnostics) -> Option<Regex> {
    match regex::RegexBuilder::new(text)
        .size_limit(LARGEST_REGEX)
        .build()
    {
        Ok(regex) => Some(regex),
        Err(error) => {
            let title = format!(
                "this is no regular expression: {}",
                last_line(&error.to_string())
            );
            diagnostics.push(Diagnostic::error("bad_regex", &node.head(), title).fix(
                "write it in RE2 syntax, with `\\` before a character that stands for itself",
            ));
            None
        }
    }
}

fn last_line(text: &str) -> String {
    let line = text.lines().last().unwrap_or(text);
    line.trim_start_matches("error: ").to_owned()
}

/// Numbers compare with numbers, text with text (so that instants compare).
fn unordered(name: &str, value: &Value, wanted: &Value) -> Option<String> {
    let order = match (value, wanted) {
        (Value::Text(value), Value::Text(wanted)) => Some(value.cmp(wanted)),
        _ => compare_numbers(value, wanted),
    };
    let Some(order) = order else {
        return Some(format!(
            "is {}, which has no order with {}",
            value.kind_name(),
            wanted.kind_name()
        ));
    };
    let (holds, words) = match name {
        "gt" => (order == Ordering::Greater, "is not greater"),
        "gte" => (order != Ordering::Less, "is less"),
        "lt" => (order == Ordering::Less, "is not less"),
        _ => (order != Ordering::Greater, "is greater"),
    };
    (!holds).then(|| words.to_owned())
}

/// Text in text, an item in a list, a key or a part in a map.
fn contains(value: &Value, pattern: &Pattern) -> bool {
    match (value, &pattern.written) {
        (Value::Text(text), Value::Text(part)) => text.contains(&**part),
        (Value::List(items), _) => items
            .iter()
            .any(|item| pattern.fits(Some(item), Fit::Partial)),
        (Value::Map(map), Value::Text(key)) => map.contains_key(key),
        (Value::Map(_), Value::Map(_)) => pattern.fits(Some(value), Fit::Partial),
        _ => false,
    }
}
