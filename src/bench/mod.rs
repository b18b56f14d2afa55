//! Budget use under latency distributions: each scenario many times, with latencies drawn instead of medians. How the
//! time is spread, how often the budget is exceeded, where the time goes, and what a faster block would change. Counted
//! in flow time; the same seed gives the same figures on any number of threads.

mod draw;
mod figures;

pub use figures::{Spread, at_most};

use crate::crew::{Crew, Lost, NoThread};
use crate::drive::{Outcome, run_paced};
use crate::flow::Kind;
use crate::trace::{Ending, Entry, Status, Trace};
use crate::trial::Trial;
use crate::value::Text;
use crate::workspace::Workspace;
use draw::Draws;
use figures::Times;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Samples that a worker takes at once.
const BATCH: u64 = 250;
/// Of so many blocks, those that take the most time, it is told what it would change if they took none.
const WITHOUT: usize = 4;

/// How it is sampled.
#[derive(Debug, Clone)]
pub struct Options {
    /// How often each scenario runs.
    pub samples: u64,
    /// Where all draws come from.
    pub seed: u64,
    /// Who does it.
    pub crew: Crew,
}

/// The figures of one scenario.
#[derive(Debug, Clone)]
pub struct Measured {
    /// How often it ran: once where nothing varies.
    pub samples: u64,
    /// Whether some latency is a distribution.
    pub varies: bool,
    /// The budget, in milliseconds.
    pub budget_ms: u64,
    /// How long it took.
    pub flow_ms: Spread,
    /// How often it ended how.
    pub endings: BTreeMap<&'static str, u64>,
    /// How often the budget ran out.
    pub over: u64,
    /// Its blocks, those that take the most time first.
    pub blocks: Vec<BlockTime>,
}

/// The time that a block takes.
#[derive(Debug, Clone)]
pub struct BlockTime {
    /// Its full path.
    pub block: Text,
    /// Its kind.
    pub kind: Kind,
    /// In how many samples it ran.
    pub reached: u64,
    /// How long it took there.
    pub ms: Spread,
    /// Its part of all time, from 0 to 1; what other blocks wait for besides counts for each of them.
    pub share: f64,
    /// What would be if it took no time: how long the run took, and how often the budget ran out.
    pub without: Option<(Spread, u64)>,
}

/// What came of one scenario: its figures, or why there are none.
pub type Found = Result<Measured, String>;

/// Measures scenarios; `progress` is told how many runs are done. None for one that was not begun.
pub fn measure(
    workspace: &Arc<Workspace>,
    trials: &Arc<Vec<Trial>>,
    options: &Options,
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<Option<Found>>, NoThread> {
    let mut work = Work {
        draws: Arc::new(
            trials
                .iter()
                .map(|trial| Draws::new(workspace, trial, options.seed))
                .collect(),
        ),
        trials: trials.clone(),
        options,
        progress,
        done: 0,
    };
    let wanted: Vec<Series> = (0..trials.len())
        .map(|trial| work.series(trial, None))
        .collect();
    let plain = work.run(&wanted)?;
    let slowest: Vec<Series> = plain
        .iter()
        .enumerate()
        .filter_map(|(at, found)| Some((at, found.as_ref()?.as_ref().ok()?)))
        .flat_map(|(at, found)| slowest(found).into_iter().map(move |path| (at, path)))
        .map(|(at, path)| work.series(at, Some(path)))
        .collect();
    let without = work.run(&slowest)?;
    let mut all: Vec<Option<Found>> = plain
        .into_iter()
        .zip(&wanted)
        .map(|(found, series)| Some(found?.map(|counted| counted.measured(series))))
        .collect();
    for (series, found) in slowest.iter().zip(without) {
        let (Some(Ok(found)), Some(Some(Ok(measured)))) = (found, all.get_mut(series.trial)) else {
            continue;
        };
        let mut blocks = measured.blocks.iter_mut();
        if let Some(block) = blocks.find(|one| Some(&one.block) == series.instant.as_ref()) {
            block.without = Some((found.flow_ms.spread(), found.over()));
        }
    }
    Ok(all)
}

/// A scenario, and the block that takes no time in it.
#[derive(Debug, Clone)]
struct Series {
    trial: usize,
    instant: Option<Text>,
    samples: u64,
    varies: bool,
}

struct Work<'a> {
    trials: Arc<Vec<Trial>>,
    draws: Arc<Vec<Draws>>,
    options: &'a Options,
    progress: &'a mut dyn FnMut(u64),
    done: u64,
}

impl Work<'_> {
    fn series(&self, trial: usize, instant: Option<Text>) -> Series {
        let varies = self.draws[trial].vary(&self.trials[trial]);
        Series {
            trial,
            instant,
            samples: if varies { self.options.samples } else { 1 },
            varies,
        }
    }

    /// Runs series in parts; None for one of which a part was not begun.
    fn run(&mut self, all: &[Series]) -> Result<Vec<Option<Result<Counted, String>>>, NoThread> {
        let parts: Vec<(usize, u64)> = all
            .iter()
            .enumerate()
            .flat_map(|(at, series)| {
                (0..series.samples.div_ceil(BATCH)).map(move |part| (at, part))
            })
            .collect();
        let series: Arc<Vec<Series>> = Arc::new(all.to_vec());
        let (trials, draws) = (self.trials.clone(), self.draws.clone());
        let places = Arc::new(parts.clone());
        let part = move |at: usize| {
            let (at, part) = places[at];
            let series = &series[at];
            let from = part * BATCH;
            let until = series.samples.min(from + BATCH);
            sampled(
                &trials[series.trial],
                &draws[series.trial],
                series,
                from..until,
            )
        };
        let (progress, done) = (&mut self.progress, &mut self.done);
        let found = self.options.crew.each(parts.len(), part, &mut |_, found| {
            if let Ok(Ok(counted)) = found {
                *done += counted.flow_ms.count();
            }
            progress(*done);
        })?;
        let mut joined: Vec<Option<Result<Counted, String>>> =
            all.iter().map(|_| Some(Ok(Counted::default()))).collect();
        for ((at, _), found) in parts.into_iter().zip(found) {
            join(&mut joined[at], found);
        }
        Ok(joined)
    }
}

fn join(whole: &mut Option<Result<Counted, String>>, part: Result<Result<Counted, String>, Lost>) {
    match (whole.as_mut(), part) {
        (None | Some(Err(_)), _) => {}
        (_, Err(Lost::NotTaken)) => *whole = None,
        (_, Err(lost)) => *whole = Some(Err(lost.to_string())),
        (_, Ok(Err(why))) => *whole = Some(Err(why)),
        (Some(Ok(whole)), Ok(Ok(part))) => whole.join(&part),
    }
}

fn sampled(
    trial: &Trial,
    draws: &Draws,
    series: &Series,
    numbers: std::ops::Range<u64>,
) -> Result<Counted, String> {
    let mut counted = Counted::default();
    let instant = series.instant.as_deref();
    for number in numbers {
        let world = draws.world(trial, number, instant);
        let (mocks, answers) = (&trial.scenario.mocks, &trial.scenario.answers);
        let mut pace = draws.pace(number, instant);
        let outcome = run_paced(&trial.program, &world, mocks, answers, &mut pace);
        judgeable(&outcome)?;
        counted.add(&outcome.trace);
    }
    Ok(counted)
}

/// A run that met no mock tells nothing about time.
fn judgeable(outcome: &Outcome) -> Result<(), String> {
    if let Some(failure) = &outcome.trace.harness_failure {
        return Err(failure.message.to_string());
    }
    match outcome.exchange.unanswered().first() {
        Some(first) => Err(first.explanation.to_string()),
        None => Ok(()),
    }
}

/// What was counted over samples.
#[derive(Debug, Clone, Default)]
struct Counted {
    budget_ms: u64,
    flow_ms: Times,
    endings: BTreeMap<&'static str, u64>,
    blocks: BTreeMap<Text, (Option<Kind>, Times)>,
    /// The time of all blocks that others wait for.
    busy: u128,
}

impl Counted {
    fn add(&mut self, trace: &Trace) {
        self.budget_ms = trace.budget_ms;
        self.flow_ms.add(trace.flow_ms);
        *self.endings.entry(trace.ending.name()).or_default() += 1;
        for entry in trace.preorder() {
            if takes_time(entry) {
                let (kind, times) = self.blocks.entry(entry.block.clone()).or_default();
                *kind = Some(entry.kind);
                times.add(entry.duration_ms);
                self.busy += u128::from(entry.duration_ms);
            }
        }
    }

    fn join(&mut self, other: &Counted) {
        self.budget_ms = self.budget_ms.max(other.budget_ms);
        self.flow_ms.join(&other.flow_ms);
        for (ending, count) in &other.endings {
            *self.endings.entry(ending).or_default() += count;
        }
        for (block, (kind, times)) in &other.blocks {
            let (known, all) = self.blocks.entry(block.clone()).or_default();
            *known = known.or(*kind);
            all.join(times);
        }
        self.busy += other.busy;
    }

    fn over(&self) -> u64 {
        let name = Ending::TimedOut.name();
        self.endings.get(name).copied().unwrap_or(0)
    }

    fn measured(self, series: &Series) -> Measured {
        let over = self.over();
        let busy = self.busy.max(1) as f64;
        let mut blocks: Vec<(u128, BlockTime)> = self
            .blocks
            .into_iter()
            .filter_map(|(block, (kind, times))| {
                let time = BlockTime {
                    block,
                    kind: kind?,
                    reached: times.count(),
                    ms: times.spread(),
                    share: times.sum() as f64 / busy,
                    without: None,
                };
                Some((times.sum(), time))
            })
            .collect();
        blocks.sort_by_key(|(sum, _)| std::cmp::Reverse(*sum));
        Measured {
            samples: self.flow_ms.count(),
            varies: series.varies,
            budget_ms: self.budget_ms,
            flow_ms: self.flow_ms.spread(),
            endings: self.endings,
            over,
            blocks: blocks.into_iter().map(|(_, one)| one).collect(),
        }
    }
}

/// Entries of nested flows count, the blocks that run them do not; nobody waits for detached work (ACT-3).
fn takes_time(entry: &Entry) -> bool {
    entry.entries.is_empty() && entry.status != Status::Detached
}

/// The blocks that take the most time.
fn slowest(counted: &Counted) -> Vec<Text> {
    let mut blocks: Vec<(u128, &Text)> = counted
        .blocks
        .iter()
        .map(|(block, (_, times))| (times.sum(), block))
        .filter(|(sum, _)| *sum > 0)
        .collect();
    blocks.sort_by_key(|(sum, _)| std::cmp::Reverse(*sum));
    let most = blocks.into_iter().take(WITHOUT);
    most.map(|(_, block)| block.clone()).collect()
}
