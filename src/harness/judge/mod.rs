//! Holds what a run did against what its scenario expects. Each check sees the redacted trace; a literal that names
//! a hidden value is redacted before it is compared (ST-6), so that no finding shows one.

mod around;
mod blocks;
mod ending;
mod outside;
mod state;

use state::StateScope;

pub use around::reads_of;
pub use outside::{calls_message, calls_value};

use super::{Finding, PlacedFinding, WebhookLog};
use crate::scenario::{Check, Expect, Expectation, Fit, Mismatch, Pattern};
use crate::text::Span;
use crate::trace::{Entry, Redactor, Trace};
use crate::value::{Text, Value};
use std::cell::OnceCell;

/// What a run did, as checks look at it.
pub struct Seen<'a> {
    /// The run.
    pub trace: &'a Trace,
    /// What it asked of its mocks.
    pub webhooks: &'a [WebhookLog],
    /// Hides what must not be shown.
    pub redactor: &'a Redactor,
    /// Every entry, in the order in which blocks started.
    entries: Vec<&'a Entry>,
    /// The final state, built when the first check reads it.
    scope: OnceCell<StateScope>,
}

/// A finding without its place: the path below the expectation, the values, the sentence, the block.
struct Broken {
    below: String,
    expected: Value,
    actual: Value,
    message: String,
    block: Option<Text>,
}

impl<'a> Seen<'a> {
    /// Everything that checks look at.
    pub fn new(trace: &'a Trace, webhooks: &'a [WebhookLog], redactor: &'a Redactor) -> Self {
        Seen {
            trace,
            webhooks,
            redactor,
            entries: trace.preorder(),
            scope: OnceCell::new(),
        }
    }

    fn scope(&self) -> &StateScope {
        self.scope.get_or_init(|| StateScope::new(self.trace))
    }

    /// The entry of a block.
    fn entry(&self, path: &str) -> Option<&'a Entry> {
        self.entries
            .iter()
            .find(|entry| &*entry.block == path)
            .copied()
    }

    /// The block at which the run stopped, else the last one that ran.
    fn stopped_at(&self) -> Option<Text> {
        let trace = self.trace;
        trace
            .halted_at
            .clone()
            .or_else(|| trace.terminal.clone())
            .or_else(|| self.entries.last().map(|entry| entry.block.clone()))
    }

    /// How a value departs from a pattern; hidden values in the pattern are hidden first where that matters.
    fn mismatches(&self, pattern: &Pattern, actual: Option<&Value>, fit: Fit) -> Vec<Mismatch> {
        let found = pattern.mismatches(actual, fit);
        if found.is_empty() {
            return found;
        }
        pattern.redacted(self.redactor).mismatches(actual, fit)
    }
}

/// Everything that does not hold, in written order.
pub fn judge(expect: &Expect, seen: &Seen) -> Vec<PlacedFinding> {
    expect
        .expectations
        .iter()
        .flat_map(|expectation| {
            check(&expectation.check, seen)
                .into_iter()
                .map(|broken| placed(expectation, broken, seen.redactor))
        })
        .collect()
}

fn check(check: &Check, seen: &Seen) -> Vec<Broken> {
    match check {
        Check::Ending(wanted) => ending::ending(wanted, seen),
        Check::Terminal(pattern) => ending::text(pattern, seen.trace.terminal.as_ref(), seen),
        Check::Reason(pattern) => ending::text(pattern, seen.trace.reason.as_ref(), seen),
        Check::HaltedAt(pattern) => ending::text(pattern, seen.trace.halted_at.as_ref(), seen),
        Check::UserSees(pattern) => ending::user_sees(pattern, seen),
        Check::ErrorContains(part) => ending::error_contains(part, seen),
        Check::Error(field, pattern) => ending::error(*field, pattern, seen),
        Check::Path(wanted) => blocks::path(wanted, seen),
        Check::Ran(block) => blocks::ran(block, seen),
        Check::NotRan(block) => blocks::not_ran(block, seen),
        Check::Branch(block, pattern) => blocks::branch(block, pattern, seen),
        Check::Log(wanted) => blocks::log(wanted, seen),
        Check::BudgetMax(max_ms) => blocks::budget_max(*max_ms, seen),
        Check::BlockBudget(block, max_ms) => blocks::block_budget(block, *max_ms, seen),
        Check::State(expr, pattern) => state::state(expr, pattern, seen),
        Check::WebhookCalls(mock, range) => outside::calls(mock, *range, seen),
        Check::WebhookRequest(mock, pattern) => outside::request(mock, pattern, seen),
        Check::Audit(wanted) => outside::audit(wanted, seen),
        Check::SideEffect(key, pattern) => outside::side_effect(key, pattern, seen),
    }
}

fn placed(expectation: &Expectation, broken: Broken, redactor: &Redactor) -> PlacedFinding {
    let (mut expected, mut actual) = (broken.expected, broken.actual);
    redactor.hide_value(&mut expected);
    redactor.hide_value(&mut actual);
    let path = format!("{}{}", expectation.path, broken.below);
    PlacedFinding {
        finding: Finding {
            expectation: redactor.text(&path).into_owned(),
            expected,
            actual,
            message: redactor.text(&broken.message).into_owned(),
        },
        quote: Some(quote(&expectation.span, redactor)),
        span: Some(expectation.span.clone()),
        block: broken.block,
    }
}

/// The line on which something is written, as outputs may show it.
pub fn quote(span: &Span, redactor: &Redactor) -> String {
    let line = span.file.line(span.line()).trim();
    redactor.text(line).into_owned()
}

impl Broken {
    /// One departure of a value; `what` is the subject of the sentence.
    fn from_mismatch(what: &str, mismatch: Mismatch, block: Option<Text>) -> Self {
        Broken {
            message: format!("{what}{} {}", mismatch.path, mismatch.message),
            below: mismatch.path,
            expected: mismatch.expected,
            actual: mismatch.actual.unwrap_or(Value::Null),
            block,
        }
    }
}

/// A text or null.
fn text_or_null(text: Option<&Text>) -> Value {
    text.map_or(Value::Null, |text| Value::Text(text.clone()))
}
