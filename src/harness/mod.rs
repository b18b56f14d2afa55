//! Judges: what a run did, held against what a scenario expects, and the workers that run many.

mod coverage;
mod crew;
mod driver;
mod execute;
mod judge;
mod judge_mocks;
mod plan;
mod result;
mod retries;
mod snapshots;

pub use coverage::{Coverage, FlowCoverage, Point, Share, Wanted, What};
pub use crew::{Progress, run_all};
pub use driver::Driver;
pub use execute::{RUN, execute};
pub use plan::{Options, Plan, Snapshots};
pub use result::{
    Compared, Finding, PlacedFinding, ReadValue, Results, ScenarioResult, Shard, Snapshot, Summary,
    Verdict, Warning, WebhookLog, full_name,
};
pub use snapshots::{SNAPSHOT, canonical_text, recognise_renames};
