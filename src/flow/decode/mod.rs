//! A flow file to a `Flow`: every key checked, slugs derived, expressions and templates parsed. What needs other
//! files (availability, references, reads) is the business of `check`.

mod block;
mod branch;
mod config;
mod expression;
mod shapes;
mod slugs;
mod webhook;

pub use shapes::{
    BLOCK as BLOCK_SHAPE, FLOW as FLOW_SHAPE, call as call_shape, config as config_shape,
};

use super::catalogue::SYSTEM_FLOWS;
use super::model::{Allowance, Allowed, Flow, FlowKind, FlowStatus, Stage};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Fields, Node, kebab, listed, nearest};
use crate::text::{Span, Spanned};
use crate::value::Text;
use block::Blocks;
use std::collections::BTreeMap;

/// A flow as far as it could be read.
#[derive(Debug)]
pub struct Decoded {
    /// The flow; blocks of unknown kinds are left out of one that is not sound.
    pub flow: Flow,
    /// Whether nothing was wrong with it.
    pub sound: bool,
}

/// Decodes a flow. None when not even its slug can be told; everything wrong is reported.
pub fn decode_flow(node: &Node, diagnostics: &mut Diagnostics) -> Option<Decoded> {
    let mut found = Diagnostics::default();
    let flow = flow(node, &mut found);
    let sound = !found.has_errors();
    diagnostics.extend(found.into_sorted());
    flow.map(|flow| Decoded { flow, sound })
}

fn flow(node: &Node, diagnostics: &mut Diagnostics) -> Option<Flow> {
    let fields = Fields::open(node, &shapes::FLOW, diagnostics)?;
    let kind = fields
        .pick("kind", [FlowKind::System, FlowKind::Custom])
        .unwrap_or(FlowKind::Custom);
    let stages = stages(fields.list("stages").unwrap_or_default(), diagnostics);
    let allow = fields
        .list("allow")
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| allowance(entry, diagnostics))
        .collect();
    let slug = fields.spanned("flow")?;
    if !fields.has("kind") || fields.node("kind").is_some() {
        check_slug(&slug, kind, diagnostics);
    }
    Some(Flow {
        slug,
        kind,
        name: fields.text("name"),
        status: status(&fields, kind, diagnostics),
        stages,
        allow,
    })
}

/// A system flow is one of eight, and a custom flow none of them.
fn check_slug(slug: &Spanned<Text>, kind: FlowKind, diagnostics: &mut Diagnostics) {
    let name = &*slug.value;
    match (kind, SYSTEM_FLOWS.contains(&name)) {
        (FlowKind::System, false) => {
            let known = listed(SYSTEM_FLOWS.iter().copied());
            let near = nearest(name, SYSTEM_FLOWS.iter().copied())
                .map_or(String::new(), |near| format!("did you mean `{near}`? "));
            diagnostics.push(
                Diagnostic::error(
                    "unknown_flow",
                    &slug.span,
                    format!("`{name}` is no system flow"),
                )
                .fix(format!(
                    "{near}the system flows are {known}; a flow of your own is `kind: custom`"
                )),
            );
        }
        (FlowKind::Custom, true) => diagnostics.push(
            Diagnostic::error(
                "reserved_slug",
                &slug.span,
                format!("`{name}` is a system flow, but this one is custom"),
            )
            .fix("write `kind: system`, or give the custom flow another slug"),
        ),
        (FlowKind::System, true) | (FlowKind::Custom, false) => {}
    }
}

/// A system flow is live.
fn status(fields: &Fields, kind: FlowKind, diagnostics: &mut Diagnostics) -> FlowStatus {
    let written = fields.pick("status", [FlowStatus::Draft, FlowStatus::Published]);
    match (kind, written) {
        (FlowKind::Custom, written) => written.unwrap_or(FlowStatus::Draft),
        (FlowKind::System, Some(FlowStatus::Draft)) => {
            if let Some(span) = fields.key_span("status") {
                diagnostics.push(
                    Diagnostic::warning("no_effect", span, "a system flow is always live")
                        .fix("remove `status`"),
                );
            }
            FlowStatus::Published
        }
        (FlowKind::System, Some(FlowStatus::Published) | None) => FlowStatus::Published,
    }
}

fn stages(nodes: &[Node], diagnostics: &mut Diagnostics) -> Vec<Stage> {
    let mut blocks = Blocks::new(diagnostics);
    let mut stages: Vec<Stage> = Vec::new();
    for node in nodes {
        let Some(fields) = Fields::open(node, &shapes::STAGE, blocks.diagnostics) else {
            continue;
        };
        let inside = blocks.list(fields.list("blocks").unwrap_or_default());
        let Some(name) = fields.spanned("stage") else {
            continue;
        };
        stages.push(Stage {
            slug: Text::from(kebab(&name.value)),
            name,
            locked: fields.bool("locked").unwrap_or(false),
            blocks: inside,
        });
    }
    blocks.check_slugs();
    check_stages(&stages, diagnostics);
    stages
}

/// Stages are told apart by their names in kebab-case, as triggers write them.
fn check_stages(stages: &[Stage], diagnostics: &mut Diagnostics) {
    let mut first: BTreeMap<&str, &Span> = BTreeMap::new();
    for stage in stages {
        let name = &stage.name;
        if name.value.trim().is_empty() {
            diagnostics.push(
                Diagnostic::error("bad_slug", &name.span, "a stage needs a name").fix("write one"),
            );
        }
        // a name without a single letter of ASCII has no slug
        let key = if stage.slug.is_empty() {
            &name.value
        } else {
            &stage.slug
        };
        let Some(other) = first.get(&**key) else {
            first.insert(key, &name.span);
            continue;
        };
        diagnostics.push(
            Diagnostic::error(
                "duplicate_name",
                &name.span,
                format!("a stage `{key}` is already there"),
            )
            .fix("give one of the two another name, or put their blocks into one stage")
            .related(other, "the first one"),
        );
    }
}

fn allowance(node: &Node, diagnostics: &mut Diagnostics) -> Option<Allowance> {
    let fields = Fields::open(node, &shapes::ALLOW, diagnostics)?;
    let which = fields.exactly_one(&["lint", "fault"], diagnostics)?;
    let code = fields.text(which)?;
    let reason = fields.text("reason")?;
    if reason.trim().is_empty() {
        let span = &fields.node("reason")?.span;
        diagnostics.push(
            Diagnostic::error("missing_key", span, "the reason is empty")
                .fix("write why the finding is accepted"),
        );
    }
    Some(Allowance {
        what: if which == "lint" {
            Allowed::Lint(code)
        } else {
            Allowed::Fault(code)
        },
        at: fields.text("at")?,
        reason,
        span: node.head(),
    })
}

#[cfg(test)]
mod tests;
