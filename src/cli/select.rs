//! What a PATH stands for: a file or folder of the workspace, and with `file.yaml:LINE` the scenario at a line.

use super::exit::Stop;
use crate::document::suggestion;
use crate::scenario::Scenario;
use crate::value::Text;
use crate::workspace::Workspace;
use std::path::{Component, Path, PathBuf};

/// A place in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Relative to the workspace, with `/`; empty for all of it.
    path: String,
    is_file: bool,
    line: Option<usize>,
}

impl Place {
    /// Looks a PATH up in the current folder, then in the workspace.
    pub fn find(written: &Path, here: &Path, root: &Path) -> Result<Place, Stop> {
        let shown = written.display();
        let (path, line) = match existing(written, here, root) {
            Some(path) => (path, None),
            None => with_line(written)
                .and_then(|(file, line)| Some((existing(&file, here, root)?, Some(line))))
                .filter(|(path, _)| path.is_file())
                .ok_or_else(|| Stop::usage(format!("{shown} does not exist")))?,
        };
        let outside = || {
            let root = root.display();
            Stop::usage(format!("{shown} is outside of the workspace {root}"))
        };
        let relative = inside(&path, root).ok_or_else(outside)?;
        Ok(Place {
            path: slashed(&relative),
            is_file: path.is_file(),
            line,
        })
    }

    /// Whether a file of the workspace is this one, or below it.
    pub fn covers(&self, file: &str) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        self.path.is_empty() || file.strip_prefix(&self.path).is_some_and(below)
    }

    /// Whether it stands in this folder of the workspace, or is it.
    pub fn is_below(&self, folder: &str) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        self.path.strip_prefix(folder).is_some_and(below)
    }

    /// A YAML file that was named although it stands beside `scenarios/` and `fixtures/`.
    pub fn file_outside_scenarios(&self) -> Option<Text> {
        let yaml = self.path.ends_with(".yaml") || self.path.ends_with(".yml");
        let of_workspace = self.path.starts_with("fixtures/")
            || self.path.starts_with("scenarios/")
            || matches!(&*self.path, "flowproof.yaml" | "flowproof.yml");
        (self.is_file && yaml && !of_workspace).then(|| Text::from(&*self.path))
    }
}

fn existing(written: &Path, here: &Path, root: &Path) -> Option<PathBuf> {
    [here.join(written), root.join(written)]
        .into_iter()
        .find(|path| path.exists())
}

fn inside(path: &Path, root: &Path) -> Option<PathBuf> {
    let (path, root) = (path.canonicalize().ok()?, root.canonicalize().ok()?);
    path.strip_prefix(root).ok().map(Path::to_path_buf)
}

/// `file.yaml:12`, `file.yaml:12:3`
fn with_line(written: &Path) -> Option<(PathBuf, usize)> {
    let (rest, last) = written.to_str()?.rsplit_once(':')?;
    let last = last.parse::<usize>().ok()?;
    let before = rest.rsplit_once(':');
    match before.map(|(file, line)| (file, line.parse::<usize>())) {
        Some((file, Ok(line))) => Some((file.into(), line)),
        Some((_, Err(_))) | None => Some((rest.into(), last)),
    }
}

/// The names of a path with `/` between them.
pub fn slashed(path: &Path) -> String {
    let names = path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy()),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => {
            None
        }
    });
    names.collect::<Vec<_>>().join("/")
}

/// The scenarios that a word stands for: a file, `file.yaml:LINE`, a name, or a part of names.
pub fn chosen(
    written: &str,
    scenarios: &[Scenario],
    workspace: &Workspace,
) -> Result<Vec<Scenario>, Stop> {
    let here = std::env::current_dir().unwrap_or_default();
    if let Ok(place) = Place::find(Path::new(written), &here, &workspace.root) {
        let covered = |one: &&Scenario| place.covers(one.span.file.path());
        let covered: Vec<Scenario> = scenarios.iter().filter(covered).cloned().collect();
        let found: Vec<Scenario> = covered
            .chunk_by(|a, b| a.span.file.path() == b.span.file.path())
            .flat_map(|file| {
                let path = file[0].span.file.path();
                at_lines(file.to_vec(), path, std::slice::from_ref(&place))
            })
            .collect();
        if found.is_empty() {
            return Err(Stop::nothing(format!("`{written}` holds no scenario")));
        }
        return Ok(found);
    }
    let found = called(scenarios.to_vec(), written);
    if found.is_empty() {
        let known = workspace.flows.iter().map(|flow| &*flow.slug.value);
        return Err(Stop::usage(format!(
            "there is no flow and no scenario `{written}`: {}",
            suggestion(written, known)
        )));
    }
    Ok(found)
}

/// Those of this name, else those whose name holds it.
pub fn called(mut scenarios: Vec<Scenario>, name: &str) -> Vec<Scenario> {
    let exact = |scenario: &Scenario| scenario.full_name() == name;
    if scenarios.iter().any(exact) {
        scenarios.retain(exact);
    } else {
        scenarios.retain(|scenario| scenario.full_name().contains(name));
    }
    scenarios
}

/// Of the scenarios of a file, those that the places ask for: all, or the ones at their lines.
pub fn at_lines(found: Vec<Scenario>, file: &str, places: &[Place]) -> Vec<Scenario> {
    let covering = places.iter().filter(|place| place.covers(file));
    let lines: Option<Vec<usize>> = covering.map(|place| place.line).collect();
    let Some(lines) = lines.filter(|lines| !lines.is_empty()) else {
        return found;
    };
    let starts: Vec<(usize, usize)> = found
        .iter()
        .map(|scenario| (scenario.name_span.line(), scenario.span.line()))
        .collect();
    let mut at = 0;
    let mut found = found;
    found.retain(|_| {
        at += 1;
        lines.iter().any(|line| stands_at(&starts, at - 1, *line))
    });
    found
}

/// Whether a scenario stands at a line: its document holds the line, and of its cases it is the one that does; a line
/// above all cases stands for all of them. Each start is the line of the scenario's name and of the case's.
fn stands_at(starts: &[(usize, usize)], at: usize, line: usize) -> bool {
    let document = starts
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| *name <= line)
        .max();
    let of_document = starts.iter().filter(|(name, _)| Some(*name) == document);
    let case = of_document
        .map(|(_, case)| *case)
        .filter(|case| *case <= line)
        .max();
    let (own_name, own_case) = starts[at];
    Some(own_name) == document && case.is_none_or(|case| case == own_case)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_behind_a_file_is_told_from_its_name() {
        for (written, expected) in [
            ("a.yaml:12", Some(("a.yaml", 12))),
            ("a.yaml:12:3", Some(("a.yaml", 12))),
            ("a:b.yaml:12", Some(("a:b.yaml", 12))),
            ("a.yaml", None),
            ("a.yaml:x", None),
        ] {
            let found = with_line(Path::new(written));
            let expected = expected.map(|(file, line)| (PathBuf::from(file), line));
            assert_eq!(found, expected, "{written}");
        }
    }

    #[test]
    fn a_folder_covers_what_is_below_it_and_nothing_beside() {
        let folder = Place {
            path: "scenarios/a".into(),
            is_file: false,
            line: None,
        };
        for (file, covered) in [
            ("scenarios/a/x.yaml", true),
            ("scenarios/a", true),
            ("scenarios/ab/x.yaml", false),
            ("scenarios/b.yaml", false),
        ] {
            assert_eq!(folder.covers(file), covered, "{file}");
        }
    }

    #[test]
    fn a_line_stands_for_the_scenario_or_case_that_holds_it() {
        let starts = [(1, 1), (10, 20), (10, 25), (40, 40)];
        for (line, selected) in [
            (1, vec![0]),
            (9, vec![0]),
            (10, vec![1, 2]),
            (19, vec![1, 2]),
            (20, vec![1]),
            (24, vec![1]),
            (30, vec![2]),
            (99, vec![3]),
            (0, vec![]),
        ] {
            let found: Vec<usize> = (0..starts.len())
                .filter(|at| stands_at(&starts, *at, line))
                .collect();
            assert_eq!(found, selected, "{line}");
        }
    }
}
