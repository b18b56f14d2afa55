//! `answers`: what the user answers to the prompts of a block.

use super::Context;
use super::paths::Naming;
use crate::diagnostic::Diagnostic;
use crate::document::Fields;
use crate::drive::{Answers, decode_answers};
use crate::text::Span;
use crate::value::Text;
use std::collections::BTreeMap;

pub fn decode(fields: &Fields, context: &mut Context) -> Answers {
    let mut answers = Answers::default();
    let mut seen: BTreeMap<Text, Span> = BTreeMap::new();
    let Some(node) = fields.node("answers") else {
        return answers;
    };
    for (name, script) in decode_answers(node, context.diagnostics) {
        let Some((path, block)) = context.block(&name.value, &name.span, Naming::PathOrSlug) else {
            continue;
        };
        if !block.kind.info().prompts {
            let title = format!(
                "`{path}` is {}, which asks the user nothing",
                block.kind.name()
            );
            context.diagnostics.push(
                Diagnostic::warning("unused_answer", &name.span, title)
                    .fix("leave it out, or answer a block that prompts"),
            );
        }
        context.once(&mut seen, &path, &name.span);
        answers.insert(path, script);
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
