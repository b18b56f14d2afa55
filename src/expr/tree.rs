//! A tree of values with templates at its leaves: bodies, headers, configurations. Keys are literal.

use super::render::Room;
use super::{EvalError, Read, Scope, Template};
use crate::value::{Map, Text, Value};

/// A templated value. Trees come out of documents, which bound their depth.
#[derive(Debug, Clone)]
pub enum ValueTemplate {
    /// A value without templates.
    Literal(Value),
    /// Text with templates.
    Text(Template),
    /// A list of templated values.
    List(Vec<ValueTemplate>),
    /// A map of templated values.
    Map(Vec<(Text, ValueTemplate)>),
}

impl ValueTemplate {
    /// The value over `scope`; fails with the first leaf that fails, in the order written.
    pub fn render(&self, scope: &dyn Scope) -> Result<Value, EvalError> {
        self.render_within(scope, &mut Room::new())
    }

    fn render_within(&self, scope: &dyn Scope, room: &mut Room) -> Result<Value, EvalError> {
        match self {
            ValueTemplate::Literal(value) => Ok(value.clone()),
            ValueTemplate::Text(template) => template.render_within(scope, room),
            ValueTemplate::List(items) => items
                .iter()
                .map(|item| item.render_within(scope, room))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::list),
            ValueTemplate::Map(entries) => {
                let mut map = Map::with_capacity(entries.len());
                for (key, value) in entries {
                    map.insert(key.clone(), value.render_within(scope, room)?);
                }
                Ok(Value::map(map))
            }
        }
    }

    /// Every static path the tree reads, in the order written; each place is in the text of its own leaf.
    pub fn reads(&self) -> Vec<Read> {
        match self {
            ValueTemplate::Literal(_) => Vec::new(),
            ValueTemplate::Text(template) => template.reads(),
            ValueTemplate::List(items) => items.iter().flat_map(ValueTemplate::reads).collect(),
            ValueTemplate::Map(entries) => {
                let values = entries.iter().map(|(_, value)| value);
                values.flat_map(ValueTemplate::reads).collect()
            }
        }
    }

    /// Whether there is no expression in the whole tree.
    pub fn is_literal(&self) -> bool {
        match self {
            ValueTemplate::Literal(_) => true,
            ValueTemplate::Text(template) => template.is_literal(),
            ValueTemplate::List(items) => items.iter().all(ValueTemplate::is_literal),
            ValueTemplate::Map(entries) => entries.iter().all(|(_, value)| value.is_literal()),
        }
    }
}
