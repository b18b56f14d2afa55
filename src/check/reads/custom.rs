//! `custom.<flow>.<key>`: the custom flow was run before by the outermost flow, or is this one; the key is a field
//! that one of its blocks writes, or anything when it runs an action (ST-4).

use super::super::ground::order::{Presence, Relation};
use super::super::ground::subject::each_block;
use super::fields::{self, Fields};
use super::known::Key;
use super::problem::{Problem, guard, instead, near, written};
use super::walk::Reading;
use crate::flow::{Flow, PlacedRead};
use crate::text::Span;
use std::collections::BTreeSet;

/// What is wrong with a read of `custom.*`.
pub fn judge(reading: &Reading, read: &PlacedRead) -> Option<Problem> {
    let slug = &**read.read.path.get(1)?;
    let site = reading.site;
    let own = *site.flow.slug.value == *slug;
    let runs = site
        .root_index()
        .embeddings
        .iter()
        .any(|embedding| *embedding.name.value == *slug);
    if reading.subject.may_be_flow(slug) {
        return None;
    }
    if !own && !runs {
        return Some(nobody_runs(reading, slug, read).in_flow(site.flow));
    }
    let flow = reading.subject.flow(slug)?;
    let key = read.read.path.get(2).map(|key| &**key);
    if let Some(problem) = key.and_then(|key| unknown_key(flow, key, read)) {
        return Some(problem);
    }
    absent(reading, slug, key, read)
}

/// The path exists, but may not be written by now.
fn absent(reading: &Reading, slug: &str, key: Option<&str>, read: &PlacedRead) -> Option<Problem> {
    let presence = |key| reading.known.get(key).map(|fact| fact.presence);
    let exact = match key {
        Some(key) => presence(Key::Custom(slug, key)).max(presence(Key::OpenCustom(slug))),
        None => presence(Key::AnyCustom(slug)),
    };
    let path = written(read);
    let sometimes = || {
        Problem::sometimes(
            format!("`{path}` is written in another branch only, so it may be missing here"),
            guard(&path),
        )
    };
    match exact {
        Some(Presence::Always) => None,
        Some(Presence::Sometimes) => Some(sometimes()),
        None if presence(Key::AnyCustom(slug)).is_some() => Some(sometimes()),
        None => {
            let (relation, place) = nearest_writer(reading, slug);
            let problem = match relation {
                Relation::OtherBranch => sometimes(),
                Relation::Same | Relation::Later => Problem::too_early(
                    format!("`{path}` is read before the custom flow `{slug}` has written it"),
                    format!("run `{slug}` before this block, or {}", guard(&path)),
                ),
            };
            Some(match place {
                Some(span) => problem.related(span, format!("`{slug}` runs here")),
                None => problem,
            })
        }
    }
}

/// Where the custom flow runs, as seen from the reader: another branch if there is one.
fn nearest_writer<'a>(reading: &Reading<'_, 'a>, slug: &str) -> (Relation, Option<&'a Span>) {
    let site = reading.site;
    let reader = site.root_block(reading.reader);
    let mut found = (Relation::Later, None);
    for embedding in &site.root_index().embeddings {
        if *embedding.name.value != *slug {
            continue;
        }
        let relation = site
            .root_index()
            .relation(&embedding.block.slug.value, reader);
        if relation == Relation::OtherBranch || found.1.is_none() {
            found = (relation, Some(&embedding.block.slug.span));
        }
    }
    found
}

fn nobody_runs(reading: &Reading, slug: &str, read: &PlacedRead) -> Problem {
    let root = reading.site.root();
    let title = format!(
        "`{}` runs no custom flow `{slug}`, so `{}` is never written",
        root.slug.value,
        written(read)
    );
    let embedded: BTreeSet<&str> = reading
        .site
        .root_index()
        .embeddings
        .iter()
        .map(|embedding| &*embedding.name.value)
        .filter(|name| reading.subject.flow(name).is_some())
        .collect();
    let fix = match near(slug, embedded.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            format!("run it before, with `block: run_custom_flow` and `config: {{ flow: {slug} }}`")
        }
    };
    Problem::unknown(title, fix)
}

/// A key that no block of the custom flow can write.
fn unknown_key(flow: &Flow, key: &str, read: &PlacedRead) -> Option<Problem> {
    let mut keys = BTreeSet::new();
    let mut open = false;
    for stage in &flow.stages {
        each_block(&stage.blocks, &mut |block| match fields::of(block) {
            Fields::Any => open = true,
            Fields::Named(names) => keys.extend(names),
        });
    }
    if open || keys.contains(key) {
        return None;
    }
    Some(
        Problem::unknown(
            format!(
                "no block of the custom flow `{}` writes `{key}`",
                flow.slug.value
            ),
            instead(read, 2, keys.iter().copied()),
        )
        .related(&flow.slug.span, "the custom flow is here"),
    )
}
