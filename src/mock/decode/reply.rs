//! One answer of a mock, prepared: body as text and as state sees it, headers in lower case (ERR-5, ACT-9).

use super::super::Reply;
use super::{LATENCY, condition, decode_latency, file, one_at_most};
use crate::diagnostic::Diagnostics;
use crate::document::{Fields, Holds, Node, Shape, key};
use crate::engine::{CallFault, CallOutcome, HttpAnswer};
use crate::profile::RESPONSE_BODY;
use crate::value::{Text, Value, from_json_text, normalise_numbers, to_json_text};
use std::path::Path;
use std::sync::Arc;

/// One answer.
pub(super) static REPLY: Shape = Shape {
    noun: "an answer of a mock",
    keys: &[
        key("status", Holds::Int(100, 599), "the status").default("200"),
        key("headers", condition::HEADERS, "the headers"),
        key("json", Holds::Any, "the body, as JSON"),
        key("text", Holds::Text, "the body, as text"),
        key(
            "file",
            Holds::Text,
            "the body: a file, relative to the file that names it, inside the workspace",
        ),
        key(
            "delay",
            LATENCY,
            "how late; absent: `latency` of the settings, and 0 for a fault",
        ),
        key(
            "fault",
            Holds::Words(&[
                "timeout",
                "refused",
                "reset",
                "dns",
                "tls",
                "malformed",
                "empty",
            ]),
            "what happens instead of an answer",
        ),
    ],
};

const FAULTS: [CallFault; 7] = [
    CallFault::Timeout,
    CallFault::Refused,
    CallFault::Reset,
    CallFault::Dns,
    CallFault::Tls,
    CallFault::Malformed,
    CallFault::Empty,
];

/// Reads one answer; None when something in it is wrong, which is then reported.
pub(super) fn reply(node: &Node, root: &Path, diagnostics: &mut Diagnostics) -> Option<Reply> {
    let fields = Fields::open(node, &REPLY, diagnostics)?;
    let body = one_at_most(&fields, &["fault", "json", "text", "file"], diagnostics);
    let alone = [&["fault", "status"], &["fault", "headers"]]
        .map(|pair| one_at_most(&fields, pair, diagnostics).is_some());
    let headers = condition::headers(&fields, diagnostics);
    let delay = match fields.node("delay") {
        Some(node) => Some(decode_latency(node, diagnostics)?),
        None => None,
    };
    let outcome = match body? {
        Some("fault") => CallOutcome::Fault(fields.pick("fault", FAULTS)?),
        Some(key) => answer(&fields, headers?, content(&fields, key, root, diagnostics)?),
        None => answer(&fields, headers?, Content::Text(Text::from(""), 0)),
    };
    (fields.is_sound() && alone == [true, true]).then_some(Reply { outcome, delay })
}

/// 200 without a body, at once.
pub(super) fn empty() -> Reply {
    let answer = HttpAnswer {
        status: 200,
        headers: Vec::new(),
        body: Text::from(""),
        value: Value::Null,
    };
    Reply {
        outcome: CallOutcome::Answer(Arc::new(answer)),
        delay: None,
    }
}

/// A body as it was written.
enum Content {
    Json(Value),
    /// A text and its size in bytes, as it is sent.
    Text(Text, usize),
}

fn content(
    fields: &Fields,
    key: &str,
    root: &Path,
    diagnostics: &mut Diagnostics,
) -> Option<Content> {
    let node = fields.node(key)?;
    match key {
        "json" => Some(Content::Json(node.to_value())),
        "text" => {
            let text = node.as_text()?.clone();
            let size = text.len();
            Some(Content::Text(text, size))
        }
        _ => {
            let (text, size) = file::body(node, root, diagnostics)?;
            Some(Content::Text(text, size))
        }
    }
}

/// JSON says so in its `content-type` where the mock says nothing. A body over the limit is none (BUD-7).
fn answer(fields: &Fields, mut headers: Vec<(Text, Text)>, content: Content) -> CallOutcome {
    let (body, size) = match &content {
        Content::Json(value) => {
            let body = Text::from(to_json_text(value));
            let size = body.len();
            (body, size)
        }
        Content::Text(body, size) => (body.clone(), *size),
    };
    if size > RESPONSE_BODY {
        return CallOutcome::Fault(CallFault::TooLarge);
    }
    let value = match content {
        Content::Json(value) => {
            if !headers.iter().any(|(name, _)| &**name == "content-type") {
                headers.push((Text::from("content-type"), Text::from("application/json")));
            }
            normalise_numbers(value)
        }
        Content::Text(body, _) => parsed(&body),
    };
    let status = fields
        .int("status")
        .and_then(|status| u16::try_from(status).ok());
    CallOutcome::Answer(Arc::new(HttpAnswer {
        status: status.unwrap_or(200),
        headers,
        body,
        value,
    }))
}

/// ERR-5: JSON where it is JSON, else text; null when empty.
fn parsed(body: &Text) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    from_json_text(body).map_or_else(|_| Value::Text(body.clone()), normalise_numbers)
}
