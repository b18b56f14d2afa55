//! Canonical texts out of a document that `run --format json` wrote. The document knows neither stages nor what
//! decisions read, so that such texts are compared with one another only.

use super::text::{Source, canonical};
use crate::engine::Request;
use crate::flow::Kind;
use crate::profile::Profile;
use crate::trace::{
    Audit, AuditOutcome, CallRecord, Ending, Entry, ErrorCode, Failure, Level, LogLine, Message,
    PromptKind, SideEffects, Status, Trace, UserSees,
};
use crate::value::{Map, Text, Value, from_json_slice};

/// A scenario of a saved document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Its full name.
    pub name: String,
    /// Its canonical text, without stages.
    pub text: String,
}

/// Why a document cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum SavedError {
    /// Not JSON.
    #[error("it is not JSON: {0}")]
    NoJson(#[from] serde_json::Error),
    /// Not what `run` writes.
    #[error("it is no document of `run --format json`: `format` is not `flowproof.run/1`")]
    OtherFormat,
    /// A scenario lacks something, or has what this version does not know.
    #[error("scenario `{0}` cannot be read: {1} is missing or unknown")]
    Broken(String, &'static str),
}

/// Every scenario of a document, in order.
pub fn read(document: &[u8]) -> Result<Vec<Saved>, SavedError> {
    let document = from_json_slice(document)?;
    if document.get("format").and_then(Value::as_text) != Some("flowproof.run/1") {
        return Err(SavedError::OtherFormat);
    }
    list(&document, "scenarios").iter().map(saved).collect()
}

fn saved(scenario: &Value) -> Result<Saved, SavedError> {
    let name = text(scenario, "name").unwrap_or_default().to_string();
    let broken = |what| SavedError::Broken(name.clone(), what);
    let trace = trace(scenario).map_err(broken)?;
    let requests = requests(scenario, &trace);
    let default = Profile::default().to_map();
    let departures = map(scenario, "profile").into_iter();
    let departures = departures
        .filter(|(key, value)| default.get(key) != Some(value))
        .collect();
    let text = canonical(&Source {
        slug: "-",
        flow: None,
        flows: &|_| None,
        departures,
        trace: &trace,
        sent: requests
            .iter()
            .map(|(mock, request)| (mock.as_deref(), request))
            .collect(),
    });
    Ok(Saved { name, text })
}

/// The trace of a scenario, as far as the document tells it: no state, no reads, no error of the run.
///
/// Fails with the name of what is missing or unknown.
pub fn trace(scenario: &Value) -> Result<Trace, &'static str> {
    let endings = [
        Ending::Allowed,
        Ending::Denied,
        Ending::Failed,
        Ending::TimedOut,
        Ending::Suspended,
    ];
    let ending = text(scenario, "ending").unwrap_or_else(|| "failed".into());
    Ok(Trace {
        entries: entries(list(scenario, "trace"))?,
        ending: named(endings, Ending::name, &ending).ok_or("`ending`")?,
        terminal: text(scenario, "terminal"),
        reason: text(scenario, "reason"),
        halted_at: text(scenario, "halted_at"),
        error: None,
        user_sees: user_sees(scenario.get("user_sees")).ok_or("`user_sees`")?,
        flow_ms: number(scenario, "flow_ms"),
        budget_ms: 0,
        state: Vec::new(),
        event: Value::Null,
        audit: list(scenario, "audit")
            .iter()
            .map(audit)
            .collect::<Result<_, _>>()?,
        side_effects: side_effects(scenario.get("side_effects").unwrap_or(&Value::Null)),
        harness_failure: None,
    })
}

fn entries(list: &[Value]) -> Result<Vec<Entry>, &'static str> {
    list.iter().map(entry).collect()
}

/// Depth is bounded by the reader of JSON.
fn entry(value: &Value) -> Result<Entry, &'static str> {
    let statuses = [
        Status::Ok,
        Status::Failed,
        Status::Denied,
        Status::TimedOut,
        Status::Suspended,
        Status::Detached,
    ];
    Ok(Entry {
        block: text(value, "block").ok_or("`block`")?,
        kind: text(value, "kind")
            .and_then(|kind| Kind::from_name(&kind))
            .ok_or("`kind`")?,
        status: text(value, "status")
            .and_then(|name| named(statuses, Status::name, &name))
            .ok_or("`status`")?,
        continued: value
            .get("continued")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        start_ms: number(value, "start_ms"),
        duration_ms: number(value, "duration_ms"),
        branch: text(value, "branch"),
        reads: Vec::new(),
        writes: map(value, "writes").into_iter().collect(),
        logs: list(value, "logs")
            .iter()
            .map(log)
            .collect::<Result<_, _>>()?,
        logs_dropped: number(value, "logs_dropped"),
        calls: list(value, "calls").iter().map(call).collect(),
        error: value.get("error").map(failure).transpose()?.flatten(),
        entries: entries(list(value, "entries"))?,
    })
}

/// An error object; None for null.
pub fn failure(value: &Value) -> Result<Option<Failure>, &'static str> {
    if value.as_map().is_none() {
        return Ok(None);
    }
    let code = text(value, "code")
        .and_then(|code| ErrorCode::from_name(&code))
        .ok_or("`code`")?;
    Ok(Some(Failure {
        code,
        message: text(value, "message").unwrap_or_default(),
        at: text(value, "at"),
        cause: value
            .get("cause")
            .map(failure)
            .transpose()?
            .flatten()
            .map(Box::new),
    }))
}

fn log(value: &Value) -> Result<LogLine, &'static str> {
    let levels = [Level::Debug, Level::Info, Level::Warn, Level::Error];
    Ok(LogLine {
        level: text(value, "level")
            .and_then(|name| named(levels, Level::name, &name))
            .ok_or("`level`")?,
        message: text(value, "message").unwrap_or_default(),
        data: value
            .get("data")
            .filter(|data| !matches!(data, Value::Null))
            .cloned(),
    })
}

fn call(value: &Value) -> CallRecord {
    CallRecord {
        mock: text(value, "mock"),
        method: text(value, "method").unwrap_or_default(),
        url: text(value, "url").unwrap_or_default(),
        status: value
            .get("status")
            .and_then(Value::as_int)
            .and_then(|status| u16::try_from(status).ok()),
        fault: text(value, "fault"),
        start_ms: number(value, "start_ms"),
        duration_ms: number(value, "duration_ms"),
    }
}

fn audit(value: &Value) -> Result<Audit, &'static str> {
    let outcomes = [
        AuditOutcome::Success,
        AuditOutcome::Denied,
        AuditOutcome::Failure,
        AuditOutcome::Partial,
    ];
    let outcome =
        text(value, "outcome").and_then(|name| named(outcomes, AuditOutcome::name, &name));
    Ok(Audit {
        kind: text(value, "type").unwrap_or_default(),
        outcome: outcome.ok_or("`outcome`")?,
        flow: text(value, "flow").unwrap_or_default(),
        block: text(value, "block"),
        data: value.get("data").cloned().unwrap_or_default(),
    })
}

fn side_effects(value: &Value) -> SideEffects {
    let truth = |key| value.get(key).and_then(Value::as_bool).unwrap_or(false);
    let messages = |key| list(value, key).iter().map(message).collect();
    SideEffects {
        session_issued: truth("session_issued"),
        session_revoked: truth("session_revoked"),
        emails: messages("emails"),
        messages: messages("messages"),
        app_metadata: map(value, "app_metadata"),
        custom_claims: map(value, "custom_claims"),
        identities_created: list(value, "identities_created").to_vec(),
        identities_updated: list(value, "identities_updated").to_vec(),
    }
}

fn message(value: &Value) -> Message {
    Message {
        channel: text(value, "channel").unwrap_or_default(),
        template: text(value, "template").unwrap_or_default(),
        to: text(value, "to"),
    }
}

fn user_sees(value: Option<&Value>) -> Option<UserSees> {
    let kinds = [
        PromptKind::Otp,
        PromptKind::Webauthn,
        PromptKind::Mfa,
        PromptKind::Enroll,
        PromptKind::Verification,
        PromptKind::EmailLink,
        PromptKind::Social,
    ];
    match value {
        None | Some(Value::Null) => Some(UserSees::GenericError),
        Some(Value::Text(word)) if **word == *"success" => Some(UserSees::Success),
        Some(Value::Text(word)) if **word == *"generic_error" => Some(UserSees::GenericError),
        Some(value) => match (text(value, "message"), text(value, "prompt")) {
            (Some(message), _) => Some(UserSees::Message(message)),
            (None, Some(prompt)) => named(kinds, PromptKind::name, &prompt).map(UserSees::Prompt),
            (None, None) => None,
        },
    }
}

/// The document does not say which block sent a request: each goes to the first call that fits.
fn requests(scenario: &Value, trace: &Trace) -> Vec<(Option<Text>, Request)> {
    let mut all = Vec::new();
    for log in list(scenario, "webhooks") {
        let mock = text(log, "mock");
        let entries = trace.preorder();
        let calls = entries
            .iter()
            .flat_map(|entry| entry.calls.iter().map(|call| (&entry.block, call)));
        let mut calls: Vec<(&Text, &CallRecord)> =
            calls.filter(|(_, call)| call.mock == mock).collect();
        for sent in list(log, "requests") {
            let (method, url) = (text(sent, "method"), text(sent, "url"));
            let fits = |(_, call): &(&Text, &CallRecord)| {
                Some(&call.method) == method.as_ref() && Some(&call.url) == url.as_ref()
            };
            let Some(at) = calls.iter().position(fits) else {
                continue;
            };
            let (block, call) = calls.remove(at);
            let header = |(name, value): (Text, Value)| Some((name, Text::from(value.as_text()?)));
            let request = Request {
                block: block.clone(),
                method: call.method.clone(),
                url: call.url.clone(),
                headers: map(sent, "headers")
                    .into_iter()
                    .filter_map(header)
                    .collect(),
                body: sent
                    .get("body")
                    .filter(|body| !matches!(body, Value::Null))
                    .cloned(),
            };
            all.push((mock.clone(), request));
        }
    }
    all
}

/// The text under a key.
pub fn text(value: &Value, key: &str) -> Option<Text> {
    value.get(key)?.as_text().map(Text::from)
}

/// The number under a key; 0 for everything else.
pub fn number(value: &Value, key: &str) -> u64 {
    let number = value.get(key).and_then(Value::as_int);
    number
        .and_then(|number| u64::try_from(number).ok())
        .unwrap_or(0)
}

/// The list under a key; empty for everything else.
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_list).unwrap_or_default()
}

fn map(value: &Value, key: &str) -> Map {
    value
        .get(key)
        .and_then(Value::as_map)
        .cloned()
        .unwrap_or_default()
}

/// The one of all that is called so.
pub fn named<T: Copy, const N: usize>(
    all: [T; N],
    name: impl Fn(T) -> &'static str,
    wanted: &str,
) -> Option<T> {
    all.into_iter().find(|one| name(*one) == wanted)
}
