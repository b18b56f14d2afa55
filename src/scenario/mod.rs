//! Scenarios: what an author writes, checked against the workspace, selected, and arranged into the world of a run.

mod expect;
mod filter;
mod pattern;

pub use expect::{Check, Expect, Expectation, LogCheck};
pub use filter::{Candidate, Filter, filter_for};
pub use pattern::{Fit, MATCHERS, Mismatch, Pattern};
