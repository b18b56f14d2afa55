//! A case is what an author could write: flows, settings, one scenario. It is read like any file.

use super::generate;
use crate::diagnostic::{Diagnostics, Severity};
use crate::document::parse_json;
use crate::engine::{Program, World};
use crate::flow::decode_flow;
use crate::scenario::{Scenario, arrange, decode_file};
use crate::text::SourceFile;
use crate::value::Text;
use crate::workspace::Workspace;
use serde_json::Value;
use std::sync::Arc;

/// A generated case, as documents.
#[derive(Debug, Clone)]
pub struct Case {
    /// The flows; the first is the system flow.
    pub flows: Vec<Value>,
    /// The scenario that runs one of them.
    pub scenario: Value,
    /// `latency` of the settings, in milliseconds.
    pub latency: Vec<(String, u64)>,
    /// `outbound_allowlist` of the settings; none where it is empty.
    pub allowlist: Vec<String>,
}

/// A case, ready to run.
pub struct Arranged {
    /// Where its references lead.
    pub workspace: Arc<Workspace>,
    /// What is run.
    pub scenario: Scenario,
    /// In which world.
    pub world: Arc<World>,
    /// For the engine.
    pub program: Arc<Program>,
}

impl Case {
    /// Reads the documents; what is wrong with them otherwise.
    pub fn arrange(&self) -> Result<Arranged, String> {
        let workspace = read_flows(&self.flows)?;
        let mut diagnostics = Diagnostics::default();
        let file = SourceFile::new("scenario.yaml", self.scenario.to_string());
        let scenarios = decode_file(&file, &workspace, &mut diagnostics);
        said_of(&diagnostics)?;
        let Some(scenario) = scenarios.into_iter().next() else {
            return Err("no scenario".to_owned());
        };
        let mut world = arrange(&scenario, &workspace, None);
        for (key, ms) in &self.latency {
            world.latency.insert(Text::from(key.as_str()), *ms);
        }
        if !self.allowlist.is_empty() {
            let hosts = self.allowlist.iter().map(|host| Text::from(host.as_str()));
            world.outbound_allowlist = Some(hosts.collect());
        }
        let program =
            Program::link(&scenario.flow, &workspace).map_err(|error| error.to_string())?;
        Ok(Arranged {
            workspace: Arc::new(workspace),
            scenario,
            world: Arc::new(world),
            program,
        })
    }
}

/// The workspace of a case; what is wrong with its flows otherwise.
pub(super) fn read_flows(flows: &[Value]) -> Result<Workspace, String> {
    let mut diagnostics = Diagnostics::default();
    let mut workspace = generate::workspace();
    for flow in flows {
        let file = SourceFile::new("flow.json", flow.to_string());
        let node = parse_json(&file, &mut diagnostics);
        let decoded = node.and_then(|node| decode_flow(&node, &mut diagnostics));
        let decoded = decoded.map(|decoded| Arc::new(decoded.flow));
        workspace.flows.extend(decoded);
    }
    said_of(&diagnostics)?;
    Ok(workspace)
}

/// Fails with the errors, if there are any.
fn said_of(diagnostics: &Diagnostics) -> Result<(), String> {
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error);
    let said: Vec<String> = errors
        .map(|diagnostic| format!("{}: {}", diagnostic.code, diagnostic.title))
        .collect();
    if said.is_empty() {
        Ok(())
    } else {
        Err(said.join("\n"))
    }
}
