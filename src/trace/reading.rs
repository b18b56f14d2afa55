//! Ways to read a trace: its entries in the order in which their blocks started, and parts of it as values.

use super::{Entry, Trace, UserSees};
use crate::value::{Map, Text, Value};

impl Trace {
    /// Every entry, those of nested flows after the block that runs them: the order in which their blocks started.
    pub fn preorder(&self) -> Vec<&Entry> {
        let mut all = Vec::new();
        collect(&self.entries, &mut all);
        all
    }

    /// What the block with this path did; None where it was not reached.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        let mut all = self.preorder().into_iter();
        all.find(|entry| &*entry.block == path)
    }

    /// The final state as `expect.state` reads it: the namespace `step`, `custom` or `session` as a map.
    pub fn namespace(&self, name: &str) -> Value {
        nested(&self.state, name)
    }
}

/// Custom flows do not nest (NEST-1), so that this is two levels deep.
fn collect<'a>(entries: &'a [Entry], all: &mut Vec<&'a Entry>) {
    for entry in entries {
        all.push(entry);
        collect(&entry.entries, all);
    }
}

/// Flat keys `<namespace>.<slug>.<field>` (`session.<field>`) as nested maps; slugs hold no dot, fields may.
pub fn nested(flat: &[(Text, Value)], namespace: &str) -> Value {
    let mut root = Map::new();
    for (key, value) in flat {
        let Some(rest) = key
            .strip_prefix(namespace)
            .and_then(|rest| rest.strip_prefix('.'))
        else {
            continue;
        };
        match rest.split_once('.') {
            Some((slug, field)) if namespace != "session" => insert(&mut root, slug, field, value),
            Some(_) | None => {
                root.insert(rest, value.clone());
            }
        }
    }
    root.into()
}

fn insert(root: &mut Map, slug: &str, field: &str, value: &Value) {
    if !root.contains_key(slug) {
        root.insert(slug, Map::new());
    }
    if let Some(Value::Map(fields)) = root.get_mut(slug) {
        std::sync::Arc::make_mut(fields).insert(field, value.clone());
    }
}

impl UserSees {
    /// In the form of `expect` (AUD-2).
    pub fn to_value(&self) -> Value {
        match self {
            UserSees::Success => Value::text("success"),
            UserSees::GenericError => Value::text("generic_error"),
            UserSees::Message(text) => keyed("message", Value::Text(text.clone())),
            UserSees::Prompt(kind) => keyed("prompt", Value::text(kind.name())),
        }
    }
}

fn keyed(key: &str, value: Value) -> Value {
    [(key, value)].into_iter().collect::<Map>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::to_json_text;

    #[test]
    fn flat_state_reads_as_the_paths_of_expressions() {
        let flat = [
            ("step.risk-evaluate.score".into(), Value::Int(12)),
            ("step.risk-evaluate.a.b".into(), Value::Null),
            ("custom.gate.x".into(), Value::Bool(true)),
            ("session.id".into(), Value::text("s")),
        ];
        for (namespace, shown) in [
            ("step", r#"{"risk-evaluate":{"score":12,"a.b":null}}"#),
            ("custom", r#"{"gate":{"x":true}}"#),
            ("session", r#"{"id":"s"}"#),
        ] {
            assert_eq!(to_json_text(&nested(&flat, namespace)), shown);
        }
    }
}
