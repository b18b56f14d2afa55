//! What the tests of both drivers share: a machine that follows a script, and a world without surprises.

use super::machine::Machine;
use super::{Answers, Script};
use crate::action::Action;
use crate::engine::{
    Answer, CallFault, CallId, CallOutcome, Class, Effect, Input, Library, Prompt, Request, Resume,
    Routed, World,
};
use crate::flow::Flow;
use crate::latency::Latency;
use crate::mock::{CallRange, Mock, Reply};
use crate::profile::Profile;
use crate::text::{SourceFile, Span};
use crate::trace::PromptKind;
use crate::value::Map;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Asks for the next step's effects at every resumption, and notes what came when.
#[derive(Default)]
pub struct Scripted {
    steps: std::vec::IntoIter<Vec<Effect>>,
    waiting: Vec<Effect>,
    open: usize,
    /// What came, and when.
    pub seen: Vec<String>,
}

impl Scripted {
    /// Takes these steps, and ends after so many resumptions.
    pub fn new(resumptions: usize, steps: Vec<Vec<Effect>>) -> Self {
        Scripted {
            steps: steps.into_iter(),
            open: resumptions,
            ..Scripted::default()
        }
    }
}

impl Machine for Scripted {
    fn start(&mut self) {
        self.waiting = self.steps.next().unwrap_or_default();
    }
    fn take_effects(&mut self, effects: &mut Vec<Effect>) {
        effects.append(&mut self.waiting);
    }
    fn routed(&mut self, call: CallId, routed: Routed) {
        self.seen.push(format!("{call} by {routed:?}"));
    }
    fn resume(&mut self, resume: Resume, now_ms: u64) {
        let what = match resume {
            Resume::Called(id, CallOutcome::Fault(fault)) => format!("{id} {}", fault.name()),
            Resume::Called(id, CallOutcome::Answer(_)) => format!("{id} answer"),
            Resume::Woken(id) => format!("{id} woken"),
            Resume::Answered(answer) => format!("{:?}", answer.map(|a| a.value)),
        };
        self.seen.push(format!("{now_ms}: {what}"));
        self.open -= 1;
        self.waiting = self.steps.next().unwrap_or_default();
    }
    fn ended(&self) -> bool {
        self.open == 0
    }
}

/// A mock that answers every GET so.
pub fn mock(reply: Reply) -> Mock {
    Mock {
        name: "m".into(),
        span: Span::new(&SourceFile::new("a.yaml", ""), 0..0),
        method: Some("GET".into()),
        url: None,
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        replies: vec![reply],
        calls: CallRange::default(),
    }
}

pub fn wake(id: u64, at: u64, class: Class) -> Effect {
    Effect::Wake { id, at, class }
}

pub fn call(id: u64, method: &str, limit_at: u64) -> Effect {
    let request = Request {
        block: "b".into(),
        method: method.into(),
        url: "https://a.example/".into(),
        headers: Vec::new(),
        body: None,
    };
    Effect::Call {
        id,
        request: Arc::new(request),
        limit_at,
        latency_ms: 7,
    }
}

pub fn refused(delay_ms: u64) -> Reply {
    Reply {
        outcome: CallOutcome::Fault(CallFault::Refused),
        delay: Some(Latency::Fixed(delay_ms)),
    }
}

/// A question to the user.
pub fn prompt() -> Effect {
    Effect::Prompt(Prompt {
        block: "mfa".into(),
        slug: "mfa".into(),
        kind: PromptKind::Mfa,
        attempt: 0,
    })
}

/// A user who answers it, and takes 20 s.
pub fn right_answers() -> Answers {
    let answer = Answer {
        value: "right".into(),
        factor: None,
        after_ms: 20_000,
    };
    let mut answers = Answers::default();
    answers.insert("mfa".into(), Script::Always(Some(answer)));
    answers
}

/// A library without anything in it.
pub struct Nothing;

impl Library for Nothing {
    fn flow(&self, _: &str) -> Option<&Flow> {
        None
    }
    fn action(&self, _: &str) -> Option<&Arc<Action>> {
        None
    }
}

/// A world in which nothing is special.
pub fn world() -> Arc<World> {
    Arc::new(World {
        profile: Profile::default(),
        clock_ms: 0,
        seed: 1,
        event: Map::new(),
        identities: Vec::new(),
        subject: None,
        input: Input::default(),
        faults: BTreeMap::new(),
        outputs: BTreeMap::new(),
        actions_enabled: BTreeMap::new(),
        latency: BTreeMap::new(),
        sampled: BTreeMap::new(),
        secrets: Arc::default(),
        outbound_allowlist: None,
        breached_passwords: Vec::new(),
        disposable_domains: Vec::new(),
        redactor: Arc::default(),
    })
}
