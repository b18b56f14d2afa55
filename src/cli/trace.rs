//! `flowproof trace SCENARIO`: runs one scenario and shows its trace as a tree with a time line.

use super::args::{Common, Trace};
use super::exit::{Exit, Stop};
use super::load::load;
use super::run::{document, unloadable};
use super::terminal::Terminal;
use crate::harness::{Options, Plan, run_all};
use crate::report::tree;
use crate::scenario::Scenario;
use std::path::PathBuf;

/// More candidates than this are not listed.
const LISTED: usize = 20;

/// Shows one trace; the verdict is not this command's business.
pub fn run(args: &Trace, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let written = &args.scenario;
    let by_place = load(common, &[PathBuf::from(written)]);
    let (mut loaded, named) = match by_place {
        Err(stop) if stop.exit == Exit::Usage => (load(common, &[])?, true),
        other => (other?, false),
    };
    let mut found = loaded.diagnostics;
    if found.has_errors() {
        return unloadable(found, common, terminal);
    }
    if named {
        loaded.scenarios = called(loaded.scenarios, written);
    }
    one(&loaded.scenarios, written)?;
    let options = Options {
        seed: args.seed,
        ..Options::default()
    };
    let Some(plan) = Plan::new(&loaded.workspace, loaded.scenarios, options, &mut found) else {
        return unloadable(found, common, terminal);
    };
    let results = run_all(&plan, &mut |_| {}).map_err(|error| Stop::harness(error.to_string()))?;
    let human: String = results.scenarios.iter().map(tree::whole).collect();
    let document = document(&results, &[], common)?;
    terminal.show(&human, document, common)?;
    Ok(Exit::Passed)
}

/// Those of this name, else those whose name holds it.
fn called(mut scenarios: Vec<Scenario>, name: &str) -> Vec<Scenario> {
    let exact = |scenario: &Scenario| scenario.full_name() == name;
    if scenarios.iter().any(exact) {
        scenarios.retain(exact);
    } else {
        scenarios.retain(|scenario| scenario.full_name().contains(name));
    }
    scenarios
}

/// None is nothing selected, several are wrong usage that lists them.
fn one(scenarios: &[Scenario], written: &str) -> Result<(), Stop> {
    let line = |scenario: &Scenario| {
        let (file, line) = (scenario.span.file.path(), scenario.span.line());
        format!("\n  {}  {file}:{line}", scenario.full_name())
    };
    match scenarios {
        [] => Err(Stop::nothing(format!("no scenario is called `{written}`"))),
        [_] => Ok(()),
        several => {
            let count = several.len();
            let mut listed: String = several.iter().take(LISTED).map(line).collect();
            if count > LISTED {
                listed.push_str(&format!("\n  … and {} more", count - LISTED));
            }
            Err(Stop::usage(format!(
                "`{written}` stands for {count} scenarios; name one of them:{listed}"
            )))
        }
    }
}
