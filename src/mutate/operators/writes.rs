//! Fields that somebody counts on: read by a block, or expected by a scenario. An action that no longer writes one
//! leaves it null; a scenario that scripts the field does not notice.

use super::super::mutant::{Broken, Change};
use super::Site;
use super::change::Said;
use crate::flow::{Config, Flow, Kind, Mode};
use crate::scenario::{Check, Scenario};
use crate::value::Text;
use crate::workspace::Workspace;
use std::collections::BTreeSet;

/// Fields of blocks, and of custom flows, that somebody reads or expects.
pub type Wanted = BTreeSet<(Text, Text)>;

/// What the blocks of the workspace read, and what these scenarios expect.
pub fn wanted(workspace: &Workspace, scenarios: &[&Scenario]) -> Wanted {
    let blocks = workspace.flows.iter().flat_map(|flow| flow.blocks());
    let read =
        blocks.flat_map(|block| block.reads.iter().filter_map(|read| field(&read.read.path)));
    let expectations = scenarios
        .iter()
        .filter_map(|scenario| scenario.expect.as_ref());
    let expected = expectations.flat_map(|expect| &expect.expectations);
    let expected = expected.flat_map(|one| match &one.check {
        Check::State(expr, _) => expr
            .reads()
            .iter()
            .filter_map(|read| field(&read.path))
            .collect(),
        _ => Vec::new(),
    });
    read.chain(expected).collect()
}

/// `step.<slug>.<field>`, `custom.<flow>.<field>`
fn field(path: &[Text]) -> Option<(Text, Text)> {
    match path {
        [root, slug, field, ..] if matches!(&**root, "step" | "custom") => {
            Some((slug.clone(), field.clone()))
        }
        _ => None,
    }
}

/// The fields of an action that somebody counts on, one by one.
pub fn unwritten(site: &Site) -> Vec<Broken> {
    // ACT-3: what a detached one sets never reaches state
    if site.block.kind != Kind::RunCustomAction || site.block.mode == Mode::FireAndForget {
        return Vec::new();
    }
    let slug = site.slug();
    let mine = |(name, _): &&(Text, Text)| name == slug || *name == site.flow.slug.value;
    let fields: BTreeSet<&Text> = site
        .wanted
        .iter()
        .filter(mine)
        .map(|(_, field)| field)
        .collect();
    let sets = |field: &&Text| names(site, field);
    let one = |field: &Text| {
        let said = Said {
            what: format!("leaves `{field}` null"),
            before: vec![format!("api.state.set('{field}', …)")],
            after: Vec::new(),
            promise: format!("`{slug}` writes `{field}`"),
        };
        let change = Change::Unwritten {
            block: slug.clone(),
            field: field.clone(),
        };
        site.broken(said, change)
    };
    fields.into_iter().filter(sets).map(one).collect()
}

/// Whether the source of the block's action names the field.
fn names(site: &Site, field: &str) -> bool {
    let Config::RunCustomAction { action, .. } = &site.block.config else {
        return false;
    };
    let quoted = ['\'', '"', '`'].map(|quote| format!("{quote}{field}{quote}"));
    let action = site.workspace.action(&action.value);
    action.is_some_and(|action| {
        let source = action.script.file().text();
        quoted.iter().any(|name| source.contains(name))
    })
}

/// The paths under which blocks of a flow run in another one: none for itself, else each embedding.
pub fn prefixes(run: &Flow, flow: &str) -> Vec<String> {
    if &*run.slug.value == flow {
        return vec![String::new()];
    }
    let blocks = run.blocks().into_iter();
    let embedding = blocks.filter(|block| {
        matches!(&block.config, Config::RunCustomFlow { flow: name } if &*name.value == flow)
    });
    embedding
        .map(|block| format!("{}/", block.slug.value))
        .collect()
}
