//! Judges a trace by the accepted one. Reads snapshots and writes none: what differs or is missing is kept in the
//! result, for the command line to leave beside the accepted one.

use super::{
    Compared, Finding, PlacedFinding, Plan, RUN, ScenarioResult, Snapshot, Snapshots, Verdict,
    Warning,
};
use crate::scenario::Scenario;
use crate::snapshot::change::change;
use crate::snapshot::file;
use crate::snapshot::lines::{Line, changed};
use crate::snapshot::store::Store;
use crate::snapshot::text::{Source, canonical};
use crate::value::{Text, Value};
use crate::workspace::Workspace;

/// The expectation that a snapshot stands for.
pub const SNAPSHOT: &str = "snapshot";

/// The canonical text of a run.
pub fn canonical_text(
    scenario: &Scenario,
    workspace: &Workspace,
    result: &ScenarioResult,
) -> String {
    let sent = result.webhooks.iter().flat_map(|log| {
        let mock = log.mock.as_deref();
        log.requests.iter().map(move |request| (mock, request))
    });
    canonical(&Source {
        slug: &result.flow,
        flow: Some(&scenario.flow),
        flows: &|slug| workspace.flow(slug).map(|flow| &**flow),
        departures: result.departures(),
        trace: &result.trace,
        sent: sent.collect(),
    })
}

/// Compares a run with its accepted snapshot. Of a run that left a request without an answer, a difference is told
/// although it cannot be accepted: it may be why the request was sent.
pub fn compare(plan: &Plan, scenario: &Scenario, result: &mut ScenarioResult) {
    let wanted = scenario
        .snapshot
        .unwrap_or(plan.workspace.settings.snapshot);
    let mode = plan.options.snapshots;
    let Some(path) = &scenario.snapshot_path else {
        return;
    };
    if !wanted || mode == Snapshots::Off {
        return;
    }
    let text = canonical_text(scenario, &plan.workspace, result);
    let compared = if is_void(result) {
        Compared::Unjudged
    } else {
        compared(&plan.workspace, path, &text, result.verdict)
    };
    match &compared {
        Compared::Same | Compared::Unjudged => {}
        Compared::Missing(_) if mode == Snapshots::New => result.warnings.push(Warning {
            code: "snapshot_pending",
            message: format!(
                "{path} has not been accepted yet: look at it with `flowproof accept --review`"
            ),
        }),
        other => {
            result.failures.push(failure(other, path, &text, scenario));
            if result.verdict == Verdict::Passed {
                result.verdict = Verdict::Failed;
            }
        }
    }
    result.snapshot = Some(Snapshot {
        path: path.clone(),
        text,
        compared,
        left: false,
    });
}

/// Whether the harness gave the run up, or two repeats of it differ.
fn is_void(result: &ScenarioResult) -> bool {
    let mut failures = result.failures.iter();
    failures.any(|placed| placed.finding.expectation == RUN)
}

fn compared(workspace: &Workspace, path: &str, text: &str, verdict: Verdict) -> Compared {
    let file = match Store::new(&workspace.root).read(path) {
        Ok(Some(file)) => file,
        Ok(None) if verdict == Verdict::Errored => return Compared::Unjudged,
        Ok(None) => return Compared::Missing(None),
        Err(error) => return Compared::Unreadable(error.to_string()),
    };
    match file::split(&file) {
        Ok((_, accepted)) if accepted == text => Compared::Same,
        Ok((_, accepted)) => Compared::Differs(accepted),
        Err(damage) => Compared::Unreadable(format!(
            "{path} cannot be compared: {damage}; take it from version control, or accept the trace of now"
        )),
    }
}

fn failure(compared: &Compared, path: &Text, text: &str, scenario: &Scenario) -> PlacedFinding {
    let (expected, actual, message) = match compared {
        Compared::Differs(accepted) => {
            let (expected, actual) = first_lines(accepted, text);
            let change = change(accepted, text).map(|change| change.sentence());
            (expected, actual, change.unwrap_or_default())
        }
        Compared::Unreadable(why) => (Value::Text(path.clone()), Value::Null, why.clone()),
        Compared::Missing(_) | Compared::Same | Compared::Unjudged => {
            let message = format!(
                "{path} does not exist: accept the trace with `flowproof accept` and commit it"
            );
            (Value::Text(path.clone()), Value::Null, message)
        }
    };
    PlacedFinding {
        finding: Finding {
            expectation: SNAPSHOT.to_owned(),
            expected,
            actual,
            message,
        },
        span: Some(scenario.span.clone()),
        quote: Some(path.to_string()),
        block: None,
    }
}

/// The first line that differs, in both.
fn first_lines(accepted: &str, text: &str) -> (Value, Value) {
    let lines = changed(accepted, text);
    let first = |of: fn(&Line) -> Option<&String>| {
        let line = lines.iter().find_map(of);
        line.map_or(Value::Null, |line| Value::text(line.trim()))
    };
    let out = first(|line| {
        if let Line::Out(text) = line {
            Some(text)
        } else {
            None
        }
    });
    let new = first(|line| {
        if let Line::In(text) = line {
            Some(text)
        } else {
            None
        }
    });
    (out, new)
}

/// A scenario whose snapshot is missing, while one without a scenario tells the same, was renamed. Gives back the
/// paths of those that were recognised.
pub fn recognise_renames(
    scenarios: &mut [ScenarioResult],
    orphans: &[(String, String)],
) -> Vec<(String, String)> {
    let mut left: Vec<&(String, String)> = orphans.iter().collect();
    let mut renames = Vec::new();
    for result in scenarios {
        let Some(snapshot) = &mut result.snapshot else {
            continue;
        };
        let Compared::Missing(renamed) = &mut snapshot.compared else {
            continue;
        };
        let Some(at) = left.iter().position(|(_, text)| *text == snapshot.text) else {
            continue;
        };
        let (from, _) = left.remove(at);
        *renamed = Some(from.clone());
        renames.push((from.clone(), snapshot.path.to_string()));
        for warning in result
            .warnings
            .iter_mut()
            .filter(|warning| warning.code == "snapshot_pending")
        {
            warning.message = format!(
                "{} tells the same as {from}: `flowproof accept` renames it",
                snapshot.path
            );
        }
    }
    renames
}
