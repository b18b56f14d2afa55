//! A scalar of the parser to a node: its place without quotes, its type by style and tag.

use super::build::Refusal;
use super::node::{Data, Node, Style};
use super::scalar::{self, Plain};
use super::syntax;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::text::Span;
use crate::value::Text;
use saphyr_parser::{ScalarStyle, Tag};

/// The node of a scalar; `span` is the whole of it. A tag that is not known is refused.
pub fn leaf(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Result<Node, Refusal> {
    let style = match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    };
    let span = content(span, style, text);
    let data = match tag {
        Some(tag) => tagged(text, tag, &span)?,
        None if style == Style::Plain => plain(text, &span, diagnostics),
        None => Data::Text(Text::from(text)),
    };
    Ok(Node { span, style, data })
}

fn plain(text: &str, span: &Span, diagnostics: &mut Diagnostics) -> Data {
    if scalar::is_old_truth(text) {
        let title = format!("`{text}` without quotes is text, not a truth value");
        let truth = text.eq_ignore_ascii_case("yes") || text.eq_ignore_ascii_case("on");
        diagnostics.push(
            Diagnostic::warning("plain_yes_no", span, title).fix(format!(
                "write `{truth}` for a truth value, `\"{text}\"` for text"
            )),
        );
    }
    match scalar::plain(text) {
        Plain::Data(data) => data,
        Plain::NoNumber => {
            let title = format!("`{text}` is no number that JSON can hold");
            diagnostics.push(
                Diagnostic::error("bad_number", span, title)
                    .fix(format!("write a finite number, or quote it: \"{text}\"")),
            );
            Data::Text(Text::from(text))
        }
    }
}

/// A scalar with a tag of the core schema.
fn tagged(text: &str, tag: &Tag, span: &Span) -> Result<Data, Refusal> {
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
