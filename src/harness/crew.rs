//! Worker threads over a plan: each takes the next scenario, results are put in input order afterwards, so that the
//! same bytes come out with any number of them. A worker that native work of an action holds is replaced (ERR-4).

use super::execute::{abandoned, execute};
use super::{Driver, Plan, Results, ScenarioResult, Verdict};
use crate::action::watch::{self, Watch};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// The native stack of a worker: actions recurse on it (BUD-7), and so do templates and values.
const STACK: usize = 16 << 20;
/// More workers than this help nobody.
const MOST_WORKERS: usize = 256;
/// How often the workers are looked after.
const LOOK: Duration = Duration::from_millis(500);

/// Why nothing could be run.
#[derive(Debug, thiserror::Error)]
pub enum CrewError {
    /// The system gives no thread.
    #[error("no worker thread could be started: {0}")]
    NoThread(std::io::Error),
}

/// How far the work is.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Progress {
    pub done: usize,
    pub total: usize,
    pub not_passed: usize,
}

/// Runs and judges every scenario of the plan.
pub fn run_all(plan: &Arc<Plan>, progress: &mut dyn FnMut(Progress)) -> Result<Results, CrewError> {
    let (sender, reports) = channel();
    let mut crew = Crew {
        shared: Arc::new(Shared {
            plan: plan.clone(),
            next: AtomicUsize::new(0),
            last: AtomicUsize::new(usize::MAX),
        }),
        sender,
        workers: Vec::new(),
        results: plan.scenarios.iter().map(|_| None).collect(),
        done: 0,
        not_passed: 0,
    };
    let wanted = plan
        .options
        .jobs
        .min(plan.scenarios.len())
        .clamp(1, MOST_WORKERS);
    for _ in 0..wanted {
        if let Err(error) = crew.hire() {
            if crew.workers.is_empty() {
                return Err(CrewError::NoThread(error));
            }
            break;
        }
    }
    crew.attend(&reports, progress);
    Ok(crew.close())
}

/// What the workers share.
struct Shared {
    plan: Arc<Plan>,
    /// The next scenario that nobody has taken.
    next: AtomicUsize,
    /// The first scenario that did not pass, under `fail_fast`: later ones are not reported.
    last: AtomicUsize,
}

struct Crew {
    shared: Arc<Shared>,
    sender: Sender<Report>,
    workers: Vec<Worker>,
    results: Vec<Option<ScenarioResult>>,
    done: usize,
    not_passed: usize,
}

/// A worker, as the one who looks after it sees it.
struct Worker {
    id: usize,
    /// Set when its thread runs.
    watch: Option<Watch>,
    /// The scenario it works at.
    at: Arc<AtomicUsize>,
    dismissed: Arc<AtomicBool>,
    /// Whether it still takes work.
    active: bool,
}

enum Report {
    Here(usize, Watch),
    Done(usize, Box<ScenarioResult>),
    Left(usize),
}

impl Crew {
    fn hire(&mut self) -> std::io::Result<()> {
        let id = self.workers.len();
        let worker = Worker {
            id,
            watch: None,
            at: Arc::new(AtomicUsize::new(usize::MAX)),
            dismissed: Arc::default(),
            active: true,
        };
        let (shared, sender) = (self.shared.clone(), self.sender.clone());
        let (at, dismissed) = (worker.at.clone(), worker.dismissed.clone());
        thread::Builder::new()
            .name(format!("worker-{id}"))
            .stack_size(STACK)
            .spawn(move || {
                // a crew that has gone away wants no reports
                let _ = sender.send(Report::Here(id, watch::of_this_thread()));
                work(&shared, &at, &dismissed, &sender);
                let _ = sender.send(Report::Left(id));
            })?;
        self.workers.push(worker);
        Ok(())
    }

    /// Takes reports until every worker has left or was dismissed.
    fn attend(&mut self, reports: &Receiver<Report>, progress: &mut dyn FnMut(Progress)) {
        while self.workers.iter().any(|worker| worker.active) {
            match reports.recv_timeout(LOOK) {
                Ok(Report::Here(id, watch)) => self.workers[id].watch = Some(watch),
                Ok(Report::Left(id)) => self.workers[id].active = false,
                Ok(Report::Done(at, result)) => {
                    self.take(at, *result);
                    progress(Progress {
                        done: self.done,
                        total: self.results.len(),
                        not_passed: self.not_passed,
                    });
                }
                Err(RecvTimeoutError::Timeout) => self.replace_the_stuck(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, at: usize, result: ScenarioResult) {
        let Some(slot) = self.results.get_mut(at).filter(|slot| slot.is_none()) else {
            return;
        };
        self.done += 1;
        if result.verdict != Verdict::Passed {
            self.not_passed += 1;
            self.shared.failed(at);
        }
        *slot = Some(result);
    }

    /// Native work that does not end keeps its thread; its scenario is errored, and another worker goes on.
    fn replace_the_stuck(&mut self) {
        let stuck = |worker: &Worker| {
            let silent = worker.watch.as_ref().and_then(Watch::silent_for);
            worker.active && silent.is_some_and(|silent| silent > watch::LIMIT + LOOK)
        };
        let ids: Vec<usize> = self
            .workers
            .iter()
            .filter(|worker| stuck(worker))
            .map(|worker| worker.id)
            .collect();
        for id in ids {
            let worker = &mut self.workers[id];
            worker.active = false;
            worker.dismissed.store(true, SeqCst);
            let at = worker.at.load(SeqCst);
            if let Some(scenario) = self.shared.plan.scenarios.get(at) {
                let message = "native work of an action could not be stopped for 10 s";
                let result = abandoned(scenario, message);
                self.take(at, result);
            }
            // without another thread the workers that are left go on
            let _ = self.hire();
        }
    }

    /// The results in input order, up to the first that did not pass under `fail_fast`.
    fn close(self) -> Results {
        let total = self.results.len();
        let last = self.shared.last.load(SeqCst);
        let scenarios: Vec<_> = self
            .results
            .into_iter()
            .take(last.saturating_add(1))
            .flatten()
            .collect();
        Results {
            skipped: total - scenarios.len(),
            scenarios,
        }
    }
}

impl Shared {
    fn failed(&self, at: usize) {
        if self.plan.options.fail_fast {
            self.last.fetch_min(at, SeqCst);
        }
    }

    /// The next scenario to take, if there is one.
    fn next(&self) -> Option<usize> {
        if self.plan.options.interrupted.load(SeqCst) {
            return None;
        }
        let at = self.next.fetch_add(1, SeqCst);
        (at < self.plan.scenarios.len() && at <= self.last.load(SeqCst)).then_some(at)
    }
}

fn work(shared: &Shared, current: &AtomicUsize, dismissed: &AtomicBool, sender: &Sender<Report>) {
    let mut driver = Driver::new(&shared.plan.options);
    while let Some(at) = shared.next() {
        current.store(at, SeqCst);
        let outcome = catch_unwind(AssertUnwindSafe(|| execute(&shared.plan, at, &mut driver)));
        let result = outcome.unwrap_or_else(|_| {
            let message = "the harness failed at this scenario; please report it with its files";
            abandoned(&shared.plan.scenarios[at], message)
        });
        if result.verdict != Verdict::Passed {
            shared.failed(at);
        }
        if sender.send(Report::Done(at, Box::new(result))).is_err() || dismissed.load(SeqCst) {
            return;
        }
    }
}
