//! Guesses at what was meant where the parser stopped: an unclosed bracket, a line without `: `, a key that is
//! indented wrongly, a tab. They move the place to the line with the mistake.

use crate::diagnostic::Diagnostic;
use crate::text::Span;

/// What was meant, if the text shows it.
pub fn meant(span: &Span, info: &str) -> Option<Diagnostic> {
    let line = span.file.line(span.line());
    let tab = "a tab stands in the indentation";
    if indentation(line).contains('\t') {
        return Some(error(span, tab, "indent with spaces"));
    }
    if info.contains("tab")
        && let Some(below) = tab_below(span)
    {
        return Some(error(&below, tab, "indent with spaces"));
    }
    if info.contains("quoted scalar") {
        return None;
    }
    unclosed_bracket(span)
        .or_else(|| item_without_space(span, line))
        .or_else(|| {
            let misplaced = info.contains("mapping values")
                || info.contains("illegal placement")
                || info.contains("simple key");
            misplaced
                .then(|| {
                    line_above(span)
                        .or_else(|| two_colons(span, line))
                        .or_else(|| under_value(span))
                })
                .flatten()
        })
}

fn error(span: &Span, title: impl Into<String>, fix: impl Into<String>) -> Diagnostic {
    Diagnostic::error("yaml_syntax", span, title).fix(fix)
}

fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// The first tab in the indentation of a line further down: the parser takes such a line to continue a text,
/// and stops where the text begins.
fn tab_below(span: &Span) -> Option<Span> {
    let mut start = span.start;
    for line in span.file.text()[span.start..].split_inclusive('\n') {
        if start > span.start
            && let Some(at) = indentation(line).find('\t')
        {
            return Some(Span::new(&span.file, start + at..start + at + 1));
        }
        start += line.len();
    }
    None
}

/// A bracket on an earlier line that nothing closes.
fn unclosed_bracket(span: &Span) -> Option<Diagnostic> {
    let text = span.file.text();
    let at = last_open_bracket(&text[..span.start])?;
    let bracket = Span::new(&span.file, at..at + 1);
    if bracket.line() == span.line() && !text[span.start..].trim().is_empty() {
        return None;
    }
    let (open, close) = if text[at..].starts_with('[') {
        ('[', ']')
    } else {
        ('{', '}')
    };
    Some(error(
        &bracket,
        format!("this `{open}` is not closed"),
        format!("close it with `{close}`"),
    ))
}

/// The last bracket that is open at the end of the text. A bracket counts where a value can start, or inside
/// brackets; quotes and comments are passed over.
fn last_open_bracket(text: &str) -> Option<usize> {
    let mut open = Vec::new();
    let mut before = '\n';
    let mut quote = None;
    let mut comment = false;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        let starts_value = matches!(before, ':' | '-' | ',' | '[' | '{' | '\n' | '?');
        match (quote, character) {
            (_, '\n') if comment => comment = false,
            _ if comment => {}
            (Some('"'), _) if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(mark), _) if mark == character => quote = None,
            (Some(_), _) => {}
            (None, '#') if text[..at].ends_with(char::is_whitespace) || at == 0 => comment = true,
            (None, '"' | '\'') if starts_value => quote = Some(character),
            (None, '[' | '{') if starts_value || !open.is_empty() => open.push(at),
            (None, ']' | '}') => {
                open.pop();
            }
            (None, _) => {}
        }
        if character == '\n' || !character.is_whitespace() {
            before = character;
        }
    }
    open.pop()
}

/// `-b` between items.
fn item_without_space(span: &Span, line: &str) -> Option<Diagnostic> {
    let item = line.trim().strip_prefix('-')?;
    let written = item
        .starts_with(|character: char| character.is_alphanumeric() || "\"'".contains(character));
    let (number, _) = span.line_column();
    let above = above(span, number).map(|(_, line)| line.trim().starts_with("- "));
    (written && above == Some(true)).then(|| {
        let start = span.file.offset(number, 1) + line.len() - line.trim_start().len();
        let place = Span::new(&span.file, start..start + 1);
        error(
            &place,
            "an item needs a space behind its `-`",
            format!("write `- {item}`"),
        )
    })
}

/// The line above is no `key: value`, although a key follows on the same level.
fn line_above(span: &Span) -> Option<Diagnostic> {
    let (number, _) = span.line_column();
    let (at, line) = above(span, number)?;
    let written = line.trim();
    let bare = written.trim_start_matches("- ");
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let same_level = indent(line) == indent(span.file.line(number));
    if !same_level
        || bare.contains(": ")
        || bare.ends_with(':')
        || bare.contains(['"', '\'', '#', '{', '['])
    {
        return None;
    }
    let start = span.file.offset(at, 1) + line.len() - line.trim_start().len();
    let place = Span::new(&span.file, start..start + written.len());
    let fix = match bare.split_once(':') {
        Some((key, value)) => format!("write a space behind the `:`, as in `{key}: {value}`"),
        None => format!("write `{bare}:` if it is a key, or indent it if it continues a text"),
    };
    Some(error(&place, "this line is no `key: value`", fix))
}

/// The nearest line above that holds something.
fn above(span: &Span, number: usize) -> Option<(usize, &str)> {
    (1..number)
        .rev()
        .take(50)
        .map(|at| (at, span.file.line(at)))
        .find(|(_, line)| !line.trim().is_empty() && !line.trim().starts_with('#'))
}

/// `key: some text: more`
fn two_colons(span: &Span, line: &str) -> Option<Diagnostic> {
    let (_, value) = line.split_once(": ")?;
    let value = value.trim();
    let quotable = value.contains(": ") && !value.contains(['"', '\'', '{', '[', '\\', '#']);
    quotable.then(|| {
        let title = "a `: ` makes this text a key, and no key can stand here";
        error(span, title, format!("quote the text: \"{value}\""))
    })
}

/// A key that is indented below a value that is complete.
fn under_value(span: &Span) -> Option<Diagnostic> {
    let (number, _) = span.line_column();
    let line = span.file.line(number);
    let (at, above) = above(span, number)?;
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let (key, value) = above.trim().trim_start_matches("- ").split_once(": ")?;
    if indent(line) <= indent(above) || value.trim().is_empty() {
        return None;
    }
    let start = span.file.offset(number, 1) + indent(line);
    let name = line.trim().split(':').next().unwrap_or("");
    let place = Span::new(&span.file, start..start + name.len());
    let title = format!("`{name}` is indented below `{key}`, which has a value already");
    let fix = format!("indent it like `{key}` on line {at}");
    Some(error(&place, title, fix))
}
