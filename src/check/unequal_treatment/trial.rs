//! What the two sides do at one decision. What it reads beside the two is tried out: absent, true, false, and the
//! values that it is compared with. A case in which the sides part is a proof; that there is none is not looked for.

use super::pair::{Pair, Side, of_user};
use crate::check::ground::order::{arms, may_skip};
use crate::check::ground::subject::Subject;
use crate::flow::{Block, PlacedRead};
use crate::value::{Text, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What a side does at a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// It takes this branch.
    Arm(usize),
    /// No branch matches, and it goes on behind (ORD-3).
    Skip,
    /// No branch matches, or an expression fails (ERR-6).
    Fails,
}

/// Cases of one decision that are tried.
pub const CASES: usize = 96;

/// Values of one path that are tried.
const VALUES: usize = 12;

/// What the unknown and the known do at a decision, in each case in which the known gets through it.
pub fn cases(subject: &Subject, block: &Block, pair: &Pair) -> BTreeSet<(Choice, Choice)> {
    let open = open_paths(block, &pair.known);
    let all: usize = open
        .values()
        .try_fold(1, |all: usize, values| all.checked_mul(values.len()))
        .unwrap_or(usize::MAX);
    let fails_for_unknown = block.reads.iter().any(needs_user);
    let mut found = BTreeSet::new();
    for case in 0..all.min(CASES) {
        let (mut unknown, mut known) = (pair.unknown.clone(), pair.known.clone());
        let mut digits = case;
        for (path, values) in &open {
            let value = values.get(digits % values.len()).cloned().flatten();
            digits /= values.len();
            let Some(value) = value else { continue };
            if !of_user(path) {
                unknown.put(path, value.clone());
            }
            known.put(path, value);
        }
        let (one, other) = (
            choice(subject, block, &unknown),
            choice(subject, block, &known),
        );
        let proven = one != Choice::Fails || fails_for_unknown;
        if other != Choice::Fails && proven {
            found.insert((one, other));
        }
    }
    found
}

/// What a side does at a decision where all that it reads is certain; None when that is not so.
pub fn certain(subject: &Subject, block: &Block, side: &Side) -> Option<Choice> {
    for (at, arm) in arms(block).iter().enumerate() {
        let Some(when) = arm.when else {
            return Some(Choice::Arm(at));
        };
        let open = |read: &crate::expr::Read| !side.is_certain(&read.path);
        let asks = |read: &crate::expr::Read| (read.has || read.guarded) && open(read);
        if when.reads().iter().any(asks) {
            return None;
        }
        match when.holds(side) {
            Ok(true) => return Some(Choice::Arm(at)),
            Ok(false) => {}
            Err(_) if when.reads().iter().any(open) => return None,
            Err(_) => return Some(Choice::Fails),
        }
    }
    Some(unmatched(subject, block))
}

/// Whether a read fails when there is no user.
pub fn needs_user(placed: &PlacedRead) -> bool {
    of_user(&placed.read.path) && !placed.read.guarded && !placed.read.has
}

fn choice(subject: &Subject, block: &Block, side: &Side) -> Choice {
    for (at, arm) in arms(block).iter().enumerate() {
        match arm.when.map_or(Ok(true), |when| when.holds(side)) {
            Ok(true) => return Choice::Arm(at),
            Ok(false) => {}
            Err(_) => return Choice::Fails,
        }
    }
    unmatched(subject, block)
}

fn unmatched(subject: &Subject, block: &Block) -> Choice {
    if may_skip(block, subject.profile) {
        Choice::Skip
    } else {
        Choice::Fails
    }
}

/// The paths whose values are not certain, with the values to try; None stands for an absent one. A prefix comes
/// before what is in it.
fn open_paths<'b>(block: &'b Block, known: &Side) -> BTreeMap<&'b [Text], Vec<Option<Value>>> {
    let mut open = BTreeMap::new();
    for placed in &block.reads {
        let read = &placed.read;
        if !known.is_certain(&read.path) {
            let plain = open.entry(read.path.as_slice()).or_insert(false);
            *plain |= !read.has && !read.guarded;
        }
    }
    let compared: Vec<(Vec<Text>, Value)> = arms(block)
        .iter()
        .filter_map(|arm| arm.when)
        .flat_map(|when| when.literals())
        .filter_map(|(path, value)| Some((path?, value)))
        .collect();
    let values = |path: &[Text], plain: bool| {
        let mut values: Vec<Option<Value>> = Vec::new();
        for (_, value) in compared.iter().filter(|(other, _)| other == path) {
            values.push(Some(value.clone()));
            let number = value.as_int();
            let around = number.map(|n| [n.saturating_sub(1), n.saturating_add(1)]);
            values.extend(around.into_iter().flatten().map(|n| Some(n.into())));
        }
        values.truncate(VALUES);
        if values.is_empty() {
            values.extend([Some(true.into()), Some(false.into())]);
        } else {
            values.push(Some("another".into()));
        }
        if !plain {
            values.push(None);
        }
        values
    };
    let paths = open.into_iter();
    paths
        .map(|(path, plain)| (path, values(path, plain)))
        .collect()
}
