//! What came of scenarios: verdicts, findings, warnings and everything a report may show.
//! Plain data, in input order, without a wall clock; texts are redacted (ST-6).

use super::Coverage;
use crate::drive::WireReport;
use crate::engine::Request;
use crate::profile::Profile;
use crate::text::Span;
use crate::trace::Trace;
use crate::value::{Map, Text, Value};
use serde::Serialize;
use std::fmt::{self, Display};

/// The results of a whole invocation.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// One for each scenario that was judged, in input order.
    pub scenarios: Vec<ScenarioResult>,
    /// How many were left out after the first failure (`--fail-fast`).
    pub skipped: usize,
    /// Which parts of flows they came past, where that is asked for.
    pub coverage: Option<Coverage>,
    /// Which part of the scenarios was run (`--shard`).
    pub shard: Option<Shard>,
}

/// The `index`-th of `total` parts of the scenarios, from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Shard {
    pub index: u32,
    pub total: u32,
}

impl Shard {
    /// None where the index is not within the total.
    pub fn new(index: u32, total: u32) -> Option<Shard> {
        (1..=total)
            .contains(&index)
            .then_some(Shard { index, total })
    }
}

impl Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.total)
    }
}

/// How many scenarios came to which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Summary {
    pub total: usize,
    pub passed: usize,
    pub failed: usize,
    pub errored: usize,
    pub skipped: usize,
}

/// The verdict of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every expectation holds.
    Passed,
    /// An expectation does not hold.
    Failed,
    /// It could not be run as written (DET-4, ERR-4, or repeats that differ).
    Errored,
}

impl Verdict {
    /// The word in results.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::Errored => "errored",
        }
    }
}

/// An expectation that does not hold, or why a scenario could not be run.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The expectation as a whole path, such as `state.step.score.body.score`.
    pub expectation: String,
    /// What was expected.
    pub expected: Value,
    /// What was seen; null when there was nothing.
    pub actual: Value,
    /// One sentence for a person.
    pub message: String,
}

/// A finding with what a person wants to see around it.
#[derive(Debug, Clone)]
pub struct PlacedFinding {
    /// What does not hold.
    pub finding: Finding,
    /// Where it is written; None when nobody wrote it (DET-4).
    pub span: Option<Span>,
    /// The line on which it is written, redacted.
    pub quote: Option<String>,
    /// The path of the block that it is about.
    pub block: Option<Text>,
}

/// Something doubtful that leaves the verdict alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A stable name, such as `no_expectations`.
    pub code: &'static str,
    /// One sentence for a person.
    pub message: String,
}

/// What one mock was asked, or what no mock answered.
#[derive(Debug, Clone, PartialEq)]
pub struct WebhookLog {
    /// The mock; None for requests that none answers.
    pub mock: Option<Text>,
    /// The requests, in the order in which they were sent.
    pub requests: Vec<Request>,
}

/// A value that an expression of a block read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadValue {
    /// The path as the expression writes it.
    pub path: String,
    /// What stood there when the block started; None when the path was missing.
    pub value: Option<Value>,
}

/// What came of one scenario, or of one of its cases.
#[derive(Debug, Clone)]
pub struct ScenarioResult {
    /// The name of the scenario.
    pub scenario: Text,
    /// The name of the case, if it has cases.
    pub case: Option<Text>,
    /// Where its name is written.
    pub span: Span,
    /// The slug of the flow it runs.
    pub flow: Text,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it did not pass.
    pub failures: Vec<PlacedFinding>,
    /// What is doubtful.
    pub warnings: Vec<Warning>,
    /// What the run did.
    pub trace: Trace,
    /// What it asked of its mocks, in written order, unmatched requests last.
    pub webhooks: Vec<WebhookLog>,
    /// The choices it ran under.
    pub profile: Profile,
    /// For each block that a finding is about: the values that its expressions read.
    pub reads: Vec<(Text, Vec<ReadValue>)>,
    /// How the first run went on the wire; real times, for a person only.
    pub wire: Option<WireReport>,
    /// Its trace beside the accepted one, where they are compared.
    pub snapshot: Option<Snapshot>,
}

/// The trace of a scenario beside the accepted one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Where the accepted one stands, relative to the workspace.
    pub path: Text,
    /// The canonical text of this run.
    pub text: String,
    /// What came of comparing them.
    pub compared: Compared,
    /// Whether this one was left beside the accepted one, to be accepted.
    pub left: bool,
}

/// What came of comparing a trace with the accepted one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// They are the same.
    Same,
    /// None has been accepted; the path of a snapshot without a scenario that is the same, if there is one.
    Missing(Option<String>),
    /// They differ; the text of the accepted one.
    Differs(String),
    /// The accepted one is there and cannot be compared.
    Unreadable(String),
    /// The run could not be judged; what it did tells nothing.
    Unjudged,
}

impl ScenarioResult {
    /// `<scenario>`, or `<scenario> / <case>`.
    pub fn name(&self) -> String {
        full_name(&self.scenario, self.case.as_deref())
    }

    /// The choices that are not the default.
    pub fn departures(&self) -> Map {
        self.profile.departures()
    }
}

/// `<scenario>`, or `<scenario> / <case>`.
pub fn full_name(scenario: &str, case: Option<&str>) -> String {
    match case {
        Some(case) => format!("{scenario} / {case}"),
        None => scenario.to_owned(),
    }
}

impl Results {
    /// How many scenarios came to which verdict.
    pub fn summary(&self) -> Summary {
        let count = |verdict| {
            self.scenarios
                .iter()
                .filter(|scenario| scenario.verdict == verdict)
                .count()
        };
        Summary {
            total: self.scenarios.len().saturating_add(self.skipped),
            passed: count(Verdict::Passed),
            failed: count(Verdict::Failed),
            errored: count(Verdict::Errored),
            skipped: self.skipped,
        }
    }

    /// Whether every scenario that was judged passed.
    pub fn passed(&self) -> bool {
        self.scenarios
            .iter()
            .all(|scenario| scenario.verdict == Verdict::Passed)
    }
}
