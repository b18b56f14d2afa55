//! JSON as a document: the same tree, with the same budgets. YAML reads most JSON, but not all of it (escapes of
//! surrogates, tabs, long keys), so `.json` files and bodies of requests are read here.

use super::budget::{MAX_NODES, too_many};
use super::build::{MAX_DEPTH, Refusal};
use super::merge::without_duplicates;
use super::node::{Data, Entry, Node, Style};
use super::scalar::{self, Plain};
use super::syntax;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::text::{SourceFile, Span};
use crate::value::Text;
use std::sync::Arc;

/// The document of a JSON text; None when it cannot be read, with the reason reported.
pub fn parse_json(file: &Arc<SourceFile>, diagnostics: &mut Diagnostics) -> Option<Node> {
    let mut reader = Reader {
        file,
        text: file.text(),
        at: 0,
        nodes: 0,
        diagnostics,
    };
    let outcome = reader.document();
    outcome
        .map_err(|diagnostic| diagnostics.push(*diagnostic))
        .ok()
}

struct Reader<'a> {
    file: &'a Arc<SourceFile>,
    text: &'a str,
    at: usize,
    nodes: usize,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Node, Refusal> {
        let node = self.value(0)?;
        match self.peek() {
            None => Ok(node),
            Some(_) => Err(self.refuse("something follows the end of the document", "remove it")),
        }
    }

    /// The next character that is no white space.
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        let start = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.at += rest.len() - start.len();
        start.chars().next()
    }

    /// Depth is bounded, so this recursion is.
    fn value(&mut self, depth: usize) -> Result<Node, Refusal> {
        let first = self.peek();
        self.nodes += 1;
        if depth >= MAX_DEPTH && matches!(first, Some('{' | '[')) {
            return Err(syntax::too_deep(&self.here()));
        }
        if self.nodes > MAX_NODES {
            return Err(too_many(&self.here()));
        }
        match first {
            Some('{') => self.map(depth),
            Some('[') => self.list(depth),
            Some('"') => {
                let (text, span) = self.string()?;
                Ok(Node {
                    span,
                    style: Style::DoubleQuoted,
                    data: Data::Text(text),
                })
            }
            Some(_) => self.word(),
            None if self.text.trim().is_empty() => Err(Box::new(
                Diagnostic::error(
                    "empty_document",
                    &Span::new(self.file, 0..0),
                    "the document is empty",
                )
                .fix("write its content, or remove it"),
            )),
            None => Err(self.refuse("a value is missing", "write it; close what is open")),
        }
    }

    fn map(&mut self, depth: usize) -> Result<Node, Refusal> {
        let start = self.at;
        let mut entries = Vec::new();
        self.at += 1;
        if self.peek() != Some('}') {
            loop {
                if self.peek() != Some('"') {
                    return Err(self.refuse(
                        "a key is missing here",
                        "write a key in double quotes; no comma after the last entry",
                    ));
                }
                let (key, key_span) = self.string()?;
                if self.peek() != Some(':') {
                    return Err(self.refuse("a `:` is missing here", "write `:` behind the key"));
                }
                self.at += 1;
                let value = self.value(depth + 1)?;
                entries.push(Entry {
                    key,
                    key_span,
                    value,
                });
                if !self.goes_on('}')? {
                    break;
                }
            }
        }
        self.at += 1;
        let entries = without_duplicates(entries, self.diagnostics);
        Ok(self.node(start, Data::Map(entries)))
    }

    fn list(&mut self, depth: usize) -> Result<Node, Refusal> {
        let start = self.at;
        let mut items = Vec::new();
        self.at += 1;
        if self.peek() != Some(']') {
            loop {
                items.push(self.value(depth + 1)?);
                if !self.goes_on(']')? {
                    break;
                }
            }
        }
        self.at += 1;
        Ok(self.node(start, Data::List(items)))
    }

    /// Whether a comma follows; false at the closing bracket.
    fn goes_on(&mut self, close: char) -> Result<bool, Refusal> {
        match self.peek() {
            Some(',') => {
                self.at += 1;
                Ok(true)
            }
            Some(found) if found == close => Ok(false),
            Some(_) | None => Err(self.refuse(
                &format!("a `,` or `{close}` is missing here"),
                "separate by commas and close the bracket",
            )),
        }
    }

    /// `null`, `true`, `false`, or a number.
    fn word(&mut self) -> Result<Node, Refusal> {
        let start = self.at;
        let rest = &self.text[start..];
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')))
            .unwrap_or(rest.len());
        let word = &rest[..end];
        let is_number = serde_json::from_str::<serde_json::Number>(word).is_ok();
        let data = match scalar::plain(word) {
            Plain::Data(data @ (Data::Int(_) | Data::Float(_))) if is_number => data,
            Plain::Data(data @ (Data::Bool(_) | Data::Null))
                if matches!(word, "null" | "true" | "false") =>
            {
                data
            }
            Plain::Data(_) | Plain::NoNumber => {
                return Err(self.refuse("this is no JSON value", "write text in double quotes"));
            }
        };
        self.at += end;
        Ok(self.node(start, data))
    }

    fn node(&self, start: usize, data: Data) -> Node {
        Node {
            span: Span::new(self.file, start..self.at),
            style: Style::Plain,
            data,
        }
    }

    /// A text and its place without the quotes; stands on the opening quote.
    fn string(&mut self) -> Result<(Text, Span), Refusal> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut end = start;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'"' => break,
                b'\\' => end += 2,
                0..0x20 => {
                    self.at = end;
                    return Err(self.refuse(
                        "a text is not closed on its line",
                        "close the quote, or write `\\n`",
                    ));
                }
                _ => end += 1,
            }
        }
        if end >= bytes.len() {
            return Err(self.refuse("a text is not closed", "close the quote"));
        }
        self.at = end + 1;
        let span = Span::new(self.file, start..end);
        let raw = &self.text[start..end];
        if !raw.contains('\\') {
            return Ok((Text::from(raw), span));
        }
        match unescape(raw) {
            Ok(text) => Ok((Text::from(text), span)),
            Err(offset) => {
                let title = "this escape does not exist";
                let place = span.part(offset..offset + 2);
                Err(Box::new(
                    Diagnostic::error("json_syntax", &place, title)
                        .fix("write `\\\\` for a backslash"),
                ))
            }
        }
    }

    fn here(&self) -> Span {
        let width = self.text[self.at..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
        Span::new(self.file, self.at..self.at + width)
    }

    fn refuse(&self, title: &str, fix: &str) -> Refusal {
        Box::new(Diagnostic::error("json_syntax", &self.here(), title).fix(fix))
    }
}

/// The text of escapes; the offset of one that does not exist. A lone half of a surrogate pair becomes U+FFFD.
fn unescape(raw: &str) -> Result<String, usize> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let offset = raw.len() - rest.len() + at;
        let escape = rest.as_bytes().get(at + 1).ok_or(offset)?;
        rest = rest.get(at + 2..).ok_or(offset)?;
        text.push(match escape {
            b'"' | b'\\' | b'/' => char::from(*escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (character, length) = unicode(rest).ok_or(offset)?;
                rest = &rest[length..];
                character
            }
            _ => return Err(offset),
        });
    }
    text.push_str(rest);
    Ok(text)
}

/// The character of four hexadecimal digits, or of a surrogate pair, and how many bytes it took.
fn unicode(rest: &str) -> Option<(char, usize)> {
    let unit = |text: &str| {
        let digits = text
            .get(..4)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(rest)?;
    if let 0xD800..0xDC00 = first
        && let Some(second) = rest
            .get(4..)
            .and_then(|rest| rest.strip_prefix("\\u"))
            .and_then(unit)
        && let 0xDC00..0xE000 = second
    {
        let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return char::from_u32(code).map(|character| (character, 10));
    }
    Some((char::from_u32(first).unwrap_or('\u{FFFD}'), 4))
}
