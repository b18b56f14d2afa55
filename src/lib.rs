//! flowproof: runs identity flows against YAML scenarios, with mocked webhooks, in virtual time.
//! The modules stand in dependency order: each may use only those above it (`tests/tidy.rs`).

pub mod text;
pub mod value;
pub mod diagnostic;
pub mod profile;
pub mod latency;
pub mod document;
pub mod expr;
pub mod action;
pub mod flow;
pub mod trace;
pub mod engine;
pub mod mock;
pub mod drive;
pub mod reference;
pub mod workspace;
pub mod check;
pub mod scenario;
pub mod snapshot;
pub mod schema;
pub mod crew;
pub mod harness;
pub mod trial;
pub mod fuzz;
pub mod faults;
pub mod mutate;
pub mod merge;
pub mod bench;
pub mod report;
pub mod cli;
