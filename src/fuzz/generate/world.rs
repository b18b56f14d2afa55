//! A draft out of genes: 0 stands for the simplest choice everywhere.

use super::draft::{Draft, Reply, Submitted};
use super::flow::DELAYS;
use super::genes::Choices;
use super::layout::{Layout, Placed};
use super::library::{SECRET, SWITCHED};
use super::parts::{HOSTS, NEW_PASSWORD, OVERLAYS, PRESETS, REPLIES, TIMEOUT};
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

/// Hosts that may be called; the mocks stand below `example.com`.
const ALLOWLISTS: [&[&str]; 3] = [
    &["*.example.com"],
    &["m0.example.com", "d0.example.com", "203.0.113.10"],
    &["*.m0.example.com", "m1.example.com", "example.com"],
];

/// What one world is busy with; the rest of it is plain (swarm testing).
struct Swarm(usize);

impl Swarm {
    fn has(&mut self) -> bool {
        let has = self.0 & 1 == 1;
        self.0 >>= 1;
        has
    }
}

/// What happens to the flows of a layout in one world.
pub fn draft<'a>(layout: &'a Layout, choices: &mut Choices) -> Draft<'a> {
    let mut swarm = Swarm(choices.below(1 << 10));
    let mut draft = Draft {
        identity: Some(choices.pick(&WHO)).filter(|who| !who.is_empty()),
        request: match swarm.has() {
            true => (choices.below(PRESETS.len()), choices.below(OVERLAYS.len())),
            false => (0, 0),
        },
        input: match swarm.has() {
            true => submitted(choices),
            false => Submitted::default(),
        },
        profile: match swarm.has() {
            true => profile(choices),
            false => Profile::default(),
        },
        disable: None,
        enable: None,
        mocks: Vec::new(),
        answers: Vec::new(),
        outputs: Vec::new(),
        faults: Vec::new(),
        latency: Vec::new(),
        allowlist: None,
    };
    if swarm.has() {
        let switched = choices.pick(&SWITCHED);
        draft.disable = choices.rarely(2).then_some(switched);
        let enabled = choices.rarely(2).then_some("off");
        // one action is not both
        draft.enable = enabled.filter(|on| draft.disable != Some(*on));
    }
    let late = swarm.has();
    for host in &layout.hosts {
        let replies = replies(*host, late, choices);
        draft.mocks.push((*host, replies));
    }
    if swarm.has() {
        latency(layout, &mut draft, choices);
    }
    let (answers, faults, outputs) = (swarm.has(), swarm.has(), swarm.has());
    for block in &layout.placed {
        if block.kind.info().prompts
            && let Some(script) = script(block.kind, answers, choices)
        {
            draft.answers.push((&block.path, script));
        }
        if faults && choices.rarely(5) {
            let limit_ms = limit_ms(block, &draft.profile);
            let fault = fault(block, limit_ms, choices);
            draft.faults.extend(fault.map(|fault| (&block.path, fault)));
        }
        if outputs
            && choices.rarely(4)
            && let Some(fields) = output(block.kind, choices)
        {
            draft.outputs.push((&block.path, Arc::new(fields)));
        }
    }
    if swarm.has() {
        draft.allowlist = choices.rarely(2).then(|| choices.pick(&ALLOWLISTS));
        draft.profile.budget_ms = edge(layout, &draft, choices);
    }
    draft
}

/// `latency` by kind or by slug, or both, of blocks that are there.
fn latency(layout: &Layout, draft: &mut Draft, choices: &mut Choices) {
    for _ in 0..=choices.below(2) {
        if layout.placed.is_empty() {
            return;
        }
        let block = &layout.placed[choices.below(layout.placed.len())];
        let slug = block.path.rsplit('/').next().unwrap_or_default();
        for key in [slug, block.kind.name()] {
            let is_new = draft.latency.iter().all(|(known, _)| **known != *key);
            if is_new && choices.below(3) != 2 {
                draft.latency.push((key.into(), choices.pick(&DELAYS)));
            }
        }
    }
}

/// A budget at an instant at which something may come to its end: of the first blocks each takes its cost, the last
/// one its cost or its whole timeout (BUD-2, BUD-4). Branches that are not taken make it a guess.
fn edge(layout: &Layout, draft: &Draft, choices: &mut Choices) -> u64 {
    let last = choices.below(layout.placed.len().clamp(1, 8));
    let mut at = 0_u64;
    for (position, block) in layout.placed.iter().take(last + 1).enumerate() {
        let fault = draft.faults.iter().find(|(path, _)| **path == block.path);
        let delay_ms = fault.and_then(|(_, fault)| fault.delay_ms).unwrap_or(0);
        let takes_ms = match limit_ms(block, &draft.profile) {
            Some(limit_ms) if position == last && choices.below(2) == 1 => limit_ms,
            _ => delay_ms + cost_ms(block, draft),
        };
        at = at.saturating_add(takes_ms);
    }
    match choices.below(6) {
        4 => at + 1,
        5 => at.saturating_sub(1).max(1),
        _ => at.max(1),
    }
}

fn cost_ms(block: &Placed, draft: &Draft) -> u64 {
    let slug = block.path.rsplit('/').next().unwrap_or_default();
    let set = |wanted: &str| {
        let mut known = draft.latency.iter();
        known.find(|(key, _)| **key == *wanted).map(|(_, ms)| *ms)
    };
    let own = block.takes_ms.or_else(|| set(slug));
    let own = own.or_else(|| set(block.kind.name()));
    own.or(block.kind.info().cost_ms).unwrap_or(0)
}

/// The timeout of a webhook or an action.
fn limit_ms(block: &Placed, profile: &Profile) -> Option<u64> {
    let default_ms = match block.kind {
        Kind::CallWebhook | Kind::ParallelWebhook => profile.webhook_timeout_ms,
        Kind::RunCustomAction => profile.action_timeout_ms,
        _ => return None,
    };
    Some(block.timeout_ms.unwrap_or(default_ms))
}

fn submitted(choices: &mut Choices) -> Submitted {
    Submitted {
        identifier: match choices.below(12) {
            4 => Some("ALICE@example.com"),
            5 => Some("nobody@example.com"),
            6 => Some("+4479460001"),
            7 => Some("bob@example.com"),
            8 => Some("no address"),
            9 => Some("dotless@localhost"),
            10 => Some("someone@Mailinator.COM"),
            _ => None,
        },
        password: match choices.below(8) {
            3 => Some("wrong"),
            4 => Some("password1"),
            5 => Some("Sh0rt!"),
            6 => Some("p\u{e4}ssw\u{f6}rd"),
            _ => None,
        },
        new_password: (choices.below(2) == 1).then_some(NEW_PASSWORD),
        refresh_token: match choices.below(4) {
            1 => Some("expired"),
            2 => Some("reused"),
            _ => None,
        },
        profile: match choices.below(6) {
            1 => Some(r#"{ "email": "new@example.com", "name": "New" }"#),
            2 => Some(
                r#"{ "email": "new@mailinator.com", "phone": "+4479469999", "user_metadata": { "locale": "fr" } }"#,
            ),
            3 => Some(
                r#"{ "email": "ALICE@Example.com", "name": "Other", "app_metadata": { "tier": "gold" } }"#,
            ),
            4 => Some(r#"{ "email": "fresh@example.com", "phone": "+4479460001" }"#),
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
        user_wait_counts: choices.rarely(2),
        action_deny_visible: choices.rarely(2),
        continue_keeps_writes: !choices.rarely(3),
        ..Profile::default()
    }
}

fn replies(host: usize, late: bool, choices: &mut Choices) -> Vec<Reply> {
    let in_turn = HOSTS[host].starts_with('m');
    let turns = if in_turn { choices.below(3) } else { 0 };
    (0..=turns).map(|_| reply(late, choices)).collect()
}

fn reply(late: bool, choices: &mut Choices) -> Reply {
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
    let late = late && choices.below(4) != 0;
    Reply {
        reply,
        delay_ms: late.then(|| choices.pick(&DELAYS)),
    }
}

/// Where answers are plain, everything is right.
fn script(kind: Kind, busy: bool, choices: &mut Choices) -> Option<Script> {
    if !busy {
        return Some(Script::Always(Some(right())));
    }
    match choices.below(6) {
        0 | 1 => Some(Script::Always(answer(kind, choices))),
        2 => None,
        turns => {
            let answers = (0..turns - 1).map(|_| answer(kind, choices));
            Some(Script::InTurn(answers.collect()))
        }
    }
}

fn right() -> Answer {
    Answer {
        value: "right".into(),
        factor: None,
        after_ms: 0,
    }
}

/// None stands for `abandon`.
fn answer(kind: Kind, choices: &mut Choices) -> Option<Answer> {
    let mut answer = right();
    match choices.below(8) {
        2 | 3 => answer.value = "wrong".into(),
        4 => return None,
        5 | 6 => {
            let factor = match kind {
                Kind::WebauthnFinish => "hardware",
                _ => choices.pick(FACTORS),
            };
            answer.factor = Some(factor.into());
        }
        7 => {
            answer.value = choices.pick(&["right", "wrong", "123456"]).into();
            answer.after_ms = choices.pick(&DELAYS);
        }
        _ => {}
    }
    Some(answer)
}

/// Delays often lie at the timeout of the block (BUD-8).
fn fault(block: &Placed, limit_ms: Option<u64>, choices: &mut Choices) -> Option<Fault> {
    let mut fault = Fault::default();
    match choices.below(6) {
        0 if choices.rarely(4) => {
            fault.instead = Some(FaultKind::Error(format!("no {SECRET}").into()));
        }
        0 => fault.instead = Some(FaultKind::Error("store unavailable".into())),
        1 => fault.instead = Some(FaultKind::Timeout),
        2 | 3 => {
            let delay_ms = match limit_ms {
                Some(limit_ms) if choices.below(2) == 1 => limit_ms - 1 + choices.pick(&[1, 0, 2]),
                _ => choices.pick(&DELAYS),
            };
            fault.delay_ms = Some(delay_ms.max(1));
        }
        4 => fault.instead = Some(FaultKind::Deny("injected_deny".into())),
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
    let mut fields = match kind {
        Kind::RiskEvaluate => one("score", choices.pick(&[0, 45, 92])),
        Kind::RunCustomAction => {
            let mut fields = one("n", choices.pick(&[0, 1, 2]));
            fields.insert("scripted", true);
            fields
        }
        Kind::CallWebhook => one("status", choices.pick(&[200, 404, 500])),
        Kind::ParallelWebhook => {
            let call = match choices.below(3) {
                0 => one("note", 7),
                _ => one("status", choices.pick(&[200, 503])),
            };
            let name = choices.pick(&["call0", "call0", "call1", "further"]);
            [(name, call.into())].into_iter().collect()
        }
        _ => {
            let field = info.writes.iter().find(|field| TRUTHS.contains(*field))?;
            let truth = choices.below(2) == 1;
            [(*field, truth.into())].into_iter().collect()
        }
    };
    if choices.rarely(4) && matches!(kind, Kind::CallWebhook | Kind::RunCustomAction) {
        fields.insert("body", "scripted");
    }
    Some(fields)
}
