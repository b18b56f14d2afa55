//! Differences in what went outside: requests, side effects, audit entries, lines of the log.

use super::{Facet, to_json};
use crate::drive::Outcome;
use crate::trace::{Audit, LogLine, Message, Trace};
use crate::value::{Text, to_json_text};
use serde_json::{Map, Value as Json, json};

pub fn effects(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
    let (one, other) = (&a.side_effects, &b.side_effects);
    let mut add = |key: &str, value: Json, says: String| {
        all.push(Facet {
            rank: 4,
            expect: ("side_effects", json!({ key: value })),
            says,
        });
    };
    if one.session_issued != other.session_issued {
        let not = if one.session_issued { "no" } else { "a" };
        add(
            "session_issued",
            json!(one.session_issued),
            format!("{not} session would be issued"),
        );
    }
    if one.session_revoked != other.session_revoked {
        let not = if one.session_revoked { "no" } else { "a" };
        add(
            "session_revoked",
            json!(one.session_revoked),
            format!("{not} session would be revoked"),
        );
    }
    for (key, one, other) in [
        ("emails", &one.emails, &other.emails),
        ("messages", &one.messages, &other.messages),
    ] {
        if one != other {
            let says = format!(
                "the {key} would be {} instead of {}",
                sent(other),
                sent(one)
            );
            let value = if one.len() == other.len() {
                Json::Array(one.iter().map(message).collect())
            } else {
                json!(one.len())
            };
            add(key, value, says);
        }
    }
    for (key, one, other) in [
        ("app_metadata", &one.app_metadata, &other.app_metadata),
        ("custom_claims", &one.custom_claims, &other.custom_claims),
    ] {
        let lost = one
            .iter()
            .find(|(key, value)| other.get(key) != Some(*value));
        if let Some((name, value)) = lost {
            let says = format!("{key} would not have {name}: {}", to_json_text(value));
            add(key, json!({ &**name: to_json(value) }), says);
        }
    }
    for (key, one, other) in [
        (
            "identities_created",
            &one.identities_created,
            &other.identities_created,
        ),
        (
            "identities_updated",
            &one.identities_updated,
            &other.identities_updated,
        ),
    ] {
        if one != other {
            let value = if one.len() == other.len() {
                Json::Array(one.iter().map(to_json).collect())
            } else {
                json!(one.len())
            };
            add(
                key,
                value,
                format!("{} would be different", key.replace('_', " ")),
            );
        }
    }
}

fn sent(messages: &[Message]) -> String {
    let all: Vec<&str> = messages.iter().map(|message| &*message.template).collect();
    if all.is_empty() {
        "none".to_owned()
    } else {
        all.join(", ")
    }
}

fn message(message: &Message) -> Json {
    json!({ "template": &*message.template, "to": message.to.as_deref() })
}

pub fn webhooks(one: &Outcome, other: &Outcome, all: &mut Vec<Facet>) {
    let (one, other) = (one.exchange.log(), other.exchange.log());
    for log in &one {
        let twin = other.iter().find(|twin| twin.mock == log.mock);
        let (Some(mock), Some(twin)) = (&log.mock, twin) else {
            continue;
        };
        if twin.calls != log.calls {
            all.push(Facet {
                rank: 4,
                expect: ("webhooks", json!({ &**mock: { "calls": log.calls } })),
                says: format!(
                    "`{mock}` would be called {} times instead of {}",
                    twin.calls, log.calls
                ),
            });
            continue;
        }
        let changed = log
            .requests
            .iter()
            .zip(&twin.requests)
            .find(|(a, b)| a != b);
        let Some((asked, instead)) = changed else {
            continue;
        };
        let mut add = |key: &str, value: Json| {
            all.push(Facet {
                rank: 5,
                expect: ("webhooks", json!({ &**mock: { key: value } })),
                says: format!("`{mock}` would be asked something else in its {key}"),
            });
        };
        if asked.method != instead.method {
            add("method", json!(&*asked.method));
        }
        if asked.url != instead.url {
            add("url", json!(&*asked.url));
        }
        if let Some(body) = asked
            .body
            .as_ref()
            .filter(|body| instead.body.as_ref() != Some(*body))
        {
            add("body", to_json(body));
        }
        let header = asked
            .headers
            .iter()
            .find(|header| !instead.headers.contains(header));
        if let Some((name, value)) = header {
            add("headers", json!({ &**name: &**value }));
        }
    }
}

/// The first entry that the mutated run does not have behind the ones before.
pub fn audit(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
    let mut rest = b.audit.iter();
    let lost = a
        .audit
        .iter()
        .find(|entry| !rest.any(|other| other == *entry));
    if let Some(entry) = lost {
        all.push(Facet {
            rank: 6,
            expect: ("audit", json!([audit_entry(entry)])),
            says: format!(
                "the audit log would have no `{}` with {}",
                entry.kind,
                to_json_text(&entry.data)
            ),
        });
        let from = a.audit.iter().map(audit_entry).collect();
        all.push(Facet {
            rank: 9,
            expect: ("audit", Json::Array(from)),
            says: format!("the audit log would have `{}` elsewhere", entry.kind),
        });
    }
}

fn audit_entry(entry: &Audit) -> Json {
    let mut map = Map::new();
    map.insert("type".into(), json!(&*entry.kind));
    map.insert("outcome".into(), json!(entry.outcome.name()));
    if let Some(block) = &entry.block {
        map.insert("block".into(), json!(&**block));
    }
    let data = to_json(&entry.data);
    if data.as_object().is_some_and(|data| !data.is_empty()) {
        map.insert("data".into(), data);
    }
    Json::Object(map)
}

pub fn logs(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
    let lines = |trace: &Trace| -> Vec<(Text, LogLine)> {
        let entries = trace.preorder();
        let of = entries.iter().flat_map(|entry| {
            entry
                .logs
                .iter()
                .map(|line| (entry.block.clone(), line.clone()))
        });
        of.collect()
    };
    let (one, other) = (lines(a), lines(b));
    let lost = one.iter().find(|(block, line)| {
        !other.iter().any(|(at, twin)| {
            at == block && twin.level == line.level && twin.message == line.message
        })
    });
    if let Some((block, line)) = lost {
        let expected =
            json!([{ "block": &**block, "level": line.level.name(), "contains": &*line.message }]);
        all.push(Facet {
            rank: 9,
            expect: ("logs", expected),
            says: format!("`{block}` would not log “{}”", line.message),
        });
    }
}
