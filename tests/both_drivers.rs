//! Every shipped scenario under both drivers. The virtual one must tell the truth about the wire: traces, endings
//! and instants included, and the requests, are the same.

use flowproof::diagnostic::Diagnostics;
use flowproof::drive::{self, TimeScale, Wire};
use flowproof::harness::{Options, Plan};
use flowproof::scenario::{arrange, decode_file};
use flowproof::workspace::Workspace;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Fast enough for a test; instants of flow time a millisecond apart are 20 µs apart on the wire.
const SCALE: f64 = 0.02;

fn shipped() -> Arc<Plan> {
    let mut diagnostics = Diagnostics::default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = Arc::new(Workspace::load(root, &mut diagnostics));
    let mut scenarios = Vec::new();
    for path in &workspace.scenario_files {
        if let Some(file) = workspace.read(path, &mut diagnostics) {
            scenarios.extend(decode_file(&file, &workspace, &mut diagnostics));
        }
    }
    let plan = Plan::new(&workspace, scenarios, Options::default(), &mut diagnostics);
    plan.expect("what is shipped loads")
}

/// What the drivers say differently about a scenario.
fn difference(wire: &mut Wire, plan: &Plan, at: usize) -> Option<String> {
    let scenario = &plan.scenarios[at];
    let world = Arc::new(arrange(scenario, &plan.workspace, None));
    let (mocks, answers) = (&scenario.mocks, &scenario.answers);
    let scale = TimeScale::new(SCALE).expect("in range");
    let told = drive::run(plan.program(at), &world, mocks, answers);
    let met = match wire.run(plan.program(at), &world, mocks, answers, scale) {
        Ok(wired) => wired.outcome,
        Err(error) => return Some(format!("{}: {error}", scenario.name)),
    };
    let requests = |outcome: &drive::Outcome| -> Vec<_> {
        let log = outcome.exchange.log();
        log.into_iter().map(|log| log.requests).collect()
    };
    let same = told.trace == met.trace && requests(&told) == requests(&met);
    (!same).then(|| format!("{}: {:#?}\n{:#?}", scenario.name, told.trace, met.trace))
}

#[test]
fn every_shipped_scenario_is_the_same_in_virtual_time_and_on_the_wire() {
    let plan = shipped();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wire = Wire::start().expect("ports");
        let mut differences = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= plan.scenarios.len() {
                return differences;
            }
            differences.extend(difference(&mut wire, &plan, at));
        }
    };
    let differences: Vec<String> = std::thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a worker"))
            .collect()
    });
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
