//! What one side does from a place on, as far as it is certain: the blocks that cost time or can be noticed. Two tails
//! are alike when nobody outside can tell them apart; the slugs of blocks and what goes to audit do not count.

use super::pair::Side;
use super::trial::{Choice, certain, needs_user};
use crate::check::ground::order::{arms, ends};
use crate::check::ground::subject::Subject;
use crate::flow::{Block, Config, Flow, FlowKind, Kind, Stage};

/// One step of a tail; a tail has one of the last three at its end, or a block that ends the run.
#[derive(Clone, Copy)]
pub enum Deed<'a> {
    /// A block runs.
    Runs(&'a Block),
    /// The run fails at a block.
    Fails(&'a Block),
    /// A decision, of which it is not certain how it goes.
    Decides(&'a Block),
    /// The flow is at its end.
    Ends,
}

/// What stands behind a place: the rest of a list, the list around it, and so on.
#[derive(Clone, Copy)]
pub struct Rest<'r, 'a> {
    /// The flow that it stands in.
    pub flow: &'a Flow,
    /// The rest of the list of blocks.
    pub blocks: &'a [Block],
    /// The stages behind it.
    pub stages: &'a [Stage],
    /// What comes then.
    pub then: Option<&'r Rest<'r, 'a>>,
}

/// Steps of a tail that are looked at.
const STEPS: usize = 200;

impl<'a> Rest<'_, 'a> {
    /// The lists of blocks, the next one last, each with its flow.
    pub fn lists(&self) -> Vec<(&'a Flow, &'a [Block])> {
        let mut lists = Vec::new();
        let mut rest = Some(self);
        while let Some(here) = rest {
            lists.push((here.flow, here.blocks));
            let stages = here.stages.iter().map(|stage| stage.blocks.as_slice());
            lists.extend(stages.map(|blocks| (here.flow, blocks)));
            rest = here.then;
        }
        lists.reverse();
        lists
    }
}

/// What a side does with these blocks and then with the rest.
pub fn tail<'a>(
    subject: &Subject<'a>,
    mut side: Side,
    blocks: &'a [Block],
    rest: &Rest<'_, 'a>,
) -> Vec<Deed<'a>> {
    let mut lists = rest.lists();
    lists.push((rest.flow, blocks));
    let mut deeds = Vec::new();
    while let Some((flow, blocks)) = lists.pop() {
        let Some((block, behind)) = blocks.split_first() else {
            continue;
        };
        lists.push((flow, behind));
        if !block.branches().is_empty() {
            match certain(subject, block, &side) {
                None => {
                    deeds.push(Deed::Decides(block));
                    return deeds;
                }
                Some(Choice::Fails) => {
                    deeds.push(Deed::Fails(block));
                    return deeds;
                }
                Some(Choice::Skip) => {}
                Some(Choice::Arm(at)) => {
                    let taken = arms(block).get(at).map(|arm| arm.blocks);
                    lists.extend(taken.map(|blocks| (flow, blocks)));
                }
            }
            continue;
        }
        if !side.is_found() && block.reads.iter().any(needs_user) {
            deeds.push(Deed::Fails(block));
            return deeds;
        }
        if block.kind == Kind::Allow && flow.kind == FlowKind::Custom {
            while lists
                .last()
                .is_some_and(|(other, _)| other.slug.value == flow.slug.value)
            {
                lists.pop();
            }
            continue;
        }
        deeds.push(Deed::Runs(block));
        if ends(block.kind, subject.profile) || refuses(block, &side) || deeds.len() == STEPS {
            return deeds;
        }
        side.tell(flow, block);
    }
    deeds.push(Deed::Ends);
    deeds
}

/// Whether a lookup denies this side.
pub fn refuses(block: &Block, side: &Side) -> bool {
    matches!(
        block.config,
        Config::IdentityLookup { must_exist, must_not_exist, .. }
            if must_exist && !side.is_found() || must_not_exist && side.is_found()
    )
}

/// Where two tails part, if they can be told apart.
pub fn parting<'a>(one: &[Deed<'a>], other: &[Deed<'a>]) -> Option<(Deed<'a>, Deed<'a>)> {
    let pairs = one.iter().zip(other);
    pairs
        .map(|(one, other)| (*one, *other))
        .find(|(one, other)| !alike(one, other))
}

fn alike(one: &Deed, other: &Deed) -> bool {
    match (one, other) {
        (Deed::Runs(one), Deed::Runs(other)) => std::ptr::eq(*one, *other) || same(one, other),
        (Deed::Decides(one), Deed::Decides(other)) => std::ptr::eq(*one, *other),
        (Deed::Fails(_), Deed::Fails(_)) | (Deed::Ends, Deed::Ends) => true,
        (Deed::Runs(_) | Deed::Decides(_) | Deed::Fails(_) | Deed::Ends, _) => false,
    }
}

/// Whether two blocks take the same time and show the user the same. Of most settings this is not known.
fn same(one: &Block, other: &Block) -> bool {
    let (
        Config::Deny {
            reason,
            user_message,
        },
        Config::Deny {
            reason: r,
            user_message: m,
        },
    ) = (&one.config, &other.config)
    else {
        let silent = matches!(one.config, Config::Plain | Config::LogEvent { .. });
        return silent && one.kind == other.kind;
    };
    reason == r && user_message == m
}
