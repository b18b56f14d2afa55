//! One worker: it draws the genes of each case and judges it. A case is a function of the seed and its number.

use super::generate::{self, Genes, Layout, Reach};
use super::joined::{Found, Told};
use super::place::Place;
use super::run::{PANIC, UNREADABLE, told};
use super::{Actions, Ground, Job, Mode, Share, judge_arranged, title};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, FileFailurePersistence, RngAlgorithm, TestRng, TestRunner};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a worker keeps from case to case: the flows that the last one stood on.
#[derive(Default)]
pub(super) struct Worker {
    flow: u64,
    laid: Option<(Layout, Result<Ground, String>)>,
}

impl Worker {
    /// Judges one case.
    pub fn one(&mut self, job: &Job, number: u64) -> Told {
        let judged = catch_unwind(AssertUnwindSafe(|| match job.mode {
            Mode::Typed => Some(self.typed(job, number)),
            Mode::Wild => {
                let case = generate::case(&genes(job, number)?, job.mode, job.actions);
                told(&case, job.mode, Share::Whole)
            }
        }));
        let said = match judged {
            Ok(Some(said)) => said,
            Ok(None) => return Told::Unread,
            Err(_) => vec![PANIC.to_owned()],
        };
        title(&said).map_or(Told::Fine, |kind| Told::Found(Found { number, kind, said }))
    }

    /// Flows are read once for all their worlds, and scenarios are built without being written.
    fn typed(&mut self, job: &Job, number: u64) -> Vec<String> {
        let place = Place::of(number, worlds(job));
        if self.laid.is_none() || self.flow != place.flow {
            let Some(genes) = drawn(&generate::flow_genes(), job, FLOWS, place.flow) else {
                return vec![UNREADABLE.to_owned()];
            };
            let layout = generate::layout(&genes.current(), Reach::Available, job.actions);
            let ground = Ground::new(&layout);
            (self.flow, self.laid) = (place.flow, Some((layout, ground)));
        }
        let genes = drawn(&generate::world_genes(), job, WORLDS, number);
        match (&self.laid, genes) {
            (Some((layout, Ok(ground))), Some(genes)) => {
                let draft = generate::draft(layout, &genes.current());
                judge_arranged(&ground.arrange(&draft), job.mode, Share::Turn(number))
            }
            _ => vec![UNREADABLE.to_owned()],
        }
    }
}

/// In how many worlds a flow is run at most. With actions, most of the time is JavaScript's, and flows are cheap.
fn worlds(job: &Job) -> u64 {
    match (job.mode, job.actions) {
        (Mode::Wild, _) => 1,
        (Mode::Typed, Actions::With) => 4,
        (Mode::Typed, Actions::Without) => 32,
    }
}

/// The genes of a case.
pub(super) fn genes(job: &Job, number: u64) -> Option<Genes> {
    let place = Place::of(number, worlds(job));
    let flow = drawn(&generate::flow_genes(), job, FLOWS, place.flow)?;
    let world = drawn(&generate::world_genes(), job, WORLDS, number)?;
    Some(Genes {
        flow: flow.current(),
        world: world.current(),
    })
}

/// What is drawn: the flows of a seed, and its worlds.
const FLOWS: u8 = 0;
const WORLDS: u8 = 1;

/// Same seed and number, same genes. Nothing is read from the environment or kept in files.
fn drawn<S: Strategy>(strategy: &S, job: &Job, what: u8, number: u64) -> Option<S::Tree> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&job.seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    bytes[16] = what;
    let config = Config {
        failure_persistence: None::<Box<FileFailurePersistence>>.map(|none| none as _),
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    strategy
        .new_tree(&mut TestRunner::new_with_rng(config, rng))
        .ok()
}
