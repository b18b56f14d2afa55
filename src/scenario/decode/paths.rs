//! The blocks that a run of a flow can have, by path: its own, and those of the custom flows that it embeds.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::document::suggestion;
use crate::flow::{Block, Config, Flow, Kind};
use crate::text::Span;
use crate::value::Text;
use crate::workspace::Workspace;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every block by its full path.
pub struct Paths<'a>(BTreeMap<Text, &'a Block>);

/// Where a block may be named in a short way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// By its path, or by its slug where that is unique.
    PathOrSlug,
    /// By its path only.
    Path,
}

impl<'a> Paths<'a> {
    /// The blocks of a flow and of its custom flows; those do not nest (NEST-1).
    pub fn new(flow: &'a Flow, workspace: &'a Workspace) -> Self {
        let mut all = BTreeMap::new();
        for block in flow.blocks() {
            let slug = &block.slug.value;
            all.insert(slug.clone(), block);
            if let Config::RunCustomFlow { flow } = &block.config
                && let Some(nested) = nested(workspace, &flow.value)
            {
                for inner in nested.blocks() {
                    all.insert(Text::from(format!("{slug}/{}", inner.slug.value)), inner);
                }
            }
        }
        Paths(all)
    }

    /// The slugs of all blocks, nested ones too.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|block| &*block.slug.value)
    }

    /// Whether some block has this slug.
    pub fn has_slug(&self, slug: &str) -> bool {
        self.slugs().any(|known| known == slug)
    }

    fn with_slug(&self, slug: &str) -> Vec<&Text> {
        self.0
            .iter()
            .filter(|(_, block)| &*block.slug.value == slug)
            .map(|(path, _)| path)
            .collect()
    }
}

/// A custom flow, also one in which something is wrong: its blocks are known all the same.
fn nested<'a>(workspace: &'a Workspace, slug: &str) -> Option<&'a Arc<Flow>> {
    let broken = || {
        let mut broken = workspace.broken_flows.iter();
        broken.find(|flow| &*flow.slug.value == slug)
    };
    workspace.flow(slug).or_else(broken)
}

impl<'a> Context<'a> {
    /// The full path of a block and what it is; an error when there is no such block.
    pub fn block(
        &mut self,
        written: &str,
        span: &Span,
        naming: Naming,
    ) -> Option<(Text, &'a Block)> {
        if let Some((path, block)) = self.paths.0.get_key_value(written) {
            return Some((path.clone(), block));
        }
        let same_slug: Vec<Text> = self.paths.with_slug(written).into_iter().cloned().collect();
        match (same_slug.as_slice(), naming) {
            ([path], Naming::PathOrSlug) => {
                let block = self.paths.0.get(path)?;
                Some((path.clone(), block))
            }
            ([], _) => {
                self.unknown_block(written, span);
                None
            }
            (paths, _) => {
                let title = format!("`{written}` is the slug of a nested block, not its path");
                self.diagnostics.push(
                    Diagnostic::error("unknown_block", span, title)
                        .fix(suggestion(written, paths.iter().map(|path| &**path))),
                );
                None
            }
        }
    }

    fn unknown_block(&mut self, written: &str, span: &Span) {
        let flow = &self.flow.slug;
        let known = self.paths.0.keys().map(|path| &**path);
        let title = format!("flow `{}` has no block `{written}`", flow.value);
        self.diagnostics.push(
            Diagnostic::error("unknown_block", span, title)
                .fix(suggestion(written, known))
                .related(&flow.span, "the flow is here"),
        );
    }

    /// The path of a block by its path only.
    pub fn path(&mut self, written: &str, span: &Span) -> Option<Text> {
        self.block(written, span, Naming::Path)
            .map(|(path, _)| path)
    }

    /// Whether blocks of a kind compute their result, so that it can be scripted.
    pub fn is_scriptable(kind: Kind) -> bool {
        !kind.info().terminal
            && !matches!(kind, Kind::Decision | Kind::Condition | Kind::RunCustomFlow)
    }
}
