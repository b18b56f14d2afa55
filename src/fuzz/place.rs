//! Which case has which number. Reading a flow costs as much as many runs, so a flow is run in many worlds; but
//! few cases should meet many flows too, so the first flows are run in one world each, and the number doubles.

/// So many flows in a row are run in equally many worlds.
const ROW: u64 = 256;

/// Which flow of a seed, in which world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of the flow.
    pub flow: u64,
    /// The number of the world of this flow.
    pub world: u64,
}

impl Place {
    /// The place of a case, where a flow is run in at most so many worlds.
    pub fn of(number: u64, most: u64) -> Self {
        let (mut worlds, mut first, mut flows) = (1, 0, 0);
        while worlds < most && number - first >= ROW * worlds {
            first += ROW * worlds;
            flows += ROW;
            worlds *= 2;
        }
        Place {
            flow: flows + (number - first) / worlds,
            world: (number - first) % worlds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_cases_meet_many_flows_and_many_cases_many_worlds() {
        for (number, flow, world) in [
            (0, 0, 0),
            (255, 255, 0),
            (256, 256, 0),
            (257, 256, 1),
            (767, 511, 1),
            (768, 512, 0),
            (771, 512, 3),
            (1_792, 768, 0),
            (1_796, 769, 0),
        ] {
            assert_eq!(Place::of(number, 4), Place { flow, world }, "{number}");
        }
        assert_eq!(Place::of(u64::MAX, 1).flow, u64::MAX);
    }
}
