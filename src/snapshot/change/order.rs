//! The blocks of two runs laid beside one another: which changed, which ran in one of them only, which moved.

use crate::snapshot::outline::{Outline, Step};
use std::collections::{BTreeMap, BTreeSet};

/// One block that did something else.
#[derive(Debug)]
pub struct Difference<'a> {
    /// What is different.
    pub what: What<'a>,
}

/// What is different about a block.
#[derive(Debug)]
pub enum What<'a> {
    /// It ran before only.
    Gone(&'a Step),
    /// It runs now only.
    New(&'a Step),
    /// It runs at another place in the order.
    Moved(&'a Step),
    /// It ran before and runs now, and did something else.
    Changed(&'a Step, &'a Step),
}

impl Difference<'_> {
    /// The path of the block.
    pub fn path(&self) -> &str {
        match self.what {
            What::Gone(step) | What::New(step) | What::Moved(step) | What::Changed(_, step) => {
                &step.path
            }
        }
    }
}

/// Every difference, in the order in which the blocks started.
pub fn differences<'a>(before: &'a Outline, after: &'a Outline) -> Vec<Difference<'a>> {
    let index = |outline: &'a Outline| -> BTreeMap<&'a str, &'a Step> {
        outline
            .steps
            .iter()
            .map(|step| (step.path.as_str(), step))
            .collect()
    };
    let (was, is) = (index(before), index(after));
    let mut moved = BTreeSet::new();
    let mut found = Vec::new();
    let mut old = before.steps.iter().peekable();
    for step in &after.steps {
        while let Some(gone) = old
            .next_if(|old| moved.contains(old.path.as_str()) || !is.contains_key(old.path.as_str()))
        {
            if !moved.contains(gone.path.as_str()) {
                found.push(What::Gone(gone));
            }
        }
        match was.get(step.path.as_str()) {
            None => found.push(What::New(step)),
            Some(same) => {
                if old.next_if(|old| old.path == step.path).is_none() {
                    moved.insert(step.path.as_str());
                    found.push(What::Moved(step));
                }
                if *same != step {
                    found.push(What::Changed(same, step));
                }
            }
        }
    }
    let rest = old.filter(|old| !moved.contains(old.path.as_str()));
    found.extend(rest.map(What::Gone));
    found.into_iter().map(|what| Difference { what }).collect()
}
