//! Hostile input at length: `hostile SECONDS SEED [SUITE]`, so many seconds for each kind. What panics or takes too
//! long is printed, and belongs into `tests/hostile/corpus`.

#[path = "../tests/hostile/mod.rs"]
mod suites;

use std::process::ExitCode;
use std::time::Duration;
use suites::{SUITES, peak_mib, run, with_stack};

/// So much of the slowest input is shown.
const SHOWN: usize = 3_000;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| args.get(at).and_then(|text| text.parse::<u64>().ok());
    let (seconds, seed) = (number(0).unwrap_or(10), number(1).unwrap_or(1));
    let wanted = args.get(2).cloned();
    let mut failed = false;
    let suites = SUITES.iter().enumerate();
    for (at, suite) in
        suites.filter(|(_, suite)| wanted.as_ref().is_none_or(|name| name == suite.name))
    {
        let time = Duration::from_secs(seconds);
        let report = with_stack(move || run(&SUITES[at], seed, u64::MAX, time));
        println!(
            "{}: {} inputs in {seconds} s, the longest took {:?}, {} failures",
            suite.name,
            report.executions,
            report.longest,
            report.failures.len()
        );
        let slowest = String::from_utf8_lossy(&report.slowest);
        println!(
            "  the slowest: {:?}",
            slowest.chars().take(SHOWN).collect::<String>()
        );
        for (what, input) in &report.failures {
            println!("  {what}: {:?}", String::from_utf8_lossy(input));
        }
        failed |= !report.failures.is_empty();
    }
    println!("seed {seed}, at most {} MiB", peak_mib().unwrap_or(0));
    ExitCode::from(u8::from(failed))
}
