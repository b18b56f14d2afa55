//! `flowproof check`: reads everything and judges nothing at run time.

use super::args::{Check, Common, Format};
use super::exit::{Exit, Stop};
use super::load::{about, load, prefix};
use super::terminal::Terminal;
use crate::diagnostic::Severity;
use crate::report::{ci, counted, diagnostics, json};

/// Diagnostics are the result here, so they go to standard output.
pub fn run(args: &Check, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let common = &about(common, &args.paths);
    let loaded = load(common, &args.paths)?;
    let read = format!(
        "{}, {} read: nothing to say\n",
        counted(loaded.workspace.flows.len(), "flow"),
        counted(loaded.scenarios.len(), "scenario")
    );
    let mut found = loaded.diagnostics.into_sorted();
    if args.strict {
        for diagnostic in &mut found {
            diagnostic.severity = Severity::Error;
        }
    }
    let human = match found.as_slice() {
        [] => read,
        found => diagnostics::render(found),
    };
    let mut document = Vec::new();
    if common.format == Format::Github {
        document = ci::github_problems(&found, &prefix(common)).into_bytes();
    } else {
        json::write_check(&mut document, &found)
            .map_err(|error| Stop::harness(error.to_string()))?;
    }
    terminal.show(&human, document, common)?;
    let mut severities = found.iter().map(|diagnostic| diagnostic.severity);
    Ok(if severities.any(|severity| severity == Severity::Error) {
        Exit::Unloadable
    } else {
        Exit::Passed
    })
}
