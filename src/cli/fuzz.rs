//! `flowproof fuzz`: generated flows against the reference, and the author's own flows against what an author cares
//! about. What is found can be kept as scenarios.

use super::args::{Common, Format, Fuzz};
use super::exit::{Exit, Stop};
use super::load::{Loaded, load};
use super::run::{jobs, stop_at_interrupt, unloadable_as};
use super::terminal::{Terminal, write_file};
use crate::crew::Crew;
use crate::document::{suggestion, yaml};
use crate::flow::{Config, Flow, FlowKind};
use crate::fuzz::{
    self, Actions, Findings, Job, Mode, Own, OwnJob, OwnKind, Weight, describe, file_name,
    fuzz_flow,
};
use crate::harness::{Options, Plan, Verdict, run_all};
use crate::report::fuzz::{Fuzzed, Kept, State, human, json};
use crate::scenario::Scenario;
use crate::value::Text;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// The folder of findings that are kept.
const REGRESSIONS: &str = "scenarios/regressions";

/// Fuzzes.
pub fn run(args: &Fuzz, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    terminal.say(&format!("seed {}\n", args.seed));
    let loaded = workspace(args, common)?;
    let loaded = match loaded {
        Some(loaded) if loaded.diagnostics.has_errors() => {
            return unloadable_as(loaded.diagnostics, common, terminal, |found| {
                Ok(json::unloadable(args.seed, &command(args), found))
            });
        }
        other => other,
    };
    let mut flows = match &loaded {
        Some(loaded) => selected(args, loaded)?,
        None => Vec::new(),
    };
    let interrupt: Arc<AtomicBool> = Arc::default();
    stop_at_interrupt(&interrupt)?;
    let mut fuzzed = Fuzzed {
        seed: args.seed,
        command: command(args),
        generated: Vec::new(),
        flows: Vec::new(),
        saved: Vec::new(),
        kept: Vec::new(),
        interrupted: false,
    };
    if args.flows.is_empty() {
        fuzzed.generated = generated(args, jobs(common), &interrupt);
    }
    if let Some(loaded) = &loaded {
        let inner = embedded(&flows, loaded);
        let all = flows.iter().chain(&inner).enumerate();
        for (at, flow) in all.filter(|_| !interrupt.load(SeqCst)) {
            let mut found = own(args, loaded, flow, jobs(common), &interrupt)?;
            if at >= flows.len() {
                // what faults do in it was seen in the flow that embeds it
                let of_order =
                    |kind| matches!(kind, OwnKind::OrderDependence | OwnKind::ReadsBeforeWrites);
                if let Some(own) = &mut found {
                    own.findings.retain(|one| of_order(one.kind));
                }
            }
            fuzzed.flows.extend(found);
        }
        flows.extend(inner);
        if fuzzed.flows.is_empty() && !args.flows.is_empty() && !interrupt.load(SeqCst) {
            return Err(Stop::nothing("nothing of these flows can be run"));
        }
        fuzzed.kept = kept(loaded, &flows, jobs(common))?;
        if args.save {
            save(&mut fuzzed, loaded)?;
        }
    }
    fuzzed.interrupted = interrupt.load(SeqCst);
    let mut document = Vec::new();
    if common.format == Format::Json {
        json::write(&mut document, &fuzzed).map_err(|error| Stop::harness(error.to_string()))?;
    }
    terminal.show(&human::render(&fuzzed), document, common)?;
    Ok(match (fuzzed.interrupted, fuzzed.passed()) {
        (true, _) => Exit::Interrupted,
        (false, false) => Exit::Failed,
        (false, true) if fuzzed.lost().next().is_some() => Exit::Harness,
        (false, true) => Exit::Passed,
    })
}

/// Generated flows need no workspace; own ones do.
fn workspace(args: &Fuzz, common: &Common) -> Result<Option<Loaded>, Stop> {
    if args.wild {
        return Ok(None);
    }
    match load(common, &[]) {
        Ok(loaded) => Ok(Some(loaded)),
        Err(stop) if args.flows.is_empty() && common.workspace.is_none() => {
            let nowhere = stop.exit == Exit::Usage;
            if nowhere { Ok(None) } else { Err(stop) }
        }
        Err(stop) => Err(stop),
    }
}

/// The custom flows that these embed and that are not among them: in the flow around them their blocks do not move.
fn embedded(flows: &[Arc<Flow>], loaded: &Loaded) -> Vec<Arc<Flow>> {
    let mut known: BTreeSet<&str> = flows.iter().map(|flow| &*flow.slug.value).collect();
    let mut found = Vec::new();
    for block in flows.iter().flat_map(|flow| flow.blocks()) {
        if let Config::RunCustomFlow { flow } = &block.config
            && let Some(inner) = loaded.workspace.flow(&flow.value)
            && known.insert(&inner.slug.value)
        {
            found.push(inner.clone());
        }
    }
    found
}

/// The flows that are named; without names, the system flows.
fn selected(args: &Fuzz, loaded: &Loaded) -> Result<Vec<Arc<Flow>>, Stop> {
    let workspace = &loaded.workspace;
    if args.flows.is_empty() {
        let system = |flow: &&Arc<Flow>| flow.kind == FlowKind::System;
        return Ok(workspace.flows.iter().filter(system).cloned().collect());
    }
    let find = |slug: &String| {
        workspace.flow(slug).cloned().ok_or_else(|| {
            let known = workspace.flows.iter().map(|flow| &*flow.slug.value);
            let meant = suggestion(slug, known);
            Stop::usage(format!("there is no flow `{slug}`: {meant}"))
        })
    };
    args.flows.iter().map(find).collect()
}

/// Every eighth case may attach actions: JavaScript takes ten times as long as all the rest.
const WITH_ACTIONS: u64 = 8;

/// Generated flows, in one or two rows of cases.
fn generated(
    args: &Fuzz,
    jobs: usize,
    interrupt: &Arc<AtomicBool>,
) -> Vec<(&'static str, Findings)> {
    let with = args.cases.div_ceil(WITH_ACTIONS);
    let typed = [
        ("typed", Mode::Typed, Actions::Without, args.cases - with),
        ("typed, with actions", Mode::Typed, Actions::With, with),
    ];
    let wild = [("wild", Mode::Wild, Actions::With, args.cases)];
    let rows = if args.wild { &wild[..] } else { &typed };
    let found = rows.iter().filter(|(.., cases)| *cases > 0);
    found
        .map(|(name, mode, actions, cases)| {
            let bar = bar("generated flows", *cases);
            let findings = fuzz::run(&Job {
                jobs,
                actions: *actions,
                progress: &|done| bar.set_position(done),
                interrupt: interrupt.clone(),
                ..Job::new(args.seed, *cases, *mode)
            });
            bar.finish_and_clear();
            (*name, findings)
        })
        .collect()
}

fn own(
    args: &Fuzz,
    loaded: &Loaded,
    flow: &Arc<Flow>,
    jobs: usize,
    interrupt: &Arc<AtomicBool>,
) -> Result<Option<Own>, Stop> {
    let bar = bar(&flow.slug.value, args.cases);
    let scenarios: Vec<Scenario> = loaded
        .scenarios
        .iter()
        .filter(|scenario| !is_regression(scenario))
        .cloned()
        .collect();
    let job = OwnJob {
        workspace: &loaded.workspace,
        scenarios: &scenarios,
        flow,
        seed: args.seed,
        cases: args.cases,
        crew: &Crew {
            jobs,
            interrupted: interrupt.clone(),
        },
    };
    let own = fuzz_flow(&job, &mut |done| bar.set_position(done));
    bar.finish_and_clear();
    own.map_err(|error| Stop::harness(error.to_string()))
}

fn is_regression(scenario: &Scenario) -> bool {
    let path = scenario.span.file.path();
    path.starts_with(REGRESSIONS) && scenario.tags.iter().any(|tag| &**tag == "regression")
}

fn bar(name: &str, cases: u64) -> ProgressBar {
    let bar = ProgressBar::new(cases);
    if let Ok(style) = ProgressStyle::with_template("{msg}  {bar:24} {pos}  {per_sec}  {eta}") {
        bar.set_style(style);
    }
    bar.set_message(name.to_owned());
    bar
}

/// Findings that were kept before: whether their scenarios pass now.
fn kept(loaded: &Loaded, flows: &[Arc<Flow>], jobs: usize) -> Result<Vec<Kept>, Stop> {
    let of_flow = |scenario: &&Scenario| {
        let slug = &scenario.flow.slug.value;
        flows.iter().any(|flow| flow.slug.value == *slug)
    };
    let scenarios: Vec<Scenario> = loaded
        .scenarios
        .iter()
        .filter(|scenario| is_regression(scenario))
        .filter(of_flow)
        .cloned()
        .collect();
    let mut found = crate::diagnostic::Diagnostics::default();
    let options = Options {
        jobs,
        ..Options::default()
    };
    let Some(plan) = Plan::new(&loaded.workspace, scenarios, options, &mut found) else {
        return Ok(Vec::new());
    };
    let results = run_all(&plan, &mut |_| {}).map_err(|error| Stop::harness(error.to_string()))?;
    let both = plan.scenarios.iter().zip(&results.scenarios);
    let kept = both.map(|(scenario, result)| Kept {
        file: Text::from(&**scenario.span.file.path()),
        scenario: scenario.full_name(),
        state: match result.verdict {
            Verdict::Passed => State::Fixed,
            Verdict::Failed | Verdict::Errored => State::Open,
        },
    });
    Ok(kept.collect())
}

/// Writes each finding as a scenario; one that is kept already stays as it is.
fn save(fuzzed: &mut Fuzzed, loaded: &Loaded) -> Result<(), Stop> {
    let folder = loaded.workspace.root.join(REGRESSIONS);
    for own in &fuzzed.flows {
        for finding in &own.findings {
            if finding.accepted.is_some() || finding.weight == Weight::Note {
                continue;
            }
            let name = file_name(&own.flow, finding);
            let path: PathBuf = folder.join(&name);
            if !path.exists() {
                fs::create_dir_all(&folder).map_err(|error| {
                    Stop::harness(format!("{} cannot be made: {error}", folder.display()))
                })?;
                let command = format!(
                    "flowproof fuzz {} --seed {} --cases {}",
                    own.flow,
                    fuzzed.seed,
                    cases(&fuzzed.command)
                );
                write_file(&path, yaml(&describe(finding, &command)).as_bytes())?;
            }
            let file = format!("{REGRESSIONS}/{name}");
            fuzzed.saved.push((own.flow.clone(), finding.number, file));
        }
    }
    Ok(())
}

fn cases(command: &str) -> &str {
    command.rsplit(' ').next().unwrap_or_default()
}

/// The command that finds the same.
fn command(args: &Fuzz) -> String {
    let mut words = vec!["flowproof fuzz".to_owned()];
    words.extend(args.flows.iter().cloned());
    words.extend(args.wild.then(|| "--wild".to_owned()));
    words.push(format!("--seed {} --cases {}", args.seed, args.cases));
    words.join(" ")
}
