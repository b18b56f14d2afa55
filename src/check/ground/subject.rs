//! What the rules look at: flows and actions with lookups by slug, the profile, and where custom flows and
//! actions are put to use. Built once for all rules; judges nothing.

use crate::action::Action;
use crate::flow::{Block, Config, Flow, FlowKind, Stage};
use crate::profile::Profile;
use crate::text::Spanned;
use crate::value::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The workspace as the rules see it.
pub struct Subject<'a> {
    /// The flows that are right by themselves.
    pub flows: &'a [Arc<Flow>],
    /// The actions that are right by themselves.
    pub actions: &'a [Arc<Action>],
    /// The choices of the settings.
    pub profile: &'a Profile,
    /// Slugs of flows that exist but cannot be judged.
    pub broken_flows: BTreeSet<&'a str>,
    /// Slugs of actions that exist but cannot be judged.
    pub broken_actions: BTreeSet<&'a str>,
    /// Files could not be read, so that anything may be in them.
    pub incomplete: bool,
    flow_by_slug: BTreeMap<&'a str, &'a Flow>,
    action_by_slug: BTreeMap<&'a str, &'a Action>,
}

/// A custom flow inside a system flow.
#[derive(Clone, Copy)]
pub struct Embedding<'a> {
    /// The flow that embeds.
    pub outer: &'a Flow,
    /// Its `run_custom_flow` block.
    pub block: &'a Block,
    /// The flow as the block names it.
    pub name: &'a Spanned<Text>,
}

/// An action inside a flow.
#[derive(Clone, Copy)]
pub struct Attachment<'a> {
    /// The flow.
    pub flow: &'a Flow,
    /// The stage that the block stands in.
    pub stage: &'a Stage,
    /// The `run_custom_action` block.
    pub block: &'a Block,
    /// The action as the block names it.
    pub name: &'a Spanned<Text>,
}

impl<'a> Subject<'a> {
    /// Flows, actions and a profile, with nothing broken.
    pub fn new(
        flows: &'a [Arc<Flow>],
        actions: &'a [Arc<Action>],
        profile: &'a Profile,
    ) -> Subject<'a> {
        Subject {
            flows,
            actions,
            profile,
            broken_flows: BTreeSet::new(),
            broken_actions: BTreeSet::new(),
            incomplete: false,
            flow_by_slug: flows
                .iter()
                .map(|flow| (&*flow.slug.value, &**flow))
                .collect(),
            action_by_slug: actions
                .iter()
                .map(|action| (&*action.slug, &**action))
                .collect(),
        }
    }

    /// The flow with this slug.
    pub fn flow(&self, slug: &str) -> Option<&'a Flow> {
        self.flow_by_slug.get(slug).copied()
    }

    /// The action with this slug.
    pub fn action(&self, slug: &str) -> Option<&'a Action> {
        self.action_by_slug.get(slug).copied()
    }

    /// Whether this may be a flow that cannot be judged.
    pub fn may_be_flow(&self, slug: &str) -> bool {
        self.incomplete || self.broken_flows.contains(slug)
    }

    /// Whether this may be an action that cannot be judged.
    pub fn may_be_action(&self, slug: &str) -> bool {
        self.incomplete || self.broken_actions.contains(slug)
    }

    /// Whether a flow that cannot be judged might embed others.
    pub fn parents_unsure(&self) -> bool {
        self.incomplete || !self.broken_flows.is_empty()
    }

    /// The custom flow that a block runs, if it is one.
    pub fn nested(&self, block: &Block) -> Option<&'a Flow> {
        let Config::RunCustomFlow { flow } = &block.config else {
            return None;
        };
        self.flow(&flow.value)
            .filter(|flow| flow.kind == FlowKind::Custom)
    }

    /// The action that a block runs.
    pub fn attached(&self, block: &Block) -> Option<&'a Action> {
        let Config::RunCustomAction { action, .. } = &block.config else {
            return None;
        };
        self.action(&action.value)
    }

    /// Every `run_custom_flow` block, by flow and position.
    pub fn embeddings(&self) -> Vec<Embedding<'a>> {
        self.flows
            .iter()
            .flat_map(|flow| embeddings(flow))
            .collect()
    }

    /// Every `run_custom_action` block, by flow and position.
    pub fn attachments(&self) -> Vec<Attachment<'a>> {
        self.flows
            .iter()
            .flat_map(|flow| attachments(flow))
            .collect()
    }
}

/// The `run_custom_flow` blocks of one flow.
pub fn embeddings(outer: &Flow) -> Vec<Embedding<'_>> {
    let found = outer.blocks().into_iter().filter_map(|block| {
        let Config::RunCustomFlow { flow: name } = &block.config else {
            return None;
        };
        Some(Embedding { outer, block, name })
    });
    found.collect()
}

fn attachments(flow: &Flow) -> Vec<Attachment<'_>> {
    let mut found = Vec::new();
    for stage in &flow.stages {
        each_block(&stage.blocks, &mut |block| {
            if let Config::RunCustomAction { action: name, .. } = &block.config {
                found.push(Attachment {
                    flow,
                    stage,
                    block,
                    name,
                });
            }
        });
    }
    found
}

/// Visits blocks and those of their branches, in document order; depth is bounded when a flow is decoded.
pub fn each_block<'a>(blocks: &'a [Block], visit: &mut impl FnMut(&'a Block)) {
    for block in blocks {
        visit(block);
        for branch in block.branches() {
            each_block(branch, visit);
        }
    }
}

/// Whether an action may read something of this name: its source holds it, or reads state by computed names.
pub fn may_mention(action: &Action, name: &str) -> bool {
    let source = action.script.file().text();
    let computed = ["step[", "custom["].iter().any(|root| {
        source
            .match_indices(root)
            .any(|(at, _)| !source[at + root.len()..].starts_with(['\'', '"', '`']))
    });
    let whole = ["(step)", "(custom)", "(context)", "...step", "...custom"];
    source.contains(name) || computed || whole.iter().any(|whole| source.contains(whole))
}
