//! Worker threads over numbered work: each takes the next number, and what comes of it stands in order afterwards, so
//! that the same comes out with any number of them. A worker that native work of an action holds is replaced (ERR-4);
//! a panic loses its own number only.

use crate::action::watch::{self, Watch};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The native stack of a worker: actions recurse on it (BUD-7), and so do templates and values.
const STACK: usize = 16 << 20;
/// More workers than this help nobody.
const MOST_WORKERS: usize = 256;
/// How often the workers are looked after.
const LOOK: Duration = Duration::from_millis(500);
/// A worker that is silent inside an action for so long is stuck: the sandbox's own watchdog has the first word.
const PATIENCE: Duration = watch::LIMIT.saturating_add(LOOK);

/// How many workers, and whether to stop.
#[derive(Debug, Clone)]
pub struct Crew {
    /// Workers; there is always one.
    pub jobs: usize,
    /// Set from outside: no further number is taken.
    pub interrupted: Arc<AtomicBool>,
}

/// Why nothing could be done: the system gives no thread at all.
#[derive(Debug, thiserror::Error)]
#[error("no worker thread could be started: {0}")]
pub struct NoThread(#[from] io::Error);

/// Why nothing came of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// Nobody took it.
    #[error("the work was interrupted")]
    NotTaken,
    /// A worker is held (ERR-4).
    #[error("native work of an action could not be stopped for 10 s")]
    Stuck,
    /// A panic.
    #[error("the harness failed at it; please report it with its files")]
    Broke,
}

impl Crew {
    /// Does the work for each number below `count`; `done` is told how many are done, and what came of the last one.
    pub fn each<R: Send + 'static>(
        &self,
        count: usize,
        work: impl Fn(usize) -> R + Send + Sync + 'static,
        done: &mut dyn FnMut(usize, &Result<R, Lost>),
    ) -> Result<Vec<Result<R, Lost>>, NoThread> {
        self.each_with(count, || (), move |(), at| work(at), done)
    }

    /// The same for workers that keep something from one number to the next: `begin` makes it.
    pub fn each_with<S: 'static, R: Send + 'static>(
        &self,
        count: usize,
        begin: impl Fn() -> S + Send + Sync + 'static,
        work: impl Fn(&mut S, usize) -> R + Send + Sync + 'static,
        done: &mut dyn FnMut(usize, &Result<R, Lost>),
    ) -> Result<Vec<Result<R, Lost>>, NoThread> {
        self.patient(PATIENCE, count, begin, work, done)
    }

    fn patient<S: 'static, R: Send + 'static>(
        &self,
        patience: Duration,
        count: usize,
        begin: impl Fn() -> S + Send + Sync + 'static,
        work: impl Fn(&mut S, usize) -> R + Send + Sync + 'static,
        done: &mut dyn FnMut(usize, &Result<R, Lost>),
    ) -> Result<Vec<Result<R, Lost>>, NoThread> {
        let (sender, reports) = channel();
        let shared = Arc::new(Shared {
            next: AtomicUsize::new(0),
            count,
            interrupted: self.interrupted.clone(),
            begin,
            work,
        });
        let hire = move |id, post: Post| {
            let (shared, sender) = (shared.clone(), sender.clone());
            let name = format!("worker-{id}");
            let room = thread::Builder::new().name(name).stack_size(STACK);
            let started = room.spawn(move || {
                // whoever has gone away wants no reports
                let _ = sender.send(Report::Here(id, watch::of_this_thread()));
                shared.labour(&post, &sender);
                let _ = sender.send(Report::Left(id));
            });
            started.map(drop)
        };
        let mut team = Team {
            hire,
            patience,
            workers: Vec::new(),
            results: (0..count).map(|_| None).collect(),
            done: 0,
        };
        for _ in 0..self.jobs.max(1).min(count).min(MOST_WORKERS) {
            if let Err(error) = team.hire() {
                if team.workers.is_empty() {
                    return Err(error.into());
                }
                break;
            }
        }
        team.attend(&reports, done);
        let results = team.results.into_iter();
        Ok(results
            .map(|result| result.unwrap_or(Err(Lost::NotTaken)))
            .collect())
    }
}

/// What the workers share.
struct Shared<B, W> {
    next: AtomicUsize,
    count: usize,
    interrupted: Arc<AtomicBool>,
    begin: B,
    work: W,
}

/// What a worker and the one who looks after it share.
#[derive(Clone)]
struct Post {
    /// The number it works at.
    at: Arc<AtomicUsize>,
    dismissed: Arc<AtomicBool>,
}

enum Report<R> {
    Here(usize, Watch),
    Done(usize, Result<R, Lost>),
    Left(usize),
}

impl<B, W> Shared<B, W> {
    fn labour<S, R>(&self, post: &Post, sender: &Sender<Report<R>>)
    where
        B: Fn() -> S,
        W: Fn(&mut S, usize) -> R,
    {
        let mut kept = (self.begin)();
        while !self.interrupted.load(SeqCst) {
            let at = self.next.fetch_add(1, SeqCst);
            if at >= self.count {
                return;
            }
            post.at.store(at, SeqCst);
            let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(&mut kept, at)));
            let result = outcome.map_err(|_| {
                // what a panic left behind is not trusted
                kept = (self.begin)();
                Lost::Broke
            });
            let sent = sender.send(Report::Done(at, result));
            if sent.is_err() || post.dismissed.load(SeqCst) {
                return;
            }
        }
    }
}

/// The workers, as the one who looks after them sees them.
struct Team<H, R> {
    hire: H,
    patience: Duration,
    workers: Vec<Worker>,
    results: Vec<Option<Result<R, Lost>>>,
    done: usize,
}

struct Worker {
    /// Set when its thread runs.
    watch: Option<Watch>,
    post: Post,
    /// Whether it still takes work.
    active: bool,
}

impl<R, H: Fn(usize, Post) -> io::Result<()>> Team<H, R> {
    fn hire(&mut self) -> io::Result<()> {
        let post = Post {
            at: Arc::new(AtomicUsize::new(usize::MAX)),
            dismissed: Arc::default(),
        };
        (self.hire)(self.workers.len(), post.clone())?;
        self.workers.push(Worker {
            watch: None,
            post,
            active: true,
        });
        Ok(())
    }

    /// Takes reports until every worker has left or was dismissed.
    fn attend(
        &mut self,
        reports: &Receiver<Report<R>>,
        done: &mut dyn FnMut(usize, &Result<R, Lost>),
    ) {
        // wall time looks after threads here and judges nothing
        let mut looked = Instant::now();
        while self.workers.iter().any(|worker| worker.active) {
            match reports.recv_timeout(LOOK) {
                Ok(Report::Here(id, watch)) => self.workers[id].watch = Some(watch),
                Ok(Report::Left(id)) => self.workers[id].active = false,
                Ok(Report::Done(at, result)) => self.take(at, result, done),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if looked.elapsed() >= LOOK {
                self.replace_the_stuck(done);
                looked = Instant::now();
            }
        }
    }

    /// The first result counts: one that was given up may still come.
    fn take(
        &mut self,
        at: usize,
        result: Result<R, Lost>,
        done: &mut dyn FnMut(usize, &Result<R, Lost>),
    ) {
        if let Some(slot) = self.results.get_mut(at).filter(|slot| slot.is_none()) {
            self.done += 1;
            done(self.done, slot.insert(result));
        }
    }

    /// Native work that does not end keeps its thread; its number is lost, and another worker goes on.
    fn replace_the_stuck(&mut self, done: &mut dyn FnMut(usize, &Result<R, Lost>)) {
        for id in 0..self.workers.len() {
            let worker = &mut self.workers[id];
            let silent = worker.watch.as_ref().and_then(Watch::silent_for);
            if !worker.active || silent.is_none_or(|silent| silent <= self.patience) {
                continue;
            }
            worker.active = false;
            worker.post.dismissed.store(true, SeqCst);
            let at = worker.post.at.load(SeqCst);
            self.take(at, Err(Lost::Stuck), done);
            // without another thread the workers that are left go on
            let _ = self.hire();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crew(jobs: usize, interrupted: bool) -> Crew {
        Crew {
            jobs,
            interrupted: Arc::new(AtomicBool::new(interrupted)),
        }
    }

    #[test]
    fn results_stand_in_order_with_any_number_of_workers() {
        for jobs in [0, 1, 3, 64] {
            let mut told = Vec::new();
            let found = crew(jobs, false).each(20, |at| at * at, &mut |done, _| told.push(done));
            let expected: Vec<_> = (0..20).map(|at| Ok(at * at)).collect();
            assert_eq!(found.expect("threads"), expected);
            assert_eq!(told, (1..=20).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_panic_loses_its_own_number_and_what_its_worker_kept() {
        let work = |kept: &mut Vec<usize>, at| {
            kept.push(at);
            assert_ne!(at, 1, "planted");
            kept.clone()
        };
        let found = crew(1, false).each_with(4, Vec::new, work, &mut |_, _| {});
        let expected = [Ok(vec![0]), Err(Lost::Broke), Ok(vec![2]), Ok(vec![2, 3])];
        assert_eq!(found.expect("threads"), expected);
    }

    #[test]
    fn a_worker_that_is_held_is_replaced_and_loses_its_number_only() {
        let (open, held) = channel::<()>();
        let held = std::sync::Mutex::new(held);
        let work = move |at| {
            if at == 0 {
                watch::of_this_thread().mark();
                // until the test is over
                let _ = held.lock().expect("nobody panics").recv();
            }
            at
        };
        let mut told = Vec::new();
        let soon = Duration::from_millis(1);
        let begin = || ();
        let work = move |(): &mut (), at| work(at);
        let found = crew(1, false).patient(soon, 3, begin, work, &mut |done, _| told.push(done));
        assert_eq!(found.expect("threads"), [Err(Lost::Stuck), Ok(1), Ok(2)]);
        assert_eq!(told, [1, 2, 3]);
        drop(open);
    }

    #[test]
    fn an_interrupted_crew_takes_nothing() {
        let found = crew(2, true).each(2, |at| at, &mut |_, _| {});
        assert_eq!(found.expect("threads"), [Err(Lost::NotTaken); 2]);
    }
}
