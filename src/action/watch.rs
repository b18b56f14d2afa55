//! Signs of life of threads that run actions, for a watchdog (ERR-4). Native work that never polls cannot
//! be stopped from inside; who owns the thread reads here for how long it has been silent and replaces it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Wall time after which native work counts as uninterruptible.
pub const LIMIT: Duration = Duration::from_secs(10);

/// The signs of life of one thread; clones share them.
#[derive(Clone, Default)]
pub struct Watch(Arc<AtomicU64>);

thread_local! {
    static WATCH: Watch = Watch::default();
}

/// Those of the calling thread.
pub fn of_this_thread() -> Watch {
    WATCH.with(Watch::clone)
}

impl Watch {
    /// For how long the thread has been inside an action without a sign; None while it is outside.
    pub fn silent_for(&self) -> Option<Duration> {
        let last = self.0.load(Relaxed);
        (last != 0).then(|| Duration::from_nanos(now().saturating_sub(last)))
    }

    /// The thread is inside an action, and alive.
    pub(crate) fn mark(&self) {
        self.0.store(now(), Relaxed);
    }

    /// The thread has left the action.
    pub(super) fn leave(&self) {
        self.0.store(0, Relaxed);
    }
}

/// Nanoseconds since the first use in this process, never 0.
fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let start = *START.get_or_init(Instant::now);
    u64::try_from(start.elapsed().as_nanos()).map_or(u64::MAX, |nanos| nanos.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_silent_only_inside_of_an_action() {
        let watch = Watch::default();
        assert!(watch.silent_for().is_none());
        watch.mark();
        assert!(watch.silent_for().is_some_and(|silent| silent < LIMIT));
        watch.leave();
        assert!(watch.silent_for().is_none());
    }
}
