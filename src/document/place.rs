//! Maps a range of a scalar's text back to the file, so that an error inside an expression points at the
//! character that caused it. Follows escapes, doubled quotes, folded lines and the indentation of blocks.

use super::Style;
use crate::text::Span;
use std::ops::Range;

/// The part of the file in which a range of the text is written; `span` is the scalar without its quotes.
pub fn part(span: &Span, style: Style, text: &str, range: Range<usize>) -> Span {
    let raw = span.file.text().get(span.start..span.end).unwrap_or("");
    if raw == text {
        return span.part(range);
    }
    let start = follow(raw, style, text, range.start);
    let end = follow(raw, style, text, range.end.max(range.start)).max(start);
    span.part(start..end)
}

/// The offset in `raw` of the character at `offset` of `text`.
fn follow(raw: &str, style: Style, text: &str, offset: usize) -> usize {
    let mut at = 0;
    for (position, wanted) in text.char_indices() {
        at = skip_layout(raw, at, style, wanted);
        if position >= offset {
            return at;
        }
        at += written_length(&raw[at..], style);
    }
    at.min(raw.len())
}

/// Passes what is layout in the file: folded line ends, indentation, continued lines.
fn skip_layout(raw: &str, mut at: usize, style: Style, wanted: char) -> usize {
    if style == Style::DoubleQuoted {
        while raw[at..].starts_with("\\\n") || raw[at..].starts_with("\\\r\n") {
            at += 1;
            at += raw[at..].len() - raw[at..].trim_start().len();
        }
    }
    while let Some(found) = raw[at..].chars().next() {
        let escaped = found == '\\' && style == Style::DoubleQuoted;
        if escaped || found == wanted || !found.is_whitespace() {
            break;
        }
        let folded = found == '\n' && wanted == ' ';
        if folded {
            return at;
        }
        at += found.len_utf8();
    }
    at
}

/// How many bytes of the file the next character of the text takes.
fn written_length(raw: &str, style: Style) -> usize {
    let mut characters = raw.chars();
    let Some(first) = characters.next() else {
        return 0;
    };
    match (style, first, characters.next()) {
        (Style::DoubleQuoted, '\\', Some(escape)) => {
            let length = match escape {
                'x' => 4,
                'u' => 6,
                'U' => 10,
                other => 1 + other.len_utf8(),
            };
            length.min(raw.len())
        }
        (Style::SingleQuoted, '\'', Some('\'')) => 2,
        (Style::Plain | Style::SingleQuoted | Style::DoubleQuoted | Style::Block, _, _) => {
            first.len_utf8()
        }
    }
}
