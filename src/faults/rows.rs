//! The rows of the table: every block that a run can go through, in document order, with how deep it stands.

use super::Fault;
use crate::flow::{Block, Config, Flow, Kind};
use crate::text::Span;
use crate::trial::{Guard, guards};
use crate::value::Text;
use crate::workspace::Workspace;

/// A block of the flow, or of a custom flow that it embeds.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its full path.
    pub path: Text,
    /// Its slug.
    pub slug: Text,
    /// What it is.
    pub kind: Kind,
    /// How many decisions and custom flows it stands in.
    pub depth: usize,
    /// The stage of the flow it stands in, as written.
    pub stage: Text,
    /// Where it is written.
    pub span: Span,
    /// Why it is a guard, if it is one.
    pub guard: Option<Guard>,
}

impl Row {
    /// Whether a fault can be injected: results of decisions, custom flows and terminals cannot be scripted.
    pub fn takes(&self, fault: Fault) -> bool {
        let scripted = !self.kind.info().terminal
            && !matches!(
                self.kind,
                Kind::Decision | Kind::Condition | Kind::RunCustomFlow
            );
        fault != Fault::Garbage || scripted
    }
}

/// In the order of `trial::placed`.
pub fn rows(flow: &Flow, workspace: &Workspace) -> Vec<Row> {
    let mut rows = Vec::new();
    for stage in &flow.stages {
        for (block, depth) in deep(&stage.blocks, 0) {
            rows.push(row(block, None, depth, &stage.name.value));
            let Config::RunCustomFlow { flow: name } = &block.config else {
                continue;
            };
            let nested = workspace.flow(&name.value).into_iter();
            for inner in nested.flat_map(|nested| &nested.stages) {
                for (inner, further) in deep(&inner.blocks, depth + 1) {
                    rows.push(row(inner, Some(block), further, &stage.name.value));
                }
            }
        }
    }
    let guards = guards(flow, workspace);
    for row in &mut rows {
        row.guard = guards.get(&row.path).copied();
    }
    rows
}

fn row(block: &Block, outer: Option<&Block>, depth: usize, stage: &Text) -> Row {
    let slug = block.slug.value.clone();
    Row {
        path: match outer {
            Some(outer) => Text::from(format!("{}/{slug}", outer.slug.value)),
            None => slug.clone(),
        },
        slug,
        kind: block.kind,
        depth,
        stage: stage.clone(),
        span: block.slug.span.clone(),
        guard: None,
    }
}

/// Blocks in document order, each with how deep it stands. The depth of branches is bounded when a flow is decoded.
fn deep(blocks: &[Block], depth: usize) -> Vec<(&Block, usize)> {
    let mut all = Vec::new();
    for block in blocks {
        all.push((block, depth));
        for branch in block.branches() {
            all.extend(deep(branch, depth + 1));
        }
    }
    all
}
