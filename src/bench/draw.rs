//! Latencies of one sample: each block, and each answer of each mock, draws out of its distribution. A draw is a function
//! of the seed, the number of the sample and what it is for, so that a sample with one block made instant draws the same
//! for all others.

use crate::engine::World;
use crate::flow::Kind;
use crate::latency::Latency;
use crate::mock::{Asked, Pace};
use crate::trial::{Placed, Trial, placed};
use crate::value::Text;
use crate::workspace::Workspace;
use siphasher::sip::SipHasher13;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What is drawn for a scenario.
pub struct Draws {
    /// By full path of a block: out of what its latency is drawn.
    blocks: BTreeMap<Text, Latency>,
    seed: u64,
}

impl Draws {
    /// The distributions of `latency` in the settings, for each block of the flow: its slug first, then its kind.
    pub fn new(workspace: &Workspace, trial: &Trial, seed: u64) -> Draws {
        let stated = |name: &str| {
            let mut all = workspace.settings.latency.iter();
            all.find(|(key, _)| *key.value == *name)
                .map(|(_, latency)| latency)
        };
        let of_block = placed(&trial.scenario.flow, workspace).into_iter();
        let blocks = of_block.filter(has_latency).filter_map(|one| {
            let (slug, kind) = (&one.block.slug.value, one.block.kind.name());
            let latency = stated(slug).or_else(|| stated(kind))?;
            Some((one.path, latency.clone()))
        });
        Draws {
            blocks: blocks.collect(),
            seed,
        }
    }

    /// Whether these blocks of a run take a varying time.
    pub fn vary<'a>(&self, mut blocks: impl Iterator<Item = &'a Text>) -> bool {
        blocks.any(|path| self.blocks.get(path).is_some_and(varies))
    }

    /// The world of a sample; `instant` is the path of a block that takes no time.
    pub fn world(&self, trial: &Trial, sample: u64, instant: Option<&str>) -> Arc<World> {
        let mut world = World::clone(&trial.world);
        for (path, latency) in &self.blocks {
            let drawn = latency.quantile(self.rank(sample, path, 0, 0));
            world.sampled.insert(path.clone(), drawn);
        }
        if let Some(path) = instant {
            world.sampled.insert(Text::from(path), 0);
        }
        Arc::new(world)
    }

    /// How mocks answer in a sample.
    pub fn pace<'a>(&'a self, sample: u64, instant: Option<&'a str>) -> Drawn<'a> {
        Drawn {
            draws: self,
            sample,
            instant,
            varied: false,
        }
    }

    /// A rank between 0 and 1.
    fn rank(&self, sample: u64, what: &str, mock: usize, turn: u64) -> f64 {
        let mut hasher = SipHasher13::new_with_keys(self.seed, sample);
        (what, mock as u64, turn).hash(&mut hasher);
        // 53 bits are what a fraction holds
        (hasher.finish() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn varies(latency: &Latency) -> bool {
    !matches!(latency, Latency::Fixed(_))
}

/// What an action, a custom flow or a delay takes is its own: `latency` says nothing about them (BUD-8).
fn has_latency(placed: &Placed) -> bool {
    let own = [Kind::RunCustomAction, Kind::RunCustomFlow, Kind::Delay];
    !own.contains(&placed.block.kind)
}

/// The delays of mocks in one sample.
pub struct Drawn<'a> {
    draws: &'a Draws,
    sample: u64,
    instant: Option<&'a str>,
    /// Whether something was drawn that varies.
    pub varied: bool,
}

impl Drawn<'_> {
    fn drawn(&mut self, asked: &Asked, latency: &Latency) -> u64 {
        self.varied |= varies(latency);
        if self.instant == Some(&*asked.request.block) {
            return 0;
        }
        let (block, mock, turn) = (&asked.request.block, asked.mock + 1, asked.turn);
        latency.quantile(self.draws.rank(self.sample, block, mock, turn))
    }
}

impl Pace for Drawn<'_> {
    fn stated_ms(&mut self, asked: &Asked, latency: &Latency) -> u64 {
        self.drawn(asked, latency)
    }

    /// Each call of a block draws for itself.
    fn unstated_ms(&mut self, asked: &Asked, latency_ms: u64) -> u64 {
        let own = self.draws.blocks.get(&asked.request.block);
        own.map_or(latency_ms, |latency| self.drawn(asked, latency))
    }
}
