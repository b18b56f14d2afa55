//! Trees of values with templates at their leaves: what stands where, and the tree with one leaf another.

use crate::expr::{Template, ValueTemplate};
use crate::value::{Map, Text, Value, to_json_text};

/// A leaf that becomes another; None when its key is gone.
pub struct Leaf {
    /// What is written.
    pub from: String,
    /// What would be written instead.
    pub to: String,
    /// The leaf.
    pub tree: Option<ValueTemplate>,
}

/// Keys and positions that lead to a leaf.
pub type Path = Vec<usize>;

/// Every change of a literal leaf, and every key that can be lost.
pub fn changes(tree: &ValueTemplate) -> Vec<(Path, Leaf)> {
    let mut found = Vec::new();
    match &opened(tree) {
        ValueTemplate::Map(entries) => {
            for (at, (_, value)) in entries.iter().enumerate() {
                let gone = Leaf {
                    from: shown(value),
                    to: String::new(),
                    tree: None,
                };
                found.push((vec![at], gone));
                found.extend(below(at, changes(value)));
            }
        }
        ValueTemplate::List(items) => {
            for (at, item) in items.iter().enumerate() {
                let gone = Leaf {
                    from: shown(item),
                    to: String::new(),
                    tree: None,
                };
                found.push((vec![at], gone));
                found.extend(below(at, changes(item)));
            }
        }
        ValueTemplate::Literal(value) => {
            let leaf = |to: Value| Leaf {
                from: to_json_text(value),
                to: to_json_text(&to),
                tree: Some(ValueTemplate::Literal(to)),
            };
            found.extend(beside(value).into_iter().map(|to| (Vec::new(), leaf(to))));
        }
        ValueTemplate::Text(_) => {}
    }
    found
}

/// The neighbours of a literal.
fn beside(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(flag) => vec![Value::Bool(!flag)],
        Value::Int(number) => vec![
            Value::Int(number.saturating_add(1)),
            Value::Int(number.saturating_sub(1)),
        ],
        Value::Float(number) => vec![Value::Float(number * 2.0 + 1.0)],
        Value::Text(text) => vec![Value::text(format!("{text}-x"))],
        Value::Null | Value::List(_) | Value::Map(_) => Vec::new(),
    }
}

/// Literal lists and maps, as trees.
pub fn opened(tree: &ValueTemplate) -> ValueTemplate {
    let literal = |value: &Value| ValueTemplate::Literal(value.clone());
    match tree {
        ValueTemplate::Literal(Value::List(items)) => {
            ValueTemplate::List(items.iter().map(literal).collect())
        }
        ValueTemplate::Literal(Value::Map(map)) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), literal(value)));
            ValueTemplate::Map(entries.collect())
        }
        other => other.clone(),
    }
}

/// Literal trees as one literal again: a config without templates is checked against its schema (ACT-11).
pub fn closed(tree: ValueTemplate) -> ValueTemplate {
    match tree {
        ValueTemplate::List(items) => {
            let items: Vec<ValueTemplate> = items.into_iter().map(closed).collect();
            let literals: Option<Vec<Value>> = items.iter().map(literal).collect();
            literals.map_or(ValueTemplate::List(items), |all| {
                ValueTemplate::Literal(Value::list(all))
            })
        }
        ValueTemplate::Map(entries) => {
            let entries: Vec<(Text, ValueTemplate)> = entries
                .into_iter()
                .map(|(key, value)| (key, closed(value)))
                .collect();
            let literals: Option<Map> = entries
                .iter()
                .map(|(key, value)| Some((key.clone(), literal(value)?)))
                .collect();
            literals.map_or(ValueTemplate::Map(entries), |map| {
                ValueTemplate::Literal(map.into())
            })
        }
        other => other,
    }
}

fn literal(tree: &ValueTemplate) -> Option<Value> {
    match tree {
        ValueTemplate::Literal(value) => Some(value.clone()),
        ValueTemplate::Text(_) | ValueTemplate::List(_) | ValueTemplate::Map(_) => None,
    }
}

fn below<T>(at: usize, found: Vec<(Path, T)>) -> impl Iterator<Item = (Path, T)> {
    found.into_iter().map(move |(mut path, leaf)| {
        path.insert(0, at);
        (path, leaf)
    })
}

pub fn templates(tree: &ValueTemplate, path: Path) -> Vec<(Path, &Template)> {
    let inner = |at: usize| {
        let mut path = path.clone();
        path.push(at);
        path
    };
    match tree {
        ValueTemplate::Text(template) => vec![(path, template)],
        ValueTemplate::List(items) => {
            let all = items.iter().enumerate();
            all.flat_map(|(at, item)| templates(item, inner(at)))
                .collect()
        }
        ValueTemplate::Map(entries) => {
            let all = entries.iter().enumerate();
            all.flat_map(|(at, (_, item))| templates(item, inner(at)))
                .collect()
        }
        ValueTemplate::Literal(_) => Vec::new(),
    }
}

/// The tree with another leaf.
pub fn with(
    tree: &ValueTemplate,
    path: &[usize],
    leaf: Option<ValueTemplate>,
) -> Option<ValueTemplate> {
    let Some((at, rest)) = path.split_first() else {
        return leaf;
    };
    let last = rest.is_empty() && leaf.is_none();
    Some(match opened(tree) {
        ValueTemplate::List(mut items) if last => {
            items.remove(*at);
            ValueTemplate::List(items)
        }
        ValueTemplate::Map(mut entries) if last => {
            entries.remove(*at);
            ValueTemplate::Map(entries)
        }
        ValueTemplate::List(mut items) => {
            items[*at] = with(&items[*at], rest, leaf)?;
            ValueTemplate::List(items)
        }
        ValueTemplate::Map(mut entries) => {
            entries[*at].1 = with(&entries[*at].1, rest, leaf)?;
            ValueTemplate::Map(entries)
        }
        other => other,
    })
}

/// A tree as an author would write it, on one line.
pub fn shown(tree: &ValueTemplate) -> String {
    match tree {
        ValueTemplate::Literal(value) => to_json_text(value),
        ValueTemplate::Text(template) => format!("\"{}\"", template.source()),
        ValueTemplate::List(items) => {
            format!(
                "[{}]",
                items.iter().map(shown).collect::<Vec<_>>().join(", ")
            )
        }
        ValueTemplate::Map(entries) => {
            let pairs = entries
                .iter()
                .map(|(key, value)| format!("{key}: {}", shown(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}
