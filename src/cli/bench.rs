//! `flowproof bench`: budget use under latency distributions.

use super::args::{Bench, Common, Format};
use super::exit::{Exit, Stop};
use super::load::{Loaded, load};
use super::run::{jobs, stop_at_interrupt, unloadable_as};
use super::select::chosen;
use super::terminal::Terminal;
use super::told::{rate, warned};
use crate::bench::{Options, measure};
use crate::crew::Crew;
use crate::flow::{Flow, FlowKind};
use crate::report::bench::{Benched, Row, human, json, unloadable};
use crate::scenario::Scenario;
use crate::trial::{Trial, trials};
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Instant;

/// Measures flows or scenarios.
pub fn run(args: &Bench, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let loaded = load(common, &[])?;
    if loaded.diagnostics.has_errors() {
        return unloadable_as(loaded.diagnostics, common, terminal, |found| {
            Ok(unloadable(args.samples, args.seed, found))
        });
    }
    let trials = Arc::new(subjects(args, &loaded)?);
    let crew = Crew {
        jobs: jobs(common),
        interrupted: Arc::default(),
    };
    stop_at_interrupt(&crew.interrupted)?;
    let options = Options {
        samples: args.samples,
        seed: args.seed,
        crew,
    };
    // wall time is shown to a person and judges nothing
    let start = Instant::now();
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} runs  {per_sec}") {
        bar.set_style(style);
    }
    let mut runs = 0;
    let found = measure(&loaded.workspace, &trials, &options, &mut |done| {
        runs = done;
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let found = found.map_err(|error| Stop::harness(error.to_string()))?;
    let both = trials.iter().zip(found);
    let benched = Benched {
        samples: args.samples,
        seed: args.seed,
        rows: both
            .filter_map(|(trial, found)| {
                Some(Row {
                    name: trial.name.clone(),
                    flow: trial.scenario.flow.slug.value.clone(),
                    span: is_written(trial, &loaded).then(|| trial.scenario.span.clone()),
                    found: found?,
                })
            })
            .collect(),
        finished: !options.crew.interrupted.load(SeqCst),
    };
    terminal.say(&warned(&loaded.diagnostics.into_sorted()));
    let mut document = Vec::new();
    if common.format == Format::Json {
        document = json(&benched);
    }
    terminal.show(&human(&benched), document, common)?;
    terminal.say(&rate(runs, "run", start.elapsed()));
    let unmeasured = benched.rows.iter().any(|row| row.found.is_err());
    Ok(match (benched.finished, unmeasured) {
        (false, _) => Exit::Interrupted,
        (true, true) => Exit::Harness,
        (true, false) => Exit::Passed,
    })
}

/// What is measured: the scenarios of flows, or those that are named; without names, those of all system flows.
fn subjects(args: &Bench, loaded: &Loaded) -> Result<Vec<Trial>, Stop> {
    let workspace = &loaded.workspace;
    let mut found = Vec::new();
    if args.subjects.is_empty() {
        let flows = workspace.flows.iter();
        for flow in flows.filter(|flow| flow.kind == FlowKind::System) {
            found.extend(of_flow(flow, loaded));
        }
    }
    for written in &args.subjects {
        match workspace.flow(written) {
            Some(flow) => found.extend(of_flow(flow, loaded)),
            None => {
                let scenarios = chosen(written, &loaded.scenarios, workspace)?;
                found.extend(
                    scenarios
                        .into_iter()
                        .filter_map(|one| Trial::new(one, workspace)),
                );
            }
        }
    }
    if found.is_empty() {
        return Err(Stop::nothing(
            "nothing was measured: there is no flow that can be run",
        ));
    }
    Ok(found)
}

/// The scenarios of a flow in which nothing is injected and nothing edited; a default identity where there is none.
fn of_flow(flow: &Arc<Flow>, loaded: &Loaded) -> Vec<Trial> {
    let plain: Vec<Scenario> = loaded
        .scenarios
        .iter()
        .filter(|one| one.faults.is_empty() && one.edits.is_empty())
        .cloned()
        .collect();
    trials(&loaded.workspace, &plain, flow)
}

fn is_written(trial: &Trial, loaded: &Loaded) -> bool {
    let place = |one: &Scenario| (one.span.file.path().clone(), one.span.start);
    let own = place(&trial.scenario);
    loaded.scenarios.iter().any(|one| place(one) == own)
}
