//! What is read anywhere in a workspace: by expressions and templates, and by actions as far as their source tells.

use super::subject::{Subject, may_mention};
use crate::value::Text;
use std::collections::BTreeSet;

/// Everything that is read anywhere.
pub struct Readers<'r, 'a> {
    subject: &'r Subject<'a>,
    /// `step.<slug>`, wherever it is read; the flow does not matter, for the sake of nested reads.
    pub steps: BTreeSet<&'a str>,
    /// `custom.<flow>` and the key, None for the whole.
    custom: BTreeSet<(&'a str, Option<&'a str>)>,
    /// `step` as a whole is read.
    pub whole: bool,
}

impl<'r, 'a> Readers<'r, 'a> {
    /// What the expressions and templates of all flows read.
    pub fn new(subject: &'r Subject<'a>) -> Self {
        let mut readers = Readers {
            subject,
            steps: BTreeSet::new(),
            custom: BTreeSet::new(),
            whole: false,
        };
        for block in subject.flows.iter().flat_map(|flow| flow.blocks()) {
            for read in &block.reads {
                readers.add(&read.read.path);
            }
        }
        readers
    }

    fn add(&mut self, path: &'a [Text]) {
        let part = |at: usize| path.get(at).map(|part| &**part);
        match (part(0), part(1)) {
            (Some("step"), Some(slug)) => {
                self.steps.insert(slug);
            }
            (Some("custom"), Some(flow)) => {
                self.custom.insert((flow, part(2)));
            }
            (Some("step" | "custom"), None) => self.whole = true,
            _ => {}
        }
    }

    /// Whether some action may read something of this name.
    pub fn in_action(&self, name: &str) -> bool {
        self.subject
            .actions
            .iter()
            .any(|action| may_mention(action, name))
    }

    /// Whether `custom.<flow>.<key>` is read, or the whole of it.
    pub fn reads_custom(&self, flow: &str, key: &str) -> bool {
        self.custom.contains(&(flow, Some(key))) || self.custom.contains(&(flow, None))
    }
}
