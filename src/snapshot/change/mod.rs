//! What changed between two runs of a scenario, in words: the first block that did something else, and what followed
//! from it. Causes are told by order: a block that changed later is told as a consequence.

mod order;
mod words;

#[cfg(test)]
mod tests;

use super::outline::Outline;
use order::{Difference, What, differences};
use std::collections::BTreeSet;

/// More consequences than this are counted, not told.
const TOLD: usize = 12;

/// A change of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where the runs part, as a sentence.
    pub first: String,
    /// What followed from it.
    pub therefore: Vec<String>,
}

impl Change {
    /// All of it as one sentence.
    pub fn sentence(&self) -> String {
        if self.therefore.is_empty() {
            return self.first.clone();
        }
        format!("{}; therefore: {}", self.first, self.therefore.join(", "))
    }
}

/// What changed between two canonical texts; None when they tell the same.
pub fn change(before: &str, after: &str) -> Option<Change> {
    if before == after {
        return None;
    }
    let (before, after) = (Outline::of(before), Outline::of(after));
    let mut told = Vec::new();
    for (key, noun) in [("flow", "the flow"), ("profile", "the profile")] {
        let default = "the default".to_owned();
        let (was, is) = (before.head.get(key), after.head.get(key));
        if was != is {
            let (was, is) = (was.unwrap_or(&default), is.unwrap_or(&default));
            told.push(format!("{noun} is {is} (was {was})"));
        }
    }
    let differences = differences(&before, &after);
    let first = first_of(&differences);
    if let Some(first) = first {
        told.push(words::now(&differences[first]));
    }
    told.extend(words::followed(&differences, first));
    told.extend(words::stages(&before, &after));
    told.extend(words::outcome(&before, &after));
    let mut told = told.into_iter();
    let first = told.next().unwrap_or_else(|| {
        "every block did the same, and only these lines are worded another way".to_owned()
    });
    let mut therefore: Vec<String> = told.collect();
    if therefore.len() > TOLD {
        let more = therefore.len() - TOLD + 1;
        // how it ended is told last, and always
        let tail = therefore.split_off(therefore.len() - TOLD / 2);
        therefore.truncate(TOLD / 2 - 1);
        therefore.push(format!("… {more} more"));
        therefore.extend(tail);
    }
    Some(Change { first, therefore })
}

/// The first difference that is no consequence of a later one: a custom flow changes because of what runs in it,
/// unless nothing of it runs any more.
fn first_of(differences: &[Difference]) -> Option<usize> {
    let inner: BTreeSet<&str> = differences
        .iter()
        .filter(|difference| !matches!(difference.what, What::Gone(_)))
        .filter_map(|difference| Some(difference.path().split_once('/')?.0))
        .collect();
    let outer_of_a_change = |difference: &Difference| {
        matches!(difference.what, What::Changed(_, _)) && inner.contains(difference.path())
    };
    let cause = differences
        .iter()
        .position(|difference| !outer_of_a_change(difference));
    cause.or(if differences.is_empty() {
        None
    } else {
        Some(0)
    })
}
