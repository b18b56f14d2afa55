//! Syntax errors in our own words: what the parser says is told apart by its message, and where the line
//! shows what was meant, the fix says it.

mod guess;
mod messages;

use super::node::{Data, Node};
use crate::diagnostic::Diagnostic;
use crate::text::{SourceFile, Span};
use saphyr_parser::Tag;
use std::sync::Arc;

/// A message of the parser at a byte offset.
pub fn diagnostic(file: &Arc<SourceFile>, offset: usize, info: &str) -> Box<Diagnostic> {
    let span = place(file, offset);
    if info.contains("recursion limit") {
        return too_deep(&span);
    }
    if let Some(guessed) = guess::meant(&span, info) {
        return Box::new(guessed);
    }
    for (part, title, fix) in messages::MESSAGES {
        if info.contains(part) {
            return error(&span, &title.replace("{alias}", alias(&span)), fix);
        }
    }
    error(
        &span,
        info,
        "see the line; quote text that holds punctuation",
    )
}

/// The alias that is written at a place, with its `*`.
fn alias(span: &Span) -> &str {
    let rest = span.file.text().get(span.start..).unwrap_or_default();
    let end = rest.find(|c: char| c.is_whitespace() || ",[]{}".contains(c));
    rest.get(..end.unwrap_or(rest.len()).min(100))
        .unwrap_or("alias")
}

/// Nesting beyond the limit.
pub fn too_deep(span: &Span) -> Box<Diagnostic> {
    let title = format!("nested deeper than {} levels", super::build::MAX_DEPTH);
    Box::new(Diagnostic::error("too_deep", span, title).fix("write it flatter"))
}

/// A tag that means nothing here; often an expression that starts with `!`.
pub fn custom_tag(tag: &Tag, span: &Span) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error(
            "unknown_tag",
            span,
            format!("the tag `{tag}` is not known here"),
        )
        .fix("quote text that starts with `!`, such as when: \"!step.a.found\""),
    )
}

/// A list, map or nothing in the place of a key; often a template without quotes.
pub fn bad_key(node: &Node) -> Diagnostic {
    let title = match &node.data {
        Data::Map(_) => "a map cannot be a key",
        Data::List(_) => "a list cannot be a key",
        Data::Null | Data::Bool(_) | Data::Int(_) | Data::Float(_) | Data::Text(_) => {
            "a key is missing before the `:`"
        }
    };
    let before = node.span.file.text()[..node.span.start].trim_end();
    if matches!(node.data, Data::Map(_)) && before.ends_with('{') {
        let template = format!("\"{{{}}}\"", node.written());
        return Diagnostic::error(
            "bad_key",
            &node.head(),
            "a template without quotes is read as a map",
        )
        .fix(format!("quote it: {template}"));
    }
    Diagnostic::error("bad_key", &node.head(), title).fix("write text as the key")
}

fn error(span: &Span, title: &str, fix: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("yaml_syntax", span, title).fix(fix))
}

/// One character at the offset; the end of the last line that holds something when it is past the end.
fn place(file: &Arc<SourceFile>, offset: usize) -> Span {
    let text = file.text();
    let end = text.trim_end().len();
    let start = if offset >= text.len() { end } else { offset };
    let width = text[start..].chars().next().map_or(0, |character| {
        if character == '\n' {
            0
        } else {
            character.len_utf8()
        }
    });
    Span::new(file, start..start + width)
}
