//! stand-in until the action module lands
use crate::text::SourceFile;
use crate::text::Span;
use crate::value::{Text, Value};
use std::ops::Range;
use std::sync::Arc;
#[derive(Debug)]
pub struct Script {
    file: Arc<SourceFile>,
}
#[derive(Debug)]
pub struct SourceError {
    pub message: String,
    pub fix: Option<String>,
    pub range: Range<usize>,
}
impl Script {
    pub fn compile(file: &Arc<SourceFile>) -> Result<Arc<Script>, Vec<SourceError>> {
        Ok(Arc::new(Script { file: file.clone() }))
    }
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }
    pub fn hyphenated_reads(&self, _slugs: &[&str]) -> Vec<(Range<usize>, String)> {
        vec![]
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    pub flow: Text,
    pub stage: Option<Text>,
}
#[derive(Debug)]
pub struct ConfigSchema;
#[derive(Debug)]
pub struct SchemaError {
    pub path: Vec<String>,
    pub message: String,
    pub fix: Option<String>,
}
#[derive(Debug)]
pub struct SchemaViolation {
    pub path: Vec<String>,
    pub message: String,
}
impl ConfigSchema {
    pub fn parse(_: &Value) -> Result<ConfigSchema, SchemaError> {
        Ok(ConfigSchema)
    }
    pub fn check(&self, _: &Value) -> Vec<SchemaViolation> {
        vec![]
    }
}
#[derive(Debug)]
pub struct Action {
    pub slug: Text,
    pub name: Option<Text>,
    pub version: Option<Text>,
    pub enabled: bool,
    pub triggers: Vec<Trigger>,
    pub timeout_ms: Option<u64>,
    pub config_schema: Option<ConfigSchema>,
    pub secrets: Vec<Text>,
    pub script: Arc<Script>,
    pub span: Span,
}
mod turn;
pub use turn::*;
pub struct Session;
impl Session {
    pub fn start(_: &Arc<Script>, _: Input) -> (Session, Turn) {
        (
            Session,
            Turn {
                effects: vec![],
                logs_dropped: 0,
                polls: 0,
                state: TurnState::Settled,
            },
        )
    }
    pub fn fetched(&mut self, _: u32, _: Result<Response, FetchError>, _: i64) -> Turn {
        Turn {
            effects: vec![],
            logs_dropped: 0,
            polls: 0,
            state: TurnState::Settled,
        }
    }
    pub fn woke(&mut self, _: u32, _: i64) -> Turn {
        Turn {
            effects: vec![],
            logs_dropped: 0,
            polls: 0,
            state: TurnState::Settled,
        }
    }
}
