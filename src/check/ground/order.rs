//! The order of a flow as far as it is known before it runs: the arms of its decisions, what ends a list of
//! blocks, and where one block stands as seen from another (ORD).

use super::subject::{Embedding, embeddings};
use crate::expr::Expr;
use crate::flow::{Block, Config, Flow, Kind};
use crate::profile::{PostSession, Profile, UnmatchedDecision};
use crate::text::Span;
use std::collections::BTreeMap;

/// Whether something happened on the way to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// On some ways.
    Sometimes,
    /// On every way.
    Always,
}

/// One branch of a `decision`, or one side of a `condition`.
pub struct Arm<'a> {
    /// Its name.
    pub name: &'a str,
    /// When it is taken; None for the default and for `else`.
    pub when: Option<&'a Expr>,
    /// Its blocks.
    pub blocks: &'a [Block],
    /// Where its name is written; the block for the sides of a condition.
    pub place: &'a Span,
}

/// The arms of a block; none for a block without branches.
pub fn arms(block: &Block) -> Vec<Arm<'_>> {
    if let Config::Decision { branches } = &block.config {
        return branches
            .iter()
            .map(|branch| Arm {
                name: &branch.name.value,
                when: branch.when.as_ref().map(|when| &*when.value),
                blocks: &branch.blocks,
                place: &branch.name.span,
            })
            .collect();
    }
    let Config::Condition {
        when,
        then,
        otherwise,
    } = &block.config
    else {
        return Vec::new();
    };
    let side = |name, when, blocks| Arm {
        name,
        when,
        blocks,
        place: &block.slug.span,
    };
    vec![
        side("then", Some(&*when.value), then),
        side("else", None, otherwise),
    ]
}

/// Whether a decision has a branch for everything: a default, or a last `when` that is plainly true.
pub fn has_default(block: &Block) -> bool {
    arms(block)
        .last()
        .is_some_and(|arm| arm.when.is_none_or(|when| when.source() == "true"))
}

/// Whether a decision that matches nothing goes on (ORD-3).
pub fn may_skip(block: &Block, profile: &Profile) -> bool {
    block.kind == Kind::Decision
        && profile.unmatched_decision == UnmatchedDecision::FallThrough
        && !has_default(block)
}

/// Whether nothing runs behind a block of this kind (ORD-4, ORD-5).
pub fn ends(kind: Kind, profile: &Profile) -> bool {
    let session = kind == Kind::IssueSession;
    kind.info().terminal && (!session || profile.post_session == PostSession::Stop)
}

/// Where a writer stands, as seen from a reader that it is not known to run before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It is the reader itself.
    Same,
    /// In a branch that the reader is not in.
    OtherBranch,
    /// Behind the reader.
    Later,
}

/// The blocks of a flow by slug, with their position and the branches around them.
pub struct Index<'a> {
    /// The custom flows that it runs.
    pub embeddings: Vec<Embedding<'a>>,
    by_slug: BTreeMap<&'a str, usize>,
    blocks: Vec<Standing<'a>>,
}

struct Standing<'a> {
    block: &'a Block,
    /// The block with branches around it, and which of its branches.
    inside: Option<(usize, usize)>,
}

impl<'a> Index<'a> {
    /// The index of a flow.
    pub fn new(flow: &'a Flow) -> Self {
        let mut index = Index {
            embeddings: embeddings(flow),
            by_slug: BTreeMap::new(),
            blocks: Vec::new(),
        };
        for stage in &flow.stages {
            index.add(&stage.blocks, None);
        }
        index
    }

    fn add(&mut self, blocks: &'a [Block], inside: Option<(usize, usize)>) {
        for block in blocks {
            let number = self.blocks.len();
            self.by_slug.entry(&block.slug.value).or_insert(number);
            self.blocks.push(Standing { block, inside });
            for (arm, branch) in block.branches().into_iter().enumerate() {
                self.add(branch, Some((number, arm)));
            }
        }
    }

    /// The block with this slug.
    pub fn block(&self, slug: &str) -> Option<&'a Block> {
        let number = *self.by_slug.get(slug)?;
        Some(self.blocks[number].block)
    }

    /// The slugs, sorted.
    pub fn slugs(&self) -> impl Iterator<Item = &'a str> {
        self.by_slug.keys().copied()
    }

    /// Where `writer` stands as seen from `reader`, both slugs of this flow.
    pub fn relation(&self, writer: &str, reader: &str) -> Relation {
        let (Some(writer), Some(reader)) = (self.by_slug.get(writer), self.by_slug.get(reader))
        else {
            return Relation::Later;
        };
        if writer == reader {
            return Relation::Same;
        }
        let around = self.around(*reader);
        let other = self
            .around(*writer)
            .into_iter()
            .any(|(decision, arm)| decision < *reader && !around.contains(&(decision, arm)));
        if other {
            Relation::OtherBranch
        } else {
            Relation::Later
        }
    }

    /// The branches around a block, innermost first.
    fn around(&self, number: usize) -> Vec<(usize, usize)> {
        let mut around = Vec::new();
        let mut inside = self.blocks[number].inside;
        while let Some(step) = inside {
            around.push(step);
            inside = self.blocks[step.0].inside;
        }
        around
    }
}
