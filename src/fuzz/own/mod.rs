//! Fuzzing an author's own flow: worlds that its conditions mention, every fault at every block, every order of blocks
//! that may move. What is found is what an author cares about; each finding comes as a minimal scenario.

mod attempt;
mod chosen;
mod faults;
mod order;
mod over;
mod proofs;
mod random;
mod regression;
mod run;
mod search;
mod shown;

pub use regression::{describe, file_name};
pub use run::{Own, OwnJob, fuzz_flow};

use crate::scenario::Edit;
use crate::text::Span;
use crate::trace::Ending;
use crate::value::Text;
use serde_json::Value;

/// What kind of promise does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// After a fault somebody gets in who should not.
    FailsOpen,
    /// Slow blocks, each within its own timeout, exhaust the budget.
    OverBudget,
    /// Another order of two blocks ends otherwise for the same user.
    OrderDependence,
    /// In another order a block reads what nobody has written yet, and the run fails closed.
    ReadsBeforeWrites,
}

impl Kind {
    /// All of them, the worst first.
    pub const ALL: [Kind; 4] = [
        Kind::FailsOpen,
        Kind::OverBudget,
        Kind::OrderDependence,
        Kind::ReadsBeforeWrites,
    ];

    /// Its code: in JSON, in names of files, and in `allow: [{ lint: … }]`.
    pub fn code(self) -> &'static str {
        match self {
            Kind::FailsOpen => "fails_open",
            Kind::OverBudget => "over_budget",
            Kind::OrderDependence => "order_dependence",
            Kind::ReadsBeforeWrites => "reads_before_writes",
        }
    }

    /// What an author calls it.
    pub fn title(self) -> &'static str {
        match self {
            Kind::FailsOpen => "fails open",
            Kind::OverBudget => "over budget",
            Kind::OrderDependence => "depends on the order",
            Kind::ReadsBeforeWrites => "reads before writes",
        }
    }
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Somebody gets in, or is locked out: the command fails.
    Error,
    /// Another refusal, or an order that `check` refuses: told only.
    Note,
}

/// In which order the run ends safely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safe {
    /// In that of the author.
    Author,
    /// In the other one.
    Other,
}

/// Something that an author should know, with the smallest scenario that shows it.
#[derive(Debug, Clone)]
pub struct OwnFinding {
    /// What kind of promise does not hold.
    pub kind: Kind,
    /// How much it weighs.
    pub weight: Weight,
    /// One sentence.
    pub title: String,
    /// Why, and what to do.
    pub why: String,
    /// The blocks it is about, by full path; the one to change first.
    pub blocks: Vec<Text>,
    /// Where that one is written.
    pub span: Span,
    /// The number of the case in which it was met first.
    pub number: u64,
    /// How the run ends without, and with it.
    pub endings: [Ending; 2],
    /// The order in which it shows.
    pub edits: Vec<Edit>,
    /// As a scenario that expects the safe ending.
    pub document: Value,
    /// Why the author accepts it (`allow` of the flow).
    pub accepted: Option<Text>,
}

/// A run in which flowproof does not keep its own promises, or not as its reference reads them: a fault of flowproof.
#[derive(Debug, Clone)]
pub struct Disagreement {
    /// The number of the case.
    pub number: u64,
    /// What is wrong.
    pub said: Vec<String>,
    /// The scenario.
    pub document: Value,
}
