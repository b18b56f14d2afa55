//! `flowproof run`: loads, runs and judges scenarios, and shows what came of them.

use super::args::{Common, Format, Run};
use super::exit::{Exit, Stop};
use super::load::{about, load, prefix, workspace_root};
use super::shard::part_of;
use super::snapshots;
use super::terminal::{Terminal, write_file};
use super::told::{on_the_wire, rate, warned};
use super::watch::{Watched, watch};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::harness::{Coverage, Options, Plan, Progress, Results, Shard, Wanted, run_all};
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
    let common = &about(common, &args.paths);
    let interrupted: Arc<AtomicBool> = Arc::default();
    let selected = Selected::new(args)?;
    let run = || once(args, &selected, common, terminal, &interrupted);
    if !args.watch {
        return run();
    }
    let root = workspace_root(common, &args.paths)?;
    let written = common.output.iter().chain(&args.report);
    let watched = Watched::new(&root, &args.paths, written);
    stop_at_interrupt(&interrupted)?;
    watch(&watched, &interrupted, terminal, run)
}

/// What is asked for of all scenarios, which no change of a file changes.
struct Selected {
    filter: Option<Filter>,
    shard: Option<Shard>,
}

impl Selected {
    fn new(args: &Run) -> Result<Selected, Stop> {
        let variable = |name: &str| env::var(name).ok();
        Ok(Selected {
            filter: filter(args.filter.as_deref())?,
            shard: args.shard.map(|one| one.shard(variable)).transpose()?,
        })
    }
}

fn once(
    args: &Run,
    selected: &Selected,
    common: &Common,
    terminal: &Terminal,
    interrupted: &Arc<AtomicBool>,
) -> Result<Exit, Stop> {
    let mut loaded = load(common, &args.paths)?;
    if let Some(filter) = &selected.filter {
        loaded.scenarios.retain(|one| one.selected_by(filter));
    }
    if loaded.diagnostics.has_errors() {
        return unloadable(loaded.diagnostics, common, terminal);
    }
    let nothing = loaded.scenarios.is_empty();
    if let Some(shard) = selected.shard {
        let all = loaded.scenarios.len();
        loaded.scenarios = part_of(loaded.scenarios, shard);
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
    results.shard = selected.shard;
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
    let runs = (results.scenarios.len() as u64).saturating_mul(args.repeat);
    terminal.say(&rate(runs, "run", took));
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
    // one division rounds as the number that was written does
    let percent = (share.covered as f64) * 100.0 / (share.total.max(1) as f64);
    let is_less = share.total > 0 && percent < least;
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
        Format::Jsonl => json::write_run_lines(&mut document, results, found),
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

#[cfg(test)]
mod tests {
    use super::uncovered;
    use crate::harness::{Coverage, FlowCoverage, Point, What};
    use crate::text::Span;

    fn coverage(covered: usize, total: usize) -> Coverage {
        let span = Span::elsewhere("a.yaml", 1, 1);
        let point = |at| Point {
            what: What::Block,
            block: "a".into(),
            span: span.clone(),
            scenarios: usize::from(at < covered),
        };
        let points = (0..total).map(point).collect();
        let (flow, span) = ("login".into(), span.clone());
        Coverage {
            flows: vec![FlowCoverage { flow, span, points }],
        }
    }

    #[test]
    fn what_is_asked_for_exactly_is_enough() {
        for (covered, total, least, enough) in [
            (161, 250, 64.4, true),
            (160, 250, 64.4, false),
            (2, 3, 66.6, true),
            (2, 3, 66.67, false),
            (0, 0, 100.0, true),
            (0, 9, 0.0, true),
            (9_999, 10_000, 100.0, false),
        ] {
            let found = uncovered(Some(&coverage(covered, total)), least);
            assert_eq!(found.is_none(), enough, "{covered} of {total}, {least}");
        }
    }
}
