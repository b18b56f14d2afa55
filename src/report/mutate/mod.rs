//! What came of breaking flows on purpose: for people, and as JSON for programs.

pub mod human;
pub mod json;
