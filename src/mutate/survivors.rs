//! Mutants that no scenario noticed: is there a world in which they differ from the flow? Then they survived, and that
//! world becomes a suggestion; else they are equivalent, as far as worlds can tell.

use super::altered::Altered;
use super::differ::differ;
use super::facets::facets;
use super::grounds::Ground;
use super::mutant::Mutant;
use super::operators::prefixes;
use super::probes::probes;
use super::suggest::{Bench, Suggestion};
use crate::drive::Outcome;
use crate::flow::Flow;
use crate::trial::Trial;
use crate::value::Text;
use std::sync::Arc;

/// A difference of this rank is telling enough to look no further.
const TELLING: u8 = 3;
/// How many worlds are looked at in which an action computes long.
const COSTLY: usize = 2;
/// How many worlds are tried for a suggestion.
const TRIED: usize = 4;

/// What a mutant is that no scenario noticed.
#[derive(Debug)]
pub enum Settled {
    /// No world tells it from the flow.
    Equivalent,
    /// A world does; with a scenario, where one could be made.
    Survived(Option<Suggestion>),
}

/// Settles the mutants of one block.
pub fn settle(
    bench: &Bench,
    flow: &Flow,
    grounds: &[Arc<Vec<Ground>>],
    mutants: &[&Mutant],
) -> Vec<Settled> {
    let given: Vec<&Ground> = grounds.iter().flat_map(|portion| portion.iter()).collect();
    let mut probed: Option<Vec<Ground>> = None;
    let settle = |mutant: &&Mutant| {
        let altered = Altered::new(bench.workspace, mutant);
        let found = differing(&altered, mutant, &given);
        if !found.is_empty() {
            return survived(bench, mutant, &altered, found);
        }
        let probed = probed.get_or_insert_with(|| probe(bench, flow, mutant, &given));
        let found = differing(&altered, mutant, &probed.iter().collect::<Vec<_>>());
        if found.is_empty() {
            return Settled::Equivalent;
        }
        survived(bench, mutant, &altered, found)
    };
    mutants.iter().map(settle).collect()
}

/// A world that tells a mutant from the flow, and what becomes of it with the mutant.
struct Telling<'a> {
    ground: &'a Ground,
    twin: Outcome,
    rank: u8,
}

/// The worlds that tell most, the best first; none when no world does.
fn differing<'a>(altered: &Altered, mutant: &Mutant, grounds: &[&'a Ground]) -> Vec<Telling<'a>> {
    let mut found: Vec<Telling> = Vec::new();
    let mut costly = COSTLY;
    for ground in grounds {
        let paths = paths(&ground.trial.scenario.flow, mutant);
        if !ground.touches(&paths) || (ground.is_costly && costly == 0) {
            continue;
        }
        costly -= usize::from(ground.is_costly);
        let Some(twin) = altered.outcome(&ground.trial) else {
            continue;
        };
        if !differ(&ground.outcome, &twin) {
            continue;
        }
        let rank = facets(&ground.outcome, &twin)
            .first()
            .map_or(u8::MAX, |facet| facet.rank);
        found.push(Telling { ground, twin, rank });
        // by rank, then in the order of the worlds
        found.sort_by_key(|telling| telling.rank);
        found.truncate(TRIED);
        if rank <= TELLING {
            break;
        }
    }
    found
}

/// The full paths of the blocks that the mutant is about, in a flow that runs it.
pub fn paths(run: &Flow, mutant: &Mutant) -> Vec<Text> {
    let prefixes = prefixes(run, &mutant.flow);
    let touches = || mutant.broken.touches.iter();
    let path = |prefix: &String, slug: &Text| Text::from(format!("{prefix}{slug}"));
    prefixes
        .iter()
        .flat_map(|prefix| touches().map(move |slug| path(prefix, slug)))
        .collect()
}

fn survived(bench: &Bench, mutant: &Mutant, altered: &Altered, found: Vec<Telling>) -> Settled {
    let mut suggestions = found
        .iter()
        .filter_map(|telling| bench.suggestion(mutant, altered, telling.ground, &telling.twin));
    Settled::Survived(suggestions.next())
}

/// Worlds made for the block, out of given ones that come past it; out of any where none does.
fn probe(bench: &Bench, flow: &Flow, mutant: &Mutant, given: &[&Ground]) -> Vec<Ground> {
    let Some(block) = flow.block(&mutant.broken.block) else {
        return Vec::new();
    };
    let touching: Vec<&Ground> = given
        .iter()
        .copied()
        .filter(|ground| ground.touches(&paths(&ground.trial.scenario.flow, mutant)))
        .collect();
    let bases = if touching.is_empty() {
        given
    } else {
        &touching
    };
    let mut documents = Vec::new();
    for base in bases.iter().take(12) {
        for prefix in prefixes(&base.trial.scenario.flow, &mutant.flow) {
            let path = format!("{prefix}{}", block.slug.value);
            documents.extend(probes(block, &path, &[&base.trial], bench.workspace));
        }
    }
    let read = |document| Trial::read(document, bench.workspace).ok();
    let trials = documents.into_iter().filter_map(read);
    trials.map(Ground::new).filter(Ground::is_sound).collect()
}
