//! Documents of a scenario file that are no scenarios: empty ones, and those of another kind of file.

use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::text::{SourceFile, Span};
use std::sync::Arc;

/// A document that is of another kind of file.
pub fn misplaced(document: &Node) -> Option<Diagnostic> {
    const KINDS: [(&str, &str); 4] = [
        ("stages", "flows"),
        ("action", "actions"),
        ("identities", "identities"),
        ("mocks", "mocks"),
    ];
    if document.entry("scenario").is_some() {
        return None;
    }
    let (entry, folder) = KINDS
        .iter()
        .find_map(|(key, folder)| Some((document.entry(key)?, folder)))?;
    let title = format!("a document with `{}` is no scenario", entry.key);
    Some(
        Diagnostic::error("misplaced_file", &entry.key_span, title).fix(format!(
            "move it to fixtures/{folder}/, or write `scenario:` with a name"
        )),
    )
}

/// A file without a document.
pub fn empty_file(file: &Arc<SourceFile>) -> Diagnostic {
    empty(&Span::new(file, 0..0))
}

/// An empty document between others.
pub fn empty_document(document: &Node) -> Diagnostic {
    empty(&start_of(document))
}

/// The `---` before an empty document.
fn start_of(document: &Node) -> Span {
    let file = &document.span.file;
    let before = file.text().get(..document.span.start).unwrap_or_default();
    let before = before.trim_end();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    if before[line..].starts_with("---") {
        Span::new(file, line..line + 3)
    } else {
        document.span.clone()
    }
}

fn empty(span: &Span) -> Diagnostic {
    Diagnostic::error("empty_document", span, "the document is empty")
        .fix("write a scenario, or remove it with its `---`")
}
