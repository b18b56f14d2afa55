//! Entries of a map as written to entries as meant: merge keys `<<` replaced by what they bring (keys of the
//! map itself win, of several maps the first), duplicate keys refused with both places.

use super::node::{Data, Entry, Node, Style};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::value::Text;
use std::collections::{BTreeMap, BTreeSet};

/// A plain `<<` as no quoted key can be: only that one merges.
const MERGE: &str = "\0<<";

/// The key as the builder keeps it: a plain `<<` is told apart from a quoted one.
pub fn mark(key: Text, style: Style) -> Text {
    if style == Style::Plain && &*key == "<<" {
        Text::from(MERGE)
    } else {
        key
    }
}

/// Resolves merge keys and refuses duplicates.
pub fn resolve(entries: Vec<Entry>, diagnostics: &mut Diagnostics) -> Vec<Entry> {
    let entries = without_duplicates(entries, diagnostics);
    if !entries.iter().any(|entry| &*entry.key == MERGE) {
        return entries;
    }
    let mut taken: BTreeSet<Text> = entries.iter().map(|entry| entry.key.clone()).collect();
    let mut resolved = Vec::with_capacity(entries.len());
    for entry in entries {
        if &*entry.key == MERGE {
            for merged in brought(&entry, diagnostics) {
                if taken.insert(merged.key.clone()) {
                    resolved.push(merged.clone());
                }
            }
        } else {
            resolved.push(entry);
        }
    }
    resolved
}

/// The entries that a merge key brings.
fn brought<'a>(merge: &'a Entry, diagnostics: &mut Diagnostics) -> Vec<&'a Entry> {
    let maps: Vec<&Node> = match &merge.value.data {
        Data::List(items) => items.iter().collect(),
        Data::Null
        | Data::Bool(_)
        | Data::Int(_)
        | Data::Float(_)
        | Data::Text(_)
        | Data::Map(_) => vec![&merge.value],
    };
    let mut entries = Vec::new();
    for map in maps {
        match map.as_map() {
            Some(found) => entries.extend(found),
            None => diagnostics.push(
                Diagnostic::error(
                    "bad_merge",
                    &merge.key_span,
                    format!("`<<` merges maps, but this is {}", map.kind_name()),
                )
                .fix("write `<<: *anchor` where the anchor stands at a map, or quote the key: \"<<\""),
            ),
        }
    }
    entries
}

/// Refuses keys that stand twice; the first is kept.
pub fn without_duplicates(entries: Vec<Entry>, diagnostics: &mut Diagnostics) -> Vec<Entry> {
    let mut seen = BTreeMap::new();
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(first) = seen.get(&entry.key) else {
            seen.insert(entry.key.clone(), kept.len());
            kept.push(entry);
            continue;
        };
        let first: &Entry = &kept[*first];
        let name = entry.key.trim_start_matches('\0');
        diagnostics.push(
            Diagnostic::error(
                "duplicate_key",
                &entry.key_span,
                format!("`{name}` is written twice in this map"),
            )
            .fix("keep one of the two, or give the other its own name")
            .related(&first.key_span, "the first one"),
        );
    }
    kept
}
