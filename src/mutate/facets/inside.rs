//! Differences in what stayed inside: the state, and the time that it took.

use super::{Facet, to_json};
use crate::profile::duration_text;
use crate::trace::Trace;
use crate::value::{Text, Value, to_json_text};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The last value of each key counts.
pub fn state(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
    let last = |trace: &Trace| -> BTreeMap<Text, Value> { trace.state.iter().cloned().collect() };
    let (mut one, mut other) = (last(a), last(b));
    for part in ["user", "authentication"] {
        for (trace, map) in [(a, &mut one), (b, &mut other)] {
            let found = trace.event.get(part).and_then(Value::as_map);
            for (key, value) in found.into_iter().flat_map(|map| map.iter()) {
                map.insert(Text::from(format!("event.{part}.{key}")), value.clone());
            }
        }
    }
    for (key, value) in &one {
        let now = other.get(key);
        if now != Some(value) {
            let shown = now.map_or("nothing".to_owned(), to_json_text);
            // what time it is says little of what went on
            let of_time = key.starts_with("session.") || key.ends_with(".duration_ms");
            all.push(Facet {
                rank: if of_time { 13 } else { 6 },
                expect: ("state", json!({ &**key: to_json(value) })),
                says: format!(
                    "`{key}` would be {shown} instead of {}",
                    to_json_text(value)
                ),
            });
        }
    }
    for (key, value) in other.iter().filter(|(key, _)| !one.contains_key(*key)) {
        all.push(Facet {
            rank: 7,
            expect: ("state", json!({ &**key: { "absent": true } })),
            says: format!("`{key}` would be {}", to_json_text(value)),
        });
    }
}

/// A scenario can expect that a run is fast enough, never that it is slow.
pub fn times(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
    let says = |what: &str, now: u64, was: u64| {
        format!(
            "{what} would take {} instead of {}",
            duration_text(now),
            duration_text(was)
        )
    };
    for entry in a.preorder() {
        let twin = b
            .preorder()
            .into_iter()
            .find(|twin| twin.block == entry.block);
        if let Some(twin) = twin.filter(|twin| twin.duration_ms > entry.duration_ms) {
            let limit = duration_text(entry.duration_ms);
            all.push(Facet {
                rank: 10,
                expect: ("budget", json!({ "blocks": { &*entry.block: limit } })),
                says: says(
                    &format!("`{}`", entry.block),
                    twin.duration_ms,
                    entry.duration_ms,
                ),
            });
        }
    }
    if b.flow_ms > a.flow_ms {
        all.push(Facet {
            rank: 11,
            expect: ("budget", json!({ "max": duration_text(a.flow_ms) })),
            says: says("the run", b.flow_ms, a.flow_ms),
        });
    } else if b.flow_ms < a.flow_ms {
        // no expectation says so, the trace does
        all.push(Facet {
            rank: 20,
            expect: ("", Json::Null),
            says: says("the run", b.flow_ms, a.flow_ms),
        });
    }
}
