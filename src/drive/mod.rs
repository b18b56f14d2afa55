//! Drivers of the engine: they answer what a run asks for and tell it how time passes.
//! The virtual driver jumps from instant to instant; it knows no other clock than the run's.

mod agenda;
mod answers;
mod machine;
#[cfg(test)]
mod scripted;
mod virtual_time;

pub use answers::{ANSWERS, Answers, Script, decode_answers};
pub use virtual_time::{Outcome, run, run_paced};
