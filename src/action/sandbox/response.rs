//! The response that `api.fetch` fulfils with: `status`, `ok`, `headers`, `text()` and `json()`. A body can be
//! read once, as on the web. Redirects, streams and cloning are left out (ACT-5).

use super::convert::into_js;
use super::host::Body;
use super::js::{self, HIDDEN, Js, Outcome, Thrown, UNDEFINED};
use super::natives::{Call, bound};
use crate::action::turn::Response;
use crate::value::Value;
use rquickjs::qjs::{self as q, JSValue};

/// The response as the action sees it.
pub fn build(js: Js, response: Response) -> Outcome {
    let host = js.host();
    if !host.charge(response.body.len() + 256) {
        return Err(js.out_of_memory());
    }
    let ok = (200..300).contains(&response.status);
    let id = host.bodies.len() as i32;
    host.bodies.push(Body {
        text: response.body.clone(),
        read: false,
        headers: joined(&response),
    });
    let object = js.object()?;
    let status = js::number(f64::from(response.status));
    js.define(object, "status", status, q::JS_PROP_ENUMERABLE)?;
    js.define(object, "ok", js::boolean(ok), q::JS_PROP_ENUMERABLE)?;
    js.define(object, "headers", headers(js, id)?, q::JS_PROP_ENUMERABLE)?;
    js.define(object, "text", bound(js, text, id)?, HIDDEN)?;
    js.define(object, "json", bound(js, json, id)?, HIDDEN)?;
    Ok(object)
}

/// Names in lower case and in order, as the web gives them; equal names joined.
fn joined(response: &Response) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in &response.headers {
        let name = name.to_ascii_lowercase();
        match headers.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.extend([", ", value]),
            None => headers.push((name, value.to_string())),
        }
    }
    headers.sort();
    headers
}

fn headers(js: Js, id: i32) -> Outcome {
    let object = js.object()?;
    js.define(object, "get", bound(js, header, id)?, HIDDEN)?;
    js.define(object, "has", bound(js, has_header, id)?, HIDDEN)?;
    js.define(object, "entries", bound(js, header_entries, id)?, HIDDEN)?;
    js.define(object, "keys", bound(js, header_keys, id)?, HIDDEN)?;
    js.define(object, "values", bound(js, header_values, id)?, HIDDEN)?;
    js.define(object, "forEach", bound(js, for_each_header, id)?, HIDDEN)?;
    if let Some(fixed) = js.host().fixed {
        js.define_atom(
            object,
            fixed.iterator,
            bound(js, header_entries, id)?,
            HIDDEN,
        )?;
    }
    Ok(object)
}

/// `response.text()`
pub fn text(js: Js, call: &Call) -> Outcome {
    let text = read(js, call).and_then(|text| js.text(&text));
    js.settled(text)
}

/// `response.json()`
pub fn json(js: Js, call: &Call) -> Outcome {
    let parsed = read(js, call).and_then(|text| parse(js, text));
    js.settled(parsed)
}

fn parse(js: Js, mut text: String) -> Outcome {
    let length = text.len();
    text.push('\0');
    let name = c"response".as_ptr();
    // SAFETY: the context is alive, and the text ends with a NUL that its length leaves out.
    let value = unsafe { q::JS_ParseJSON(js.0, text.as_ptr().cast(), length as _, name) };
    // SAFETY: reads the tag of a plain value.
    if unsafe { q::JS_IsException(value) } {
        return Err(Thrown);
    }
    Ok(value)
}

fn read(js: Js, call: &Call) -> Outcome<String> {
    match js.host().bodies.get_mut(place(call)) {
        Some(body) if !body.read => {
            body.read = true;
            Ok(body.text.to_string())
        }
        _ => Err(js.type_error("the body of this response was read already; keep what it gave")),
    }
}

/// Which body a function belongs to.
fn place(call: &Call) -> usize {
    usize::try_from(call.data).unwrap_or(usize::MAX)
}

fn pairs(js: Js, call: &Call) -> Vec<(String, String)> {
    let body = js.host().bodies.get(place(call));
    body.map_or_else(Vec::new, |body| body.headers.clone())
}

/// `headers.get(name)`
pub fn header(js: Js, call: &Call) -> Outcome {
    let name = js.string(call.argument(0))?.to_ascii_lowercase();
    match pairs(js, call).iter().find(|(known, _)| *known == name) {
        Some((_, value)) => js.text(value),
        None => Ok(q::JS_NULL),
    }
}

/// `headers.has(name)`
pub fn has_header(js: Js, call: &Call) -> Outcome {
    let name = js.string(call.argument(0))?.to_ascii_lowercase();
    Ok(js::boolean(
        pairs(js, call).iter().any(|(known, _)| *known == name),
    ))
}

/// `headers.entries()`, and what `for … of` uses
pub fn header_entries(js: Js, call: &Call) -> Outcome {
    let pairs = pairs(js, call).into_iter();
    iterator(
        js,
        pairs.map(|(name, value)| Value::list(vec![name.as_str().into(), value.as_str().into()])),
    )
}

/// `headers.keys()`
pub fn header_keys(js: Js, call: &Call) -> Outcome {
    iterator(
        js,
        pairs(js, call)
            .into_iter()
            .map(|(name, _)| Value::text(name)),
    )
}

/// `headers.values()`
pub fn header_values(js: Js, call: &Call) -> Outcome {
    iterator(
        js,
        pairs(js, call)
            .into_iter()
            .map(|(_, value)| Value::text(value)),
    )
}

/// `headers.forEach(function)`
pub fn for_each_header(js: Js, call: &Call) -> Outcome {
    for (name, value) in pairs(js, call) {
        let arguments = [js.text(&value)?, js.text(&name)?, call.this];
        let returned = js.call(call.argument(0), call.argument(1), &arguments)?;
        js.free(returned);
        arguments[..2].iter().for_each(|value| js.free(*value));
    }
    Ok(UNDEFINED)
}

fn iterator(js: Js, items: impl Iterator<Item = Value>) -> Outcome {
    let list: JSValue = into_js(js, &Value::list(items.collect()), 0)?;
    let values = js.get(list, "values")?;
    let iterator = js.call(values, list, &[]);
    js.free(values);
    js.free(list);
    iterator
}
