//! A scenario, or one of its cases, checked: every reference leads somewhere, and its edits are made.

use super::{Edit, Expect};
use crate::document::Node;
use crate::drive::Answers;
use crate::engine::{Fault, Identity, RefreshToken};
use crate::flow::Flow;
use crate::mock::Mocks;
use crate::profile::Profile;
use crate::text::Span;
use crate::value::{Map, Text};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A scenario, or one of its cases.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name, unique in its file.
    pub name: Text,
    /// The name of the case, unique in its scenario.
    pub case: Option<Text>,
    /// Where the name is written, of the case if it is one.
    pub span: Span,
    /// Where the name of the scenario is written.
    pub name_span: Span,
    /// Why it exists.
    pub description: Option<Text>,
    /// For `--filter tag:`.
    pub tags: Vec<Text>,
    /// The flow it runs, with its edits made.
    pub flow: Arc<Flow>,
    /// The edits.
    pub edits: Vec<Edit>,
    /// The document it was read from, with what its case lays over it.
    pub written: Arc<Node>,
    /// Who signs in.
    pub identity: Option<Subject>,
    /// `event.request`.
    pub request: Map,
    /// `event.client`.
    pub client: Map,
    /// The settings' profile, with what the scenario overrides.
    pub profile: Profile,
    /// What was submitted, as written.
    pub input: WrittenInput,
    /// What the user answers, by block path.
    pub answers: Answers,
    /// The instant at which the run starts.
    pub clock_ms: Option<i64>,
    /// Ids and random streams are derived from it.
    pub seed: Option<u64>,
    /// Actions switched on or off.
    pub actions_enabled: BTreeMap<Text, bool>,
    /// Its webhooks.
    pub mocks: Arc<Mocks>,
    /// Scripted outputs by block path.
    pub outputs: BTreeMap<Text, Arc<Map>>,
    /// Injected faults by block path.
    pub faults: BTreeMap<Text, Fault>,
    /// What is expected.
    pub expect: Option<Expect>,
    /// Whether its trace is compared with an accepted one; None leaves it to the settings.
    pub snapshot: Option<bool>,
    /// Where that one stands, relative to the workspace; None until somebody knows all scenarios of the file.
    pub snapshot_path: Option<Text>,
}

/// Who signs in.
#[derive(Debug, Clone)]
pub enum Subject {
    /// One of the workspace.
    Named(Arc<Identity>),
    /// One of this scenario only.
    Inline(Arc<Identity>),
}

/// What was submitted, before defaults.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)] // the table of keys says what each is for
pub struct WrittenInput {
    pub identifier: Option<Text>,
    pub password: Option<Text>,
    pub new_password: Option<Text>,
    pub profile: Option<Arc<Map>>,
    pub refresh_token: Option<RefreshToken>,
    pub session: Option<Text>,
}

impl Subject {
    /// The identity.
    pub fn identity(&self) -> &Arc<Identity> {
        match self {
            Subject::Named(identity) | Subject::Inline(identity) => identity,
        }
    }
}

impl Scenario {
    /// `<scenario>`, or `<scenario> / <case>`.
    pub fn full_name(&self) -> String {
        match &self.case {
            Some(case) => format!("{} / {case}", self.name),
            None => self.name.to_string(),
        }
    }

    /// What a filter looks at.
    pub fn selected_by(&self, filter: &super::Filter) -> bool {
        filter.selects(super::Candidate {
            name: &self.full_name(),
            tags: &self.tags,
            flow: &self.flow.slug.value,
        })
    }
}
