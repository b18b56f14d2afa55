//! Tables of keys (`Shape`) as definitions, each once and under a name made of its noun. A case is written over its
//! scenario, so the tables below it are needed a second time: nothing required there, and null removes a key.

use super::values::{entries, nullable, value};
use super::{block, rules};
use crate::document::{Key, Shape, kebab};
use crate::scenario::CASE;
use serde_json::{Map, Value, json};
use std::ptr;

/// Whether an object stands for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It does.
    Whole,
    /// It is laid over another one.
    Overlay,
}

/// The definitions of one schema, in the order in which they are met.
#[derive(Default)]
pub struct Definitions {
    known: Vec<(&'static Shape, Part, String)>,
    schemas: Map<String, Value>,
}

impl Definitions {
    /// The table of the document itself.
    pub fn root(&mut self, shape: &'static Shape) -> Map<String, Value> {
        self.object(shape, Part::Whole)
    }

    /// All definitions, by name.
    pub fn into_value(self) -> Value {
        Value::Object(self.schemas)
    }

    /// A reference to the definition of a table, which is made on the first one.
    pub fn reference(&mut self, shape: &'static Shape, part: Part) -> String {
        let part = if is_case(shape) { Part::Overlay } else { part };
        let same =
            |known: &&(&'static Shape, Part, String)| ptr::eq(known.0, shape) && known.1 == part;
        if let Some((_, _, name)) = self.known.iter().find(same) {
            return format!("#/$defs/{name}");
        }
        let name = self.new_name(shape, part);
        let reference = format!("#/$defs/{name}");
        self.known.push((shape, part, name.clone()));
        // holds the place, and its order, while the tables below are walked
        self.schemas.insert(name.clone(), Value::Null);
        let object = self.object(shape, part);
        self.schemas.insert(name, Value::Object(object));
        reference
    }

    fn new_name(&self, shape: &Shape, part: Part) -> String {
        let noun = kebab(shape.noun);
        let bare = ["a-", "an-", "the-"]
            .iter()
            .find_map(|article| noun.strip_prefix(article))
            .unwrap_or(&noun);
        let base = match part {
            Part::Overlay if !is_case(shape) => format!("{bare}-in-a-case"),
            Part::Whole | Part::Overlay => bare.to_owned(),
        };
        let mut name = base.clone();
        let mut number = 2;
        while self.schemas.contains_key(&name) {
            name = format!("{base}-{number}");
            number += 1;
        }
        name
    }

    fn object(&mut self, shape: &'static Shape, part: Part) -> Map<String, Value> {
        let mut properties = Map::new();
        for key in shape.keys {
            properties.insert(key.name.into(), Value::Object(self.key(shape, key, part)));
        }
        let required: Vec<&str> = shape
            .keys
            .iter()
            .filter(|key| key.required && (part == Part::Whole || is_case(shape)))
            .map(|key| key.name)
            .collect();
        let mut object = entries(json!({ "title": shape.noun, "type": "object" }));
        object.insert("properties".into(), Value::Object(properties));
        if !required.is_empty() {
            object.insert("required".into(), json!(required));
        }
        object.insert("additionalProperties".into(), json!(false));
        if part == Part::Whole || is_case(shape) {
            rules::lay_over(&mut object, rules::of(shape.noun));
        }
        block::refine_config(shape, &mut object, self);
        if block::is_block(shape) {
            block::add_kinds(&mut object, self);
        }
        object
    }

    fn key(&mut self, shape: &Shape, key: &Key, part: Part) -> Map<String, Value> {
        let schema = match (part, key.name) {
            (Part::Whole, _) => value(key.holds, part, self),
            // the name of a case is its own, and its `expect` replaces the other one as a whole
            (Part::Overlay, "case") if is_case(shape) => value(key.holds, Part::Whole, self),
            (Part::Overlay, "expect") if is_case(shape) => {
                nullable(value(key.holds, Part::Whole, self))
            }
            (Part::Overlay, _) => nullable(value(key.holds, part, self)),
        };
        described(key, schema)
    }
}

fn is_case(shape: &Shape) -> bool {
    ptr::eq(shape, &CASE)
}

/// With what it is for, and what holds when it is absent.
fn described(key: &Key, schema: Map<String, Value>) -> Map<String, Value> {
    let mut described = entries(json!({ "description": key.doc }));
    described.extend(schema);
    if let Some(default) = key.default.and_then(|json| serde_json::from_str(json).ok()) {
        described.insert("default".into(), default);
    }
    described
}
