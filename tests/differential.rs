//! Generated cases in every run of the tests: the engine and the reference agree, and named properties hold.
//! `cargo run --release --example differential 1000000 1` runs many more.

use flowproof::fuzz::{self, Findings, Job, Mode};

fn run(seed: u64, cases: u64, jobs: usize, mode: Mode) -> Findings {
    fuzz::run(&Job {
        jobs,
        ..Job::new(seed, cases, mode)
    })
}

fn nothing_found(findings: &Findings) {
    let told: Vec<String> = findings
        .found
        .iter()
        .map(|(kind, finding)| format!("{kind}\n  {}\n{}", finding.said.join("\n  "), finding.case))
        .collect();
    assert!(
        told.is_empty(),
        "seed {}:\n{}",
        findings.seed,
        told.join("\n\n")
    );
}

#[test]
fn the_engine_and_the_reference_agree() {
    let findings = run(1, 2_000, 2, Mode::Typed);
    nothing_found(&findings);
    assert_eq!(findings.unread, 0);
}

#[test]
fn what_parses_runs_and_keeps_the_promises() {
    let findings = run(1, 800, 2, Mode::Wild);
    nothing_found(&findings);
    assert!(
        findings.unread < 120,
        "{} of 800 could not be read",
        findings.unread
    );
}

#[test]
fn the_same_seed_finds_the_same() {
    let [one, two] = [1, 2].map(|jobs| run(7, 100, jobs, Mode::Wild));
    assert_eq!(one.unread, two.unread);
    assert_eq!(one.found.len(), two.found.len());
}
