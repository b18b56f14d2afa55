//! Tests the tests: breaks flows in the ways in which authors do by accident, runs their scenarios, and tells which
//! mutants nobody noticed, each with a scenario that would have. Mutants that no world tells from the flow are left out
//! of the score. The same workspace gives the same report with any number of threads.

mod altered;
mod differ;
mod facets;
mod grounds;
mod mutant;
mod operators;
mod probes;
mod report;
mod run;
mod suggest;
mod survivors;

pub use mutant::{Broken, Change, Mutant};
pub use operators::{OPERATORS, Operator};
pub use report::{FlowReport, Judged, Killer, NotPassed, Report, Score, Verdict};
pub use run::{Progress, mutate};
pub use suggest::Suggestion;
