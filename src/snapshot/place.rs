//! Where the snapshot of a scenario stands: `snapshots/<file>/<name>[--<case>].snap`. A function of the names in the
//! workspace alone; two that fall together get `-2`, `-3`, … in the order of their file.

use crate::scenario::Scenario;
use crate::value::Text;
use std::collections::{BTreeMap, BTreeSet};

/// The folder of all snapshots.
pub const FOLDER: &str = "snapshots";
/// The ending of an accepted snapshot.
pub const ACCEPTED: &str = ".snap";
/// The ending of one that waits to be accepted.
pub const PENDING: &str = ".snap.new";

/// A name is cut here, so that the longest path is one that every file system takes.
const LONGEST_NAME: usize = 100;

/// The folder of each scenario file's snapshots.
#[derive(Debug, Default)]
pub struct Folders(BTreeMap<Text, String>);

impl Folders {
    /// Those of all scenario files of a workspace, whatever is selected of them.
    pub fn new(files: &[Text]) -> Self {
        let mut folders = BTreeMap::new();
        let mut taken = BTreeSet::new();
        for file in files {
            if folders.contains_key(file) {
                continue;
            }
            let inside = file.strip_prefix("scenarios/").unwrap_or(file);
            let stem = inside
                .strip_suffix(".yaml")
                .or_else(|| inside.strip_suffix(".yml"));
            let stem = stem.unwrap_or(inside).to_owned();
            let folder = if taken.contains(&stem) {
                // `login.yaml` and `login.yml`
                unique(inside.to_owned(), &mut taken)
            } else {
                unique(stem, &mut taken)
            };
            folders.insert(file.clone(), format!("{FOLDER}/{folder}"));
        }
        Folders(folders)
    }

    /// The folder of one file.
    pub fn of(&self, file: &str) -> Option<&str> {
        self.0.get(file).map(String::as_str)
    }

    /// Says of every scenario of one file where its snapshot stands. All of them must be given.
    pub fn assign(&self, scenarios: &mut [Scenario]) {
        let mut taken = BTreeSet::new();
        for scenario in scenarios {
            let Some(folder) = self.of(scenario.span.file.path()) else {
                continue;
            };
            let mut name = kebab(&scenario.name, "scenario");
            if let Some(case) = &scenario.case {
                name = format!("{name}--{}", kebab(case, "case"));
            }
            let free = unique(format!("{folder}/{name}"), &mut taken);
            scenario.snapshot_path = Some(Text::from(format!("{free}{ACCEPTED}")));
        }
    }
}

/// The path of the pending snapshot beside an accepted one.
pub fn pending(accepted: &str) -> String {
    format!("{accepted}.new")
}

fn unique(wanted: String, taken: &mut BTreeSet<String>) -> String {
    if taken.insert(wanted.clone()) {
        return wanted;
    }
    let mut number = 2_u64;
    loop {
        let numbered = format!("{wanted}-{number}");
        if taken.insert(numbered.clone()) {
            return numbered;
        }
        number += 1;
    }
}

/// A name in kebab-case ASCII; a name without any letter or digit of ASCII is called `otherwise`.
fn kebab(name: &str, otherwise: &str) -> String {
    let mut kebab = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            kebab.push(c.to_ascii_lowercase());
        } else if !kebab.ends_with('-') && !kebab.is_empty() {
            kebab.push('-');
        }
        if kebab.len() == LONGEST_NAME {
            break;
        }
    }
    let kebab = kebab.trim_end_matches('-');
    if kebab.is_empty() {
        otherwise.to_owned()
    } else {
        kebab.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_file_names() {
        for (name, file) in [
            ("A risky sign-in", "a-risky-sign-in"),
            ("  ERR-2: it's (continued)!  ", "err-2-it-s-continued"),
            ("naïve café", "na-ve-caf"),
            ("日本", "scenario"),
            ("../../etc/passwd", "etc-passwd"),
            ("CON", "con"),
        ] {
            assert_eq!(kebab(name, "scenario"), file);
        }
        assert_eq!(kebab(&"x".repeat(1_000), "scenario").len(), 100);
    }

    #[test]
    fn names_that_fall_together_are_numbered_in_order() {
        let mut taken = BTreeSet::new();
        let names = ["a", "a", "a-2", "a", "b"].map(|name| unique(name.to_owned(), &mut taken));
        assert_eq!(names, ["a", "a-2", "a-2-2", "a-3", "b"]);
    }

    #[test]
    fn each_file_has_a_folder_of_its_own() {
        let files = [
            "scenarios/a.yaml",
            "scenarios/a.yml",
            "scenarios/b/c.yaml",
            "x.yaml",
        ];
        let known = Folders::new(&files.map(Text::from));
        let folders = files.map(|file| known.of(file));
        let expected = [
            "snapshots/a",
            "snapshots/a.yml",
            "snapshots/b/c",
            "snapshots/x",
        ];
        assert_eq!(folders, expected.map(Some));
    }
}
