//! The files of a workspace: found in sorted order, read within bounds, never from outside of its folder
//! (symbolic links included), never from a pipe or device.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{MAX_BYTES, source};
use crate::text::SourceFile;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most files that one folder of a workspace may hold, with those of its subfolders.
const MAX_FILES: usize = 20_000;
/// The deepest nesting of folders.
const MAX_DEPTH: usize = 32;

/// The nearest folder, going up, that is a workspace.
pub fn find(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .find(|folder| is_workspace(folder))
        .map(Path::to_path_buf)
}

/// Whether a folder has any of `flowproof.yaml`, `fixtures/`, `scenarios/`.
pub fn is_workspace(folder: &Path) -> bool {
    folder.join("fixtures").is_dir()
        || folder.join("scenarios").is_dir()
        || super::settings::FILES
            .iter()
            .any(|name| folder.join(name).is_file())
}

/// The files below a folder with one of these extensions, relative to the root, sorted. Hidden ones are left out.
pub fn list(
    root: &Path,
    folder: &str,
    extensions: &[&str],
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let mut walk = Walk {
        root,
        folder,
        extensions,
        found: Vec::new(),
        entered: BTreeSet::new(),
        diagnostics,
    };
    if root.join(folder).is_dir() && walk.stays_inside(folder) {
        walk.enter(folder, 0);
    }
    let mut found = walk.found;
    found.sort_unstable();
    found
}

/// The text of a file, by its path relative to the root. What is wrong with it is reported.
pub fn read(root: &Path, path: &str, diagnostics: &mut Diagnostics) -> Option<Arc<SourceFile>> {
    let outcome = match bytes(&root.join(path)) {
        Ok(bytes) => source(path, &bytes),
        Err(error) => Err(Box::new(unreadable(path, &error))),
    };
    outcome
        .map_err(|diagnostic| diagnostics.push(*diagnostic))
        .ok()
}

/// The same, for a file that `list` has not found.
pub fn read_inside(
    root: &Path,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Arc<SourceFile>> {
    stays_inside(root, path, diagnostics)
        .then(|| read(root, path, diagnostics))
        .flatten()
}

/// The path of a file that `document` names, both relative to the root; it was found not to leave the root before.
pub fn beside(document: &str, written: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// At most one byte more than a document may have.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is no ordinary file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(path: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::file_error(
        "unreadable_file",
        path,
        format!("the file cannot be read: {error}"),
    )
    .fix("make it readable, or remove it")
}

struct Walk<'a> {
    root: &'a Path,
    /// The folder that is listed.
    folder: &'a str,
    extensions: &'a [&'a str],
    found: Vec<String>,
    /// The real folders that a link led to; each is entered once.
    entered: BTreeSet<PathBuf>,
    diagnostics: &'a mut Diagnostics,
}

impl Walk<'_> {
    fn enter(&mut self, folder: &str, depth: usize) {
        let entries = match fs::read_dir(self.root.join(folder)) {
            Ok(entries) => entries,
            Err(error) => {
                self.diagnostics.push(unreadable(folder, &error));
                return;
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
                continue;
            };
            let path = format!("{folder}/{name}");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.enter_below(&path, depth),
                Ok(kind) if kind.is_symlink() => self.follow(&path, depth),
                Ok(_) => self.take(path),
                Err(error) => self.diagnostics.push(unreadable(&path, &error)),
            }
        }
    }

    fn enter_below(&mut self, path: &str, depth: usize) {
        if depth < MAX_DEPTH {
            self.enter(path, depth + 1);
        } else {
            let title = format!("folders are nested deeper than {MAX_DEPTH} levels");
            self.diagnostics.push(
                Diagnostic::file_error("too_deep", path, title).fix("move the files further up"),
            );
        }
    }

    /// A link to a folder is entered once, so that a circle of links ends.
    fn follow(&mut self, path: &str, depth: usize) {
        let real = self.root.join(path);
        if real.is_dir() {
            if self.stays_inside(path)
                && !self.is_read_anyway(&real)
                && let Ok(real) = real.canonicalize()
                && self.entered.insert(real)
            {
                self.enter_below(path, depth);
            }
        } else if self.is_wanted(path) && self.stays_inside(path) {
            self.take(path.to_owned());
        }
    }

    /// Whether a folder lies below the one that is listed, where its files are found without the link.
    fn is_read_anyway(&self, folder: &Path) -> bool {
        let listed = self.root.join(self.folder).canonicalize();
        match (folder.canonicalize(), listed) {
            (Ok(folder), Ok(listed)) => folder.starts_with(listed),
            (Err(_), _) | (_, Err(_)) => false,
        }
    }

    fn is_wanted(&self, path: &str) -> bool {
        let extension = Path::new(path).extension().and_then(|text| text.to_str());
        extension.is_some_and(|extension| self.extensions.contains(&extension))
    }

    fn take(&mut self, path: String) {
        if !self.is_wanted(&path) {
            return;
        }
        if self.found.len() == MAX_FILES {
            let title = format!("the folder holds more than {MAX_FILES} files");
            self.diagnostics.push(
                Diagnostic::file_error("too_many_files", path.as_str(), title)
                    .fix("split the workspace"),
            );
        }
        if self.found.len() <= MAX_FILES {
            self.found.push(path);
        }
    }

    fn stays_inside(&mut self, path: &str) -> bool {
        stays_inside(self.root, path, self.diagnostics)
    }
}

/// Whether a path of the workspace leads to something inside of it; if not, that is reported.
fn stays_inside(root: &Path, path: &str, diagnostics: &mut Diagnostics) -> bool {
    let real = root.join(path).canonicalize();
    let inside = match (&real, root.canonicalize()) {
        (Ok(real), Ok(root)) => real.starts_with(root),
        (Err(_), _) | (_, Err(_)) => true, // reading it tells why
    };
    if !inside {
        let title = "a symbolic link leads out of the workspace";
        diagnostics.push(
            Diagnostic::file_error("outside_workspace", path, title)
                .fix("put the file itself into the workspace"),
        );
    }
    inside
}
