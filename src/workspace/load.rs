//! Reads a workspace: settings, flows, actions, identities, mock sets, each folder in sorted order.

use super::actions::{self, Loaded};
use super::files;
use super::identities::{self, Named};
use super::references;
use super::settings::{self, Settings};
use super::{Names, Workspace};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Node, nearest, parse_document};
use crate::flow::{Flow, decode_flow};
use crate::mock::{MockSet, decode_mock_set};
use crate::value::Text;
use std::path::Path;
use std::sync::Arc;

const YAML: &[&str] = &["yaml", "yml"];
/// A flow may also be JSON.
const YAML_OR_JSON: &[&str] = &["yaml", "yml", "json"];

/// The folders below `fixtures/`, each with the key that its files start with.
const FOLDERS: [(&str, &str); 4] = [
    ("flows", "flow"),
    ("actions", "action"),
    ("identities", "identities"),
    ("mocks", "mocks"),
];

/// Reads a workspace; everything that is wrong is reported.
pub fn load(root: &Path, diagnostics: &mut Diagnostics) -> Workspace {
    let mut loader = Loader {
        root,
        names: Names::default(),
        diagnostics,
    };
    loader.check_folders();
    let settings = loader.settings();
    let (flows, broken_flows) = loader.flows();
    let actions = loader.actions();
    let identities = loader.identities();
    let mock_sets = loader.mock_sets();
    let scenario_files = files::list(root, "scenarios", YAML, loader.diagnostics);
    let names = loader.names;
    let workspace = Workspace {
        root: root.to_path_buf(),
        settings: settings.clone().unwrap_or_default(),
        flows,
        broken_flows,
        actions: actions.iter().map(|loaded| loaded.action.clone()).collect(),
        identities: identities
            .iter()
            .map(|named| named.identity.clone())
            .collect(),
        mock_sets,
        scenario_files: scenario_files.into_iter().map(Text::from).collect(),
        names,
    };
    references::check(
        &workspace,
        settings.as_ref(),
        &actions,
        &identities,
        diagnostics,
    );
    workspace
}

struct Loader<'a> {
    root: &'a Path,
    names: Names,
    diagnostics: &'a mut Diagnostics,
}

impl Loader<'_> {
    /// None when there is a file but it cannot be read.
    fn settings(&mut self) -> Option<Settings> {
        let mut written = settings::FILES
            .into_iter()
            .filter(|name| self.root.join(name).exists());
        let Some(name) = written.next() else {
            return Some(Settings::default());
        };
        if let Some(other) = written.next() {
            let title = format!("there is a {name} already");
            self.diagnostics.push(
                Diagnostic::file_error("duplicate_name", other, title)
                    .fix("keep one of the two files"),
            );
        }
        let file = files::read_inside(self.root, name, self.diagnostics)?;
        let document = parse_document(&file, self.diagnostics)?;
        Some(settings::decode_settings(&document, self.diagnostics))
    }

    fn flows(&mut self) -> (Vec<Arc<Flow>>, Vec<Arc<Flow>>) {
        let (mut flows, mut broken) = (Vec::new(), Vec::new());
        for document in self.documents("flows", YAML_OR_JSON) {
            let Some(decoded) = document.and_then(|node| decode_flow(&node, self.diagnostics))
            else {
                self.names.flows.miss();
                continue;
            };
            let flow = decoded.flow;
            let slug = &flow.slug;
            let names = &mut self.names.flows;
            let new = names.take(
                "duplicate_slug",
                "flows",
                &slug.value,
                &slug.span,
                self.diagnostics,
            );
            if new && decoded.sound {
                flows.push(Arc::new(flow));
            } else {
                broken.push(Arc::new(flow));
            }
        }
        (flows, broken)
    }

    fn actions(&mut self) -> Vec<Loaded> {
        let mut actions = Vec::new();
        for document in self.documents("actions", YAML) {
            let decoded =
                document.map(|node| actions::decode_action(self.root, &node, self.diagnostics));
            let Some((decoded, slug)) =
                decoded.and_then(|mut decoded| decoded.slug.take().map(|slug| (decoded, slug)))
            else {
                self.names.actions.miss();
                continue;
            };
            let names = &mut self.names.actions;
            let new = names.take(
                "duplicate_slug",
                "actions",
                &slug.value,
                &slug.span,
                self.diagnostics,
            );
            actions.extend(decoded.loaded.filter(|_| new));
        }
        actions
    }

    fn identities(&mut self) -> Vec<Named> {
        let mut found = Vec::new();
        for document in self.documents("identities", YAML) {
            let Some(document) = document else {
                self.names.identities.miss();
                continue;
            };
            let entries = document.get("identities").and_then(Node::as_map);
            let decoded = identities::decode_identities(&document, self.diagnostics);
            if entries.is_none_or(|entries| entries.len() > decoded.len()) {
                self.names.identities.miss();
            }
            for named in decoded {
                let name = named.identity.name.clone().unwrap_or_default();
                let names = &mut self.names.identities;
                if names.take(
                    "duplicate_name",
                    "identities",
                    &name,
                    &named.span,
                    self.diagnostics,
                ) {
                    found.push(named);
                }
            }
        }
        found
    }

    fn mock_sets(&mut self) -> Vec<Arc<MockSet>> {
        let mut sets = Vec::new();
        for document in self.documents("mocks", YAML) {
            let decoded =
                document.and_then(|node| decode_mock_set(&node, self.root, self.diagnostics));
            let Some(set) = decoded else {
                self.names.mock_sets.miss();
                continue;
            };
            let names = &mut self.names.mock_sets;
            if names.take(
                "duplicate_name",
                "mock sets",
                &set.name,
                &set.span,
                self.diagnostics,
            ) {
                sets.push(Arc::new(set));
            }
        }
        sets
    }

    /// The document of each file of a folder below `fixtures/`; None for one that cannot be used.
    fn documents(&mut self, folder: &str, extensions: &[&str]) -> Vec<Option<Node>> {
        let folder = format!("fixtures/{folder}");
        files::list(self.root, &folder, extensions, self.diagnostics)
            .into_iter()
            .map(|path| {
                let file = files::read(self.root, &path, self.diagnostics)?;
                let document = parse_document(&file, self.diagnostics)?;
                let misplaced = misplaced(&document, &folder);
                let usable = misplaced.is_none();
                self.diagnostics.extend(misplaced);
                usable.then_some(document)
            })
            .collect()
    }

    /// A folder whose name is nearly that of one that is read.
    fn check_folders(&mut self) {
        let Ok(entries) = std::fs::read_dir(self.root.join("fixtures")) else {
            return;
        };
        let known = FOLDERS.map(|(folder, _)| folder);
        let mut names: Vec<String> = entries
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort_unstable();
        for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
            if let Some(near) = nearest(name, known) {
                let path = format!("fixtures/{name}");
                let mut diagnostic =
                    Diagnostic::file_error("unknown_folder", path, "this folder is not read")
                        .fix(format!("rename it to `fixtures/{near}`"));
                diagnostic.severity = crate::diagnostic::Severity::Warning;
                self.diagnostics.push(diagnostic);
            }
        }
    }
}

/// A file of another kind than its folder is for.
fn misplaced(document: &Node, folder: &str) -> Option<Diagnostic> {
    let own = FOLDERS.iter().find(|(name, _)| folder.ends_with(name))?.1;
    // a scenario names a flow too
    let scenario = document.entry("scenario").is_some() && document.entry("stages").is_none();
    if document.entry(own).is_some() && !scenario {
        return None;
    }
    let kinds = FOLDERS.map(|(name, key)| (format!("fixtures/{name}/"), key));
    let scenarios = ("scenarios/".to_owned(), "scenario");
    let (place, entry) = std::iter::once(scenarios)
        .chain(kinds)
        .find_map(|(place, key)| Some((place, document.entry(key)?)))?;
    let title = format!("a file with `{}` does not belong into {folder}/", entry.key);
    Some(
        Diagnostic::error("misplaced_file", &entry.key_span, title)
            .fix(format!("move it to {place}, or write `{own}:`")),
    )
}
