//! Promises about whole runs of actions, as tables of sources and what becomes of them.

mod api;
mod fetching;
mod fresh;
mod hostile;
mod outcomes;
mod typescript;

use super::*;
use crate::text::SourceFile;
use crate::value::{Value, from_json_text, to_json_text};

fn script(name: &str, source: &str) -> Arc<Script> {
    match Script::compile(&SourceFile::new(name, source)) {
        Ok(script) => script,
        Err(errors) => panic!("{source}: {errors:?}"),
    }
}

fn json(text: &str) -> Value {
    from_json_text(text).expect("JSON")
}

fn input() -> Input {
    Input {
        event: json(r#"{"user":{"email":"ada@example.com","tags":["a"]},"n":1.5}"#),
        step: json(r#"{"risk-evaluate":{"score":42}}"#),
        custom: json("{}"),
        session: json(r#"{"id":"s1"}"#),
        config: json(r#"{"domains":["example.com"]}"#),
        secrets: Arc::new([(Text::from("token"), Text::from("s3cret"))].into()),
        stream: 7,
        now_ms: 1_700_000_000_000,
        limits: Limits::default(),
    }
}

fn start(name: &str, source: &str) -> (Session, Turn) {
    Session::start(&script(name, source), input())
}

/// A turn on one line: effects, then the state.
fn show(turn: &Turn) -> String {
    let mut parts: Vec<String> = turn.effects.iter().map(show_effect).collect();
    if turn.logs_dropped > 0 {
        parts.push(format!("dropped {}", turn.logs_dropped));
    }
    parts.push(match &turn.state {
        TurnState::Waiting => "waiting".to_owned(),
        TurnState::Settled => "settled".to_owned(),
        TurnState::Stuck => "stuck".to_owned(),
        TurnState::Failed(failure) => {
            let kind = match &failure.kind {
                FailureKind::Fetch { code } => code.to_string(),
                kind => format!("{kind:?}"),
            };
            let place = failure
                .at
                .map(|(line, column)| format!(" at {line}:{column}"));
            format!("{kind}: {}{}", failure.message, place.unwrap_or_default())
        }
    });
    parts.join("; ")
}

fn show_effect(effect: &Effect) -> String {
    match effect {
        Effect::Deny { reason } => format!("deny {reason}"),
        Effect::SetState { key, value } => format!("{key}={}", to_json_text(value)),
        Effect::Log {
            level,
            message,
            data,
        } => {
            let data = data.as_ref().map(|data| format!(" {}", to_json_text(data)));
            format!("{} {message}{}", level.name(), data.unwrap_or_default())
        }
        Effect::Fetch(fetch) => format!("fetch {} {} {}", fetch.id, fetch.method, fetch.url),
        Effect::Timer { id, delay_ms } => format!("timer {id} {delay_ms}"),
        Effect::CancelTimer { id } => format!("cancel {id}"),
        Effect::AppMetadata { patch } => format!("metadata {}", to_json_text(patch)),
        Effect::Claim { name, value } => format!("claim {name}={}", to_json_text(value)),
    }
}

/// The body of `execute`, run to its first rest.
fn body(body: &str) -> String {
    let source = format!("export async function execute(event, api, context) {{\n{body}\n}}");
    show(&start("a.js", &source).1)
}
