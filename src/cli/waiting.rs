//! Snapshots that wait to be accepted, each with its scenario.

use crate::scenario::Scenario;
use crate::snapshot::file::{self, Header};
use crate::snapshot::place::pending;
use crate::snapshot::store::{Listing, Store, StoreError};

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

/// Those of the scenarios that have one, in the order of the scenarios.
pub fn found(store: &Store, listing: &Listing, scenarios: &[Scenario]) -> Vec<Waiting> {
    let mut found: Vec<Waiting> = Vec::new();
    for scenario in scenarios {
        let Some(path) = &scenario.snapshot_path else {
            continue;
        };
        let is_there = listing.pending.binary_search(&pending(path)).is_ok();
        if is_there && !found.iter().any(|known| known.path == **path) {
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
    /// Gives the file the header that it will keep, should another tool have written it.
    pub fn put_in_form(&self, store: &Store) -> Result<(), StoreError> {
        let text = self.text.as_deref().unwrap_or_default();
        let whole = file::render(&self.header, text);
        if whole == self.file {
            return Ok(());
        }
        store.replace(&self.pending, &whole)
    }
}
