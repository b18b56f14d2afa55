//! What a value is held against: a literal, a matcher such as `{gt: 1}`, or a map or list that holds them.
//! Decoding and matching; which values are looked at is the judges' business.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Data, Node, listed};
use crate::trace::Redactor;
use crate::value::{Map, Text, Value, compare_numbers};
use regex::Regex;
use std::cmp::Ordering;

/// The keys of matchers; a map with such keys only is a matcher, any other map is a literal.
pub const MATCHERS: &[&str] = &[
    "gt", "gte", "lt", "lte", "contains", "matches", "exists", "absent", "any_of",
];

/// A regex of a matcher may compile to this many bytes.
const LARGEST_REGEX: usize = 1 << 20;

/// What a value is held against.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As it is written.
    pub written: Value,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Exactly this scalar.
    Is,
    /// A list, item by item.
    List(Vec<Pattern>),
    /// A map, key by key.
    Map(Vec<(Text, Pattern)>),
    /// Every one of these.
    All(Vec<Condition>),
}

#[derive(Debug, Clone)]
enum Condition {
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

/// Whether a map may hold more than what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It may not.
    Exact,
    /// It may.
    Partial,
}

/// Where a value departs from a pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// Below the value that was looked at: `.email`, `[0].id`; empty for itself.
    pub path: String,
    /// What was expected there.
    pub expected: Value,
    /// What stands there.
    pub actual: Option<Value>,
    /// One sentence.
    pub message: String,
}

impl Pattern {
    /// A literal.
    pub fn literal(value: Value) -> Self {
        let kind = match &value {
            Value::List(items) => Kind::List(items.iter().cloned().map(Pattern::literal).collect()),
            Value::Map(map) => Kind::Map(
                map.iter()
                    .map(|(key, value)| (key.clone(), Pattern::literal(value.clone())))
                    .collect(),
            ),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) => {
                Kind::Is
            }
        };
        Pattern {
            written: value,
            kind,
        }
    }

    /// Reads a literal or a matcher; what is wrong in a matcher is reported.
    pub fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        let written = node.to_value();
        let kind = match &node.data {
            Data::List(items) => Kind::List(decode_all(items, diagnostics)),
            Data::Map(entries) if is_matcher(node) => Kind::All(
                entries
                    .iter()
                    .filter_map(|entry| Condition::decode(&entry.key, &entry.value, diagnostics))
                    .collect(),
            ),
            Data::Map(entries) => Kind::Map(
                entries
                    .iter()
                    .map(|entry| {
                        (
                            entry.key.clone(),
                            Pattern::decode(&entry.value, diagnostics),
                        )
                    })
                    .collect(),
            ),
            Data::Null | Data::Bool(_) | Data::Int(_) | Data::Float(_) | Data::Text(_) => Kind::Is,
        };
        Pattern { written, kind }
    }

    /// Whether this is a matcher that only compares, so that it can look at a number of things.
    pub fn compares(&self) -> bool {
        match &self.kind {
            Kind::Is => self.written.as_f64().is_some(),
            Kind::All(conditions) => conditions
                .iter()
                .all(|condition| matches!(condition, Condition::Ordered(..))),
            Kind::List(_) | Kind::Map(_) => false,
        }
    }

    /// Whether it holds of nothing, so that it is about a value that must not be there.
    pub fn holds_of_nothing(&self) -> bool {
        self.fits(None, Fit::Exact)
    }

    /// Every place at which a value departs from the pattern; none when it fits. None is a value that is not there.
    pub fn mismatches(&self, actual: Option<&Value>, fit: Fit) -> Vec<Mismatch> {
        let mut found = Vec::new();
        self.look(actual, fit, "", &mut found);
        found
    }

    /// The same with hidden values hidden, as the outputs of a run show them (ST-6).
    pub fn redacted(&self, redactor: &Redactor) -> Self {
        let mut written = self.written.clone();
        redactor.hide_value(&mut written);
        let all =
            |patterns: &[Pattern]| patterns.iter().map(|one| one.redacted(redactor)).collect();
        let kind = match &self.kind {
            Kind::Is => Kind::Is,
            Kind::List(items) => Kind::List(all(items)),
            Kind::Map(entries) => Kind::Map(
                entries
                    .iter()
                    .map(|(key, one)| (Text::from(redactor.text(key)), one.redacted(redactor)))
                    .collect(),
            ),
            Kind::All(conditions) => Kind::All(
                conditions
                    .iter()
                    .map(|condition| match condition {
                        Condition::Contains(one) => Condition::Contains(one.redacted(redactor)),
                        Condition::AnyOf(patterns) => Condition::AnyOf(all(patterns)),
                        Condition::Ordered(..) | Condition::Matches(_) | Condition::Present(_) => {
                            condition.clone()
                        }
                    })
                    .collect(),
            ),
        };
        Pattern { written, kind }
    }

    fn fits(&self, actual: Option<&Value>, fit: Fit) -> bool {
        self.mismatches(actual, fit).is_empty()
    }

    fn look(&self, actual: Option<&Value>, fit: Fit, path: &str, found: &mut Vec<Mismatch>) {
        match (&self.kind, actual) {
            (Kind::All(conditions), _) => {
                if let Some(message) = conditions.iter().find_map(|one| one.broken(actual)) {
                    found.push(self.mismatch(path, actual, message));
                }
            }
            (Kind::Map(wanted), Some(Value::Map(map))) => {
                for (key, pattern) in wanted {
                    pattern.look(map.get(key), fit, &format!("{path}.{key}"), found);
                }
                if fit == Fit::Exact {
                    surplus(wanted, map, path, found);
                }
            }
            (Kind::List(wanted), Some(Value::List(items))) if wanted.len() == items.len() => {
                for (at, (pattern, item)) in wanted.iter().zip(items.iter()).enumerate() {
                    pattern.look(Some(item), fit, &format!("{path}[{at}]"), found);
                }
            }
            (Kind::List(wanted), Some(Value::List(items))) => {
                let message = format!(
                    "has {} items where {} are expected",
                    items.len(),
                    wanted.len()
                );
                found.push(self.mismatch(path, actual, message));
            }
            (Kind::Is | Kind::Map(_) | Kind::List(_), Some(value)) => {
                if *value != self.written {
                    found.push(self.mismatch(path, actual, "is another value".to_owned()));
                }
            }
            (Kind::Is | Kind::Map(_) | Kind::List(_), None) => {
                found.push(self.mismatch(path, None, "is not there".to_owned()));
            }
        }
    }

    fn mismatch(&self, path: &str, actual: Option<&Value>, message: String) -> Mismatch {
        Mismatch {
            path: path.to_owned(),
            expected: self.written.clone(),
            actual: actual.cloned(),
            message,
        }
    }
}

/// Keys that an exact map must not have.
fn surplus(wanted: &[(Text, Pattern)], map: &Map, path: &str, found: &mut Vec<Mismatch>) {
    for (key, value) in map.iter() {
        if !wanted.iter().any(|(known, _)| known == key) {
            found.push(Mismatch {
                path: format!("{path}.{key}"),
                expected: Value::Null,
                actual: Some(value.clone()),
                message: "is there and not expected".to_owned(),
            });
        }
    }
}

fn decode_all(items: &[Node], diagnostics: &mut Diagnostics) -> Vec<Pattern> {
    items
        .iter()
        .map(|item| Pattern::decode(item, diagnostics))
        .collect()
}

fn is_matcher(node: &Node) -> bool {
    node.as_map().is_some_and(|entries| {
        !entries.is_empty() && entries.iter().all(|entry| MATCHERS.contains(&&*entry.key))
    })
}

impl Condition {
    fn decode(key: &str, node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
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
    fn broken(&self, actual: Option<&Value>) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse_document;
    use crate::text::SourceFile;
    use crate::value::from_json_text;

    fn decoded(yaml: &str) -> (Pattern, Vec<Diagnostic>) {
        let mut diagnostics = Diagnostics::default();
        let file = SourceFile::new("a.yaml", format!("x: {yaml}"));
        let node = parse_document(&file, &mut diagnostics).expect(yaml);
        let node = node.get("x").expect("the pattern").clone();
        (
            Pattern::decode(&node, &mut diagnostics),
            diagnostics.into_sorted(),
        )
    }

    /// The paths and messages of what does not fit.
    fn judged(yaml: &str, actual: &str, fit: Fit) -> String {
        let (pattern, diagnostics) = decoded(yaml);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let actual = (actual != "-").then(|| from_json_text(actual).expect(actual));
        pattern
            .mismatches(actual.as_ref(), fit)
            .iter()
            .map(|one| format!("{} {}", one.path, one.message))
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn literals_and_matchers_judge_values() {
        for (pattern, actual, verdict) in [
            ("1", "1.0", ""),
            ("1", "\"1\"", " is another value"),
            ("block", "\"block\"", ""),
            ("block", "-", " is not there"),
            ("~", "null", ""),
            ("{gt: 1}", "2", ""),
            ("{gt: 1}", "1", " is not greater"),
            ("{gte: 1, lt: 3}", "1", ""),
            ("{gte: 1, lt: 3}", "3", " is not less"),
            ("{lte: 2.5}", "2.6", " is greater"),
            (
                "{gt: 1}",
                "\"2\"",
                " is text, which has no order with an integer",
            ),
            ("{gt: '2026-01-01'}", "\"2026-01-02\"", ""),
            ("{contains: ab}", "\"cabs\"", ""),
            ("{contains: ab}", "[\"ab\"]", ""),
            ("{contains: {a: 1}}", "[{\"a\":1,\"b\":2}]", ""),
            ("{contains: a}", "{\"a\":1}", ""),
            ("{contains: x}", "\"cabs\"", " does not contain it"),
            ("{matches: '^a+$'}", "\"aaa\"", ""),
            (
                "{matches: a}",
                "1",
                " is an integer, and only text can match",
            ),
            ("{exists: true}", "null", ""),
            ("{exists: true}", "-", " is not there"),
            ("{exists: false}", "-", ""),
            ("{absent: true}", "-", ""),
            ("{absent: true}", "1", " is there"),
            ("{any_of: [1, {gt: 5}]}", "7", ""),
            ("{any_of: [1, {gt: 5}]}", "3", " is none of them"),
            ("{gt: 1, other: 2}", "{\"gt\":1,\"other\":2}", ""),
            ("[1, {gt: 1}]", "[1,1]", "[1] is not greater"),
            ("[1]", "[1,2]", " has 2 items where 1 are expected"),
            ("{a: {b: 1}}", "{\"a\":{\"b\":2}}", ".a.b is another value"),
            (
                "{a: 1}",
                "{\"a\":1,\"c\":2}",
                ".c is there and not expected",
            ),
        ] {
            assert_eq!(
                judged(pattern, actual, Fit::Exact),
                verdict,
                "{pattern} against {actual}"
            );
        }
        assert_eq!(judged("{a: 1}", r#"{"a":1,"c":2}"#, Fit::Partial), "");
        assert_eq!(
            judged("{a: {absent: true}}", r#"{"c":2}"#, Fit::Partial),
            ""
        );
    }

    #[test]
    fn a_matcher_that_cannot_work_is_an_error_of_the_file() {
        for (pattern, code) in [
            ("{gt: [1]}", "wrong_type"),
            ("{exists: maybe}", "wrong_type"),
            ("{any_of: 1}", "wrong_type"),
            ("{any_of: []}", "wrong_type"),
            ("{matches: '('}", "bad_regex"),
            ("{matches: 'a{1000}{1000}'}", "bad_regex"),
        ] {
            let (_, diagnostics) = decoded(pattern);
            assert_eq!(
                diagnostics.first().map(|one| one.code),
                Some(code),
                "{pattern}"
            );
        }
    }
}
