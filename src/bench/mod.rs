//! Budget use under latency distributions: each scenario many times, with latencies drawn instead of medians. How the
//! time is spread, how often the budget is exceeded, where the time goes, and what a faster block would change. Counted
//! in flow time; the same seed gives the same figures on any number of threads.

mod counted;
mod draw;
mod figures;

pub use figures::{Spread, at_most};

use crate::crew::{Crew, Lost, NoThread};
use crate::drive::{Outcome, run_paced};
use crate::flow::Kind;
use crate::trial::Trial;
use crate::value::Text;
use crate::workspace::Workspace;
use counted::{Counted, slowest};
use draw::{Drawn, Draws};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Samples that a worker takes at once: so many, and more where there would be more than [`PARTS`] of them to keep.
const BATCH: u64 = 250;
const PARTS: u64 = 1_024;

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
    let wanted = work.series()?;
    let plain = work.run(&wanted)?;
    let slowest: Vec<Series> = plain
        .iter()
        .enumerate()
        .filter_map(|(at, found)| Some((at, found.as_ref()?.as_ref().ok()?)))
        .flat_map(|(at, found)| slowest(found).into_iter().map(move |path| (at, path)))
        .map(|(at, path)| wanted[at].without(path))
        .collect();
    let without = work.run(&slowest)?;
    let mut all: Vec<Option<Found>> = plain
        .into_iter()
        .zip(&wanted)
        .map(|(found, series)| Some(found?.map(|counted| counted.measured(series.varies))))
        .collect();
    for (series, found) in slowest.iter().zip(without) {
        let (Some(Ok(found)), Some(Some(Ok(measured)))) = (found, all.get_mut(series.trial)) else {
            continue;
        };
        let mut blocks = measured.blocks.iter_mut();
        let block = blocks.find(|one| Some(&one.block) == series.instant.as_ref());
        // what waits by itself, as an action or a mock that never answers, cannot be made instant
        if let Some(block) = block.filter(|one| found.took(&one.block) == 0) {
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

impl Series {
    fn without(&self, block: Text) -> Series {
        Series {
            instant: Some(block),
            ..self.clone()
        }
    }

    fn batch(&self) -> u64 {
        BATCH.max(self.samples.div_ceil(PARTS))
    }
}

struct Work<'a> {
    trials: Arc<Vec<Trial>>,
    draws: Arc<Vec<Draws>>,
    options: &'a Options,
    progress: &'a mut dyn FnMut(u64),
    done: u64,
}

impl Work<'_> {
    /// Each scenario as it is: one whose first sample comes past nothing that varies is the same in every sample.
    fn series(&self) -> Result<Vec<Series>, NoThread> {
        let (trials, draws) = (self.trials.clone(), self.draws.clone());
        let varies = move |at: usize| {
            let (trial, draws): (&Trial, &Draws) = (&trials[at], &draws[at]);
            let mut pace = draws.pace(0, None);
            let outcome = sample(trial, draws, &mut pace, 0, None);
            let entries = outcome.trace.preorder();
            pace.varied || draws.vary(entries.iter().map(|entry| &entry.block))
        };
        let crew = &self.options.crew;
        let found = crew.each(self.trials.len(), varies, &mut |_, _| {})?;
        let series = found.into_iter().enumerate().map(|(trial, varies)| {
            // what cannot be tried is told when it is measured
            let varies = varies.unwrap_or(true);
            Series {
                trial,
                instant: None,
                samples: if varies { self.options.samples } else { 1 },
                varies,
            }
        });
        Ok(series.collect())
    }

    /// Runs series in parts; None for one of which a part was not begun.
    fn run(&mut self, all: &[Series]) -> Result<Vec<Option<Result<Counted, String>>>, NoThread> {
        let parts: Vec<(usize, u64)> = all
            .iter()
            .enumerate()
            .flat_map(|(at, series)| {
                (0..series.samples.div_ceil(series.batch())).map(move |part| (at, part))
            })
            .collect();
        let series: Arc<Vec<Series>> = Arc::new(all.to_vec());
        let (trials, draws) = (self.trials.clone(), self.draws.clone());
        let places = Arc::new(parts.clone());
        let part = move |at: usize| {
            let (at, part) = places[at];
            let series = &series[at];
            let from = part * series.batch();
            let until = series.samples.min(from + series.batch());
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
        let mut pace = draws.pace(number, instant);
        let outcome = sample(trial, draws, &mut pace, number, instant);
        judgeable(&outcome)?;
        counted.add(&outcome.trace);
    }
    Ok(counted)
}

fn sample(
    trial: &Trial,
    draws: &Draws,
    pace: &mut Drawn,
    number: u64,
    instant: Option<&str>,
) -> Outcome {
    let world = draws.world(trial, number, instant);
    let (mocks, answers) = (&trial.scenario.mocks, &trial.scenario.answers);
    run_paced(&trial.program, &world, mocks, answers, pace)
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
