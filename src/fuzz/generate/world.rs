//! The scenario of a case out of genes: who asks, from where, what they type, what webhooks answer, and which
//! outputs and faults are put on which block.

use super::flow::{DELAYS, Written};
use super::genes::Choices;
use crate::flow::{FACTORS, Kind};
use serde_json::{Map, Value, json};

/// A block of the flow or of a custom flow that it embeds.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Its full path.
    pub path: String,
    /// What it is.
    pub written: Written,
}

/// The scenario document; `flows` is the text of the flows, whose hosts get mocks.
pub fn scenario(flow: &str, flows: &str, placed: &[Placed], choices: &mut Choices) -> Value {
    let mut scenario = Map::new();
    scenario.insert("scenario".into(), json!("generated"));
    scenario.insert("flow".into(), json!(flow));
    let who = [
        "alice", "alice", "bob", "carol", "dave", "erin", "frank", "",
    ];
    let who = choices.pick(&who);
    if !who.is_empty() {
        scenario.insert("identity".into(), json!(who));
    }
    let request = choices.pick(&["us", "us", "tor", "vpn", "m2m"]);
    scenario.insert(
        "request".into(),
        match choices.below(6) {
            4 => json!({ "preset": request, "user_agent": "curl/8.0" }),
            5 => json!({ "preset": request, "user_agent": "", "geo": { "country": "FR" } }),
            _ => json!(request),
        },
    );
    scenario.insert("input".into(), input(choices));
    scenario.insert("profile".into(), profile(choices));
    let mut disable = Vec::new();
    if choices.rarely(4) {
        disable.push(choices.pick(&["set", "fetch", "throw", "refuse"]));
    }
    scenario.insert("disable".into(), json!(disable));
    if choices.rarely(4) {
        scenario.insert("enable".into(), json!(["off"]));
    }
    scenario.insert("webhooks".into(), webhooks(flows, choices));
    let mut outputs = Map::new();
    let mut faults = Vec::new();
    let mut answers = Map::new();
    for block in placed {
        if block.written.kind.info().prompts
            && let Some(answer) = answer(choices)
        {
            answers.insert(block.path.clone(), answer);
        }
        if choices.rarely(10)
            && let Some(fault) = fault(block, choices)
        {
            faults.push(fault);
        }
        if choices.rarely(8)
            && let Some(fields) = output(block, choices)
        {
            outputs.insert(block.path.clone(), fields);
        }
    }
    scenario.insert("answers".into(), Value::Object(answers));
    scenario.insert("outputs".into(), Value::Object(outputs));
    scenario.insert("faults".into(), json!(faults));
    scenario.retain(|_, value| {
        !value.as_object().is_some_and(Map::is_empty)
            && !value.as_array().is_some_and(Vec::is_empty)
    });
    Value::Object(scenario)
}

fn input(choices: &mut Choices) -> Value {
    let mut input = Map::new();
    match choices.below(8) {
        4 => drop(input.insert("identifier".into(), json!("ALICE@example.com"))),
        5 => drop(input.insert("identifier".into(), json!("nobody@example.com"))),
        6 => drop(input.insert("identifier".into(), json!("+4479460001"))),
        7 => drop(input.insert("identifier".into(), json!("bob@example.com"))),
        _ => {}
    }
    match choices.below(6) {
        3 => drop(input.insert("password".into(), json!("wrong"))),
        4 => drop(input.insert("password".into(), json!("password1"))),
        5 => drop(input.insert("password".into(), json!("Sh0rt!"))),
        _ => {}
    }
    if choices.below(2) == 1 {
        input.insert("new_password".into(), json!("A much longer one 42"));
    }
    match choices.below(4) {
        1 => drop(input.insert("refresh_token".into(), json!("expired"))),
        2 => drop(input.insert("refresh_token".into(), json!("reused"))),
        _ => {}
    }
    match choices.below(4) {
        1 => {
            let profile = json!({ "email": "new@example.com", "name": "New" });
            input.insert("profile".into(), profile);
        }
        2 => {
            let profile = json!({ "email": "new@mailinator.com", "phone": "+4479469999", "user_metadata": { "locale": "fr" } });
            input.insert("profile".into(), profile);
        }
        _ => {}
    }
    if choices.rarely(3) {
        input.insert("session".into(), json!("ses_other"));
    }
    Value::Object(input)
}

fn profile(choices: &mut Choices) -> Value {
    let budgets = ["10s", "1s", "200ms", "100ms", "60ms", "1001ms"];
    let timeouts = ["5s", "100ms", "50ms", "1s"];
    let mut profile = Map::new();
    set(&mut profile, "budget", choices.pick(&budgets), "10s");
    set(
        &mut profile,
        "webhook_timeout",
        choices.pick(&timeouts),
        "5s",
    );
    set(
        &mut profile,
        "action_timeout",
        choices.pick(&timeouts),
        "5s",
    );
    let compute = ["100ms", "5ms", "30ms"];
    set(&mut profile, "action_compute", choices.pick(&compute), "");
    if choices.rarely(4) {
        profile.insert("post_session".into(), json!("stop"));
    }
    if choices.rarely(4) {
        profile.insert("unmatched_decision".into(), json!("fall_through"));
    }
    for key in ["user_wait_counts", "action_deny_visible"] {
        if choices.rarely(3) {
            profile.insert(key.into(), json!(true));
        }
    }
    if choices.rarely(4) {
        profile.insert("continue_keeps_writes".into(), json!(false));
    }
    Value::Object(profile)
}

/// A choice that is the default is not written.
fn set(map: &mut Map<String, Value>, key: &str, value: &str, default: &str) {
    if value != default {
        map.insert(key.into(), json!(value));
    }
}

/// Hosts `m0` to `m4` answer in turn, hosts `d0` to `d2` always the same.
fn webhooks(used: &str, choices: &mut Choices) -> Value {
    let mut mocks = Vec::new();
    for host in ["m0", "m1", "m2", "m3", "m4", "d0", "d1", "d2"] {
        let turns = if host.starts_with('m') {
            choices.below(3)
        } else {
            0
        };
        let replies: Vec<Value> = (0..=turns).map(|_| reply(choices)).collect();
        let url = format!("https://{host}.example.com/**");
        if !used.contains(&format!("{host}.example.com")) {
            continue;
        }
        mocks.push(json!({ "mock": host, "url_pattern": url, "respond": replies }));
    }
    json!(mocks)
}

fn reply(choices: &mut Choices) -> Value {
    let mut reply = match choices.below(9) {
        4 => json!({ "status": 404, "text": "nothing here" }),
        5 => json!({ "status": 500, "json": { "error": true } }),
        6 => json!({ "status": 204 }),
        7 => {
            json!({ "fault": choices.pick(&["refused", "reset", "dns", "tls", "malformed", "empty"]) })
        }
        8 => return json!({ "fault": "timeout" }),
        other => json!({ "status": 200, "json": { "score": other * 20, "list": [1.0, 2.5] } }),
    };
    if choices.below(3) != 0 {
        let ms = choices.pick(&DELAYS);
        reply["delay"] = json!(format!("{ms}ms"));
    }
    reply
}

fn answer(choices: &mut Choices) -> Option<Value> {
    let one = |choices: &mut Choices| match choices.below(7) {
        3 => json!("wrong"),
        4 => json!("abandon"),
        5 => json!({ "value": "right", "factor": choices.pick(FACTORS) }),
        6 => json!({ "value": choices.pick(&["right", "wrong", "123456"]),
                     "after": format!("{}ms", choices.pick(&DELAYS)) }),
        _ => json!("right"),
    };
    match choices.below(6) {
        0..3 => Some(one(choices)),
        3 => None,
        turns => Some((0..turns - 2).map(|_| one(choices)).collect()),
    }
}

fn fault(block: &Placed, choices: &mut Choices) -> Option<Value> {
    let path = &block.path;
    let action = block.written.kind == Kind::RunCustomAction;
    Some(match choices.below(5) {
        0 => json!({ "at": path, "error": "store unavailable" }),
        1 => json!({ "at": path, "timeout": true }),
        2 => json!({ "at": path, "delay": format!("{}ms", choices.pick(&DELAYS).max(1)) }),
        3 => json!({ "at": path, "deny": "injected_deny" }),
        _ if action => json!({ "at": path, "disabled": true }),
        _ => return None,
    })
}

fn output(block: &Placed, choices: &mut Choices) -> Option<Value> {
    let kind = block.written.kind;
    let info = kind.info();
    if info.terminal || info.branches || kind == Kind::RunCustomFlow {
        return None;
    }
    let fields = match kind {
        Kind::RiskEvaluate => json!({ "score": choices.pick(&[0, 45, 92]) }),
        Kind::RunCustomAction => json!({ "n": choices.below(3), "scripted": true }),
        Kind::CallWebhook => json!({ "status": choices.pick(&[200, 404, 500]) }),
        Kind::ParallelWebhook => json!({ "call0": { "status": choices.pick(&[200, 503]) } }),
        _ => {
            let field = info.writes.iter().find(|field| {
                [
                    "verified",
                    "found",
                    "sent",
                    "revoked",
                    "enrolled",
                    "valid",
                    "ok",
                    "is_bot",
                    "limited",
                    "breached",
                    "stored",
                    "updated",
                    "created",
                    "logged_out",
                ]
                .contains(*field)
            })?;
            json!({ *field: choices.below(2) == 1 })
        }
    };
    Some(fields)
}
