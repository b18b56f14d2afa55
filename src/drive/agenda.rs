//! What is pending in a run, in the order in which it happens. Flow time jumps to the next instant and never
//! goes back. At one instant: completions, own timeouts, the ceiling; each by id (BUD-4).

use crate::engine::Class;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// What is pending.
pub(super) struct Agenda<T> {
    now_ms: u64,
    pending: BinaryHeap<Reverse<Pending<T>>>,
}

impl<T> Agenda<T> {
    /// Nothing pending, at 0 of flow time.
    pub fn new() -> Self {
        Agenda {
            now_ms: 0,
            pending: BinaryHeap::new(),
        }
    }

    /// Flow time.
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Something that happens at an instant; at once when that has passed.
    pub fn push(&mut self, at: u64, class: Class, id: u64, what: T) {
        self.pending.push(Reverse(Pending {
            at: at.max(self.now_ms),
            class,
            id,
            what,
        }));
    }

    /// What happens next; it is its instant then.
    pub fn pop(&mut self) -> Option<T> {
        let Reverse(next) = self.pending.pop()?;
        self.now_ms = self.now_ms.max(next.at);
        Some(next.what)
    }
}

/// Something that happens at an instant.
struct Pending<T> {
    at: u64,
    class: Class,
    id: u64,
    what: T,
}

impl<T> Pending<T> {
    fn rank(&self) -> (u64, Class, u64) {
        (self.at, self.class, self.id)
    }
}

impl<T> Ord for Pending<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl<T> PartialOrd for Pending<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Pending<T> {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl<T> Eq for Pending<T> {}
