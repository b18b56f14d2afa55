//! Syntax errors in our own words: what the parser says is told apart by its message, and where the line
//! shows what was meant, the fix says it.

use super::node::{Data, Node};
use crate::diagnostic::Diagnostic;
use crate::text::{SourceFile, Span};
use saphyr_parser::Tag;
use std::sync::Arc;

/// Part of the parser's message, what we say, and the fix.
const MESSAGES: &[(&str, &str, &str)] = &[
    (
        "mapping values are not allowed",
        "a `:` stands where no key can be",
        "quote the text that holds `: `, or put the key on a line of its own",
    ),
    (
        "illegal placement of ':'",
        "a `:` stands where no key can be",
        "quote the text that holds `: `, or put the key on a line of its own",
    ),
    (
        "must be followed by a valid YAML whitespace",
        "a space is missing here",
        "write a space after the `:` or `-`",
    ),
    (
        "simple key expect",
        "this line is no key and no item",
        "write `key: value`, or `- item`; indent a continued text, or quote it",
    ),
    (
        "simple key expected",
        "this line is no key and no item",
        "write `key: value`, or `- item`; indent a continued text, or quote it",
    ),
    (
        "did not find expected key",
        "this line does not belong to the map above",
        "indent it like the other keys of the map",
    ),
    (
        "did not find expected '-' indicator",
        "this line does not belong to the list above",
        "start it with `- `, or indent it like the key that it belongs to",
    ),
    (
        "block sequence entries are not allowed",
        "an item `- ` cannot stand here",
        "put the list on lines of its own below its key",
    ),
    (
        "is only valid inside a block",
        "an item `- ` cannot stand between brackets",
        "separate items by commas, or put the list on lines of its own",
    ),
    (
        "found unexpected end of stream",
        "a quoted text is not closed",
        "close the quote",
    ),
    (
        "unexpected document indicator",
        "a quoted text is not closed before the next document",
        "close the quote",
    ),
    (
        "in quoted scalar",
        "a line of a quoted text is not indented far enough",
        "indent it further than its key, or close the quote",
    ),
    (
        "invalid trailing content after",
        "something follows a closed quote",
        "close the quote at the end of the text, or write a quote inside as `\\\"`",
    ),
    (
        "unknown escape character",
        "this escape does not exist",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    (
        "expected hexadecimal number",
        "an escape needs hexadecimal digits",
        "write `\\xNN`, `\\uNNNN` or `\\UNNNNNNNN`",
    ),
    (
        "Unicode character escape code",
        "this escape is no character",
        "write the character itself",
    ),
    (
        "expected ',' or '}'",
        "a `,` or `}` is missing",
        "separate entries by commas and close the `{`; quote text that holds `,`, `{` or `}`",
    ),
    (
        "expected ',' or ']'",
        "a `,` or `]` is missing",
        "separate items by commas and close the `[`; quote text that holds `,`, `[` or `]`",
    ),
    (
        "misplaced bracket",
        "this bracket closes nothing",
        "remove it, or quote the text",
    ),
    (
        "invalid indentation in flow construct",
        "a line between brackets is not indented far enough",
        "indent it further than the key that the brackets belong to, or close the bracket before",
    ),
    (
        "wrongly indented line in block scalar",
        "a line of the text block is indented less than its first one",
        "indent it like the first line",
    ),
    (
        "cannot start with a tab",
        "a tab stands in the indentation",
        "indent with spaces",
    ),
    (
        "tab",
        "a tab stands in the indentation",
        "indent with spaces",
    ),
    (
        "unknown anchor",
        "this alias has no anchor",
        "define it before with `&name`; text that starts with `*` needs quotes",
    ),
    (
        "anchor or alias",
        "a name is missing behind `&` or `*`",
        "text that starts with `&` or `*` needs quotes",
    ),
    (
        "indentation for anchor",
        "an anchor cannot stand here",
        "put it behind the key",
    ),
    (
        "handle wasn't declared",
        "this tag is not known",
        "quote text that starts with `!`",
    ),
    ("tag", "this is no tag", "quote text that starts with `!`"),
    (
        "directive",
        "a line that starts with `%` is a directive, and this is none that is known",
        "quote text that starts with `%`",
    ),
    (
        "unexpected character",
        "text cannot start with this character",
        "quote the text",
    ),
    (
        "plain scalar cannot start",
        "text cannot start like this",
        "quote the text",
    ),
    (
        "unexpected end of plain scalar",
        "text cannot start like this",
        "quote the text",
    ),
    (
        "unprintable",
        "this character cannot be written in a document",
        "write it as an escape in double quotes, such as \"\\u0007\"",
    ),
    (
        "byte order mark",
        "a byte order mark stands in the middle of the file",
        "remove it",
    ),
    (
        "document end marker",
        "something follows the end of the document",
        "start the next document with `---`",
    ),
    (
        "expected <document start>",
        "something follows the end of the document",
        "indent it so that it belongs to the document, or start the next one with `---`",
    ),
    (
        "did not find expected node content",
        "a value is missing here",
        "write a value, or quote the text",
    ),
    (
        "comment intercepting",
        "a comment stands inside a text of several lines",
        "quote the text, or move the comment",
    ),
    (
        "block scalar",
        "a `|` or `>` takes only an indentation and a sign behind it",
        "put the text on the next line",
    ),
    (
        "mapping keys are not allowed",
        "a key cannot stand here",
        "put it on a line of its own, or quote the text",
    ),
    (
        "may not precede",
        "a `:` cannot stand directly before a bracket here",
        "write a space between them",
    ),
    (
        "expected whitespace",
        "a space is missing here",
        "write a space",
    ),
    (
        "invalid indentation",
        "this line is indented unlike those around it",
        "indent it like the line that it belongs with",
    ),
    (
        "unexpected eof",
        "the file ends in the middle",
        "close what is still open",
    ),
];

/// A message of the parser at a byte offset.
pub fn diagnostic(file: &Arc<SourceFile>, offset: usize, info: &str) -> Box<Diagnostic> {
    let span = place(file, offset);
    if info.contains("recursion limit") {
        return too_deep(&span);
    }
    let line = file.line(span.line());
    let indentation = &line[..line.len() - line.trim_start().len()];
    if indentation.contains('\t') {
        return error(
            &span,
            "a tab stands in the indentation",
            "indent with spaces",
        );
    }
    if let Some(fix) = guess(line, info) {
        return error(
            &span,
            "a `: ` makes this text a key, and no key can stand here",
            &fix,
        );
    }
    for (part, title, fix) in MESSAGES {
        if info.contains(part) {
            return error(&span, title, fix);
        }
    }
    error(
        &span,
        info,
        "see the line; quote text that holds punctuation",
    )
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

/// `key: some text: more` → the fix with the text in quotes.
fn guess(line: &str, info: &str) -> Option<String> {
    if !info.contains("mapping values") && !info.contains("illegal placement") {
        return None;
    }
    let (_, value) = line.split_once(": ")?;
    let value = value.trim();
    let quotable = value.contains(": ") && !value.contains(['"', '\'', '{', '[', '\\', '#']);
    quotable.then(|| format!("quote the text: \"{value}\""))
}
