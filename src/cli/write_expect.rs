//! `flowproof accept --expect SCENARIO`: the ending of an actual run, its terminal, its reason, its path and what the
//! user sees are written into the scenario file as what is expected. The rest of the file stays as it is.

use super::args::Common;
use super::exit::{Exit, Stop};
use super::run::unloadable;
use super::terminal::{Terminal, write_file};
use super::trace::traced;
use crate::harness::{ScenarioResult, Verdict};
use crate::scenario::{as_expect, with_expectations};
use crate::value::{Text, Value};
use serde_json::json;
use std::fs;
use std::path::Path;

/// The format of the document.
const FORMAT: &str = "flowproof.expect/1";
/// The byte order mark, which some editors write and no reader sees.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Runs one scenario and writes what it did.
pub fn run(written: &str, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let (plan, results) = match traced(written, None, common)? {
        Ok(traced) => traced,
        Err(found) => return unloadable(found, common, terminal),
    };
    let Some(result) = results.scenarios.first() else {
        return Err(Stop::harness("the scenario gave no result"));
    };
    if result.verdict == Verdict::Errored {
        let why = result
            .failures
            .first()
            .map_or("", |placed| placed.finding.message.as_str());
        let message = format!("nothing was written: the scenario cannot be judged: {why}");
        return Err(Stop {
            exit: Exit::Failed,
            message,
        });
    }
    let expectations = main_expectations(result);
    let file = &result.span.file;
    let changed = with_expectations(
        file,
        &result.scenario,
        result.case.as_deref(),
        &expectations,
    );
    let Some(changed) = changed else {
        return Err(Stop::harness(format!(
            "nothing was written: `expect` of `{}` in {} cannot be changed without changing something else; write this by hand\n{}",
            result.name(),
            file.path(),
            as_expect(&expectations).trim_end()
        )));
    };
    let same = changed == file.text();
    if !same {
        replace(
            &plan.workspace.root.join(&**file.path()),
            file.text(),
            &changed,
        )?;
    }
    let keys: Vec<&str> = expectations.iter().map(|(key, _)| *key).collect();
    let verb = if same {
        "already expects"
    } else {
        "now expects"
    };
    let human = format!(
        "{}: `{}` {verb} {}\n",
        file.path(),
        result.name(),
        keys.join(", ")
    );
    let document = json!({
        "format": FORMAT,
        "file": &**file.path(),
        "scenario": result.name(),
        "changed": !same,
        "expects": keys,
    });
    terminal.show(&human, format!("{document:#}\n").into_bytes(), common)?;
    Ok(Exit::Passed)
}

/// Writes the file anew, with its byte order mark if it has one. What somebody saved meanwhile stays.
fn replace(path: &Path, before: &str, after: &str) -> Result<(), Stop> {
    let cannot = |error| Stop::harness(format!("{} cannot be read: {error}", path.display()));
    let now = fs::read(path).map_err(cannot)?;
    let is_mark = |start: &&[u8]| start.chunks(BOM.len()).all(|chunk| chunk == BOM);
    let Some(mark) = now.strip_suffix(before.as_bytes()).filter(is_mark) else {
        return Err(Stop::harness(format!(
            "nothing was written: {} has changed since it was read; run this again",
            path.display()
        )));
    };
    write_file(path, &[mark, after.as_bytes()].concat())
}

/// What a reader looks at first. What a run has not is expected to be null only where something else was expected.
fn main_expectations(result: &ScenarioResult) -> Vec<(&'static str, Value)> {
    let trace = &result.trace;
    let mut expectations = vec![("ending", Value::text(trace.ending.name()))];
    let mut add = |key: &'static str, found: Option<&Text>| {
        let was_expected = result
            .failures
            .iter()
            .any(|placed| placed.finding.expectation == key);
        match found {
            Some(text) => expectations.push((key, Value::Text(text.clone()))),
            None if was_expected => expectations.push((key, Value::Null)),
            None => {}
        }
    };
    add("terminal", trace.terminal.as_ref());
    add("reason", trace.reason.as_ref());
    expectations.push(("user_sees", trace.user_sees.to_value()));
    let path = trace
        .preorder()
        .into_iter()
        .map(|entry| Value::Text(entry.block.clone()));
    expectations.push(("path", Value::list(path.collect())));
    expectations
}
