//! Falling back: a decision sees that something failed, and asks for a factor, another service or another check instead.
//! What is asked for in any case is no fallback.

use super::{Guard, Placed, reads};
use crate::trace::{Ending, Entry, Status, Trace};
use crate::value::Text;
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

/// The blocks that are done in every run that gets in; None where none does.
pub fn usual(traces: impl Iterator<Item = impl Borrow<Trace>>) -> Option<BTreeSet<Text>> {
    let done = |trace: &Trace| -> BTreeSet<Text> {
        let entries = trace.preorder().into_iter();
        let done = entries.filter(|entry| entry.status == Status::Ok);
        done.map(|entry| entry.block.clone()).collect()
    };
    let runs = traces.filter(|trace| trace.borrow().ending == Ending::Allowed);
    let each = runs.map(|trace| done(trace.borrow()));
    each.reduce(|all, one| &all & &one)
}

/// Whether a guard does its work that did not before, in a branch of a decision that reads what the block at this path writes.
pub fn falls_back(
    blocks: &[Placed],
    guards: &BTreeMap<Text, Guard>,
    usual: Option<&BTreeSet<Text>>,
    [before, after]: [&Trace; 2],
    path: &str,
) -> bool {
    let known = before.preorder();
    let anew = |entry: &Entry| {
        let mut known = known.iter();
        !known.any(|known| known.block == entry.block && known.status == Status::Ok)
    };
    let asked = asked(blocks, guards, usual, after, path);
    asked.into_iter().any(anew)
}

/// Whether such a guard does its work, without the failure as with it.
pub fn asks_on(
    blocks: &[Placed],
    guards: &BTreeMap<Text, Guard>,
    usual: Option<&BTreeSet<Text>>,
    after: &Trace,
    path: &str,
) -> bool {
    !asked(blocks, guards, usual, after, path).is_empty()
}

/// Whether a guard is reached and does its work that was not reached before.
pub fn makes_good(guards: &BTreeMap<Text, Guard>, [before, after]: [&Trace; 2]) -> bool {
    let known = before.preorder();
    after.preorder().into_iter().any(|entry| {
        entry.status == Status::Ok
            && guards.contains_key(&entry.block)
            && !known.iter().any(|known| known.block == entry.block)
    })
}

/// The guards that did their work in a branch of a decision that reads what the block at this path writes.
fn asked<'t>(
    blocks: &[Placed],
    guards: &BTreeMap<Text, Guard>,
    usual: Option<&BTreeSet<Text>>,
    after: &'t Trace,
    path: &str,
) -> Vec<&'t Entry> {
    let outer = path.split_once('/').map(|(outer, _)| outer);
    let is_it = |one: &&Placed| &*one.path == path || Some(&*one.path) == outer;
    let writers: Vec<&Placed> = blocks.iter().filter(is_it).collect();
    let done = |entry: &&Entry| {
        let unusual = usual.is_some_and(|usual| !usual.contains(&entry.block));
        unusual && entry.status == Status::Ok && stops(guards.get(&entry.block))
    };
    let for_it = |entry: &&Entry| {
        let mut decisions = blocks.iter().filter(|one| holds(one, &entry.block));
        decisions.any(|one| writers.iter().any(|writer| reads(one, writer)))
    };
    let entries = after.preorder().into_iter();
    entries.filter(done).filter(for_it).collect()
}

/// A score by itself stops nobody.
fn stops(guard: Option<&Guard>) -> bool {
    match guard {
        Some(Guard::Credential | Guard::Mfa | Guard::Denies | Guard::Feeds) => true,
        Some(Guard::Risk) | None => false,
    }
}

/// Whether a block stands in the branches of another.
fn holds(one: &Placed, path: &str) -> bool {
    let slug = match one.outer {
        None => Some(path),
        Some(outer) => path
            .strip_prefix(&*outer.slug.value)
            .and_then(|rest| rest.strip_prefix('/')),
    };
    let inside = one.block.inside();
    slug.is_some_and(|slug| inside.iter().any(|block| &*block.slug.value == slug))
}
