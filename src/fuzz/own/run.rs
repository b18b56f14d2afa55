//! Searches a flow: every world for single faults, slow blocks and orders, then random cases. What workers find is
//! joined in the order of the cases, so that the same seed finds the same at any number of threads.

use super::attempt::Faults;
use super::chosen::{chosen, distinct};
use super::order::{Swap, orders, swaps};
use super::regression::regression;
use super::search::{Base, Search};
use super::{Disagreement, Kind, OwnFinding, Safe, Weight, faults, over, random};
use crate::crew::{Crew, Lost, NoThread};
use crate::flow::Flow;
use crate::scenario::{Edit, Scenario};
use crate::trace::Ending;
use crate::value::Text;
use crate::workspace::Workspace;
use std::sync::Arc;

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
    /// Who works at it; once interrupted, no further cases are begun.
    pub crew: &'a Crew,
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
    /// Parts of the work that came to nothing, and why: what they would have found is not known.
    pub lost: Vec<Lost>,
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

/// Searches a flow; None when nothing of it can be run. `progress` is told how many cases are done.
pub fn fuzz_flow(job: &OwnJob, progress: &mut dyn FnMut(u64)) -> Result<Option<Own>, NoThread> {
    let wanted = usize::try_from(job.cases / CASES_PER_WORLD).unwrap_or(usize::MAX);
    let worlds = wanted.clamp(WORLDS[0], WORLDS[1]);
    let mut lost = Vec::new();
    let found = Search::new(job, worlds, &mut lost)?;
    let Some(search) = found.map(Arc::new) else {
        return Ok(None);
    };
    let swaps = Arc::new(swaps(&search));
    let mut work = Work {
        job,
        progress,
        lost,
        cases: 0,
        raws: Vec::new(),
        disagreements: Vec::new(),
    };
    work.exhaustive(&search, &swaps)?;
    work.random(&search, &swaps)?;
    let findings = work.findings(&search)?;
    Ok(Some(Own {
        flow: job.flow.slug.value.clone(),
        cases: work.cases,
        worlds: search.worlds.len(),
        findings,
        disagreements: distinct(work.disagreements),
        lost: work.lost,
    }))
}

/// What was done so far.
struct Work<'a> {
    job: &'a OwnJob<'a>,
    progress: &'a mut dyn FnMut(u64),
    lost: Vec<Lost>,
    cases: u64,
    raws: Vec<Raw>,
    disagreements: Vec<Disagreement>,
}

impl Work<'_> {
    /// Every world: each single fault, slow blocks, each order.
    fn exhaustive(&mut self, search: &Arc<Search>, swaps: &Arc<Vec<Swap>>) -> Result<(), NoThread> {
        let worlds = search.worlds.len();
        let (search, swaps) = (search.clone(), swaps.clone());
        self.each(worlds, move |at| {
            let (cases, raws) = world(&search, &swaps, &search.worlds[at]);
            Found {
                cases,
                raws: raws
                    .into_iter()
                    .map(|raw| Raw {
                        base: Some(at),
                        ..raw
                    })
                    .collect(),
                disagreements: Vec::new(),
            }
        })
    }

    /// Several at once, in random worlds.
    fn random(&mut self, search: &Arc<Search>, swaps: &Arc<Vec<Swap>>) -> Result<(), NoThread> {
        let (seed, cases) = (self.job.seed, self.job.cases);
        let batches = usize::try_from(cases.div_ceil(BATCH)).unwrap_or(usize::MAX);
        let (search, swaps) = (search.clone(), swaps.clone());
        self.each(batches, move |batch| {
            let from = u64::try_from(batch).map_or(cases, |batch| batch.saturating_mul(BATCH));
            let numbers = from..cases.min(from.saturating_add(BATCH));
            let mut found = Found {
                cases: numbers.end - numbers.start,
                raws: Vec::new(),
                disagreements: Vec::new(),
            };
            for at in numbers {
                let number = at - from;
                if at % PROMISES == 0 {
                    let wrong = random::promises(&search, &swaps, seed, at);
                    let wrong = wrong.map(|one| Disagreement { number, ..one });
                    found.disagreements.extend(wrong);
                } else {
                    let raws = random::case(&search, &swaps, seed, at).into_iter();
                    found.raws.extend(raws.map(|raw| Raw { number, ..raw }));
                }
            }
            found
        })
    }

    /// Does a row of work, and joins what is found in its order. The numbers of cases go on from part to part.
    fn each(
        &mut self,
        count: usize,
        work: impl Fn(usize) -> Found + Send + Sync + 'static,
    ) -> Result<(), NoThread> {
        let (progress, mut told) = (&mut self.progress, self.cases);
        let found = self.job.crew.each(count, work, &mut |_, result| {
            told += result.as_ref().map_or(0, |found| found.cases);
            progress(told);
        })?;
        for found in found {
            let found = match found {
                Ok(found) => found,
                Err(Lost::NotTaken) => continue,
                Err(lost) => {
                    self.lost.push(lost);
                    continue;
                }
            };
            let before = self.cases;
            self.raws.extend(found.raws.into_iter().map(|raw| Raw {
                number: before + raw.number,
                ..raw
            }));
            let wrong = found.disagreements.into_iter();
            self.disagreements.extend(wrong.map(|one| Disagreement {
                number: before + one.number,
                ..one
            }));
            self.cases += found.cases;
        }
        Ok(())
    }

    /// What is told, each made small, the worst first.
    fn findings(&mut self, search: &Arc<Search>) -> Result<Vec<OwnFinding>, NoThread> {
        let raws = chosen(search, std::mem::take(&mut self.raws));
        let search = search.clone();
        let count = raws.len();
        let small = move |at: usize| regression(&search, &raws[at]);
        // what was found is told, even where the rest was interrupted
        let crew = Crew {
            jobs: self.job.crew.jobs,
            interrupted: Arc::default(),
        };
        let mut findings = Vec::new();
        for found in crew.each(count, small, &mut |_, _| {})? {
            match found {
                Ok(found) => findings.extend(found),
                Err(lost) => self.lost.push(lost),
            }
        }
        findings.sort_by_key(|one| (one.weight, one.kind, one.number));
        Ok(findings)
    }
}

/// What a part of the work found; its cases are numbered from 0.
struct Found {
    cases: u64,
    raws: Vec<Raw>,
    disagreements: Vec<Disagreement>,
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

/// How much a finding weighs: who gets in or is kept out matters, how they are refused does not.
pub fn weight(raw: &Raw) -> Weight {
    match raw.kind {
        Kind::FailsOpen if raw.rank == faults::BARE => Weight::Note,
        Kind::FailsOpen | Kind::OverBudget => Weight::Error,
        Kind::OrderDependence if raw.rank == 0 => Weight::Error,
        Kind::OrderDependence | Kind::ReadsBeforeWrites => Weight::Note,
    }
}
