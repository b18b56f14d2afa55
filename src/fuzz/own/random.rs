//! What single faults and single moves do not show: several at once, in a random world. Whatever one of them shows by
//! itself is left out, so that what is found needs all of it.

use super::attempt::{Faults, Inject, Variant, attempt, ending, faulted, with};
use super::faults::{INJECTED, opens, reached};
use super::order::Swap;
use super::run::{Raw, sorted};
use super::search::{Base, Search, gets_in};
use super::{Disagreement, Kind};
use crate::engine::Program;
use crate::flow::{Block, Config, Flow, Kind as BlockKind, Mode as BlockMode, OnError};
use crate::fuzz::{Arranged, Mode, Share, judge_arranged};
use crate::scenario::Edit;
use crate::trace::Trace;
use crate::trial::{below, dice, pick};
use proptest::test_runner::TestRng;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One case: a function of the seed and its number.
pub fn case(search: &Search, swaps: &[Swap], seed: u64, number: u64) -> Vec<Raw> {
    let mut dice = dice(seed, number);
    let Some(base) = pick(&mut dice, &search.worlds) else {
        return Vec::new();
    };
    let found = match below(&mut dice, 3) {
        0 => {
            let count = 2 + below(&mut dice, 2);
            let faults = some_faults(search, base, count, &mut dice);
            together(search, base, &faults)
        }
        1 => {
            let moves = 2 + below(&mut dice, 2);
            let picked: Vec<&Swap> = (0..moves).filter_map(|_| pick(&mut dice, swaps)).collect();
            reordered(search, base, &picked, &Faults::new())
        }
        _ => {
            let picked: Vec<&Swap> = pick(&mut dice, swaps).into_iter().collect();
            let faults = some_faults(search, base, 1, &mut dice);
            reordered(search, base, &picked, &faults)
        }
    };
    found.into_iter().map(|raw| Raw { number, ..raw }).collect()
}

/// The flow with settings toggled, actions switched off and faults injected: what must hold of every flow holds of it,
/// and the reference agrees. What is found here is a fault of flowproof.
pub fn promises(search: &Search, swaps: &[Swap], seed: u64, number: u64) -> Option<Disagreement> {
    let mut dice = dice(seed, number);
    let dice = &mut dice;
    let base = pick(dice, &search.worlds)?;
    let mut edits: Vec<Edit> = Vec::new();
    if below(dice, 2) == 0 {
        let swap = pick(dice, swaps).into_iter();
        edits.extend(swap.flat_map(|swap| swap.variant.edits.clone()));
    }
    let all = search.flow.blocks();
    for _ in 0..below(dice, 3) {
        edits.extend(pick(dice, &all).and_then(|block| toggled(block)));
    }
    let count = below(dice, 3);
    let faults = some_faults(search, base, count, dice);
    let mut world = faulted(&base.trial.world, &faults);
    if let Some(one) = pick(dice, &search.blocks())
        && one.block.kind == BlockKind::RunCustomAction
    {
        let fault = world.faults.entry(one.path.clone()).or_default();
        fault.disabled = true;
    }
    let mut scenario = base.trial.scenario.clone();
    let mut flow = Flow::clone(&search.flow);
    edits.iter().for_each(|edit| edit.apply(&mut flow));
    scenario.flow = Arc::new(flow);
    let program = Program::link(&scenario.flow, &*search.workspace).ok()?;
    let arranged = Arranged {
        workspace: search.workspace.clone(),
        scenario,
        world: Arc::new(world),
        program,
    };
    // what the reference says of a request that no mock answers is in other words
    let outcome = base.trial.run(&arranged.program, &arranged.world);
    ending(&outcome)?;
    let mode = if hears_why(&outcome.trace) || rolls_dice(search) {
        Mode::Wild
    } else {
        Mode::Typed
    };
    let said = judge_arranged(&arranged, mode, Share::Trace);
    (!said.is_empty()).then(|| Disagreement {
        number,
        said,
        document: with(&base.trial.document, &edits, &faults),
    })
}

/// Whether an action heard why a call failed: it may log or write that in the engine's words, and the reference has
/// its own.
fn hears_why(trace: &Trace) -> bool {
    let mut entries = trace.preorder().into_iter();
    entries.any(|entry| {
        let is_action = entry.kind == BlockKind::RunCustomAction;
        is_action && entry.calls.iter().any(|call| call.fault.is_some())
    })
}

/// Whether an action reads random values: only the engine knows its streams.
fn rolls_dice(search: &Search) -> bool {
    let mut actions = search
        .blocks()
        .into_iter()
        .filter_map(|one| match &one.block.config {
            Config::RunCustomAction { action, .. } => search.workspace.action(&action.value),
            _ => None,
        });
    actions.any(|action| action.script.names("random") || action.script.names("crypto"))
}

/// The other On error, or the other mode, where the kind has one.
fn toggled(block: &Block) -> Option<Edit> {
    let info = block.kind.info();
    let on_error = match block.on_error {
        OnError::Halt => OnError::Continue,
        OnError::Continue => OnError::Halt,
    };
    let mode = match block.mode {
        BlockMode::Sync => BlockMode::FireAndForget,
        BlockMode::FireAndForget => BlockMode::Sync,
    };
    (info.on_error || info.mode).then(|| Edit::Set {
        block: block.slug.value.clone(),
        on_error: info.on_error.then_some(on_error),
        mode: info.mode.then_some(mode),
    })
}

fn some_faults(search: &Search, base: &Base, count: usize, dice: &mut TestRng) -> Faults {
    let reached = reached(&base.trace);
    let paths: Vec<_> = search
        .blocks()
        .into_iter()
        .filter(|one| reached.contains(&*one.path))
        .collect();
    let mut faults = BTreeMap::new();
    for _ in 0..count {
        if let Some(one) = pick(dice, &paths) {
            let inject = pick(dice, &INJECTED).cloned().unwrap_or(Inject::Error);
            faults.insert(one.path.clone(), inject);
        }
    }
    faults
}

/// Faults that open only together.
fn together(search: &Search, base: &Base, faults: &Faults) -> Option<Raw> {
    if faults.len() < 2 || gets_in(base.ending) {
        return None;
    }
    let mut raw = opens(search, base, faults.clone())?;
    let paths: Vec<_> = faults.keys().cloned().collect();
    let mut faults = faults.clone();
    for path in paths {
        let mut fewer = faults.clone();
        fewer.remove(&path);
        if let Some(smaller) = opens(search, base, fewer.clone()) {
            (raw, faults) = (smaller, fewer);
        }
    }
    // one alone has been met by itself
    (faults.len() > 1).then_some(raw)
}

/// Moves, or a move and a fault, that end otherwise only together.
fn reordered(search: &Search, base: &Base, picked: &[&Swap], faults: &Faults) -> Option<Raw> {
    let edits: Vec<Edit> = picked
        .iter()
        .flat_map(|swap| swap.variant.edits.clone())
        .collect();
    if edits.len() + faults.len() < 2 {
        return None;
    }
    let run = |edits: &[Edit], faults: &Faults| {
        let variant = Variant::of(&search.flow, edits.to_vec(), &search.workspace)?;
        ending(&attempt(&base.trial, &variant.program, faults))
    };
    let before = run(&[], faults)?;
    let seen = run(&edits, faults)?;
    // a fault stops the run here or there: only who gets in is worth a word
    let opens = gets_in(seen) && !gets_in(before) && !gets_in(base.ending);
    if !opens {
        return None;
    }
    let by_itself = |swap: &&Swap| {
        let alone = swap.variant.edits.clone();
        run(&alone, &Faults::new()).is_some_and(gets_in)
    };
    let by_fault = !faults.is_empty() && run(&[], faults).is_some_and(gets_in);
    if by_fault || picked.iter().any(by_itself) {
        return None;
    }
    let mut blocks: Vec<_> = picked
        .iter()
        .flat_map(|swap| [swap.second.clone(), swap.first.clone()])
        .collect();
    blocks.dedup();
    blocks.extend(faults.keys().cloned());
    Some(Raw {
        kind: Kind::OrderDependence,
        key: sorted(&blocks, 2),
        rank: 0,
        number: 0,
        base: None,
        blocks,
        edits,
        faults: faults.clone(),
        endings: [before, seen],
        safe: super::Safe::Author,
    })
}
