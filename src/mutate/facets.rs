//! In what a run and its mutated twin differ, as a scenario can expect it: the most telling first. Whether the
//! expectation holds and is enough is found out by judging both.

use crate::drive::Outcome;
use crate::profile::duration_text;
use crate::trace::{Audit, Ending, Entry, LogLine, Message, Trace, UserSees};
use crate::value::{Text, Value, to_json_text};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// One difference.
#[derive(Debug)]
pub struct Facet {
    /// The smaller, the more it tells: 0 is the ending.
    pub rank: u8,
    /// A key of `expect`, and what the flow as it is does.
    pub expect: (&'static str, Json),
    /// What it means for a user.
    pub says: String,
}

/// Everything in which the second run differs from the first.
pub fn facets(one: &Outcome, other: &Outcome) -> Vec<Facet> {
    let mut all = Vec::new();
    let (a, b) = (&one.trace, &other.trace);
    endings(a, b, &mut all);
    blocks(a, b, &mut all);
    effects(a, b, &mut all);
    state(a, b, &mut all);
    webhooks(one, other, &mut all);
    audit(a, b, &mut all);
    logs(a, b, &mut all);
    times(a, b, &mut all);
    all.sort_by_key(|facet| facet.rank);
    all
}

/// `a run that ends denied (high_risk)`
fn ended(trace: &Trace) -> String {
    match (&trace.ending, &trace.reason) {
        (Ending::Denied | Ending::Failed, Some(reason)) => {
            format!("{} ({reason})", trace.ending.name())
        }
        _ => trace.ending.name().to_owned(),
    }
}

fn endings(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
    let mut add = |rank, key, value, says| {
        all.push(Facet {
            rank,
            expect: (key, value),
            says,
        });
    };
    let would = format!("a run that ends {} would end {}", ended(a), ended(b));
    if a.ending != b.ending {
        add(0, "ending", json!(a.ending.name()), would);
    } else if a.reason != b.reason {
        add(1, "reason", json!(a.reason.as_deref()), would);
    }
    if a.user_sees != b.user_sees {
        let says = format!(
            "the user would see {} instead of {}",
            sees(&b.user_sees),
            sees(&a.user_sees)
        );
        add(2, "user_sees", to_json(&a.user_sees.to_value()), says);
    }
    if a.terminal != b.terminal {
        let of = |trace: &Trace| name_or_nothing(trace.terminal.as_ref());
        let says = format!("the run would end at {} instead of {}", of(b), of(a));
        add(4, "terminal", json!(a.terminal.as_deref()), says);
    }
    if a.halted_at != b.halted_at {
        let of = |trace: &Trace| name_or_nothing(trace.halted_at.as_ref());
        let says = format!("the run would halt at {} instead of {}", of(b), of(a));
        add(4, "halted_at", json!(a.halted_at.as_deref()), says);
    }
    if let (Some(one), Some(other)) = (&a.error, &b.error)
        && one != other
    {
        let says = format!(
            "the error would be `{}` instead of `{}`",
            other.message, one.message
        );
        add(12, "error", json!({ "contains": &*one.message }), says);
    }
}

fn name_or_nothing(path: Option<&Text>) -> String {
    path.map_or("no block".to_owned(), |path| format!("`{path}`"))
}

fn sees(what: &UserSees) -> String {
    match what {
        UserSees::Success => "success".to_owned(),
        UserSees::GenericError => "the generic error page".to_owned(),
        UserSees::Message(text) => format!("“{text}”"),
        UserSees::Prompt(kind) => format!("a prompt ({})", kind.name()),
    }
}

fn blocks(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
    let (one, other) = (a.preorder(), b.preorder());
    let has = |entries: &[&Entry], path: &Text| entries.iter().any(|entry| entry.block == *path);
    if let Some(lost) = one.iter().find(|entry| !has(&other, &entry.block)) {
        all.push(Facet {
            rank: 3,
            expect: ("ran", json!([&*lost.block])),
            says: format!("`{}` would not run", lost.block),
        });
    }
    if let Some(extra) = other.iter().find(|entry| !has(&one, &entry.block)) {
        all.push(Facet {
            rank: 3,
            expect: ("not_ran", json!([&*extra.block])),
            says: format!("`{}` would run", extra.block),
        });
    }
    let path = |entries: &[&Entry]| -> Vec<String> {
        entries
            .iter()
            .map(|entry| entry.block.to_string())
            .collect()
    };
    let (order, changed) = (path(&one), path(&other));
    if order != changed {
        let first = order.iter().zip(&changed).find(|(a, b)| a != b);
        let says = first.map_or("blocks would run in another order".to_owned(), |(a, b)| {
            format!("`{b}` would run where `{a}` does")
        });
        all.push(Facet {
            rank: 8,
            expect: ("path", json!(order)),
            says,
        });
    }
    for entry in &one {
        let twin = other.iter().find(|twin| twin.block == entry.block);
        let (Some(taken), Some(twin)) = (&entry.branch, twin) else {
            continue;
        };
        if twin.branch.as_ref() != Some(taken) {
            let instead = twin.branch.as_deref().unwrap_or("none");
            all.push(Facet {
                rank: 5,
                expect: ("branches", json!({ &*entry.block: &**taken })),
                says: format!(
                    "`{}` would take `{instead}` instead of `{taken}`",
                    entry.block
                ),
            });
        }
    }
}

fn effects(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
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

/// The last value of each key counts.
fn state(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
    let last = |trace: &Trace| -> BTreeMap<Text, Value> { trace.state.iter().cloned().collect() };
    let (mut one, mut other) = (last(a), last(b));
    for part in ["user", "authentication"] {
        for (trace, map) in [(a, &mut one), (b, &mut other)] {
            let found = trace.event.get(part).and_then(Value::as_map);
            for (key, value) in found.into_iter().flat_map(|map| map.iter()) {
                map.insert(Text::from(format!("event.{part}.{key}")), value.clone());
            }
        }
    }
    for (key, value) in &one {
        let now = other.get(key);
        if now != Some(value) {
            let shown = now.map_or("nothing".to_owned(), to_json_text);
            all.push(Facet {
                rank: 6,
                expect: ("state", json!({ &**key: to_json(value) })),
                says: format!(
                    "`{key}` would be {shown} instead of {}",
                    to_json_text(value)
                ),
            });
        }
    }
    for (key, value) in other.iter().filter(|(key, _)| !one.contains_key(*key)) {
        all.push(Facet {
            rank: 7,
            expect: ("state", json!({ &**key: { "absent": true } })),
            says: format!("`{key}` would be {}", to_json_text(value)),
        });
    }
}

fn webhooks(one: &Outcome, other: &Outcome, all: &mut Vec<Facet>) {
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
fn audit(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
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

fn logs(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
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

/// A scenario can expect that a run is fast enough, never that it is slow.
fn times(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
    let says = |what: &str, now: u64, was: u64| {
        format!(
            "{what} would take {} instead of {}",
            duration_text(now),
            duration_text(was)
        )
    };
    for entry in a.preorder() {
        let twin = b
            .preorder()
            .into_iter()
            .find(|twin| twin.block == entry.block);
        if let Some(twin) = twin.filter(|twin| twin.duration_ms > entry.duration_ms) {
            let limit = duration_text(entry.duration_ms);
            all.push(Facet {
                rank: 10,
                expect: ("budget", json!({ "blocks": { &*entry.block: limit } })),
                says: says(
                    &format!("`{}`", entry.block),
                    twin.duration_ms,
                    entry.duration_ms,
                ),
            });
        }
    }
    if b.flow_ms > a.flow_ms {
        all.push(Facet {
            rank: 11,
            expect: ("budget", json!({ "max": duration_text(a.flow_ms) })),
            says: says("the run", b.flow_ms, a.flow_ms),
        });
    } else if b.flow_ms < a.flow_ms {
        // no expectation says so, the trace does
        all.push(Facet {
            rank: 20,
            expect: ("", Json::Null),
            says: says("the run", b.flow_ms, a.flow_ms),
        });
    }
}

fn to_json(value: &Value) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}
