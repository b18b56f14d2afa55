//! Branches that are gone, empty, or asked in the wrong order. In a locked stage no block is removed, so that only an
//! empty branch can be lost there.

use super::super::mutant::Broken;
use super::Site;
use super::change::{Said, branches, branches_of};
use crate::flow::{Block, Branch, Config};
use crate::value::Text;

/// A branch of a decision is gone; its default is another operator's.
pub fn dropped(site: &Site) -> Vec<Broken> {
    let all = branches(site.block);
    let lost = all.iter().enumerate().filter(|(_, branch)| {
        branch.when.is_some() && all.len() > 1 && may_lose(site, &branch.blocks)
    });
    lost.filter_map(|(at, branch)| site.loses(at, branch))
        .collect()
}

/// ORD-3: nothing is taken when nothing matches.
pub fn without_default(site: &Site) -> Vec<Broken> {
    let all = branches(site.block);
    let default = all.iter().enumerate().filter(|(_, branch)| {
        branch.when.is_none() && all.len() > 1 && may_lose(site, &branch.blocks)
    });
    default
        .filter_map(|(at, branch)| site.loses(at, branch))
        .collect()
}

/// A branch, `then` or `else` that has blocks has none: it falls through (ORD-2).
pub fn emptied(site: &Site) -> Vec<Broken> {
    let mut found = Vec::new();
    for (at, list) in site.block.branches().into_iter().enumerate() {
        if list.is_empty() || !may_lose(site, list) {
            continue;
        }
        let name = name_of(site.block, at);
        let slugs: Vec<&str> = list.iter().map(|block| &*block.slug.value).collect();
        let said = Said {
            what: format!("`{name}` has no blocks"),
            before: vec![format!("{name}: [{}]", slugs.join(", "))],
            after: vec![format!("{name}: []")],
            promise: format!("`{name}` of `{}` runs its blocks", site.slug()),
        };
        found.extend(site.changed(said, |block| {
            if let Some(list) = block.branches_mut().into_iter().nth(at) {
                list.clear();
            }
        }));
    }
    found
}

/// Two branches are asked in the other order; the default stands last.
pub fn swapped(site: &Site) -> Vec<Broken> {
    let mut found = Vec::new();
    for (at, pair) in branches(site.block).windows(2).enumerate() {
        let [first, second] = pair else { continue };
        if second.when.is_none() || site.locked {
            continue;
        }
        let (one, two) = (&first.name.value, &second.name.value);
        let said = Said {
            what: format!("branch `{one}` is asked behind `{two}`"),
            before: vec![line(first), line(second)],
            after: vec![line(second), line(first)],
            promise: format!("`{}` asks for `{one}` before `{two}`", site.slug()),
        };
        let broken = site.changed(said, |block| {
            if let Some(branches) = branches_of(block) {
                branches.swap(at, at + 1);
            }
        });
        found.extend(broken.map(|broken| Broken {
            span: first.name.span.clone(),
            ..broken
        }));
    }
    found
}

impl Site<'_> {
    fn loses(&self, at: usize, branch: &Branch) -> Option<Broken> {
        let name = &branch.name.value;
        let what = match branch.when {
            Some(_) => format!("branch `{name}` removed"),
            None => format!("default branch `{name}` removed"),
        };
        let said = Said::gone(
            what,
            line(branch),
            format!("`{}` has a branch `{name}`", self.slug()),
        );
        let mut broken = self.changed(said, |block| {
            if let Some(branches) = branches_of(block) {
                branches.remove(at);
            }
        })?;
        broken.span = branch.name.span.clone();
        Some(broken)
    }
}

fn may_lose(site: &Site, blocks: &[Block]) -> bool {
    blocks.is_empty() || !site.locked
}

fn name_of(block: &Block, at: usize) -> Text {
    match &block.config {
        Config::Decision { branches } => branches[at].name.value.clone(),
        _ => Text::from(if at == 0 { "then" } else { "else" }),
    }
}

fn line(branch: &Branch) -> String {
    match &branch.when {
        Some(when) => format!(
            "- {{ branch: {}, when: {} }}",
            branch.name.value,
            when.value.source()
        ),
        None => format!("- {{ branch: {}, default: true }}", branch.name.value),
    }
}
