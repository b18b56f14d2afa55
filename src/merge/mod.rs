//! One report out of several documents that `run` wrote, as JSON or as JSON Lines: the shards of one run, or runs of
//! different scenarios. What a document says of a scenario is kept as it stands; nothing is judged again.

mod coverage;
mod read;

pub use read::{Part, ReadError, part};

use crate::harness::{Results, ScenarioResult, Shard};
use crate::value::{Value, to_json_text};
use std::collections::{BTreeMap, BTreeSet};

/// So many missing shards are named.
const NAMED: usize = 16;

/// Several parts as one.
#[derive(Debug, Default)]
pub struct Merged {
    /// The results, as every report takes them.
    pub results: Results,
    /// The scenarios as the documents have them, in the order of the results.
    pub scenarios: Vec<Value>,
    /// The diagnostics of all documents, each once.
    pub diagnostics: Vec<Value>,
    /// What keeps it from being the report of a whole run: parts that did not load, shards that are missing.
    pub gaps: Vec<String>,
}

/// Why documents do not belong together.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A scenario in two of them.
    #[error(
        "`{scenario}` of {file} stands in {first} and in {second}: merge the shards of one run, or runs of different scenarios"
    )]
    Twice {
        /// Its full name.
        scenario: String,
        /// Its file.
        file: String,
        /// One document.
        first: String,
        /// The other.
        second: String,
    },
    /// Shards of different runs.
    #[error("{first} is shard {one} and {second} is shard {other}: merge the shards of one run")]
    OtherShards {
        /// One document.
        first: String,
        /// Its shard.
        one: Shard,
        /// The other.
        second: String,
        /// Its shard.
        other: Shard,
    },
}

/// Joins parts; scenarios come in the order of their files and lines.
pub fn merge(parts: Vec<(String, Part)>) -> Result<Merged, MergeError> {
    distinct(&parts)?;
    let known = parts.iter().flat_map(|(_, part)| part.gaps.clone());
    let gaps = shards(&parts)?.into_iter().chain(unloadable(&parts));
    let mut merged = Merged {
        gaps: gaps.chain(known).collect(),
        ..Merged::default()
    };
    let mut all: Vec<(ScenarioResult, Value)> = Vec::new();
    let (mut covered, mut told) = (Vec::new(), BTreeSet::new());
    for (_, part) in parts {
        merged.results.skipped = merged.results.skipped.saturating_add(part.skipped);
        covered.extend(part.coverage);
        all.extend(part.scenarios);
        let new = |one: &Value| told.insert(to_json_text(one));
        let found = part.diagnostics.into_iter();
        merged.diagnostics.extend(found.filter(new));
    }
    let skipped = format!("{} were not run", merged.results.skipped);
    if merged.results.skipped > 0 && !merged.gaps.contains(&skipped) {
        merged.gaps.push(skipped);
    }
    all.sort_by(|(a, _), (b, _)| place(a).cmp(&place(b)));
    merged.results.coverage = coverage::joined(covered);
    (merged.results.scenarios, merged.scenarios) = all.into_iter().unzip();
    Ok(merged)
}

/// Cases can share a line.
fn place(result: &ScenarioResult) -> (&str, (usize, usize)) {
    (result.span.file.path(), result.span.line_column())
}

/// Each scenario stands in one document.
fn distinct(parts: &[(String, Part)]) -> Result<(), MergeError> {
    let mut known: BTreeMap<(String, String), &str> = BTreeMap::new();
    for (document, part) in parts {
        for (result, _) in &part.scenarios {
            let (file, scenario) = (result.span.file.path().to_string(), result.name());
            if let Some(first) = known.insert((file.clone(), scenario.clone()), document) {
                return Err(MergeError::Twice {
                    scenario,
                    file,
                    first: first.to_owned(),
                    second: document.clone(),
                });
            }
        }
    }
    Ok(())
}

/// The shards that are missing, where the documents are shards.
fn shards(parts: &[(String, Part)]) -> Result<Vec<String>, MergeError> {
    let of = |(document, part): &(String, Part)| Some((document.clone(), part.shard?));
    let known: Vec<(String, Shard)> = parts.iter().filter_map(of).collect();
    let Some((_, one)) = known.first() else {
        return Ok(Vec::new());
    };
    for (at, (second, other)) in known.iter().enumerate().skip(1) {
        let again = known[..at].iter().find(|(_, shard)| shard == other);
        let conflict = again.or_else(|| (other.total != one.total).then_some(&known[0]));
        if let Some((first, one)) = conflict {
            return Err(MergeError::OtherShards {
                first: first.clone(),
                one: *one,
                second: second.clone(),
                other: *other,
            });
        }
    }
    let here: BTreeSet<u32> = known.iter().map(|(_, shard)| shard.index).collect();
    Ok(missing(&here, one.total))
}

/// The first ones by their numbers: a shard can be one of four billion.
fn missing(here: &BTreeSet<u32>, total: u32) -> Vec<String> {
    let all = (1..=total).filter(|index| !here.contains(index));
    let named = all
        .take(NAMED)
        .map(|index| format!("shard {} is missing", Shard { index, total }));
    let mut said: Vec<String> = named.collect();
    let more = total as usize - here.len() - said.len();
    if more > 0 {
        said.push(format!("{more} more of {total} shards are missing"));
    }
    said
}

/// The parts in which nothing ran, since a file did not load.
fn unloadable(parts: &[(String, Part)]) -> Vec<String> {
    let told = |(document, part): &(String, Part)| {
        let is_error = |one: &&Value| one.get("severity").and_then(Value::as_text) == Some("error");
        let first = part.diagnostics.iter().find(is_error)?;
        let said = |key| first.get(key).and_then(Value::as_text).unwrap_or_default();
        let line = first.get("line").and_then(Value::as_int);
        let line = line.map_or(String::new(), |line| format!(":{line}"));
        Some(format!(
            "nothing ran in {document}: {}{line}: {}",
            said("file"),
            said("title")
        ))
    };
    parts.iter().filter_map(told).collect()
}
