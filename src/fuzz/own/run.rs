//! Searches a flow: every world for single faults, slow blocks and orders, then random cases. What workers find is
//! joined in the order of the cases, so that the same seed finds the same at any number of threads.

use super::attempt::Faults;
use super::order::{Swap, orders, swaps, turned};
use super::regression::regression;
use super::search::{Base, Search};
use super::{Disagreement, Kind, OwnFinding, Safe, Weight, faults, over, random};
use crate::flow::Flow;
use crate::scenario::{Edit, Scenario};
use crate::trace::Ending;
use crate::value::Text;
use crate::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// The parser and the sandbox need room (BUD-7).
const STACK: usize = 16 << 20;
/// Worlds at least and at most; more cases are spread over more worlds.
const WORLDS: [usize; 2] = [24, 400];
/// Random cases for each world.
const CASES_PER_WORLD: u64 = 50;
/// Random cases that a worker takes at once.
const BATCH: u64 = 64;

/// Every so many random cases one is about what flowproof itself promises.
const PROMISES: u64 = 4;

/// What is searched, and how.
pub struct OwnJob<'a> {
    /// Where references lead.
    pub workspace: &'a Arc<Workspace>,
    /// Every scenario of the workspace.
    pub scenarios: &'a [Scenario],
    /// The flow.
    pub flow: &'a Arc<Flow>,
    /// Where all cases come from.
    pub seed: u64,
    /// How many random cases are run besides the exhaustive ones.
    pub cases: u64,
    /// On how many threads.
    pub jobs: usize,
    /// Is told how many cases are done.
    pub progress: &'a (dyn Fn(u64) + Sync),
    /// Once set, no further cases are begun.
    pub interrupt: Arc<AtomicBool>,
}

/// What was found about one flow.
#[derive(Debug)]
pub struct Own {
    /// The slug of the flow.
    pub flow: Text,
    /// How many cases were run.
    pub cases: u64,
    /// In how many worlds.
    pub worlds: usize,
    /// What was found, the worst first.
    pub findings: Vec<OwnFinding>,
    /// Where flowproof does not keep its own promises, or not as its reference reads them.
    pub disagreements: Vec<Disagreement>,
}

/// What a case shows, before it is made smaller.
#[derive(Debug, Clone)]
pub struct Raw {
    /// What kind of promise does not hold.
    pub kind: Kind,
    /// Findings with the same kind and key are the same.
    pub key: Vec<Text>,
    /// Among those the lowest is shown.
    pub rank: u8,
    /// The number of the case.
    pub number: u64,
    /// The world, as a position among all; set when results are joined.
    pub base: Option<usize>,
    /// The blocks it is about, the one to change first.
    pub blocks: Vec<Text>,
    /// In this order.
    pub edits: Vec<Edit>,
    /// With these faults.
    pub faults: Faults,
    /// Without, and with it.
    pub endings: [Ending; 2],
    /// In which order it ends safely.
    pub safe: Safe,
}

/// A key out of blocks, and of how much it takes.
pub fn sorted(blocks: &[Text], takes: usize) -> Vec<Text> {
    let mut key = blocks.to_vec();
    key.sort();
    if takes > 1 {
        key.push(Text::from(takes.to_string()));
    }
    key
}

/// Searches a flow; None when nothing of it can be run.
pub fn fuzz_flow(job: &OwnJob) -> Option<Own> {
    let wanted = usize::try_from(job.cases / CASES_PER_WORLD).unwrap_or(usize::MAX);
    let worlds = wanted.clamp(WORLDS[0], WORLDS[1]);
    let search = Search::new(job.workspace, job.scenarios, job.flow, job.seed, worlds)?;
    let swaps = swaps(&search);
    let done = AtomicU64::new(0);
    let tell = |runs: u64| {
        let before = done.fetch_add(runs, Ordering::Relaxed);
        (job.progress)(before + runs);
    };
    let exhaustive = spread(job, search.worlds.len(), |at| {
        let (runs, found) = world(&search, &swaps, &search.worlds[at]);
        tell(runs);
        (runs, found)
    });
    let mut raws = Vec::new();
    let mut cases = 0;
    for (at, (runs, found)) in exhaustive.into_iter().enumerate() {
        raws.extend(found.into_iter().map(|raw| Raw {
            number: cases + raw.number,
            base: Some(at),
            ..raw
        }));
        cases += runs;
    }
    let batches = usize::try_from(job.cases.div_ceil(BATCH)).unwrap_or(usize::MAX);
    let random = spread(job, batches, |batch| {
        let from = u64::try_from(batch)
            .unwrap_or(u64::MAX)
            .saturating_mul(BATCH);
        let numbers = from..job.cases.min(from + BATCH);
        let runs = numbers.end - numbers.start;
        let mut found = Vec::new();
        let mut disagreements = Vec::new();
        for number in numbers {
            if number % PROMISES == 0 {
                disagreements.extend(random::promises(&search, &swaps, job.seed, number));
            } else {
                found.extend(random::case(&search, &swaps, job.seed, number));
            }
        }
        tell(runs);
        (runs, found, disagreements)
    });
    let mut disagreements = Vec::new();
    let before = cases;
    for (runs, found, more) in random {
        disagreements.extend(more.into_iter().map(|one| Disagreement {
            number: before + one.number,
            ..one
        }));
        raws.extend(found.into_iter().map(|raw| Raw {
            number: before + raw.number,
            ..raw
        }));
        cases += runs;
    }
    let worlds = search.worlds.len();
    Some(Own {
        flow: job.flow.slug.value.clone(),
        cases,
        worlds,
        findings: findings(&search, raws),
        disagreements: distinct(disagreements),
    })
}

/// One of each kind.
fn distinct(all: Vec<Disagreement>) -> Vec<Disagreement> {
    let mut known = BTreeSet::new();
    let kind = |one: &Disagreement| -> String {
        let first = one.said.first().map(String::as_str).unwrap_or_default();
        first
            .chars()
            .filter(|c| !c.is_ascii_digit())
            .take(60)
            .collect()
    };
    all.into_iter()
        .filter(|one| known.insert(kind(one)))
        .collect()
}

fn world(search: &Search, swaps: &[Swap], base: &Base) -> (u64, Vec<Raw>) {
    let mut runs = 1;
    let mut all = Vec::new();
    for (more, found) in [
        faults::single(search, base),
        over::slow(search, base),
        orders(search, swaps, base),
    ] {
        all.extend(found.into_iter().map(|raw| Raw {
            number: runs + raw.number,
            ..raw
        }));
        runs += more;
    }
    (runs, all)
}

/// One of each kind and key, made small and told, the worst first.
fn findings(search: &Search, raws: Vec<Raw>) -> Vec<OwnFinding> {
    let mut best: BTreeMap<(Kind, Vec<Text>), Raw> = BTreeMap::new();
    for raw in raws {
        let at = (raw.kind, raw.key.clone());
        match best.get(&at) {
            Some(known) if (known.rank, known.number) <= (raw.rank, raw.number) => {}
            Some(_) | None => {
                best.insert(at, raw);
            }
        }
    }
    // an order that closes is told with the one that opens, or not at all
    let open: Vec<Vec<Text>> = best
        .keys()
        .filter(|(kind, _)| *kind == Kind::OrderDependence)
        .map(|(_, key)| key.clone())
        .collect();
    best.retain(|(kind, key), _| *kind != Kind::ReadsBeforeWrites || !open.contains(key));
    let told: Vec<Vec<Text>> = best
        .values()
        .filter(|raw| raw.edits.len() == 1 && raw.faults.is_empty())
        .map(|raw| raw.key.clone())
        .collect();
    let explained = |raw: &Raw| {
        let several = raw.edits.len() + raw.faults.len() > 1 && !raw.edits.is_empty();
        let turned = turned(search.flow, &raw.edits);
        several && turned.iter().any(|pair| told.contains(pair))
    };
    best.retain(|_, raw| !explained(raw));
    // a block that lets everybody pass by itself does so together with others
    let alone: Vec<Text> = best
        .values()
        .filter(|raw| raw.kind == Kind::FailsOpen && raw.faults.len() == 1)
        .map(|raw| raw.blocks[0].clone())
        .collect();
    let known = |raw: &Raw| raw.blocks.iter().any(|block| alone.contains(block));
    best.retain(|_, raw| raw.kind != Kind::FailsOpen || raw.faults.len() == 1 || !known(raw));
    let mut found: Vec<OwnFinding> = best
        .into_values()
        .filter_map(|raw| regression(search, &raw))
        .collect();
    found.sort_by_key(|one| (one.weight, one.kind, one.number));
    found
}

/// Does a row of pieces on all threads; their results in their order, up to the first that was not begun.
fn spread<T: Send>(job: &OwnJob, pieces: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    let one = || {
        while !job.interrupt.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= pieces {
                return;
            }
            let result = work(at);
            if let Ok(mut results) = results.lock() {
                results.insert(at, result);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..job.jobs.max(1) {
            let started = thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, one);
            if started.is_err() {
                one();
            }
        }
    });
    results
        .into_inner()
        .unwrap_or_default()
        .into_values()
        .collect()
}

/// How much a finding weighs: who gets in or is kept out matters, how they are refused does not.
pub fn weight(raw: &Raw) -> Weight {
    match raw.kind {
        Kind::FailsOpen | Kind::OverBudget => Weight::Error,
        Kind::OrderDependence if raw.rank == 0 => Weight::Error,
        Kind::OrderDependence | Kind::ReadsBeforeWrites => Weight::Note,
    }
}
