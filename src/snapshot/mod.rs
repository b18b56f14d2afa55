//! Snapshots: the canonical text of a run, where it is kept and in what form, and what two of them tell about a
//! change. Comparing never writes; only `accept` does, and it replaces files whole.

pub mod change;
pub mod file;
pub mod lines;
pub mod outline;
pub mod place;
pub mod saved;
pub mod store;
pub mod text;
