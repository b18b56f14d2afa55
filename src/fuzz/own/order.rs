//! Orders: every movable block before every other one of its list. What ends otherwise for the same user depends on
//! the order of the two blocks whose order was changed last. Locked blocks and terminals stay where they are.

use super::attempt::{Faults, Variant, attempt, ending};
use super::run::{Raw, sorted};
use super::search::{Base, Search, gets_in};
use super::{Kind, attempt::DENY};
use crate::flow::{Block, Flow};
use crate::scenario::{Edit, Place};
use crate::trace::{Ending, ErrorCode, Trace};
use crate::value::Text;

/// Two blocks that can change places with all that stands between them.
pub struct Swap {
    /// The one that stands first.
    pub first: Text,
    /// The one that stands behind it.
    pub second: Text,
    /// The second moved before the first.
    pub variant: Variant,
    /// The same, but not past the first; None where nothing stands between them.
    pub short: Option<usize>,
}

/// Every list of blocks that may move, outermost first.
pub fn movable(flow: &Flow) -> Vec<Vec<&Block>> {
    let mut lists = Vec::new();
    for stage in flow.stages.iter().filter(|stage| !stage.locked) {
        collect(flow, &stage.blocks, &mut lists);
    }
    lists
}

fn collect<'a>(flow: &Flow, blocks: &'a [Block], lists: &mut Vec<Vec<&'a Block>>) {
    let stays = |block: &Block| {
        let info = block.kind.info();
        info.terminal || (info.locked && &*flow.slug.value == "login")
    };
    // what stays parts the list: nothing moves past it
    for part in blocks.split(stays) {
        if part.len() > 1 {
            lists.push(part.iter().collect());
        }
    }
    for branch in blocks.iter().flat_map(Block::branches) {
        collect(flow, branch, lists);
    }
}

/// Both ways in which two blocks of a list can change their order: the second before the first, or the first behind
/// the second.
pub fn swaps(search: &Search) -> Vec<Swap> {
    let mut swaps: Vec<Swap> = Vec::new();
    let slug = |block: &&Block| block.slug.value.clone();
    for list in movable(search.flow) {
        for at in 0..list.len() {
            let mut short = None;
            for to in (0..at).rev() {
                let edit = edit(slug(&list[at]), Place::Before, slug(&list[to]));
                short = push(
                    search,
                    &mut swaps,
                    [slug(&list[to]), slug(&list[at])],
                    edit,
                    short,
                );
            }
            let mut short = None;
            for to in at + 1..list.len() {
                let edit = edit(slug(&list[at]), Place::After, slug(&list[to]));
                short = push(
                    search,
                    &mut swaps,
                    [slug(&list[at]), slug(&list[to])],
                    edit,
                    short,
                );
            }
        }
    }
    swaps
}

fn edit(moved: Text, place: Place, target: Text) -> Edit {
    Edit::Move {
        moved,
        place,
        target,
    }
}

fn push(
    search: &Search,
    swaps: &mut Vec<Swap>,
    [first, second]: [Text; 2],
    edit: Edit,
    short: Option<usize>,
) -> Option<usize> {
    let variant = Variant::of(search.flow, vec![edit], search.workspace)?;
    swaps.push(Swap {
        first,
        second,
        variant,
        short,
    });
    Some(swaps.len() - 1)
}

/// Every order in one world.
pub fn orders(search: &Search, swaps: &[Swap], base: &Base) -> (u64, Vec<Raw>) {
    let mut endings: Vec<Option<Ending>> = Vec::with_capacity(swaps.len());
    let mut found = Vec::new();
    let mut runs = 0;
    for swap in swaps {
        runs += 1;
        let outcome = attempt(&base.trial, &swap.variant.program, &Faults::new());
        let seen = ending(&outcome);
        endings.push(seen);
        let before = swap.short.map_or(Some(base.ending), |at| endings[at]);
        let Some(seen) = seen.filter(|seen| *seen != base.ending && before == Some(base.ending))
        else {
            continue;
        };
        found.push(Raw {
            number: runs,
            ..told(search, base, swap, seen, &outcome.trace)
        });
    }
    (runs, found)
}

fn told(search: &Search, base: &Base, swap: &Swap, seen: Ending, trace: &Trace) -> Raw {
    let blocks = vec![swap.second.clone(), swap.first.clone()];
    let unread = trace
        .error
        .as_ref()
        .is_some_and(|error| error.code == ErrorCode::Expression);
    let reads = unread && seen == Ending::Failed && relates(search, &swap.second, &swap.first);
    let kind = if reads {
        Kind::ReadsBeforeWrites
    } else {
        Kind::OrderDependence
    };
    let changes = gets_in(base.ending) != gets_in(seen);
    debug_assert!(trace.reason.as_deref() != Some(DENY));
    Raw {
        kind,
        key: sorted(&blocks, 0),
        rank: u8::from(!changes),
        number: 0,
        base: None,
        blocks,
        edits: swap.variant.edits.clone(),
        faults: Faults::new(),
        endings: [base.ending, seen],
    }
}

/// The pairs of blocks whose order these edits turn round, each sorted.
pub fn turned(flow: &Flow, edits: &[Edit]) -> Vec<Vec<Text>> {
    let mut edited = flow.clone();
    for edit in edits {
        edit.apply(&mut edited);
    }
    let order: Vec<Text> = edited
        .blocks()
        .iter()
        .map(|block| block.slug.value.clone())
        .collect();
    let at = |block: &Block| order.iter().position(|slug| *slug == block.slug.value);
    let mut pairs = Vec::new();
    for list in movable(flow) {
        for (place, first) in list.iter().enumerate() {
            let behind = list[place + 1..]
                .iter()
                .filter(|second| at(second) < at(first));
            pairs.extend(
                behind.map(|second| {
                    sorted(&[first.slug.value.clone(), second.slug.value.clone()], 0)
                }),
            );
        }
    }
    pairs
}

/// Whether a block, or one in its branches, reads what another wrote.
fn relates(search: &Search, reader: &str, writer: &str) -> bool {
    let (Some(reader), Some(writer)) = (search.flow.block(reader), search.flow.block(writer))
    else {
        return false;
    };
    let mut written = vec![&*writer.slug.value];
    inner(writer, &mut written);
    let looks_up = |block: &Block| block.kind == crate::flow::Kind::IdentityLookup;
    let mut readers = vec![reader];
    while let Some(block) = readers.pop() {
        let reads = block.reads.iter().any(|placed| {
            let path = &placed.read.path;
            match path.as_slice() {
                [root, slug, ..] if &**root == "step" => written.contains(&&**slug),
                [root, ..] if &**root == "custom" => {
                    writer.kind == crate::flow::Kind::RunCustomFlow
                }
                [root, user, ..] => &**root == "event" && &**user == "user" && looks_up(writer),
                _ => false,
            }
        });
        if reads {
            return true;
        }
        readers.extend(block.branches().into_iter().flatten());
    }
    false
}

fn inner<'a>(block: &'a Block, slugs: &mut Vec<&'a str>) {
    for one in block.branches().into_iter().flatten() {
        slugs.push(&one.slug.value);
        inner(one, slugs);
    }
}
