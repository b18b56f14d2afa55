//! `flowproof.bench/1`: what was measured, as one JSON document. All times are flow time; no wall-clock figure stands in it.

use super::{Benched, Row};
use crate::bench::{BlockTime, Measured, Spread, at_most};
use crate::diagnostic::Diagnostic;
use crate::report::json::problems;
use serde_json::{Value, json};

/// The format of the document.
const FORMAT: &str = "flowproof.bench/1";

/// The document.
pub fn write(benched: &Benched) -> Vec<u8> {
    written(&json!({
        "format": FORMAT,
        "samples": benched.samples,
        "seed": benched.seed,
        "finished": benched.finished,
        "scenarios": benched.rows.iter().map(row).collect::<Vec<_>>(),
    }))
}

/// Why nothing was done.
pub fn unloadable(samples: u64, seed: u64, found: &[Diagnostic]) -> Vec<u8> {
    written(&json!({
        "format": FORMAT,
        "samples": samples,
        "seed": seed,
        "finished": false,
        "scenarios": [],
        "diagnostics": problems(found),
    }))
}

fn written(document: &Value) -> Vec<u8> {
    format!("{document:#}\n").into_bytes()
}

fn row(row: &Row) -> Value {
    let place = row.span.as_ref();
    let mut document = json!({
        "name": row.name,
        "flow": &*row.flow,
        "file": place.map(|span| span.file.path().to_string()),
        "line": place.map(|span| span.line()),
    });
    let figures = match &row.found {
        Ok(found) => figures(found),
        Err(why) => json!({ "error": why }),
    };
    if let (Some(map), Value::Object(figures)) = (document.as_object_mut(), figures) {
        map.extend(figures);
    }
    document
}

fn figures(found: &Measured) -> Value {
    let share = |count: u64| count as f64 / found.samples.max(1) as f64;
    json!({
        "samples": found.samples,
        "varies": found.varies,
        "budget_ms": found.budget_ms,
        "flow_ms": spread(&found.flow_ms),
        "endings": found.endings,
        "over_budget": {
            "count": found.over,
            "share": share(found.over),
            "at_most": if found.varies { at_most(found.over, found.samples) } else { share(found.over) },
        },
        "blocks": found.blocks.iter().map(|one| block(one, found)).collect::<Vec<_>>(),
    })
}

fn block(block: &BlockTime, found: &Measured) -> Value {
    let without = block.without.as_ref().map(|(times, over)| {
        json!({
            "flow_ms": spread(times),
            "over_budget": *over as f64 / found.samples.max(1) as f64,
        })
    });
    json!({
        "block": &*block.block,
        "kind": block.kind.name(),
        "reached": block.reached,
        "share": block.share,
        "duration_ms": spread(&block.ms),
        "without": without,
    })
}

fn spread(spread: &Spread) -> Value {
    json!({
        "min": spread.min,
        "mean": spread.mean,
        "p50": spread.p50,
        "p90": spread.p90,
        "p95": spread.p95,
        "p99": spread.p99,
        "max": spread.max,
    })
}
