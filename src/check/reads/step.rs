//! `step.<slug>.<field>`: the slug is that of a block that ran before, the field one that its kind writes. Inside a
//! custom flow its own blocks hide those of the parent once they have written (ST-4).

use super::super::ground::order::{Index, Presence, Relation};
use super::fields::{self, Fields};
use super::known::Key;
use super::problem::{Problem, guard, instead, near, written};
use super::walk::Reading;
use crate::flow::{Block, Flow, Kind, Mode, PlacedRead};

/// What is wrong with a read of `step.*`.
pub fn judge(reading: &Reading, read: &PlacedRead) -> Option<Problem> {
    let slug = &**read.read.path.get(1)?;
    let site = reading.site;
    let own = site.index.block(slug);
    let outer = site
        .outer
        .as_ref()
        .and_then(|outer| outer.index.block(slug));
    let key = if site.outer.is_some() {
        Key::Inner(slug)
    } else {
        Key::Step(slug)
    };
    let own_presence = own
        .and_then(|_| reading.known.get(key))
        .map(|fact| fact.presence);
    let outer_presence = outer
        .and_then(|_| reading.known.get(Key::Step(slug)))
        .map(|fact| fact.presence);
    match (own, outer) {
        (Some(own), Some(outer))
            if own_presence != Some(Presence::Always) && outer_presence.is_some() =>
        {
            let problem = in_block(outer, outer_presence, read, || {
                relation_outer(reading, slug)
            });
            let hidden = own_presence.is_some() && field_problem(own, read).is_none();
            problem.filter(|_| !hidden).map(Problem::unless_embedded)
        }
        (Some(own), _) => {
            let problem = in_block(own, own_presence, read, || {
                site.index.relation(slug, reading.reader)
            });
            problem.map(|problem| {
                if own_presence.is_none() && site.alone && problem.code != "unknown_read" {
                    problem.unless_embedded()
                } else {
                    problem
                }
            })
        }
        (None, Some(outer)) => {
            let problem = in_block(outer, outer_presence, read, || {
                relation_outer(reading, slug)
            });
            problem.map(Problem::unless_embedded)
        }
        (None, None) => Some(nobody(reading, slug, read)),
    }
}

fn relation_outer(reading: &Reading, slug: &str) -> Relation {
    reading
        .site
        .root_index()
        .relation(slug, reading.site.root_block(reading.reader))
}

/// What is wrong with a read of this block's outputs.
fn in_block(
    block: &Block,
    presence: Option<Presence>,
    read: &PlacedRead,
    relation: impl Fn() -> Relation,
) -> Option<Problem> {
    if let Some(problem) = field_problem(block, read) {
        return Some(problem);
    }
    let (path, slug) = (written(read), &block.slug.value);
    let problem = match presence {
        Some(Presence::Always) => return None,
        Some(Presence::Sometimes) => elsewhere(&path, slug),
        None => match relation() {
            Relation::OtherBranch => elsewhere(&path, slug),
            Relation::Same => Problem::too_early(
                format!("`{slug}` reads `{path}` before it has written it"),
                "read what a block before it wrote".to_owned(),
            ),
            Relation::Later => Problem::too_early(
                format!("`{path}` is read before `{slug}` has run"),
                format!("move `{slug}` before this block, or {}", guard(&path)),
            ),
        },
    };
    Some(problem.related(&block.slug.span, format!("`{slug}` stands here")))
}

fn elsewhere(path: &str, slug: &str) -> Problem {
    Problem::sometimes(
        format!("`{path}` is written in another branch only, so it may be missing here"),
        format!("{}, or move `{slug}` before the branches", guard(path)),
    )
}

/// What is wrong with the field itself, whenever the block runs.
fn field_problem(block: &Block, read: &PlacedRead) -> Option<Problem> {
    let field = &**read.read.path.get(2)?;
    let below = read.read.path.get(3).map(|part| &**part);
    let (slug, kind) = (&block.slug.value, block.kind.name());
    let Fields::Named(names) = fields::of(block) else {
        return None;
    };
    let problem = if names.is_empty() {
        nothing_written(block)
    } else if !names.contains(&field) {
        Problem::unknown(
            format!("`{kind}` writes no `{field}`"),
            instead(read, 2, names.iter().copied()),
        )
    } else if block.kind == Kind::ParallelWebhook {
        let part = below.filter(|part| !fields::CALL.contains(part))?;
        Problem::unknown(
            format!("a call of `{slug}` writes no `{part}`"),
            instead(read, 3, fields::CALL.into_iter()),
        )
    } else if below.is_some() && !fields::has_parts(field) {
        Problem::unknown(
            format!("`step.{slug}.{field}` is a single value, nothing is below it"),
            format!("read `step.{slug}.{field}`"),
        )
    } else {
        return None;
    };
    Some(problem.related(&block.slug.span, format!("`{slug}` stands here")))
}

fn nothing_written(block: &Block) -> Problem {
    let slug = &block.slug.value;
    if block.kind == Kind::RunCustomAction && block.mode == Mode::FireAndForget {
        return Problem::unknown(
            format!("`{slug}` is fire_and_forget: what it sets never reaches state (ACT-3)"),
            "write `mode: sync`".to_owned(),
        );
    }
    let session = matches!(block.kind, Kind::IssueSession | Kind::IssueTokens);
    Problem::unknown(
        format!("`{}` writes nothing under `step.{slug}`", block.kind.name()),
        if session {
            "read `session.*`".to_owned()
        } else {
            "read what another block writes".to_owned()
        },
    )
}

/// No block in sight has this slug.
fn nobody(reading: &Reading, slug: &str, read: &PlacedRead) -> Problem {
    let site = reading.site;
    let title = format!("no block writes `{}`", written(read));
    if let Some(nested) = nested_with(reading, slug) {
        return Problem::unknown(
            title,
            format!(
                "`{slug}` is a block of the custom flow `{nested}`, of which only `custom.{nested}.*` is left"
            ),
        );
    }
    let outer: Option<&Index> = site.outer.as_ref().map(|outer| &*outer.index);
    let slugs = site
        .index
        .slugs()
        .chain(outer.into_iter().flat_map(Index::slugs));
    let fix = match near(slug, slugs) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "read what a block that runs before has written".to_owned(),
    };
    Problem::unknown(title, fix).in_flow(site.flow)
}

/// The custom flow embedded here that has a block with this slug.
fn nested_with<'a>(reading: &Reading<'_, 'a>, slug: &str) -> Option<&'a str> {
    let embedded = &reading.site.root_index().embeddings;
    let has = |flow: &&'a Flow| flow.block(slug).is_some();
    let nested = embedded
        .iter()
        .filter_map(|embedding| reading.subject.flow(&embedding.name.value))
        .find(has)?;
    Some(&nested.slug.value)
}
