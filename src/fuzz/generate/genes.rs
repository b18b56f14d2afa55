//! What proptest draws: a few rows of numbers. Everything generated is a function of them in which leaving out a
//! gene leaves out a block. Where a row is too short for all there is to choose, it goes on with numbers of its own
//! making, so that the last choices are as free as the first.

use proptest::collection::vec;
use proptest::prelude::*;

/// What one block is made of.
pub type Gene = [u16; 8];

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
    let gene = || proptest::array::uniform8(any::<u16>());
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

/// Genes of scenarios.
pub fn world_genes() -> impl Strategy<Value = Vec<u16>> {
    vec(any::<u16>(), 8)
}

/// Reads numbers one after the other; behind the last, numbers that follow from all of them.
#[derive(Debug, Clone)]
pub struct Choices<'a> {
    written: std::slice::Iter<'a, u16>,
    further: u64,
}

impl<'a> Choices<'a> {
    /// Starts at the first number.
    pub fn new(numbers: &'a [u16]) -> Self {
        let mixed = numbers
            .iter()
            .fold(0, |mixed, number| mix(mixed ^ u64::from(*number)));
        Choices {
            written: numbers.iter(),
            further: mixed,
        }
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        let number = match self.written.next() {
            Some(written) => usize::from(*written),
            None => {
                self.further = mix(self.further);
                (self.further >> 40) as usize
            }
        };
        number % bound
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

/// One step of splitmix64.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
