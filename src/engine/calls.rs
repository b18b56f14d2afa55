//! Webhooks: `call_webhook` and `parallel_webhook` (ERR-5, BUD-6, BUD-8). Requests are rendered and guarded
//! here; which mock answers, and when, is the driver's business.

use super::planted::{Flaw, planted};
use super::run::Run;
use super::task::{Phase, Task, Verdict};
use super::{
    CallFault, CallId, CallOutcome, Class, Effect, HttpAnswer, Request, Routed, WakeId, guard,
};
use crate::engine::program::{Node, Work};
use crate::flow::{Config, Webhook};
use crate::profile::duration_text;
use crate::trace::{CallRecord, ErrorCode, Failure};
use crate::value::{Map, Text, Value};
use std::sync::Arc;

/// One request of a webhook block.
#[derive(Debug)]
pub struct Flight {
    /// Its name in `parallel_webhook.calls`.
    name: Option<Text>,
    /// The request, once it was sent.
    pub call: Option<CallId>,
    /// When the block stops waiting for it.
    pub limit: WakeId,
    /// Its record in the block's entry.
    record: usize,
    /// When it was sent.
    sent_ms: u64,
    /// How long it may take, for the message.
    timeout_ms: u64,
    /// What came of it.
    outcome: Option<Result<Arc<HttpAnswer>, Failure>>,
    /// How long it took.
    took_ms: u64,
}

/// The webhooks of a block, with their names.
fn webhooks(node: &Node) -> Vec<(Option<Text>, &Webhook, Option<u64>)> {
    match &node.work {
        Work::Plain(Config::CallWebhook(webhook)) => vec![(None, webhook, node.timeout_ms)],
        Work::Plain(Config::ParallelWebhook { calls }) => calls
            .iter()
            .map(|(name, webhook)| (Some(name.clone()), webhook, webhook.timeout_ms))
            .collect(),
        _ => Vec::new(),
    }
}

/// The longest time that a webhook block may take: of its calls, the longest (BUD-6).
pub fn whole_timeout_ms(node: &Node, default_ms: u64) -> u64 {
    let timeouts = webhooks(node)
        .into_iter()
        .map(|(_, _, timeout)| timeout.unwrap_or(default_ms));
    timeouts.max().unwrap_or(default_ms)
}

/// The body of an answer as state and actions see its status.
fn is_ok(webhook: &Webhook, status: i64) -> bool {
    planted(Flaw::StatusNotJudged)
        || !webhook.fail_on_status
        || webhook
            .ok_status
            .iter()
            .any(|(from, to)| (i64::from(*from)..=i64::from(*to)).contains(&status))
}

impl Run {
    /// Sends every request of a webhook block.
    pub(super) fn open_calls(&mut self, task: &mut Task) -> Option<Verdict> {
        let program = self.program.clone();
        let node = &program.nodes[task.node];
        let mut flights = Vec::new();
        for (name, webhook, timeout) in webhooks(node) {
            let timeout_ms = timeout.unwrap_or(self.facts.world.profile.webhook_timeout_ms);
            let from_ms = match planted(Flaw::DelayLiftsTimeout) {
                true => self.now_ms,
                false => task.start_ms,
            };
            let limit_at = from_ms.saturating_add(timeout_ms);
            let mut flight = Flight {
                name,
                call: None,
                limit: 0,
                record: usize::MAX,
                sent_ms: self.now_ms,
                timeout_ms,
                outcome: None,
                took_ms: 0,
            };
            if limit_at < self.now_ms {
                // An injected delay outlasted the timeout of this call: its work never began (BUD-8).
                let message = fault_message(CallFault::Timeout, &webhook.method);
                let failure = Failure::new(ErrorCode::WebhookTimeout, message);
                flight.outcome = Some(Err(timed_out(failure, timeout_ms)));
                flights.push(flight);
                continue;
            }
            match self.request(node, webhook) {
                Ok(request) => {
                    flight.record = self.note_call(task.entry, &request.method, &request.url);
                    let (slug, kind) = (&node.slug, node.kind.name());
                    let latency = self.facts.world.latency_ms(&node.path, slug, kind);
                    let request = Arc::new(request);
                    flight.call = Some(self.send(
                        request,
                        limit_at,
                        latency.unwrap_or(0),
                        task.entry,
                        flight.record,
                    ));
                    flight.limit = self.wake_at(limit_at, Class::OwnTimeout);
                }
                Err((failure, target)) => {
                    if failure.code == ErrorCode::OutboundDenied {
                        let target = guard::recorded(&target);
                        let at = self.note_call(task.entry, &webhook.method, &target);
                        self.record.entry(task.entry).calls[at].fault =
                            Some(Text::from(failure.code.name()));
                    }
                    flight.outcome = Some(Err(failure));
                }
            }
            flights.push(flight);
        }
        task.phase = Phase::Calls(flights);
        self.calls_over(task)
    }

    /// Renders a request and asks the guard, in the order of ERR-5. A failure comes with the target, where it was rendered.
    fn request(&self, node: &Node, webhook: &Webhook) -> Result<Request, (Failure, Text)> {
        let state = &self.facts.state;
        let failed = |error: crate::expr::EvalError| {
            (
                Failure::new(ErrorCode::Expression, error.message),
                Text::from(""),
            )
        };
        let url = webhook.url.render_url(state).map_err(failed)?;
        let mut headers = Vec::with_capacity(webhook.headers.len());
        for (name, template) in &webhook.headers {
            headers.push((name.clone(), template.render_text(state).map_err(failed)?));
        }
        let body = match &webhook.body {
            Some(body) => Some(body.render(state).map_err(failed)?),
            None => None,
        };
        let allowlist = self.facts.world.outbound_allowlist.as_deref();
        let url = guard::admit(&url, allowlist).map_err(|failure| (failure, url))?;
        let method = webhook.method.clone();
        Ok(Request {
            block: node.path.clone(),
            method,
            url,
            headers,
            body,
        })
    }

    /// Opens the record of a request in a block's entry.
    pub(super) fn note_call(&mut self, entry: usize, method: &Text, url: &Text) -> usize {
        let start_ms = self.now_ms;
        let calls = &mut self.record.entry(entry).calls;
        calls.push(CallRecord {
            mock: None,
            method: method.clone(),
            url: url.clone(),
            status: None,
            fault: None,
            start_ms,
            duration_ms: 0,
        });
        calls.len() - 1
    }

    /// Hands a request to the driver.
    pub(super) fn send(
        &mut self,
        request: Arc<Request>,
        limit_at: u64,
        latency_ms: u64,
        entry: usize,
        record: usize,
    ) -> CallId {
        let id = self.fresh_id();
        self.open.push(super::run::OpenCall {
            id,
            entry,
            record,
            unmatched: None,
        });
        self.effects.push(Effect::Call {
            id,
            request,
            limit_at,
            latency_ms,
        });
        id
    }

    /// Tells by which mock a request is answered; to be called at once for each `Effect::Call`.
    pub fn routed(&mut self, id: CallId, routed: Routed) {
        let mut waiting = self.open.iter_mut().chain(&mut self.dropped);
        let Some(open) = waiting.find(|open| open.id == id) else {
            return;
        };
        match routed {
            Routed::Mock(name) => {
                self.record.entry(open.entry).calls[open.record].mock = Some(name)
            }
            Routed::Unmatched(why) => open.unmatched = Some(why),
        }
    }

    /// Closes the record of a request; gives back the failure that its outcome means, with a message.
    pub(super) fn close_call(&mut self, id: CallId, outcome: &CallOutcome) -> Option<Failure> {
        let at = self.open.iter().position(|open| open.id == id)?;
        let open = self.open.swap_remove(at);
        let now_ms = self.now_ms;
        let record = &mut self.record.entry(open.entry).calls[open.record];
        record.duration_ms = now_ms.saturating_sub(record.start_ms);
        match outcome {
            CallOutcome::Answer(answer) => {
                record.status = Some(answer.status);
                None
            }
            CallOutcome::Fault(fault) => {
                record.fault = Some(Text::from(fault.name()));
                let target = format!("{} {}", record.method, record.url);
                let message = match (open.unmatched, fault) {
                    (Some(why), CallFault::NoMock) => why.to_string(),
                    _ => fault_message(*fault, &target),
                };
                Some(Failure::new(fault.code(), message))
            }
        }
    }

    /// Closes the records of a block's requests that are still open: they are dropped.
    pub(super) fn drop_calls(&mut self, entry: usize) {
        let now_ms = self.now_ms;
        let dropped = self.open.extract_if(.., |open| open.entry == entry);
        for open in dropped {
            let call = &mut self.record.entry(entry).calls[open.record];
            call.duration_ms = now_ms.saturating_sub(call.start_ms);
            // it was sent all the same: who answers it may be told only now
            self.dropped.push(open);
        }
    }

    /// A request of a webhook block came to an end.
    pub(super) fn call_answered(
        &mut self,
        task: &mut Task,
        id: CallId,
        outcome: CallOutcome,
    ) -> Option<Verdict> {
        let failure = self.close_call(id, &outcome);
        let now_ms = self.now_ms;
        let Phase::Calls(flights) = &mut task.phase else {
            return None;
        };
        if let Some(flight) = flights.iter_mut().find(|flight| flight.call == Some(id)) {
            flight.took_ms = now_ms.saturating_sub(flight.sent_ms);
            flight.outcome = match (failure, outcome) {
                (None, CallOutcome::Answer(answer)) => Some(Ok(answer)),
                (Some(failure), _) => Some(Err(failure)),
                (None, CallOutcome::Fault(_)) => None,
            };
        }
        self.calls_over(task)
    }

    /// A webhook block waits no longer for one of its requests.
    pub(super) fn call_timed_out(&mut self, task: &mut Task, limit: WakeId) -> Option<Verdict> {
        let Phase::Calls(flights) = &mut task.phase else {
            return None;
        };
        let flight = flights.iter_mut().find(|flight| flight.limit == limit)?;
        if flight.outcome.is_none() {
            let call = flight.call?;
            let timeout_ms = flight.timeout_ms;
            let failure = self.close_call(call, &CallOutcome::Fault(CallFault::Timeout));
            let failure = failure.map(|failure| timed_out(failure, timeout_ms));
            if let Phase::Calls(flights) = &mut task.phase
                && let Some(flight) = flights.iter_mut().find(|flight| flight.limit == limit)
            {
                flight.outcome = failure.map(Err);
            }
        }
        self.calls_over(task)
    }

    /// When all requests have ended: writes what they brought, and judges them in written order.
    fn calls_over(&mut self, task: &mut Task) -> Option<Verdict> {
        let Phase::Calls(flights) = &task.phase else {
            return None;
        };
        if flights.iter().any(|flight| flight.outcome.is_none()) {
            return None;
        }
        let Phase::Calls(flights) = std::mem::replace(&mut task.phase, Phase::Ready) else {
            return None;
        };
        let program = self.program.clone();
        let node = &program.nodes[task.node];
        let scripted = self.facts.world.outputs.get(&node.path).cloned();
        let mut first_failure = None;
        if planted(Flaw::ParallelSum) {
            let took = flights.iter().map(|flight| flight.took_ms);
            self.now_ms += took.clone().sum::<u64>() - took.max().unwrap_or(0);
        }
        for (flight, (_, webhook, _)) in flights.into_iter().zip(webhooks(node)) {
            let mut fields: Vec<(Text, Value)> = Vec::new();
            let mut failure = match flight.outcome {
                Some(Ok(answer)) => {
                    fields = answer_fields(&answer, flight.took_ms);
                    None
                }
                Some(Err(failure)) => Some(failure),
                None => None,
            };
            if planted(Flaw::OutputsRescue) && scripted.is_some() {
                failure = None;
            }
            // Laid over the answer before its status is judged; a call without an answer is not rescued.
            if failure.is_none() {
                fields = laid_over(fields, flight.name.as_ref(), scripted.as_deref());
            }
            let status = fields.iter().find(|(field, _)| &**field == "status");
            if failure.is_none()
                && let Some(status) = status.and_then(|(_, status)| status.as_int())
                && !is_ok(webhook, status)
            {
                failure = Some(Failure::new(
                    ErrorCode::WebhookStatus,
                    format!("the answer has status {status}, which is not in ok_status"),
                ));
            }
            match flight.name {
                None => self.write_fields(task, node, fields),
                Some(_) if fields.is_empty() => {}
                Some(name) => {
                    let whole: Map = fields.into_iter().collect();
                    self.write_output(task, node, &name, whole.into());
                }
            }
            first_failure = if planted(Flaw::LastFailureCounts) {
                failure.or(first_failure)
            } else {
                first_failure.or(failure)
            };
        }
        if let Work::Plain(Config::ParallelWebhook { calls }) = &node.work {
            let further = scripted.iter().flat_map(|scripted| scripted.iter());
            for (field, value) in
                further.filter(|(field, _)| !calls.iter().any(|(name, _)| name == *field))
            {
                self.write_output(task, node, field, value.clone());
            }
        }
        let swallowed = |failure: &Failure| {
            planted(Flaw::TimeoutSwallowed) && failure.code == ErrorCode::WebhookTimeout
                || planted(Flaw::NoMockAnswers) && failure.code == ErrorCode::NoMock
        };
        if let Some(failure) = first_failure.filter(|failure| !swallowed(failure)) {
            return Some(Verdict::Fails(failure));
        }
        Some(Verdict::Next)
    }
}

/// An answer under its scripted outputs: a `call_webhook` field by field, a parallel call as a whole.
fn laid_over(
    mut fields: Vec<(Text, Value)>,
    call: Option<&Text>,
    scripted: Option<&Map>,
) -> Vec<(Text, Value)> {
    let Some(call) = call else {
        overlay(&mut fields, scripted);
        return fields;
    };
    match scripted.and_then(|scripted| scripted.get(call)?.as_map()) {
        Some(whole) => whole.clone().into_iter().collect(),
        None => fields,
    }
}

/// Scripted fields in the place of computed ones, further ones behind.
pub fn overlay(fields: &mut Vec<(Text, Value)>, scripted: Option<&Map>) {
    for (field, value) in scripted.into_iter().flat_map(Map::iter) {
        match fields.iter_mut().find(|(known, _)| known == field) {
            Some(known) => known.1 = value.clone(),
            None => fields.push((field.clone(), value.clone())),
        }
    }
}

fn answer_fields(answer: &HttpAnswer, took_ms: u64) -> Vec<(Text, Value)> {
    let headers: Map = answer
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().into()))
        .collect();
    vec![
        (Text::from("status"), Value::Int(i64::from(answer.status))),
        (Text::from("body"), answer.value.clone()),
        (Text::from("headers"), headers.into()),
        (
            Text::from("duration_ms"),
            Value::Int(i64::try_from(took_ms).unwrap_or(i64::MAX)),
        ),
    ]
}

fn timed_out(failure: Failure, timeout_ms: u64) -> Failure {
    let message = format!("{} within {}", failure.message, duration_text(timeout_ms));
    Failure {
        message: Text::from(message),
        ..failure
    }
}

/// One sentence for a person.
fn fault_message(fault: CallFault, target: &str) -> String {
    let what = match fault {
        CallFault::Refused => "the connection was refused",
        CallFault::Reset => "the connection was reset",
        CallFault::Dns => "the host name could not be resolved",
        CallFault::Tls => "the TLS handshake failed",
        CallFault::Malformed => "the answer is not HTTP",
        CallFault::Empty => "the connection closed without an answer",
        CallFault::TooLarge => "the body of the answer is over 1 MiB",
        CallFault::Timeout => "no answer",
        CallFault::NoMock => "no mock answers",
    };
    format!("{target}: {what}")
}
