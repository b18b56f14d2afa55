//! Which driver a worker uses: the virtual one, or the wire. A wire is opened when the first run needs it and
//! serves all runs of its worker.

use super::{Options, Plan};
use crate::drive::{Outcome, TimeScale, Wire, WireError, WireReport, run};
use crate::engine::World;
use std::sync::Arc;

/// The driver of one worker.
pub enum Driver {
    /// Mocks answer in process, in virtual time.
    Virtual,
    /// Mocks answer real requests, in real time.
    Wire {
        /// How much shorter real time is than flow time.
        scale: TimeScale,
        /// Opened by the first run.
        wire: Option<Box<Wire>>,
    },
}

impl Driver {
    /// The driver that the options ask for.
    pub fn new(options: &Options) -> Self {
        match options.wire {
            None => Driver::Virtual,
            Some(scale) => Driver::Wire { scale, wire: None },
        }
    }

    /// Runs the scenario at this position once. On the wire it also says how that went.
    pub fn run(
        &mut self,
        plan: &Plan,
        at: usize,
        world: &Arc<World>,
    ) -> Result<(Outcome, Option<WireReport>), WireError> {
        let (program, scenario) = (plan.program(at), &plan.scenarios[at]);
        let (mocks, answers) = (&scenario.mocks, &scenario.answers);
        match self {
            Driver::Virtual => Ok((run(program, world, mocks, answers), None)),
            Driver::Wire { scale, wire } => {
                let wire = match wire {
                    Some(wire) => wire,
                    None => wire.insert(Box::new(Wire::start()?)),
                };
                let wired = wire.run(program, world, mocks, answers, *scale)?;
                Ok((wired.outcome, Some(wired.report)))
            }
        }
    }
}
