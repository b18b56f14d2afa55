//! The files under `snapshots/`: read within bounds, listed, and replaced whole. A file is written beside its place
//! and then renamed, so that whatever stops the process leaves the old one or the new one.

use super::place::{ACCEPTED, FOLDER, PENDING};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The largest snapshot that is read, in bytes.
const LARGEST: u64 = 64 << 20;
/// So many files are waited for at a time.
const FLUSHING: usize = 8;
/// The deepest nesting of folders.
const DEEPEST: usize = 32;

/// Why a file could not be read or written, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be {verb}: {cause}{}", fix(cause))]
pub struct StoreError {
    /// The file, relative to the workspace.
    pub path: String,
    verb: &'static str,
    cause: io::Error,
}

impl StoreError {
    /// Whether the file is there and holds no text: another tool keeps it, or it is damaged.
    pub fn is_no_text(&self) -> bool {
        self.cause.kind() == ErrorKind::InvalidData
    }
}

fn fix(cause: &io::Error) -> &'static str {
    match cause.kind() {
        ErrorKind::PermissionDenied => "; give yourself the right to it",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "; make room and repeat the command: nothing was lost"
        }
        ErrorKind::ReadOnlyFilesystem => "; `run --snapshots check` writes nothing",
        ErrorKind::IsADirectory | ErrorKind::NotADirectory => {
            "; move away what stands in its place"
        }
        ErrorKind::InvalidData => "; take it from version control, or accept the trace of now",
        _ => "",
    }
}

/// The snapshots of a workspace.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// Those of the workspace in this folder.
    pub fn new(root: &Path) -> Self {
        Store {
            root: root.to_path_buf(),
        }
    }

    /// The file at a path; None when there is none.
    pub fn read(&self, path: &str) -> Result<Option<String>, StoreError> {
        match text_of(&self.root.join(path)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(path, "read", error)),
        }
    }

    /// Puts a text in the place of what is there.
    pub fn replace(&self, path: &str, text: &str) -> Result<(), StoreError> {
        replace(&self.root.join(path), text).map_err(|error| failed(path, "written", error))
    }

    /// Puts a file that is on the disk in the place of another.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), StoreError> {
        fs::rename(self.root.join(from), self.root.join(to))
            .map_err(|error| failed(to, "written", error))
    }

    /// Waits until a file is on the disk: one that is renamed before could be empty after a power cut.
    pub fn flush(&self, path: &str) -> Result<(), StoreError> {
        let file = File::options()
            .read(true)
            .write(cfg!(windows))
            .open(self.root.join(path));
        file.and_then(|file| file.sync_all())
            .map_err(|error| failed(path, "written", error))
    }

    /// Waits for many files, a few at a time: the disk takes them together, and one after the other would take
    /// twenty times as long. Each with what came of it.
    pub fn flush_all(&self, paths: &[&str]) -> BTreeMap<String, Result<(), StoreError>> {
        let flush = |paths: &[&str]| -> Vec<_> {
            let each = paths.iter();
            each.map(|path| ((*path).to_owned(), self.flush(path)))
                .collect()
        };
        let share = paths.len().div_ceil(FLUSHING).max(1);
        std::thread::scope(|scope| {
            let shares = paths.chunks(share);
            let threads: Vec<_> = shares
                .map(|some| scope.spawn(move || flush(some)))
                .collect();
            let done = threads.into_iter().filter_map(|thread| thread.join().ok());
            done.flatten().collect()
        })
    }

    /// Removes a file, and the folders above it that are empty then.
    pub fn remove(&self, path: &str) -> Result<(), StoreError> {
        let file = self.root.join(path);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(failed(path, "removed", error));
            }
            Ok(()) | Err(_) => {}
        }
        let top = self.root.join(FOLDER);
        for folder in file.ancestors().skip(1).take_while(|folder| *folder != top) {
            if fs::remove_dir(folder).is_err() {
                break; // it holds other files
            }
        }
        Ok(())
    }

    /// Every accepted and every pending snapshot, sorted, and what a stopped process left of unfinished ones.
    pub fn list(&self) -> Result<Listing, StoreError> {
        let mut listing = Listing::default();
        self.enter(FOLDER, 0, &mut listing)?;
        listing.accepted.sort_unstable();
        listing.pending.sort_unstable();
        Ok(listing)
    }

    /// Links are not followed.
    fn enter(&self, folder: &str, depth: usize, listing: &mut Listing) -> Result<(), StoreError> {
        let items = match fs::read_dir(self.root.join(folder)) {
            Ok(items) => items,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(folder, "read", error)),
        };
        for item in items {
            let item = item.map_err(|error| failed(folder, "read", error))?;
            let kind = item
                .file_type()
                .map_err(|error| failed(folder, "read", error))?;
            let name = item.file_name();
            let Some(name) = name.to_str() else { continue };
            let path = format!("{folder}/{name}");
            if kind.is_dir() && depth < DEEPEST {
                self.enter(&path, depth + 1, listing)?;
            } else if kind.is_file() {
                listing.take(name, path);
            }
        }
        Ok(())
    }
}

/// What stands under `snapshots/`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// `….snap`
    pub accepted: Vec<String>,
    /// `….snap.new`
    pub pending: Vec<String>,
    /// Left behind by a process that was stopped.
    pub unfinished: Vec<String>,
}

impl Listing {
    fn take(&mut self, name: &str, path: String) {
        if name.starts_with('.') {
            if name.ends_with(UNFINISHED) {
                self.unfinished.push(path);
            }
        } else if name.ends_with(PENDING) {
            self.pending.push(path);
        } else if name.ends_with(ACCEPTED) {
            self.accepted.push(path);
        }
    }
}

const UNFINISHED: &str = ".partial";

fn failed(path: &str, verb: &'static str, cause: io::Error) -> StoreError {
    StoreError {
        path: path.to_owned(),
        verb,
        cause,
    }
}

/// Only ordinary files: a pipe would never end.
fn text_of(path: &Path) -> io::Result<String> {
    let found = fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::new(
            ErrorKind::IsADirectory,
            "it is no ordinary file",
        ));
    }
    if found.len() > LARGEST {
        return Err(io::Error::new(
            ErrorKind::InvalidData,
            "it is larger than 64 MiB",
        ));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is no text"))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let (Some(folder), Some(name)) = (
        path.parent(),
        path.file_name().and_then(|name| name.to_str()),
    ) else {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it names no file"));
    };
    fs::create_dir_all(folder)?;
    let beside = folder.join(format!(".{name}.{}{UNFINISHED}", std::process::id()));
    // what is pending need not survive a power cut; `flush` comes before it is accepted
    let outcome = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if outcome.is_err() {
        // the first error is the one to tell
        let _ = fs::remove_file(&beside);
    }
    outcome
}
