//! A draft out of genes: 0 stands for the simplest choice everywhere.

use super::draft::{Draft, Reply, Submitted};
use super::flow::DELAYS;
use super::genes::Choices;
use super::layout::{Layout, Placed};
use super::parts::{HOSTS, NEW_PASSWORD, PRESETS, REPLIES, TIMEOUT};
use crate::drive::Script;
use crate::engine::{Answer, Fault, FaultKind};
use crate::flow::{FACTORS, Kind};
use crate::profile::{PostSession, Profile, UnmatchedDecision};
use crate::value::{Map, Value};
use std::sync::Arc;

const WHO: [&str; 8] = [
    "alice", "alice", "bob", "carol", "dave", "erin", "frank", "",
];

/// Fields of outputs that say yes or no.
const TRUTHS: [&str; 14] = [
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
];

/// What happens to the flows of a layout in one world.
pub fn draft<'a>(layout: &'a Layout, choices: &mut Choices) -> Draft<'a> {
    let mut draft = Draft {
        identity: Some(choices.pick(&WHO)).filter(|who| !who.is_empty()),
        request: (
            choices.below(PRESETS.len() + 1).saturating_sub(1),
            choices.below(6).saturating_sub(3),
        ),
        input: submitted(choices),
        profile: profile(choices),
        disable: choices
            .rarely(4)
            .then(|| choices.pick(&["set", "fetch", "throw", "refuse"])),
        enable: choices.rarely(4).then_some("off"),
        mocks: layout
            .hosts
            .iter()
            .map(|host| (*host, replies(*host, choices)))
            .collect(),
        answers: Vec::new(),
        outputs: Vec::new(),
        faults: Vec::new(),
        latency: Vec::new(),
    };
    for key in ["password_check", "b2", "call_webhook", "b4"] {
        if choices.rarely(6) {
            draft.latency.push((key, choices.pick(&DELAYS)));
        }
    }
    for block in &layout.placed {
        if block.kind.info().prompts
            && let Some(script) = script(choices)
        {
            draft.answers.push((&block.path, script));
        }
        if choices.rarely(10)
            && let Some(fault) = fault(block, choices)
        {
            draft.faults.push((&block.path, fault));
        }
        if choices.rarely(8)
            && let Some(fields) = output(block.kind, choices)
        {
            draft.outputs.push((&block.path, Arc::new(fields)));
        }
    }
    draft
}

fn submitted(choices: &mut Choices) -> Submitted {
    Submitted {
        identifier: match choices.below(8) {
            4 => Some("ALICE@example.com"),
            5 => Some("nobody@example.com"),
            6 => Some("+4479460001"),
            7 => Some("bob@example.com"),
            _ => None,
        },
        password: match choices.below(6) {
            3 => Some("wrong"),
            4 => Some("password1"),
            5 => Some("Sh0rt!"),
            _ => None,
        },
        new_password: (choices.below(2) == 1).then_some(NEW_PASSWORD),
        refresh_token: match choices.below(4) {
            1 => Some("expired"),
            2 => Some("reused"),
            _ => None,
        },
        profile: match choices.below(4) {
            1 => Some(r#"{ "email": "new@example.com", "name": "New" }"#),
            2 => Some(
                r#"{ "email": "new@mailinator.com", "phone": "+4479469999", "user_metadata": { "locale": "fr" } }"#,
            ),
            _ => None,
        },
        session: choices.rarely(3).then_some("ses_other"),
    }
}

fn profile(choices: &mut Choices) -> Profile {
    let timeouts = [5_000, 100, 50, 1_000];
    Profile {
        budget_ms: choices.pick(&[10_000, 1_000, 200, 100, 60, 1_001]),
        webhook_timeout_ms: choices.pick(&timeouts),
        action_timeout_ms: choices.pick(&timeouts),
        action_compute_ms: choices.pick(&[100, 5, 30]),
        post_session: match choices.rarely(4) {
            true => PostSession::Stop,
            false => PostSession::Run,
        },
        unmatched_decision: match choices.rarely(4) {
            true => UnmatchedDecision::FallThrough,
            false => UnmatchedDecision::Error,
        },
        user_wait_counts: choices.rarely(3),
        action_deny_visible: choices.rarely(3),
        continue_keeps_writes: !choices.rarely(4),
        ..Profile::default()
    }
}

fn replies(host: usize, choices: &mut Choices) -> Vec<Reply> {
    let in_turn = HOSTS[host].starts_with('m');
    let turns = if in_turn { choices.below(3) } else { 0 };
    (0..=turns).map(|_| reply(choices)).collect()
}

fn reply(choices: &mut Choices) -> Reply {
    let reply = match choices.below(9) {
        8 => {
            return Reply {
                reply: TIMEOUT,
                delay_ms: None,
            };
        }
        TIMEOUT => TIMEOUT + 1 + choices.below(REPLIES.len() - TIMEOUT - 1),
        other => other,
    };
    let late = choices.below(3) != 0;
    Reply {
        reply,
        delay_ms: late.then(|| choices.pick(&DELAYS)),
    }
}

fn script(choices: &mut Choices) -> Option<Script> {
    match choices.below(6) {
        0..3 => Some(Script::Always(answer(choices))),
        3 => None,
        turns => {
            let answers = (0..turns - 2).map(|_| answer(choices));
            Some(Script::InTurn(answers.collect()))
        }
    }
}

/// None stands for `abandon`.
fn answer(choices: &mut Choices) -> Option<Answer> {
    let mut answer = Answer {
        value: "right".into(),
        factor: None,
        after_ms: 0,
    };
    match choices.below(7) {
        3 => answer.value = "wrong".into(),
        4 => return None,
        // one more than the factors: a passkey that is bound to hardware
        5 => {
            let factor = FACTORS.get(choices.below(FACTORS.len() + 1));
            answer.factor = Some((*factor.unwrap_or(&"hardware")).into());
        }
        6 => {
            answer.value = choices.pick(&["right", "wrong", "123456"]).into();
            answer.after_ms = choices.pick(&DELAYS);
        }
        _ => {}
    }
    Some(answer)
}

fn fault(block: &Placed, choices: &mut Choices) -> Option<Fault> {
    let mut fault = Fault::default();
    match choices.below(5) {
        0 => fault.instead = Some(FaultKind::Error("store unavailable".into())),
        1 => fault.instead = Some(FaultKind::Timeout),
        2 => fault.delay_ms = Some(choices.pick(&DELAYS).max(1)),
        3 => fault.instead = Some(FaultKind::Deny("injected_deny".into())),
        _ if block.kind == Kind::RunCustomAction => fault.disabled = true,
        _ => return None,
    }
    Some(fault)
}

fn output(kind: Kind, choices: &mut Choices) -> Option<Map> {
    let info = kind.info();
    if info.terminal || info.branches || kind == Kind::RunCustomFlow {
        return None;
    }
    let one = |key, value: i64| -> Map { [(key, Value::Int(value))].into_iter().collect() };
    Some(match kind {
        Kind::RiskEvaluate => one("score", choices.pick(&[0, 45, 92])),
        Kind::RunCustomAction => {
            let mut fields = one("n", choices.pick(&[0, 1, 2]));
            fields.insert("scripted", true);
            fields
        }
        Kind::CallWebhook => one("status", choices.pick(&[200, 404, 500])),
        Kind::ParallelWebhook => {
            let status = one("status", choices.pick(&[200, 503]));
            [("call0", status.into())].into_iter().collect()
        }
        _ => {
            let field = info.writes.iter().find(|field| TRUTHS.contains(*field))?;
            let truth = choices.below(2) == 1;
            [(*field, truth.into())].into_iter().collect()
        }
    })
}
