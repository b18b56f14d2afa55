//! Worlds made for one block: what makes it fail, time out, deny or be slow, what its webhooks may answer, and what
//! its config is about. Other worlds would meet these by chance only.

use crate::flow::{Block, Config, FACTORS, Kind, Webhook};
use crate::profile::duration_text;
use crate::trial::Trial;
use crate::workspace::Workspace;
use serde_json::{Map, Value, json};

/// How many given worlds are probed.
const BASES: usize = 12;

/// The documents of worlds that are made for a block at this path, out of these.
pub fn probes(block: &Block, path: &str, bases: &[&Trial], workspace: &Workspace) -> Vec<Value> {
    let changes = changes(block, path, workspace);
    let mut all = Vec::new();
    for base in bases.iter().take(BASES) {
        for change in &changes {
            let mut document = base.document.clone();
            change.make(&mut document);
            all.push(document);
        }
    }
    all
}

/// A change of a document.
enum Change {
    /// The value at these keys.
    Set(Vec<String>, Value),
    /// One more item, before those of a list.
    Before(&'static str, Value),
    /// Several.
    All(Vec<Change>),
}

impl Change {
    fn make(&self, document: &mut Value) {
        match self {
            Change::Set(keys, value) => set(document, keys, value.clone()),
            Change::Before(key, item) => {
                if !document[*key].is_array() {
                    document[*key] = json!([]);
                }
                if let Some(list) = document[*key].as_array_mut() {
                    list.insert(0, item.clone());
                }
            }
            Change::All(changes) => changes.iter().for_each(|change| change.make(document)),
        }
    }
}

fn set(document: &mut Value, keys: &[String], value: Value) {
    let Some((key, rest)) = keys.split_first() else {
        *document = value;
        return;
    };
    if !document.is_object() {
        *document = match document {
            Value::String(preset) if key != "email" => json!({ "preset": preset }),
            _ => Value::Object(Map::new()),
        };
    }
    if let Some(map) = document.as_object_mut() {
        set(map.entry(key.clone()).or_insert(Value::Null), rest, value);
    }
}

fn at(keys: &[&str], value: Value) -> Change {
    Change::Set(keys.iter().map(ToString::to_string).collect(), value)
}

/// Somebody of whom these things are so.
fn somebody(things: Value) -> Change {
    let mut person = json!({
        "email": "somebody@example.org",
        "phone": "+15550199",
        "password": "Somebody's Passw0rd 1",
        "email_verified": true,
        "mfa": ["totp", "webauthn"],
    });
    if let (Some(person), Some(things)) = (person.as_object_mut(), things.as_object()) {
        person.extend(things.clone());
    }
    at(&["identity"], person)
}

fn changes(block: &Block, path: &str, workspace: &Workspace) -> Vec<Change> {
    let mut all = faults(block, path);
    match &block.config {
        Config::CallWebhook(call) => all.extend(answers(call)),
        Config::ParallelWebhook { calls } => {
            all.extend(calls.iter().flat_map(|(_, call)| answers(call)));
        }
        Config::RunCustomAction { action, .. } => {
            let off = workspace
                .action(&action.value)
                .is_some_and(|action| !action.enabled);
            if off {
                all.push(Change::Before("enable", json!(&*action.value)));
            }
            all.push(anything("text", json!("not JSON")));
            all.push(anything("status", json!(500)));
        }
        _ => {}
    }
    all.extend(attempts(block, path));
    all.extend(people(block));
    all
}

/// On error, mode and timeouts are seen when something goes wrong there.
fn faults(block: &Block, path: &str) -> Vec<Change> {
    let info = block.kind.info();
    let fault =
        |key: &str, value: Value| Change::Before("faults", json!({ "at": path, key: value }));
    let mut all = Vec::new();
    if info.on_error || info.mode {
        all.push(fault("error", json!("store unavailable")));
        all.push(fault("timeout", json!(true)));
    }
    if info.mode {
        all.push(fault("deny", json!("blocked")));
        all.push(fault("delay", json!("700ms")));
    }
    let calls: &[(_, Webhook)] = match &block.config {
        Config::ParallelWebhook { calls } => calls,
        _ => &[],
    };
    let inner = calls.iter().filter_map(|(_, call)| call.timeout_ms);
    for ms in block.timeout_ms.into_iter().chain(inner) {
        for delay in [ms.saturating_mul(3) / 4, ms.saturating_mul(3) / 2] {
            all.push(fault("delay", json!(duration_text(delay))));
        }
    }
    all
}

/// Statuses inside and outside of what a webhook takes.
fn answers(call: &Webhook) -> Vec<Change> {
    let edges = call.ok_status.iter().flat_map(|(from, to)| [*from, *to]);
    let statuses = edges.chain([204, 302, 404, 500]);
    statuses
        .map(|status| anything("status", json!(status)))
        .collect()
}

/// A mock before all others that answers whatever is asked.
fn anything(key: &str, value: Value) -> Change {
    let mock = json!({ "mock": "whatever is asked", "url_regex": ".*", "respond": { key: value } });
    Change::Before("webhooks", mock)
}

/// Right at the first, second, … and a few more attempts than there are; each factor, those that the block does not take too:
/// an empty list takes all.
fn attempts(block: &Block, path: &str) -> Vec<Change> {
    let (attempts, factors): (u32, &[&str]) = match &block.config {
        Config::Attempts { attempts } => (*attempts, &[]),
        Config::Mfa { attempts, .. } => (*attempts, FACTORS),
        _ => return Vec::new(),
    };
    let wrong = |times: u32| {
        let mut answers = vec![json!("wrong"); usize::try_from(times.min(20)).unwrap_or(0)];
        answers.push(json!("right"));
        at(&["answers", path], Value::Array(answers))
    };
    let mut all: Vec<Change> = (0..2)
        .map(|less| wrong(attempts.saturating_sub(less)))
        .collect();
    for factor in factors {
        let answer = json!({ "value": "right", "factor": factor });
        all.push(Change::All(vec![
            somebody(json!({ "mfa": [factor] })),
            at(&["answers", path], answer),
        ]));
    }
    all
}

/// Persons and requests that a config tells apart.
fn people(block: &Block) -> Vec<Change> {
    match &block.config {
        Config::BruteForce { limit } => (-1..=1)
            .map(|by| somebody(json!({ "failed_logins": limit.saturating_add(by).max(0) })))
            .collect(),
        Config::RiskEvaluate { .. } => {
            let mut all = vec![somebody(json!({ "failed_logins": 9 }))];
            all.push(Change::All(vec![
                somebody(json!({ "failed_logins": 9 })),
                at(&["request"], json!({ "preset": "vpn" })),
            ]));
            all
        }
        Config::IpReputation { deny_countries } => deny_countries
            .iter()
            .map(|country| at(&["request", "geo", "country"], json!(&**country)))
            .collect(),
        Config::IdentityLookup { .. } => vec![
            at(&["input", "identifier"], json!("nobody@example.com")),
            somebody(json!({})),
        ],
        Config::Channel { .. } => vec![
            Change::All(vec![somebody(json!({ "phone": null }))]),
            somebody(json!({ "email": null })),
        ],
        Config::PasswordPolicy { min_length, .. } => {
            let mut all = Vec::new();
            for length in min_length.saturating_sub(1)..=min_length + 1 {
                for start in ["aA1 ", "aA1a", "aAaa"] {
                    let typed = format!("{start}{}", "b".repeat(length.saturating_sub(4).min(500)));
                    all.push(at(&["input", "new_password"], json!(typed)));
                    all.push(at(&["input", "password"], json!(typed)));
                }
            }
            all
        }
        Config::Condition { .. } | Config::Decision { .. } => Vec::new(),
        _ if block.kind == Kind::CheckMfaStatus => vec![somebody(json!({ "mfa": [] }))],
        _ => Vec::new(),
    }
}
