//! Blocks that are gone, or in the wrong order. Those of a locked stage are the platform's: they stay.

use super::super::mutant::{Broken, Change};
use super::change::Said;
use super::{Site, with_inner};
use crate::flow::{Block, Flow};
use crate::value::Text;
use std::sync::Arc;

/// The block is gone, with everything inside it.
pub fn dropped(site: &Site) -> Vec<Broken> {
    if site.locked {
        return Vec::new();
    }
    let what = match site.block.branches().iter().map(|list| list.len()).sum() {
        0_usize => "removed".to_owned(),
        1 => "removed, with the block inside it".to_owned(),
        count => format!("removed, with the {count} blocks inside it"),
    };
    let said = Said::gone(what, written(site.block), format!("`{}` runs", site.slug()));
    let remove = |list: &mut Vec<Block>, at: usize| drop(list.remove(at));
    site.moved(said, remove).into_iter().collect()
}

/// The block changes places with the next one of its list.
pub fn swapped(site: &Site) -> Vec<Broken> {
    let Some(next) = site.next().filter(|_| !site.locked) else {
        return Vec::new();
    };
    let (first, second) = (written(site.block), written(next));
    let said = Said {
        what: format!("stands behind `{}`", next.slug.value),
        before: vec![first.clone(), second.clone()],
        after: vec![second, first],
        promise: format!("`{}` runs before `{}`", site.slug(), next.slug.value),
    };
    let swap = |list: &mut Vec<Block>, at: usize| list.swap(at, at + 1);
    let found = site.moved(said, swap).map(|mut broken| {
        broken.touches.push(next.slug.value.clone());
        broken
    });
    found.into_iter().collect()
}

/// All terminals are gone; told once, at the first of several.
pub fn endless(site: &Site) -> Vec<Broken> {
    let unlocked = site.flow.stages.iter().filter(|stage| !stage.locked);
    let terminals: Vec<&Block> = unlocked
        .flat_map(|stage| with_inner(&stage.blocks))
        .filter(|block| block.kind.info().terminal)
        .collect();
    let is_first = terminals
        .first()
        .is_some_and(|first| first.slug.value == *site.slug());
    if !is_first || terminals.len() < 2 {
        return Vec::new();
    }
    let slugs: Vec<Text> = terminals
        .iter()
        .map(|block| block.slug.value.clone())
        .collect();
    let mut flow = Flow::clone(site.flow);
    for stage in flow.stages.iter_mut().filter(|stage| !stage.locked) {
        without(&mut stage.blocks, &slugs);
    }
    let said = Said {
        what: match slugs.len() {
            2 => "removed, and the other terminal too".to_owned(),
            count => format!("removed, and the other {} terminals too", count - 1),
        },
        before: terminals.iter().map(|block| written(block)).collect(),
        after: Vec::new(),
        promise: "every way through the flow ends at a terminal".to_owned(),
    };
    let mut broken = site.broken(said, Change::Flow(Arc::new(flow)));
    broken.touches = slugs;
    vec![broken]
}

fn without(blocks: &mut Vec<Block>, slugs: &[Text]) {
    blocks.retain(|block| !slugs.contains(&block.slug.value));
    for list in blocks.iter_mut().flat_map(Block::branches_mut) {
        without(list, slugs);
    }
}

/// A block as an author would refer to it in a diff.
fn written(block: &Block) -> String {
    let (kind, slug) = (block.kind, &block.slug.value);
    if **slug == kind.default_slug() {
        format!("- block: {}", kind.name())
    } else {
        format!("- {{ block: {}, slug: {slug} }}", kind.name())
    }
}
