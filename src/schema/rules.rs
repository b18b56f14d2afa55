//! Rules that the tables of keys do not say, by the noun of the table: which keys exclude or need one another, and
//! bounds that the decoders add.

use crate::flow::SYSTEM_FLOWS;
use crate::scenario::MATCHERS;
use serde_json::{Map, Value, json};

/// What is added to the table with this noun.
pub fn of(noun: &str) -> Value {
    let found = RULES.iter().find(|(known, _)| *known == noun);
    found.map_or_else(|| json!({}), |(_, rule)| rule())
}

/// A text that is not blank.
const NOT_BLANK: &str = "\\S";

type Rule = fn() -> Value;

const RULES: &[(&str, Rule)] = &[
    ("a flow", system_or_custom),
    (
        "a stage",
        || json!({ "properties": { "stage": { "pattern": NOT_BLANK } } }),
    ),
    ("a branch", default_or_when),
    ("an entry of `allow`", || {
        json!({
            "properties": { "reason": { "pattern": NOT_BLANK } },
            "oneOf": each(&["lint", "fault"]),
        })
    }),
    ("the config of `channel_otp_verify`", attempts),
    ("the config of `mfa`", attempts),
    (
        "the config of `password_policy`",
        || json!({ "properties": { "classes": { "maximum": 4 } } }),
    ),
    ("the config of `identity_lookup`", || {
        json!({ "not": {
            "properties": { "must_exist": { "const": true }, "must_not_exist": { "const": true } },
            "required": ["must_exist", "must_not_exist"],
        } })
    }),
    (
        "the config of `update_user`",
        || json!({ "properties": { "set": { "propertyNames": { "enum": ["email", "phone"] } } } }),
    ),
    ("the config of `call_webhook`", headers),
    ("a call", headers),
    ("an action", action),
    (
        "an identity",
        || json!({ "properties": { "mfa": { "uniqueItems": true } } }),
    ),
    ("the settings", || {
        json!({ "properties": {
            // ST-6: a shorter one could not be told apart in outputs
            "secrets": { "additionalProperties": { "minLength": 6 } },
            "budget_warning": { "type": "string", "pattern": "^\\s*\\+?[0-9]+\\s*%$" },
        } })
    }),
    ("a distribution of delays", || {
        json!({
            "properties": { "uniform": { "minItems": 2, "maxItems": 2 }, "samples": { "minItems": 1 } },
            "dependentRequired": { "p50": ["p99"], "p99": ["p50"] },
            "oneOf": each(&["p50", "uniform", "samples"]),
        })
    }),
    (
        "a mock set",
        || json!({ "properties": { "mocks": { "pattern": NOT_BLANK } } }),
    ),
    ("a mock", mock),
    ("an answer of a mock", || {
        let mut rules = no_two(&["json", "text", "file"]);
        for beside in ["status", "headers", "json", "text", "file"] {
            rules.extend(no_two(&["fault", beside]));
        }
        json!({ "allOf": rules })
    }),
    ("a scenario", || {
        json!({
            "properties": { "scenario": { "pattern": NOT_BLANK }, "cases": { "minItems": 1 } },
            // or each case names its own flow
            "anyOf": [
                { "required": ["flow"] },
                { "properties": { "cases": { "items": { "required": ["flow"] } } }, "required": ["cases"] },
            ],
        })
    }),
    (
        "a case",
        || json!({ "properties": { "case": { "pattern": NOT_BLANK } } }),
    ),
    ("an edit", edit),
    ("a fault", || {
        json!({
            "properties": { "timeout": { "const": true }, "disabled": { "const": true } },
            "oneOf": each(&["error", "timeout", "delay", "deny", "disabled"]),
        })
    }),
    ("`expect`", || {
        let matcher = json!({ "propertyNames": { "enum": MATCHERS }, "minProperties": 1 });
        json!({ "properties": { "reason": matcher } })
    }),
    (
        "what the user sees",
        || json!({ "oneOf": each(&["message", "prompt"]) }),
    ),
];

/// A system flow is one of eight, and a custom flow none of them.
fn system_or_custom() -> Value {
    json!({
        "if": { "properties": { "kind": { "const": "system" } }, "required": ["kind"] },
        "then": { "properties": { "flow": { "enum": SYSTEM_FLOWS } } },
        "else": { "properties": { "flow": { "not": { "enum": SYSTEM_FLOWS } } } },
    })
}

/// The default branch has no `when`, any other one has.
fn default_or_when() -> Value {
    json!({ "oneOf": [
        { "properties": { "default": { "const": true }, "when": false }, "required": ["default"] },
        { "properties": { "default": { "const": false } }, "required": ["when"] },
    ] })
}

fn attempts() -> Value {
    json!({ "properties": { "attempts": { "minimum": 1, "maximum": 100 } } })
}

fn headers() -> Value {
    let scalar = json!({ "type": ["string", "number", "boolean"] });
    json!({ "properties": { "headers": { "additionalProperties": scalar } } })
}

/// ACT-8
fn action() -> Value {
    let trigger = format!("^({})(\\.[a-z0-9-]+)?$", SYSTEM_FLOWS.join("|"));
    json!({ "properties": {
        "source": { "pattern": "\\.(ts|js)$" },
        "triggers": { "items": { "pattern": trigger } },
    } })
}

fn mock() -> Value {
    let mut rules = no_two(&["url", "url_pattern", "url_regex"]);
    rules.extend(no_two(&["json", "json_exact"]));
    json!({
        "properties": { "mock": { "pattern": NOT_BLANK }, "respond": { "minItems": 1 } },
        "allOf": rules,
    })
}

fn edit() -> Value {
    json!({ "oneOf": [
        {
            "properties": { "set": false, "on_error": false, "mode": false },
            "required": ["move"],
            "oneOf": each(&["before", "after"]),
        },
        {
            "properties": { "move": false, "before": false, "after": false },
            "required": ["set"],
            "anyOf": each(&["on_error", "mode"]),
        },
    ] })
}

/// For `oneOf` and `anyOf`: each of these keys.
fn each(keys: &[&str]) -> Vec<Value> {
    keys.iter()
        .map(|key| json!({ "required": [key] }))
        .collect()
}

/// For `allOf`: no two of these keys.
fn no_two(keys: &[&str]) -> Vec<Value> {
    let mut rules = Vec::new();
    for (at, first) in keys.iter().enumerate() {
        for second in &keys[at + 1..] {
            rules.push(json!({ "not": { "required": [first, second] } }));
        }
    }
    rules
}

/// Lays objects over objects, key by key; anything else is replaced.
pub fn lay_over(under: &mut Map<String, Value>, over: Value) {
    let Value::Object(over) = over else { return };
    for (key, value) in over {
        match under.get_mut(&key) {
            Some(Value::Object(inner)) if value.is_object() => lay_over(inner, value),
            _ => {
                under.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_table_and_speaks_of_its_keys() {
        let mut tables = Vec::new();
        for schema in crate::schema::FileKind::ALL.map(crate::schema::schema) {
            let definitions = schema["$defs"].as_object().expect("definitions").clone();
            tables.push(schema);
            tables.extend(definitions.into_iter().map(|(_, table)| table));
        }
        for (noun, rule) in RULES {
            let table = tables.iter().find(|table| table["title"] == *noun);
            let keys = &table.expect(noun)["properties"];
            for key in rule()["properties"].as_object().into_iter().flatten() {
                assert!(
                    keys[key.0].get("description").is_some(),
                    "{noun}: {}",
                    key.0
                );
            }
        }
    }
}
