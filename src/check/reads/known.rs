//! What is known to be written at one point of a walk. Branches are scopes: what a branch writes is kept apart and
//! joined when the branches meet, so that the cost of a walk grows with what is written, not with what is known.

use super::super::ground::order::Presence;
use std::collections::BTreeMap;

/// Something that blocks write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key<'a> {
    /// `step.<slug>` of the outermost flow.
    Step(&'a str),
    /// `step.<slug>` of the custom flow that is being walked.
    Inner(&'a str),
    /// `custom.<flow>.<key>`
    Custom(&'a str, &'a str),
    /// Some key of `custom.<flow>`.
    AnyCustom(&'a str),
    /// Keys of `custom.<flow>` whose names are not known: an action sets them.
    OpenCustom(&'a str),
    /// `session.<field>`
    Session(&'a str),
    /// `event.user`
    User,
    /// `event.user.id`
    UserId,
}

/// How surely something was written, and in which stage of the outermost flow last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// How surely.
    pub presence: Presence,
    /// The stage.
    pub stage: usize,
}

/// What one branch wrote.
pub type Delta<'a> = BTreeMap<Key<'a>, Fact>;

/// What is known.
#[derive(Default)]
pub struct Known<'a> {
    scopes: Vec<Delta<'a>>,
}

impl<'a> Known<'a> {
    /// Nothing is known.
    pub fn new() -> Self {
        Known {
            scopes: vec![Delta::new()],
        }
    }

    /// What is known of a key.
    pub fn get(&self, key: Key) -> Option<Fact> {
        self.scopes
            .iter()
            .rev()
            .find_map(|scope| scope.get(&key).copied())
    }

    /// Takes note of a write on the way being walked.
    pub fn write(&mut self, key: Key<'a>, stage: usize) {
        self.put(
            key,
            Fact {
                presence: Presence::Always,
                stage,
            },
        );
    }

    fn put(&mut self, key: Key<'a>, fact: Fact) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(key, fact);
        }
    }

    /// Starts a branch; gives back the number of scopes around it.
    pub fn enter(&mut self) -> usize {
        self.scopes.push(Delta::new());
        self.scopes.len() - 1
    }

    /// Ends a branch and gives back what it wrote.
    pub fn leave(&mut self) -> Delta<'a> {
        self.scopes.pop().unwrap_or_default()
    }

    /// Everything but `step.*` that was written since the scope at `depth` was entered.
    pub fn since(&self, depth: usize) -> Delta<'a> {
        let mut delta = Delta::new();
        for scope in self.scopes.iter().skip(depth) {
            let shared = scope.range(Key::Custom("", "")..);
            delta.extend(shared.map(|(key, fact)| (*key, *fact)));
        }
        delta
    }

    /// Joins branches that meet: what all of them wrote is written; `skipped` says that there is a way past them.
    pub fn join(&mut self, arms: &[Delta<'a>], skipped: bool) {
        let mut seen: BTreeMap<Key<'a>, (usize, Fact)> = BTreeMap::new();
        for (key, fact) in arms.iter().flatten() {
            let entry = seen.entry(*key).or_insert((0, *fact));
            entry.0 += usize::from(fact.presence == Presence::Always);
            entry.1.stage = entry.1.stage.max(fact.stage);
        }
        for (key, (sure, fact)) in seen {
            let before = self.get(key).map(|fact| fact.presence);
            let always = sure == arms.len() && !skipped;
            let presence = match (always, before) {
                (true, _) | (_, Some(Presence::Always)) => Presence::Always,
                (false, _) => Presence::Sometimes,
            };
            self.put(key, Fact { presence, ..fact });
        }
    }
}
