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

/// The path of each scenario's snapshot, relative to the workspace. All scenarios of a file must be given, and all
/// files of the workspace, whatever is selected of them.
pub fn places(scenarios: &[Scenario], files: &[Text]) -> Vec<String> {
    let folders = folders(scenarios, files);
    let mut taken = BTreeSet::new();
    let place = |scenario: &Scenario| {
        let file: &str = scenario.span.file.path();
        let folder = folders.get(file).map_or(file, String::as_str);
        let mut name = kebab(&scenario.name, "scenario");
        if let Some(case) = &scenario.case {
            name = format!("{name}--{}", kebab(case, "case"));
        }
        let free = unique(format!("{folder}/{name}"), &mut taken);
        format!("{free}{ACCEPTED}")
    };
    scenarios.iter().map(place).collect()
}

/// The path of the pending snapshot beside an accepted one.
pub fn pending(accepted: &str) -> String {
    format!("{accepted}.new")
}

/// The folders in which snapshots of these files stand.
pub fn folders(scenarios: &[Scenario], files: &[Text]) -> BTreeMap<String, String> {
    let outside = scenarios.iter().map(|scenario| scenario.span.file.path());
    let mut known: Vec<&Text> = files.iter().collect();
    known.extend(outside.filter(|file| !files.contains(file)));
    let mut folders = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for file in known {
        let inside = file.strip_prefix("scenarios/").unwrap_or(file);
        let stem = inside.strip_suffix(".yaml").or_else(|| inside.strip_suffix(".yml"));
        let stem = stem.unwrap_or(inside);
        let folder = if folders.contains_key(&**file) {
            continue;
        } else if taken.insert(stem.to_owned()) {
            stem.to_owned()
        } else {
            // `login.yaml` and `login.yml`
            unique(inside.to_owned(), &mut taken)
        };
        folders.insert(file.to_string(), format!("{FOLDER}/{folder}"));
    }
    folders
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
    if kebab.is_empty() { otherwise.to_owned() } else { kebab.to_owned() }
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
        let files = ["scenarios/a.yaml", "scenarios/a.yml", "scenarios/b/c.yaml"].map(Text::from);
        let folders: Vec<String> = folders(&[], &files).into_values().collect();
        assert_eq!(folders, ["snapshots/a", "snapshots/a.yml", "snapshots/b/c"]);
    }
}
