//! The calls of a `parallel_webhook`, each as late as its own timeout allows: a delay at the block counts against the
//! shortest of them (BUD-8).

use super::services::{ASSUMED, bare, bare_answer, mock};
use crate::engine::CallOutcome;
use crate::flow::{Block, Config};
use crate::latency::Latency;
use crate::mock::{Mock, Mocks, UrlMatcher};
use crate::profile::{Profile, duration_text};
use crate::text::Span;
use crate::trace::Entry;
use crate::value::Text;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Who answers late, and when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Late {
    calls: Vec<Call>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    /// The mock that answers it.
    by: Text,
    /// The mock that answers now.
    name: String,
    method: Text,
    /// Without its query.
    url: Text,
    /// What it answers, as the scenario writes it.
    respond: String,
    delay_ms: u64,
}

impl Late {
    /// The calls of a block; None where one delay for all says the same, or where an answer does not stand in the scenario.
    pub fn of(block: &Block, entry: &Entry, profile: &Profile, document: &Value) -> Option<Late> {
        let Config::ParallelWebhook { calls } = &block.config else {
            return None;
        };
        let timeout = |ms: Option<u64>| ms.unwrap_or(profile.webhook_timeout_ms);
        let limits: Vec<u64> = calls
            .iter()
            .map(|(_, call)| timeout(call.timeout_ms))
            .collect();
        let equal = limits.iter().all(|ms| limits.first() == Some(ms));
        if equal || limits.len() != entry.calls.len() {
            return None;
        }
        let mut known = BTreeSet::new();
        let mut late = Vec::new();
        for (call, delay_ms) in entry.calls.iter().zip(limits) {
            let by = call.mock.clone().filter(|_| call.fault.is_none())?;
            let respond = answer(document, &by)?;
            let url = Text::from(bare(&call.url));
            if !known.insert((call.method.clone(), url.clone())) {
                return None;
            }
            late.push(Call {
                name: format!("{} is late {}", entry.block, late.len() + 1),
                method: call.method.clone(),
                respond: respond.to_string(),
                by,
                url,
                delay_ms,
            });
        }
        Some(Late { calls: late })
    }

    /// These mocks, with those in front that are late.
    pub fn mocks(&self, mocks: &Mocks, span: &Span) -> Mocks {
        let late = self.calls.iter().filter_map(|call| {
            let url = UrlMatcher::exact(&call.url).ok()?;
            let mut known = mocks.list.iter().filter(|mock| mock.name == call.by);
            let known = known.next().and_then(|mock| mock.replies.first());
            let outcome = known.map(|reply| reply.outcome.clone());
            let assumed = || CallOutcome::Answer(Arc::new(bare_answer(200)));
            let mut late = mock(
                call.name.as_str().into(),
                span,
                outcome.unwrap_or_else(assumed),
            );
            for reply in &mut late.replies {
                reply.delay = Some(Latency::Fixed(call.delay_ms));
            }
            Some(Arc::new(Mock {
                method: Some(call.method.clone()),
                url: Some(url),
                ..late
            }))
        });
        let list = late.chain(mocks.list.iter().cloned()).collect();
        Mocks { list }
    }

    /// Puts them into a scenario document.
    pub fn write(&self, document: &mut Value) {
        let Some(map) = document.as_object_mut() else {
            return;
        };
        let mut mocks: Vec<Value> = self
            .calls
            .iter()
            .map(|call| {
                let mut respond: Value = serde_json::from_str(&call.respond).unwrap_or_default();
                respond["delay"] = json!(duration_text(call.delay_ms));
                json!({
                    "mock": call.name,
                    "method": &*call.method,
                    "url": &*call.url,
                    "respond": respond,
                })
            })
            .collect();
        if let Some(Value::Array(written)) = map.get("webhooks") {
            mocks.extend(written.iter().cloned());
        }
        map.insert("webhooks".into(), Value::Array(mocks));
    }
}

/// What a mock of a scenario answers first.
fn answer(document: &Value, mock: &str) -> Option<Value> {
    let mocks = document.get("webhooks").and_then(Value::as_array);
    let mut written = mocks.into_iter().flatten();
    let Some(known) = written.find(|one| one["mock"] == *mock) else {
        return (mock == ASSUMED).then(|| json!({ "json": {} }));
    };
    let respond = match known.get("respond") {
        Some(Value::Array(turns)) => turns.first(),
        one => one,
    };
    match respond {
        Some(Value::Object(_)) => respond.cloned(),
        None => Some(json!({ "status": 200 })),
        Some(_) => None,
    }
}
