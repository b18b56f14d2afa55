//! Where the blocks of a flow stand: in which stage, under how many decisions. A trace knows neither.

use crate::flow::{Block, Config, Flow};
use std::collections::BTreeMap;

/// The blocks of one flow by slug.
#[derive(Debug, Default)]
pub struct Layout<'a> {
    sites: BTreeMap<&'a str, Site<'a>>,
}

/// Where a block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site<'a> {
    /// The name of its stage.
    pub stage: &'a str,
    /// How many decisions and conditions it stands under.
    pub depth: usize,
    /// The custom flow or action that it runs.
    pub runs: Option<&'a str>,
}

impl<'a> Layout<'a> {
    /// The blocks of a flow.
    pub fn of(flow: &'a Flow) -> Self {
        let mut layout = Layout::default();
        for stage in &flow.stages {
            layout.add(&stage.blocks, &stage.name.value, 0);
        }
        layout
    }

    /// Where a block stands.
    pub fn site(&self, slug: &str) -> Option<Site<'a>> {
        self.sites.get(slug).copied()
    }

    fn add(&mut self, blocks: &'a [Block], stage: &'a str, depth: usize) {
        for block in blocks {
            let site = Site {
                stage,
                depth,
                runs: runs(&block.config),
            };
            self.sites.insert(&block.slug.value, site);
            for branch in block.branches() {
                self.add(branch, stage, depth + 1);
            }
        }
    }
}

fn runs(config: &Config) -> Option<&str> {
    match config {
        Config::RunCustomFlow { flow } => Some(&flow.value),
        Config::RunCustomAction { action, .. } => Some(&action.value),
        _ => None,
    }
}
