//! `faults` and `outputs`: what is injected at blocks, and what is scripted over their results.

use super::Context;
use super::paths::Naming;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Data, Fields, Node, listed};
use crate::engine::{Fault, FaultKind};
use crate::flow::{Block, Kind};
use crate::scenario::keys::FAULT;
use crate::text::Span;
use crate::value::{Map, Text};
use std::collections::BTreeMap;
use std::sync::Arc;

const KINDS: &[&str] = &["error", "timeout", "delay", "deny", "disabled"];

/// `faults`, by block path.
pub fn decode(fields: &Fields, context: &mut Context) -> BTreeMap<Text, Fault> {
    let mut faults = BTreeMap::new();
    let mut seen: BTreeMap<Text, Span> = BTreeMap::new();
    for item in fields.list("faults").unwrap_or_default() {
        let Some(fields) = Fields::open(item, &FAULT, context.diagnostics) else {
            continue;
        };
        let kind = fields.exactly_one(KINDS, context.diagnostics);
        let Some(at) = fields.spanned("at") else {
            continue;
        };
        let found = context.block(&at.value, &at.span, Naming::PathOrSlug);
        let (Some((path, block)), Some(kind)) = (found, kind) else {
            continue;
        };
        context.once(&mut seen, &path, &at.span);
        faults.insert(path, fault(kind, &fields, block, context.diagnostics));
    }
    faults
}

fn fault(kind: &str, fields: &Fields, block: &Block, diagnostics: &mut Diagnostics) -> Fault {
    let mut fault = Fault::default();
    match kind {
        "error" => fault.instead = fields.text("error").map(FaultKind::Error),
        "deny" => fault.instead = fields.text("deny").map(FaultKind::Deny),
        "delay" => fault.delay_ms = fields.duration_ms("delay"),
        "timeout" => {
            only_true(fields, "timeout", diagnostics);
            fault.instead = Some(FaultKind::Timeout);
        }
        _ => {
            only_true(fields, "disabled", diagnostics);
            fault.disabled = true;
            if block.kind != Kind::RunCustomAction {
                let span = fields
                    .key_span("disabled")
                    .cloned()
                    .unwrap_or(fields.head());
                let title = format!(
                    "`{}` is {}, and only an action can be disabled",
                    block.slug.value,
                    block.kind.name()
                );
                diagnostics.push(
                    Diagnostic::error("bad_fault", &span, title)
                        .fix("inject `error`, `timeout`, `delay` or `deny` instead"),
                );
            }
        }
    }
    fault
}

fn only_true(fields: &Fields, key: &str, diagnostics: &mut Diagnostics) {
    if let (Some(false), Some(node)) = (fields.bool(key), fields.node(key)) {
        let title = format!("`{key}: false` injects nothing");
        diagnostics.push(
            Diagnostic::error("bad_fault", &node.span, title)
                .fix(format!("write `{key}: true`, or leave the fault out")),
        );
    }
}

/// `outputs`, by block path.
pub fn outputs(fields: &Fields, context: &mut Context) -> BTreeMap<Text, Arc<Map>> {
    let mut outputs = BTreeMap::new();
    let mut seen: BTreeMap<Text, Span> = BTreeMap::new();
    for entry in fields.map("outputs").unwrap_or_default() {
        let Some((path, block)) = context.block(&entry.key, &entry.key_span, Naming::PathOrSlug)
        else {
            continue;
        };
        context.once(&mut seen, &path, &entry.key_span);
        if !Context::is_scriptable(block.kind) {
            let title = format!(
                "`{path}` is {}, whose result cannot be scripted",
                block.kind.name()
            );
            context.diagnostics.push(
                Diagnostic::error("bad_outputs", &entry.key_span, title)
                    .fix("script the blocks that it depends on"),
            );
            continue;
        }
        known_fields(block, &entry.value, context.diagnostics);
        outputs.insert(path, scripted(&entry.value));
    }
    outputs
}

fn scripted(node: &Node) -> Arc<Map> {
    match node.to_value() {
        crate::value::Value::Map(map) => map,
        _ => Arc::default(),
    }
}

/// A field that the kind never writes is mostly a slip of the pen; actions and calls write what they like.
fn known_fields(block: &Block, node: &Node, diagnostics: &mut Diagnostics) {
    let known = block.kind.info().writes;
    if matches!(block.kind, Kind::RunCustomAction | Kind::ParallelWebhook) {
        return;
    }
    let Data::Map(entries) = &node.data else {
        return;
    };
    for entry in entries {
        if !known.contains(&&*entry.key) {
            let title = format!("{} never writes `{}`", block.kind.name(), entry.key);
            let fix = if known.is_empty() {
                "it writes nothing".to_owned()
            } else {
                format!("it writes {}", listed(known.iter().copied()))
            };
            diagnostics.push(Diagnostic::warning("unknown_field", &entry.key_span, title).fix(fix));
        }
    }
}
