//! Many cases, each from a seed of its own, so that what is found does not depend on how many work at it.
//! The first case of each kind of finding is shrunk; the others are counted.

use super::generate::{self, Genes};
use super::{Case, judge};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, FileFailurePersistence, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// How often a case is made smaller at most.
const SHRINKS: usize = 4_000;
/// Kinds of findings that are shrunk; the rest are only counted.
const KINDS: usize = 20;
/// The parser and the sandbox need room (BUD-7).
const STACK: usize = 16 << 20;

/// Which generator makes the cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Well-formed flows that reach deep; the engine is held against the reference too.
    Typed,
    /// What parses and nothing more; named properties only.
    Wild,
}

/// What a row of cases came to.
#[derive(Debug)]
pub struct Findings {
    /// Where all of them come from.
    pub seed: u64,
    /// How many were run.
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

/// Runs so many cases on so many threads.
pub fn run(seed: u64, cases: u64, jobs: usize, mode: Mode) -> Findings {
    let next = AtomicU64::new(0);
    let unread = AtomicU64::new(0);
    let found = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= cases {
                return;
            }
            match one(seed, number, mode, &found) {
                Read::Yes => {}
                Read::No => drop(unread.fetch_add(1, Ordering::Relaxed)),
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            let started = thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, work);
            if started.is_err() {
                work();
            }
        }
    });
    let found = found.into_inner().unwrap_or_default();
    Findings {
        seed,
        cases,
        unread: unread.into_inner(),
        found,
    }
}

enum Read {
    Yes,
    No,
}

fn one(seed: u64, number: u64, mode: Mode, found: &Mutex<BTreeMap<String, Finding>>) -> Read {
    let Ok(mut tree) = generate::genes().new_tree(&mut runner(seed, number)) else {
        return Read::No;
    };
    let said = match told(&tree.current(), mode) {
        Some(said) => said,
        None => return Read::No,
    };
    let Some(kind) = kind(&said) else {
        return Read::Yes;
    };
    if let Ok(mut found) = found.lock() {
        let kinds = found.len();
        if let Some(known) = found.get_mut(&kind) {
            known.count += 1;
            return Read::Yes;
        }
        let case = generate::case(&tree.current(), mode);
        let finding = Finding {
            number,
            count: 1,
            said: said.clone(),
            case,
        };
        found.insert(kind.clone(), finding);
        if kinds >= KINDS {
            return Read::Yes;
        }
    }
    let (said, case) = shrunk(&mut tree, &kind, said, mode);
    if let Ok(mut found) = found.lock()
        && let Some(finding) = found.get_mut(&kind)
    {
        (finding.said, finding.case) = (said, case);
    }
    Read::Yes
}

fn shrunk(
    tree: &mut impl ValueTree<Value = Genes>,
    kind: &str,
    said: Vec<String>,
    mode: Mode,
) -> (Vec<String>, Case) {
    let mut best = (said, tree.current());
    let mut shows = true;
    for _ in 0..SHRINKS {
        let moved = if shows {
            tree.simplify()
        } else {
            tree.complicate()
        };
        if !moved {
            break;
        }
        let genes = tree.current();
        let said = told(&genes, mode).unwrap_or_default();
        shows = self::kind(&said).as_deref() == Some(kind);
        if shows {
            best = (said, genes);
        }
    }
    (best.0, generate::case(&best.1, mode))
}

/// What is wrong with a case; None when it cannot be read.
fn told(genes: &Genes, mode: Mode) -> Option<Vec<String>> {
    let case = generate::case(genes, mode);
    match catch_unwind(AssertUnwindSafe(|| judge(&case, mode))) {
        Ok(Ok(said)) => Some(said),
        Ok(Err(_)) if mode == Mode::Wild => None,
        Ok(Err(unread)) => Some(vec![format!("unreadable: {unread}")]),
        Err(_) => Some(vec!["panic".to_owned()]),
    }
}

/// Same seed and number, same case. Nothing is read from the environment or kept in files.
fn runner(seed: u64, number: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let config = Config {
        failure_persistence: None::<Box<FileFailurePersistence>>.map(|none| none as _),
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// The kind of what was found: the line that tells most, without numbers.
fn kind(said: &[String]) -> Option<String> {
    let about_a_block = |line: &&String| line.starts_with('b') && line.contains(" (");
    let line = said.iter().find(about_a_block).or_else(|| said.first())?;
    let words = line.chars().filter(|c| !c.is_ascii_digit());
    Some(words.take(90).collect())
}
