//! What single faults and single moves do not show: several at once, in a random world. Whatever one of them shows by
//! itself is left out, so that what is found needs all of it.

use super::Kind;
use super::attempt::{Faults, Inject, Variant, attempt, ending};
use super::faults::{INJECTED, opens, reached};
use super::order::Swap;
use super::run::{Raw, sorted};
use super::search::{Base, Search, gets_in};
use crate::scenario::Edit;
use crate::trial::{below, dice, pick};
use std::collections::BTreeMap;

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

fn some_faults(
    search: &Search,
    base: &Base,
    count: usize,
    dice: &mut proptest::test_runner::TestRng,
) -> Faults {
    let reached = reached(&base.trace);
    let paths: Vec<_> = search
        .blocks
        .iter()
        .filter(|one| reached.contains(&*one.path))
        .collect();
    let mut faults = BTreeMap::new();
    for _ in 0..count {
        if let Some(one) = pick(dice, &paths) {
            let inject = pick(dice, &INJECTED).copied().unwrap_or(Inject::Error);
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
        let variant = Variant::of(search.flow, edits.to_vec(), search.workspace)?;
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
    })
}
