//! Scenarios: what an author writes, checked against the workspace, selected, and arranged into the world of a run.

mod arrange;
mod cases;
mod decode;
mod edit;
mod expect;
mod filter;
mod keys;
mod model;
mod pattern;
mod rewrite;

pub use arrange::{arrange, arrange_hiding};
pub use decode::decode_file;
pub use edit::{Edit, Place};
pub use expect::{Check, Expect, Expectation, LogCheck};
pub use filter::{Candidate, Filter, filter_for};
pub use keys::{CASE, SCENARIO};
pub use model::{Scenario, Subject, WrittenInput};
pub use pattern::{Fit, MATCHERS, Mismatch, Pattern};
pub use rewrite::{as_expect, with_expectations};
