//! What is wrong in an author's file: a code, a place, a title, and what to write instead.
//! Collected, never returned one by one; how they are drawn is `report`'s business.

use crate::text::Span;
use std::sync::Arc;

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The workspace does not load.
    Error,
    /// It loads; `--strict` makes it an error.
    Warning,
}

impl Severity {
    /// The word in results.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// One thing that is wrong, or doubtful, in a file.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// A stable name of the rule, such as `unknown_key`.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Where; None for a file that could not be read at all (then `file` says which).
    pub span: Option<Span>,
    /// The file when there is no span.
    pub file: Option<Arc<str>>,
    /// One sentence, lower-case, without full stop.
    pub title: String,
    /// What to write instead.
    pub fix: Option<String>,
    /// Other places that explain this one, each with a word on why.
    pub related: Vec<(Span, String)>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, span: &Span, title: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: Severity::Error,
            span: Some(span.clone()),
            file: None,
            title: title.into(),
            fix: None,
            related: Vec::new(),
        }
    }

    /// A warning at a place.
    pub fn warning(code: &'static str, span: &Span, title: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(code, span, title)
        }
    }

    /// An error of a whole file, which has no text to point into.
    pub fn file_error(
        code: &'static str,
        file: impl Into<Arc<str>>,
        title: impl Into<String>,
    ) -> Self {
        Diagnostic {
            code,
            severity: Severity::Error,
            span: None,
            file: Some(file.into()),
            title: title.into(),
            fix: None,
            related: Vec::new(),
        }
    }

    /// The same, with what to write instead.
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// The same, with another place that explains it.
    pub fn related(mut self, span: &Span, why: impl Into<String>) -> Self {
        self.related.push((span.clone(), why.into()));
        self
    }

    /// The path of the file it is about.
    pub fn path(&self) -> &str {
        match (&self.span, &self.file) {
            (Some(span), _) => span.file.path(),
            (None, Some(file)) => file,
            (None, None) => "",
        }
    }
}

/// Every diagnostic of a workspace, in the order in which they were found.
#[derive(Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(others);
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, as found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// All of them by file and place, without repetitions.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        let place = |d: &Diagnostic| {
            (
                d.path().to_owned(),
                d.span.as_ref().map_or(0, |span| span.start),
                d.severity,
            )
        };
        self.0.sort_by_key(place);
        self.0
            .dedup_by(|a, b| place(a) == place(b) && a.code == b.code && a.title == b.title);
        self.0
    }
}

/// The candidate closest to what was written, if one is close enough to be meant.
pub fn did_you_mean<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (written.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(written, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn the_nearest_candidate_is_offered_and_nothing_far_off() {
        let kinds = ["call_webhook", "decision", "deny"];
        assert_eq!(did_you_mean("call_webhok", kinds), Some("call_webhook"));
        assert_eq!(did_you_mean("dney", kinds), Some("deny"));
        assert_eq!(did_you_mean("parallel", kinds), None);
    }
}
