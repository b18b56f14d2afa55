//! Judges: what a run did, held against what a scenario expects, and the workers that run many.

mod judge;
mod result;

pub use judge::{Seen, judge, reads_of};
pub use result::{
    Finding, PlacedFinding, ReadValue, Results, ScenarioResult, Summary, Verdict, Warning,
    WebhookLog, full_name,
};
