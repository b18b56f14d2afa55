//! Tables of keys: what an object takes, said once. Decoding checks against them (`Fields`), and the
//! `schema` command can print them. Rules between keys are the decoders' business.

use super::node::{Data, Node};
use super::wording::listed;

/// What an object takes.
#[derive(Debug)]
pub struct Shape {
    /// What it is, with its article: `a block`.
    pub noun: &'static str,
    /// Its keys, in the order in which they are listed.
    pub keys: &'static [Key],
}

/// One key of an object.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Whether it must be there.
    pub required: bool,
    /// What holds when it is absent, as JSON.
    pub default: Option<&'static str>,
    /// One line on what it is for.
    pub doc: &'static str,
}

/// What may stand somewhere.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// Anything.
    Any,
    /// Nothing.
    Null,
    /// Text.
    Text,
    /// `[a-z0-9-]+`
    Slug,
    /// `true` or `false`
    Bool,
    /// A whole number within these limits, both included.
    Int(i64, i64),
    /// A number.
    Number,
    /// `350ms`, `2s`, `1m`, `1h`
    Duration,
    /// `512KiB`, `32MiB`
    Size,
    /// An RFC 3339 instant.
    Instant,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A list of these.
    List(&'static Holds),
    /// A map from free keys to these.
    MapOf(&'static Holds),
    /// An object; its own decoder looks inside.
    Object(&'static Shape),
    /// One of these.
    OneOf(&'static [Holds]),
}

/// A key that may be left out.
pub const fn key(name: &'static str, holds: Holds, doc: &'static str) -> Key {
    Key {
        name,
        holds,
        required: false,
        default: None,
        doc,
    }
}

/// A key that must be there.
pub const fn required(name: &'static str, holds: Holds, doc: &'static str) -> Key {
    Key {
        required: true,
        ..key(name, holds, doc)
    }
}

impl Key {
    /// The same, with what holds when it is absent, as JSON.
    pub const fn default(self, json: &'static str) -> Key {
        Key {
            default: Some(json),
            ..self
        }
    }
}

impl Holds {
    /// What an author would call it.
    pub fn describe(self) -> String {
        match self {
            Holds::Any => "anything".into(),
            Holds::Null => "nothing".into(),
            Holds::Text => "text".into(),
            Holds::Slug => "a slug of `a-z`, `0-9` and `-`".into(),
            Holds::Bool => "`true` or `false`".into(),
            Holds::Int(i64::MIN, i64::MAX) => "a whole number".into(),
            Holds::Int(min, i64::MAX) => format!("a whole number from {min}"),
            Holds::Int(min, max) => format!("a whole number from {min} to {max}"),
            Holds::Number => "a number".into(),
            Holds::Duration => "a duration such as `350ms`, `2s` or `1m`".into(),
            Holds::Size => "a size such as `512KiB` or `32MiB`".into(),
            Holds::Instant => "an instant such as `2026-01-01T00:00:00Z`".into(),
            Holds::Words([word]) => format!("`{word}`"),
            Holds::Words(words) => format!("one of {}", listed(words.iter().copied())),
            Holds::List(items) => format!("a list of items, each {}", items.describe()),
            Holds::MapOf(Holds::Any) => "a map".into(),
            Holds::MapOf(values) => format!("a map of values, each {}", values.describe()),
            Holds::Object(shape) => shape.noun.into(),
            Holds::OneOf(choices) => choices
                .iter()
                .filter(|choice| !matches!(choice, Holds::Null))
                .map(|choice| choice.describe())
                .collect::<Vec<_>>()
                .join(", or "),
        }
    }

    /// Whether a node is of the right kind, whatever it holds inside.
    pub fn is_kind_of(self, node: &Node) -> bool {
        match self {
            Holds::Any => true,
            Holds::Null => node.is_null(),
            Holds::Text
            | Holds::Slug
            | Holds::Duration
            | Holds::Size
            | Holds::Instant
            | Holds::Words(_) => node.as_text().is_some(),
            Holds::Bool => matches!(node.data, Data::Bool(_)),
            Holds::Int(..) => matches!(node.data, Data::Int(_)),
            Holds::Number => matches!(node.data, Data::Int(_) | Data::Float(_)),
            Holds::List(_) => node.as_list().is_some(),
            Holds::MapOf(_) | Holds::Object(_) => node.as_map().is_some(),
            Holds::OneOf(choices) => choices.iter().any(|choice| choice.is_kind_of(node)),
        }
    }
}

impl Shape {
    /// The names of its keys, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.name)
    }
}
