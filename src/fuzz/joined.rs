//! What workers found, joined in the order of the cases, so that it does not matter who was first.

use std::collections::BTreeMap;

/// What came of one case.
pub(super) enum Told {
    Fine,
    Unread,
    Found(Found),
}

/// A case that shows something.
pub(super) struct Found {
    pub number: u64,
    pub kind: String,
    pub said: Vec<String>,
}

/// What came of one batch.
pub(super) struct Done {
    pub cases: u64,
    pub unread: u64,
    pub found: Vec<Found>,
}

impl Done {
    pub fn of(told: Vec<Told>) -> Self {
        let mut done = Done {
            cases: told.len() as u64,
            unread: 0,
            found: Vec::new(),
        };
        for told in told {
            match told {
                Told::Fine => {}
                Told::Unread => done.unread += 1,
                Told::Found(found) => done.found.push(found),
            }
        }
        done
    }
}

/// What came of all batches without a gap, and of those that are ahead.
#[derive(Default)]
pub(super) struct Joined {
    next: u64,
    ahead: BTreeMap<u64, Done>,
    pub cases: u64,
    pub unread: u64,
    pub found: BTreeMap<String, (Found, u64)>,
}

impl Joined {
    /// Takes the next batch; of so many kinds of findings at most.
    pub fn put(&mut self, batch: u64, done: Done, kinds: usize) {
        self.ahead.insert(batch, done);
        while let Some(done) = self.ahead.remove(&self.next) {
            self.next += 1;
            self.cases += done.cases;
            self.unread += done.unread;
            for found in done.found {
                self.count(found, kinds);
            }
        }
    }

    fn count(&mut self, found: Found, kinds: usize) {
        if let Some((_, count)) = self.found.get_mut(&found.kind) {
            *count += 1;
        } else if self.found.len() < kinds {
            self.found.insert(found.kind.clone(), (found, 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(from: u64, kinds: &[&str]) -> Done {
        let found = kinds.iter().zip(from..).map(|(kind, number)| match *kind {
            "" => Told::Fine,
            "?" => Told::Unread,
            kind => Told::Found(Found {
                number,
                kind: kind.to_owned(),
                said: Vec::new(),
            }),
        });
        Done::of(found.collect())
    }

    #[test]
    fn the_order_in_which_batches_are_done_does_not_matter() {
        let batches: [&[&str]; 3] = [&["", "b"], &["a", "b"], &["?", "a"]];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut joined = Joined::default();
            for at in order {
                joined.put(at, batch(2 * at, batches[at as usize]), 20);
            }
            let found = joined.found.values();
            let found: Vec<_> = found
                .map(|(first, count)| (first.kind.as_str(), first.number, *count))
                .collect();
            assert_eq!(found, [("a", 2, 2), ("b", 1, 2)], "{order:?}");
            assert_eq!((joined.cases, joined.unread), (6, 1));
        }
    }

    #[test]
    fn what_lies_behind_a_gap_does_not_count() {
        let mut joined = Joined::default();
        joined.put(0, batch(0, &["", "a"]), 20);
        joined.put(2, batch(4, &["b", "b"]), 20);
        assert_eq!((joined.cases, joined.found.len()), (2, 1));
    }
}
