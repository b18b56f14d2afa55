//! Threads that share numbered jobs; what comes back stands in the order of the jobs, whatever their number. A thread
//! that native work of an action holds is given up (ERR-4): its job comes back empty, and another thread goes on.

use crate::action::watch::{self, Watch};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// Actions, templates and values recurse on the native stack (BUD-7).
const STACK: usize = 16 << 20;
/// More threads than this help nobody.
const MOST: usize = 256;
/// How often the threads are looked after.
const LOOK: Duration = Duration::from_millis(500);

/// One job, by its number.
pub type Job<T> = Arc<dyn Fn(usize) -> T + Send + Sync>;

/// How many threads, and whether to stop.
#[derive(Debug, Clone)]
pub struct Crew {
    /// Threads.
    pub jobs: usize,
    /// Set from outside: no further job is begun.
    pub interrupted: Arc<AtomicBool>,
}

enum Report<T> {
    Here(usize, Watch),
    Done(usize, Option<T>),
    Left(usize),
}

struct Worker {
    watch: Option<Watch>,
    at: Arc<AtomicUsize>,
    active: bool,
}

impl Crew {
    /// Does every job; `done` is called after each. None for one that was not begun, or that could not be ended.
    pub fn each<T: Send + 'static>(
        &self,
        count: usize,
        job: &Job<T>,
        done: &mut dyn FnMut(),
    ) -> Vec<Option<T>> {
        let (sender, reports) = channel();
        let next = Arc::new(AtomicUsize::new(0));
        let mut found: Vec<Option<T>> = (0..count).map(|_| None).collect();
        let mut workers: Vec<Worker> = Vec::new();
        let hire = |workers: &mut Vec<Worker>| {
            let at = Arc::new(AtomicUsize::new(usize::MAX));
            let hired = Hired {
                id: workers.len(),
                count,
                next: next.clone(),
                at: at.clone(),
                interrupted: self.interrupted.clone(),
            };
            let (job, sender) = (job.clone(), sender.clone());
            let started = thread::Builder::new()
                .stack_size(STACK)
                .spawn(move || hired.work(&job, &sender));
            if started.is_ok() {
                workers.push(Worker {
                    watch: None,
                    at,
                    active: true,
                });
            }
        };
        for _ in 0..self.jobs.min(count).clamp(1, MOST) {
            hire(&mut workers);
        }
        while workers.iter().any(|worker| worker.active) {
            match reports.recv_timeout(LOOK) {
                Ok(Report::Here(id, watch)) => workers[id].watch = Some(watch),
                Ok(Report::Left(id)) => workers[id].active = false,
                Ok(Report::Done(at, result)) => {
                    found[at] = result;
                    done();
                }
                Err(RecvTimeoutError::Timeout) => {
                    for _ in 0..give_up(&mut workers) {
                        done();
                        hire(&mut workers);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        found
    }
}

/// Gives up the threads that native work holds; how many there were.
fn give_up(workers: &mut [Worker]) -> usize {
    let mut count = 0;
    for worker in workers.iter_mut().filter(|worker| worker.active) {
        let silent = worker.watch.as_ref().and_then(Watch::silent_for);
        if silent.is_some_and(|silent| silent > watch::LIMIT + LOOK) {
            worker.active = false;
            // a report that comes all the same is about a job that nobody has taken
            worker.at.store(usize::MAX, SeqCst);
            count += 1;
        }
    }
    count
}

/// What a thread takes along.
struct Hired {
    id: usize,
    count: usize,
    next: Arc<AtomicUsize>,
    at: Arc<AtomicUsize>,
    interrupted: Arc<AtomicBool>,
}

impl Hired {
    fn work<T>(&self, job: &Job<T>, sender: &Sender<Report<T>>) {
        // a crew that has gone away wants no reports
        let _ = sender.send(Report::Here(self.id, watch::of_this_thread()));
        while !self.interrupted.load(SeqCst) {
            let at = self.next.fetch_add(1, SeqCst);
            if at >= self.count {
                break;
            }
            self.at.store(at, SeqCst);
            let result = catch_unwind(AssertUnwindSafe(|| job(at))).ok();
            let given_up = self.at.load(SeqCst) == usize::MAX;
            if given_up || sender.send(Report::Done(at, result)).is_err() {
                return;
            }
        }
        let _ = sender.send(Report::Left(self.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_jobs_and_a_panic_loses_its_own_only() {
        for jobs in [1, 4] {
            let crew = Crew {
                jobs,
                interrupted: Arc::default(),
            };
            let job: Job<usize> = Arc::new(|at| {
                assert_ne!(at, 3);
                at * 2
            });
            let mut told = 0;
            let found = crew.each(5, &job, &mut || told += 1);
            assert_eq!(found, [Some(0), Some(2), Some(4), None, Some(8)]);
            assert_eq!(told, 5);
        }
    }

    #[test]
    fn an_interrupted_crew_begins_nothing() {
        let crew = Crew {
            jobs: 2,
            interrupted: Arc::new(AtomicBool::new(true)),
        };
        let job: Job<usize> = Arc::new(|at| at);
        assert_eq!(crew.each(2, &job, &mut || ()), [None, None]);
    }
}
