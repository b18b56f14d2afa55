//! Tables of rows for the whole language: what is accepted, what it yields, what is refused and where,
//! what is read, and that nothing is unbounded.

mod bounds;
mod errors;
mod grammar;
mod properties;
mod reading;
mod semantics;
mod templates;

use super::{Expr, Scope};
use crate::value::{Value, from_json_text, to_json_text};

/// Roots out of one JSON map.
pub(super) struct Fixed(Value);

impl Scope for Fixed {
    fn root(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    fn roots(&self) -> &[&'static str] {
        &super::ROOTS
    }
}

pub(super) fn scope(json: &str) -> Fixed {
    Fixed(from_json_text(json).expect("the scope is JSON"))
}

/// The scope of most rows.
pub(super) fn usual() -> Fixed {
    scope(
        r#"{
        "event": {
            "user": {"email": "ada@example.com", "name": "Ada", "phone": null, "tags": ["a", "b"]},
            "request": {"geo": {"country": "US", "lat": 40.5}},
            "package": 1,
            "numbers": [1, 2, 3],
            "people": [{"name": "x", "age": 3}, {"name": "y"}],
            "flags": {"one": true, "two": false}
        },
        "step": {
            "risk-evaluate": {"score": 12, "severity": "low"},
            "a": {"score": 7, "ok": true, "b-c": 5, "b": 1, "key": "score"}
        },
        "custom": {}
    }"#,
    )
}

/// The JSON of the value, or the message of the error with `!` before it.
pub(super) fn outcome(source: &str, scope: &Fixed) -> String {
    match Expr::parse(source) {
        Err(error) => format!("syntax: {}", error.message),
        Ok(expr) => match expr.eval(scope) {
            Ok(value) => to_json_text(&value),
            Err(error) => format!("! {}", error.message),
        },
    }
}

pub(super) fn check(rows: &[(&str, &str)]) {
    let scope = usual();
    for (source, expected) in rows {
        assert_eq!(&outcome(source, &scope), expected, "{source}");
    }
}
