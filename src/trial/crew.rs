//! Worker threads over many trials: each takes the next number, and what comes of it is put in order afterwards, so
//! that the same comes out with any number of them. A worker that native work of an action holds is replaced (ERR-4).

use crate::action::watch::{self, Watch};
use std::io;
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

/// What is to be done for a number.
pub type Work<R> = Arc<dyn Fn(usize) -> R + Send + Sync>;

/// Why nothing came of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Nobody took it: the work was interrupted.
    NotTaken,
    /// Native work of an action could not be stopped.
    Stuck,
    /// The harness broke.
    Broke,
}

/// Does the work for each number below `count`; `progress` is told how many are done.
///
/// Fails where the system gives no thread at all.
pub fn for_each<R: Send + 'static>(
    count: usize,
    jobs: usize,
    interrupted: &Arc<AtomicBool>,
    work: Work<R>,
    progress: &mut dyn FnMut(usize),
) -> io::Result<Vec<Result<R, Lost>>> {
    let (sender, reports) = channel();
    let mut crew = Crew {
        shared: Arc::new(Shared {
            next: AtomicUsize::new(0),
            count,
            interrupted: interrupted.clone(),
            work,
        }),
        sender,
        workers: Vec::new(),
        results: (0..count).map(|_| None).collect(),
        done: 0,
    };
    for _ in 0..jobs.min(count).min(MOST_WORKERS) {
        if let Err(error) = crew.hire() {
            if crew.workers.is_empty() {
                return Err(error);
            }
            break;
        }
    }
    crew.attend(&reports, progress);
    let found = crew.results.into_iter();
    Ok(found
        .map(|result| result.unwrap_or(Err(Lost::NotTaken)))
        .collect())
}

/// What the workers share.
struct Shared<R> {
    next: AtomicUsize,
    count: usize,
    interrupted: Arc<AtomicBool>,
    work: Work<R>,
}

struct Crew<R> {
    shared: Arc<Shared<R>>,
    sender: Sender<Report<R>>,
    workers: Vec<Worker>,
    results: Vec<Option<Result<R, Lost>>>,
    done: usize,
}

/// A worker, as the one who looks after it sees it.
struct Worker {
    watch: Option<Watch>,
    /// The number it works at.
    at: Arc<AtomicUsize>,
    dismissed: Arc<AtomicBool>,
    active: bool,
}

enum Report<R> {
    Here(usize, Watch),
    Done(usize, Result<R, Lost>),
    Left(usize),
}

impl<R: Send + 'static> Crew<R> {
    fn hire(&mut self) -> io::Result<()> {
        let id = self.workers.len();
        let worker = Worker {
            watch: None,
            at: Arc::new(AtomicUsize::new(usize::MAX)),
            dismissed: Arc::default(),
            active: true,
        };
        let (shared, sender) = (self.shared.clone(), self.sender.clone());
        let (at, dismissed) = (worker.at.clone(), worker.dismissed.clone());
        thread::Builder::new()
            .name(format!("trial-{id}"))
            .stack_size(STACK)
            .spawn(move || {
                // a crew that has gone away wants no reports
                let _ = sender.send(Report::Here(id, watch::of_this_thread()));
                labour(&shared, &at, &dismissed, &sender);
                let _ = sender.send(Report::Left(id));
            })?;
        self.workers.push(worker);
        Ok(())
    }

    /// Takes reports until every worker has left or was dismissed.
    fn attend(&mut self, reports: &Receiver<Report<R>>, progress: &mut dyn FnMut(usize)) {
        while self.workers.iter().any(|worker| worker.active) {
            match reports.recv_timeout(LOOK) {
                Ok(Report::Here(id, watch)) => self.workers[id].watch = Some(watch),
                Ok(Report::Left(id)) => self.workers[id].active = false,
                Ok(Report::Done(at, result)) => {
                    self.take(at, result);
                    progress(self.done);
                }
                Err(RecvTimeoutError::Timeout) => self.replace_the_stuck(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, at: usize, result: Result<R, Lost>) {
        if let Some(slot) = self.results.get_mut(at).filter(|slot| slot.is_none()) {
            *slot = Some(result);
            self.done += 1;
        }
    }

    fn replace_the_stuck(&mut self) {
        for id in 0..self.workers.len() {
            let worker = &mut self.workers[id];
            let silent = worker.watch.as_ref().and_then(Watch::silent_for);
            if !worker.active || silent.is_none_or(|silent| silent <= watch::LIMIT + LOOK) {
                continue;
            }
            worker.active = false;
            worker.dismissed.store(true, SeqCst);
            let at = worker.at.load(SeqCst);
            self.take(at, Err(Lost::Stuck));
            // without another thread the workers that are left go on
            let _ = self.hire();
        }
    }
}

fn labour<R>(
    shared: &Shared<R>,
    current: &AtomicUsize,
    dismissed: &AtomicBool,
    sender: &Sender<Report<R>>,
) {
    while !shared.interrupted.load(SeqCst) {
        let at = shared.next.fetch_add(1, SeqCst);
        if at >= shared.count {
            return;
        }
        current.store(at, SeqCst);
        let outcome = catch_unwind(AssertUnwindSafe(|| (shared.work)(at)));
        let result = outcome.map_err(|_| Lost::Broke);
        if sender.send(Report::Done(at, result)).is_err() || dismissed.load(SeqCst) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_order_with_any_number_of_workers() {
        for jobs in [1, 3, 64] {
            let squares: Work<usize> = Arc::new(|at| at * at);
            let found = for_each(20, jobs, &Arc::default(), squares, &mut |_| {});
            let expected: Vec<_> = (0..20).map(|at| Ok(at * at)).collect();
            assert_eq!(found.expect("threads"), expected);
        }
    }

    #[test]
    fn what_breaks_or_is_not_taken_is_told() {
        let breaks: Work<usize> = Arc::new(|at| if at == 1 { panic!("planted") } else { at });
        let found = for_each(3, 1, &Arc::default(), breaks.clone(), &mut |_| {});
        assert_eq!(found.expect("threads"), [Ok(0), Err(Lost::Broke), Ok(2)]);
        let interrupted = Arc::new(AtomicBool::new(true));
        let found = for_each(2, 1, &interrupted, breaks, &mut |_| {});
        assert_eq!(found.expect("threads"), [Err(Lost::NotTaken); 2]);
    }
}
