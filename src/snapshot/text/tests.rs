//! The canonical text of one run that has a bit of everything.

use super::{Source, canonical};
use crate::engine::Request;
use crate::flow::Kind;
use crate::trace::{
    Audit, AuditOutcome, CallRecord, Ending, Entry, ErrorCode, Failure, Level, LogLine, Message,
    SideEffects, Status, Trace, UserSees,
};
use crate::value::{Map, Value};

fn entry(block: &str, kind: Kind, start_ms: u64, duration_ms: u64) -> Entry {
    Entry {
        block: block.into(),
        kind,
        status: Status::Ok,
        continued: false,
        start_ms,
        duration_ms,
        branch: None,
        reads: Vec::new(),
        writes: Vec::new(),
        logs: Vec::new(),
        logs_dropped: 0,
        calls: Vec::new(),
        error: None,
        entries: Vec::new(),
    }
}

fn map(key: &str, value: impl Into<Value>) -> Map {
    [(key, value.into())].into_iter().collect()
}

fn entries() -> Vec<Entry> {
    let call = CallRecord {
        mock: Some("score".into()),
        method: "POST".into(),
        url: "https://a.example.com/".into(),
        status: Some(200),
        fault: None,
        start_ms: 17,
        duration_ms: 120,
    };
    vec![
        entry("identity-lookup", Kind::IdentityLookup, 0, 5),
        Entry {
            branch: Some("new, and rich".into()),
            reads: vec![("event.user.name".into(), None)],
            writes: vec![("step.tier.branch".into(), Value::text("new, and rich"))],
            ..entry("tier", Kind::Decision, 5, 0)
        },
        Entry {
            status: Status::Detached,
            logs: vec![LogLine {
                level: Level::Warn,
                message: "a\nb".into(),
                data: Some(map("n", 1).into()),
            }],
            logs_dropped: 2,
            ..entry("crm", Kind::RunCustomAction, 5, 900)
        },
        Entry {
            status: Status::Failed,
            continued: true,
            writes: vec![("custom.gate.status".into(), Value::Int(200))],
            error: Some(Failure {
                at: Some("a.ts:1:2".into()),
                cause: Some(Box::new(Failure::new(ErrorCode::NoTerminal, "it ran out"))),
                ..Failure::new(ErrorCode::CustomFlowError, "no")
            }),
            entries: vec![Entry {
                calls: vec![call],
                writes: vec![("step.score.status".into(), Value::Int(200))],
                ..entry("fraud/score", Kind::CallWebhook, 7, 130)
            }],
            ..entry("fraud", Kind::RunCustomFlow, 7, 130)
        },
    ]
}

#[test]
fn a_run_is_told_block_by_block() {
    let request = Request {
        block: "fraud/score".into(),
        method: "POST".into(),
        url: "https://a.example.com/".into(),
        headers: vec![("x-tenant".into(), "acme".into())],
        body: Some(map("a", 1).into()),
    };
    let trace = Trace {
        entries: entries(),
        ending: Ending::Denied,
        terminal: Some("stop".into()),
        reason: Some("high_risk".into()),
        halted_at: Some("stop".into()),
        error: None,
        user_sees: UserSees::Message("go away".into()),
        flow_ms: 137,
        budget_ms: 10_000,
        state: Vec::new(),
        event: Value::Null,
        audit: vec![Audit {
            kind: "flow.denied".into(),
            outcome: AuditOutcome::Denied,
            flow: "login".into(),
            block: Some("stop".into()),
            data: map("reason", "high_risk").into(),
        }],
        side_effects: SideEffects {
            emails: vec![Message {
                channel: "email".into(),
                template: "welcome".into(),
                to: None,
            }],
            app_metadata: map("tier", "gold"),
            ..SideEffects::default()
        },
        harness_failure: None,
    };
    let source = Source {
        slug: "login",
        flow: None,
        flows: &|_| None,
        departures: map("budget", "10s"),
        trace: &trace,
        sent: vec![(Some("score"), &request)],
    };
    assert_eq!(canonical(&source), EXPECTED);
}

const EXPECTED: &str = r#"format: 1
flow: login
profile: budget = "10s"

steps
  identity-lookup: ok, 5ms
  tier (decision): ok, took branch "new, and rich"
    read event.user.name = missing
  crm (run_custom_action): detached, 900ms
    logged warn "a\nb" with {"n": 1}
    dropped 2 log lines over the limit
  fraud (run_custom_flow): failed, continued, started at 7ms, 130ms
    steps
      fraud/score (call_webhook): ok, 130ms
        sent POST https://a.example.com/ → 200 in 120ms, 10ms after the start (mock score)
          header x-tenant: "acme"
          body {"a": 1}
        wrote step.score.status = 200
    error custom_flow_error: "no"
    caused by no_terminal: "it ran out"

audit
  flow.denied: denied, at stop of login, {"reason": "high_risk"}

side effects
  email "welcome" to nobody
  app_metadata tier = "gold"

ended: denied after 137ms
  terminal stop
  reason high_risk
  user sees message "go away""#;
