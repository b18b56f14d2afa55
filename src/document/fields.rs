//! An object that was checked against its table of keys: unknown, missing and wrong keys are reported when it
//! is opened, and what is read afterwards is right or absent.

use super::conform::{conforms, shortened};
use super::node::{Data, Entry, Node};
use super::quantity::{duration_ms, instant_ms, size_bytes};
use super::shape::{Holds, Shape};
use super::wording::{listed, nearest};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::text::{Span, Spanned};
use crate::value::Text;

/// The fix for an unknown key that belongs somewhere else.
type Hint<'h> = &'h dyn Fn(&str) -> Option<String>;

/// The fields of an object, by key.
pub struct Fields<'a> {
    node: &'a Node,
    shape: &'static Shape,
    /// For each key of the shape, its value where it is written and right.
    right: Vec<Option<&'a Node>>,
    /// Whether every key was known, present where required, and right.
    sound: bool,
}

impl<'a> Fields<'a> {
    /// Checks a node against a shape; None when it is no map. Everything wrong is reported here.
    pub fn open(
        node: &'a Node,
        shape: &'static Shape,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        Fields::open_with(node, shape, &|_| None, diagnostics)
    }

    /// The same, with a fix for unknown keys that belong somewhere else.
    pub fn open_with(
        node: &'a Node,
        shape: &'static Shape,
        hint: Hint,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let Some(entries) = node.as_map() else {
            conforms(node, Holds::Object(shape), shape.noun, diagnostics);
            return None;
        };
        let mut fields = Fields {
            node,
            shape,
            right: vec![None; shape.keys.len()],
            sound: true,
        };
        for entry in entries {
            fields.sound &= fields.take(entry, hint, diagnostics);
        }
        for key in shape.keys.iter().filter(|key| key.required) {
            if node.entry(key.name).is_none() {
                fields.sound = false;
                diagnostics.push(missing(node, shape, key.name, key.holds));
            }
        }
        Some(fields)
    }

    /// Whether nothing was wrong with the keys.
    pub fn is_sound(&self) -> bool {
        self.sound
    }

    /// The whole object.
    pub fn object(&self) -> &'a Node {
        self.node
    }

    /// The place to point at when something is said about the object as a whole.
    pub fn head(&self) -> Span {
        self.node.head()
    }

    /// Whether a key is written, right or wrong.
    pub fn has(&self, key: &str) -> bool {
        self.node.entry(key).is_some()
    }

    /// Where a key is written.
    pub fn key_span(&self, key: &str) -> Option<&'a Span> {
        self.node.entry(key).map(|entry| &entry.key_span)
    }

    /// The value of a key, where it is written and right.
    pub fn node(&self, key: &str) -> Option<&'a Node> {
        let at = self.shape.keys.iter().position(|known| known.name == key);
        debug_assert!(
            at.is_some(),
            "{key} stands in the table of {}",
            self.shape.noun
        );
        self.right.get(at?).copied().flatten()
    }

    /// A text.
    pub fn text(&self, key: &str) -> Option<Text> {
        self.node(key)?.as_text().cloned()
    }

    /// A text with its place.
    pub fn spanned(&self, key: &str) -> Option<Spanned<Text>> {
        self.node(key)?.spanned_text()
    }

    /// A list of texts.
    pub fn texts(&self, key: &str) -> Option<Vec<Text>> {
        let items = self.node(key)?.as_list()?;
        Some(
            items
                .iter()
                .filter_map(|item| item.as_text().cloned())
                .collect(),
        )
    }

    /// A list of texts with their places.
    pub fn spanned_texts(&self, key: &str) -> Option<Vec<Spanned<Text>>> {
        let items = self.node(key)?.as_list()?;
        Some(items.iter().filter_map(Node::spanned_text).collect())
    }

    /// The items of a list.
    pub fn list(&self, key: &str) -> Option<&'a [Node]> {
        self.node(key)?.as_list()
    }

    /// The entries of a map.
    pub fn map(&self, key: &str) -> Option<&'a [Entry]> {
        self.node(key)?.as_map()
    }

    /// A truth value.
    pub fn bool(&self, key: &str) -> Option<bool> {
        match self.node(key)?.data {
            Data::Bool(truth) => Some(truth),
            Data::Null
            | Data::Int(_)
            | Data::Float(_)
            | Data::Text(_)
            | Data::List(_)
            | Data::Map(_) => None,
        }
    }

    /// A whole number.
    pub fn int(&self, key: &str) -> Option<i64> {
        match self.node(key)?.data {
            Data::Int(number) => Some(number),
            Data::Null
            | Data::Bool(_)
            | Data::Float(_)
            | Data::Text(_)
            | Data::List(_)
            | Data::Map(_) => None,
        }
    }

    /// A number of either kind.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.node(key)?.to_value().as_f64()
    }

    /// A duration in milliseconds.
    pub fn duration_ms(&self, key: &str) -> Option<u64> {
        duration_ms(self.node(key)?.as_text()?)
    }

    /// A size in bytes.
    pub fn size(&self, key: &str) -> Option<u64> {
        size_bytes(self.node(key)?.as_text()?)
    }

    /// An instant in milliseconds since the epoch.
    pub fn instant_ms(&self, key: &str) -> Option<i64> {
        instant_ms(self.node(key)?.as_text()?)
    }

    /// The meaning of a word: `meanings` stand in the order of the words in the table.
    pub fn pick<T: Copy, const N: usize>(&self, key: &str, meanings: [T; N]) -> Option<T> {
        let written = self.node(key)?.as_text()?;
        let known = self.shape.keys.iter().find(|known| known.name == key)?;
        let Holds::Words(words) = known.holds else {
            return None;
        };
        debug_assert_eq!(words.len(), N, "one meaning for each word of {key}");
        let at = words.iter().position(|word| *word == &**written)?;
        meanings.get(at).copied()
    }

    /// Which of several keys is written; none, or more than one, is an error.
    pub fn exactly_one(
        &self,
        keys: &'static [&'static str],
        diagnostics: &mut Diagnostics,
    ) -> Option<&'static str> {
        let first = self.at_most_one(keys, diagnostics);
        if first.is_none() {
            let title = format!(
                "{} needs one of {}",
                self.shape.noun,
                listed(keys.iter().copied())
            );
            diagnostics.push(
                Diagnostic::error("missing_key", &self.head(), title).fix("write one of them"),
            );
        }
        first
    }

    /// Which of several keys is written, if any; more than one is an error.
    pub fn at_most_one(
        &self,
        keys: &'static [&'static str],
        diagnostics: &mut Diagnostics,
    ) -> Option<&'static str> {
        let mut written = keys
            .iter()
            .filter_map(|key| Some((*key, self.key_span(key)?)));
        let (first, first_span) = written.next()?;
        for (other, span) in written {
            let title = format!("`{other}` cannot stand beside `{first}`");
            diagnostics.push(
                Diagnostic::error("conflicting_keys", span, title)
                    .fix(format!("keep one of {}", listed(keys.iter().copied())))
                    .related(first_span, format!("`{first}` is here")),
            );
        }
        Some(first)
    }

    /// Takes one entry; whether it was right.
    fn take(&mut self, entry: &'a Entry, hint: Hint, diagnostics: &mut Diagnostics) -> bool {
        let known = self
            .shape
            .keys
            .iter()
            .position(|key| *key.name == *entry.key);
        let Some(at) = known else {
            diagnostics.push(unknown(entry, self.shape, hint));
            return false;
        };
        let what = format!("`{}`", entry.key);
        let right = conforms(&entry.value, self.shape.keys[at].holds, &what, diagnostics);
        if right {
            self.right[at] = Some(&entry.value);
        }
        right
    }
}

fn unknown(entry: &Entry, shape: &Shape, hint: Hint) -> Diagnostic {
    let takes = match shape.keys {
        [] => format!("{} takes no keys", shape.noun),
        _ => format!("{} takes {}", shape.noun, listed(shape.names())),
    };
    let fix = match nearest(&entry.key, shape.names()) {
        Some(near) => format!("did you mean `{near}`? {takes}"),
        None => takes,
    };
    let fix = hint(&entry.key).unwrap_or(fix);
    let title = format!("`{}` is no key of {}", shortened(&entry.key), shape.noun);
    Diagnostic::error("unknown_key", &entry.key_span, title).fix(fix)
}

fn missing(node: &Node, shape: &Shape, key: &str, holds: Holds) -> Diagnostic {
    let title = format!("{} needs `{key}`", shape.noun);
    Diagnostic::error("missing_key", &node.head(), title)
        .fix(format!("write `{key}:` with {}", holds.describe()))
}
