//! Results of a run for the systems that read them: JUnit, TAP 14, annotations of GitHub Actions. Each is a
//! pure function of the results, in input order, without a wall-clock figure.

mod github;
mod junit;
mod tap;

pub use github::{annotations as github, problems as github_problems};
pub use junit::document as junit;
pub use tap::stream as tap;

use super::diagnostics::plain as quoted;
use super::human::details;
use super::style::plain;
use crate::diagnostic::{Diagnostic, Severity};
use crate::harness::ScenarioResult;

/// In one line, why a scenario did not pass.
fn why(result: &ScenarioResult) -> String {
    let first = result.failures.first().map(|placed| &placed.finding);
    let said = first.map_or_else(String::new, |finding| {
        format!("{}: {}", finding.expectation, finding.message)
    });
    match result.failures.len() {
        0 | 1 => said,
        count => format!("{said} (and {} more)", count - 1),
    }
}

/// Everything that a person is shown about a scenario that did not pass, without styles.
fn told(result: &ScenarioResult) -> String {
    plain(&details(result))
}

/// What keeps the workspace from being run.
fn errors(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    diagnostics
        .iter()
        .filter(|one| one.severity == Severity::Error)
}
