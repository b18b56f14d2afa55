//! Holds the code to its own rules: the order of modules, strangers among siblings, an engine without I/O,
//! a doc at the top of every file, and sizes that a reader can hold in their head.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders whose files do not see one another.
const STRANGERS: &[&str] = &["engine/blocks", "check", "harness/judge", "report"];

/// Files of those folders that the others may use: what the folder shares.
const SHARED: &[&str] = &["mod", "outbox", "subject", "view", "style", "walk"];

/// What the engine must not name (it is sans-I/O).
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::time",
    "std::thread",
    "std::process",
    "std::io",
    "TcpStream",
    "UdpSocket",
    "SystemTime",
    "Instant::now",
    "tokio",
    "rand::",
];

struct SourceText {
    /// Relative to `src`, with `/`.
    path: String,
    text: String,
}

fn sources() -> Vec<SourceText> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(&folder).expect("src can be read") {
            let path: PathBuf = item.expect("an item of src").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(&root).expect("below src");
                let text = fs::read_to_string(&path).expect("source is text");
                files.push(SourceText {
                    path: relative.to_string_lossy().replace('\\', "/"),
                    text,
                });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The modules as `lib.rs` lists them: the order in which each may use those above it.
fn order(files: &[SourceText]) -> Vec<String> {
    let lib = files
        .iter()
        .find(|file| file.path == "lib.rs")
        .expect("a library");
    lib.text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

/// The modules that a file names as `crate::<module>`.
fn uses(text: &str) -> Vec<&str> {
    text.match_indices("crate::")
        .filter(|(at, _)| !text[..*at].ends_with("flowproof_"))
        .map(|(at, found)| {
            let rest = &text[at + found.len()..];
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            &rest[..end]
        })
        .collect()
}

#[test]
fn each_module_uses_only_those_above_it() {
    let files = sources();
    let order = order(&files);
    assert!(order.len() > 10, "lib.rs lists the modules: {order:?}");
    let mut wrong = Vec::new();
    for file in &files {
        let module = file.path.split(['/', '.']).next().unwrap_or_default();
        let Some(own) = order.iter().position(|name| name == module) else {
            continue;
        };
        for used in uses(&file.text) {
            if let Some(other) = order.iter().position(|name| name == used)
                && other > own
            {
                wrong.push(format!(
                    "{} uses `{used}`, which stands below `{module}`",
                    file.path
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn siblings_are_strangers() {
    let files = sources();
    let mut wrong = Vec::new();
    for folder in STRANGERS {
        let below = |file: &&SourceText| {
            file.path
                .strip_prefix(&format!("{folder}/"))
                .is_some_and(|rest| !rest.contains('/'))
        };
        let stem = |file: &SourceText| {
            file.path
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .trim_end_matches(".rs")
                .to_owned()
        };
        let siblings: Vec<String> = files.iter().filter(below).map(stem).collect();
        for file in files
            .iter()
            .filter(below)
            .filter(|file| stem(file) != "mod")
        {
            let own = stem(file);
            for other in siblings.iter().filter(|other| **other != own) {
                if SHARED.contains(&other.as_str()) {
                    continue;
                }
                if file.text.contains(&format!("super::{other}::")) {
                    wrong.push(format!("{} knows its sibling `{other}`", file.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_engine_touches_nothing_outside() {
    let files = sources();
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with("engine/")) {
        for name in OUTSIDE {
            if file.text.contains(name) {
                wrong.push(format!("{} names `{name}`", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_in_six_lines_what_it_promises() {
    let mut wrong = Vec::new();
    for file in sources() {
        let lines = file
            .text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .count();
        if !(1..=6).contains(&lines) {
            wrong.push(format!("{}: {lines} lines of doc at the top", file.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_small() {
    let files = sources();
    let mut sizes: Vec<(usize, &str)> = files
        .iter()
        .map(|file| (file.text.lines().count(), file.path.as_str()))
        .collect();
    sizes.sort_unstable();
    let (median, _) = sizes[sizes.len() / 2];
    assert!(median <= 150, "the median file has {median} lines");
    let long: Vec<_> = sizes.iter().filter(|(lines, _)| *lines > 500).collect();
    assert!(long.is_empty(), "longer than 500 lines: {long:?}");
}

#[test]
fn no_file_is_named_after_nothing() {
    for file in sources() {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        for empty in [
            "core.rs",
            "common.rs",
            "util.rs",
            "utils.rs",
            "helpers.rs",
            "misc.rs",
            "imp.rs",
        ] {
            assert_ne!(name, empty, "{}", file.path);
        }
    }
}
