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

/// How many of something were done in which time: `7 runs in 0.100 s, 70 a second`. Wall time is shown to a person
/// and judges nothing.
pub fn rate(count: u64, noun: &str, took: Duration) -> String {
    let seconds = took.as_secs_f64();
    let rate = count as f64 / seconds.max(1e-9);
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural} in {seconds:.3} s, {rate:.0} a second\n")
}
