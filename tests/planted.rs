//! The tester tested: every flaw that can be planted into the engine is found by generated cases, on every one of
//! twenty seeds, within a bounded number of cases, and what is found is small enough for a person to read.
//! `cargo test --release --features planted-faults --test planted -- --nocapture` shows what is found.

use flowproof::engine::planted::{Flaw, plant};
use flowproof::fuzz::{self, Case, Finding, Job, Mode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const SEEDS: std::ops::RangeInclusive<u64> = 1..=20;
/// So many cases find every flaw; most are found by the first numbers already.
const CASES: [u64; 4] = [64, 512, 2_000, 5_000];
/// What a person reads in a minute.
const BLOCKS: usize = 6;
const BYTES: usize = 1_000;

/// What is found first with each seed, on two threads: the flaw is planted for the whole process.
fn on_all_seeds() -> Vec<(u64, Option<Finding>)> {
    let next = AtomicU64::new(*SEEDS.start());
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if !SEEDS.contains(&seed) {
                        return;
                    }
                    let first = first(seed);
                    found.lock().expect("nobody panics").push((seed, first));
                }
            });
        }
    });
    let mut found = found.into_inner().expect("nobody panics");
    found.sort_by_key(|(seed, _)| *seed);
    found
}

/// What is found first with this seed, shrunk.
fn first(seed: u64) -> Option<Finding> {
    let found = CASES.iter().find_map(|cases| {
        let job = Job {
            kinds: 1,
            ..Job::new(seed, *cases, Mode::Typed)
        };
        fuzz::run(&job).found.into_iter().next()
    });
    found.map(|(_, finding)| finding)
}

fn blocks(case: &Case) -> usize {
    let of = |flow: &serde_json::Value| flow.to_string().matches("\"block\":").count();
    case.flows.iter().map(of).sum()
}

fn bytes(case: &Case) -> usize {
    let own = |path: &str| path.starts_with("fixtures/flows") || path.starts_with("scenarios");
    let files = case.files().into_iter().filter(|(path, _)| own(path));
    files.map(|(_, text)| text.len()).sum()
}

#[test]
fn every_flaw_is_found_on_every_seed_and_told_in_few_lines() {
    let mut wrong = Vec::new();
    for &flaw in Flaw::ALL {
        let _planted = plant(Some(flaw));
        let found = on_all_seeds();
        for (seed, finding) in &found {
            let Some(finding) = finding else {
                wrong.push(format!("{flaw:?} is not found with seed {seed}"));
                continue;
            };
            let (blocks, bytes) = (blocks(&finding.case), bytes(&finding.case));
            if blocks > BLOCKS || bytes > BYTES {
                wrong.push(format!(
                    "{flaw:?}, seed {seed}: {blocks} blocks, {bytes} bytes\n{}",
                    finding.case
                ));
            }
        }
        show(flaw, &found);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In how many cases, how small, and the last case, for whoever asks with `--nocapture`.
fn show(flaw: Flaw, found: &[(u64, Option<Finding>)]) {
    let found: Vec<_> = found
        .iter()
        .filter_map(|(_, found)| found.as_ref())
        .collect();
    let numbers: Vec<u64> = found.iter().map(|found| found.number).collect();
    let sizes: Vec<usize> = found.iter().map(|found| blocks(&found.case)).collect();
    println!("=== {flaw:?} ({}): {}", flaw.rules(), flaw.meaning());
    println!("cases {numbers:?}\nblocks {sizes:?}");
    if let Some(last) = found.last() {
        println!("{}\n{}", last.said.join("\n"), last.case);
    }
}

#[test]
fn nothing_is_found_where_nothing_is_planted() {
    let _planted = plant(None);
    assert!(first(1).is_none());
}
