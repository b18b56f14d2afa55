//! Expressions and templates inside a flow file: parsed, their errors placed at the character, and every path
//! that they read collected with its place.

use super::super::model::PlacedRead;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Data, Node};
use crate::expr::{Expr, SyntaxError, Template, ValueTemplate};
use crate::text::Spanned;
use crate::value::{Text, Value};
use std::sync::Arc;

/// Parses the expressions and templates of one block.
pub struct Expressions<'a> {
    /// Where what is wrong is collected.
    pub diagnostics: &'a mut Diagnostics,
    /// What was read so far.
    pub reads: Vec<PlacedRead>,
}

impl Expressions<'_> {
    /// An expression; a plain `true` or `false` is one.
    pub fn expression(&mut self, node: &Node) -> Option<Spanned<Arc<Expr>>> {
        let text = match &node.data {
            Data::Bool(truth) => Text::from(truth.to_string()),
            Data::Text(text) => text.clone(),
            Data::Null | Data::Int(_) | Data::Float(_) | Data::List(_) | Data::Map(_) => {
                return None;
            }
        };
        let bare = text.trim();
        if let Some(inside) = bare
            .strip_prefix("{{")
            .and_then(|rest| rest.strip_suffix("}}"))
        {
            self.diagnostics.push(
                Diagnostic::error(
                    "bad_expression",
                    &node.head(),
                    "an expression stands without `{{ }}`",
                )
                .fix(format!("write \"{}\"", inside.trim())),
            );
            return None;
        }
        match Expr::parse(&text) {
            Ok(expr) => {
                self.reads
                    .extend(expr.reads().iter().map(|read| PlacedRead {
                        span: node.part(read.range.clone()),
                        read: read.clone(),
                    }));
                Some(Spanned {
                    value: Arc::new(expr),
                    span: node.span.clone(),
                })
            }
            Err(error) => {
                self.diagnostics.push(placed("bad_expression", node, error));
                None
            }
        }
    }

    /// A text with templates; numbers and truth values are their text.
    pub fn template(&mut self, node: &Node) -> Option<Arc<Template>> {
        let text = match &node.data {
            Data::Text(text) => text.clone(),
            Data::Bool(_) | Data::Int(_) | Data::Float(_) => Text::from(node.written()),
            Data::Null | Data::List(_) | Data::Map(_) => return None,
        };
        self.parse(node, &text).map(Arc::new)
    }

    /// A value with templates at any depth; depth is bounded by that of the document.
    pub fn value(&mut self, node: &Node) -> Option<ValueTemplate> {
        if !holds_template(node) {
            return Some(ValueTemplate::Literal(node.to_value()));
        }
        match &node.data {
            Data::Null | Data::Bool(_) | Data::Int(_) | Data::Float(_) => {
                Some(ValueTemplate::Literal(node.to_value()))
            }
            Data::Text(text) => {
                let template = self.parse(node, text)?;
                Some(if template.is_literal() {
                    ValueTemplate::Literal(Value::Text(text.clone()))
                } else {
                    ValueTemplate::Text(template)
                })
            }
            Data::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.value(item)).collect();
                items
                    .into_iter()
                    .collect::<Option<_>>()
                    .map(ValueTemplate::List)
            }
            Data::Map(entries) => {
                let mut values = Vec::with_capacity(entries.len());
                for entry in entries {
                    self.refuse_key(entry);
                    values.push(
                        self.value(&entry.value)
                            .map(|value| (entry.key.clone(), value)),
                    );
                }
                values
                    .into_iter()
                    .collect::<Option<_>>()
                    .map(ValueTemplate::Map)
            }
        }
    }

    /// Refuses templates where none is evaluated.
    pub fn refuse_templates(&mut self, node: &Node) {
        match &node.data {
            Data::Text(text) => {
                if let Some(at) = text.find("{{") {
                    self.refuse(&node.part(at..at + 2));
                }
            }
            Data::List(items) => items.iter().for_each(|item| self.refuse_templates(item)),
            Data::Map(entries) => {
                entries
                    .iter()
                    .for_each(|entry| self.refuse_templates(&entry.value));
            }
            Data::Null | Data::Bool(_) | Data::Int(_) | Data::Float(_) => {}
        }
    }

    fn refuse_key(&mut self, entry: &crate::document::Entry) {
        if entry.key.contains("{{") {
            self.refuse(&entry.key_span);
        }
    }

    fn refuse(&mut self, span: &crate::text::Span) {
        self.diagnostics.push(
            Diagnostic::error("template_not_allowed", span, "a template is not replaced here").fix(
                "write plain text; templates work in `url`, `headers` and `body` of webhooks, in the config of an \
                 action, in `log_event.data`, in `to` of mails and messages, and in `set` of updates",
            ),
        );
    }

    fn parse(&mut self, node: &Node, text: &str) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => {
                self.reads
                    .extend(template.reads().into_iter().map(|read| PlacedRead {
                        span: node.part(read.range.clone()),
                        read,
                    }));
                Some(template)
            }
            Err(error) => {
                self.diagnostics.push(placed("bad_template", node, error));
                None
            }
        }
    }
}

/// A syntax error at its place in the file.
fn placed(code: &'static str, node: &Node, error: SyntaxError) -> Diagnostic {
    let diagnostic = Diagnostic::error(code, &node.part(error.range), error.message);
    match error.fix {
        Some(fix) => diagnostic.fix(fix),
        None => diagnostic,
    }
}

fn holds_template(node: &Node) -> bool {
    match &node.data {
        Data::Text(text) => text.contains("{{"),
        Data::List(items) => items.iter().any(holds_template),
        Data::Map(entries) => entries
            .iter()
            .any(|entry| entry.key.contains("{{") || holds_template(&entry.value)),
        Data::Null | Data::Bool(_) | Data::Int(_) | Data::Float(_) => false,
    }
}
