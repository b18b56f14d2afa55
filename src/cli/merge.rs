//! `flowproof merge FILE…`: one report out of the documents of several runs, in every format that `run` has.

use super::args::{Common, Format, Merge};
use super::exit::{Exit, Stop};
use super::run::{self, page, uncovered};
use super::terminal::Terminal;
use crate::diagnostic::Diagnostic;
use crate::merge::{Merged, merge, part};
use crate::report::{human, json};
use std::fs;
use std::io;
use std::path::Path;

/// Reads the documents and shows them as one.
pub fn run(args: &Merge, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let mut parts = Vec::new();
    for path in &args.files {
        let shown = path.display().to_string();
        let unreadable = |why: String| Stop {
            exit: Exit::Unloadable,
            message: format!("{shown}: {why}"),
        };
        let part = part(&bytes(path)?).map_err(|error| unreadable(error.to_string()))?;
        parts.push((shown, part));
    }
    let merged = merge(parts).map_err(|error| Stop::usage(error.to_string()))?;
    if let Some(folder) = &args.report {
        page(folder, &merged.results)?;
    }
    let document = document(&merged, common)?;
    terminal.show(&human::render(&merged.results), document, common)?;
    for gap in &merged.gaps {
        terminal.fail(&Stop::harness(gap.as_str()));
    }
    let below = args
        .coverage_min
        .and_then(|least| uncovered(merged.results.coverage.as_ref(), least));
    if let Some(below) = &below {
        terminal.say(below);
    }
    let nothing = merged.results.scenarios.is_empty();
    Ok(
        match (
            merged.results.passed() && below.is_none(),
            merged.gaps.is_empty(),
        ) {
            (false, _) => Exit::Failed,
            (true, false) => Exit::Harness,
            (true, true) if nothing => Exit::NothingSelected,
            (true, true) => Exit::Passed,
        },
    )
}

fn bytes(path: &Path) -> Result<Vec<u8>, Stop> {
    let shown = path.display();
    fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Stop::usage(format!("{shown} does not exist")),
        _ => Stop::usage(format!("{shown} cannot be read: {error}")),
    })
}

/// JSON holds the scenarios as their documents have them; the other formats are those of `run`.
fn document(merged: &Merged, common: &Common) -> Result<Vec<u8>, Stop> {
    let mut document = Vec::new();
    let written = match common.format {
        Format::Json => json::write_merged(&mut document, merged),
        Format::Jsonl => json::write_merged_lines(&mut document, merged),
        Format::Human | Format::Html | Format::Junit | Format::Tap | Format::Github => {
            let gap =
                |gap: &String| Diagnostic::file_error("incomplete", "merged report", gap.as_str());
            let gaps: Vec<Diagnostic> = merged.gaps.iter().map(gap).collect();
            return run::document(&merged.results, &gaps, common);
        }
    };
    written.map_err(|error| Stop::harness(error.to_string()))?;
    Ok(document)
}
