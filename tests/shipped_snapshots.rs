//! The shipped scenarios hold against their accepted snapshots, through insta: `cargo insta review` works on what
//! differs, and `cargo insta test --unreferenced` knows which files are in use.

use flowproof::diagnostic::Diagnostics;
use flowproof::harness::{Driver, Options, Plan, canonical_text, execute};
use flowproof::scenario::decode_file;
use flowproof::snapshot::place::Folders;
use flowproof::snapshot::store::Store;
use flowproof::workspace::Workspace;
use std::path::Path;
use std::sync::Arc;

/// A test that compares nothing would hold too.
const FEWEST: usize = 75;

#[test]
fn every_shipped_trace_is_the_accepted_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Diagnostics::default();
    let workspace = Arc::new(Workspace::load(root, &mut found));
    let folders = Folders::new(&workspace.scenario_files);
    let mut scenarios = Vec::new();
    for path in &workspace.scenario_files {
        let file = workspace.read(path, &mut found).expect("it can be read");
        let mut decoded = decode_file(&file, &workspace, &mut found);
        folders.assign(&mut decoded);
        scenarios.extend(decoded);
    }
    let default = workspace.settings.snapshot;
    scenarios.retain(|scenario| scenario.snapshot.unwrap_or(default));
    let plan = Plan::new(&workspace, scenarios, Options::default(), &mut found).expect("it loads");
    assert!(!found.has_errors(), "{:?}", found.into_sorted());
    assert!(
        plan.scenarios.len() >= FEWEST,
        "{} scenarios are compared",
        plan.scenarios.len()
    );
    let store = Store::new(root).list().expect("snapshots/ can be read");
    let known = plan.scenarios.iter();
    let mut known: Vec<_> = known
        .filter_map(|scenario| scenario.snapshot_path.as_deref())
        .collect();
    known.sort_unstable();
    assert_eq!(store.accepted, known, "a snapshot for each, and no other");
    let mut differing = Vec::new();
    for (at, scenario) in plan.scenarios.iter().enumerate() {
        let text = canonical_text(
            scenario,
            &workspace,
            &execute(&plan, at, &mut Driver::new(&plan.options)),
        );
        let path = scenario
            .snapshot_path
            .as_deref()
            .expect("every scenario has a place");
        let asserted = std::panic::catch_unwind(|| {
            assert_through_insta(root, path, &scenario.full_name(), &text)
        });
        if asserted.is_err() {
            differing.push(path.to_owned());
        }
    }
    assert!(
        differing.is_empty(),
        "review with `cargo insta review`: {differing:#?}"
    );
}

fn assert_through_insta(root: &Path, path: &str, name: &str, text: &str) {
    let path = root.join(path);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(path.parent().expect("a folder"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(name);
    let stem = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .expect("a name");
    settings.bind(|| insta::assert_snapshot!(stem, text));
}
