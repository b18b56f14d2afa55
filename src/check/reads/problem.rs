//! What is wrong with one read, before it is known how much that matters where the read stands.

use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{nearest, suggestion};
use crate::flow::{Flow, FlowKind, PlacedRead};
use crate::text::Span;

/// What is wrong with a read.
pub struct Problem {
    /// The code of its diagnostic.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence.
    pub title: String,
    /// What to write instead.
    pub fix: String,
    /// Another place that explains it.
    pub related: Option<(Span, String)>,
    /// Whether a parent that embeds this flow could make it right.
    pub parent_may: bool,
}

impl Problem {
    /// Nothing ever writes the path.
    pub fn unknown(title: String, fix: String) -> Self {
        Problem {
            code: "unknown_read",
            severity: Severity::Error,
            title,
            fix,
            related: None,
            parent_may: false,
        }
    }

    /// Nothing of that name is ever there, which fails the block that reads it (ERR-6).
    pub fn missing(title: String, fix: String) -> Self {
        Problem {
            code: "missing_path",
            severity: Severity::Warning,
            ..Problem::unknown(title, fix)
        }
    }

    /// The path is written, but later.
    pub fn too_early(title: String, fix: String) -> Self {
        Problem {
            code: "read_before_write",
            ..Problem::unknown(title, fix)
        }
    }

    /// The path is written on some ways only.
    pub fn sometimes(title: String, fix: String) -> Self {
        Problem {
            code: "maybe_unwritten",
            severity: Severity::Warning,
            ..Problem::unknown(title, fix)
        }
    }

    /// The same, with another place that explains it.
    pub fn related(mut self, span: &Span, why: impl Into<String>) -> Self {
        self.related = Some((span.clone(), why.into()));
        self
    }

    /// The same, for a path that a parent could write.
    pub fn unless_embedded(mut self) -> Self {
        self.parent_may = true;
        self
    }

    /// The same; in a custom flow, a parent could write the path.
    pub fn in_flow(self, flow: &Flow) -> Self {
        match flow.kind {
            FlowKind::System => self,
            FlowKind::Custom => self.unless_embedded(),
        }
    }

    /// What to say about a read. Under `has()` a missing path is an answer, but one that nothing can ever write is
    /// a mistake all the same.
    pub fn diagnostic(self, read: &PlacedRead) -> Option<Diagnostic> {
        let never = ["unknown_read", "missing_path"].contains(&self.code) && !self.parent_may;
        let mut diagnostic = if read.read.has && never {
            Diagnostic::warning(
                "always_absent",
                &read.span,
                format!("this `has()` is never true: {}", self.title),
            )
        } else if read.read.guarded || read.read.has {
            return None;
        } else {
            let mut title = self.title;
            if self.code == "missing_path" {
                title.push_str(": the block fails when it reads it");
            }
            let mut diagnostic = Diagnostic::error(self.code, &read.span, title);
            diagnostic.severity = self.severity;
            diagnostic
        };
        diagnostic = diagnostic.fix(self.fix);
        Some(match self.related {
            Some((span, why)) => diagnostic.related(&span, why),
            None => diagnostic,
        })
    }

    /// The same in a flow that is embedded nowhere: what a parent could write is a warning.
    pub fn alone(self, flow: &Flow) -> Self {
        if !self.parent_may {
            return self;
        }
        Problem {
            code: "maybe_unwritten",
            severity: Severity::Warning,
            fix: format!(
                "`{}` is embedded nowhere yet; a flow that embeds it has to write this first, or {}",
                flow.slug.value, self.fix
            ),
            ..self
        }
    }
}

/// A path as an author writes it.
pub fn written(read: &PlacedRead) -> String {
    read.read.path.join(".")
}

/// The fix for the name at `depth` of a path, which is none of those that may stand there: a hyphen may have
/// swallowed a minus.
pub fn instead<'a>(
    read: &PlacedRead,
    depth: usize,
    names: impl Iterator<Item = &'a str> + Clone,
) -> String {
    let path = &read.read.path;
    let Some(name) = path.get(depth) else {
        return suggestion("", names);
    };
    for (hyphen, _) in name.match_indices('-').take(CANDIDATES) {
        let (head, tail) = (&name[..hyphen], &name[hyphen + 1..]);
        if names.clone().any(|known| known == head) {
            let before = path[..depth].join(".");
            let rest = path[depth + 1..].iter().map(|part| format!(".{part}"));
            let rest: String = rest.collect();
            return format!("write spaces around the minus: `{before}.{head} - {tail}{rest}`");
        }
    }
    suggestion(name, names)
}

/// The usual way out for a path that may be absent.
pub fn guard(path: &str) -> String {
    format!("test it first: `has({path}) && …`")
}

/// Candidates that are looked at for "did you mean": a flow with thousands of blocks and mistakes is judged in time.
const CANDIDATES: usize = 500;

/// The candidate that was meant, if one is near.
pub fn near<'a>(written: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    nearest(written, candidates.take(CANDIDATES))
}
