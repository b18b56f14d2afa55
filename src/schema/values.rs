//! What may stand somewhere (`Holds`), as a schema; objects are references to definitions.

use super::definitions::{Definitions, Part};
use crate::document::Holds;
use serde_json::{Map, Value, json};

const SLUG: &str = "^[a-z0-9-]+$";
const DURATION: &str = "^[0-9]+(\\.[0-9]{1,6})?(ms|s|m|h)$";
const SIZE: &str = "^[0-9]+(\\.[0-9]{1,6})?(KiB|MiB|B)$";
/// Only the beginning: validators that know `date-time` differ in what else they take.
const INSTANT: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}";

/// The schema of what may stand somewhere.
pub fn value(holds: Holds, part: Part, definitions: &mut Definitions) -> Map<String, Value> {
    let value = match holds {
        Holds::Any => json!({}),
        Holds::Null => json!({ "type": "null" }),
        Holds::Text => json!({ "type": "string" }),
        Holds::Slug => json!({ "type": "string", "pattern": SLUG }),
        Holds::Bool => json!({ "type": "boolean" }),
        Holds::Int(min, max) => return int(min, max),
        Holds::Number => json!({ "type": "number" }),
        Holds::Duration => {
            json!({ "type": "string", "pattern": DURATION, "examples": ["350ms", "2s", "1m"] })
        }
        Holds::Size => {
            json!({ "type": "string", "pattern": SIZE, "examples": ["512KiB", "32MiB"] })
        }
        Holds::Instant => {
            json!({ "type": "string", "pattern": INSTANT, "examples": ["2026-01-01T00:00:00Z"] })
        }
        Holds::Words(words) => json!({ "type": "string", "enum": words }),
        // a list is replaced as a whole, so its items are whole too
        Holds::List(items) => {
            json!({ "type": "array", "items": value(*items, Part::Whole, definitions) })
        }
        Holds::MapOf(Holds::Any) => json!({ "type": "object" }),
        Holds::MapOf(values) => {
            let mut values = value(*values, part, definitions);
            if part == Part::Overlay {
                values = nullable(values);
            }
            json!({ "type": "object", "additionalProperties": values })
        }
        Holds::Object(shape) => json!({ "$ref": definitions.reference(shape, part) }),
        Holds::OneOf(choices) => return any_of(choices, part, definitions),
    };
    entries(value)
}

/// The entries of an object.
pub fn entries(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(entries) => entries,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

/// The same, or null.
pub fn nullable(mut schema: Map<String, Value>) -> Map<String, Value> {
    let nothing = json!({ "type": "null" });
    if schema.contains_key("$ref") {
        return entries(json!({ "anyOf": [schema, nothing] }));
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.push(nothing);
        return schema;
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.push(Value::Null);
    }
    // without a type it is anything, and so null, too
    if let Some(types) = schema.get_mut("type") {
        let mut all = types
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![types.clone()]);
        all.push(json!("null"));
        *types = Value::Array(all);
    }
    schema
}

fn int(min: i64, max: i64) -> Map<String, Value> {
    let mut schema = entries(json!({ "type": "integer" }));
    if min != i64::MIN {
        schema.insert("minimum".into(), json!(min));
    }
    if max != i64::MAX {
        schema.insert("maximum".into(), json!(max));
    }
    schema
}

/// Plain types in one list, where that is all there is to say.
fn any_of(choices: &[Holds], part: Part, definitions: &mut Definitions) -> Map<String, Value> {
    let choices: Vec<Map<String, Value>> = choices
        .iter()
        .map(|choice| value(*choice, part, definitions))
        .collect();
    let plain = choices.iter().all(|choice| choice.len() == 1);
    let types: Option<Vec<&Value>> = choices.iter().map(|choice| choice.get("type")).collect();
    match types {
        Some(types) if plain => entries(json!({ "type": types })),
        Some(_) | None => entries(json!({ "anyOf": choices })),
    }
}
