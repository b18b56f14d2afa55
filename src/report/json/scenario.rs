//! One scenario of a run as JSON.

use super::entry::{Entry, Error, flat};
use crate::engine::Request;
use crate::harness::{PlacedFinding, ScenarioResult, WebhookLog};
use crate::trace::{Audit, Message, SideEffects, Trace, UserSees};
use crate::value::{Map, Text, Value};
use serde::{Serialize, Serializer};

/// One entry of `scenarios[]`.
#[derive(Serialize)]
pub struct Scenario<'a> {
    name: String,
    scenario: &'a str,
    case: Option<&'a str>,
    flow: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    verdict: &'static str,
    failures: Vec<Failure<'a>>,
    warnings: Vec<Warning<'a>>,
    ending: Option<&'static str>,
    terminal: Option<&'a str>,
    reason: Option<&'a str>,
    halted_at: Option<&'a str>,
    error: Option<Error<'a>>,
    user_sees: Option<Seen<'a>>,
    flow_ms: u64,
    budget: Budget,
    path: Vec<&'a str>,
    branches: Map,
    state: Map,
    audit: Vec<AuditLine<'a>>,
    side_effects: Effects<'a>,
    webhooks: Vec<Webhook<'a>>,
    trace: Vec<Entry<'a>>,
    profile: Map,
}

impl<'a> Scenario<'a> {
    pub fn new(result: &'a ScenarioResult) -> Self {
        let trace = &result.trace;
        // ERR-4: a run that the harness had to give up has no ending
        let ended = trace.harness_failure.is_none();
        Scenario {
            name: result.name(),
            scenario: &result.scenario,
            case: result.case.as_deref(),
            flow: &result.flow,
            file: result.span.file.path(),
            line: result.span.line(),
            column: result.span.line_column().1,
            verdict: result.verdict.name(),
            failures: result.failures.iter().map(Failure::new).collect(),
            warnings: result.warnings.iter().map(Warning::new).collect(),
            ending: ended.then(|| trace.ending.name()),
            terminal: trace.terminal.as_deref(),
            reason: trace.reason.as_deref(),
            halted_at: trace.halted_at.as_deref(),
            error: error(trace).map(Error::new),
            user_sees: ended.then_some(Seen(&trace.user_sees)),
            flow_ms: trace.flow_ms,
            budget: Budget {
                limit_ms: trace.budget_ms,
                used_ms: trace.flow_ms,
            },
            path: trace.preorder().iter().map(|entry| &*entry.block).collect(),
            branches: branches(trace),
            state: flat(&trace.state),
            audit: trace.audit.iter().map(AuditLine::new).collect(),
            side_effects: Effects::new(&trace.side_effects),
            webhooks: result.webhooks.iter().map(Webhook::new).collect(),
            trace: trace.entries.iter().map(Entry::new).collect(),
            profile: result.profile.to_map(),
        }
    }
}

fn error(trace: &Trace) -> Option<&crate::trace::Failure> {
    trace.harness_failure.as_ref().or(trace.error.as_ref())
}

/// Block path to branch, conditions too.
fn branches(trace: &Trace) -> Map {
    trace
        .preorder()
        .into_iter()
        .filter_map(|entry| {
            let branch = entry.branch.as_ref()?;
            Some((entry.block.clone(), Value::Text(branch.clone())))
        })
        .collect()
}

#[derive(Serialize)]
struct Failure<'a> {
    expectation: &'a str,
    expected: &'a Value,
    actual: &'a Value,
    message: &'a str,
}

impl<'a> Failure<'a> {
    fn new(placed: &'a PlacedFinding) -> Self {
        Failure {
            expectation: &placed.finding.expectation,
            expected: &placed.finding.expected,
            actual: &placed.finding.actual,
            message: &placed.finding.message,
        }
    }
}

#[derive(Serialize)]
struct Warning<'a> {
    code: &'static str,
    message: &'a str,
}

impl<'a> Warning<'a> {
    fn new(warning: &'a crate::harness::Warning) -> Self {
        Warning {
            code: warning.code,
            message: &warning.message,
        }
    }
}

#[derive(Serialize)]
struct Budget {
    limit_ms: u64,
    used_ms: u64,
}

/// `user_sees` in the form of `expect` (AUD-2).
struct Seen<'a>(&'a UserSees);

impl Serialize for Seen<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.to_value().serialize(serializer)
    }
}

#[derive(Serialize)]
struct AuditLine<'a> {
    r#type: &'a str,
    outcome: &'static str,
    flow: &'a str,
    block: Option<&'a str>,
    data: &'a Value,
}

impl<'a> AuditLine<'a> {
    fn new(audit: &'a Audit) -> Self {
        AuditLine {
            r#type: &audit.kind,
            outcome: audit.outcome.name(),
            flow: &audit.flow,
            block: audit.block.as_deref(),
            data: &audit.data,
        }
    }
}

#[derive(Serialize)]
struct Effects<'a> {
    session_issued: bool,
    session_revoked: bool,
    emails: Vec<Mail<'a>>,
    messages: Vec<Mail<'a>>,
    app_metadata: &'a Map,
    custom_claims: &'a Map,
    identities_created: &'a [Value],
    identities_updated: &'a [Value],
}

impl<'a> Effects<'a> {
    fn new(effects: &'a SideEffects) -> Self {
        Effects {
            session_issued: effects.session_issued,
            session_revoked: effects.session_revoked,
            emails: effects.emails.iter().map(Mail::new).collect(),
            messages: effects.messages.iter().map(Mail::new).collect(),
            app_metadata: &effects.app_metadata,
            custom_claims: &effects.custom_claims,
            identities_created: &effects.identities_created,
            identities_updated: &effects.identities_updated,
        }
    }
}

#[derive(Serialize)]
struct Mail<'a> {
    channel: &'a str,
    template: &'a str,
    to: Option<&'a str>,
}

impl<'a> Mail<'a> {
    fn new(message: &'a Message) -> Self {
        Mail {
            channel: &message.channel,
            template: &message.template,
            to: message.to.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Webhook<'a> {
    mock: Option<&'a str>,
    calls: usize,
    requests: Vec<Sent<'a>>,
}

impl<'a> Webhook<'a> {
    fn new(log: &'a WebhookLog) -> Self {
        Webhook {
            mock: log.mock.as_deref(),
            calls: log.requests.len(),
            requests: log.requests.iter().map(Sent::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct Sent<'a> {
    method: &'a str,
    url: &'a str,
    headers: Map,
    body: Option<&'a Value>,
}

impl<'a> Sent<'a> {
    fn new(request: &'a Request) -> Self {
        Sent {
            method: &request.method,
            url: &request.url,
            headers: request
                .headers
                .iter()
                .map(|(name, value): &(Text, Text)| (name.clone(), Value::Text(value.clone())))
                .collect(),
            body: request.body.as_ref(),
        }
    }
}
