//! What fuzzing found: for people and as `flowproof.fuzz/1`. One view of both, nothing here judges.

pub mod human;
pub mod json;

use crate::crew::Lost;
use crate::fuzz::{Findings, Own, OwnFinding, Weight};
use crate::value::Text;

/// Everything that one command found.
pub struct Fuzzed {
    /// Where all cases come from.
    pub seed: u64,
    /// The command that finds the same.
    pub command: String,
    /// Generated flows: what kind of cases, and what they found.
    pub generated: Vec<(&'static str, Findings)>,
    /// The author's own flows.
    pub flows: Vec<Own>,
    /// Where findings were kept, by flow and number of the case.
    pub saved: Vec<(Text, u64, String)>,
    /// What became of findings that were kept before.
    pub kept: Vec<Kept>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
}

/// A finding that was kept before.
pub struct Kept {
    /// The file of its scenario.
    pub file: Text,
    /// Its scenario.
    pub scenario: String,
    /// Whether it still shows.
    pub state: State,
}

/// Whether a finding still shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its scenario passes.
    Fixed,
    /// It does not.
    Open,
}

impl State {
    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            State::Fixed => "fixed",
            State::Open => "open",
        }
    }
}

impl Fuzzed {
    /// The findings of a flow that make the command fail.
    pub fn errors(own: &Own) -> impl Iterator<Item = &OwnFinding> {
        let fails = |one: &&OwnFinding| one.weight == Weight::Error && one.accepted.is_none();
        own.findings.iter().filter(fails)
    }

    /// Whether nothing was found that an author must look at.
    pub fn passed(&self) -> bool {
        let own = self.flows.iter().map(|own| Fuzzed::errors(own).count());
        let open = self.kept.iter().filter(|kept| kept.state == State::Open);
        self.disagreements() + own.sum::<usize>() + open.count() == 0
    }

    /// Parts of the work that came to nothing.
    pub fn lost(&self) -> impl Iterator<Item = Lost> {
        self.flows.iter().flat_map(|own| own.lost.iter().copied())
    }

    /// In how many ways flowproof itself is wrong.
    pub fn disagreements(&self) -> usize {
        let generated = self.generated.iter().map(|(_, found)| found.found.len());
        let own = self.flows.iter().map(|own| own.disagreements.len());
        generated.sum::<usize>() + own.sum::<usize>()
    }

    /// The file in which a finding was kept.
    pub fn file_of(&self, flow: &str, finding: &OwnFinding) -> Option<&str> {
        let mut saved = self.saved.iter();
        let mine = saved.find(|(of, number, _)| **of == *flow && *number == finding.number);
        mine.map(|(_, _, file)| file.as_str())
    }
}
