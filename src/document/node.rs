//! The tree of a document: typed scalars, lists, maps, each with its place. Maps keep the order of the
//! file and have no duplicate keys; aliases and merge keys are already resolved.

use super::place;
use crate::text::{Span, Spanned};
use crate::value::{Map, Text, Value};
use std::ops::Range;

/// A node of a document.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where its content is written, without quotes; that of the definition when it came through an alias.
    pub span: Span,
    /// How it is written.
    pub style: Style,
    /// What it holds.
    pub data: Data,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub enum Data {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A decimal; finite.
    Float(f64),
    /// Text.
    Text(Text),
    /// A list.
    List(Vec<Node>),
    /// A map.
    Map(Vec<Entry>),
}

/// A key of a map and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key; numbers and the like as they are written.
    pub key: Text,
    /// Where the key is written.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

/// How a node is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A scalar without quotes, a list, or a map.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// A block scalar, `|` or `>`.
    Block,
}

impl Node {
    /// The text, if this is text.
    pub fn as_text(&self) -> Option<&Text> {
        if let Data::Text(text) = &self.data {
            Some(text)
        } else {
            None
        }
    }

    /// The text with its place, if this is text.
    pub fn spanned_text(&self) -> Option<Spanned<Text>> {
        self.as_text().map(|text| Spanned {
            value: text.clone(),
            span: self.span.clone(),
        })
    }

    /// The items, if this is a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        if let Data::List(items) = &self.data {
            Some(items)
        } else {
            None
        }
    }

    /// The entries, if this is a map.
    pub fn as_map(&self) -> Option<&[Entry]> {
        if let Data::Map(entries) = &self.data {
            Some(entries)
        } else {
            None
        }
    }

    /// The entry with this key, if this is a map that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.as_map()?.iter().find(|entry| &*entry.key == key)
    }

    /// The value under a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// The same data as a value, places forgotten.
    pub fn to_value(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(truth) => Value::Bool(*truth),
            Data::Int(number) => Value::Int(*number),
            Data::Float(number) => Value::Float(*number),
            Data::Text(text) => Value::Text(text.clone()),
            Data::List(items) => Value::list(items.iter().map(Node::to_value).collect()),
            Data::Map(entries) => Value::map(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.value.to_value()))
                    .collect::<Map>(),
            ),
        }
    }

    /// Where a range of bytes of the text is written: exact for plain and quoted text on one line, and for
    /// escapes and blocks as near as their text can be followed.
    pub fn part(&self, range: Range<usize>) -> Span {
        match self.as_text() {
            Some(text) => place::part(&self.span, self.style, text, range),
            None => self.span.clone(),
        }
    }

    /// The place to point at when something is said about the node as a whole: the first key of a map in
    /// block style, since the whole would be many lines.
    pub fn head(&self) -> Span {
        let source = self.written();
        match &self.data {
            Data::Map(entries) if !source.starts_with('{') => entries
                .first()
                .map_or_else(|| self.span.clone(), |entry| entry.key_span.clone()),
            Data::List(items) if !source.starts_with('[') => {
                items.first().map_or_else(|| self.span.clone(), Node::head)
            }
            Data::Null
            | Data::Bool(_)
            | Data::Int(_)
            | Data::Float(_)
            | Data::Text(_)
            | Data::List(_)
            | Data::Map(_) => self.first_line(source),
        }
    }

    /// The text of the file that it was read from, without quotes.
    pub fn written(&self) -> &str {
        let text = self.span.file.text();
        text.get(self.span.start..self.span.end).unwrap_or("")
    }

    /// What an author would call it.
    pub fn kind_name(&self) -> &'static str {
        match &self.data {
            Data::Null => "nothing",
            Data::Bool(_) => "a truth value",
            Data::Int(_) => "a whole number",
            Data::Float(_) => "a decimal",
            Data::Text(_) => "text",
            Data::List(_) => "a list",
            Data::Map(_) => "a map",
        }
    }

    fn first_line(&self, source: &str) -> Span {
        self.span.part(0..source.find('\n').unwrap_or(source.len()))
    }
}
