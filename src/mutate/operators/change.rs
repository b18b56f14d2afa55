//! How a flow is changed: a clone of it, with one block or one list of blocks made another.

use super::super::mutant::{Broken, Change};
use super::Site;
use crate::expr::{Expr, Read};
use crate::flow::{Block, Branch, Config, Flow, PlacedRead, Webhook};
use crate::text::Span;
use crate::value::Text;
use std::sync::Arc;

/// What is said of a change.
pub struct Said {
    /// One sentence, without the block.
    pub what: String,
    /// What is written, in lines.
    pub before: Vec<String>,
    /// What would be written instead.
    pub after: Vec<String>,
    /// What holds as long as the flow is not broken so.
    pub promise: String,
}

impl Said {
    /// A setting that has another value.
    pub fn set(key: &str, from: &str, to: &str, promise: String) -> Said {
        Said {
            what: format!("{key} {from} → {to}"),
            before: vec![format!("{key}: {from}")],
            after: vec![format!("{key}: {to}")],
            promise,
        }
    }

    /// Something that is gone.
    pub fn gone(what: String, line: String, promise: String) -> Said {
        Said {
            what,
            before: vec![line],
            after: Vec::new(),
            promise,
        }
    }
}

impl Site<'_> {
    /// The slug of the block.
    pub fn slug(&self) -> &Text {
        &self.block.slug.value
    }

    /// The flow with the block changed, if it can be found.
    pub fn changed(&self, said: Said, change: impl FnOnce(&mut Block)) -> Option<Broken> {
        let mut flow = Flow::clone(self.flow);
        let block = flow.block_mut(self.slug())?;
        change(block);
        block.reads = reads(block);
        Some(self.broken(said, Change::Flow(Arc::new(flow))))
    }

    /// The flow with the list changed in which the block stands; the change is told its position.
    pub fn moved(&self, said: Said, change: impl FnOnce(&mut Vec<Block>, usize)) -> Option<Broken> {
        let mut flow = Flow::clone(self.flow);
        let mut stages = flow.stages.iter_mut();
        let (list, at) = stages.find_map(|stage| list_of(&mut stage.blocks, self.slug()))?;
        change(list, at);
        Some(self.broken(said, Change::Flow(Arc::new(flow))))
    }

    /// The block that follows in the same list.
    pub fn next(&self) -> Option<&Block> {
        let mut stages = self.flow.stages.iter();
        stages.find_map(|stage| after(&stage.blocks, self.slug()))
    }

    /// A change that is about the block.
    pub fn broken(&self, said: Said, change: Change) -> Broken {
        Broken {
            block: self.slug().clone(),
            span: self.block.span.clone(),
            what: format!("`{}`: {}", self.slug(), said.what),
            before: said.before,
            after: said.after,
            promise: said.promise,
            touches: vec![self.slug().clone()],
            change,
        }
    }
}

fn list_of<'a>(blocks: &'a mut Vec<Block>, slug: &str) -> Option<(&'a mut Vec<Block>, usize)> {
    if let Some(at) = blocks.iter().position(|block| &*block.slug.value == slug) {
        return Some((blocks, at));
    }
    let mut branches = blocks.iter_mut().flat_map(Block::branches_mut);
    branches.find_map(|branch| list_of(branch, slug))
}

fn after<'a>(blocks: &'a [Block], slug: &str) -> Option<&'a Block> {
    if let Some(at) = blocks.iter().position(|block| &*block.slug.value == slug) {
        return blocks.get(at + 1);
    }
    let mut branches = blocks.iter().flat_map(Block::branches);
    branches.find_map(|branch| after(branch, slug))
}

/// The branches of a decision; none of another block.
pub fn branches(block: &Block) -> &[Branch] {
    match &block.config {
        Config::Decision { branches } => branches,
        _ => &[],
    }
}

/// The same, to be changed.
pub fn branches_of(block: &mut Block) -> Option<&mut Vec<Branch>> {
    match &mut block.config {
        Config::Decision { branches } => Some(branches),
        _ => None,
    }
}

/// What the block reads after its change. Places inside expressions are those of the whole block.
fn reads(block: &Block) -> Vec<PlacedRead> {
    match &block.config {
        Config::Decision { branches } => {
            let whens = branches.iter().filter_map(|branch| branch.when.as_ref());
            whens.flat_map(|when| of(&when.value, &when.span)).collect()
        }
        Config::Condition { when, .. } => of(&when.value, &when.span),
        Config::Set { set } => {
            let values = set.iter().flat_map(|(_, value)| value.reads());
            placed(values.collect(), &block.span)
        }
        Config::RunCustomAction {
            config,
            config_span,
            ..
        } => placed(config.reads(), config_span),
        Config::ParallelWebhook { calls } => {
            let reads = calls.iter().flat_map(|(_, call)| webhook(call));
            placed(reads.collect(), &block.span)
        }
        Config::CallWebhook(call) => placed(webhook(call), &block.span),
        Config::Notify { to: Some(to), .. } | Config::SendEmail { to: Some(to), .. } => {
            placed(to.reads(), &block.span)
        }
        Config::LogEvent { data, .. } => placed(data.reads(), &block.span),
        _ => Vec::new(),
    }
}

fn of(expr: &Expr, span: &Span) -> Vec<PlacedRead> {
    placed(expr.reads().to_vec(), span)
}

fn placed(reads: Vec<Read>, span: &Span) -> Vec<PlacedRead> {
    let place = |read| PlacedRead {
        read,
        span: span.clone(),
    };
    reads.into_iter().map(place).collect()
}

fn webhook(call: &Webhook) -> Vec<Read> {
    let mut reads = call.url.reads();
    reads.extend(call.headers.iter().flat_map(|(_, value)| value.reads()));
    reads.extend(call.body.iter().flat_map(|body| body.reads()));
    reads
}
