//! Explains why no mock answers a request: the nearest mock, and which of its conditions do not hold (DET-4).
//! Values are redacted before they are cut, so that no half of a secret is left (ST-6); the sentence is bounded.

use super::model::{Mismatch, Mock, Mocks, QueryMatcher};
use super::target::Target;
use crate::engine::Request;
use crate::trace::Redactor;
use crate::value::{Value, number_text};
use std::ops::ControlFlow;

/// The longest value that is quoted, in characters.
const VALUE: usize = 60;
/// The longest URL that is shown, in characters.
const URL: usize = 160;
/// How many conditions are named.
const NAMED: usize = 3;

/// What is the case, in one sentence.
pub(super) fn explain(mocks: &Mocks, request: &Request, redactor: &Redactor) -> String {
    let target = Target::new(&request.url);
    let nearest = mocks
        .list
        .iter()
        .map(|mock| (distance(mock, &target, request), mock))
        .min_by_key(|(distance, _)| *distance);
    let sentence = name(request, redactor);
    let Some((_, mock)) = nearest else {
        return sentence + ", since there are none; write one under `webhooks`";
    };
    let words = Words { request, redactor };
    let mut reasons = Vec::new();
    let _ = mock.mismatches(&target, request, &mut |mismatch| {
        reasons.push(words.reason(&mismatch, &target));
        ControlFlow::Continue(())
    });
    let more = reasons.len().saturating_sub(NAMED);
    reasons.truncate(NAMED);
    if more > 0 {
        reasons.push(format!("{more} more"));
    }
    let mock = words.cut(&mock.name, VALUE);
    format!(
        "{sentence}; the nearest is `{mock}`, which wants {}",
        reasons.join(", and ")
    )
}

/// Only which request it is.
pub(super) fn name(request: &Request, redactor: &Redactor) -> String {
    let words = Words { request, redactor };
    let method = words.cut(&request.method, VALUE);
    format!("no mock answers {method} {}", words.cut(&request.url, URL))
}

/// How far a mock is from answering: an unequal URL weighs most, by the share that differs.
fn distance(mock: &Mock, target: &Target, request: &Request) -> usize {
    let mut distance = 0;
    let _ = mock.mismatches(target, request, &mut |mismatch| {
        distance += match mismatch {
            Mismatch::Url(wanted) => 250 + unlike(wanted.written(), target.sent()),
            Mismatch::Method(_) | Mismatch::Body(_) => 200,
            Mismatch::Query(..) | Mismatch::Header(..) => 100,
        };
        ControlFlow::Continue(())
    });
    distance
}

/// The share, in thousandths, that two texts do not have in common at their ends.
fn unlike(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (longer, shorter) = (a.len().max(b.len()).max(1), a.len().min(b.len()));
    let same =
        |pairs: &mut dyn Iterator<Item = (&u8, &u8)>| pairs.take_while(|(a, b)| a == b).count();
    let prefix = same(&mut a.iter().zip(b));
    let suffix = same(&mut a.iter().rev().zip(b.iter().rev()));
    1000 - 1000 * (prefix + suffix).min(shorter) / longer
}

struct Words<'a> {
    request: &'a Request,
    redactor: &'a Redactor,
}

impl Words<'_> {
    /// `json.email "x" where the request has "y"`
    fn reason(&self, mismatch: &Mismatch, target: &Target) -> String {
        let (what, wanted, found) = match mismatch {
            Mismatch::Method(wanted) => ("method".to_owned(), (*wanted).to_owned(), {
                self.cut(&self.request.method, VALUE)
            }),
            Mismatch::Url(wanted) => (
                wanted.key().to_owned(),
                self.cut(wanted.written(), URL),
                self.cut(target.sent(), URL),
            ),
            Mismatch::Query(name, wanted, found) => {
                let wanted = match wanted {
                    QueryMatcher::Holds(value) => self.quote(value),
                    QueryMatcher::Are(values) => self.list(values.iter().map(|value| &**value)),
                };
                let found = match found.as_slice() {
                    [] => "none".to_owned(),
                    [one] => self.quote(one),
                    several => self.list(several.iter().map(|value| &**value)),
                };
                (self.part("query", name), wanted, found)
            }
            Mismatch::Header(name, wanted, found) => (
                self.part("header", name),
                self.quote(wanted),
                found.map_or_else(|| "none".to_owned(), |found| self.quote(found)),
            ),
            Mismatch::Body(difference) => {
                let Some(wanted) = difference.wanted else {
                    let path = self.cut(&difference.path(), VALUE);
                    return format!("no {path}, which the request has");
                };
                (
                    self.cut(&difference.path(), VALUE),
                    self.value(wanted),
                    difference
                        .found
                        .map_or_else(|| "none".to_owned(), |found| self.value(found)),
                )
            }
        };
        format!("{what} {wanted} where the request has {found}")
    }

    fn part(&self, of: &str, name: &str) -> String {
        format!("{of} `{}`", self.cut(name, VALUE))
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Null => "null".to_owned(),
            Value::Bool(truth) => truth.to_string(),
            Value::Int(_) | Value::Float(_) => number_text(value).unwrap_or_default(),
            Value::Text(text) => self.quote(text),
            Value::List(items) => format!("a list of {}", items.len()),
            Value::Map(map) if map.is_empty() => "an empty map".to_owned(),
            Value::Map(map) => {
                let keys: Vec<&str> = map.keys().take(4).map(|key| &**key).collect();
                format!("a map with {}", self.cut(&keys.join(", "), VALUE))
            }
        }
    }

    fn list<'v>(&self, values: impl Iterator<Item = &'v str>) -> String {
        let shown: Vec<String> = values.take(4).map(|value| self.quote(value)).collect();
        format!("[{}]", shown.join(", "))
    }

    fn quote(&self, text: &str) -> String {
        format!("\"{}\"", self.cut(text, VALUE))
    }

    /// Redacted first, then cut, with control characters made visible.
    fn cut(&self, text: &str, limit: usize) -> String {
        let shown = self.redactor.text(text);
        let mut cut = String::new();
        for (at, character) in shown.chars().enumerate() {
            if at == limit {
                cut.push('…');
                break;
            }
            if character.is_control() {
                cut.extend(character.escape_debug());
            } else {
                cut.push(character);
            }
        }
        cut
    }
}
