//! One scenario from its world to its verdict, as often as it is repeated.

use super::judge::{Seen, judge, reads_of};
use super::judge_mocks::{unanswered, verified};
use super::retries::retried;
use super::snapshots;
use super::{
    Driver, Finding, PlacedFinding, Plan, ReadValue, ScenarioResult, Verdict, Warning, WebhookLog,
};
use crate::drive::Outcome;
use crate::engine::{Request, World};
use crate::flow::{Block, Config, Flow};
use crate::mock::CallRange;
use crate::scenario::{Scenario, arrange};
use crate::trace::{Ending, ErrorCode, Failure, Redactor, SideEffects, Trace, UserSees};
use crate::value::{Text, Value};
use crate::workspace::Workspace;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// The expectation that no run gives up: that it can be judged at all.
pub const RUN: &str = "run";

/// Runs and judges the scenario at this position of the plan.
pub fn execute(plan: &Plan, at: usize, driver: &mut Driver) -> ScenarioResult {
    let scenario = &plan.scenarios[at];
    let world = Arc::new(arrange(scenario, &plan.workspace, plan.options.seed));
    let mut once = || match driver.run(plan, at, &world) {
        Ok((outcome, wire)) => {
            let webhooks = logged(&outcome, &world.redactor);
            ScenarioResult {
                wire,
                ..judged(plan, scenario, &world, outcome, webhooks)
            }
        }
        Err(error) => abandoned(
            scenario,
            &format!("the wire driver could not run it: {error}"),
        ),
    };
    let mut result = once();
    if result.verdict != Verdict::Passed {
        result = retried(&plan.options, result, &mut once);
    }
    for repeat in 2..=plan.options.repeat {
        if plan.options.interrupted.load(Relaxed) {
            break;
        }
        let again = once();
        if again.trace != result.trace || again.webhooks != result.webhooks {
            differing(&mut result, repeat, &again.trace);
            break;
        }
    }
    snapshots::compare(plan, scenario, &mut result);
    result
}

/// What was asked of the mocks, redacted.
fn logged(outcome: &Outcome, redactor: &Redactor) -> Vec<WebhookLog> {
    let log = outcome.exchange.log();
    log.into_iter()
        .map(|log| WebhookLog {
            mock: log.mock,
            requests: log
                .requests
                .iter()
                .map(|request| redacted(request, redactor))
                .collect(),
        })
        .collect()
}

fn redacted(request: &Request, redactor: &Redactor) -> Request {
    let mut request = request.clone();
    redactor.hide(&mut request.url);
    for (name, value) in &mut request.headers {
        redactor.hide(name);
        redactor.hide(value);
    }
    if let Some(body) = &mut request.body {
        redactor.hide_value(body);
    }
    request
}

fn judged(
    plan: &Plan,
    scenario: &Scenario,
    world: &World,
    outcome: Outcome,
    webhooks: Vec<WebhookLog>,
) -> ScenarioResult {
    let Outcome { trace, exchange } = outcome;
    let mut failures: Vec<PlacedFinding> = Vec::new();
    failures.extend(trace.harness_failure.as_ref().map(given_up));
    failures.extend(unanswered(&exchange, &world.redactor));
    let errored = !failures.is_empty();
    if let Some(expect) = &scenario.expect {
        failures.extend(judge(
            expect,
            &Seen::new(&trace, &webhooks, &world.redactor),
        ));
    }
    let calls = verified(&exchange, &webhooks, &failures, &world.redactor);
    failures.extend(calls);
    let verdict = match (errored, failures.is_empty()) {
        (true, _) => Verdict::Errored,
        (false, true) => Verdict::Passed,
        (false, false) => Verdict::Failed,
    };
    ScenarioResult {
        reads: reads(scenario, &plan.workspace, &trace, &failures),
        warnings: warnings(scenario, &plan.workspace, &trace),
        verdict,
        failures,
        trace,
        webhooks,
        ..blank(scenario)
    }
}

/// ERR-4: the harness could not run it.
fn given_up(failure: &Failure) -> PlacedFinding {
    error_finding(failure.code.name(), &failure.message)
}

fn error_finding(code: &str, message: &str) -> PlacedFinding {
    PlacedFinding {
        finding: Finding {
            expectation: RUN.to_owned(),
            expected: Value::text("a run that can be judged"),
            actual: Value::text(code),
            message: message.to_owned(),
        },
        span: None,
        quote: None,
        block: None,
    }
}

/// DET-1: two runs of one scenario are the same, byte for byte.
pub(super) fn differing(result: &mut ScenarioResult, repeat: u64, again: &Trace) {
    let block = result
        .trace
        .preorder()
        .iter()
        .zip(again.preorder())
        .find(|(first, second)| **first != *second)
        .map(|(first, _)| first.block.clone());
    let place = block
        .as_ref()
        .map_or(String::new(), |block| format!(", from `{block}` on"));
    let message = format!("not_deterministic: run {repeat} differs from run 1{place}");
    result.verdict = Verdict::Errored;
    result.failures.push(PlacedFinding {
        block,
        ..error_finding("not_deterministic", &message)
    });
}

fn warnings(scenario: &Scenario, workspace: &Workspace, trace: &Trace) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let settings = &workspace.settings;
    if let Some(percent) = settings.budget_warning
        && u128::from(trace.flow_ms) * 100 >= u128::from(percent) * u128::from(trace.budget_ms)
    {
        let (used, limit) = (trace.flow_ms, trace.budget_ms);
        warnings.push(Warning {
            code: "budget_near",
            message: format!(
                "the run took {used} of {limit} ms; {percent}% of the budget draw a warning"
            ),
        });
    }
    if !expects(scenario) && !scenario.snapshot.unwrap_or(settings.snapshot) {
        warnings.push(Warning {
            code: "no_expectations",
            message: "nothing is expected of this scenario: write `expect`, or `snapshot: true`"
                .to_owned(),
        });
    }
    warnings
}

/// An expected number of calls is an expectation too.
fn expects(scenario: &Scenario) -> bool {
    let written = scenario
        .expect
        .as_ref()
        .is_some_and(|expect| !expect.expectations.is_empty());
    let mut mocks = scenario.mocks.list.iter();
    written || mocks.any(|mock| mock.calls != CallRange::default())
}

/// For each block that a finding is about, the values that its expressions read.
fn reads(
    scenario: &Scenario,
    workspace: &Workspace,
    trace: &Trace,
    failures: &[PlacedFinding],
) -> Vec<(Text, Vec<ReadValue>)> {
    let mut all: Vec<(Text, Vec<ReadValue>)> = Vec::new();
    for path in failures.iter().filter_map(|placed| placed.block.as_ref()) {
        if all.iter().any(|(known, _)| known == path) {
            continue;
        }
        if let Some((_, block)) = block_at(&scenario.flow, workspace, path) {
            all.push((path.clone(), reads_of(block, path, trace)));
        }
    }
    all
}

/// The block with a full path in a run of a flow, and the flow that it stands in.
pub(super) fn block_at<'a>(
    flow: &'a Flow,
    workspace: &'a Workspace,
    path: &str,
) -> Option<(&'a Flow, &'a Block)> {
    let Some((outer, inner)) = path.split_once('/') else {
        return Some((flow, flow.block(path)?));
    };
    match &flow.block(outer)?.config {
        Config::RunCustomFlow { flow } => {
            let nested = workspace.flow(&flow.value)?;
            Some((nested, nested.block(inner)?))
        }
        _ => None,
    }
}

/// The result of a scenario that was given up before its run came back.
pub fn abandoned(scenario: &Scenario, message: &str) -> ScenarioResult {
    let failure = Failure::new(ErrorCode::ActionUninterruptible, message);
    let mut result = blank(scenario);
    result.failures.push(given_up(&failure));
    result.trace.harness_failure = Some(failure);
    result
}

fn blank(scenario: &Scenario) -> ScenarioResult {
    ScenarioResult {
        scenario: scenario.name.clone(),
        case: scenario.case.clone(),
        span: scenario.span.clone(),
        flow: scenario.flow.slug.value.clone(),
        verdict: Verdict::Errored,
        failures: Vec::new(),
        warnings: Vec::new(),
        trace: nothing(scenario.profile.budget_ms),
        webhooks: Vec::new(),
        profile: scenario.profile.clone(),
        reads: Vec::new(),
        wire: None,
        snapshot: None,
    }
}

/// The trace of a run that did not come back.
pub(super) fn nothing(budget_ms: u64) -> Trace {
    Trace {
        entries: Vec::new(),
        ending: Ending::Failed,
        terminal: None,
        reason: None,
        halted_at: None,
        error: None,
        user_sees: UserSees::GenericError,
        flow_ms: 0,
        budget_ms,
        state: Vec::new(),
        event: Value::Null,
        audit: Vec::new(),
        side_effects: SideEffects::default(),
        harness_failure: None,
    }
}
