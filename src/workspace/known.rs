//! What is known by name, so that one mistake is told once: a flow whose file is broken is no unknown flow
//! to those who refer to it.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::text::Span;
use crate::value::Text;
use std::collections::BTreeMap;

/// The names of one kind of thing, each with the place where it is given.
#[derive(Debug, Clone, Default)]
pub struct Known {
    names: BTreeMap<Text, Span>,
    /// A file could not be read, so there may be others.
    incomplete: bool,
}

impl Known {
    /// Whether there is such a thing, or may be one in a file that could not be read.
    pub fn has(&self, name: &str) -> bool {
        self.incomplete || self.names.contains_key(name)
    }

    /// Whether a file could not be read.
    pub fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(|name| &**name)
    }

    /// Takes note that a file could not be read.
    pub fn miss(&mut self) {
        self.incomplete = true;
    }

    /// Takes a name; one that is taken already is reported with both places, and false.
    pub fn take(
        &mut self,
        code: &'static str,
        noun: &str,
        name: &Text,
        span: &Span,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let Some(first) = self.names.get(name) else {
            self.names.insert(name.clone(), span.clone());
            return true;
        };
        let title = format!("there are two {noun} `{name}`");
        diagnostics.push(
            Diagnostic::error(code, span, title)
                .fix("give one of the two another name, or remove it")
                .related(first, format!("the first one, {first}")),
        );
        false
    }
}
