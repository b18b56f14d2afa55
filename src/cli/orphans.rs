//! Snapshots without a scenario: told from those that have one by the names of all scenarios, whatever is selected.
//! Only files that hold a trace of ours count; other tools may keep theirs in the same folder.

use crate::diagnostic::{Diagnostic, Severity};
use crate::scenario::Scenario;
use crate::snapshot::file::{self, Damage, Header};
use crate::snapshot::store::{Listing, Store, StoreError};
use crate::value::Text;
use crate::workspace::Settings;
use std::collections::BTreeSet;

/// The code under which they are reported.
pub const ORPHAN: &str = "orphan_snapshot";

/// Which snapshots have a scenario.
#[derive(Debug)]
pub struct Kept {
    paths: BTreeSet<Text>,
    /// Those of scenarios that ask for none.
    unasked: BTreeSet<Text>,
    /// The folders of the files that were read; None when all were.
    folders: Option<BTreeSet<String>>,
}

/// A snapshot without a scenario.
#[derive(Debug)]
pub struct Orphan {
    /// Its path.
    pub path: String,
    /// Whether there is a scenario for it, which asks for none.
    pub unasked: bool,
    /// What its header says.
    pub header: Header,
    /// Its text, unless that is damaged.
    pub text: Option<String>,
}

impl Kept {
    /// Nothing read yet of files whose snapshots stand in these folders.
    pub fn new<'a>(folders: impl Iterator<Item = &'a str>, all: bool) -> Self {
        Kept {
            paths: BTreeSet::new(),
            unasked: BTreeSet::new(),
            folders: (!all).then(|| folders.map(str::to_owned).collect()),
        }
    }

    /// The scenarios of a file.
    pub fn add(&mut self, scenarios: &[Scenario], settings: &Settings) {
        for scenario in scenarios {
            let asked = scenario.snapshot.unwrap_or(settings.snapshot);
            let of = if asked {
                &mut self.paths
            } else {
                &mut self.unasked
            };
            of.extend(scenario.snapshot_path.clone());
        }
    }

    /// Whether a snapshot has no scenario, as far as the files that were read can tell.
    pub fn lacks(&self, path: &str) -> bool {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let known = self
            .folders
            .as_ref()
            .is_none_or(|folders| folders.contains(folder));
        known && !self.paths.contains(path)
    }

    /// What is pending beside no scenario.
    pub fn lonely(&self, listing: &Listing) -> Vec<String> {
        let accepted = |path: &str| path.strip_suffix(".new").unwrap_or(path).to_owned();
        let pending = listing.pending.iter();
        pending
            .filter(|path| self.lacks(&accepted(path)))
            .cloned()
            .collect()
    }

    /// The accepted snapshots without a scenario.
    pub fn orphans(&self, store: &Store, listing: &Listing) -> Result<Vec<Orphan>, StoreError> {
        let mut orphans = Vec::new();
        for path in listing.accepted.iter().filter(|path| self.lacks(path)) {
            let file = match store.read(path) {
                Ok(Some(file)) => file,
                Ok(None) => continue,
                Err(error) if error.is_no_text() => continue,
                Err(error) => return Err(error),
            };
            let text = match file::split(&file) {
                Ok((_, text)) => Some(text),
                Err(Damage::NoHeader | Damage::NoTrace) => continue,
                Err(Damage::Conflict | Damage::OtherFormat(_) | Damage::CutOff) => None,
            };
            orphans.push(Orphan {
                path: path.clone(),
                unasked: self.unasked.contains(path.as_str()),
                header: file::header_of(&file),
                text,
            });
        }
        Ok(orphans)
    }
}

/// How what is pending beside no scenario is reported.
pub fn lonely_diagnostic(path: &str) -> Diagnostic {
    let title = "what is pending belongs to no scenario that asks for a snapshot";
    Diagnostic {
        severity: Severity::Warning,
        ..Diagnostic::file_error(ORPHAN, path, title)
            .fix("remove it with `flowproof accept --prune`")
    }
}

impl Orphan {
    /// How it is reported; `renamed` is the snapshot that tells the same and waits to be accepted.
    pub fn diagnostic(&self, renamed: Option<&str>) -> Diagnostic {
        let of = &self.header.description;
        let title = match (self.unasked, of.as_str()) {
            (true, of) => format!("nothing is compared with the snapshot: `{of}` asks for none"),
            (false, "") => "the snapshot belongs to no scenario".to_owned(),
            (false, of) => format!("the snapshot belongs to no scenario; it was that of `{of}`"),
        };
        let remove = "remove it with `flowproof accept --prune`";
        let fix = match (renamed, self.unasked) {
            (Some(path), _) => format!("{path} tells the same: `flowproof accept` renames it"),
            (None, true) => format!("write `snapshot: true` in the scenario, or {remove}"),
            (None, false) => remove.to_owned(),
        };
        Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::file_error(ORPHAN, self.path.as_str(), title).fix(fix)
        }
    }
}
