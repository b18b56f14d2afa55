//! Whether the codes, branches, numbers of calls and paths of state that `expect` names can exist.

use super::super::Context;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Entry, Node, listed, suggestion};
use crate::expr::Expr;
use crate::flow::{Block, Config};
use crate::mock::CallRange;
use crate::scenario::{MATCHERS, Pattern};
use crate::text::{Span, Spanned};
use crate::trace::ErrorCode;
use crate::value::Text;

/// A literal code must be in the closed table (ERR-7).
pub fn known_code(node: &Node, diagnostics: &mut Diagnostics) {
    if let Some(text) = node.as_text()
        && ErrorCode::from_name(text).is_none()
    {
        let known = ErrorCode::ALL.iter().map(|code| code.name());
        let title = format!("there is no error code `{text}`");
        diagnostics.push(
            Diagnostic::error("unknown_code", &node.head(), title).fix(suggestion(text, known)),
        );
    }
}

/// Where a text is expected, a map can only be a matcher.
pub fn only_matchers(node: &Node, pattern: &Pattern, diagnostics: &mut Diagnostics) {
    if node.as_map().is_some() && !pattern.is_matcher() {
        let fix = format!(
            "write a text, or a matcher of {}",
            listed(MATCHERS.iter().copied())
        );
        let title = "this map is no matcher";
        diagnostics.push(Diagnostic::error("wrong_type", &node.head(), title).fix(fix));
    }
}

/// A literal branch must be one of the block.
pub fn known_branch(block: &Block, branch: &str, span: &Span, diagnostics: &mut Diagnostics) {
    let names: Vec<&str> = match &block.config {
        Config::Decision { branches } => {
            branches.iter().map(|branch| &*branch.name.value).collect()
        }
        Config::Condition { .. } => vec!["then", "else"],
        _ => {
            let title = format!(
                "`{}` is {}, which has no branches",
                block.slug.value,
                block.kind.name()
            );
            diagnostics.push(
                Diagnostic::error("unknown_branch", span, title)
                    .fix("name a decision or condition"),
            );
            return;
        }
    };
    if !names.contains(&branch) {
        let title = format!("`{}` has no branch `{branch}`", block.slug.value);
        diagnostics.push(
            Diagnostic::error("unknown_branch", span, title)
                .fix(suggestion(branch, names))
                .related(&block.slug.span, "the block is here"),
        );
    }
}

/// A number of calls, as an author writes it.
pub fn calls(node: &Node, diagnostics: &mut Diagnostics) -> Option<CallRange> {
    let range = CallRange::parse(node.written());
    if range.is_none() {
        let title = format!("`{}` is no number of calls", node.written());
        diagnostics.push(
            Diagnostic::error("bad_calls", &node.head(), title)
                .fix("write `1`, `\"0..2\"` or `\"1..\"`"),
        );
    }
    range
}

impl Context<'_> {
    /// A path of the final state whose root, block or custom flow exists.
    pub fn state_path(&mut self, entry: &Entry, absent: bool) -> Option<Expr> {
        let expr = match Expr::parse(&entry.key) {
            Ok(expr) => expr,
            Err(error) => {
                let span = entry.key_span.part(error.range);
                let mut diagnostic = Diagnostic::error("bad_expression", &span, error.message);
                diagnostic.fix = error.fix;
                self.diagnostics.push(diagnostic);
                return None;
            }
        };
        let paths: Vec<Vec<Text>> = expr.reads().iter().map(|read| read.path.clone()).collect();
        for path in paths {
            self.known_path(&path, &entry.key_span, absent);
        }
        Some(expr)
    }

    /// That a block which does not exist has written nothing is no error, but mostly a slip of the pen.
    fn known_path(&mut self, path: &[Text], span: &Span, absent: bool) {
        let [root, name, ..] = path else { return };
        match &**root {
            "step" if !self.paths.has_slug(name) => {
                let title = format!("no block of this run is called `{name}`");
                let fix = suggestion(name, self.paths.slugs());
                let diagnostic = if absent {
                    Diagnostic::warning("unknown_block", span, title)
                } else {
                    Diagnostic::error("unknown_block", span, title)
                };
                self.diagnostics.push(diagnostic.fix(fix));
            }
            "custom" => {
                let slug = Spanned {
                    value: name.clone(),
                    span: span.clone(),
                };
                self.diagnostics
                    .extend(self.workspace.names.unknown_flow(&slug));
            }
            _ => {}
        }
    }
}
