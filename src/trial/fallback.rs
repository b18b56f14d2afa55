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
    let outer = path.split_once('/').map(|(outer, _)| outer);
    let is_it = |one: &&Placed| &*one.path == path || Some(&*one.path) == outer;
    let writers: Vec<&Placed> = blocks.iter().filter(is_it).collect();
    let known = before.preorder();
    let done = |entry: &&Entry| {
        let was_done = || {
            let mut known = known.iter();
            known.any(|known| known.block == entry.block && known.status == Status::Ok)
        };
        let unusual = usual.is_some_and(|usual| !usual.contains(&entry.block));
        unusual && entry.status == Status::Ok && stops(guards.get(&entry.block)) && !was_done()
    };
    let mut anew = after.preorder().into_iter().filter(done);
    anew.any(|entry| {
        let decisions = blocks.iter().filter(|one| holds(one, &entry.block));
        let mut read = decisions.filter(|one| writers.iter().any(|writer| reads(one, writer)));
        read.next().is_some()
    })
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
