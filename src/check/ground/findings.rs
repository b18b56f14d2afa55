//! What the rules found: diagnostics, warnings with the block they are about, so that a flow's `allow` can accept
//! them. One mistake is told once: findings of one code at one place are merged, embeddings become related places.

use super::lints;
use super::subject::Subject;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{nearest, suggestion};
use crate::flow::{Allowance, Allowed, Flow};
use std::collections::btree_map::{BTreeMap, Entry};

/// The findings so far.
#[derive(Default)]
pub struct Findings<'a> {
    found: Vec<Found<'a>>,
}

struct Found<'a> {
    diagnostic: Diagnostic,
    flow: &'a Flow,
    block: &'a str,
}

/// Related places of one diagnostic, at most.
const RELATED: usize = 5;

/// Slugs that are looked at for "did you mean".
const CANDIDATES: usize = 500;

impl<'a> Findings<'a> {
    /// Adds a finding about a block; a warning can be accepted by the flow, an error cannot.
    pub fn add(&mut self, flow: &'a Flow, block: &'a str, diagnostic: Diagnostic) {
        self.found.push(Found {
            diagnostic,
            flow,
            block,
        });
    }

    /// What is left when accepted findings are gone, each told once.
    pub fn settle(self, subject: &Subject) -> Vec<Diagnostic> {
        let mut used = BTreeMap::new();
        let mut kept = Vec::new();
        for found in self.found {
            match accepting(&found) {
                Some(position) => {
                    used.insert((&*found.flow.slug.value, position), ());
                }
                None => kept.push(found.diagnostic),
            }
        }
        for flow in subject.flows {
            for (position, allowance) in flow.allow.iter().enumerate() {
                if !used.contains_key(&(&*flow.slug.value, position)) {
                    kept.extend(unused(subject, flow, allowance));
                }
            }
        }
        merged(kept)
    }
}

/// The position of the allowance that accepts a finding.
fn accepting(found: &Found) -> Option<usize> {
    let accepts = |allowance: &Allowance| {
        *allowance.at == *found.block
            && matches!(&allowance.what, Allowed::Lint(code) if **code == *found.diagnostic.code)
    };
    if found.diagnostic.severity == Severity::Error {
        return None;
    }
    found.flow.allow.iter().position(accepts)
}

/// The warning about an allowance that accepts nothing. Whether a fault is accepted only `faults` can tell, so
/// there only its block is looked at.
fn unused(subject: &Subject, flow: &Flow, allowance: &Allowance) -> Option<Diagnostic> {
    let known = stands(subject, flow, &allowance.at);
    let warn = |title: String| Diagnostic::warning("unused_allowance", &allowance.span, title);
    if !known {
        let slugs: Vec<&str> = flow
            .blocks()
            .iter()
            .map(|block| &*block.slug.value)
            .take(CANDIDATES)
            .collect();
        let title = format!(
            "this accepts a finding at `{}`, but there is no such block",
            allowance.at
        );
        return Some(warn(title).fix(suggestion(&allowance.at, slugs)));
    }
    let Allowed::Lint(code) = &allowance.what else {
        return None;
    };
    // what only fuzzing finds can be accepted too
    if lints::AT_RUN_TIME.contains(&&**code) {
        return None;
    }
    if lints::is_lint(code) {
        let title = format!(
            "`{}` draws no `{code}`, so there is nothing to accept",
            allowance.at
        );
        return Some(warn(title).fix("remove the entry"));
    }
    let near = nearest(code, lints::LINTS.iter().map(|lint| lint.code));
    let title = format!("`{code}` is no finding that can be accepted");
    Some(warn(title).fix(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write the code of a warning; errors cannot be accepted".to_owned(),
    }))
}

/// Whether a slug, or a path into a custom flow, leads to a block.
fn stands(subject: &Subject, flow: &Flow, at: &str) -> bool {
    match at.split_once('/') {
        None => flow.block(at).is_some(),
        Some((outer, inner)) => flow
            .block(outer)
            .and_then(|block| subject.nested(block))
            .is_some_and(|nested| nested.block(inner).is_some()),
    }
}

/// Findings whose words depend on the embedding: of these, one is told for each place.
const BY_PLACE: [&str; 11] = [
    "always_absent",
    "maybe_unwritten",
    "missing_path",
    "read_before_session",
    "read_before_write",
    "slow_webhook",
    "transient_read",
    "unequal_treatment",
    "unknown_read",
    "user_before_lookup",
    "user_id_before_create",
];

/// One diagnostic for each mistake, in the order of files and places.
fn merged(all: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut first: BTreeMap<(String, usize, &str, String), usize> = BTreeMap::new();
    let mut merged: Vec<Diagnostic> = Vec::new();
    for diagnostic in all {
        let start = diagnostic.span.as_ref().map_or(0, |span| span.start);
        let title = match BY_PLACE.contains(&diagnostic.code) {
            true => String::new(),
            false => diagnostic.title.clone(),
        };
        let path = diagnostic.path().to_owned();
        match first.entry((path, start, diagnostic.code, title)) {
            Entry::Vacant(entry) => {
                entry.insert(merged.len());
                merged.push(diagnostic);
            }
            Entry::Occupied(entry) => merge(&mut merged[*entry.get()], diagnostic),
        }
    }
    let mut sorted = Diagnostics::default();
    sorted.extend(merged);
    sorted.into_sorted()
}

/// The graver of two findings at one place, with the related places of both.
fn merge(kept: &mut Diagnostic, mut other: Diagnostic) {
    if other.severity < kept.severity {
        std::mem::swap(kept, &mut other);
    }
    for (span, why) in other.related {
        let told = kept
            .related
            .iter()
            .any(|(known, _)| known.start == span.start && known.file.path() == span.file.path());
        if !told && kept.related.len() < RELATED {
            kept.related.push((span, why));
        }
    }
}
