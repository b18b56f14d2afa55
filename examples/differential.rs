//! Generated cases at length: `differential CASES SEED [wild] [plain]`, where `plain` leaves out custom
//! actions. What is found is shrunk and printed; the exit code is 1 then.

use flowproof::fuzz::{self, Actions, Job, Mode};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| args.get(at).and_then(|text| text.parse::<u64>().ok());
    let (cases, seed) = (number(0).unwrap_or(10_000), number(1).unwrap_or(1));
    let is_set = |word: &str| args.iter().skip(2).any(|arg| arg == word);
    let mode = if is_set("wild") {
        Mode::Wild
    } else {
        Mode::Typed
    };
    let mut job = Job::new(seed, cases, mode);
    if is_set("plain") {
        job.actions = Actions::Without;
    }
    println!("seed {seed}");
    job.jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let findings = fuzz::run(&job);
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
