//! Hostile input in every run of the tests: the kept corpus, and some thousand changed inputs of each kind.
//! `cargo run --release --example hostile -- SECONDS SEED` goes on for longer.

#[path = "hostile/mod.rs"]
mod suites;

use std::time::Duration;
use suites::{SUITES, peak_mib, run, with_stack};

/// Inputs of each kind, and the time after which the rest is left out on a slow machine.
const CASES: u64 = 1_500;
const TIME: Duration = Duration::from_secs(40);

fn holds(name: &str) {
    let position = SUITES.iter().position(|suite| suite.name == name);
    let at = position.expect("a suite of this name");
    let report = with_stack(move || run(&SUITES[at], 1, CASES, TIME));
    let told: Vec<String> = report
        .failures
        .iter()
        .map(|(what, input)| format!("{what}: {:?}", String::from_utf8_lossy(input)))
        .collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    let slowest = String::from_utf8_lossy(&report.slowest);
    assert!(
        report.longest < suites::LIMIT,
        "{:?}: {slowest:?}",
        report.longest
    );
    assert!(report.executions > 100, "only {} inputs", report.executions);
    assert!(
        peak_mib().is_none_or(|peak| peak < 4_096),
        "{:?} MiB",
        peak_mib()
    );
}

#[test]
fn no_yaml_crashes_or_hangs() {
    holds("yaml");
}

#[test]
fn no_expression_crashes_or_hangs() {
    holds("expression");
}

#[test]
fn no_template_crashes_or_hangs() {
    holds("template");
}

#[test]
fn no_action_crashes_or_hangs() {
    holds("typescript");
}

#[test]
fn no_json_crashes_or_hangs() {
    holds("json");
}
