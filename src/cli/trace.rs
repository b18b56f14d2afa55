//! `flowproof trace SCENARIO`: runs one scenario and shows its trace as a tree with a time line.

use super::args::{Common, Trace};
use super::compare;
use super::exit::{Exit, Stop};
use super::load::load;
use super::run::{document, unloadable};
use super::select::called;
use super::terminal::Terminal;
use crate::diagnostic::Diagnostics;
use crate::harness::{Options, Plan, Results, run_all};
use crate::report::tree;
use crate::scenario::Scenario;
use std::path::PathBuf;
use std::sync::Arc;

/// More candidates than this are not listed.
const LISTED: usize = 20;

/// Shows one trace, or what differs between two; the verdict is not this command's business.
pub fn run(args: &Trace, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    if let Some(other) = &args.other {
        return compare::run(args, other, common, terminal);
    }
    let (_, results) = match traced(&args.scenario, args.seed, common)? {
        Ok(traced) => traced,
        Err(found) => return unloadable(found, common, terminal),
    };
    let human: String = results.scenarios.iter().map(tree::whole).collect();
    let document = document(&results, &[], common)?;
    terminal.show(&human, document, common)?;
    Ok(Exit::Passed)
}

/// Runs the one scenario that is meant; what is wrong with the workspace, when it does not load.
pub fn traced(
    written: &str,
    seed: Option<u64>,
    common: &Common,
) -> Result<Result<(Arc<Plan>, Results), Diagnostics>, Stop> {
    let by_place = load(common, &[PathBuf::from(written)]);
    let (mut loaded, named) = match by_place {
        Err(stop) if stop.exit == Exit::Usage => (load(common, &[])?, true),
        other => (other?, false),
    };
    let mut found = loaded.diagnostics;
    if found.has_errors() {
        return Ok(Err(found));
    }
    if named {
        loaded.scenarios = called(loaded.scenarios, written);
    }
    one(&loaded.scenarios, written)?;
    let options = Options {
        seed,
        ..Options::default()
    };
    let Some(plan) = Plan::new(&loaded.workspace, loaded.scenarios, options, &mut found) else {
        return Ok(Err(found));
    };
    let results = run_all(&plan, &mut |_| {}).map_err(|error| Stop::harness(error.to_string()))?;
    Ok(Ok((plan, results)))
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
