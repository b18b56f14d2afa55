//! Checks of what blocks did: which ran, in what order, which branch they took, what they logged, how long they took.

use super::{Broken, Seen, text_or_null};
use crate::profile::duration_text as duration;
use crate::scenario::{Fit, LogCheck, Pattern};
use crate::value::{Map, Text, Value};

/// Exactly these blocks, in the order in which they started.
pub fn path(wanted: &[Text], seen: &Seen) -> Vec<Broken> {
    let actual: Vec<&Text> = seen.entries.iter().map(|entry| &entry.block).collect();
    if actual.len() == wanted.len() && actual.iter().zip(wanted).all(|(a, b)| *a == b) {
        return Vec::new();
    }
    let same = actual
        .iter()
        .zip(wanted)
        .take_while(|(a, b)| **a == *b)
        .count();
    let message = match (actual.get(same), wanted.get(same)) {
        (Some(ran), Some(expected)) => format!("`{ran}` ran where `{expected}` is expected"),
        (Some(ran), None) => format!("`{ran}` ran behind the last block that is expected"),
        (None, Some(expected)) => format!("`{expected}` did not run"),
        (None, None) => "the blocks are others".to_owned(),
    };
    vec![Broken {
        below: String::new(),
        expected: list(wanted.iter()),
        actual: list(actual.iter().copied()),
        message,
        block: actual
            .get(same)
            .or(actual.last())
            .map(|block| (*block).clone()),
    }]
}

fn list<'a>(blocks: impl Iterator<Item = &'a Text>) -> Value {
    Value::list(blocks.map(|block| Value::Text(block.clone())).collect())
}

pub fn ran(block: &Text, seen: &Seen) -> Vec<Broken> {
    if seen.entry(block).is_some() {
        return Vec::new();
    }
    vec![Broken {
        below: String::new(),
        expected: Value::Text(block.clone()),
        actual: list(seen.entries.iter().map(|entry| &entry.block)),
        message: format!("`{block}` did not run"),
        block: seen.stopped_at(),
    }]
}

pub fn not_ran(block: &Text, seen: &Seen) -> Vec<Broken> {
    if seen.entry(block).is_none() {
        return Vec::new();
    }
    vec![Broken {
        below: String::new(),
        expected: Value::Text(block.clone()),
        actual: list(seen.entries.iter().map(|entry| &entry.block)),
        message: format!("`{block}` ran"),
        block: Some(block.clone()),
    }]
}

pub fn branch(block: &Text, pattern: &Pattern, seen: &Seen) -> Vec<Broken> {
    let Some(entry) = seen.entry(block) else {
        return vec![Broken {
            below: String::new(),
            expected: pattern.written.clone(),
            actual: Value::Null,
            message: format!("`{block}` did not run"),
            block: seen.stopped_at(),
        }];
    };
    let actual = text_or_null(entry.branch.as_ref());
    seen.mismatches(pattern, Some(&actual), Fit::Exact)
        .into_iter()
        .map(|mismatch| Broken {
            message: match &entry.branch {
                Some(branch) => format!("`{block}` took the branch `{branch}`"),
                None => format!("`{block}` took no branch"),
            },
            ..Broken::from_mismatch("", mismatch, Some(block.clone()))
        })
        .collect()
}

/// Some line of the log is of this block and level and contains this text.
pub fn log(wanted: &LogCheck, seen: &Seen) -> Vec<Broken> {
    let part = wanted.contains.as_deref().unwrap_or("");
    let shown = seen.redactor.text(part);
    let mut near = Vec::new();
    for entry in &seen.entries {
        if wanted
            .block
            .as_ref()
            .is_some_and(|block| *block != entry.block)
        {
            continue;
        }
        for line in &entry.logs {
            let level = wanted.level.is_none_or(|level| level == line.level);
            if level && (line.message.contains(part) || line.message.contains(&*shown)) {
                return Vec::new();
            }
            near.push(log_value(&entry.block, line.level.name(), &line.message));
        }
    }
    let message = match near.len() {
        0 => "nothing was logged there".to_owned(),
        1 => "the line that was logged is another one".to_owned(),
        more => format!("none of the {more} lines that were logged is like it"),
    };
    vec![Broken {
        below: String::new(),
        expected: wanted_value(wanted),
        actual: Value::list(near),
        message,
        block: wanted.block.clone().or_else(|| seen.stopped_at()),
    }]
}

fn log_value(block: &Text, level: &str, message: &Text) -> Value {
    let mut map = Map::with_capacity(3);
    map.insert("block", block.clone());
    map.insert("level", level);
    map.insert("message", message.clone());
    map.into()
}

fn wanted_value(wanted: &LogCheck) -> Value {
    let mut map = Map::with_capacity(3);
    if let Some(block) = &wanted.block {
        map.insert("block", block.clone());
    }
    if let Some(level) = wanted.level {
        map.insert("level", level.name());
    }
    if let Some(part) = &wanted.contains {
        map.insert("contains", part.clone());
    }
    map.into()
}

/// In flow time.
pub fn budget_max(max_ms: u64, seen: &Seen) -> Vec<Broken> {
    over(max_ms, seen.trace.flow_ms, "the run", None)
}

/// In flow time; a block that did not run took none.
pub fn block_budget(block: &Text, max_ms: u64, seen: &Seen) -> Vec<Broken> {
    let took = seen.entry(block).map_or(0, |entry| entry.duration_ms);
    over(max_ms, took, &format!("`{block}`"), Some(block.clone()))
}

fn over(max_ms: u64, took_ms: u64, what: &str, block: Option<Text>) -> Vec<Broken> {
    if took_ms <= max_ms {
        return Vec::new();
    }
    vec![Broken {
        below: String::new(),
        expected: Value::text(duration(max_ms)),
        actual: Value::text(duration(took_ms)),
        message: format!(
            "{what} took {} where {} is the most",
            duration(took_ms),
            duration(max_ms)
        ),
        block,
    }]
}
