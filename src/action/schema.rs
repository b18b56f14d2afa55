//! The schema of an action's `config` (ACT-11): the nine keywords of JSON Schema that the rule names, and no
//! other. A schema is read once and checked against values when a workspace loads.

use crate::value::{Map, Value, compare_numbers, number_text, to_json_text};
use regex::{Regex, RegexBuilder};
use std::cmp::Ordering;
use std::fmt;

/// Schemas and values nested deeper are refused.
const DEPTH: usize = 64;
/// The most memory that a compiled pattern may take.
const PATTERN_BYTES: usize = 1 << 20;

/// A schema that was read without an error.
#[derive(Debug, Clone, Default)]
pub struct ConfigSchema {
    types: Vec<Type>,
    required: Vec<String>,
    properties: Vec<(String, ConfigSchema)>,
    items: Option<Box<ConfigSchema>>,
    allowed: Option<Vec<Value>>,
    additional: Additional,
    minimum: Option<Value>,
    maximum: Option<Value>,
    pattern: Option<Regex>,
    /// The schema `false`: nothing matches.
    nothing: bool,
}

#[derive(Debug, Clone, Default)]
enum Additional {
    #[default]
    Any,
    Schema(Box<ConfigSchema>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

/// Why a value is no schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// Keys and indices from the root of the schema.
    pub path: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: Option<String>,
}

/// Where a value departs from its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaViolation {
    /// Keys and indices from the root of the value.
    pub path: Vec<String>,
    /// What is wrong.
    pub message: String,
}

const KEYWORDS: [&str; 9] = [
    "type",
    "required",
    "properties",
    "items",
    "enum",
    "additionalProperties",
    "minimum",
    "maximum",
    "pattern",
];

impl Type {
    const ALL: [(&'static str, Type); 7] = [
        ("null", Type::Null),
        ("boolean", Type::Boolean),
        ("integer", Type::Integer),
        ("number", Type::Number),
        ("string", Type::String),
        ("array", Type::Array),
        ("object", Type::Object),
    ];

    fn holds(self, value: &Value) -> bool {
        match (self, value) {
            (Type::Null, Value::Null)
            | (Type::Boolean, Value::Bool(_))
            | (Type::Integer | Type::Number, Value::Int(_))
            | (Type::Number, Value::Float(_))
            | (Type::String, Value::Text(_))
            | (Type::Array, Value::List(_))
            | (Type::Object, Value::Map(_)) => true,
            (Type::Integer, Value::Float(number)) => number.fract() == 0.0,
            (
                Type::Null
                | Type::Boolean
                | Type::Integer
                | Type::Number
                | Type::String
                | Type::Array
                | Type::Object,
                _,
            ) => false,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let name = Type::ALL.iter().find(|(_, kind)| kind == self);
        f.write_str(name.map_or("", |(name, _)| name))
    }
}

impl ConfigSchema {
    /// Reads a schema.
    ///
    /// Fails at the first keyword that is unknown or has a value of the wrong kind.
    pub fn parse(value: &Value) -> Result<ConfigSchema, SchemaError> {
        Reader { path: Vec::new() }.schema(value)
    }

    /// Every departure of a value from the schema, in the order of the value.
    pub fn check(&self, config: &Value) -> Vec<SchemaViolation> {
        let mut checker = Checker {
            path: Vec::new(),
            found: Vec::new(),
        };
        checker.check(self, config);
        checker.found
    }
}

struct Reader {
    path: Vec<String>,
}

impl Reader {
    fn schema(&mut self, value: &Value) -> Result<ConfigSchema, SchemaError> {
        if let Value::Bool(anything) = value {
            return Ok(ConfigSchema {
                nothing: !anything,
                ..ConfigSchema::default()
            });
        }
        let Some(map) = value.as_map() else {
            return Err(self.wrong(
                &format!("a schema is a map, not {}", value.kind_name()),
                "write a map such as `{ type: string }`",
            ));
        };
        if self.path.len() > DEPTH {
            return Err(self.wrong("the schema is nested too deeply", "write it flatter"));
        }
        let mut schema = ConfigSchema::default();
        for (key, value) in map.iter() {
            self.path.push(key.to_string());
            self.keyword(&mut schema, key, value)?;
            self.path.pop();
        }
        Ok(schema)
    }

    fn keyword(
        &mut self,
        schema: &mut ConfigSchema,
        key: &str,
        value: &Value,
    ) -> Result<(), SchemaError> {
        match key {
            "type" => schema.types = self.types(value)?,
            "required" => schema.required = self.names(value)?,
            "properties" => schema.properties = self.properties(value)?,
            "items" => schema.items = Some(Box::new(self.schema(value)?)),
            "enum" => schema.allowed = Some(self.list(value)?.to_vec()),
            "additionalProperties" => {
                schema.additional = Additional::Schema(Box::new(self.schema(value)?));
            }
            "minimum" => schema.minimum = Some(self.number(value)?),
            "maximum" => schema.maximum = Some(self.number(value)?),
            "pattern" => schema.pattern = Some(self.pattern(value)?),
            _ => {
                return Err(self.wrong(
                    &format!("`{key}` is not a keyword of config_schema"),
                    &format!("use {}", KEYWORDS.join(", ")),
                ));
            }
        }
        Ok(())
    }

    fn types(&self, value: &Value) -> Result<Vec<Type>, SchemaError> {
        let names = match value {
            Value::List(items) if !items.is_empty() => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let find = |name: &Value| {
            let known = Type::ALL
                .iter()
                .find(|(known, _)| name.as_text() == Some(known));
            known.map(|(_, kind)| *kind).ok_or_else(|| {
                self.wrong(
                    &format!("{} is not a type", to_json_text(name)),
                    &format!("use {}", Type::ALL.map(|(name, _)| name).join(", ")),
                )
            })
        };
        names.iter().map(find).collect()
    }

    fn names(&self, value: &Value) -> Result<Vec<String>, SchemaError> {
        let name = |item: &Value| item.as_text().map(str::to_owned);
        let names: Option<Vec<String>> = self.list(value)?.iter().map(name).collect();
        names.ok_or_else(|| self.takes("a list of names"))
    }

    fn properties(&mut self, value: &Value) -> Result<Vec<(String, ConfigSchema)>, SchemaError> {
        let Some(map) = value.as_map() else {
            return Err(self.takes("a map from name to schema"));
        };
        let mut properties = Vec::new();
        for (name, value) in map.iter() {
            self.path.push(name.to_string());
            properties.push((name.to_string(), self.schema(value)?));
            self.path.pop();
        }
        Ok(properties)
    }

    fn list<'v>(&self, value: &'v Value) -> Result<&'v [Value], SchemaError> {
        value.as_list().ok_or_else(|| self.takes("a list"))
    }

    fn number(&self, value: &Value) -> Result<Value, SchemaError> {
        let number = value.as_f64().map(|_| value.clone());
        number.ok_or_else(|| self.takes("a number"))
    }

    fn pattern(&self, value: &Value) -> Result<Regex, SchemaError> {
        let Some(text) = value.as_text() else {
            return Err(self.takes("a regular expression as text"));
        };
        let compiled = RegexBuilder::new(text).size_limit(PATTERN_BYTES).build();
        compiled.map_err(|_| {
            self.wrong(
                &format!("`{text}` is not a regular expression"),
                "use RE2 syntax, without look-around and back references",
            )
        })
    }

    /// The keyword being read has a value of the wrong kind.
    fn takes(&self, what: &str) -> SchemaError {
        let keyword = self.path.last().map_or("", String::as_str);
        self.wrong(
            &format!("`{keyword}` takes {what}"),
            &format!("write {what}"),
        )
    }

    fn wrong(&self, message: &str, fix: &str) -> SchemaError {
        SchemaError {
            path: self.path.clone(),
            message: message.to_owned(),
            fix: Some(fix.to_owned()),
        }
    }
}

struct Checker {
    path: Vec<String>,
    found: Vec<SchemaViolation>,
}

impl Checker {
    fn report(&mut self, message: String) {
        self.found.push(SchemaViolation {
            path: self.path.clone(),
            message,
        });
    }

    fn check(&mut self, schema: &ConfigSchema, value: &Value) {
        if schema.nothing {
            self.report("this is not allowed here".to_owned());
            return;
        }
        if !schema.types.is_empty() && !schema.types.iter().any(|kind| kind.holds(value)) {
            let types: Vec<String> = schema.types.iter().map(Type::to_string).collect();
            let kind = value.kind_name();
            self.report(format!(
                "this must be of type {}, but it is {kind}",
                types.join(" or ")
            ));
            return;
        }
        if let Some(allowed) = &schema.allowed
            && !allowed.contains(value)
        {
            let allowed: Vec<String> = allowed.iter().map(to_json_text).collect();
            self.report(format!("this must be one of {}", allowed.join(", ")));
        }
        self.bound(value, schema.minimum.as_ref(), Ordering::Less, "at least");
        self.bound(value, schema.maximum.as_ref(), Ordering::Greater, "at most");
        if let (Some(pattern), Some(text)) = (&schema.pattern, value.as_text())
            && !pattern.is_match(text)
        {
            self.report(format!("this must match `{pattern}`"));
        }
        if let (Some(items), Some(list)) = (&schema.items, value.as_list()) {
            for (index, item) in list.iter().enumerate() {
                self.below(&index.to_string(), items, item);
            }
        }
        if let Some(map) = value.as_map() {
            self.members(schema, map);
        }
    }

    fn bound(&mut self, value: &Value, bound: Option<&Value>, beyond: Ordering, words: &str) {
        if let Some(bound) = bound
            && compare_numbers(value, bound) == Some(beyond)
        {
            self.report(format!(
                "this must be {words} {}",
                number_text(bound).unwrap_or_default()
            ));
        }
    }

    fn members(&mut self, schema: &ConfigSchema, map: &Map) {
        for name in schema
            .required
            .iter()
            .filter(|name| !map.contains_key(name))
        {
            self.report(format!("`{name}` is missing"));
        }
        for (key, value) in map.iter() {
            let known = schema.properties.iter().find(|(name, _)| **name == **key);
            match (known, &schema.additional) {
                (Some((_, schema)), _) => self.below(key, schema, value),
                (None, Additional::Schema(additional)) if additional.nothing => {
                    self.report(format!("`{key}` is not a known key"));
                }
                (None, Additional::Schema(additional)) => self.below(key, additional, value),
                (None, Additional::Any) => {}
            }
        }
    }

    fn below(&mut self, step: &str, schema: &ConfigSchema, value: &Value) {
        self.path.push(step.to_owned());
        self.check(schema, value);
        self.path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::from_json_text;

    fn json(text: &str) -> Value {
        from_json_text(text).expect("JSON")
    }

    #[test]
    fn departures_are_named_with_their_place() {
        let rows = [
            (r#"{"type":"string"}"#, r#""x""#, ""),
            (
                r#"{"type":"string"}"#,
                "1",
                ": this must be of type string, but it is an integer",
            ),
            (r#"{"type":["string","null"]}"#, "null", ""),
            (r#"{"type":"integer"}"#, "1.0", ""),
            (
                r#"{"type":"integer"}"#,
                "1.5",
                ": this must be of type integer, but it is a decimal",
            ),
            (r#"{"required":["a"]}"#, "{}", ": `a` is missing"),
            (r#"{"required":["a"]}"#, "[]", ""),
            (
                r#"{"enum":[1,"b"]}"#,
                r#""c""#,
                r#": this must be one of 1, "b""#,
            ),
            (
                r#"{"minimum":0,"maximum":2}"#,
                "3",
                ": this must be at most 2",
            ),
            (r#"{"minimum":0}"#, "-1", ": this must be at least 0"),
            (
                r#"{"pattern":"^a+$"}"#,
                r#""ab""#,
                ": this must match `^a+$`",
            ),
            (
                r#"{"items":{"type":"string"}}"#,
                r#"["a",1]"#,
                "1: this must be of type string, but it is an integer",
            ),
            (
                r#"{"additionalProperties":false,"properties":{"a":{}}}"#,
                r#"{"a":1,"b":2}"#,
                ": `b` is not a known key",
            ),
            (
                r#"{"additionalProperties":{"type":"null"}}"#,
                r#"{"b":2}"#,
                "b: this must be of type null, but it is an integer",
            ),
            (
                r#"{"properties":{"a":{"items":{"minimum":1}}}}"#,
                r#"{"a":[0]}"#,
                "a.0: this must be at least 1",
            ),
        ];
        for (schema, value, expected) in rows {
            let schema = ConfigSchema::parse(&json(schema)).expect("a schema");
            let found = schema.check(&json(value));
            let found: Vec<String> = found
                .iter()
                .map(|one| format!("{}: {}", one.path.join("."), one.message))
                .collect();
            assert_eq!(found.join("; "), expected, "{value}");
        }
    }

    #[test]
    fn other_keywords_are_refused_by_name() {
        let rows = [
            (
                r#"{"format":"email"}"#,
                "format",
                "`format` is not a keyword of config_schema",
            ),
            (
                r#"{"properties":{"a":{"$ref":"x"}}}"#,
                "properties.a.$ref",
                "`$ref` is not a keyword of config_schema",
            ),
            (r#"{"type":"text"}"#, "type", r#""text" is not a type"#),
            (
                r#"{"pattern":"(?=a)"}"#,
                "pattern",
                "`(?=a)` is not a regular expression",
            ),
            (r#"{"required":"a"}"#, "required", "`required` takes a list"),
            (r#"{"minimum":"a"}"#, "minimum", "`minimum` takes a number"),
            ("3", "", "a schema is a map, not an integer"),
        ];
        for (schema, path, message) in rows {
            let error = ConfigSchema::parse(&json(schema)).expect_err("refused");
            assert_eq!(
                (error.path.join("."), error.message.as_str()),
                (path.to_owned(), message)
            );
        }
    }
}
