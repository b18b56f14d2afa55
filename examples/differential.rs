//! Generated cases at length: `differential CASES SEED [wild]`. What is found is shrunk and printed; the exit
//! code is 1 then.

use flowproof::fuzz::{self, Mode};
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| args.get(at).and_then(|text| text.parse::<u64>().ok());
    let (cases, seed) = (number(0).unwrap_or(10_000), number(1).unwrap_or(1));
    let mode = if args.get(2).is_some_and(|word| word == "wild") {
        Mode::Wild
    } else {
        Mode::Typed
    };
    println!("seed {seed}");
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let findings = fuzz::run(seed, cases, jobs, mode);
    for (kind, finding) in &findings.found {
        println!(
            "--- {kind}\n{} times, first in case {}",
            finding.count, finding.number
        );
        for line in &finding.said {
            println!("  {line}");
        }
        println!("{}\n", finding.case);
    }
    println!(
        "{cases} cases, {} could not be read, {} kinds of findings, seed {seed}",
        findings.unread,
        findings.found.len()
    );
    if findings.found.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
