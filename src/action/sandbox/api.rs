//! `api` but for `fetch` (ACT-5): deny, state, log, metadata, claims, secrets.

use super::convert::{Mode, out_of_js};
use super::js::{self, FROZEN, Js, Outcome, UNDEFINED};
use super::natives::{Call, Kind, function};
use super::{fetch, web};
use crate::action::turn::{Effect, Level};
use crate::value::{Text, Value};
use rquickjs::qjs::JSValue;

/// `api` without `config`, in both spellings.
pub fn install(js: Js) -> Outcome {
    let plain = |name, run| function(js, run, name, Kind::Plain);
    let deny = plain(c"deny", deny)?;
    let claim = plain(c"setCustomClaim", set_custom_claim)?;
    let set = plain(c"set", set_state)?;
    let log = plain(c"log", log)?;
    let fetch = plain(c"fetch", fetch::fetch)?;
    let metadata = plain(c"setAppMetadata", set_app_metadata)?;
    let secret = plain(c"get", secret)?;
    let group = |name: &str, value: JSValue| {
        let object = js.object()?;
        js.define(object, name, value, FROZEN)?;
        js.seal(object)?;
        Ok(object)
    };
    let api = js.object()?;
    js.define(api, "deny", js.dup(deny), FROZEN)?;
    js.define(api, "access", group("deny", deny)?, FROZEN)?;
    js.define(api, "state", group("set", set)?, FROZEN)?;
    js.define(api, "log", log, FROZEN)?;
    js.define(api, "fetch", fetch, FROZEN)?;
    js.define(api, "user", group("setAppMetadata", metadata)?, FROZEN)?;
    js.define(
        api,
        "session",
        group("setCustomClaim", js.dup(claim))?,
        FROZEN,
    )?;
    js.define(api, "accessToken", group("setCustomClaim", claim)?, FROZEN)?;
    js.define(api, "secrets", group("get", secret)?, FROZEN)?;
    Ok(api)
}

/// `api.deny(reason)`: only the first counts, and one without a reason is `denied` (DENY-1).
pub fn deny(js: Js, call: &Call) -> Outcome {
    let reason = call.argument(0);
    let reason = if js::is_nothing(reason) {
        String::new()
    } else {
        js.string(reason)?
    };
    if std::mem::replace(&mut js.host().denied, true) {
        return Ok(UNDEFINED);
    }
    let reason = if reason.is_empty() { "denied" } else { &reason };
    effect(
        js,
        reason.len(),
        Effect::Deny {
            reason: Text::from(reason),
        },
    )
}

/// `api.state.set(key, value)` (ST-3).
pub fn set_state(js: Js, call: &Call) -> Outcome {
    let key = name(js, call.argument(0), "api.state.set", "key")?;
    let value = out_of_js(js, call.argument(1), Mode::Strict, "api.state.set")?;
    effect(js, key.len(), Effect::SetState { key, value })
}

/// `api.user.setAppMetadata(patch)` (ST-7).
pub fn set_app_metadata(js: Js, call: &Call) -> Outcome {
    let what = "api.user.setAppMetadata";
    let patch = out_of_js(js, call.argument(0), Mode::Strict, what)?;
    if !matches!(patch, Value::Map(_)) {
        return Err(js.type_error(&format!(
            "{what} takes an object, not {}",
            patch.kind_name()
        )));
    }
    effect(js, 0, Effect::AppMetadata { patch })
}

/// `api.session.setCustomClaim(name, value)`.
pub fn set_custom_claim(js: Js, call: &Call) -> Outcome {
    let what = "api.session.setCustomClaim";
    let name = name(js, call.argument(0), what, "name")?;
    let value = out_of_js(js, call.argument(1), Mode::Strict, what)?;
    effect(js, name.len(), Effect::Claim { name, value })
}

/// `api.secrets.get(name)`: an undeclared name throws (ACT-10).
pub fn secret(js: Js, call: &Call) -> Outcome {
    let name = js.string(call.argument(0))?;
    let secret = js.host().secrets.get(name.as_str()).cloned();
    match secret {
        Some(secret) => js.text(&secret),
        None => Err(js.error(&format!(
            "secret `{name}` is not declared; add it to `secrets` of the action"
        ))),
    }
}

/// `api.log(level, message, data?)`.
pub fn log(js: Js, call: &Call) -> Outcome {
    let level = call.argument(0);
    let named = if js::is_text(level) {
        Level::of(&js.string(level)?)
    } else {
        None
    };
    let Some(level) = named else {
        return Err(js.type_error("api.log takes a level first: debug, info, warn or error"));
    };
    if js.host().limits_log_reached() {
        js.host().may_log();
        return Ok(UNDEFINED);
    }
    let message = web::readable(js, call.argument(1))?;
    let data = match call.argument(2) {
        data if js::is_undefined(data) => None,
        data => Some(out_of_js(js, data, Mode::Lenient, "api.log")?),
    };
    if js.host().log(level, &message, data) {
        return Ok(UNDEFINED);
    }
    Err(js.out_of_memory())
}

fn name(js: Js, value: JSValue, what: &str, role: &str) -> Outcome<Text> {
    if js::is_text(value) {
        let text = js.string(value)?;
        if !text.is_empty() {
            return Ok(Text::from(text));
        }
    }
    Err(js.type_error(&format!(
        "{what} takes a {role} first: text that is not empty"
    )))
}

fn effect(js: Js, bytes: usize, effect: Effect) -> Outcome {
    let host = js.host();
    if host.charge(bytes) && host.effect(effect) {
        return Ok(UNDEFINED);
    }
    Err(js.out_of_memory())
}
