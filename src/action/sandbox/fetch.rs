//! `api.fetch`: the WHATWG subset of ACT-5. The call becomes an effect and a promise that the caller settles;
//! a call that cannot be made rejects, as on the web.

use super::convert::entries;
use super::host::OpenFetch;
use super::js::{self, HIDDEN, Js, Outcome, Thrown};
use super::natives::Call;
use super::response;
use crate::action::turn::{Effect, Fetch, FetchError, Response};
use crate::value::{Text, from_json_text};
use rquickjs::qjs::{self as q, JSValue};

/// What an open call costs of the heap besides its texts.
const FETCH_BYTES: usize = 512;

/// `api.fetch(url, options)`
pub fn fetch(js: Js, call: &Call) -> Outcome {
    let stack = stack_here(js);
    match request(js, call) {
        Ok(request) => open(js, request, stack),
        Err(Thrown) => js.settled(Err(Thrown)),
    }
}

/// Settles an open call; None when there is none of that number.
pub fn settle(js: Js, id: u32, outcome: Result<Response, FetchError>) -> Option<Outcome<()>> {
    let open = js.host().fetches.remove(&id)?;
    let settled = match outcome {
        Ok(answer) => response::build(js, answer).and_then(|value| call(js, open.fulfil, value)),
        Err(error) => {
            failure(js, &error, &open.stack).and_then(|value| call(js, open.reject, value))
        }
    };
    js.free(open.fulfil);
    js.free(open.reject);
    Some(settled)
}

fn call(js: Js, function: JSValue, argument: JSValue) -> Outcome<()> {
    let returned = js.call(function, js::UNDEFINED, &[argument])?;
    js.free(argument);
    js.free(returned);
    Ok(())
}

/// The error of a rejection: its place is the call of `api.fetch` (ERR-4).
fn failure(js: Js, error: &FetchError, stack: &str) -> Outcome {
    // SAFETY: the context is alive.
    let value = unsafe { q::JS_NewError(js.0) };
    js.define(value, "message", js.text(&error.message)?, HIDDEN)?;
    js.define(value, "name", js.text("FetchError")?, HIDDEN)?;
    js.define(value, "code", js.text(&error.code)?, q::JS_PROP_C_W_E)?;
    js.define(value, "stack", js.text(stack)?, HIDDEN)?;
    let kept = js.dup(value);
    js.host().fetch_errors.push((kept, error.code.clone()));
    Ok(value)
}

/// The stack as an error made here would carry it.
fn stack_here(js: Js) -> String {
    let Thrown = js.error("here");
    let error = js.take();
    let stack = js.get(error, "stack").and_then(|stack| {
        let text = js.string(stack);
        js.free(stack);
        text
    });
    js.free(error);
    stack.unwrap_or_default()
}

fn open(js: Js, mut request: Fetch, stack: String) -> Outcome {
    let (promise, fulfil, reject) = js.promise()?;
    let host = js.host();
    request.id = host.id();
    request.at = host.place(&stack, "");
    let mut bytes = FETCH_BYTES + stack.len() + request.url.len();
    bytes += request.body_text.as_ref().map_or(0, |body| body.len() * 2);
    bytes += request
        .headers
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum::<usize>();
    let open = OpenFetch {
        fulfil,
        reject,
        stack,
    };
    host.fetches.insert(request.id, open);
    if host.charge(bytes) && host.effect(Effect::Fetch(request)) {
        return Ok(promise);
    }
    Err(js.out_of_memory())
}

fn request(js: Js, call: &Call) -> Outcome<Fetch> {
    if js::is_undefined(call.argument(0)) {
        return Err(js.type_error("api.fetch takes a URL first"));
    }
    let url = Text::from(js.string(call.argument(0))?);
    let options = call.argument(1);
    let mut request = Fetch {
        id: 0,
        method: Text::from("GET"),
        url,
        headers: Vec::new(),
        body: None,
        body_text: None,
        at: None,
    };
    if js::is_nothing(options) {
        return Ok(request);
    }
    if !js::is_object(options) {
        return Err(js.type_error("api.fetch takes its options as an object"));
    }
    with(js, options, "method", |value| {
        request.method = method(js, value)?;
        Ok(())
    })?;
    with(js, options, "headers", |value| {
        request.headers = headers(js, value)?;
        Ok(())
    })?;
    with(js, options, "body", |value| {
        request.body_text = Some(body(js, value)?);
        Ok(())
    })?;
    if request.body_text.is_some() && matches!(&*request.method, "GET" | "HEAD") {
        let method = &request.method;
        return Err(js.type_error(&format!("a {method} request has no body; set `method`")));
    }
    request.body = request.body_text.as_ref().map(|text| {
        from_json_text(text).unwrap_or_else(|_| crate::value::Value::from(text.clone()))
    });
    Ok(request)
}

/// Hands an option on when it is there.
fn with(
    js: Js,
    options: JSValue,
    name: &str,
    take: impl FnOnce(JSValue) -> Outcome<()>,
) -> Outcome<()> {
    let value = js.get(options, name)?;
    let taken = if js::is_nothing(value) {
        Ok(())
    } else {
        take(value)
    };
    js.free(value);
    taken
}

fn method(js: Js, value: JSValue) -> Outcome<Text> {
    let method = js.string(value)?;
    let capitals = method.to_ascii_uppercase();
    if matches!(
        &*capitals,
        "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS"
    ) {
        return Ok(Text::from(capitals));
    }
    if is_token(&method) && !matches!(&*capitals, "CONNECT" | "TRACE" | "TRACK") {
        return Ok(Text::from(method));
    }
    Err(js.type_error(&format!("`{method}` is no method that api.fetch can send")))
}

fn body(js: Js, value: JSValue) -> Outcome<Text> {
    if js::is_text(value) {
        return js.string(value).map(Text::from);
    }
    Err(js.type_error("api.fetch takes its body as text; use JSON.stringify(…)"))
}

/// Headers as an object, or as a list of pairs.
fn headers(js: Js, value: JSValue) -> Outcome<Vec<(Text, Text)>> {
    let mut headers = Vec::new();
    if !js::is_object(value) {
        return Err(js.type_error("api.fetch takes its headers as an object"));
    }
    // SAFETY: reads the class of a plain value.
    if unsafe { q::JS_IsArray(value) } {
        for index in 0..js.length(value)? {
            let pair = js.get_index(value, index)?;
            let (name, text) = (js.get_index(pair, 0)?, js.get_index(pair, 1)?);
            add_header(js, &mut headers, &js.string(name)?, &js.string(text)?)?;
            [pair, name, text]
                .into_iter()
                .for_each(|value| js.free(value));
        }
        return Ok(headers);
    }
    for (name, value) in entries(js, value)? {
        let text = js.string(value)?;
        js.free(value);
        add_header(js, &mut headers, &name, &text)?;
    }
    Ok(headers)
}

fn add_header(js: Js, headers: &mut Vec<(Text, Text)>, name: &str, value: &str) -> Outcome<()> {
    let value = value.trim_matches([' ', '\t', '\r', '\n']);
    if !is_token(name) {
        return Err(js.type_error(&format!("`{name}` is no name of a header")));
    }
    if value.contains(['\0', '\r', '\n']) {
        return Err(js.type_error(&format!(
            "the header `{name}` has a line break in its value"
        )));
    }
    let name = name.to_ascii_lowercase();
    match headers.iter_mut().find(|(known, _)| **known == *name) {
        Some((_, known)) => *known = Text::from(format!("{known}, {value}")),
        None => headers.push((Text::from(name), Text::from(value))),
    }
    Ok(())
}

/// The characters of a token of HTTP.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}
