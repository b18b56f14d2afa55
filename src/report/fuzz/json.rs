//! `flowproof.fuzz/1`: what fuzzing found, as one JSON document. No wall-clock figure stands in it.

use super::Fuzzed;
use crate::diagnostic::Diagnostic;
use crate::fuzz::{Findings, Own, OwnFinding, Weight};
use crate::report::json::problems;
use serde_json::{Value, json};
use std::io::{self, Write};

/// The format of the document.
pub const FORMAT: &str = "flowproof.fuzz/1";

/// Writes the document.
pub fn write(out: &mut impl Write, fuzzed: &Fuzzed) -> io::Result<()> {
    let flows: Vec<Value> = fuzzed.flows.iter().map(|own| flow(fuzzed, own)).collect();
    let kept = fuzzed.kept.iter().map(|kept| {
        json!({ "file": &*kept.file, "scenario": kept.scenario, "state": kept.state.name() })
    });
    let errors: usize = fuzzed
        .flows
        .iter()
        .map(|own| Fuzzed::errors(own).count())
        .sum();
    let document = json!({
        "format": FORMAT,
        "seed": fuzzed.seed,
        "command": fuzzed.command,
        "interrupted": fuzzed.interrupted,
        "passed": fuzzed.passed(),
        "summary": {
            "cases": fuzzed.flows.iter().map(|own| own.cases).sum::<u64>()
                + fuzzed.generated.iter().map(|(_, found)| found.cases).sum::<u64>(),
            "errors": errors,
            "notes": fuzzed.flows.iter().flat_map(|own| &own.findings).filter(|one| one.weight == Weight::Note).count(),
            "accepted": fuzzed.flows.iter().flat_map(|own| &own.findings).filter(|one| one.accepted.is_some()).count(),
            "disagreements": fuzzed.disagreements(),
        },
        "generated": fuzzed.generated.iter().map(|(mode, found)| generated(mode, found)).collect::<Vec<_>>(),
        "flows": flows,
        "regressions": kept.collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// Why nothing was done.
pub fn unloadable(seed: u64, command: &str, found: &[Diagnostic]) -> Vec<u8> {
    let document = json!({
        "format": FORMAT,
        "seed": seed,
        "command": command,
        "interrupted": false,
        "passed": false,
        "summary": { "cases": 0, "errors": 0, "notes": 0, "accepted": 0, "disagreements": 0 },
        "generated": [],
        "flows": [],
        "regressions": [],
        "diagnostics": problems(found),
    });
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    format!("{text}\n").into_bytes()
}

fn generated(mode: &str, found: &Findings) -> Value {
    let findings = found.found.iter().map(|(kind, finding)| {
        json!({
            "kind": kind,
            "number": finding.number,
            "count": finding.count,
            "said": finding.said,
            "case": { "flows": finding.case.flows, "scenario": finding.case.scenario, "latency": finding.case.latency },
        })
    });
    json!({
        "mode": mode,
        "cases": found.cases,
        "unread": found.unread,
        "findings": findings.collect::<Vec<_>>(),
    })
}

fn flow(fuzzed: &Fuzzed, own: &Own) -> Value {
    let findings = own.findings.iter().map(|one| finding(fuzzed, own, one));
    json!({
        "flow": &*own.flow,
        "cases": own.cases,
        "worlds": own.worlds,
        "lost": own.lost.iter().map(|lost| lost.to_string()).collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "disagreements": own.disagreements.iter().map(|one| {
            json!({ "number": one.number, "said": one.said, "scenario": one.document })
        }).collect::<Vec<_>>(),
    })
}

fn finding(fuzzed: &Fuzzed, own: &Own, one: &OwnFinding) -> Value {
    let (line, column) = one.span.line_column();
    let weight = match one.weight {
        Weight::Error => "error",
        Weight::Note => "note",
    };
    json!({
        "kind": one.kind.code(),
        "weight": weight,
        "title": one.title,
        "why": one.why,
        "blocks": one.blocks.iter().map(|block| &**block).collect::<Vec<_>>(),
        "file": &**one.span.file.path(),
        "line": line,
        "column": column,
        "number": one.number,
        "without": one.endings[0].name(),
        "with": one.endings[1].name(),
        "accepted": one.accepted.as_deref(),
        "saved": fuzzed.file_of(&own.flow, one),
        "scenario": one.document,
    })
}
