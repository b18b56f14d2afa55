//! A draft as the document that an author would write; what is the default is left out.

use super::draft::{Draft, Reply, Submitted};
use super::layout::Layout;
use super::parts;
use crate::drive::Script;
use crate::engine::{Answer, Fault, FaultKind};
use crate::value::{Map as Values, Text, to_json_text};
use serde_json::{Map, Value, json};

impl Draft<'_> {
    /// The scenario.
    pub fn document(&self, layout: &Layout) -> Value {
        let mut scenario = Map::new();
        let mut put = |key: &str, value: Value| {
            let empty = value.as_object().is_some_and(Map::is_empty)
                || value.as_array().is_some_and(Vec::is_empty)
                || value.is_null();
            if !empty {
                scenario.insert(key.into(), value);
            }
        };
        put("scenario", json!("generated"));
        put("flow", json!(layout.run));
        put("identity", json!(self.identity));
        let (preset, overlay) = self.request;
        put("request", parts::request(preset, overlay));
        put("input", input(&self.input));
        put("profile", values(&self.profile.departures()));
        put("disable", self.disable.into_iter().collect());
        put("enable", self.enable.into_iter().collect());
        put("webhooks", self.mocks.iter().map(mock).collect());
        put("answers", by_path(&self.answers, script));
        put("outputs", by_path(&self.outputs, |fields| values(fields)));
        put("faults", self.faults.iter().map(fault).collect());
        Value::Object(scenario)
    }

    /// `latency` of the settings.
    pub fn written_latency(&self) -> Vec<(String, u64)> {
        let latency = self.latency.iter();
        latency.map(|(key, ms)| (key.to_string(), *ms)).collect()
    }

    /// `outbound_allowlist` of the settings.
    pub fn written_allowlist(&self) -> Vec<String> {
        let hosts = self.allowlist.unwrap_or_default().iter();
        hosts.map(|host| (*host).to_owned()).collect()
    }
}

fn values(map: &Values) -> Value {
    parts::parsed(&to_json_text(&map.clone().into()))
}

fn by_path<T>(blocks: &[(&Text, T)], written: impl Fn(&T) -> Value) -> Value {
    let entries = blocks
        .iter()
        .map(|(path, value)| (path.to_string(), written(value)));
    Value::Object(entries.collect())
}

fn input(submitted: &Submitted) -> Value {
    let mut input = Map::new();
    for (key, text) in [
        ("identifier", submitted.identifier),
        ("password", submitted.password),
        ("new_password", submitted.new_password),
        ("refresh_token", submitted.refresh_token),
        ("session", submitted.session),
    ] {
        if let Some(text) = text {
            input.insert(key.into(), json!(text));
        }
    }
    if let Some(profile) = submitted.profile {
        input.insert("profile".into(), parts::parsed(profile));
    }
    Value::Object(input)
}

fn mock((host, replies): &(usize, Vec<Reply>)) -> Value {
    let mut mock = parts::mock(*host);
    mock["respond"] = replies.iter().map(reply).collect();
    mock
}

fn reply(reply: &Reply) -> Value {
    let mut written = parts::parsed(parts::REPLIES[reply.reply]);
    if let Some(ms) = reply.delay_ms {
        written["delay"] = json!(format!("{ms}ms"));
    }
    written
}

fn script(script: &Script) -> Value {
    match script {
        Script::Always(given) => answer(given),
        Script::InTurn(given) => given.iter().map(answer).collect(),
    }
}

fn answer(given: &Option<Answer>) -> Value {
    let Some(given) = given else {
        return json!("abandon");
    };
    let word = ["right", "wrong"].contains(&&*given.value);
    if word && given.factor.is_none() && given.after_ms == 0 {
        return json!(*given.value);
    }
    let mut written = json!({ "value": *given.value });
    if let Some(factor) = &given.factor {
        written["factor"] = json!(**factor);
    }
    if given.after_ms > 0 {
        written["after"] = json!(format!("{}ms", given.after_ms));
    }
    written
}

fn fault((path, fault): &(&Text, Fault)) -> Value {
    let mut written = json!({ "at": ***path });
    match &fault.instead {
        Some(FaultKind::Error(message)) => written["error"] = json!(**message),
        Some(FaultKind::Timeout) => written["timeout"] = json!(true),
        Some(FaultKind::Deny(reason)) => written["deny"] = json!(**reason),
        None => {}
    }
    if let Some(ms) = fault.delay_ms {
        written["delay"] = json!(format!("{ms}ms"));
    }
    if fault.disabled {
        written["disabled"] = json!(true);
    }
    written
}
