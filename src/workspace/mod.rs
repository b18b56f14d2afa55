//! A workspace: its settings, flows, actions, identities and mock sets, read whole; its scenarios found but not
//! read. Every file is judged here by itself, and names across files; rules between files are `check`'s.

mod actions;
mod files;
mod identities;
mod known;
mod load;
mod profile;
mod references;
mod settings;

pub use actions::ACTION as ACTION_SHAPE;
pub use files::{find, is_workspace};
pub use identities::{IDENTITIES as IDENTITIES_SHAPE, IDENTITY as IDENTITY_SHAPE, decode_identity};
pub use known::Known;
pub use profile::{PROFILE as PROFILE_SHAPE, decode_profile};
pub use settings::{CLOCK_MS, SETTINGS as SETTINGS_SHAPE, Settings, Tenant};

use crate::action::Action;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::suggestion;
use crate::engine::{Identity, Library};
use crate::flow::Flow;
use crate::mock::MockSet;
use crate::text::{SourceFile, Spanned};
use crate::value::Text;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A workspace, read.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Its folder.
    pub root: PathBuf,
    /// Its settings; defaults where none are written.
    pub settings: Settings,
    /// Its flows that are right, in the order of their files.
    pub flows: Vec<Arc<Flow>>,
    /// Its flows in which something is wrong, as far as they could be read.
    pub broken_flows: Vec<Arc<Flow>>,
    /// Its actions that are right.
    pub actions: Vec<Arc<Action>>,
    /// Its identities.
    pub identities: Vec<Arc<Identity>>,
    /// Its mock sets.
    pub mock_sets: Vec<Arc<MockSet>>,
    /// The paths of its scenario files relative to the root, with `/`, sorted.
    pub scenario_files: Vec<Text>,
    /// The names of everything, what is broken included.
    pub names: Names,
}

/// The names of everything in a workspace, what is broken included.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Slugs of flows.
    pub flows: Known,
    /// Slugs of actions.
    pub actions: Known,
    /// Names of identities.
    pub identities: Known,
    /// Names of mock sets.
    pub mock_sets: Known,
}

impl Workspace {
    /// Reads a workspace; everything that is wrong is reported.
    pub fn load(root: &Path, diagnostics: &mut Diagnostics) -> Workspace {
        load::load(root, diagnostics)
    }

    /// The flow with this slug, if it is right.
    pub fn flow(&self, slug: &str) -> Option<&Arc<Flow>> {
        self.flows.iter().find(|flow| &*flow.slug.value == slug)
    }

    /// The action with this slug, if it is right.
    pub fn action(&self, slug: &str) -> Option<&Arc<Action>> {
        self.actions.iter().find(|action| &*action.slug == slug)
    }

    /// The identity with this name.
    pub fn identity(&self, name: &str) -> Option<&Arc<Identity>> {
        self.identities
            .iter()
            .find(|identity| identity.name.as_deref() == Some(name))
    }

    /// The mock set with this name.
    pub fn mock_set(&self, name: &str) -> Option<&Arc<MockSet>> {
        self.mock_sets.iter().find(|set| &*set.name == name)
    }

    /// The text of a file of the workspace, by its path relative to the root.
    pub fn read(&self, path: &str, diagnostics: &mut Diagnostics) -> Option<Arc<SourceFile>> {
        files::read(&self.root, path, diagnostics)
    }
}

impl Names {
    /// What is wrong with a reference to a flow; None when there is one, broken or not.
    pub fn unknown_flow(&self, written: &Spanned<Text>) -> Option<Diagnostic> {
        unknown("unknown_flow", "flow", &self.flows, written)
    }

    /// What is wrong with a reference to an action.
    pub fn unknown_action(&self, written: &Spanned<Text>) -> Option<Diagnostic> {
        unknown("unknown_action", "action", &self.actions, written)
    }

    /// What is wrong with a reference to an identity.
    pub fn unknown_identity(&self, written: &Spanned<Text>) -> Option<Diagnostic> {
        unknown("unknown_identity", "identity", &self.identities, written)
    }

    /// What is wrong with a reference to a mock set.
    pub fn unknown_mock_set(&self, written: &Spanned<Text>) -> Option<Diagnostic> {
        unknown("unknown_mock_set", "mock set", &self.mock_sets, written)
    }
}

fn unknown(
    code: &'static str,
    noun: &str,
    known: &Known,
    written: &Spanned<Text>,
) -> Option<Diagnostic> {
    if known.has(&written.value) {
        return None;
    }
    let title = format!("there is no {noun} `{}`", written.value);
    let fix = suggestion(&written.value, known.names());
    Some(Diagnostic::error(code, &written.span, title).fix(fix))
}

impl Library for Workspace {
    fn flow(&self, slug: &str) -> Option<&Flow> {
        Workspace::flow(self, slug).map(|flow| &**flow)
    }

    fn action(&self, slug: &str) -> Option<&Arc<Action>> {
        Workspace::action(self, slug)
    }
}

#[cfg(test)]
mod tests;
