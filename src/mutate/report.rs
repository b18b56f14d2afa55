//! What came of breaking flows: every mutant with its verdict, and the score. Plain data, redacted (ST-6), without a
//! wall clock.

use super::mutant::Mutant;
use super::suggest::Suggestion;
use crate::text::Span;
use crate::value::Text;

/// What came of all flows.
#[derive(Debug)]
pub struct Report {
    /// In the order in which they were asked for.
    pub flows: Vec<FlowReport>,
    /// Whether nothing was left out after an interruption.
    pub finished: bool,
}

/// What came of the mutants of a flow.
#[derive(Debug)]
pub struct FlowReport {
    /// Its slug.
    pub flow: Text,
    /// Where it is written.
    pub span: Span,
    /// How many scenarios run it, in another flow too.
    pub scenarios: usize,
    /// Those that do not pass as it is: then it has no mutants.
    pub not_passed: Vec<NotPassed>,
    /// In document order.
    pub mutants: Vec<Judged>,
    /// How many mutants were not settled before an interruption.
    pub left_out: usize,
}

/// A scenario that does not pass on the flow as it is.
#[derive(Debug, Clone)]
pub struct NotPassed {
    /// Its full name.
    pub scenario: String,
    /// Where it is written.
    pub span: Span,
    /// The first thing that does not hold.
    pub message: String,
}

/// A mutant and what came of it.
#[derive(Debug)]
pub struct Judged {
    /// The mutant; its texts show no hidden value (ST-6).
    pub mutant: Mutant,
    /// What came of it.
    pub verdict: Verdict,
}

/// What came of a mutant.
#[derive(Debug)]
pub enum Verdict {
    /// A scenario noticed.
    Killed(Killer),
    /// None did, and there is a world in which one could.
    Survived(Option<Suggestion>),
    /// No world tells it from the flow.
    Equivalent,
    /// It could not be saved, and why.
    Invalid(String),
}

/// Who noticed.
#[derive(Debug, Clone)]
pub struct Killer {
    /// The full name of the scenario.
    pub scenario: String,
    /// Where it is written.
    pub span: Span,
    /// The expectation that does not hold: `snapshot` for the accepted trace, `run` where nothing could be judged.
    pub expectation: String,
}

/// How many mutants came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Score {
    pub total: usize,
    pub killed: usize,
    pub survived: usize,
    pub equivalent: usize,
    pub invalid: usize,
}

impl Score {
    /// Killed of those that could have been, in percent, cut to one decimal; None when there are none.
    pub fn percent(&self) -> Option<f64> {
        let could = self.killed + self.survived;
        (could > 0).then(|| ((self.killed * 1000) / could) as f64 / 10.0)
    }

    /// That of several flows.
    pub fn of<'a>(judged: impl Iterator<Item = &'a Judged>) -> Score {
        let mut score = Score::default();
        for one in judged {
            score.total += 1;
            *match one.verdict {
                Verdict::Killed(_) => &mut score.killed,
                Verdict::Survived(_) => &mut score.survived,
                Verdict::Equivalent => &mut score.equivalent,
                Verdict::Invalid(_) => &mut score.invalid,
            } += 1;
        }
        score
    }
}

impl FlowReport {
    /// Its score, where everything was settled: survivors are settled last.
    pub fn percent(&self) -> Option<f64> {
        let score = Score::of(self.mutants.iter());
        score.percent().filter(|_| self.left_out == 0)
    }
}

impl Report {
    /// The score of all flows, where everything was settled.
    pub fn percent(&self) -> Option<f64> {
        self.score().percent().filter(|_| self.finished)
    }

    /// The score over all flows.
    pub fn score(&self) -> Score {
        Score::of(self.flows.iter().flat_map(|flow| &flow.mutants))
    }

    /// Whether every scenario passes and every mutant that differs was noticed.
    pub fn passed(&self) -> bool {
        self.score().survived == 0 && self.flows.iter().all(|flow| flow.not_passed.is_empty())
    }
}
