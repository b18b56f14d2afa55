//! Slow blocks, each within its own timeout, that together exhaust the budget (BUD-1): the fewest that do.

use super::attempt::{Faults, Inject, attempt, ending};
use super::faults::reached;
use super::run::{Raw, sorted};
use super::search::{Base, Search, gets_in};
use crate::flow::{Block, Kind, OnError};
use crate::latency::Latency;
use crate::trace::{Ending, Trace};
use crate::trial::{Late, Placed};
use crate::value::Text;
use std::sync::Arc;

/// In one world, all blocks with a timeout as slow as they may be; then the fewest of them.
pub fn slow(search: &Search, base: &Base) -> (u64, Vec<Raw>) {
    if base.ending == Ending::TimedOut {
        return (0, cut(search, base).into_iter().collect());
    }
    if !gets_in(base.ending) {
        return (0, Vec::new());
    }
    let mut runs = 0;
    let mut found = Vec::new();
    for patience in [Patience::Answers, Patience::TimesOut] {
        let Some(mut faults) = exhausting(search, base, patience, &mut runs) else {
            continue;
        };
        let paths: Vec<Text> = faults.keys().cloned().collect();
        for path in paths {
            let mut fewer = faults.clone();
            fewer.remove(&path);
            runs += 1;
            if exhausts(search, base, &fewer) {
                faults = fewer;
            }
        }
        let blocks: Vec<Text> = faults.keys().cloned().collect();
        found.push(Raw {
            kind: super::Kind::OverBudget,
            key: sorted(&blocks, 0),
            rank: 0,
            number: runs,
            base: None,
            blocks,
            edits: Vec::new(),
            faults,
            endings: [base.ending, Ending::TimedOut],
            safe: super::Safe::Author,
        });
    }
    (runs, found)
}

/// A run that is cut although nothing is slower than it is: a finding where nobody gets in, in any world.
fn cut(search: &Search, base: &Base) -> Option<Raw> {
    if search.worlds.iter().any(|world| gets_in(world.ending)) {
        return None;
    }
    let blocks = vec![base.trace.halted_at.clone()?];
    Some(Raw {
        kind: super::Kind::OverBudget,
        key: sorted(&blocks, 0),
        rank: 0,
        number: 0,
        base: None,
        blocks,
        edits: Vec::new(),
        faults: Faults::new(),
        endings: [Ending::TimedOut; 2],
        safe: super::Safe::Author,
    })
}

/// All that are reached as slow as they may be, and those that are reached only then: a second try after a timeout.
fn exhausting(search: &Search, base: &Base, patience: Patience, runs: &mut u64) -> Option<Faults> {
    let mut faults = Faults::new();
    let mut trace = base.trace.clone();
    loop {
        let more = slowest(search, base, &trace, &faults, patience);
        if more.is_empty() {
            return None;
        }
        faults.extend(more);
        *runs += 1;
        let outcome = attempt(&base.trial, &search.plain.program, &faults);
        if ending(&outcome)? == Ending::TimedOut {
            return Some(faults);
        }
        trace = outcome.trace;
    }
}

/// What a slow block comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// It answers just within its timeout.
    Answers,
    /// Where On error goes on, it takes its whole timeout and fails; elsewhere it answers just within it.
    TimesOut,
}

/// As slow as they may be, besides those that are: what a run reaches.
fn slowest(
    search: &Search,
    base: &Base,
    trace: &Trace,
    known: &Faults,
    patience: Patience,
) -> Faults {
    let reached = reached(trace);
    let mut faults = Faults::new();
    let blocks = search.blocks();
    let others = blocks.iter();
    for one in others.filter(|one| !known.contains_key(&one.path)) {
        let stated = || stated_ms(search, one.block);
        let Some(timeout_ms) = search.timeout_ms(base, one.block).or_else(stated) else {
            continue;
        };
        if !reached.contains(&*one.path) || !waits(trace, one) {
            continue;
        }
        let continues = one.block.on_error == OnError::Continue;
        let times_out = patience == Patience::TimesOut && continues && !is_stated(one.block);
        let inject = if times_out {
            Inject::Timeout
        } else if let Some(late) = late(base, trace, one) {
            Inject::Late(Arc::new(late))
        } else {
            Inject::Slow(timeout_ms.saturating_sub(took(trace, &one.path)))
        };
        if inject != Inject::Slow(0) {
            faults.insert(one.path.clone(), inject);
        }
    }
    faults
}

/// Whether only `latency` of the settings says how long a block takes.
pub fn is_stated(block: &Block) -> bool {
    let other = [
        Kind::CallWebhook,
        Kind::ParallelWebhook,
        Kind::RunCustomAction,
        Kind::RunCustomFlow,
        Kind::Delay,
    ];
    !other.contains(&block.kind)
}

/// The slowest of a distribution of `latency`, by slug, then by kind; None where the time is fixed.
fn stated_ms(search: &Search, block: &Block) -> Option<u64> {
    let all = &search.workspace.settings.latency;
    let named = |name: &str| all.iter().find(|(key, _)| *key.value == *name);
    let (_, latency) = named(&block.slug.value).or_else(|| named(block.kind.name()))?;
    let slowest = match latency {
        Latency::Fixed(_) => return None,
        Latency::Percentiles { p99, .. } => *p99,
        Latency::Uniform(_, to) => *to,
        Latency::Samples(sorted) => *sorted.last()?,
    };
    is_stated(block).then_some(slowest)
}

fn late(base: &Base, trace: &Trace, one: &Placed) -> Option<Late> {
    let entry = trace.entry(&one.path)?;
    let (profile, document) = (&base.trial.world.profile, &base.trial.document);
    Late::of(one.block, entry, profile, document)
}

/// An action that neither fetches nor waits is as fast as it is.
fn waits(trace: &Trace, one: &Placed) -> bool {
    let entry = trace.entry(&one.path);
    one.block.kind != Kind::RunCustomAction
        || entry.is_some_and(|entry| !entry.calls.is_empty() || entry.duration_ms > 0)
}

fn took(trace: &Trace, path: &str) -> u64 {
    trace.entry(path).map_or(0, |entry| entry.duration_ms)
}

fn exhausts(search: &Search, base: &Base, faults: &Faults) -> bool {
    let outcome = attempt(&base.trial, &search.plain.program, faults);
    ending(&outcome) == Some(Ending::TimedOut)
}
