//! What a mock wants of a body. Partial: maps by key at any depth, lists of the same length item by item.
//! Numbers are equal across integers and decimals. Work and depth are bounded by what the mock holds.

use crate::value::Value;
use std::fmt::Write;

/// A condition on the body.
#[derive(Debug, Clone, PartialEq)]
pub enum BodyMatcher {
    /// `json`: the body holds at least this.
    Holds(Value),
    /// `json_exact`: the body is this.
    Is(Value),
}

/// The first place at which a body is not as wanted.
pub(super) struct Difference<'a> {
    /// The steps from the place up to the whole body.
    steps: Vec<Step<'a>>,
    /// What the mock has there; None where it has nothing.
    pub wanted: Option<&'a Value>,
    /// What the body has there; None where it has nothing.
    pub found: Option<&'a Value>,
}

enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

impl BodyMatcher {
    /// Fails with the first difference; a request without a body differs from everything.
    pub(super) fn compare<'a>(&'a self, body: Option<&'a Value>) -> Result<(), Difference<'a>> {
        let (wanted, exact) = match self {
            BodyMatcher::Holds(wanted) => (wanted, false),
            BodyMatcher::Is(wanted) => (wanted, true),
        };
        match body {
            Some(found) => compare(wanted, found, exact),
            None => Err(Difference::here(Some(wanted), None)),
        }
    }
}

fn compare<'a>(wanted: &'a Value, found: &'a Value, exact: bool) -> Result<(), Difference<'a>> {
    match (wanted, found) {
        (Value::Map(wants), Value::Map(has)) => {
            for (key, want) in wants.iter() {
                match has.get(key) {
                    Some(value) => compare(want, value, exact),
                    None => Err(Difference::here(Some(want), None)),
                }
                .map_err(|difference| difference.below(Step::Key(key)))?;
            }
            let extra = has.iter().find(|(key, _)| !wants.contains_key(key));
            match extra {
                Some((key, value)) if exact => {
                    Err(Difference::here(None, Some(value)).below(Step::Key(key)))
                }
                Some(_) | None => Ok(()),
            }
        }
        (Value::List(wants), Value::List(has)) if wants.len() == has.len() => {
            for (at, (want, value)) in wants.iter().zip(has.iter()).enumerate() {
                compare(want, value, exact).map_err(|d| d.below(Step::Item(at)))?;
            }
            Ok(())
        }
        (Value::List(_), Value::List(_)) => Err(Difference::here(Some(wanted), Some(found))),
        (wanted, found) if wanted == found => Ok(()),
        (wanted, found) => Err(Difference::here(Some(wanted), Some(found))),
    }
}

impl<'a> Difference<'a> {
    fn here(wanted: Option<&'a Value>, found: Option<&'a Value>) -> Self {
        Difference {
            steps: Vec::new(),
            wanted,
            found,
        }
    }

    fn below(mut self, step: Step<'a>) -> Self {
        self.steps.push(step);
        self
    }

    /// The place, such as `json.items[0].email`.
    pub fn path(&self) -> String {
        let mut path = String::from("json");
        for step in self.steps.iter().rev() {
            match step {
                Step::Key(key) => {
                    path.push('.');
                    path.push_str(key);
                }
                Step::Item(at) => {
                    let _ = write!(path, "[{at}]");
                }
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::from_json_text;

    /// The place of the first difference, or `same`.
    fn judge(matcher: fn(Value) -> BodyMatcher, wanted: &str, body: &str) -> String {
        let matcher = matcher(from_json_text(wanted).expect("json"));
        let body = from_json_text(body).expect("json");
        match matcher.compare(Some(&body)) {
            Ok(()) => "same".to_owned(),
            Err(difference) => difference.path(),
        }
    }

    #[test]
    fn a_partial_body_looks_only_at_what_it_holds() {
        for (wanted, body, place) in [
            (r#"{"a":1}"#, r#"{"a":1.0,"b":2}"#, "same"),
            (r#"{"a":{"b":1}}"#, r#"{"a":{"b":1,"c":2}}"#, "same"),
            (r#"{}"#, r#"{"a":1}"#, "same"),
            (r#"{}"#, r#"[]"#, "json"),
            (r#"[{"a":1},2]"#, r#"[{"a":1,"b":2},2]"#, "same"),
            (r#"[1]"#, r#"[1,2]"#, "json"),
            (r#"[[]]"#, r#"[[1]]"#, "json[0]"),
            (
                r#"{"a":{"b":[{"c":1}]}}"#,
                r#"{"a":{"b":[{"c":2}]}}"#,
                "json.a.b[0].c",
            ),
            (r#"{"a":1}"#, r#"{"b":1}"#, "json.a"),
            (r#"{"a":null}"#, r#"{"a":null}"#, "same"),
            (r#"{"a":null}"#, r#"{}"#, "json.a"),
            (r#"{"a":"1"}"#, r#"{"a":1}"#, "json.a"),
            (r#""text""#, r#""text""#, "same"),
        ] {
            assert_eq!(
                judge(BodyMatcher::Holds, wanted, body),
                place,
                "{wanted} {body}"
            );
        }
    }

    #[test]
    fn an_exact_body_allows_nothing_beside() {
        for (wanted, body, place) in [
            (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1.0}"#, "same"),
            (r#"{"a":1}"#, r#"{"a":1,"b":2}"#, "json.b"),
            (r#"[{"a":1}]"#, r#"[{"a":1,"b":2}]"#, "json[0].b"),
            (r#"{"a":1,"b":2}"#, r#"{"a":1}"#, "json.b"),
        ] {
            assert_eq!(
                judge(BodyMatcher::Is, wanted, body),
                place,
                "{wanted} {body}"
            );
        }
    }

    #[test]
    fn a_request_without_a_body_meets_no_condition_on_it() {
        for matcher in [
            BodyMatcher::Holds(Value::Null),
            BodyMatcher::Is(Value::Null),
        ] {
            assert!(matcher.compare(None).is_err());
        }
    }
}
