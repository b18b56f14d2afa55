//! A generated case written down as files is the same case: a workspace with these files loads, and its run is the
//! run of the case, byte for byte.

use flowproof::diagnostic::{Diagnostics, Severity};
use flowproof::drive;
use flowproof::engine::Program;
use flowproof::fuzz::generate::{Genes, case, flow_genes, world_genes};
use flowproof::fuzz::{Actions, Case, Mode};
use flowproof::scenario::{arrange, decode_file};
use flowproof::trace::Trace;
use flowproof::workspace::Workspace;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn written(case: &Case, name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    for (path, text) in case.files() {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    root
}

/// The run of the one scenario of a workspace.
fn run_of(root: &Path) -> Result<Trace, String> {
    let mut diagnostics = Diagnostics::default();
    let workspace = Workspace::load(root, &mut diagnostics);
    let file = workspace.read("scenarios/case.yaml", &mut diagnostics);
    let file = file.ok_or("no scenario file")?;
    let scenarios = decode_file(&file, &workspace, &mut diagnostics);
    let errors = diagnostics
        .iter()
        .filter(|said| said.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|said| said.title.to_string()).collect();
    let scenario = scenarios.first().ok_or_else(|| errors.join("\n"))?;
    if !errors.is_empty() {
        return Err(errors.join("\n"));
    }
    let world = Arc::new(arrange(scenario, &workspace, None));
    let program = Program::link(&scenario.flow, &workspace).map_err(|error| error.to_string())?;
    Ok(drive::run(&program, &world, &scenario.mocks, &scenario.answers).trace)
}

#[test]
fn a_case_in_files_runs_as_the_case() {
    let mut runner = TestRunner::deterministic();
    for number in 0..120 {
        let genes = Genes {
            flow: flow_genes().new_tree(&mut runner).expect("genes").current(),
            world: world_genes()
                .new_tree(&mut runner)
                .expect("genes")
                .current(),
        };
        let case = case(&genes, Mode::Typed, Actions::With);
        let own = case.arrange().expect("a typed case");
        let expected = drive::run(
            &own.program,
            &own.world,
            &own.scenario.mocks,
            &own.scenario.answers,
        );
        let seen = run_of(&written(&case, "case-files"));
        let seen = seen.unwrap_or_else(|why| panic!("{number}: {why}\n{case}"));
        assert_eq!(expected.trace, seen, "{number}\n{case}");
    }
}
