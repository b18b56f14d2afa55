//! The builder behind `load`: takes the events of one file and holds the stack of open lists and maps.

use super::budget::{Budget, Size};
use super::leaf::leaf;
use super::merge;
use super::node::{Data, Entry, Node, Style};
use super::syntax;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::text::{SourceFile, Span};
use crate::value::Text;
use saphyr_parser::{Event, Span as Range, Tag};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The deepest nesting of lists and maps.
pub const MAX_DEPTH: usize = 64;

/// Reading stops with this diagnostic.
pub type Refusal = Box<Diagnostic>;

/// Builds the documents of one file.
pub struct Builder<'a> {
    /// Where what is wrong is collected.
    pub diagnostics: &'a mut Diagnostics,
    /// The documents that are complete.
    pub documents: Vec<Node>,
    file: &'a Arc<SourceFile>,
    /// Byte offset of each character; None when the text is ASCII.
    offsets: Option<Vec<u32>>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, (Node, Size)>,
    budget: Budget,
}

/// A list or map whose end has not come yet.
struct Open {
    anchor: usize,
    start: usize,
    before: Size,
    part: Part,
}

enum Part {
    List(Vec<Node>),
    Map(Vec<Entry>, NextKey),
}

enum NextKey {
    /// The next node is a key.
    Awaited,
    /// The key is read, the next node is its value.
    Read(Text, Span, Style),
    /// The key was refused; its value is dropped.
    Refused,
}

impl<'a> Builder<'a> {
    /// A builder for the documents of a file.
    pub fn new(file: &'a Arc<SourceFile>, diagnostics: &'a mut Diagnostics) -> Self {
        let text = file.text();
        let offsets = (!text.is_ascii()).then(|| {
            text.char_indices()
                .map(|(offset, _)| offset as u32)
                .collect()
        });
        Builder {
            diagnostics,
            documents: Vec::new(),
            file,
            offsets,
            open: Vec::new(),
            anchors: BTreeMap::new(),
            budget: Budget::default(),
        }
    }

    /// The byte offset of the character with this index.
    pub fn offset(&self, index: usize) -> usize {
        let end = self.file.text().len();
        match &self.offsets {
            Some(offsets) => offsets.get(index).map_or(end, |offset| *offset as usize),
            None => index.min(end),
        }
    }

    /// Takes the next event.
    pub fn take(&mut self, event: Event, range: Range) -> Result<(), Refusal> {
        match event {
            Event::DocumentStart(_) => {
                self.anchors.clear();
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let size = Size {
                    nodes: 1,
                    bytes: text.len(),
                };
                self.spend(size, range)?;
                let span = self.span(range);
                let node = leaf(&text, style, tag.as_deref(), span, self.diagnostics)?;
                self.place(node, anchor, size)
            }
            Event::Alias(anchor) => self.alias(anchor, range),
            Event::SequenceStart(anchor, tag) => {
                self.check_tag(tag.as_deref(), "seq", range)?;
                self.start(Part::List(Vec::new()), anchor, range)
            }
            Event::MappingStart(anchor, tag) => {
                self.check_tag(tag.as_deref(), "map", range)?;
                self.start(Part::Map(Vec::new(), NextKey::Awaited), anchor, range)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn span(&self, range: Range) -> Span {
        let start = self.offset(range.start.index());
        Span::new(self.file, start..self.offset(range.end.index()).max(start))
    }

    /// Counts what comes in and refuses more than there may be.
    fn spend(&mut self, size: Size, range: Range) -> Result<(), Refusal> {
        let span = self.span(range);
        self.budget.spend(size, &span)
    }

    fn start(&mut self, part: Part, anchor: usize, range: Range) -> Result<(), Refusal> {
        if self.open.len() >= MAX_DEPTH {
            return Err(syntax::too_deep(&self.span(range)));
        }
        let before = self.budget.spent();
        self.spend(Size { nodes: 1, bytes: 0 }, range)?;
        self.open.push(Open {
            anchor,
            start: self.offset(range.start.index()),
            before,
            part,
        });
        Ok(())
    }

    fn end(&mut self, range: Range) -> Result<(), Refusal> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let text = self.file.text();
        let end = self.offset(range.end.index()).max(open.start);
        let end = open.start + text[open.start..end].trim_end().len();
        let data = match open.part {
            Part::List(items) => Data::List(items),
            Part::Map(entries, _) => Data::Map(merge::resolve(entries, self.diagnostics)),
        };
        let node = Node {
            span: Span::new(self.file, open.start..end),
            style: Style::Plain,
            data,
        };
        self.place(node, open.anchor, self.budget.spent() - open.before)
    }

    fn alias(&mut self, anchor: usize, range: Range) -> Result<(), Refusal> {
        let Some((node, size)) = self.anchors.get(&anchor) else {
            let title = "the alias stands inside its own anchor, or in another document";
            return Err(Box::new(
                Diagnostic::error("bad_alias", &self.span(range), title)
                    .fix("define the anchor before, in the same document"),
            ));
        };
        let (node, size) = (node.clone(), *size);
        self.spend(size, range)?;
        if self.open.len() + depth(&node) > MAX_DEPTH {
            return Err(syntax::too_deep(&self.span(range)));
        }
        self.place(node, 0, size)
    }

    /// Puts a complete node where it belongs.
    fn place(&mut self, node: Node, anchor: usize, size: Size) -> Result<(), Refusal> {
        if anchor != 0 {
            self.budget.keep(size, &node.span)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match &mut open.part {
            Part::List(items) => items.push(node),
            Part::Map(entries, next) => match std::mem::replace(next, NextKey::Awaited) {
                NextKey::Awaited => *next = read_key(node, self.diagnostics),
                NextKey::Read(key, key_span, style) => entries.push(Entry {
                    key: merge::mark(key, style),
                    key_span,
                    value: node,
                }),
                NextKey::Refused => {}
            },
        }
        Ok(())
    }

    fn check_tag(&self, tag: Option<&Tag>, wanted: &str, range: Range) -> Result<(), Refusal> {
        match tag {
            Some(tag) if !(tag.is_yaml_core_schema() && tag.suffix == wanted) => {
                Err(syntax::custom_tag(tag, &self.span(range)))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// A key is a scalar; lists and maps as keys are refused.
fn read_key(node: Node, diagnostics: &mut Diagnostics) -> NextKey {
    let key = match &node.data {
        Data::Text(text) => text.clone(),
        Data::Bool(_) | Data::Int(_) | Data::Float(_) => Text::from(node.written()),
        Data::Null | Data::List(_) | Data::Map(_) => {
            diagnostics.push(syntax::bad_key(&node));
            return NextKey::Refused;
        }
    };
    NextKey::Read(key, node.span, node.style)
}

/// How many lists and maps stand inside each other; bounded by `MAX_DEPTH`.
fn depth(node: &Node) -> usize {
    match &node.data {
        Data::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Data::Map(entries) => {
            1 + entries
                .iter()
                .map(|entry| depth(&entry.value))
                .max()
                .unwrap_or(0)
        }
        Data::Null | Data::Bool(_) | Data::Int(_) | Data::Float(_) | Data::Text(_) => 0,
    }
}
