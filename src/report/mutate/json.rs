//! `flowproof.mutate/1`, keys in the order of the formats. Two spaces of indentation, a line end at the end, no
//! wall-clock figure.

use crate::diagnostic::Diagnostic;
use crate::mutate::{FlowReport, Judged, NotPassed, Report, Score, Suggestion, Verdict};
use crate::report::json::problems;
use crate::text::Span;
use serde_json::{Map, Value, json};

/// The number of the format.
const FORMAT: &str = "flowproof.mutate/1";

/// The whole report.
pub fn document(report: &Report) -> Vec<u8> {
    let mut document = Map::new();
    document.insert("format".into(), json!(FORMAT));
    document.insert("finished".into(), json!(report.finished));
    document.insert(
        "summary".into(),
        Value::Object(counts(&report.score(), report.percent())),
    );
    let flows = report.flows.iter().map(flow).collect();
    document.insert("flows".into(), Value::Array(flows));
    written(&Value::Object(document))
}

/// Why nothing was done.
pub fn unloadable(found: &[Diagnostic]) -> Vec<u8> {
    written(&json!({
        "format": FORMAT,
        "finished": false,
        "summary": Value::Object(counts(&Score::default(), None)),
        "flows": [],
        "diagnostics": problems(found),
    }))
}

fn written(document: &Value) -> Vec<u8> {
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    format!("{text}\n").into_bytes()
}

fn counts(score: &Score, percent: Option<f64>) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("score".into(), json!(percent));
    for (key, count) in [
        ("total", score.total),
        ("killed", score.killed),
        ("survived", score.survived),
        ("equivalent", score.equivalent),
        ("invalid", score.invalid),
    ] {
        map.insert(key.into(), json!(count));
    }
    map
}

fn flow(flow: &FlowReport) -> Value {
    let mut map = Map::new();
    map.insert("flow".into(), json!(&*flow.flow));
    map.insert("file".into(), json!(&**flow.span.file.path()));
    map.extend(counts(&Score::of(flow.mutants.iter()), flow.percent()));
    map.insert("scenarios".into(), json!(flow.scenarios));
    map.insert(
        "not_passed".into(),
        flow.not_passed.iter().map(not_passed).collect(),
    );
    map.insert("mutants".into(), flow.mutants.iter().map(mutant).collect());
    Value::Object(map)
}

fn not_passed(one: &NotPassed) -> Value {
    let (file, line, _) = place(&one.span);
    json!({ "scenario": one.scenario, "file": file, "line": line, "message": one.message })
}

fn mutant(judged: &Judged) -> Value {
    let (mutant, broken) = (&judged.mutant, &judged.mutant.broken);
    let (file, line, column) = place(&broken.span);
    let (verdict, killed_by, suggestion, invalid) = match &judged.verdict {
        Verdict::Killed(killer) => {
            let (file, line, _) = place(&killer.span);
            let by = json!({
                "scenario": killer.scenario,
                "file": file,
                "line": line,
                "expectation": killer.expectation,
            });
            ("killed", by, Value::Null, Value::Null)
        }
        Verdict::Survived(found) => {
            let suggestion = found.as_ref().map_or(Value::Null, suggestion);
            ("survived", Value::Null, suggestion, Value::Null)
        }
        Verdict::Equivalent => ("equivalent", Value::Null, Value::Null, Value::Null),
        Verdict::Invalid(why) => ("invalid", Value::Null, Value::Null, json!(why)),
    };
    json!({
        "id": mutant.id,
        "operator": mutant.operator,
        "block": &*broken.block,
        "file": file,
        "line": line,
        "column": column,
        "what": broken.what,
        "before": broken.before,
        "after": broken.after,
        "verdict": verdict,
        "killed_by": killed_by,
        "invalid": invalid,
        "suggestion": suggestion,
    })
}

fn suggestion(found: &Suggestion) -> Value {
    json!({ "scenario": found.name, "means": found.means, "yaml": found.yaml })
}

fn place(span: &Span) -> (&str, usize, usize) {
    let (line, column) = span.line_column();
    (span.file.path(), line, column)
}
