//! `expect`: every key into checks, each with its path and place.

mod known;

use super::Context;
use super::paths::Naming;
use crate::diagnostic::Diagnostic;
use crate::document::{Entry, Fields, Node, suggestion};
use crate::mock::Mocks;
use crate::scenario::keys::{
    AUDIT, BUDGET, ENDINGS, ERROR, EXPECT, LOG, ONE_OF_ENDINGS, SEEN, SIDE_EFFECTS, WEBHOOK,
};
use crate::scenario::{Check, Expect, Expectation, LogCheck, Pattern};
use crate::text::Span;
use crate::trace::{Ending, Level};
use crate::value::{Text, Value};
use known::{calls, known_branch, known_code, only_matchers};
use std::sync::Arc;

/// What is expected, in written order; None when nothing is.
pub fn decode(fields: &Fields, mocks: &Mocks, context: &mut Context) -> Option<Expect> {
    let fields = Fields::open(fields.node("expect")?, &EXPECT, context.diagnostics)?;
    let mut decoder = Decoder {
        context,
        mocks,
        expectations: Vec::new(),
    };
    for entry in fields.object().as_map().unwrap_or_default() {
        if EXPECT.names().any(|name| name == &*entry.key) && fields.node(&entry.key).is_some() {
            decoder.key(entry, &fields);
        }
    }
    Some(Expect {
        expectations: decoder.expectations,
    })
}

struct Decoder<'a, 'b> {
    context: &'a mut Context<'b>,
    mocks: &'a Mocks,
    expectations: Vec<Expectation>,
}

impl Decoder<'_, '_> {
    fn key(&mut self, entry: &Entry, fields: &Fields) {
        let (key, node) = (&*entry.key, &entry.value);
        match key {
            "ending" => self.ending(entry, fields),
            "terminal" | "halted_at" => self.block_or_null(key, node),
            "reason" => {
                let pattern = self.pattern(node);
                only_matchers(node, &pattern, self.context.diagnostics);
                self.push(key.to_owned(), &node.head(), Check::Reason(pattern));
            }
            "error" => self.error(node),
            "user_sees" => self.user_sees(node),
            "path" | "ran" | "not_ran" => self.blocks(key, node),
            "branches" => self.branches(node),
            "state" => self.state(node),
            "logs" => self.logs(node),
            "webhooks" => self.webhooks(node),
            "audit" => self.audit(entry),
            "side_effects" => self.side_effects(node),
            _ => self.budget(node),
        }
    }

    fn push(&mut self, path: String, span: &Span, check: Check) {
        self.expectations.push(Expectation {
            path,
            span: span.clone(),
            check,
        });
    }

    fn pattern(&mut self, node: &Node) -> Pattern {
        Pattern::decode(node, self.context.diagnostics)
    }

    fn open<'n>(
        &mut self,
        node: &'n Node,
        shape: &'static crate::document::Shape,
    ) -> Option<Fields<'n>> {
        Fields::open(node, shape, self.context.diagnostics)
    }

    fn block_or_null(&mut self, key: &str, node: &Node) {
        if let Some(text) = node.as_text() {
            self.context.path(text, &node.head());
        }
        let pattern = Pattern::literal(node.to_value());
        let check = match key {
            "terminal" => Check::Terminal(pattern),
            _ => Check::HaltedAt(pattern),
        };
        self.push(key.to_owned(), &node.span, check);
    }

    fn error(&mut self, node: &Node) {
        if node.is_null() {
            let pattern = Pattern::literal(Value::Null);
            self.push("error".into(), &node.span, Check::Error(None, pattern));
            return;
        }
        let Some(fields) = self.open(node, &ERROR) else {
            return;
        };
        if let Some(part) = fields.spanned("contains") {
            self.push(
                "error.contains".into(),
                &part.span,
                Check::ErrorContains(part.value),
            );
        }
        for field in ["code", "message", "at", "cause"] {
            if let Some(node) = fields.node(field) {
                if field == "code" {
                    known_code(node, self.context.diagnostics);
                }
                let pattern = self.pattern(node);
                let check = Check::Error(Some(field), pattern);
                self.push(format!("error.{field}"), &node.head(), check);
            }
        }
    }

    /// One, or several of which any will do.
    fn ending(&mut self, entry: &Entry, fields: &Fields) {
        let named = |text: &Text| ENDINGS.iter().position(|name| **name == **text);
        let meant = |node: &Node| Some(Ending::ALL[named(node.as_text()?)?]);
        let wanted: Vec<Ending> = if entry.value.as_map().is_some() {
            let Some(fields) = self.open(&entry.value, &ONE_OF_ENDINGS) else {
                return;
            };
            let items = fields.list("any_of").unwrap_or_default();
            items.iter().filter_map(meant).collect()
        } else {
            fields.node("ending").and_then(meant).into_iter().collect()
        };
        if !wanted.is_empty() {
            self.push("ending".into(), &entry.key_span, Check::Ending(wanted));
        }
    }

    fn user_sees(&mut self, node: &Node) {
        if node.as_map().is_some() {
            let opened = self.open(node, &SEEN);
            if let Some(fields) = opened {
                fields.exactly_one(&["message", "prompt"], self.context.diagnostics);
            }
        }
        let pattern = self.pattern(node);
        self.push("user_sees".into(), &node.head(), Check::UserSees(pattern));
    }

    fn blocks(&mut self, key: &str, node: &Node) {
        let mut paths = Vec::new();
        for item in node.as_list().unwrap_or_default() {
            let Some(path) = item
                .as_text()
                .and_then(|text| self.context.path(text, &item.span))
            else {
                continue;
            };
            match key {
                "ran" => self.push(key.into(), &item.span, Check::Ran(path)),
                "not_ran" => self.push(key.into(), &item.span, Check::NotRan(path)),
                _ => paths.push(path),
            }
        }
        if key == "path" {
            self.push(key.into(), &node.head(), Check::Path(paths));
        }
    }

    fn branches(&mut self, node: &Node) {
        for entry in node.as_map().unwrap_or_default() {
            let found = self
                .context
                .block(&entry.key, &entry.key_span, Naming::Path);
            let (Some((path, block)), Some(branch)) = (found, entry.value.as_text()) else {
                continue;
            };
            known_branch(block, branch, &entry.value.head(), self.context.diagnostics);
            let check = Check::Branch(path.clone(), Pattern::literal(entry.value.to_value()));
            self.push(format!("branches.{path}"), &entry.value.head(), check);
        }
    }

    fn state(&mut self, node: &Node) {
        for entry in node.as_map().unwrap_or_default() {
            let pattern = self.pattern(&entry.value);
            let absent = pattern.holds_of_nothing();
            if let Some(expr) = self.context.state_path(entry, absent) {
                let check = Check::State(Arc::new(expr), pattern);
                self.push(format!("state.{}", entry.key), &entry.key_span, check);
            }
        }
    }

    fn logs(&mut self, node: &Node) {
        for (at, item) in node.as_list().unwrap_or_default().iter().enumerate() {
            let Some(fields) = self.open(item, &LOG) else {
                continue;
            };
            let block = fields
                .spanned("block")
                .and_then(|block| self.context.path(&block.value, &block.span));
            let check = Check::Log(LogCheck {
                block,
                level: fields.pick(
                    "level",
                    [Level::Debug, Level::Info, Level::Warn, Level::Error],
                ),
                contains: fields.text("contains"),
            });
            self.push(format!("logs[{at}]"), &item.head(), check);
        }
    }

    fn webhooks(&mut self, node: &Node) {
        for entry in node.as_map().unwrap_or_default() {
            let names = || self.mocks.list.iter().map(|mock| &*mock.name);
            if !names().any(|name| name == &*entry.key) {
                let title = format!("this scenario has no mock `{}`", entry.key);
                let fix = suggestion(&entry.key, names());
                self.context
                    .diagnostics
                    .push(Diagnostic::error("unknown_mock", &entry.key_span, title).fix(fix));
            }
            self.webhook(entry);
        }
    }

    fn webhook(&mut self, entry: &Entry) {
        let (mock, path) = (&entry.key, format!("webhooks.{}", entry.key));
        let Some(fields) = self.open(&entry.value, &WEBHOOK) else {
            return;
        };
        if let Some(node) = fields.node("calls")
            && let Some(range) = calls(node, self.context.diagnostics)
        {
            let check = Check::WebhookCalls(mock.clone(), range);
            self.push(format!("{path}.calls"), &node.head(), check);
        }
        let parts: Vec<Entry> = entry.value.as_map().unwrap_or_default().to_vec();
        let parts: Vec<Entry> = parts
            .into_iter()
            .filter(|part| &*part.key != "calls")
            .collect();
        if let Some(first) = parts.first() {
            let span = first.key_span.clone();
            let pattern = self.pattern(&Node {
                span: entry.value.span.clone(),
                style: entry.value.style,
                data: crate::document::Data::Map(parts),
            });
            self.push(path, &span, Check::WebhookRequest(mock.clone(), pattern));
        }
    }

    fn audit(&mut self, entry: &Entry) {
        let mut wanted = Vec::new();
        for item in entry.value.as_list().unwrap_or_default() {
            if self.open(item, &AUDIT).is_some() {
                let pattern = self.pattern(item);
                wanted.push((item.head(), pattern));
            }
        }
        self.push("audit".into(), &entry.key_span, Check::Audit(wanted));
    }

    fn side_effects(&mut self, node: &Node) {
        if self.open(node, &SIDE_EFFECTS).is_none() {
            return;
        }
        for entry in node.as_map().unwrap_or_default() {
            let pattern = self.pattern(&entry.value);
            let path = format!("side_effects.{}", entry.key);
            let check = Check::SideEffect(entry.key.clone(), pattern);
            self.push(path, &entry.key_span, check);
        }
    }

    fn budget(&mut self, node: &Node) {
        let Some(fields) = self.open(node, &BUDGET) else {
            return;
        };
        if let (Some(max_ms), Some(node)) = (fields.duration_ms("max"), fields.node("max")) {
            self.push("budget.max".into(), &node.span, Check::BudgetMax(max_ms));
        }
        for entry in fields.map("blocks").unwrap_or_default() {
            let found = self.context.path(&entry.key, &entry.key_span);
            let max_ms = entry
                .value
                .as_text()
                .and_then(|text| crate::document::duration_ms(text));
            if let (Some(path), Some(max_ms)) = (found, max_ms) {
                let check = Check::BlockBudget(path.clone(), max_ms);
                self.push(format!("budget.blocks.{path}"), &entry.value.span, check);
            }
        }
    }
}
