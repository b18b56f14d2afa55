//! `flowproof run`: loads, runs and judges scenarios, and shows what came of them.

use super::args::{Common, Format, Run};
use super::exit::{Exit, Stop};
use super::load::{load, prefix, workspace_root};
use super::shard::Shard;
use super::snapshots;
use super::terminal::{Terminal, write_file};
use super::watch::watch;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::harness::{Coverage, Options, Plan, Progress, Results, Wanted, run_all};
use crate::report::{ci, counted, coverage, diagnostics, html, human, json};
use crate::scenario::Filter;
use crate::workspace::Workspace;
use indicatif::{ProgressBar, ProgressStyle};
use std::env;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

/// Runs scenarios; with `--watch` again and again.
pub fn run(args: &Run, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let interrupted: Arc<AtomicBool> = Arc::default();
    let run = || once(args, common, terminal, &interrupted);
    if !args.watch {
        return run();
    }
    let root = workspace_root(common, &args.paths)?;
    stop_at_interrupt(&interrupted)?;
    watch(&root, &interrupted, terminal, run)
}

fn once(
    args: &Run,
    common: &Common,
    terminal: &Terminal,
    interrupted: &Arc<AtomicBool>,
) -> Result<Exit, Stop> {
    let filter = filter(args.filter.as_deref())?;
    let mut loaded = load(common, &args.paths)?;
    if let Some(filter) = &filter {
        loaded.scenarios.retain(|one| one.selected_by(filter));
    }
    if loaded.diagnostics.has_errors() {
        return unloadable(loaded.diagnostics, common, terminal);
    }
    let nothing = loaded.scenarios.is_empty();
    let shard = args
        .shard
        .map(|wanted| wanted.shard(|name| env::var(name).ok()));
    let shard = shard.transpose()?;
    if let Some(shard) = shard {
        let all = loaded.scenarios.len();
        loaded.scenarios = shard.of(loaded.scenarios);
        let own = loaded.scenarios.len();
        terminal.say(&format!(
            "shard {shard}: {own} of {}\n",
            counted(all, "scenario")
        ));
    }
    let options = Options {
        jobs: jobs(common),
        repeat: args.repeat,
        retries: args.retries,
        fail_fast: args.fail_fast,
        seed: args.seed,
        wire: args.wire.then(|| args.time_scale.unwrap_or_default()),
        snapshots: snapshots::mode(args),
        interrupted: interrupted.clone(),
    };
    let mut found = loaded.diagnostics;
    let plan = Plan::new(&loaded.workspace, loaded.scenarios, options, &mut found);
    let Some(plan) = plan.filter(|_| !found.has_errors()) else {
        return unloadable(found, common, terminal);
    };
    if nothing {
        let reason = none_selected(args, &plan.workspace);
        return Err(Stop::nothing(format!("no scenario was run: {reason}")));
    }
    stop_at_interrupt(&plan.options.interrupted)?;
    let (mut results, took) = timed(&plan)?;
    results.shard = shard.map(Shard::numbers);
    let uncovered = cover(args, &plan, &mut results);
    let problems = snapshots::leave(&plan, &loaded.kept, &mut results, &mut found);
    let found = found.into_sorted();
    let document = document(&results, &found, common)?;
    if let Some(folder) = &args.report {
        page(folder, &results)?;
    }
    terminal.show(&human::render(&results), document, common)?;
    let (orphans, others) = snapshots::without_orphans(found);
    terminal.say(&warned(&others));
    terminal.say(&diagnostics::render(&orphans));
    terminal.say(&on_the_wire(&results));
    terminal.say(&rate(&results, args.repeat, took));
    snapshots::say(&problems, terminal);
    if let Some(uncovered) = &uncovered {
        terminal.say(uncovered);
    }
    let interrupted = plan.options.interrupted.load(SeqCst);
    let passed = results.passed() && uncovered.is_none();
    Ok(match (interrupted, passed, problems.is_empty()) {
        (true, _, _) => Exit::Interrupted,
        (false, false, _) => Exit::Failed,
        (false, true, false) => Exit::Harness,
        (false, true, true) => Exit::Passed,
    })
}

/// The page of `--report`; the folder is made where it is missing.
pub fn page(folder: &Path, results: &Results) -> Result<(), Stop> {
    let cannot = |error| Stop::harness(format!("{} cannot be made: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(cannot)?;
    write_file(&folder.join("index.html"), html::render(results).as_bytes())
}

/// Adds the coverage, where it is asked for; says so where it is below what is asked for.
fn cover(args: &Run, plan: &Plan, results: &mut Results) -> Option<String> {
    if !args.coverage && args.coverage_min.is_none() {
        return None;
    }
    let whole = args.paths.is_empty() && args.filter.is_none();
    let wanted = if whole { Wanted::All } else { Wanted::Run };
    let found = Coverage::new(&plan.workspace, &plan.scenarios, &results.scenarios, wanted);
    results.coverage = Some(found);
    uncovered(results.coverage.as_ref(), args.coverage_min?)
}

/// What to say where less is covered than is asked for, in percent; what was not measured is not covered.
pub fn uncovered(found: Option<&Coverage>, least: f64) -> Option<String> {
    let Some(found) = found else {
        return Some("--coverage-min needs runs with --coverage\n".to_owned());
    };
    let share = found.share();
    let is_less = (share.covered as f64) * 100.0 < least * (share.total as f64);
    let percent = coverage::percent(share);
    is_less.then(|| format!("{percent} is covered, and --coverage-min asks for {least}%\n"))
}

/// Why there is nothing to run, and what to type instead.
fn none_selected(args: &Run, workspace: &Workspace) -> String {
    let of_flow = |path: &PathBuf| {
        let flows = workspace.flows.iter();
        flows
            .map(|flow| &flow.slug)
            .find(|slug| path.ends_with(&**slug.span.file.path()))
    };
    let shown: Vec<String> = args
        .paths
        .iter()
        .map(|path| format!("`{}`", path.display()))
        .collect();
    match (&args.filter, args.paths.iter().find_map(of_flow)) {
        (Some(_), _) => "--filter selects none".to_owned(),
        (None, Some(slug)) => format!(
            "{} holds none; `flowproof run --filter flow:{}` runs those of this flow",
            shown.join(", "),
            slug.value
        ),
        (None, None) if shown.is_empty() => {
            "there is none under `scenarios/` yet; `flowproof init DIR` makes a workspace with an example".to_owned()
        }
        (None, None) => format!(
            "{} holds none; scenarios stand under `scenarios/`",
            shown.join(", ")
        ),
    }
}

fn filter(written: Option<&str>) -> Result<Option<Filter>, Stop> {
    let parsed = written.map(Filter::parse).transpose();
    parsed.map_err(|message| Stop::usage(format!("--filter: {message}")))
}

/// The first Ctrl-C lets what runs come to its end and be reported, the second ends the process.
pub fn stop_at_interrupt(interrupted: &Arc<AtomicBool>) -> Result<(), Stop> {
    let flag = interrupted.clone();
    let handler = move || {
        if flag.swap(true, SeqCst) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    };
    match ctrlc::set_handler(handler) {
        // an earlier run of this process has set one
        Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        Err(error) => Err(Stop::harness(format!("Ctrl-C cannot be handled: {error}"))),
    }
}

/// The number of cores, unless it is given.
pub fn jobs(common: &Common) -> usize {
    let cores = || available_parallelism().map_or(1, NonZero::get);
    common.jobs.map_or_else(cores, usize::from)
}

/// The results in the format that is asked for; nothing where that is the human one.
pub fn document(results: &Results, found: &[Diagnostic], common: &Common) -> Result<Vec<u8>, Stop> {
    let mut document = Vec::new();
    let written = match common.format {
        Format::Human | Format::Html => Ok(()),
        Format::Json => json::write_run(&mut document, results, found),
        Format::Jsonl => ci::jsonl(&mut document, results, found),
        Format::Junit => ci::junit(results, found).map(|xml| document = xml),
        Format::Tap => {
            document = ci::tap(results, found).into_bytes();
            Ok(())
        }
        Format::Github => {
            document = ci::github(results, found, &prefix(common)).into_bytes();
            Ok(())
        }
    };
    written.map_err(|error| Stop::harness(error.to_string()))?;
    Ok(document)
}

/// Nothing runs in a workspace that does not load; the document is that of `run`.
pub fn unloadable(found: Diagnostics, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    unloadable_as(found, common, terminal, |found| {
        document(&Results::default(), found, common)
    })
}

/// The same for a command that has a document of its own.
pub fn unloadable_as(
    found: Diagnostics,
    common: &Common,
    terminal: &Terminal,
    document: impl FnOnce(&[Diagnostic]) -> Result<Vec<u8>, Stop>,
) -> Result<Exit, Stop> {
    let found = found.into_sorted();
    // warnings do not stand between an author and the errors
    let (errors, warnings): (Vec<_>, Vec<_>) = found
        .iter()
        .cloned()
        .partition(|one| one.severity == Severity::Error);
    terminal.say(&diagnostics::render(&errors));
    terminal.say(&warned(&warnings));
    if !matches!(common.format, Format::Human | Format::Html) {
        terminal.show("", document(&found)?, common)?;
    }
    Ok(Exit::Unloadable)
}

/// Runs with a progress bar, which shows itself on a terminal only.
fn timed(plan: &Arc<Plan>) -> Result<(Results, Duration), Stop> {
    // wall time is shown to a person and judges nothing
    let start = Instant::now();
    let bar = ProgressBar::new(plan.scenarios.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len}  {per_sec}  {eta}  {msg}")
    {
        bar.set_style(style);
    }
    let outcome = run_all(plan, &mut |progress: Progress| {
        bar.set_position(progress.done as u64);
        if progress.not_passed > 0 {
            bar.set_message(format!("{} not passed", progress.not_passed));
        }
    });
    bar.finish_and_clear();
    let results = outcome.map_err(|error| Stop::harness(error.to_string()))?;
    Ok((results, start.elapsed()))
}

/// Warnings about what is written do not stand between an author and the results: `check` shows them. What is
/// left behind by scenarios that are gone is told here.
pub fn warned(found: &[Diagnostic]) -> String {
    let (orphans, others): (Vec<_>, Vec<_>) = found
        .iter()
        .cloned()
        .partition(|one| one.code == "orphan_snapshot");
    let told = diagnostics::render(&orphans);
    match others.len() {
        0 => told,
        1 => told + "1 warning about the files: `flowproof check` shows it\n",
        count => {
            told + &format!("{count} warnings about the files: `flowproof check` shows them\n")
        }
    }
}

/// What the wire driver has to say; nothing in virtual time.
fn on_the_wire(results: &Results) -> String {
    let reports = || results.scenarios.iter().filter_map(|one| one.wire);
    if reports().next().is_none() {
        return String::new();
    }
    let requests: u64 = reports().map(|report| report.requests).sum();
    let simulated: u64 = reports().map(|report| report.simulated).sum();
    let lag = reports().map(|report| report.lag).max().unwrap_or_default();
    let lag_ms = lag.as_secs_f64() * 1_000.0;
    let mut said = format!("{requests} real requests; the latest event came {lag_ms:.1} ms late\n");
    if simulated > 0 {
        said += &format!("{simulated} dns and tls faults were simulated, not sent\n");
    }
    said
}

fn rate(results: &Results, repeat: u64, took: Duration) -> String {
    let runs = (results.scenarios.len() as u64).saturating_mul(repeat);
    let seconds = took.as_secs_f64();
    let rate = runs as f64 / seconds.max(1e-9);
    let noun = if runs == 1 { "run" } else { "runs" };
    format!("{runs} {noun} in {seconds:.3} s, {rate:.0} a second\n")
}
