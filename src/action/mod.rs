//! Actions: their metadata, their source compiled once, and one run of it after the other (ACT). Reading the
//! YAML is not done here, nor is anything that needs time or a network: a `Session` only says what it wants.

mod erase;
mod sandbox;
mod schema;
mod script;
mod survey;
#[cfg(test)]
mod tests;
mod turn;
pub mod watch;

pub use sandbox::{Session, use_utc};
pub use schema::{ConfigSchema, SchemaError, SchemaViolation};
pub use script::{Script, SourceError};
pub use turn::{
    Effect, Failure, FailureKind, Fetch, FetchError, Input, Level, Limits, Place, Response, Turn,
    TurnState,
};

use crate::text::Span;
use crate::value::Text;
use std::sync::Arc;

/// The metadata of an action together with its compiled source.
#[derive(Debug, Clone)]
pub struct Action {
    /// Its slug, by which blocks name it.
    pub slug: Text,
    /// Its name for people.
    pub name: Option<Text>,
    /// Its version.
    pub version: Option<Text>,
    /// Whether it runs at all (ACT-1).
    pub enabled: bool,
    /// The system flows, or stages of them, that it may be attached to (ACT-8).
    pub triggers: Vec<Trigger>,
    /// Its own limit of flow time; the profile's when absent.
    pub timeout_ms: Option<u64>,
    /// What the `config` of an attachment must look like (ACT-11).
    pub config_schema: Option<ConfigSchema>,
    /// The names of the secrets that it may read.
    pub secrets: Vec<Text>,
    /// Its source.
    pub script: Arc<Script>,
    /// Where the metadata was written.
    pub span: Span,
}

/// A system flow, or one stage of it: `login`, `login.post-auth`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The flow.
    pub flow: Text,
    /// The stage; every one when absent.
    pub stage: Option<Text>,
}
