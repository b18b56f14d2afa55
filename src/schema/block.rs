//! Blocks: what the keys of a block are, by its kind (ERR-3), out of the catalogue.

use super::definitions::{Definitions, Part};
use super::rules::lay_over;
use super::values::entries;
use crate::document::Shape;
use crate::flow::{
    BLOCK_SHAPE, CATALOGUE, ConfigKey, ConfigType, Kind, KindInfo, call_shape, config_shape,
};
use serde_json::{Map, Value, json};
use std::ptr;

/// Whether this is the table of a block.
pub fn is_block(shape: &Shape) -> bool {
    ptr::eq(shape, &BLOCK_SHAPE)
}

/// Adds the kinds to the table of a block: their names, and what each kind takes.
pub fn add_kinds(object: &mut Map<String, Value>, definitions: &mut Definitions) {
    let names: Vec<&str> = CATALOGUE.iter().map(|info| info.name).collect();
    let kinds: Vec<Value> = CATALOGUE
        .iter()
        .map(|info| of_kind(info, definitions))
        .collect();
    lay_over(
        object,
        json!({ "properties": { "block": { "enum": names } }, "allOf": kinds }),
    );
}

fn of_kind(info: &KindInfo, definitions: &mut Definitions) -> Value {
    let mut properties = Map::new();
    properties.insert("block".into(), json!({ "description": info.does }));
    properties.insert("config".into(), config(info, definitions));
    for (key, has) in [
        ("on_error", info.on_error),
        ("mode", info.mode),
        ("timeout", info.timeout),
        ("branches", info.kind == Kind::Decision),
        ("then", info.kind == Kind::Condition),
        ("else", info.kind == Kind::Condition),
    ] {
        if !has {
            properties.insert(key.into(), json!(false));
        }
    }
    let mut then = entries(json!({ "properties": properties }));
    if needs_config(info) {
        then.insert("required".into(), json!(["config"]));
    }
    if info.kind == Kind::Decision {
        lay_over(
            &mut then,
            json!({ "properties": { "branches": { "minItems": 1 } }, "required": ["branches"] }),
        );
    }
    json!({
        "if": { "properties": { "block": { "const": info.name } }, "required": ["block"] },
        "then": then,
    })
}

fn needs_config(info: &KindInfo) -> bool {
    config_shape(info.kind).keys.iter().any(|key| key.required)
}

/// Where nothing is required, nothing may be written, too.
fn config(info: &KindInfo, definitions: &mut Definitions) -> Value {
    let shape = config_shape(info.kind);
    if shape.keys.is_empty() {
        return json!({ "type": ["object", "null"], "additionalProperties": false });
    }
    let config = json!({ "$ref": definitions.reference(shape, Part::Whole) });
    if needs_config(info) {
        return config;
    }
    json!({ "anyOf": [config, { "type": "null" }] })
}

/// What the catalogue says of the keys of a config, beyond their tables; empty for any other table.
pub fn refine_config(
    shape: &Shape,
    object: &mut Map<String, Value>,
    definitions: &mut Definitions,
) {
    let of_shape = |info: &&KindInfo| ptr::eq(config_shape(info.kind), shape);
    let keys = match CATALOGUE.iter().find(of_shape) {
        Some(info) => info.config,
        None if ptr::eq(call_shape(), shape) => crate::flow::WEBHOOK_CONFIG,
        None => return,
    };
    for key in keys.iter().filter(|key| key.holds != ConfigType::Branches) {
        let more = more(key, definitions);
        lay_over(object, json!({ "properties": { key.name: more } }));
    }
}

fn more(key: &ConfigKey, definitions: &mut Definitions) -> Value {
    match key.holds {
        ConfigType::Reason => json!({ "pattern": "^[a-z0-9_]+$" }),
        // a literal address is https; one with templates is judged when it is known (ERR-5)
        ConfigType::Url => json!({ "pattern": "^\\s*[hH][tT][tT][pP][sS]:|\\{\\{" }),
        ConfigType::Thresholds => json!({ "minItems": 3, "maxItems": 3 }),
        ConfigType::Statuses => {
            let range = "^\\s*[+0-9]+\\s*(-\\s*[+0-9]+\\s*)?$";
            json!({ "items": { "anyOf": [
                { "type": "integer", "minimum": 100, "maximum": 599 },
                { "type": "string", "pattern": range },
            ] } })
        }
        ConfigType::Calls => json!({
            "additionalProperties": { "$ref": definitions.reference(call_shape(), Part::Whole) },
            "propertyNames": { "pattern": "^[a-z0-9_-]+$" },
            "minProperties": 1,
        }),
        ConfigType::Text
        | ConfigType::Template
        | ConfigType::TemplateMap
        | ConfigType::TemplateValue
        | ConfigType::Bool
        | ConfigType::Count
        | ConfigType::Duration
        | ConfigType::Words(_)
        | ConfigType::Factors
        | ConfigType::TextList
        | ConfigType::Expression
        | ConfigType::Weights
        | ConfigType::Branches => json!({}),
    }
}
