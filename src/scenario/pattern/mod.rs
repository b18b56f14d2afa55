//! What a value is held against: a literal, a matcher such as `{gt: 1}`, or a map or list that holds them.
//! Decoding and matching; which values are looked at is the judges' business.

mod condition;
mod redacted;

use crate::diagnostic::Diagnostics;
use crate::document::{Data, Node};
use crate::value::{Map, Text, Value};
use condition::Condition;

/// The keys of matchers; a map with such keys only is a matcher, any other map is a literal.
pub const MATCHERS: &[&str] = &[
    "gt", "gte", "lt", "lte", "contains", "matches", "exists", "absent", "any_of",
];

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

    /// Whether this is a matcher, not a literal.
    pub fn is_matcher(&self) -> bool {
        matches!(self.kind, Kind::All(_))
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

#[cfg(test)]
mod tests;
