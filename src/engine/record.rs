//! The entries of a run while it goes on: one list in the order in which blocks started, nested ones
//! pointing at the entry they stand under. `tree` makes the trace's shape of it.

use crate::flow::Kind;
use crate::trace::{Entry, Status};
use crate::value::{Text, Value};

/// The entries of a run, in the order in which their blocks started.
#[derive(Debug, Default)]
pub struct Record {
    entries: Vec<Entry>,
    /// For each entry, the one it is nested under.
    outer: Vec<Option<usize>>,
}

impl Record {
    /// Opens the entry of a block that starts.
    pub fn open(&mut self, block: &Text, kind: Kind, start_ms: u64, outer: Option<usize>) -> usize {
        self.entries.push(Entry {
            block: block.clone(),
            kind,
            status: Status::Ok,
            continued: false,
            start_ms,
            duration_ms: 0,
            branch: None,
            reads: Vec::new(),
            writes: Vec::new(),
            logs: Vec::new(),
            logs_dropped: 0,
            calls: Vec::new(),
            error: None,
            entries: Vec::new(),
        });
        self.outer.push(outer);
        self.entries.len() - 1
    }

    /// An entry, to be filled in.
    pub fn entry(&mut self, at: usize) -> &mut Entry {
        &mut self.entries[at]
    }

    /// Notes a write; a key that was written before keeps its position.
    pub fn wrote(&mut self, at: usize, key: Text, value: Value) {
        let writes = &mut self.entries[at].writes;
        match writes.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => writes.push((key, value)),
        }
    }

    /// What the nested run under an entry wrote to state, in order; not what detached blocks wrote.
    pub fn nested_writes(&self, outer: usize) -> Vec<(Text, Value)> {
        let nested = self
            .entries
            .iter()
            .zip(&self.outer)
            .filter(|(entry, under)| **under == Some(outer) && entry.status != Status::Detached);
        nested
            .flat_map(|(entry, _)| entry.writes.iter().cloned())
            .collect()
    }

    /// The entries as a tree: nested ones under their outer entry.
    pub fn tree(self) -> Vec<Entry> {
        let mut tree: Vec<Entry> = Vec::with_capacity(self.entries.len());
        let mut position = vec![0; self.entries.len()];
        for (at, (entry, outer)) in self.entries.into_iter().zip(self.outer).enumerate() {
            match outer {
                None => {
                    position[at] = tree.len();
                    tree.push(entry);
                }
                Some(outer) => tree[position[outer]].entries.push(entry),
            }
        }
        tree
    }
}
