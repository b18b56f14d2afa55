//! Judges: what a run did, held against what a scenario expects, and the workers that run many.

mod crew;
mod driver;
mod execute;
mod judge;
mod judge_mocks;
mod plan;
mod result;

pub use crew::{CrewError, Progress, run_all};
pub use driver::Driver;
pub use execute::execute;
pub use plan::{Options, Plan};
pub use result::{
    Finding, PlacedFinding, ReadValue, Results, ScenarioResult, Summary, Verdict, Warning,
    WebhookLog, full_name,
};
