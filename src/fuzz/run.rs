//! Many cases, each from a seed of its own, so that what is found does not depend on how many work at it: what
//! workers find is joined in the order of the cases. The first case of each kind of finding is shrunk; the others
//! are counted.

use super::generate;
use super::joined::{Done, Found, Joined};
use super::worker::{Worker, genes};
use super::{Case, Share, judge_arranged, shows, shrink};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Kinds of findings that are told where the job does not say.
const KINDS: usize = 20;
/// The parser and the sandbox need room (BUD-7).
const STACK: usize = 16 << 20;
/// Cases that a worker takes at once: all worlds of a flow are among them.
const BATCH: u64 = 64;

/// Which generator makes the cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Well-formed flows that reach deep; the engine is held against the reference too.
    Typed,
    /// What parses and nothing more; named properties only.
    Wild,
}

/// Whether custom actions take part; a case with JavaScript costs ten times as much as one without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actions {
    /// They do, in their share.
    With,
    /// No flow attaches one.
    Without,
}

/// A row of cases to run. What is found is a function of the first five fields but `jobs`.
#[derive(Clone)]
pub struct Job<'a> {
    /// Where all cases come from.
    pub seed: u64,
    /// How many are run.
    pub cases: u64,
    /// On how many threads.
    pub jobs: usize,
    /// Which generator makes them.
    pub mode: Mode,
    /// Whether custom actions take part.
    pub actions: Actions,
    /// Is told from time to time how many cases are done; called from any thread.
    pub progress: &'a (dyn Fn(u64) + Sync),
    /// How many kinds of findings are shrunk and told; what comes behind them is not.
    pub kinds: usize,
    /// Once set, no further cases are begun, and nothing is shrunk any more.
    pub interrupt: Arc<AtomicBool>,
}

impl Job<'_> {
    /// Cases with actions, on one thread, that nobody watches.
    pub fn new(seed: u64, cases: u64, mode: Mode) -> Self {
        Job {
            seed,
            cases,
            jobs: 1,
            mode,
            actions: Actions::With,
            progress: &|_| {},
            kinds: KINDS,
            interrupt: Arc::default(),
        }
    }

    fn is_interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed)
    }
}

/// What a row of cases came to.
#[derive(Debug, Default)]
pub struct Findings {
    /// Where all of them come from.
    pub seed: u64,
    /// How many were run, from the first on without a gap; fewer than asked for when interrupted.
    pub cases: u64,
    /// How many of them could not be read, so that nothing was run.
    pub unread: u64,
    /// What was found, by kind.
    pub found: BTreeMap<String, Finding>,
}

/// One kind of finding, and its smallest case.
#[derive(Debug)]
pub struct Finding {
    /// The number of the case in which it was met first.
    pub number: u64,
    /// How many cases show it.
    pub count: u64,
    /// What the shrunk case shows.
    pub said: Vec<String>,
    /// The shrunk case.
    pub case: Case,
}

/// Runs a row of cases; same seed, same findings, however many threads work at it.
pub fn run(job: &Job) -> Findings {
    let next = AtomicU64::new(0);
    let joined = Mutex::new(Joined::default());
    on_threads(job.jobs, || {
        while !job.is_interrupted() {
            let batch = next.fetch_add(1, Ordering::Relaxed);
            let from = batch.saturating_mul(BATCH);
            if from >= job.cases {
                return;
            }
            let mut worker = Worker::default();
            let numbers = from..job.cases.min(from.saturating_add(BATCH));
            let done = numbers.map(|number| worker.one(job, number));
            let done = Done::of(done.collect());
            if let Ok(mut joined) = joined.lock() {
                joined.put(batch, done, job.kinds);
                (job.progress)(joined.cases);
            }
        }
    });
    findings(joined.into_inner().unwrap_or_default(), job)
}

/// Does the same work on so many threads, each with the room that the sandbox needs.
fn on_threads(jobs: usize, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            let started = thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, &work);
            if started.is_err() {
                work();
            }
        }
    });
}

/// Makes the first case of each kind small.
fn findings(joined: Joined, job: &Job) -> Findings {
    let kinds: Vec<(Found, u64)> = joined.found.into_values().collect();
    let next = AtomicUsize::new(0);
    let small = Mutex::new(BTreeMap::new());
    on_threads(job.jobs.min(kinds.len()), || {
        while let Some((found, count)) = kinds.get(next.fetch_add(1, Ordering::Relaxed)) {
            let finding = smallest(job, found, *count);
            if let (Ok(mut small), Some(finding)) = (small.lock(), finding) {
                small.insert(found.kind.clone(), finding);
            }
        }
    });
    Findings {
        seed: job.seed,
        cases: joined.cases,
        unread: joined.unread,
        found: small.into_inner().unwrap_or_default(),
    }
}

fn smallest(job: &Job, found: &Found, count: u64) -> Option<Finding> {
    let case = generate::case(&genes(job, found.number)?, job.mode, job.actions);
    let said = found.said.clone();
    let (said, case) = if job.is_interrupted() {
        (said, case)
    } else {
        shrunk(case, &found.kind, said, job.mode)
    };
    Some(Finding {
        number: found.number,
        count,
        said,
        case,
    })
}

/// The documents are made smaller, not the genes: that goes deeper, and ends as a person would write it.
fn shrunk(case: Case, title: &str, said: Vec<String>, mode: Mode) -> (Vec<String>, Case) {
    let share = Share::for_title(title);
    let mut case = shrink(case, &mut |case| {
        told(case, mode, share).is_some_and(|said| shows(&said, title))
    });
    if let Some(name) = case.scenario.get_mut("scenario") {
        *name = title.into();
    }
    (told(&case, mode, Share::Whole).unwrap_or(said), case)
}

/// What is wrong with a case; None when it cannot be read.
pub(super) fn told(case: &Case, mode: Mode, share: Share) -> Option<Vec<String>> {
    let judged =
        || -> Result<Vec<String>, String> { Ok(judge_arranged(&case.arrange()?, mode, share)) };
    match catch_unwind(AssertUnwindSafe(judged)) {
        Ok(Ok(said)) => Some(said),
        Ok(Err(_)) if mode == Mode::Wild => None,
        Ok(Err(unread)) => Some(vec![format!("{UNREADABLE}: {unread}")]),
        Err(_) => Some(vec![PANIC.to_owned()]),
    }
}

/// What a case says that made the engine or the reference panic.
pub(super) const PANIC: &str = "panic";
/// What a case says that should have been readable.
pub(super) const UNREADABLE: &str = "unreadable";
