//! The workspace and the scenarios that a command is about: found, read, decoded.

use super::args::Common;
use super::exit::Stop;
use super::orphans::Kept;
use super::select::{Place, at_lines, slashed};
use crate::check::check;
use crate::diagnostic::Diagnostics;
use crate::scenario::{Scenario, decode_file};
use crate::snapshot::place::Folders;
use crate::value::Text;
use crate::workspace::{self, Workspace};
use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything that was read.
pub struct Loaded {
    /// The workspace.
    pub workspace: Arc<Workspace>,
    /// The scenarios of the files that were asked for, in the order of their files.
    pub scenarios: Vec<Scenario>,
    /// What is wrong or doubtful.
    pub diagnostics: Diagnostics,
    /// The snapshots of all scenarios in the files that were read.
    pub kept: Kept,
    /// What was asked for.
    pub places: Vec<Place>,
}

/// Reads the workspace, and the scenario files at these places; all of them when there are none.
pub fn load(common: &Common, paths: &[PathBuf]) -> Result<Loaded, Stop> {
    let here = here()?;
    let root = root(common, &here, paths)?;
    let places = paths
        .iter()
        .map(|path| Place::find(path, &here, &root))
        .collect::<Result<Vec<_>, _>>()?;
    let mut diagnostics = Diagnostics::default();
    let workspace = Arc::new(Workspace::load(&root, &mut diagnostics));
    diagnostics.extend(check(&workspace));
    let mut scenarios = Vec::new();
    let files = files(&workspace, &places);
    let mut known = workspace.scenario_files.clone();
    known.extend(files.iter().cloned());
    let folders = Folders::new(&known);
    let mut kept = Kept::new(
        files.iter().filter_map(|file| folders.of(file)),
        places.is_empty(),
    );
    for path in files {
        if let Some(file) = workspace.read(&path, &mut diagnostics) {
            let mut found = decode_file(&file, &workspace, &mut diagnostics);
            folders.assign(&mut found);
            kept.add(&found, &workspace.settings);
            scenarios.extend(at_lines(found, &path, &places));
        }
    }
    Ok(Loaded {
        workspace,
        scenarios,
        diagnostics,
        kept,
        places,
    })
}

/// The folder of the workspace that a command is about.
pub fn workspace_root(common: &Common, paths: &[PathBuf]) -> Result<PathBuf, Stop> {
    root(common, &here()?, paths)
}

fn here() -> Result<PathBuf, Stop> {
    env::current_dir()
        .map_err(|error| Stop::harness(format!("the current folder cannot be found: {error}")))
}

/// The same, about the workspace that these paths lead to where there is none here.
pub fn about(common: &Common, paths: &[PathBuf]) -> Common {
    let mut common = common.clone();
    if common.workspace.is_none() {
        // without one, reading says so
        common.workspace = workspace_root(&common, paths).ok();
    }
    common
}

/// What leads from the current folder to the workspace: empty, or with a `/` at its end.
pub fn prefix(common: &Common) -> String {
    let way = || {
        let here = here().ok()?;
        let root = root(common, &here, &[]).ok()?.canonicalize().ok()?;
        Some(way(&here.canonicalize().ok()?, &root))
    };
    way().unwrap_or_default()
}

fn way(here: &Path, root: &Path) -> String {
    let both = here.components().zip(root.components());
    let shared = both.take_while(|(a, b)| a == b).count();
    let up = here.components().skip(shared).map(|_| "../".to_owned());
    let down: PathBuf = root.components().skip(shared).collect();
    let down = slashed(&down);
    let end = if down.is_empty() { "" } else { "/" };
    up.collect::<String>() + &down + end
}

/// `--workspace`, else the nearest one at or above the current folder, else that of the first path.
fn root(common: &Common, here: &Path, paths: &[PathBuf]) -> Result<PathBuf, Stop> {
    if let Some(folder) = &common.workspace {
        let shown = folder.display();
        if !folder.is_dir() {
            return Err(Stop::usage(format!("--workspace {shown} is no folder")));
        }
        if !workspace::is_workspace(folder) {
            return Err(Stop::usage(format!(
                "--workspace {shown} holds neither `flowproof.yaml` nor `fixtures/` nor `scenarios/`"
            )));
        }
        return Ok(here.join(folder));
    }
    let of_first_path = || workspace::find(&here.join(paths.first()?));
    workspace::find(here).or_else(of_first_path).ok_or_else(|| {
        Stop::usage(
            "there is no workspace here or above: go to a folder with `flowproof.yaml`, `fixtures/` or \
             `scenarios/`, or name one with --workspace",
        )
    })
}

/// The scenario files at these places, each once, sorted.
fn files(workspace: &Workspace, places: &[Place]) -> Vec<Text> {
    let asked_for =
        |file: &Text| places.is_empty() || places.iter().any(|place| place.covers(file));
    let known = &workspace.scenario_files;
    let mut files: Vec<Text> = known
        .iter()
        .filter(|file| asked_for(file))
        .cloned()
        .collect();
    files.extend(places.iter().filter_map(Place::file_outside_scenarios));
    files.sort();
    files.dedup();
    files
}

#[cfg(test)]
mod tests {
    use super::way;
    use std::path::Path;

    #[test]
    fn the_way_to_a_workspace_begins_here() {
        for (here, root, expected) in [
            ("/a/b", "/a/b", ""),
            ("/a", "/a/b/c", "b/c/"),
            ("/a/b/c", "/a", "../../"),
            ("/a/b", "/a/c", "../c/"),
        ] {
            assert_eq!(
                way(Path::new(here), Path::new(root)),
                expected,
                "{here} {root}"
            );
        }
    }
}
