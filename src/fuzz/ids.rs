//! Ids (DET-2, ACT-7): no two of a run are the same, and another seed gives others and changes nothing else. What they
//! look like is the engine's business; the reference knows nothing about them.

use super::Arranged;
use super::texts::texts_of;
use crate::drive::{self, Outcome};
use crate::engine::World;
use crate::trace::{Entry, Trace};
use crate::value::Text;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What actions draw at random begins so.
pub(super) const DRAWN: &str = "rnd_";

/// The fields in which blocks show what they derive from the seed.
const FIELDS: [&str; 6] = [".id", ".challenge", ".family", ".state", ".drawn", ".again"];

/// Each id of a run, and where it was written first.
fn ids(trace: &Trace) -> Result<BTreeMap<&str, &Text>, String> {
    let mut ids = BTreeMap::new();
    let nested = trace.entries.iter().flat_map(|entry| &entry.entries);
    for entry in trace.entries.iter().chain(nested) {
        let own = |key: &&Text| !key.starts_with("custom.");
        for (key, id) in of(entry).filter(|(key, _)| own(key)) {
            if ids.insert(id, key).is_some() {
                return Err(format!("{} has an id that was there before", entry.block));
            }
        }
    }
    Ok(ids)
}

fn of(entry: &Entry) -> impl Iterator<Item = (&Text, &str)> {
    let named = |key: &str| FIELDS.iter().any(|field| key.ends_with(field));
    let texts = entry.writes.iter().filter(move |(key, _)| named(key));
    let texts = texts.filter_map(|(key, value)| Some((key, value.as_text()?)));
    texts.filter(|(_, text)| is_id(text))
}

/// A word, and at least eight hexadecimal digits.
fn is_id(text: &str) -> bool {
    text.split_once('_').is_some_and(|(word, digits)| {
        let hex = |c: char| c.is_ascii_hexdigit();
        word.len() < 5 && digits.len() >= 8 && digits.chars().all(hex)
    })
}

pub(super) fn told_apart(_: &Arranged, outcome: &Outcome) -> Result<(), String> {
    ids(&outcome.trace).map(drop)
}

pub(super) fn follow_the_seed(arranged: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let mut world = World::clone(&arranged.world);
    world.seed = world.seed.wrapping_add(1);
    let (mocks, answers) = (&arranged.scenario.mocks, &arranged.scenario.answers);
    let other = drive::run(&arranged.program, &Arc::new(world), mocks, answers).trace;
    let (before, after) = (ids(&outcome.trace)?, ids(&other)?);
    if let Some((_, key)) = before.iter().find(|(id, _)| after.contains_key(**id)) {
        return Err(format!("{key} is the same"));
    }
    let (before, after) = (texts(&outcome.trace), texts(&other));
    if before == after {
        return Ok(());
    }
    let mut both = before.iter().zip(&after);
    let differs = both.find(|(one, other)| one != other);
    let (one, other) = differs.map_or(("", ""), |(one, other)| (one, other));
    Err(format!("expected {one}, seen {other}"))
}

/// Every text of a trace and its numbers, ids left out.
fn texts(trace: &Trace) -> Vec<String> {
    let mut texts = vec![format!("{} {} ms", trace.ending.name(), trace.flow_ms)];
    texts_of(trace, &mut |text| {
        texts.push(if text.contains('_') {
            without_ids(text)
        } else {
            text.to_owned()
        });
    });
    texts
}

/// Digits behind an underscore do not count where there are many.
fn without_ids(text: &str) -> String {
    let mut parts = text.split('_');
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        left.push('_');
        left.push_str(if part.len() - rest.len() >= 8 {
            rest
        } else {
            part
        });
    }
    left
}
