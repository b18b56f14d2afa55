//! Drivers of the engine: they answer what a run asks for and tell it how time passes.
//! The virtual driver jumps from instant to instant; it knows no other clock than the run's. The wire driver
//! sends real requests to mocks on the loopback interface, and its time is real.

mod agenda;
mod answers;
mod machine;
#[cfg(test)]
mod scripted;
mod virtual_time;
mod wire;

pub use answers::{ANSWERS, Answers, Script, decode_answers};
pub use virtual_time::{Outcome, run, run_paced};
pub use wire::{TimeScale, Wire, WireError, WireReport, Wired};
