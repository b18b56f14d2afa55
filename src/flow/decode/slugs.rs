//! Slugs of the blocks of one flow: derived where none is written, and unique, derived ones too.

use super::super::Kind;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::text::{Span, Spanned};
use crate::value::Text;
use std::collections::BTreeMap;

/// The slugs given so far, in document order.
#[derive(Default)]
pub struct Slugs {
    derived: BTreeMap<Kind, usize>,
    given: Vec<Given>,
}

struct Given {
    slug: Text,
    span: Span,
    derived: bool,
}

impl Slugs {
    /// The slug of the next block: as written, else the kind in kebab-case, numbered from the second block on
    /// that has this kind and no written slug.
    pub fn give(
        &mut self,
        kind: Kind,
        kind_span: &Span,
        written: Option<Spanned<Text>>,
    ) -> Spanned<Text> {
        let derived = written.is_none();
        let slug = written.unwrap_or_else(|| {
            let number = self.derived.entry(kind).or_insert(0);
            *number += 1;
            let base = kind.default_slug();
            Spanned {
                value: Text::from(match number {
                    1 => base,
                    number => format!("{base}-{number}"),
                }),
                span: kind_span.clone(),
            }
        });
        self.given.push(Given {
            slug: slug.value.clone(),
            span: slug.span.clone(),
            derived,
        });
        slug
    }

    /// Reports every slug that stands twice.
    pub fn check(&self, diagnostics: &mut Diagnostics) {
        let mut first: BTreeMap<&str, &Given> = BTreeMap::new();
        for given in &self.given {
            let Some(other) = first.get(&*given.slug) else {
                first.insert(&given.slug, given);
                continue;
            };
            let how = |given: &Given| {
                if given.derived {
                    "derived from its kind"
                } else {
                    "written"
                }
            };
            let title = format!(
                "the slug `{}`, {}, is already taken",
                given.slug,
                how(given)
            );
            diagnostics.push(
                Diagnostic::error("duplicate_slug", &given.span, title)
                    .fix("give one of the two blocks another `slug:`")
                    .related(&other.span, format!("{} here", how(other))),
            );
        }
    }
}
