//! What a block leaves under its slug: the fields of its kind, the calls of a `parallel_webhook`, or anything.

use crate::flow::{Block, Config, Kind, Mode};

/// The fields that a block writes.
pub enum Fields<'a> {
    /// These.
    Named(Vec<&'a str>),
    /// What its action sets; unknown here.
    Any,
}

/// What is below one call of a `parallel_webhook`.
pub const CALL: [&str; 4] = ["status", "body", "headers", "duration_ms"];

/// The fields of a block; a detached action leaves nothing in state (ACT-3).
pub fn of(block: &Block) -> Fields<'_> {
    match (&block.config, block.kind) {
        (_, Kind::RunCustomAction) if block.mode == Mode::Sync => Fields::Any,
        (Config::ParallelWebhook { calls }, _) => {
            Fields::Named(calls.iter().map(|(name, _)| &**name).collect())
        }
        (_, kind) => Fields::Named(kind.info().writes.to_vec()),
    }
}

/// Whether a field holds something with parts of its own, whose names are not known here.
pub fn has_parts(field: &str) -> bool {
    matches!(field, "body" | "headers")
}
