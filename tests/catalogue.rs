//! The catalogue holds what it promises: every kind has a page, and the page is the one in the repository.

use flowproof::diagnostic::Diagnostics;
use flowproof::flow::Kind;
use flowproof::harness::{Driver, Options, Plan, Verdict, execute};
use flowproof::scenario::decode_file;
use flowproof::workspace::Workspace;
use std::fs;
use std::path::Path;
use std::sync::Arc;

#[test]
fn the_page_in_the_repository_is_the_one_of_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/blocks.md");
    let page = fs::read_to_string(path).expect("docs/blocks.md");
    assert!(
        page == flowproof::flow::catalogue_page(),
        "docs/blocks.md is not the page of the catalogue: cargo run --example blocks_page > docs/blocks.md"
    );
}

#[test]
fn eleven_kinds_have_an_on_error_setting() {
    let found: Vec<&str> = Kind::all()
        .filter(|kind| kind.info().on_error)
        .map(Kind::name)
        .collect();
    assert_eq!(
        found,
        [
            "channel_otp_send",
            "verification_send",
            "email_verification",
            "run_custom_action",
            "run_custom_flow",
            "parallel_webhook",
            "call_webhook",
            "notify",
            "send_email",
            "password_recovery_send",
            "log_event",
        ]
    );
}

#[test]
fn every_kind_has_scenarios_in_which_it_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Diagnostics::default();
    let workspace = Arc::new(Workspace::load(root, &mut found));
    for kind in Kind::all() {
        let path = format!("scenarios/kinds/{}.yaml", kind.default_slug());
        let file = workspace
            .read(&path, &mut found)
            .unwrap_or_else(|| panic!("{path} is missing"));
        let scenarios = decode_file(&file, &workspace, &mut found);
        let plan = Plan::new(&workspace, scenarios, Options::default(), &mut found);
        let plan = plan.unwrap_or_else(|| panic!("{path} cannot be run"));
        let mut ran = false;
        for at in 0..plan.scenarios.len() {
            let result = execute(&plan, at, &mut Driver::Virtual);
            assert_eq!(result.verdict, Verdict::Passed, "{path}: {}", result.name());
            ran |= result
                .trace
                .preorder()
                .iter()
                .any(|entry| entry.kind == kind);
        }
        assert!(ran, "{path}: no {} runs in it", kind.name());
    }
    assert!(!found.has_errors(), "the shipped workspace loads");
}
