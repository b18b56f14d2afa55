//! What a web platform has besides `fetch`, on the run's clock and seed (ACT-7): `Date`, `Math.random`,
//! `crypto`, `setTimeout`, `console`. Nothing else reaches the outside.

use super::convert::{Mode, out_of_js};
use super::js::{self, HIDDEN, Js, Outcome, UNDEFINED};
use super::natives::{Call, Kind, function};
use crate::action::turn::{Effect, Level};
use crate::value::to_json_text;
use rquickjs::qjs::{self as q, JSValue};

/// The most bytes that `crypto.getRandomValues` fills, as on the web.
const QUOTA: usize = 65_536;
/// The longest delay of a timer, as on the web.
const LONGEST_DELAY: f64 = 2_147_483_647.0;

/// Puts all of it into the global object; gives the engine's own `Date`.
pub fn install(js: Js, global: JSValue) -> Outcome {
    let plain = |name, run| function(js, run, name, Kind::Plain);
    for name in ["SharedArrayBuffer", "Atomics", "performance"] {
        js.delete(global, name)?;
    }
    let error = js.get(global, "Error")?;
    js.delete(error, "prepareStackTrace")?;
    js.delete(error, "stackTraceLimit")?;
    let math = js.get(global, "Math")?;
    js.define(math, "random", plain(c"random", random)?, HIDDEN)?;
    let crypto = js.object()?;
    js.define(
        crypto,
        "randomUUID",
        plain(c"randomUUID", random_uuid)?,
        HIDDEN,
    )?;
    let values = plain(c"getRandomValues", random_values)?;
    js.define(crypto, "getRandomValues", values, HIDDEN)?;
    js.define(global, "crypto", crypto, HIDDEN)?;
    js.define(
        global,
        "setTimeout",
        plain(c"setTimeout", set_timeout)?,
        HIDDEN,
    )?;
    let clear = plain(c"clearTimeout", clear_timeout)?;
    js.define(global, "clearTimeout", clear, HIDDEN)?;
    let console = js.object()?;
    js.define(console, "log", plain(c"log", console_info)?, HIDDEN)?;
    js.define(console, "info", plain(c"info", console_info)?, HIDDEN)?;
    js.define(console, "debug", plain(c"debug", console_debug)?, HIDDEN)?;
    js.define(console, "trace", plain(c"trace", console_debug)?, HIDDEN)?;
    js.define(console, "warn", plain(c"warn", console_warn)?, HIDDEN)?;
    js.define(console, "error", plain(c"error", console_error)?, HIDDEN)?;
    js.define(global, "console", console, HIDDEN)?;
    install_date(js, global)
}

fn install_date(js: Js, global: JSValue) -> Outcome {
    let engine = js.get(global, "Date")?;
    let ours = function(js, date, c"Date", Kind::Constructor)?;
    let prototype = js.get(engine, "prototype")?;
    js.define(ours, "prototype", js.dup(prototype), 0)?;
    js.define(prototype, "constructor", js.dup(ours), HIDDEN)?;
    let now = function(js, now, c"now", Kind::Plain)?;
    js.define(ours, "now", now, HIDDEN)?;
    js.define(ours, "parse", js.get(engine, "parse")?, HIDDEN)?;
    js.define(ours, "UTC", js.get(engine, "UTC")?, HIDDEN)?;
    js.define(global, "Date", ours, HIDDEN)?;
    Ok(engine)
}

/// `Date(…)` and `new Date(…)`.
pub fn date(js: Js, call: &Call) -> Outcome {
    let Some(fixed) = js.host().fixed else {
        return Err(js.error("the clock is not set"));
    };
    let now = js::number(js.host().now_ms as f64);
    if js::is_undefined(call.this) {
        let date = js.construct(fixed.date, fixed.date, &[now])?;
        let text = js.string(date)?;
        js.free(date);
        return js.text(&text);
    }
    if call.arguments().is_empty() {
        return js.construct(fixed.date, call.this, &[now]);
    }
    js.construct(fixed.date, call.this, call.arguments())
}

/// `Date.now()`
pub fn now(js: Js, _: &Call) -> Outcome {
    Ok(js::number(js.host().now_ms as f64))
}

/// `Math.random()`
pub fn random(js: Js, _: &Call) -> Outcome {
    Ok(js::number(js.host().numbers.unit()))
}

/// `crypto.randomUUID()`
pub fn random_uuid(js: Js, _: &Call) -> Outcome {
    let uuid = js.host().bytes.uuid();
    js.text(&uuid)
}

/// `crypto.getRandomValues(array)`
pub fn random_values(js: Js, call: &Call) -> Outcome {
    let array = call.argument(0);
    // SAFETY: reads the class of a plain value.
    let kind = unsafe { q::JS_GetTypedArrayType(array) };
    let integers = 0..=q::JSTypedArrayEnum_JS_TYPED_ARRAY_BIG_UINT64 as i32;
    if !js::is_object(array) || !integers.contains(&kind) {
        return Err(js.type_error("crypto.getRandomValues takes a typed array of integers"));
    }
    let (mut offset, mut length, mut unit) = (0, 0, 0);
    // SAFETY: the value is a typed array; the three numbers outlive the call.
    let buffer = unsafe {
        let (offset, length) = (&raw mut offset, &raw mut length);
        q::JS_GetTypedArrayBuffer(js.0, array, offset, length, &raw mut unit)
    };
    let (offset, length) = (offset as usize, length as usize);
    if length > QUOTA {
        js.free(buffer);
        return Err(js.error("crypto.getRandomValues fills 65536 bytes at most"));
    }
    let mut size = 0;
    // SAFETY: as above; the engine gives the start of the buffer and its size, or null.
    let start = unsafe { q::JS_GetArrayBuffer(js.0, &raw mut size, buffer) };
    if !start.is_null() && offset + length <= size as usize {
        let stream = &mut js.host().bytes;
        for at in offset..offset + length {
            // SAFETY: inside the buffer, as just checked; nothing else runs meanwhile.
            unsafe { start.add(at).write(stream.next() as u8) };
        }
    }
    js.free(buffer);
    Ok(js.dup(array))
}

/// `setTimeout(function, delay, …arguments)`
pub fn set_timeout(js: Js, call: &Call) -> Outcome {
    if !js.is_function(call.argument(0)) {
        return Err(js.type_error("setTimeout takes a function first"));
    }
    let delay = js.to_number(call.argument(1))?;
    let delay_ms = delay.clamp(0.0, LONGEST_DELAY) as u64;
    let kept = call.arguments().iter().enumerate();
    let kept = kept
        .filter(|(at, _)| *at != 1)
        .map(|(_, value)| js.dup(*value))
        .collect();
    let host = js.host();
    let id = host.id();
    host.timers.insert(id, kept);
    if host.effect(Effect::Timer { id, delay_ms }) {
        return Ok(js::number(f64::from(id)));
    }
    Err(js.out_of_memory())
}

/// `clearTimeout(id)`
pub fn clear_timeout(js: Js, call: &Call) -> Outcome {
    let id = js.to_number(call.argument(0))?;
    if id.fract() != 0.0 || !(1.0..=f64::from(u32::MAX)).contains(&id) {
        return Ok(UNDEFINED);
    }
    let id = id as u32;
    let Some(kept) = js.host().timers.remove(&id) else {
        return Ok(UNDEFINED);
    };
    kept.into_iter().for_each(|value| js.free(value));
    if js.host().effect(Effect::CancelTimer { id }) {
        return Ok(UNDEFINED);
    }
    Err(js.out_of_memory())
}

/// `console.log(…)`, `console.info(…)`
pub fn console_info(js: Js, call: &Call) -> Outcome {
    console(js, call, Level::Info)
}

/// `console.debug(…)`, `console.trace(…)`
pub fn console_debug(js: Js, call: &Call) -> Outcome {
    console(js, call, Level::Debug)
}

/// `console.warn(…)`
pub fn console_warn(js: Js, call: &Call) -> Outcome {
    console(js, call, Level::Warn)
}

/// `console.error(…)`
pub fn console_error(js: Js, call: &Call) -> Outcome {
    console(js, call, Level::Error)
}

fn console(js: Js, call: &Call, level: Level) -> Outcome {
    if js.host().limits_log_reached() {
        js.host().may_log();
        return Ok(UNDEFINED);
    }
    let mut parts = Vec::new();
    for value in call.arguments() {
        parts.push(readable(js, *value)?);
    }
    if js.host().log(level, &parts.join(" "), None) {
        return Ok(UNDEFINED);
    }
    Err(js.out_of_memory())
}

/// A value as a line of log shows it: text as it is, objects as JSON.
pub fn readable(js: Js, value: JSValue) -> Outcome<String> {
    if js::is_text(value) || js::is_undefined(value) {
        return js.string(value);
    }
    let value = out_of_js(js, value, Mode::Lenient, "console")?;
    Ok(value
        .as_text()
        .map_or_else(|| to_json_text(&value), str::to_owned))
}
