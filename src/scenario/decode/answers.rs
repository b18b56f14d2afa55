//! `answers`: what the user answers to the prompts of a block.

use super::Context;
use super::paths::Naming;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Fields, Node};
use crate::drive::{Answers, Script};
use crate::engine::Answer;
use crate::scenario::keys::ANSWER;
use crate::text::Span;
use crate::value::Text;
use std::collections::BTreeMap;

pub fn decode(fields: &Fields, context: &mut Context) -> Answers {
    let mut answers = Answers::default();
    let mut seen: BTreeMap<Text, Span> = BTreeMap::new();
    for entry in fields.map("answers").unwrap_or_default() {
        let Some((path, block)) = context.block(&entry.key, &entry.key_span, Naming::PathOrSlug) else {
            continue;
        };
        if !block.kind.info().prompts {
            let title = format!("`{path}` is {}, which asks the user nothing", block.kind.name());
            context.diagnostics.push(
                Diagnostic::warning("unused_answer", &entry.key_span, title)
                    .fix("leave it out, or answer a block that prompts"),
            );
        }
        context.once(&mut seen, &path, &entry.key_span);
        answers.insert(path, script(&entry.value, context.diagnostics));
    }
    answers
}

impl Context<'_> {
    /// Two ways of naming one block must not say two things about it.
    pub fn once(&mut self, seen: &mut BTreeMap<Text, Span>, path: &Text, span: &Span) {
        if let Some(first) = seen.insert(path.clone(), span.clone()) {
            let title = format!("`{path}` is written twice");
            self.diagnostics.push(
                Diagnostic::error("duplicate_key", span, title)
                    .fix("keep one of them")
                    .related(&first, "the first one is here"),
            );
        }
    }
}

/// A list answers attempt by attempt, a single one repeats.
fn script(node: &Node, diagnostics: &mut Diagnostics) -> Script {
    match node.as_list() {
        Some(items) => Script::InTurn(items.iter().map(|item| answer(item, diagnostics)).collect()),
        None => Script::Always(answer(node, diagnostics)),
    }
}

/// None stands for `abandon`.
fn answer(node: &Node, diagnostics: &mut Diagnostics) -> Option<Answer> {
    if let Some(word) = node.as_text() {
        return (&**word != "abandon").then(|| Answer {
            value: word.clone(),
            factor: None,
            after_ms: 0,
        });
    }
    let fields = Fields::open(node, &ANSWER, diagnostics)?;
    let value = fields.text("value").unwrap_or_else(|| "right".into());
    (&*value != "abandon").then(|| Answer {
        value,
        factor: fields.text("factor"),
        after_ms: fields.duration_ms("after").unwrap_or(0),
    })
}
