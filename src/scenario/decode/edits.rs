//! `edits`: the flow as this scenario changes it. Blocks move within their stage; On error and mode can be set.

use super::Context;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Fields, suggestion};
use crate::flow::{Flow, Mode, OnError, Stage};
use crate::scenario::edit::{Edit, Place};
use crate::scenario::keys::EDIT;
use crate::text::Spanned;
use crate::value::Text;
use std::sync::Arc;

/// The edited flow, and what was edited; None when there are no edits.
pub fn decode(fields: &Fields, context: &mut Context) -> Option<(Arc<Flow>, Vec<Edit>)> {
    let mut flow = Flow::clone(context.flow);
    let mut edits = Vec::new();
    for item in fields.list("edits")? {
        let Some(fields) = Fields::open(item, &EDIT, context.diagnostics) else {
            continue;
        };
        let edit = match fields.exactly_one(&["move", "set"], context.diagnostics) {
            Some("move") => relocation(&fields, &flow, context.diagnostics),
            Some(_) => setting(&fields, &flow, context.diagnostics),
            None => None,
        };
        if let Some(edit) = &edit {
            edit.apply(&mut flow);
        }
        edits.extend(edit);
    }
    Some((Arc::new(flow), edits))
}

/// `{ move: a, before: b }`
fn relocation(fields: &Fields, flow: &Flow, diagnostics: &mut Diagnostics) -> Option<Edit> {
    refuse(fields, &["on_error", "mode"], "move", diagnostics);
    let place = fields.exactly_one(&["before", "after"], diagnostics);
    let (Some(place), Some(moved)) = (place, fields.spanned("move")) else {
        return None;
    };
    let target = fields.spanned(place)?;
    let stages = [&moved, &target].map(|slug| stage_of(flow, slug, diagnostics));
    let [Some(from), Some(to)] = stages else {
        return None;
    };
    if from != to {
        let title = format!(
            "`{}` stands in stage `{}`, `{}` in stage `{}`",
            moved.value, flow.stages[from].name.value, target.value, flow.stages[to].name.value
        );
        diagnostics.push(
            Diagnostic::error("bad_edit", &moved.span, title).fix("move blocks within one stage"),
        );
        return None;
    }
    let inside = moved.value == target.value
        || flow
            .block(&moved.value)
            .is_some_and(|block| block.holds(&target.value));
    if inside {
        let title = format!(
            "`{}` cannot move next to itself or into its own branches",
            moved.value
        );
        diagnostics.push(
            Diagnostic::error("bad_edit", &target.span, title).fix("name a block outside of it"),
        );
        return None;
    }
    Some(Edit::Move {
        moved: moved.value,
        place: match place {
            "after" => Place::After,
            _ => Place::Before,
        },
        target: target.value,
    })
}

/// `{ set: a, on_error: halt }`
fn setting(fields: &Fields, flow: &Flow, diagnostics: &mut Diagnostics) -> Option<Edit> {
    refuse(fields, &["before", "after"], "set", diagnostics);
    let slug = fields.spanned("set")?;
    if !fields.has("on_error") && !fields.has("mode") {
        diagnostics.push(
            Diagnostic::error("missing_key", &fields.head(), "the edit sets nothing")
                .fix("write `on_error:` or `mode:`"),
        );
    }
    stage_of(flow, &slug, diagnostics)?;
    let block = flow.block(&slug.value)?;
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
    Some(Edit::Set {
        block: slug.value,
        on_error: fields.pick("on_error", [OnError::Halt, OnError::Continue]),
        mode: fields.pick("mode", [Mode::Sync, Mode::FireAndForget]),
    })
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
            .any(|block| block.slug.value == slug.value || block.holds(&slug.value))
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
