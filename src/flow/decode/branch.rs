//! Branches: those of a decision (ORD-2, ORD-3), and the two lists of a condition (ORD-7).

use super::super::model::{Branch, Config};
use super::block::Blocks;
use super::expression::Expressions;
use super::shapes;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Fields, Node};
use crate::expr::Expr;
use crate::text::{Span, Spanned};
use crate::value::Text;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A branch before its blocks are decoded: slugs are given in document order, after that of the decision.
pub struct Head<'a> {
    name: Option<Spanned<Text>>,
    when: Option<Spanned<Arc<Expr>>>,
    is_default: bool,
    blocks: &'a [Node],
    span: Span,
}

/// The branches of a decision without their blocks.
pub fn heads<'a>(block: &Fields<'a>, expressions: &mut Expressions) -> Vec<Head<'a>> {
    let Some(nodes) = block.list("branches") else {
        if !block.has("branches") {
            expressions.diagnostics.push(
                Diagnostic::error(
                    "missing_key",
                    &block.head(),
                    "a `decision` needs `branches`",
                )
                .fix("write `branches:` on the block, each with `branch:`, `when:` and `blocks:`"),
            );
        }
        return Vec::new();
    };
    if nodes.is_empty()
        && let Some(span) = block.key_span("branches")
    {
        expressions.diagnostics.push(
            Diagnostic::error(
                "missing_key",
                span,
                "a `decision` needs at least one branch",
            )
            .fix("write a branch, or remove the decision"),
        );
    }
    let heads: Vec<Head> = nodes
        .iter()
        .filter_map(|node| head(node, expressions))
        .collect();
    check_defaults(&heads, expressions.diagnostics);
    check_names(&heads, expressions.diagnostics);
    heads
}

/// The same branches with their blocks.
pub fn bodies(heads: Vec<Head>, blocks: &mut Blocks) -> Vec<Branch> {
    heads
        .into_iter()
        .filter_map(|head| {
            let inside = blocks.list(head.blocks);
            Some(Branch {
                name: head.name?,
                when: head.when,
                blocks: inside,
            })
        })
        .collect()
}

/// A condition; slugs are given in the order in which its two lists are written.
pub fn condition(block: &Fields, when: Option<Spanned<Arc<Expr>>>, blocks: &mut Blocks) -> Config {
    let start = |key| block.key_span(key).map_or(usize::MAX, |span| span.start);
    let list = |key| block.list(key).unwrap_or_default();
    let (then, otherwise) = if start("else") < start("then") {
        let otherwise = blocks.list(list("else"));
        (blocks.list(list("then")), otherwise)
    } else {
        (blocks.list(list("then")), blocks.list(list("else")))
    };
    match when {
        Some(when) => Config::Condition {
            when,
            then,
            otherwise,
        },
        None => Config::Plain,
    }
}

fn head<'a>(node: &'a Node, expressions: &mut Expressions) -> Option<Head<'a>> {
    let fields = Fields::open(node, &shapes::BRANCH, expressions.diagnostics)?;
    let is_default = fields.bool("default").unwrap_or(false);
    let when = fields.node("when");
    match (is_default, fields.key_span("when")) {
        (true, Some(span)) => expressions.diagnostics.push(
            Diagnostic::error("conflicting_keys", span, "the default branch has no `when`")
                .fix("remove `when`, or `default: true`"),
        ),
        (false, None) => expressions.diagnostics.push(
            Diagnostic::error("missing_key", &fields.head(), "a branch needs `when`")
                .fix("write `when:` with an expression, or `default: true` on the last branch"),
        ),
        (true, None) | (false, Some(_)) => {}
    }
    Some(Head {
        name: fields.spanned("branch"),
        when: when.and_then(|node| expressions.expression(node)),
        is_default,
        blocks: fields.list("blocks").unwrap_or_default(),
        span: fields.head(),
    })
}

/// The default stands last, and there is only one.
fn check_defaults(heads: &[Head], diagnostics: &mut Diagnostics) {
    let mut defaults = heads.iter().enumerate().filter(|(_, head)| head.is_default);
    let Some((position, first)) = defaults.next() else {
        return;
    };
    let mut second = false;
    for (_, head) in defaults {
        second = true;
        diagnostics.push(
            Diagnostic::error("duplicate_default", &head.span, "a second default branch")
                .fix("write `when:` on one of them")
                .related(&first.span, "the first one"),
        );
    }
    if !second && position + 1 != heads.len() {
        diagnostics.push(
            Diagnostic::error(
                "default_not_last",
                &first.span,
                "the default branch is not the last one",
            )
            .fix("move it behind the others"),
        );
    }
}

fn check_names(heads: &[Head], diagnostics: &mut Diagnostics) {
    let mut first: BTreeMap<&str, &Span> = BTreeMap::new();
    for name in heads.iter().filter_map(|head| head.name.as_ref()) {
        let Some(other) = first.get(&*name.value) else {
            first.insert(&name.value, &name.span);
            continue;
        };
        let title = format!("a branch `{}` is already there", name.value);
        diagnostics.push(
            Diagnostic::error("duplicate_name", &name.span, title)
                .fix("give one of the two another name")
                .related(other, "the first one"),
        );
    }
}
