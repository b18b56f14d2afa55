//! The blocks of two runs laid beside one another: which changed, which ran in one of them only, which moved.

use crate::snapshot::outline::{Outline, Step};
use std::collections::{BTreeMap, BTreeSet};

/// One block that did something else.
#[derive(Debug)]
pub struct Difference<'a> {
    /// What is different.
    pub what: What<'a>,
}

/// What is different about a block.
#[derive(Debug)]
pub enum What<'a> {
    /// It ran before only.
    Gone(&'a Step),
    /// It runs now only.
    New(&'a Step),
    /// It runs at another place in the order.
    Moved(&'a Step),
    /// It ran before and runs now, and did something else.
    Changed(&'a Step, &'a Step),
}

impl Difference<'_> {
    /// The path of the block.
    pub fn path(&self) -> &str {
        match self.what {
            What::Gone(step) | What::New(step) | What::Moved(step) | What::Changed(_, step) => {
                &step.path
            }
        }
    }
}

/// Every difference, in the order in which the blocks started. As few blocks as possible are told to have moved.
pub fn differences<'a>(before: &'a Outline, after: &'a Outline) -> Vec<Difference<'a>> {
    let was = positions(before);
    let is = positions(after);
    let places: Vec<Option<usize>> = after
        .steps
        .iter()
        .map(|step| was.get(step.path.as_str()).copied())
        .collect();
    let stayed = longest_rise(&places);
    let mut found = Vec::new();
    let mut old = 0;
    for (step, place) in after.steps.iter().zip(places) {
        found.extend(gone(before, &mut old, &stayed, &is));
        let Some((place, same)) = place.and_then(|at| Some((at, before.steps.get(at)?))) else {
            found.push(What::New(step));
            continue;
        };
        if stayed.contains(&place) {
            old = place + 1;
        } else {
            found.push(What::Moved(step));
        }
        if same != step {
            found.push(What::Changed(same, step));
        }
    }
    found.extend(gone(before, &mut old, &stayed, &is));
    found.into_iter().map(|what| Difference { what }).collect()
}

/// Where each block stands. A block runs once.
fn positions(outline: &Outline) -> BTreeMap<&str, usize> {
    let steps = outline.steps.iter().enumerate();
    steps.map(|(at, step)| (step.path.as_str(), at)).collect()
}

/// The blocks of the old run, up to the next that stayed, that run no more.
fn gone<'a>(
    before: &'a Outline,
    old: &mut usize,
    stayed: &BTreeSet<usize>,
    is: &BTreeMap<&str, usize>,
) -> Vec<What<'a>> {
    let mut found = Vec::new();
    while let Some(step) = before.steps.get(*old).filter(|_| !stayed.contains(old)) {
        if !is.contains_key(step.path.as_str()) {
            found.push(What::Gone(step));
        }
        *old += 1;
    }
    found
}

/// The longest row of places that stand in their old order; of several that are as long, the one that ends first.
fn longest_rise(places: &[Option<usize>]) -> BTreeSet<usize> {
    // the smallest last place of a row of each length, and what stood before each place in its row
    let mut last: Vec<usize> = Vec::new();
    let mut before: BTreeMap<usize, usize> = BTreeMap::new();
    for place in places.iter().flatten() {
        let length = last.partition_point(|end| end < place);
        if let Some(previous) = length.checked_sub(1).and_then(|at| last.get(at)) {
            before.insert(*place, *previous);
        }
        match last.get_mut(length) {
            Some(end) => *end = *place,
            None => last.push(*place),
        }
    }
    let mut row = BTreeSet::new();
    let mut place = last.last().copied();
    while let Some(at) = place {
        row.insert(at);
        place = before.get(&at).copied();
    }
    row
}
