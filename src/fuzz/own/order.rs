//! Orders: every movable block before every other one of its list. What ends otherwise for the same user depends on
//! the order of the two blocks whose order was changed last. Locked blocks and terminals
//! stay where they are.

use super::attempt::{Faults, Variant, attempt, ending};
use super::run::{Raw, sorted};
use super::search::{Base, Search, gets_in};
use super::{Kind, Safe};
use crate::flow::{Block, Config, Family, Flow, Kind as BlockKind};
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
        let locked = block.kind.info().locked && &*flow.slug.value == "login";
        locked || block.kind.info().terminal
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

/// Whether a terminal that lets somebody in stands in the branches of a block: what is moved behind it is skipped, as
/// everybody can see.
fn lets_in(search: &Search, slug: &str) -> bool {
    let succeeds = |block: &&Block| block.kind.info().terminal && block.kind != BlockKind::Deny;
    let block = search.flow.block(slug);
    block.is_some_and(|block| block.inside().iter().any(succeeds))
}

/// Both ways in which two blocks of a list can change their order: the second before the first, or the first behind
/// the second.
pub fn swaps(search: &Search) -> Vec<Swap> {
    let mut swaps: Vec<Swap> = Vec::new();
    let slug = |block: &&Block| block.slug.value.clone();
    for list in movable(&search.flow) {
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
    let variant = Variant::of(&search.flow, vec![edit], &search.workspace)?;
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
    let reads = |reader: &Text, writer: &Text| {
        let (reader, writer) = (search.flow.block(reader), search.flow.block(writer));
        reader
            .zip(writer)
            .is_some_and(|(reader, writer)| relates(search, reader, writer))
    };
    let in_order = reads(&swap.second, &swap.first);
    let too_early = reads(&swap.first, &swap.second) && !in_order;
    let unread = trace
        .error
        .as_ref()
        .is_some_and(|error| error.code == ErrorCode::Expression);
    // it may also read what another of the blocks wrote that it has passed
    let related = |pair: &Vec<Text>| {
        let [one, other] = pair.as_slice() else {
            return false;
        };
        reads(one, other) || reads(other, one)
    };
    let passed_what_it_reads = || {
        turned(&search.flow, &swap.variant.edits)
            .iter()
            .any(related)
    };
    // an expression that lacks a value keeps people out, and stands in the flow for everybody to see
    let lacks = unread && seen == Ending::Failed;
    let kind = if lacks && (in_order || passed_what_it_reads()) {
        Kind::ReadsBeforeWrites
    } else {
        Kind::OrderDependence
    };
    // in the order of the author they get in because a block reads too early what another writes
    let opens_now = too_early && gets_in(base.ending) && !gets_in(seen);
    let changes = gets_in(base.ending) != gets_in(seen);
    // the author's order is the right one, as everybody can read in the flow: the other one keeps people out
    let closes = gets_in(base.ending) && (in_order || lacks);
    let skips = gets_in(seen) && lets_in(search, &swap.second);
    let falls_back = gets_in(seen) && search.falls_back(base, trace, &swap.first);
    Raw {
        kind,
        key: sorted(&blocks, 0),
        rank: u8::from(!changes || skips || falls_back || (closes && !opens_now)),
        number: 0,
        base: None,
        blocks,
        edits: swap.variant.edits.clone(),
        faults: Faults::new(),
        endings: [base.ending, seen],
        safe: if opens_now { Safe::Other } else { Safe::Author },
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

/// Whether a block, or one in its branches, reads what another, or one in its branches, wrote.
fn relates(search: &Search, reader: &Block, writer: &Block) -> bool {
    let mut readers = vec![reader];
    readers.extend(reader.inside());
    for block in readers.clone() {
        if let Config::RunCustomFlow { flow } = &block.config {
            let nested = search.workspace.flow(&flow.value);
            readers.extend(nested.into_iter().flat_map(|flow| flow.blocks()));
        }
    }
    let mut writers = vec![writer];
    writers.extend(writer.inside());
    readers
        .iter()
        .any(|reader| writers.iter().any(|writer| reads(search, reader, writer)))
}

/// The second begins what the first ends.
const PAIRS: [(BlockKind, BlockKind); 4] = [
    (BlockKind::ChannelOtpVerify, BlockKind::ChannelOtpSend),
    (BlockKind::WebauthnFinish, BlockKind::WebauthnBegin),
    (BlockKind::VerificationCheck, BlockKind::VerificationSend),
    (BlockKind::SocialIdpCallback, BlockKind::SocialIdpRedirect),
];

fn reads(search: &Search, reader: &Block, writer: &Block) -> bool {
    let identity = matches!(
        writer.kind,
        BlockKind::IdentityLookup | BlockKind::IdentityCreate | BlockKind::SocialIdpCallback
    );
    let about_identity = matches!(
        reader.kind.info().family,
        Family::Auth | Family::Identity | Family::Session | Family::Notification
    );
    if identity && about_identity && reader.kind != BlockKind::Delay {
        return true;
    }
    if PAIRS.contains(&(reader.kind, writer.kind)) {
        return true;
    }
    reader.reads.iter().any(|placed| {
        let words: Vec<&str> = placed.read.path.iter().map(|word| &**word).collect();
        match words.as_slice() {
            ["step", slug, ..] => *slug == &*writer.slug.value,
            ["custom", ..] => writer.kind == BlockKind::RunCustomFlow,
            ["event", "authentication", "risk_score", ..] => writer.kind == BlockKind::RiskEvaluate,
            ["event", "authentication", ..] => writer.kind.info().family == Family::Auth,
            ["event", "user", "email_verified", ..] if verifies(writer) => true,
            ["event", "user", ..] => identity || changes_user(search, writer),
            _ => false,
        }
    })
}

/// A block that marks an address as the user's own.
fn verifies(block: &Block) -> bool {
    matches!(
        block.kind,
        BlockKind::EmailVerification | BlockKind::VerificationCheck
    )
}

/// A block that changes what `event.user` holds.
fn changes_user(search: &Search, block: &Block) -> bool {
    match &block.config {
        Config::Set { .. } => true,
        Config::RunCustomAction { action, .. } => search
            .workspace
            .action(&action.value)
            .is_some_and(|action| action.script.names("setAppMetadata")),
        _ => false,
    }
}
