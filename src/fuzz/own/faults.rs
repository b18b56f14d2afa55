//! Faults after which somebody gets in who should not: one fault at a time, at every block that a world reaches. Where the
//! flow falls back on something else, that is no fault of it.

use super::Kind;
use super::attempt::{Faults, Inject, attempt, ending};
use super::proofs::is_proven;
use super::run::{Raw, sorted};
use super::search::{Base, Search, gets_in};
use crate::trace::{Ending, Entry, Status, Trace};
use crate::trial::{Failing, Guard, Placed, Silence};
use crate::value::Text;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The rank of what only the answer `{}` shows.
pub const BARE: u8 = 2;

/// What is injected everywhere.
pub const INJECTED: [Inject; 3] = [Inject::Error, Inject::Timeout, Inject::Deny];

/// How services fail.
const FAILING: [Failing; 6] = [
    Failing::Refused,
    Failing::Status,
    Failing::Continued,
    Failing::TimedOut,
    Failing::Empty,
    Failing::Bare,
];

/// Every single fault in one world, in the order of the blocks.
pub fn single(search: &Search, base: &Base) -> (u64, Vec<Raw>) {
    let reached: BTreeSet<&str> = reached(&base.trace);
    let mut found = Vec::new();
    let mut runs = 0;
    for one in &search.blocks() {
        if !reached.contains(&*one.path) {
            continue;
        }
        let others = silences(base, one).into_iter();
        let others = others.chain(disproof(search, base, one));
        for inject in INJECTED.into_iter().chain(others) {
            let faults = Faults::from([(one.path.clone(), inject)]);
            runs += 1;
            found.extend(opens(search, base, faults).map(|raw| Raw {
                number: runs,
                ..raw
            }));
        }
    }
    (runs, found)
}

/// Services that fail without failing the block: only who is stopped otherwise shows that it matters.
fn silences(base: &Base, one: &Placed) -> Vec<Inject> {
    let entry = base.trace.entry(&one.path);
    let Some(entry) = entry.filter(|_| is_stopped(base.ending)) else {
        return Vec::new();
    };
    let of = |failing| Silence::of(one.block, entry, failing);
    let found = FAILING.into_iter().filter_map(of);
    found
        .map(|silence| Inject::Silence(Arc::new(silence)))
        .collect()
}

/// A wrong answer in the place of a right one, where nobody is stopped by it.
fn disproof(search: &Search, base: &Base, one: &Placed) -> Option<Inject> {
    let matters = gets_in(base.ending) && search.unread.contains(&one.path);
    (matters && is_proven(&base.trace, &one.path)).then_some(Inject::Disproof)
}

fn is_stopped(ending: Ending) -> bool {
    matches!(ending, Ending::Denied | Ending::Suspended)
}

/// What it is, if these faults let somebody in who should not be.
pub fn opens(search: &Search, base: &Base, faults: Faults) -> Option<Raw> {
    let outcome = attempt(&base.trial, &search.plain.program, &faults);
    if !gets_in(ending(&outcome)?) {
        return None;
    }
    // without the fault they were stopped
    let stopped = is_stopped(base.ending);
    let is_safe = |path: &Text| match stopped {
        true => search.falls_back(base, &outcome.trace, path),
        false => search.is_made_good(base, &outcome.trace, path),
    };
    if faults.keys().any(is_safe) {
        return None;
    }
    let disturbed = faults.keys().next_back()?;
    let disproved = faults.values().any(|one| *one == Inject::Disproof);
    let unguarded =
        gets_in(base.ending) && (disproved || guard_fails(search, &outcome.trace, disturbed));
    if !stopped && !unguarded {
        return None;
    }
    let passing = passing(&outcome.trace, disturbed).unwrap_or_else(|| disturbed.clone());
    let others = faults.keys().filter(|path| **path != passing).cloned();
    let blocks: Vec<Text> = std::iter::once(passing.clone()).chain(others).collect();
    Some(Raw {
        kind: Kind::FailsOpen,
        key: sorted(&blocks[..1], faults.len()),
        rank: rank(stopped, &faults),
        number: 0,
        base: None,
        blocks,
        edits: Vec::new(),
        faults,
        endings: [base.ending, Ending::Allowed],
        safe: super::Safe::Author,
    })
}

/// Who is let in is told before a guard that is passed over, and that before an answer which lacks what is looked for.
fn rank(stopped: bool, faults: &Faults) -> u8 {
    match faults.values().any(Inject::is_bare) {
        true => BARE,
        false => u8::from(!stopped),
    }
}

/// Whether a block that could have stopped somebody did not get to do so. What nobody waits for reaches no decision.
fn guard_fails(search: &Search, trace: &Trace, path: &Text) -> bool {
    let entry = trace.entry(path);
    let detached = entry.is_some_and(|entry| entry.status == Status::Detached);
    let stops = match search.guards.get(path) {
        Some(Guard::Denies | Guard::Mfa | Guard::Credential) => true,
        Some(Guard::Feeds) => detached,
        Some(Guard::Risk) | None => false,
    };
    stops && entry.is_some_and(failed)
}

fn failed(entry: &Entry) -> bool {
    match entry.status {
        Status::Failed | Status::TimedOut | Status::Denied => true,
        Status::Detached => true,
        Status::Ok | Status::Suspended => false,
    }
}

/// The block at which the fault is continued past: it or the one around it, or one that nobody waits for.
fn passing(trace: &Trace, path: &str) -> Option<Text> {
    let around = |entry: &&Entry| {
        let rest = path.strip_prefix(&*entry.block);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut entries = trace.preorder().into_iter().filter(around);
    let passes = |entry: &&Entry| entry.continued || entry.status == Status::Detached;
    entries.find(passes).map(|entry| entry.block.clone())
}

/// The paths of all blocks that have an entry.
pub fn reached(trace: &Trace) -> BTreeSet<&str> {
    let entries = trace.preorder().into_iter();
    entries.map(|entry| &*entry.block).collect()
}
