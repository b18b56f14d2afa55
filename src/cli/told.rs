//! What is said to a person besides the results: warnings about files, how it went on the wire, how fast it was.

use crate::diagnostic::Diagnostic;
use crate::harness::Results;
use crate::report::diagnostics;
use std::time::Duration;

/// Warnings about what is written do not stand between an author and the results: `check` shows them. What is
/// left behind by scenarios that are gone is told here.
pub fn warned(found: &[Diagnostic]) -> String {
    let (orphans, others): (Vec<_>, Vec<_>) = found
        .iter()
        .cloned()
        .partition(|one| one.code == "orphan_snapshot");
    let told = diagnostics::render(&orphans);
    match others.len() {
        0 => told,
        1 => told + "1 warning about the files: `flowproof check` shows it\n",
        count => {
            told + &format!("{count} warnings about the files: `flowproof check` shows them\n")
        }
    }
}

/// What the wire driver has to say; nothing in virtual time.
pub fn on_the_wire(results: &Results) -> String {
    let reports = || results.scenarios.iter().filter_map(|one| one.wire);
    if reports().next().is_none() {
        return String::new();
    }
    let requests: u64 = reports().map(|report| report.requests).sum();
    let simulated: u64 = reports().map(|report| report.simulated).sum();
    let lag = reports().map(|report| report.lag).max().unwrap_or_default();
    let lag_ms = lag.as_secs_f64() * 1_000.0;
    let mut said = format!("{requests} real requests; the latest event came {lag_ms:.1} ms late\n");
    if simulated > 0 {
        said += &format!("{simulated} dns and tls faults were simulated, not sent\n");
    }
    said
}

/// How many runs in how much wall time, which judges nothing.
pub fn rate(results: &Results, repeat: u64, took: Duration) -> String {
    let runs = (results.scenarios.len() as u64).saturating_mul(repeat);
    let seconds = took.as_secs_f64();
    let rate = runs as f64 / seconds.max(1e-9);
    let noun = if runs == 1 { "run" } else { "runs" };
    format!("{runs} {noun} in {seconds:.3} s, {rate:.0} a second\n")
}
