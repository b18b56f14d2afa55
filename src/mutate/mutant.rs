//! A flow that is broken in one way, as an author can by accident.

use crate::flow::Flow;
use crate::text::Span;
use crate::value::Text;
use std::sync::Arc;

/// A flow that is broken in one way.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// `<flow>/<block>/<operator>`, with `-2`, `-3`, … for further ones of the same operator at the same block.
    pub id: String,
    /// The name of the operator that made it.
    pub operator: &'static str,
    /// The slug of the flow that it breaks.
    pub flow: Text,
    /// How it is broken.
    pub broken: Broken,
}

/// How a flow is broken.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The slug of the block that it is about.
    pub block: Text,
    /// Where that is written.
    pub span: Span,
    /// One sentence.
    pub what: String,
    /// What is written, in lines.
    pub before: Vec<String>,
    /// What would be written instead, in lines.
    pub after: Vec<String>,
    /// What holds as long as the flow is not broken so, in a few words.
    pub promise: String,
    /// Slugs of blocks of the flow: a run that comes past none of them goes the same way in both.
    pub touches: Vec<Text>,
    /// The change.
    pub change: Change,
}

/// A change of the workspace.
#[derive(Debug, Clone)]
pub enum Change {
    /// The flow is another one.
    Flow(Arc<Flow>),
    /// An action is switched off.
    Disabled(Text),
    /// A block leaves a field null.
    Unwritten {
        /// Its slug.
        block: Text,
        /// The field.
        field: Text,
    },
}
