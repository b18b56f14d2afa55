//! From what was thrown to why an action failed (ERR-4, ERR-7).

use super::convert::{Mode, out_of_js};
use super::host::Stop;
use super::js::{self, Js, Thrown};
use crate::action::turn::{Failure, FailureKind};
use crate::value::to_json_text;
use rquickjs::qjs::{self as q, JSValue};

/// Longer messages are cut.
const LONGEST: usize = 4_000;

/// The failure of a run that was stopped from outside, whatever the engine made of it.
pub fn stopped(js: Js) -> Option<Failure> {
    let host = js.host();
    let (kind, message) = match host.stop {
        _ if host.refused() => (FailureKind::Memory, "the action went over its memory limit"),
        Some(Stop::Compute) => (
            FailureKind::Compute,
            "the action went over its compute limit",
        ),
        Some(Stop::Uninterruptible) => (
            FailureKind::Uninterruptible,
            "native work of the action took more than 10 s of wall time",
        ),
        None => return None,
    };
    Some(Failure {
        kind,
        message: message.to_owned(),
        at: None,
    })
}

/// The failure of a run that was stopped by an exception; takes it, and knows where the run was.
pub fn interrupted(js: Js, thrown: JSValue) -> Option<Failure> {
    let mut failure = stopped(js)?;
    if failure.kind == FailureKind::Compute {
        failure.at = place(js, thrown);
    }
    Some(failure)
}

/// The failure that an uncaught exception or rejection makes. It frees the reason.
pub fn thrown(js: Js, reason: JSValue) -> Failure {
    let at = place(js, reason);
    let message = describe(js, reason);
    let identity = js::address(reason);
    let fetch = js.host().fetch_errors.iter();
    let code = fetch.filter(|_| js::is_object(reason));
    let code = code
        .clone()
        .find(|(error, _)| js::address(*error) == identity);
    let kind = match code {
        Some((_, code)) if matches!(&**code, "no_mock" | "outbound_denied") => {
            FailureKind::Fetch { code: code.clone() }
        }
        _ if message == "RangeError: Maximum call stack size exceeded" => FailureKind::Stack,
        _ => FailureKind::Error,
    };
    js.free(reason);
    Failure { kind, message, at }
}

/// Where an Error was made.
fn place(js: Js, error: JSValue) -> Option<(usize, usize)> {
    // SAFETY: reads the class of a plain value.
    if !unsafe { q::JS_IsError(error) } {
        return None;
    }
    let stack = quietly(js, || text_of(js, error, "stack"))?;
    let name = quietly(js, || text_of(js, error, "name")).unwrap_or_default();
    js.host().place(&stack, &name)
}

/// A thrown value in words: `Name: message`, text as it is, anything else as JSON.
pub fn describe(js: Js, reason: JSValue) -> String {
    // SAFETY: reads the class of a plain value.
    let text = if unsafe { q::JS_IsError(reason) } {
        let name = quietly(js, || text_of(js, reason, "name")).unwrap_or_default();
        let message = quietly(js, || text_of(js, reason, "message")).unwrap_or_default();
        match (name.is_empty(), message.is_empty()) {
            (true, _) => message,
            (false, true) => name,
            (false, false) => format!("{name}: {message}"),
        }
    } else {
        let value = quietly(js, || out_of_js(js, reason, Mode::Lenient, "throw"));
        let text = value.map(|value| match value.as_text() {
            Some(text) => text.to_owned(),
            None if js::is_undefined(reason) => "undefined".to_owned(),
            None => to_json_text(&value),
        });
        text.unwrap_or_else(|| "something that cannot be shown".to_owned())
    };
    cut(text)
}

fn cut(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(at);
        text.push('…');
    }
    text
}

fn text_of(js: Js, object: JSValue, name: &str) -> Result<String, Thrown> {
    let value = js.get(object, name)?;
    let text = if js::is_nothing(value) {
        Ok(String::new())
    } else {
        js.string(value)
    };
    js.free(value);
    text
}

/// Runs something that may throw, and forgets what it threw.
fn quietly<T>(js: Js, read: impl FnOnce() -> Result<T, Thrown>) -> Option<T> {
    match read() {
        Ok(value) => Some(value),
        Err(Thrown) => {
            js.free(js.take());
            None
        }
    }
}
