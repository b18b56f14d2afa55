//! Load, compile, run, judge and report, over the shipped workspace.

use criterion::{Criterion, criterion_group, criterion_main};
use flowproof::diagnostic::Diagnostics;
use flowproof::drive::run;
use flowproof::engine::Program;
use flowproof::harness::{Driver, Options, Plan, Results, execute};
use flowproof::report::{human, json};
use flowproof::scenario::{arrange, decode_file};
use flowproof::workspace::Workspace;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

/// One sign-in with a nested fraud gate, a mocked webhook and actions.
const SCENARIOS: &str = "scenarios/login/fraud.yaml";

fn flows(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut diagnostics = Diagnostics::default();
    let workspace = Arc::new(Workspace::load(root, &mut diagnostics));
    let file = workspace
        .read(SCENARIOS, &mut diagnostics)
        .expect("the shipped scenarios");
    let scenarios = decode_file(&file, &workspace, &mut diagnostics);
    let plan = Plan::new(&workspace, scenarios, Options::default(), &mut diagnostics)
        .expect("the shipped scenarios can be linked");
    let scenario = &plan.scenarios[0];
    let world = Arc::new(arrange(scenario, &workspace, None));

    criterion.bench_function("load the shipped fixtures", |bench| {
        bench.iter(|| Workspace::load(black_box(root), &mut Diagnostics::default()));
    });
    criterion.bench_function("compile a login with three custom flows", |bench| {
        bench.iter(|| Program::link(black_box(&scenario.flow), &*workspace));
    });
    criterion.bench_function("run it to its deny", |bench| {
        bench.iter(|| run(plan.program(0), &world, &scenario.mocks, &scenario.answers));
    });
    criterion.bench_function("run and judge it", |bench| {
        bench.iter(|| execute(&plan, 0, &mut Driver::Virtual));
    });
    let results = Results {
        scenarios: (0..plan.scenarios.len())
            .map(|at| execute(&plan, at, &mut Driver::Virtual))
            .collect(),
        skipped: 0,
        coverage: None,
        shard: None,
    };
    criterion.bench_function("report for people", |bench| {
        bench.iter(|| human::render(black_box(&results)));
    });
    criterion.bench_function("report as JSON", |bench| {
        bench.iter(|| {
            let mut document = Vec::new();
            json::write_run(&mut document, black_box(&results), &[]).map(|()| document)
        });
    });
}

criterion_group!(benches, flows);
criterion_main!(benches);
