//! flowproof: runs identity flows against YAML scenarios, with mocked webhooks, in virtual time.
//! The modules stand in dependency order: each may use only those above it (`tests/tidy.rs`).

pub mod text;
pub mod value;
