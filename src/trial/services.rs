//! Services in the place of the mocks of a scenario: that fail, or that answer what no mock does. One that fails shows
//! what a fault in the place of its block does not: an action that catches the error and goes on, a status of 503 that
//! is taken for an answer, an answer in which nothing stands.

use crate::engine::{CallFault, CallOutcome, HttpAnswer};
use crate::flow::{Block, Config, OnError, Webhook};
use crate::mock::{CallRange, Mock, Mocks, Reply, UrlMatcher};
use crate::text::Span;
use crate::trace::{Entry, Trace};
use crate::value::{Text, Value as Kept};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The mock that answers what no other does.
pub const ASSUMED: &str = "anything else";

/// These mocks, and behind them one that answers `200 {}` to everything.
pub fn answering(mocks: &Mocks, span: &Span) -> Mocks {
    let answer = bare_answer(200);
    let mut list = mocks.list.clone();
    list.push(Arc::new(mock(
        ASSUMED.into(),
        span,
        CallOutcome::Answer(Arc::new(answer)),
    )));
    Mocks { list }
}

/// The answer `{}`.
pub(super) fn bare_answer(status: u16) -> HttpAnswer {
    HttpAnswer {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: "{}".into(),
        value: crate::value::Map::new().into(),
    }
}

/// A mock for every request.
pub(super) fn mock(name: Text, span: &Span, outcome: CallOutcome) -> Mock {
    Mock {
        name,
        span: span.clone(),
        method: None,
        url: None,
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        replies: vec![Reply {
            outcome,
            delay: None,
        }],
        calls: CallRange::default(),
    }
}

/// A scenario document with mocks for what was assumed to be answered in a run.
pub fn with_assumed(document: &Value, trace: &Trace) -> Value {
    let mut document = document.clone();
    let Some(map) = document.as_object_mut() else {
        return document;
    };
    let mut mocks = match map.get("webhooks") {
        Some(Value::Array(mocks)) => mocks.clone(),
        Some(_) | None => Vec::new(),
    };
    let entries = trace.preorder().into_iter();
    let calls = entries.flat_map(|entry| &entry.calls);
    for call in calls.filter(|call| call.mock.as_deref() == Some(ASSUMED)) {
        let url = bare(&call.url);
        let known = |mock: &Value| mock["url"] == url && mock["method"] == *call.method;
        if mocks.iter().any(known) {
            continue;
        }
        let named = |name: &str| mocks.iter().any(|mock| mock["mock"] == name);
        let mut name = ASSUMED.to_owned();
        for number in 2..=mocks.len() + 2 {
            if !named(&name) {
                break;
            }
            name = format!("{ASSUMED} {number}");
        }
        mocks.push(json!({
            "mock": name,
            "method": &*call.method,
            "url": url,
            "respond": { "json": {} },
        }));
    }
    if !mocks.is_empty() {
        map.insert("webhooks".into(), Value::Array(mocks));
    }
    document
}

/// An address without its query.
pub(super) fn bare(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// Statuses of services that fail, the likeliest first.
const FAILURES: [u16; 5] = [503, 500, 404, 403, 400];

/// How the services of a block fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failing {
    /// They refuse the connection.
    Refused,
    /// They answer with the status of an error, and no body.
    Status,
    /// The same, and the webhook fails on it; On error goes on with the status that it has written (ERR-5).
    Continued,
    /// They do not answer in time.
    TimedOut,
    /// They answer as they do, but without a body.
    Empty,
    /// They answer as they do, but the body is `{}`.
    Bare,
}

/// What a block asked in a run, and how each of that fails.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Silence {
    failing: Failing,
    asked: Vec<Asked>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    /// The mock that answered it.
    by: Option<Text>,
    /// The mock that answers now, where another name is needed.
    name: String,
    method: Text,
    /// Without its query.
    url: Text,
    gets: Gets,
}

/// What a request gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gets {
    Status(u16),
    Bare(u16),
    NoAnswer,
}

impl Silence {
    /// The requests of a block, all failing; None where it asked nothing, or where its failure is
    /// that of the block and stops it.
    pub fn of(block: &Block, entry: &Entry, failing: Failing) -> Option<Silence> {
        let each = each(block, entry, failing);
        let mut known = BTreeSet::new();
        let mut asked: Vec<Asked> = Vec::new();
        for (call, gets) in entry.calls.iter().zip(each) {
            let url = bare(&call.url);
            let (Some(gets), None) = (gets, &call.fault) else {
                continue;
            };
            if known.insert((call.method.clone(), url.to_owned())) {
                asked.push(Asked {
                    by: call.mock.clone(),
                    name: match asked.len() {
                        0 => format!("{} is away", entry.block),
                        others => format!("{} is away {}", entry.block, others + 1),
                    },
                    method: call.method.clone(),
                    url: url.into(),
                    gets,
                });
            }
        }
        (!asked.is_empty()).then_some(Silence { failing, asked })
    }

    /// In a sentence, behind the name of the block.
    pub fn happens(&self) -> &'static str {
        match self.failing {
            Failing::Refused | Failing::TimedOut => "gets no answer",
            Failing::Status | Failing::Continued => "is answered with an error",
            Failing::Empty => "is answered with an empty body",
            Failing::Bare => "is answered with `{}`",
        }
    }

    /// How they fail.
    pub fn failing(&self) -> Failing {
        self.failing
    }

    /// These mocks, with those in front that fail.
    pub fn mocks(&self, mocks: &Mocks, span: &Span) -> Mocks {
        let failing = self.asked.iter().filter_map(|asked| {
            let url = UrlMatcher::exact(&asked.url).ok()?;
            Some(Arc::new(Mock {
                method: Some(asked.method.clone()),
                url: Some(url),
                ..mock(asked.name.as_str().into(), span, self.outcome(asked))
            }))
        });
        let list = failing.chain(mocks.list.iter().cloned()).collect();
        Mocks { list }
    }

    fn outcome(&self, asked: &Asked) -> CallOutcome {
        match asked.gets {
            Gets::Status(status) => CallOutcome::Answer(Arc::new(HttpAnswer {
                status,
                headers: Vec::new(),
                body: "".into(),
                value: Kept::Null,
            })),
            Gets::Bare(status) => CallOutcome::Answer(Arc::new(bare_answer(status))),
            Gets::NoAnswer if self.failing == Failing::TimedOut => {
                CallOutcome::Fault(CallFault::Timeout)
            }
            Gets::NoAnswer => CallOutcome::Fault(CallFault::Refused),
        }
    }

    /// The `webhooks` of a scenario document, in which they fail: a mock for just this address gets another answer,
    /// others get one in front.
    pub fn webhooks(&self, document: &Value) -> Value {
        let written = document.get("webhooks").and_then(Value::as_array);
        let mut mocks: Vec<Value> = written.cloned().unwrap_or_default();
        let mut front = Vec::new();
        for asked in &self.asked {
            let respond = match (asked.gets, self.outcome(asked)) {
                (Gets::Bare(status), _) => json!({ "status": status, "json": {} }),
                (_, CallOutcome::Answer(answer)) => json!({ "status": answer.status }),
                (_, CallOutcome::Fault(fault)) => json!({ "fault": fault.name() }),
            };
            let just = |mock: &&mut Value| {
                let named = asked.by.as_deref().is_some_and(|by| mock["mock"] == *by);
                named && mock.get("url").is_some()
            };
            match mocks.iter_mut().find(just).and_then(Value::as_object_mut) {
                Some(mock) => {
                    mock.insert("respond".into(), respond);
                    mock.shift_remove("calls");
                }
                None => front.push(json!({
                    "mock": asked.name,
                    "method": &*asked.method,
                    "url": &*asked.url,
                    "respond": respond,
                })),
            }
        }
        front.extend(mocks);
        Value::Array(front)
    }

    /// Puts them into a scenario document.
    pub fn write(&self, document: &mut Value) {
        let webhooks = self.webhooks(document);
        if let Some(map) = document.as_object_mut() {
            map.insert("webhooks".into(), webhooks);
        }
    }
}

/// What each call of an entry gets; None where that is the failure of the block itself.
fn each(block: &Block, entry: &Entry, failing: Failing) -> Vec<Option<Gets>> {
    let known = |gets: fn(u16) -> Gets| {
        let answered = entry.calls.iter().map(|call| call.status.map(gets));
        answered.collect()
    };
    let tolerated = |webhook: &Webhook| {
        let takes = |status: &u16| {
            let mut ranges = webhook.ok_status.iter();
            !webhook.fail_on_status || ranges.any(|(from, to)| (*from..=*to).contains(status))
        };
        let status = FAILURES.into_iter().find(takes).map(Gets::Status);
        match failing {
            Failing::Status => status,
            Failing::Continued if block.on_error == OnError::Continue && status.is_none() => {
                Some(Gets::Status(FAILURES[0]))
            }
            Failing::Continued
            | Failing::Refused
            | Failing::TimedOut
            | Failing::Empty
            | Failing::Bare => None,
        }
    };
    let of_action = match failing {
        Failing::Empty => return known(Gets::Status),
        Failing::Bare => return known(Gets::Bare),
        Failing::Status | Failing::Continued => Gets::Status(FAILURES[0]),
        Failing::Refused | Failing::TimedOut => Gets::NoAnswer,
    };
    match &block.config {
        Config::RunCustomAction { .. } if failing == Failing::Continued => Vec::new(),
        Config::RunCustomAction { .. } => vec![Some(of_action); entry.calls.len()],
        Config::CallWebhook(webhook) => vec![tolerated(webhook)],
        Config::ParallelWebhook { calls } => {
            let each = calls.iter().map(|(_, webhook)| tolerated(webhook));
            each.collect()
        }
        _ => Vec::new(),
    }
}
