//! `flowproof mutate`: breaks flows on purpose, runs their scenarios, and shows who noticed and who did not.

use super::args::{Common, Format, Mutate};
use super::exit::{Exit, Stop};
use super::load::load;
use super::run::{jobs, stop_at_interrupt, unloadable_as};
use super::terminal::Terminal;
use super::told::rate;
use crate::crew::Crew;
use crate::diagnostic::Diagnostics;
use crate::document::suggestion;
use crate::flow::{Config, Flow};
use crate::harness::{Options, Plan, Snapshots};
use crate::mutate::{Progress, Report, mutate};
use crate::report::mutate as report;
use crate::scenario::Scenario;
use crate::workspace::Workspace;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Breaks flows and runs their scenarios.
pub fn run(args: &Mutate, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let loaded = load(common, &[])?;
    if loaded.diagnostics.has_errors() {
        return unloadable(loaded.diagnostics, common, terminal);
    }
    let workspace = loaded.workspace;
    let flows = flows(&args.flows, &workspace, &loaded.scenarios)?;
    let options = Options {
        jobs: jobs(common),
        snapshots: Snapshots::New,
        ..Options::default()
    };
    let concerned = loaded
        .scenarios
        .into_iter()
        .filter(|scenario| flows.iter().any(|flow| runs(scenario, flow)));
    let mut found = Diagnostics::default();
    let Some(plan) = Plan::new(&workspace, concerned.collect(), options, &mut found) else {
        return unloadable(found, common, terminal);
    };
    if plan.scenarios.is_empty() {
        let reason = match args.flows.as_slice() {
            [] => "there is none".to_owned(),
            [one] => format!("none runs `{one}`"),
            several => format!("none runs any of `{}`", several.join("`, `")),
        };
        return Err(Stop::nothing(format!("no scenario was run: {reason}")));
    }
    let crew = Crew {
        jobs: plan.options.jobs,
        interrupted: plan.options.interrupted.clone(),
    };
    stop_at_interrupt(&crew.interrupted)?;
    let (made, took) = timed(&plan, &flows, &crew)?;
    let mut document = Vec::new();
    if common.format == Format::Json {
        document = report::json::document(&made);
    }
    terminal.show(&report::human::render(&made), document, common)?;
    let mutants = made.score().total as u64;
    terminal.say(&rate(mutants, "mutant", took));
    Ok(match (made.finished, made.passed()) {
        (false, _) => Exit::Interrupted,
        (true, true) => Exit::Passed,
        (true, false) => Exit::Failed,
    })
}

/// Those that are named; else all that some scenario runs.
fn flows(
    named: &[String],
    workspace: &Workspace,
    scenarios: &[Scenario],
) -> Result<Vec<Arc<Flow>>, Stop> {
    if named.is_empty() {
        let is_run = |flow: &&Arc<Flow>| scenarios.iter().any(|scenario| runs(scenario, flow));
        return Ok(workspace.flows.iter().filter(is_run).cloned().collect());
    }
    let mut found: Vec<Arc<Flow>> = Vec::new();
    for name in named {
        let Some(flow) = workspace.flow(name) else {
            let known = workspace.flows.iter().map(|flow| &*flow.slug.value);
            let fix = suggestion(name, known);
            return Err(Stop::usage(format!("there is no flow `{name}`: {fix}")));
        };
        if !found.iter().any(|known| Arc::ptr_eq(known, flow)) {
            found.push(flow.clone());
        }
    }
    Ok(found)
}

/// Whether a scenario runs a flow, by itself or in another.
fn runs(scenario: &Scenario, flow: &Flow) -> bool {
    let slug = &flow.slug.value;
    let blocks = scenario.flow.blocks();
    scenario.flow.slug.value == *slug
        || blocks.iter().any(
            |block| matches!(&block.config, Config::RunCustomFlow { flow } if flow.value == *slug),
        )
}

/// Nothing is broken in a workspace that does not load.
fn unloadable(found: Diagnostics, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    unloadable_as(found, common, terminal, |found| {
        Ok(report::json::unloadable(found))
    })
}

/// With a progress bar, which shows itself on a terminal only.
fn timed(plan: &Arc<Plan>, flows: &[Arc<Flow>], crew: &Crew) -> Result<(Report, Duration), Stop> {
    // wall time is shown to a person and judges nothing
    let start = Instant::now();
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg}  {per_sec}  {eta}")
    {
        bar.set_style(style);
    }
    let mut stage = "";
    let made = mutate(plan, flows, crew, &mut |progress: Progress| {
        if stage != progress.stage {
            stage = progress.stage;
            bar.reset();
            bar.set_message(stage);
        }
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
    });
    bar.finish_and_clear();
    let made = made.map_err(|error| Stop::harness(error.to_string()))?;
    Ok((made, start.elapsed()))
}
