//! A document of `run` back to results. Findings have no quoted lines there, and the rest is as it was.

use super::coverage;
use crate::harness::{Coverage, Finding, PlacedFinding, ScenarioResult, Shard, Verdict, Warning};
use crate::profile::Profile;
use crate::snapshot::saved::{self, list, named, number, text};
use crate::text::Span;
use crate::trace::Failure;
use crate::value::{Value, from_json_slice};

/// What one document holds.
#[derive(Debug, Default)]
pub struct Part {
    /// Its scenarios, each with what the document says of it.
    pub scenarios: Vec<(ScenarioResult, Value)>,
    /// Its diagnostics.
    pub diagnostics: Vec<Value>,
    /// How many scenarios were left out.
    pub skipped: usize,
    /// Its coverage, where that was asked for.
    pub coverage: Option<Coverage>,
    /// Which shard it is.
    pub shard: Option<Shard>,
    /// Where it is merged itself: what it lacks.
    pub gaps: Vec<String>,
}

/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not JSON.
    #[error("it is not JSON: {0}")]
    NoJson(#[from] serde_json::Error),
    /// Not what `run` writes.
    #[error(
        "it is no document of `run --format json` or `jsonl`: `format` is not `flowproof.run/1`"
    )]
    OtherFormat,
    /// The lines end before the summary.
    #[error("its last line, the summary, is missing: the run did not come to its end")]
    NoSummary,
    /// A scenario lacks something, or has what this version does not know.
    #[error("scenario `{0}` cannot be read: {1} is missing or unknown")]
    Broken(String, &'static str),
}

/// Reads a document.
pub fn part(bytes: &[u8]) -> Result<Part, ReadError> {
    let document = match lines(bytes) {
        Some(lines) => of_lines(&lines)?,
        None => from_json_slice(bytes)?,
    };
    if text(&document, "format").as_deref() != Some("flowproof.run/1") {
        return Err(ReadError::OtherFormat);
    }
    let summary = document.get("summary").unwrap_or(&Value::Null);
    let scenarios = list(&document, "scenarios").iter();
    Ok(Part {
        scenarios: scenarios
            .map(|one| Ok((scenario(one)?, one.clone())))
            .collect::<Result<_, ReadError>>()?,
        diagnostics: list(&document, "diagnostics").to_vec(),
        skipped: count(summary, "skipped"),
        coverage: document.get("coverage").map(coverage::read),
        shard: document.get("shard").and_then(shard),
        gaps: list(&document, "gaps").iter().filter_map(gap).collect(),
    })
}

/// A text in the document, the message of a line.
fn gap(value: &Value) -> Option<String> {
    let message = value.as_text().or_else(|| value.get("message")?.as_text());
    message.map(str::to_owned)
}

/// The lines, where the first one says that they are objects of their own.
fn lines(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let lines: Vec<&[u8]> = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .collect();
    let first = from_json_slice(lines.first()?).ok()?;
    (text(&first, "type").as_deref() == Some("run")).then_some(lines)
}

/// The document that the lines come to.
fn of_lines(lines: &[&[u8]]) -> Result<Value, ReadError> {
    let (mut scenarios, mut diagnostics, mut gaps) = (Vec::new(), Vec::new(), Vec::new());
    let mut document = crate::value::Map::default();
    let mut ended = false;
    for line in lines {
        let value = from_json_slice(line)?;
        let kind = text(&value, "type").unwrap_or_default();
        let own = value.as_map().into_iter().flat_map(|map| map.iter());
        let own: crate::value::Map = own
            .filter(|(key, _)| &***key != "type")
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        match &*kind {
            "run" => {
                for (key, value) in own {
                    document.insert(key, value);
                }
            }
            "scenario" => scenarios.push(Value::from(own)),
            "diagnostic" => diagnostics.push(Value::from(own)),
            "gap" => gaps.push(Value::from(own)),
            "summary" => {
                ended = true;
                document.insert("summary", own);
            }
            _ => {
                document.insert(kind, own);
            }
        }
    }
    if !ended {
        return Err(ReadError::NoSummary);
    }
    document.insert("scenarios", Value::list(scenarios));
    document.insert("diagnostics", Value::list(diagnostics));
    document.insert("gaps", Value::list(gaps));
    Ok(document.into())
}

fn scenario(value: &Value) -> Result<ScenarioResult, ReadError> {
    let name = text(value, "name").unwrap_or_default();
    let broken = |what| ReadError::Broken(name.to_string(), what);
    let mut trace = saved::trace(value).map_err(broken)?;
    let budget = value.get("budget").unwrap_or(&Value::Null);
    trace.budget_ms = number(budget, "limit_ms");
    if text(value, "ending").is_none() {
        let error = value.get("error").map(saved::failure).transpose();
        let error = error.map_err(broken)?.flatten();
        trace.harness_failure = error.or_else(|| given_up(value));
    }
    let verdicts = [Verdict::Passed, Verdict::Failed, Verdict::Errored];
    let verdict = text(value, "verdict");
    let verdict = verdict.and_then(|name| named(verdicts, Verdict::name, &name));
    Ok(ScenarioResult {
        scenario: text(value, "scenario").unwrap_or_else(|| name.clone()),
        case: text(value, "case"),
        span: place(value),
        flow: text(value, "flow").unwrap_or_default(),
        verdict: verdict.ok_or_else(|| broken("`verdict`"))?,
        failures: list(value, "failures").iter().map(finding).collect(),
        warnings: list(value, "warnings").iter().map(warning).collect(),
        trace,
        webhooks: Vec::new(),
        profile: Profile::default(),
        reads: Vec::new(),
        wire: None,
        snapshot: None,
    })
}

/// ERR-4: what the failures say, where there is no error.
fn given_up(value: &Value) -> Option<Failure> {
    let message = text(list(value, "failures").first()?, "message")?;
    let code = crate::trace::ErrorCode::ActionUninterruptible;
    Some(Failure::new(code, message))
}

fn finding(value: &Value) -> PlacedFinding {
    PlacedFinding {
        finding: Finding {
            expectation: string(value, "expectation"),
            expected: value.get("expected").cloned().unwrap_or_default(),
            actual: value.get("actual").cloned().unwrap_or_default(),
            message: string(value, "message"),
        },
        span: None,
        quote: None,
        block: None,
    }
}

/// Codes are words of the program: one of a later version is told by its message only.
fn warning(value: &Value) -> Warning {
    let known = [
        "budget_near",
        "no_expectations",
        "snapshot_pending",
        "flaky",
    ];
    let code = text(value, "code").unwrap_or_default();
    let code = known.into_iter().find(|one| **one == *code);
    Warning {
        code: code.unwrap_or("warning"),
        message: string(value, "message"),
    }
}

fn place(value: &Value) -> Span {
    let file = text(value, "file").unwrap_or_default();
    Span::elsewhere(&*file, count(value, "line"), count(value, "column"))
}

fn shard(value: &Value) -> Option<Shard> {
    let number = |key| u32::try_from(count(value, key)).ok();
    Shard::new(number("index")?, number("total")?)
}

fn string(value: &Value, key: &str) -> String {
    text(value, key).unwrap_or_default().to_string()
}

pub(super) fn count(value: &Value, key: &str) -> usize {
    usize::try_from(number(value, key)).unwrap_or(0)
}
