//! What proptest draws and shrinks: a few rows of numbers. Everything generated is a function of them in which
//! 0 stands for the simplest choice, and leaving out a gene leaves out a block.

use proptest::collection::vec;
use proptest::prelude::*;

/// What one block is made of.
pub type Gene = [u16; 12];

/// What the flows of a case are made of.
#[derive(Debug, Clone)]
pub struct FlowGenes {
    /// Which kinds take part (swarm testing); 0 for all.
    pub swarm: u64,
    /// What the flows are like as a whole.
    pub shape: [u16; 6],
    /// The blocks of the flow; those of branches follow their decision.
    pub blocks: Vec<Gene>,
    /// The blocks of each custom flow.
    pub nested: Vec<Vec<Gene>>,
}

/// What one case is made of.
#[derive(Debug, Clone)]
pub struct Genes {
    /// Its flows, which it shares with other cases.
    pub flow: FlowGenes,
    /// What its scenario is like.
    pub world: Vec<u16>,
}

/// Genes of flows of all sizes.
pub fn flow_genes() -> impl Strategy<Value = FlowGenes> {
    let gene = || proptest::array::uniform12(any::<u16>());
    (
        any::<u64>(),
        proptest::array::uniform6(any::<u16>()),
        vec(gene(), 1..16),
        vec(vec(gene(), 0..7), 0..3),
    )
        .prop_map(|(swarm, shape, blocks, nested)| FlowGenes {
            swarm,
            shape,
            blocks,
            nested,
        })
}

/// Genes of scenarios, plain and busy ones.
pub fn world_genes() -> impl Strategy<Value = Vec<u16>> {
    vec(any::<u16>(), 0..80)
}

/// Reads numbers one after the other; behind the last there are zeros.
#[derive(Debug, Clone)]
pub struct Choices<'a>(std::slice::Iter<'a, u16>);

impl<'a> Choices<'a> {
    /// Starts at the first number.
    pub fn new(numbers: &'a [u16]) -> Self {
        Choices(numbers.iter())
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % bound
    }

    /// True once in so many times; 0 is never.
    pub fn rarely(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}
