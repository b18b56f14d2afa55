//! Diagnostics as a person reads them: code, title, the quoted line with a caret, places that explain it, and the fix.
//! Only the quoted lines are handed to the renderer, so that a giant file costs nothing.

use super::style;
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Span;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt::Write;
use std::ops::Range;

/// Of a line longer than this, only the part around the caret is quoted.
const LONGEST_LINE: usize = 240;

/// All of them, one after the other, and a line that counts them. Empty when there are none.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&render_one(diagnostic));
        out.push_str("\n\n");
    }
    if !diagnostics.is_empty() {
        let _ = writeln!(out, "{}", count(diagnostics));
    }
    out
}

/// One diagnostic without styles.
pub fn plain(diagnostic: &Diagnostic) -> String {
    style::plain(&render_one(diagnostic))
}

/// One diagnostic, in the layout of rustc, styled.
pub fn render_one(diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let quotes: Vec<(Quote, AnnotationKind, &str)> = diagnostic
        .span
        .iter()
        .map(|span| (Quote::new(span), AnnotationKind::Primary, ""))
        .chain(
            diagnostic
                .related
                .iter()
                .map(|(span, why)| (Quote::new(span), AnnotationKind::Context, why.as_str())),
        )
        .collect();
    let title = level.primary_title(&diagnostic.title);
    let mut group = Group::with_title(title.id(diagnostic.code));
    for (quote, kind, label) in &quotes {
        group = group.element(quote.snippet(*kind, label));
    }
    if let (None, Some(file)) = (&diagnostic.span, &diagnostic.file) {
        group = group.element(annotate_snippets::Origin::path(&**file));
    }
    if let Some(fix) = &diagnostic.fix {
        group = group.element(Level::HELP.message(fix));
    }
    Renderer::styled().render(&[group])
}

/// `3 errors, 1 warning`
fn count(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .count();
    let warnings = diagnostics.len() - errors;
    [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| super::counted(count, noun))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A place with the one line that is quoted for it.
struct Quote {
    place: String,
    line: usize,
    text: String,
    range: Range<usize>,
}

impl Quote {
    fn new(span: &Span) -> Self {
        let (line, _) = span.line_column();
        let text = span.file.line(line);
        let from = span.start.saturating_sub(span.file.offset(line, 1));
        let (from, until) = (
            from.min(text.len()),
            (from + (span.end - span.start)).min(text.len()),
        );
        let from = boundary(text, from);
        let (text, range) = shortened(text, from..boundary(text, until).max(from));
        Quote {
            place: span.file.path().to_string(),
            line,
            text,
            range,
        }
    }

    fn snippet<'a>(
        &'a self,
        kind: AnnotationKind,
        label: &'a str,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let annotation = kind.span(self.range.clone());
        let annotation = if label.is_empty() {
            annotation
        } else {
            annotation.label(label)
        };
        Snippet::source(&self.text)
            .line_start(self.line)
            .path(&self.place)
            .fold(false)
            .annotation(annotation)
    }
}

/// A long line loses what stands far behind the caret; what stands before it stays, so that the column is right.
fn shortened(line: &str, range: Range<usize>) -> (String, Range<usize>) {
    if line.len() <= LONGEST_LINE {
        return (line.to_owned(), range);
    }
    let until = boundary(line, (range.start + LONGEST_LINE).min(line.len()));
    (line[..until].to_owned(), range.start..range.end.min(until))
}

/// The start of the character that holds a byte; the renderer must not be asked for half of one.
fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceFile;

    fn shown(diagnostics: &[Diagnostic]) -> String {
        anstream::adapter::strip_str(&render(diagnostics)).to_string()
    }

    #[test]
    fn a_diagnostic_quotes_its_line_and_says_what_to_write() {
        let file = SourceFile::new(
            "scenarios/a.yaml",
            "scenario: x\nflow: logn\nidentity: al\n",
        );
        let other = SourceFile::new("fixtures/flows/login.yaml", "flow: login\n");
        let diagnostic = Diagnostic::error(
            "unknown_flow",
            &Span::new(&file, 18..22),
            "no flow is called `logn`",
        )
        .related(&Span::new(&other, 6..11), "the nearest one")
        .fix("did you mean `login`?");
        assert_eq!(
            shown(&[diagnostic]),
            "error[unknown_flow]: no flow is called `logn`
 --> scenarios/a.yaml:2:7
  |
2 | flow: logn
  |       ^^^^
  |
 ::: fixtures/flows/login.yaml:1:7
  |
1 | flow: login
  |       ----- the nearest one
  |
  = help: did you mean `login`?

1 error
"
        );
    }

    #[test]
    fn any_place_in_any_file_can_be_shown() {
        let long = "x".repeat(1_000_000) + "é";
        for (text, range) in [
            ("", 0..0),
            ("a\r\n\tb\u{1b}[31m\n", 4..8),
            ("é", 0..1),
            ("é\nab", 0..5),
            ("a", 1..1),
            (long.as_str(), 999_990..1_000_002),
        ] {
            let file = SourceFile::new("a.yaml", text);
            let all = shown(&[Diagnostic::warning(
                "w",
                &Span::new(&file, range.clone()),
                "t",
            )]);
            assert!(all.starts_with("warning[w]: t"), "{all}");
            assert!(all.ends_with("1 warning\n"), "{range:?} {all}");
            assert!(all.len() < 3_000, "{}", all.len());
        }
        assert_eq!(render(&[]), "");
    }
}
