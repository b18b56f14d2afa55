//! The builder behind `load`: takes the events of one file and holds the stack of open lists and maps.

use super::merge;
use super::node::{Data, Entry, Node, Style};
use super::scalar::{self, Plain};
use super::syntax;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::text::{SourceFile, Span};
use crate::value::Text;
use saphyr_parser::{Event, ScalarStyle, Span as Range, Tag};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The deepest nesting of lists and maps.
pub const MAX_DEPTH: usize = 64;
/// The most nodes of a file, those that come through aliases counted each time.
pub const MAX_NODES: usize = 100_000;

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
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
}

/// A list or map whose end has not come yet.
struct Open {
    anchor: usize,
    start: usize,
    nodes_before: usize,
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
            nodes: 0,
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
                self.count(1, range)?;
                let node = self.scalar(text, style, tag, range)?;
                self.place(node, anchor, 1)
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

    /// Counts nodes and refuses more than there may be.
    fn count(&mut self, nodes: usize, range: Range) -> Result<(), Refusal> {
        self.nodes += nodes;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let title = format!("the file has more than {MAX_NODES} nodes, aliases followed");
        Err(Box::new(
            Diagnostic::error("too_many_nodes", &self.span(range), title)
                .fix("split the file, or write fewer aliases"),
        ))
    }

    fn start(&mut self, part: Part, anchor: usize, range: Range) -> Result<(), Refusal> {
        if self.open.len() >= MAX_DEPTH {
            return Err(syntax::too_deep(&self.span(range)));
        }
        self.count(1, range)?;
        self.open.push(Open {
            anchor,
            start: self.offset(range.start.index()),
            nodes_before: self.nodes - 1,
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
        self.place(node, open.anchor, self.nodes - open.nodes_before)
    }

    fn alias(&mut self, anchor: usize, range: Range) -> Result<(), Refusal> {
        let Some((node, size)) = self.anchors.get(&anchor) else {
            let title = "the alias stands inside its own anchor, or in another document";
            return Err(Box::new(
                Diagnostic::error("bad_alias", &self.span(range), title)
                    .fix("define the anchor before, in the same document"),
            ));
        };
        let size = *size;
        if self.nodes + size <= MAX_NODES {
            let node = node.clone();
            self.nodes += size;
            if self.open.len() + depth(&node) > MAX_DEPTH {
                return Err(syntax::too_deep(&self.span(range)));
            }
            return self.place(node, 0, size);
        }
        self.count(size, range)
    }

    /// Puts a complete node where it belongs.
    fn place(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), Refusal> {
        if anchor != 0 {
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

    fn scalar(
        &mut self,
        text: Cow<str>,
        style: ScalarStyle,
        tag: Option<Cow<Tag>>,
        range: Range,
    ) -> Result<Node, Refusal> {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        let span = content(self.span(range), style, &text);
        let data = match tag.as_deref() {
            Some(tag) => self.tagged(&text, tag, &span)?,
            None if style == Style::Plain => self.plain(&text, &span),
            None => Data::Text(Text::from(&*text)),
        };
        Ok(Node { span, style, data })
    }

    fn plain(&mut self, text: &str, span: &Span) -> Data {
        if scalar::is_old_truth(text) {
            let title = format!("`{text}` without quotes is text, not a truth value");
            let truth = text.eq_ignore_ascii_case("yes") || text.eq_ignore_ascii_case("on");
            self.diagnostics.push(
                Diagnostic::warning("plain_yes_no", span, title).fix(format!(
                    "write `{truth}` for a truth value, `\"{text}\"` for text"
                )),
            );
        }
        match scalar::plain(text) {
            Plain::Data(data) => data,
            Plain::NoNumber => {
                let title = format!("`{text}` is no number that JSON can hold");
                self.diagnostics.push(
                    Diagnostic::error("bad_number", span, title)
                        .fix(format!("write a finite number, or quote it: \"{text}\"")),
                );
                Data::Text(Text::from(text))
            }
        }
    }

    /// A scalar with a tag of the core schema.
    fn tagged(&mut self, text: &str, tag: &Tag, span: &Span) -> Result<Data, Refusal> {
        if tag.handle.is_empty() && tag.suffix == "!" {
            return Ok(Data::Text(Text::from(text)));
        }
        if !tag.is_yaml_core_schema() {
            return Err(syntax::custom_tag(tag, span));
        }
        let data = match scalar::plain(text) {
            Plain::Data(data) => data,
            Plain::NoNumber => Data::Text(Text::from(text)),
        };
        match (tag.suffix.as_str(), data) {
            ("str", _) => Ok(Data::Text(Text::from(text))),
            ("float", Data::Int(number)) => Ok(Data::Float(number as f64)),
            ("null", data @ Data::Null)
            | ("bool", data @ Data::Bool(_))
            | ("int", data @ Data::Int(_))
            | ("float", data @ Data::Float(_)) => Ok(data),
            _ => Err(syntax::custom_tag(tag, span)),
        }
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

/// The span of a scalar without its quotes.
fn content(span: Span, style: Style, text: &str) -> Span {
    let raw = span.file.text().get(span.start..span.end).unwrap_or("");
    match style {
        Style::SingleQuoted | Style::DoubleQuoted if raw.len() >= 2 => {
            let end = span.start + raw.trim_end().len() - 1;
            Span {
                start: span.start + 1,
                end: end.max(span.start + 1),
                file: span.file,
            }
        }
        Style::Plain if text.is_empty() => span.part(0..0),
        Style::Plain | Style::SingleQuoted | Style::DoubleQuoted | Style::Block => {
            let end = span.start + raw.trim_end().len();
            Span { end, ..span }
        }
    }
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
