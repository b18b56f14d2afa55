//! What all rules stand on: the subject they look at, the order of its blocks, the findings they add to, the list of
//! lints, and stories to follow through a flow. Nothing here judges.

pub mod findings;
pub mod lints;
pub mod order;
pub mod readers;
pub mod story;
pub mod subject;
#[cfg(test)]
pub mod testing;
