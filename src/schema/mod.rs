//! JSON Schema (2020-12) of the files of a workspace, out of the tables that decode them: what the tables refuse,
//! the schemas refuse, and no file that loads is refused. Names across files and what expressions read are left to
//! `check`. Anchors and merge keys are resolved before a file is held against a schema.

mod block;
mod definitions;
mod rules;
mod values;

use crate::document::Shape;
use crate::flow::FLOW_SHAPE;
use crate::mock::MOCK_SET;
use crate::scenario::SCENARIO;
use crate::workspace::{ACTION_SHAPE, IDENTITIES_SHAPE, SETTINGS_SHAPE};
use definitions::Definitions;
use serde_json::{Map, Value, json};

/// The kinds of files that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `fixtures/flows`
    Flow,
    /// `fixtures/actions`
    Action,
    /// `fixtures/identities`
    Identities,
    /// `fixtures/mocks`
    Mocks,
    /// A document of `scenarios`.
    Scenario,
    /// `flowproof.yaml`
    Settings,
}

impl FileKind {
    /// All of them, in the order of the formats.
    pub const ALL: [FileKind; 6] = [
        FileKind::Flow,
        FileKind::Action,
        FileKind::Identities,
        FileKind::Mocks,
        FileKind::Scenario,
        FileKind::Settings,
    ];

    /// As the command line writes it.
    pub fn name(self) -> &'static str {
        match self {
            FileKind::Flow => "flow",
            FileKind::Action => "action",
            FileKind::Identities => "identities",
            FileKind::Mocks => "mocks",
            FileKind::Scenario => "scenario",
            FileKind::Settings => "settings",
        }
    }

    fn shape(self) -> &'static Shape {
        match self {
            FileKind::Flow => &FLOW_SHAPE,
            FileKind::Action => &ACTION_SHAPE,
            FileKind::Identities => &IDENTITIES_SHAPE,
            FileKind::Mocks => &MOCK_SET,
            FileKind::Scenario => &SCENARIO,
            FileKind::Settings => &SETTINGS_SHAPE,
        }
    }
}

/// The schema of one document of a kind.
pub fn schema(kind: FileKind) -> Value {
    let mut definitions = Definitions::default();
    let mut root = Map::new();
    root.insert(
        "$schema".into(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    root.insert("$comment".into(), json!("format: flowproof.schema/1"));
    root.extend(definitions.root(kind.shape()));
    root.insert("$defs".into(), definitions.into_value());
    Value::Object(root)
}

/// The schemas of all kinds, by the name of the kind.
pub fn schemas() -> Value {
    let named = FileKind::ALL.map(|kind| (kind.name().to_owned(), schema(kind)));
    Value::Object(named.into_iter().collect())
}
