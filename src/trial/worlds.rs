//! Worlds of a flow out of a seed: one of its scenarios, or the default one, with a few things changed.

use super::default::document;
use super::dimensions::{Dimension, dimensions};
use super::{Trial, trials};
use crate::flow::Flow;
use crate::scenario::Scenario;
use crate::workspace::Workspace;
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Map, Value};
use std::sync::Arc;

/// How often another world is tried when one cannot be read.
const TRIES: usize = 4;
/// How many things differ at most.
const CHANGES: u32 = 4;

/// The worlds of a flow.
pub struct Worlds<'a> {
    /// Where its references lead.
    pub workspace: &'a Workspace,
    /// Worlds that are given: the scenarios of the flow, and the default one, which stands last.
    pub bases: Vec<Trial>,
    /// In what ways others differ from them.
    pub dimensions: Vec<Dimension>,
}

/// Random numbers of one case: the same seed and number give the same.
pub fn dice(seed: u64, number: u64) -> TestRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

impl<'a> Worlds<'a> {
    /// Those of a flow, whose scenarios are among these.
    pub fn of(workspace: &'a Workspace, scenarios: &[Scenario], flow: &Arc<Flow>) -> Worlds<'a> {
        let mut bases = trials(workspace, scenarios, flow);
        bases.extend(Trial::read(document(workspace, flow), workspace));
        Worlds {
            workspace,
            bases,
            dimensions: dimensions(flow, workspace),
        }
    }

    /// Every single change to the default world, then every one to it where the user leaves prompts unanswered.
    pub fn single(&self) -> Vec<Trial> {
        let Some(plain) = self.bases.last() else {
            return Vec::new();
        };
        let mut silent = plain.document.clone();
        silent["answers"] = Value::Object(Map::new());
        let asks = plain.document.get("answers").is_some();
        let mut found = Vec::new();
        for document in [&plain.document, &silent]
            .into_iter()
            .take(1 + usize::from(asks))
        {
            for dimension in &self.dimensions {
                for choice in 0..dimension.choices.len() {
                    let mut document = document.clone();
                    dimension.apply(choice, &mut document);
                    found.extend(Trial::read(document, self.workspace));
                }
            }
        }
        found
    }

    /// Two changes at once to the default world: every pair of those that are no other person, or as many of them.
    pub fn pairs(&self, most: usize, dice: &mut TestRng) -> Vec<Trial> {
        let Some(plain) = self.bases.last() else {
            return Vec::new();
        };
        let named =
            |dimension: &&Dimension| dimension.keys.len() > 1 || dimension.keys[0] != "identity";
        let single: Vec<(usize, &Dimension, usize)> = self
            .dimensions
            .iter()
            .filter(named)
            .enumerate()
            .flat_map(|(at, dimension)| {
                (0..dimension.choices.len()).map(move |choice| (at, dimension, choice))
            })
            .collect();
        let mut pairs = Vec::new();
        for (at, first) in single.iter().enumerate() {
            let others = single[at + 1..].iter().filter(|second| second.0 != first.0);
            pairs.extend(others.map(|second| [*first, *second]));
        }
        while pairs.len() > most {
            pairs.swap_remove(below(dice, pairs.len()));
        }
        let read = |pair: [(usize, &Dimension, usize); 2]| {
            let mut document = plain.document.clone();
            for (_, dimension, choice) in pair {
                dimension.apply(choice, &mut document);
            }
            Trial::read(document, self.workspace).ok()
        };
        pairs.into_iter().filter_map(read).collect()
    }

    /// Another one. There must be a base.
    pub fn make(&self, dice: &mut TestRng) -> Trial {
        let base = &self.bases[below(dice, self.bases.len())];
        for _ in 0..TRIES {
            let mut document = base.document.clone();
            let changes = 1 + (dice.next_u32().trailing_zeros()).min(CHANGES - 1);
            for _ in 0..changes {
                let Some(dimension) = pick(dice, &self.dimensions) else {
                    break;
                };
                let choice = below(dice, dimension.choices.len());
                dimension.apply(choice, &mut document);
            }
            if let Ok(trial) = Trial::read(document, self.workspace) {
                return trial;
            }
        }
        base.clone()
    }
}

/// A number below another; 0 when there is none.
pub fn below(dice: &mut TestRng, end: usize) -> usize {
    let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
    usize::try_from(dice.next_u64() % end).unwrap_or(0)
}

/// One of several.
pub fn pick<'t, T>(dice: &mut TestRng, all: &'t [T]) -> Option<&'t T> {
    all.get(below(dice, all.len()))
}
