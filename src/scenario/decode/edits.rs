//! `edits`: the flow as this scenario changes it. Blocks move within their stage; On error and mode can be set.

use super::Context;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Fields, suggestion};
use crate::flow::{Block, Config, Flow, Mode, OnError, Stage};
use crate::scenario::keys::EDIT;
use crate::text::Spanned;
use crate::value::Text;
use std::sync::Arc;

/// The edited flow; None when there are no edits.
pub fn decode(fields: &Fields, context: &mut Context) -> Option<Arc<Flow>> {
    let edits = fields.list("edits")?;
    let mut flow = Flow::clone(context.flow);
    for item in edits {
        let Some(fields) = Fields::open(item, &EDIT, context.diagnostics) else {
            continue;
        };
        match fields.exactly_one(&["move", "set"], context.diagnostics) {
            Some("move") => relocate(&fields, &mut flow, context.diagnostics),
            Some(_) => set(&fields, &mut flow, context.diagnostics),
            None => {}
        }
    }
    Some(Arc::new(flow))
}

/// `{ move: a, before: b }`
fn relocate(fields: &Fields, flow: &mut Flow, diagnostics: &mut Diagnostics) {
    refuse(fields, &["on_error", "mode"], "move", diagnostics);
    let place = fields.exactly_one(&["before", "after"], diagnostics);
    let (Some(place), Some(moved)) = (place, fields.spanned("move")) else {
        return;
    };
    let Some(target) = fields.spanned(place) else {
        return;
    };
    let stages = [&moved, &target].map(|slug| stage_of(flow, slug, diagnostics));
    let [Some(from), Some(to)] = stages else {
        return;
    };
    if from != to {
        let title = format!(
            "`{}` stands in stage `{}`, `{}` in stage `{}`",
            moved.value, flow.stages[from].name.value, target.value, flow.stages[to].name.value
        );
        diagnostics.push(
            Diagnostic::error("bad_edit", &moved.span, title).fix("move blocks within one stage"),
        );
        return;
    }
    let inside = moved.value == target.value
        || flow
            .block(&moved.value)
            .is_some_and(|block| holds(block, &target.value));
    if inside {
        let title = format!(
            "`{}` cannot move next to itself or into its own branches",
            moved.value
        );
        diagnostics.push(
            Diagnostic::error("bad_edit", &target.span, title).fix("name a block outside of it"),
        );
        return;
    }
    let blocks = &mut flow.stages[to].blocks;
    if let Some(block) = take(blocks, &moved.value) {
        put(
            blocks,
            &target.value,
            usize::from(place == "after"),
            &mut Some(block),
        );
    }
}

/// `{ set: a, on_error: halt }`
fn set(fields: &Fields, flow: &mut Flow, diagnostics: &mut Diagnostics) {
    refuse(fields, &["before", "after"], "set", diagnostics);
    let Some(slug) = fields.spanned("set") else {
        return;
    };
    if !fields.has("on_error") && !fields.has("mode") {
        diagnostics.push(
            Diagnostic::error("missing_key", &fields.head(), "the edit sets nothing")
                .fix("write `on_error:` or `mode:`"),
        );
    }
    let Some(stage) = stage_of(flow, &slug, diagnostics) else {
        return;
    };
    let Some(block) = find(&mut flow.stages[stage].blocks, &slug.value) else {
        return;
    };
    let info = block.kind.info();
    for (key, allowed) in [("on_error", info.on_error), ("mode", info.mode)] {
        if let (Some(span), false) = (fields.key_span(key), allowed) {
            let title = format!("`{}` is {}, which has no `{key}`", slug.value, info.name);
            diagnostics.push(
                Diagnostic::error("bad_edit", span, title)
                    .fix(format!("leave `{key}` out (ERR-3)")),
            );
        }
    }
    if let Some(on_error) = fields.pick("on_error", [OnError::Halt, OnError::Continue]) {
        block.on_error = on_error;
    }
    if let Some(mode) = fields.pick("mode", [Mode::Sync, Mode::FireAndForget]) {
        block.mode = mode;
    }
}

/// Keys of the other kind of edit.
fn refuse(fields: &Fields, keys: &[&str], beside: &str, diagnostics: &mut Diagnostics) {
    for key in keys {
        if let Some(span) = fields.key_span(key) {
            let title = format!("`{key}` cannot stand beside `{beside}`");
            diagnostics.push(
                Diagnostic::error("conflicting_keys", span, title)
                    .fix("write two edits, one after the other"),
            );
        }
    }
}

/// The stage in which a block stands, in branches too.
fn stage_of(flow: &Flow, slug: &Spanned<Text>, diagnostics: &mut Diagnostics) -> Option<usize> {
    let in_stage = |stage: &Stage| {
        stage
            .blocks
            .iter()
            .any(|block| block.slug.value == slug.value || holds(block, &slug.value))
    };
    let found = flow.stages.iter().position(in_stage);
    if found.is_none() {
        let known = flow.blocks();
        let title = format!("flow `{}` has no block `{}`", flow.slug.value, slug.value);
        diagnostics.push(
            Diagnostic::error("unknown_block", &slug.span, title)
                .fix(suggestion(
                    &slug.value,
                    known.iter().map(|block| &*block.slug.value),
                ))
                .related(&flow.slug.span, "the flow is here"),
        );
    }
    found
}

/// Whether a block stands in the branches of another.
fn holds(block: &Block, slug: &str) -> bool {
    block
        .branches()
        .into_iter()
        .flatten()
        .any(|inner| &*inner.slug.value == slug || holds(inner, slug))
}

fn branches_mut(block: &mut Block) -> Vec<&mut Vec<Block>> {
    match &mut block.config {
        Config::Decision { branches } => branches
            .iter_mut()
            .map(|branch| &mut branch.blocks)
            .collect(),
        Config::Condition {
            then, otherwise, ..
        } => vec![then, otherwise],
        _ => Vec::new(),
    }
}

fn find<'a>(blocks: &'a mut [Block], slug: &str) -> Option<&'a mut Block> {
    for block in blocks {
        if &*block.slug.value == slug {
            return Some(block);
        }
        for branch in branches_mut(block) {
            if let Some(found) = find(branch, slug) {
                return Some(found);
            }
        }
    }
    None
}

fn take(blocks: &mut Vec<Block>, slug: &str) -> Option<Block> {
    if let Some(at) = blocks.iter().position(|block| &*block.slug.value == slug) {
        return Some(blocks.remove(at));
    }
    blocks
        .iter_mut()
        .flat_map(branches_mut)
        .find_map(|branch| take(branch, slug))
}

/// Puts the block before (0) or after (1) the one with the slug.
fn put(blocks: &mut Vec<Block>, slug: &str, behind: usize, moved: &mut Option<Block>) {
    if let Some(at) = blocks.iter().position(|block| &*block.slug.value == slug) {
        if let Some(block) = moved.take() {
            blocks.insert(at + behind, block);
        }
        return;
    }
    for branch in blocks.iter_mut().flat_map(branches_mut) {
        if moved.is_some() {
            put(branch, slug, behind, moved);
        }
    }
}
