//! `flowproof faults FLOW`: every block × every fault × every scenario of a flow, and where it fails open.

use super::args::{Common, Faults, Format};
use super::exit::{Exit, Stop};
use super::load::load;
use super::run::{jobs, stop_at_interrupt, unloadable_as};
use super::terminal::Terminal;
use super::told::{rate, warned};
use crate::diagnostic::Diagnostic;
use crate::document::suggestion;
use crate::faults::{Matrix, Options, Subject, matrix};
use crate::flow::Flow;
use crate::report::{diagnostics, faults};
use crate::workspace::Workspace;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Instant;

/// Tries every fault and shows what comes of it.
pub fn run(args: &Faults, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let loaded = load(common, &[])?;
    if loaded.diagnostics.has_errors() {
        return unloadable_as(loaded.diagnostics, common, terminal, |found| {
            page(&args.flow, None, found, common)
        });
    }
    let flow = named(&args.flow, &loaded.workspace)?;
    let subject = Subject::new(&loaded.workspace, &loaded.scenarios, flow)
        .map_err(|why| Stop::nothing(format!("flow `{}` cannot be run: {why}", args.flow)))?;
    let options = Options {
        jobs: jobs(common),
        paths: common.format == Format::Html,
        ..Options::default()
    };
    stop_at_interrupt(&options.interrupted)?;
    let found = tried(&Arc::new(subject), &options, terminal)?;
    let interrupted = options.interrupted.load(SeqCst);
    let mut said = loaded.diagnostics.into_sorted();
    terminal.say(&warned(&said));
    if !interrupted {
        terminal.say(&diagnostics::render(&found.unused));
        said.extend(found.unused.iter().cloned());
    }
    let page = page(&args.flow, Some(&found), &said, common)?;
    terminal.show(&faults::human(&found), page, common)?;
    exit(&found, interrupted)
}

/// The flow with this slug.
fn named<'a>(slug: &str, workspace: &'a Workspace) -> Result<&'a Arc<Flow>, Stop> {
    workspace.flow(slug).ok_or_else(|| {
        let known = suggestion(slug, workspace.names.flows.names());
        Stop::usage(format!("there is no flow `{slug}`: {known}"))
    })
}

/// Tries with a progress bar, which shows itself on a terminal only.
fn tried(subject: &Arc<Subject>, options: &Options, terminal: &Terminal) -> Result<Matrix, Stop> {
    // wall time is shown to a person and judges nothing
    let start = Instant::now();
    let bar = ProgressBar::new(subject.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} scenarios  {eta}") {
        bar.set_style(style);
    }
    let outcome = matrix(subject, options, &mut |done| bar.set_position(done as u64));
    bar.finish_and_clear();
    let found = outcome.map_err(|error| Stop::harness(error.to_string()))?;
    terminal.say(&rate(found.runs, "run", start.elapsed()));
    Ok(found)
}

/// The document or page that is asked for.
fn page(
    flow: &str,
    found: Option<&Matrix>,
    said: &[Diagnostic],
    common: &Common,
) -> Result<Vec<u8>, Stop> {
    let mut page = Vec::new();
    match (common.format, found) {
        (Format::Json, found) => faults::json(&mut page, flow, found, said)
            .map_err(|error| Stop::harness(error.to_string()))?,
        (Format::Html, Some(found)) => page = faults::html(found).into_bytes(),
        (_, _) => {}
    }
    Ok(page)
}

/// A cell that fails open fails; a scenario of which nothing came is no success.
fn exit(found: &Matrix, interrupted: bool) -> Result<Exit, Stop> {
    let not_run = found
        .scenarios
        .iter()
        .filter(|tried| tried.seen.is_err())
        .count();
    Ok(match (interrupted, found.count()) {
        (true, _) => Exit::Interrupted,
        (false, (0, _)) if not_run > 0 => Exit::Harness,
        (false, (0, _)) => Exit::Passed,
        (false, _) => Exit::Failed,
    })
}
