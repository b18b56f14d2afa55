//! Snapshots that wait to be accepted, each with its scenario.

use super::load::Loaded;
use crate::scenario::Scenario;
use crate::snapshot::file::{self, Header};
use crate::snapshot::place::pending;
use crate::snapshot::store::{Listing, Store, StoreError};
use std::collections::BTreeSet;

/// A snapshot that waits to be accepted.
#[derive(Debug)]
pub struct Waiting {
    /// The name of the scenario and case.
    pub name: String,
    /// `file:line` of the scenario.
    pub place: String,
    /// Why the scenario exists.
    pub about: Option<String>,
    /// Where the accepted one stands or will stand.
    pub path: String,
    /// Where this one stands.
    pub pending: String,
    /// Its text, or why it cannot be accepted.
    pub text: Result<String, String>,
    /// The text of the accepted one, if there is one that can be read.
    pub accepted: Option<String>,
    header: Header,
    /// The file as it is.
    file: String,
}

/// Those of the scenarios that have one and ask for one, in the order of the scenarios.
pub fn found(store: &Store, listing: &Listing, loaded: &Loaded) -> Vec<Waiting> {
    let mut found: Vec<Waiting> = Vec::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for scenario in &loaded.scenarios {
        let Some(path) = &scenario.snapshot_path else {
            continue;
        };
        let is_there = listing.pending.binary_search(&pending(path)).is_ok();
        if is_there && !loaded.kept.lacks(path) && known.insert(path) {
            found.push(read(store, scenario, path));
        }
    }
    found
}

fn read(store: &Store, scenario: &Scenario, path: &str) -> Waiting {
    let pending = pending(path);
    let file = match store.read(&pending) {
        Ok(Some(file)) => Ok(file),
        Ok(None) => Err(format!("{pending} is gone")),
        Err(error) => Err(error.to_string()),
    };
    let text = file.as_ref().map_err(Clone::clone).and_then(|file| {
        let damaged =
            |damage| format!("{pending} cannot be accepted: {damage}; run the scenario again");
        file::split(file).map(|(_, text)| text).map_err(damaged)
    });
    let accepted = store.read(path).ok().flatten();
    let source = scenario.span.file.path();
    Waiting {
        name: scenario.full_name(),
        place: format!("{source}:{}", scenario.span.line()),
        about: scenario.description.as_ref().map(ToString::to_string),
        path: path.to_owned(),
        text,
        accepted: accepted.and_then(|file| Some(file::split(&file).ok()?.1)),
        header: Header {
            source: source.to_string(),
            description: scenario.full_name(),
        },
        file: file.unwrap_or_default(),
        pending,
    }
}

impl Waiting {
    /// Puts it in the place of the accepted one. `flushed` is what came of waiting until it is on the disk.
    pub fn accept(
        &self,
        store: &Store,
        flushed: Option<Result<(), StoreError>>,
    ) -> Result<(), StoreError> {
        let text = self.text.as_deref().unwrap_or_default();
        let whole = file::render(&self.header, text);
        if whole != self.file {
            // another tool wrote it
            store.replace(&self.pending, &whole)?;
            store.flush(&self.pending)?;
        } else {
            flushed.unwrap_or_else(|| store.flush(&self.pending))?;
        }
        store.rename(&self.pending, &self.path)
    }
}
