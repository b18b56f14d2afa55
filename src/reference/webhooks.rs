//! Webhooks (ERR-5, BUD-8): each call is a leg with an end and a result; a block costs its longest leg.

use super::risk::map;
use super::{Run, Site, Trouble, reach};
use crate::engine::{CallFault, CallOutcome, HttpAnswer, Request, Routed};
use crate::flow::{Block, Config, Webhook};
use crate::mock::Medians;
use crate::trace::{CallRecord, Entry, ErrorCode, Failure};
use crate::value::{Map, Text, Value};
use std::sync::Arc;
use url::{Host, Url};

/// One call.
pub(super) struct Leg {
    /// When it has come to its end.
    pub end: u64,
    pub result: Result<Arc<HttpAnswer>, Failure>,
    pub record: Option<CallRecord>,
}

/// A call as it is about to be made.
pub(super) struct Outgoing {
    pub request: Request,
    /// When it is sent.
    pub at: u64,
    /// When nobody waits for it any more.
    pub limit: u64,
    /// The delay of a mock that states none.
    pub latency: u64,
}

impl Run<'_> {
    /// The block's own timeout, else the profile's; of parallel calls the longest.
    pub(super) fn own_timeout(&self, block: &Block) -> u64 {
        let profile = &self.world.profile;
        let own = match &block.config {
            Config::RunCustomAction { action, .. } => {
                let action = self.library.action(&action.value);
                let own = action.and_then(|action| action.timeout_ms);
                own.unwrap_or(profile.action_timeout_ms)
            }
            Config::ParallelWebhook { calls } => {
                let own = calls.iter().map(|(_, webhook)| webhook.timeout_ms);
                let all = own.map(|own| own.unwrap_or(profile.webhook_timeout_ms));
                all.max().unwrap_or(0)
            }
            _ => profile.webhook_timeout_ms,
        };
        block.timeout_ms.unwrap_or(own)
    }

    pub(super) fn call_webhook(
        &mut self,
        block: &Block,
        webhook: &Webhook,
        delay: u64,
        site: &Site,
        entry: &mut Entry,
    ) -> Result<(), Trouble> {
        let leg = self.leg(block, webhook, delay, site);
        let sent = self.now.saturating_add(delay);
        let ceiling = self.world.profile.budget_ms;
        entry
            .calls
            .extend(leg.record.clone().map(|record| until(record, ceiling)));
        self.pay_until(leg.end)?;
        let answer = leg
            .result
            .map_err(|failure| Trouble::Failed(failure, None))?;
        let fields = answered(&answer, leg.end - sent);
        let fields = self.write_all(block, site, entry, fields);
        judge(webhook, &fields).map_err(|failure| Trouble::Failed(failure, None))
    }

    pub(super) fn parallel_webhook(
        &mut self,
        block: &Block,
        calls: &[(Text, Webhook)],
        delay: u64,
        site: &Site,
        entry: &mut Entry,
    ) -> Result<(), Trouble> {
        let legs: Vec<_> = calls
            .iter()
            .map(|(_, webhook)| self.leg(block, webhook, delay, site))
            .collect();
        let sent = self.now.saturating_add(delay);
        let ceiling = self.world.profile.budget_ms;
        for leg in &legs {
            entry
                .calls
                .extend(leg.record.clone().map(|record| until(record, ceiling)));
        }
        let longest = legs.iter().map(|leg| leg.end).max().unwrap_or(self.now);
        self.pay_until(longest)?;
        if delay > self.own_timeout(block) {
            return Err(Trouble::failed(ErrorCode::WebhookTimeout));
        }
        let mut fields = Map::new();
        for ((name, _), leg) in calls.iter().zip(&legs) {
            if let Ok(answer) = &leg.result {
                fields.insert(name.clone(), answered(answer, leg.end - sent));
            }
        }
        // A call that had no answer is not rescued by a scripted one.
        let silent = |field: &str| {
            let mut all = calls.iter().zip(&legs);
            all.any(|((name, _), leg)| **name == *field && leg.result.is_err())
        };
        let scripted = self.world.outputs.get(&site.path(block));
        for (field, value) in scripted.into_iter().flat_map(|map| map.iter()) {
            if !silent(field) {
                fields.insert(field.clone(), value.clone());
            }
        }
        for (field, value) in fields.iter() {
            self.write(block, site, entry, field, value.clone());
        }
        for ((name, webhook), leg) in calls.iter().zip(legs) {
            let judged = match leg.result {
                Ok(_) => match fields.get(name).and_then(Value::as_map) {
                    Some(own) => judge(webhook, own),
                    None => Ok(()),
                },
                Err(failure) => Err(failure),
            };
            judged.map_err(|failure| Trouble::Failed(failure, None))?;
        }
        Ok(())
    }

    /// Order: delay, template, URL, guard, mock.
    fn leg(&mut self, block: &Block, webhook: &Webhook, delay: u64, site: &Site) -> Leg {
        let profile = self.world.profile.webhook_timeout_ms;
        let own = webhook.timeout_ms.or(block.timeout_ms);
        let timeout = own.unwrap_or(profile);
        let limit = self.now.saturating_add(timeout);
        let at = self.now.saturating_add(delay);
        if at > limit {
            return failed(limit, ErrorCode::WebhookTimeout);
        }
        if at > self.world.profile.budget_ms {
            return failed(at, ErrorCode::Budget);
        }
        let request = match self.request(block, webhook, site) {
            Ok(request) => request,
            Err(error) => {
                let failure = Failure::new(ErrorCode::Expression, error.message);
                return Leg {
                    end: at,
                    result: Err(failure),
                    record: None,
                };
            }
        };
        let latency = self.set_cost(block).unwrap_or(0);
        self.send(Outgoing {
            request,
            at,
            limit,
            latency,
        })
    }

    fn request(
        &self,
        block: &Block,
        webhook: &Webhook,
        site: &Site,
    ) -> Result<Request, crate::expr::EvalError> {
        let view = self.state.view();
        let url = webhook.url.render_url(&view)?;
        let mut headers = Vec::new();
        for (name, value) in &webhook.headers {
            headers.push((name.clone(), value.render_text(&view)?));
        }
        let body = match &webhook.body {
            Some(body) => Some(body.render(&view)?),
            None => None,
        };
        Ok(Request {
            block: site.path(block),
            method: webhook.method.clone(),
            url,
            headers,
            body,
        })
    }

    /// Sends one request: the guard first, then the mocks.
    pub(super) fn send(&mut self, outgoing: Outgoing) -> Leg {
        let Outgoing {
            mut request,
            at,
            limit,
            latency,
        } = outgoing;
        let mut record = CallRecord {
            mock: None,
            method: request.method.clone(),
            url: request.url.clone(),
            status: None,
            fault: None,
            start_ms: at,
            duration_ms: 0,
        };
        let Ok(url) = Url::parse(&request.url) else {
            return failed(at, ErrorCode::WebhookUrl);
        };
        record.url = Text::from(url.as_str());
        if !self.admits(&url) {
            record.fault = Some(ErrorCode::OutboundDenied.name().into());
            let mut leg = failed(at, ErrorCode::OutboundDenied);
            leg.record = Some(record);
            return leg;
        }
        request.url = record.url.clone();
        let route = self
            .exchange
            .route(&Arc::new(request), latency, &mut Medians);
        if let Routed::Mock(name) = &route.routed {
            record.mock = Some(name.clone());
        }
        let due = route.delay_ms.map(|delay| at.saturating_add(delay));
        let Some(end) = due.filter(|end| *end <= limit) else {
            record.fault = Some(CallFault::Timeout.name().into());
            record.duration_ms = limit - at;
            let mut leg = failed(limit, ErrorCode::WebhookTimeout);
            leg.record = Some(record);
            return leg;
        };
        record.duration_ms = end - at;
        let result = match route.outcome {
            CallOutcome::Answer(answer) => {
                record.status = Some(answer.status);
                Ok(answer)
            }
            CallOutcome::Fault(fault) => {
                record.fault = Some(fault.name().into());
                Err(Failure::new(fault.code(), fault.code().meaning()))
            }
        };
        Leg {
            end,
            result,
            record: Some(record),
        }
    }

    /// The outbound guard, for addresses as the URL standard normalises them.
    fn admits(&self, url: &Url) -> bool {
        if url.scheme() != "https" {
            return false;
        }
        let host = match url.host() {
            None => return false,
            Some(Host::Ipv4(address)) if !reach::is_global(address) => return false,
            Some(Host::Ipv6(address)) if !reach::is_global_6(address) => return false,
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.').to_lowercase();
                if name == "localhost"
                    || name.ends_with(".localhost")
                    || name == "metadata.google.internal"
                {
                    return false;
                }
                name
            }
            Some(host) => host.to_string(),
        };
        let Some(allowed) = &self.world.outbound_allowlist else {
            return true;
        };
        allowed.iter().any(|entry| match entry.strip_prefix("*.") {
            Some(parent) => host
                .strip_suffix(parent)
                .is_some_and(|rest| rest.ends_with('.')),
            None => **entry == *host,
        })
    }
}

fn failed(end: u64, code: ErrorCode) -> Leg {
    Leg {
        end,
        result: Err(Failure::new(code, code.meaning())),
        record: None,
    }
}

/// A call that the ceiling dropped lasted until then, and nothing came of it.
pub(super) fn until(mut record: CallRecord, end: u64) -> CallRecord {
    if record.start_ms + record.duration_ms > end {
        record.duration_ms = end - record.start_ms;
        record.status = None;
        record.fault = None;
    }
    record
}

fn answered(answer: &HttpAnswer, duration_ms: u64) -> Map {
    let headers: Map = answer
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Value::Text(value.clone())))
        .collect();
    map([
        ("status", Value::Int(i64::from(answer.status))),
        ("body", answer.value.clone()),
        ("headers", headers.into()),
        ("duration_ms", Value::Int(duration_ms as i64)),
    ])
}

/// ERR-5: the status, as scripted outputs left it; where they left none there is nothing to judge.
fn judge(webhook: &Webhook, fields: &Map) -> Result<(), Failure> {
    let Some(status) = fields.get("status").and_then(Value::as_int) else {
        return Ok(());
    };
    let ok = webhook
        .ok_status
        .iter()
        .any(|(from, to)| (i64::from(*from)..=i64::from(*to)).contains(&status));
    if ok || !webhook.fail_on_status {
        return Ok(());
    }
    let code = ErrorCode::WebhookStatus;
    Err(Failure::new(code, code.meaning()))
}
