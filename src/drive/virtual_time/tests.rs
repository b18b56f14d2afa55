//! The loop over machines that follow a script.

use super::*;
use crate::action::Action;
use crate::drive::Script;
use crate::engine::{Answer, CallFault, CallOutcome, Prompt};
use crate::engine::{Input, Library};
use crate::expr::Template;
use crate::flow::{Block, Config, Flow, FlowKind, FlowStatus, Kind, Mode, OnError, Stage, Webhook};
use crate::latency::Latency;
use crate::mock::{CallRange, Medians, Mock, Mocks, Reply};
use crate::profile::Profile;
use crate::text::Spanned;
use crate::text::{SourceFile, Span};
use crate::trace::Ending;
use crate::trace::PromptKind;
use crate::value::{Map, Text};
use std::collections::BTreeMap;

/// Asks for the next step's effects at every resumption, and notes what came when.
#[derive(Default)]
struct Scripted {
    steps: std::vec::IntoIter<Vec<Effect>>,
    waiting: Vec<Effect>,
    open: usize,
    seen: Vec<String>,
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

/// What a machine sees that takes these steps and ends after so many resumptions.
fn seen(resumptions: usize, steps: Vec<Vec<Effect>>, reply: Reply) -> Vec<String> {
    let mut machine = Scripted {
        steps: steps.into_iter(),
        open: resumptions,
        ..Scripted::default()
    };
    let mocks = Arc::new(Mocks {
        list: vec![Arc::new(mock(reply))],
    });
    let mut exchange = Exchange::new(&mocks, &Arc::default());
    let mut answers = Answers::default();
    let answer = Answer {
        value: "right".into(),
        factor: None,
        after_ms: 20_000,
    };
    answers.insert("mfa".into(), Script::Always(Some(answer)));
    drive(&mut machine, &mut exchange, &answers, &mut Medians);
    machine.seen
}

/// A mock that answers every GET so.
fn mock(reply: Reply) -> Mock {
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

fn wake(id: u64, at: u64, class: Class) -> Effect {
    Effect::Wake { id, at, class }
}

fn call(id: u64, method: &str, limit_at: u64) -> Effect {
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

fn refused(delay_ms: u64) -> Reply {
    Reply {
        outcome: CallOutcome::Fault(CallFault::Refused),
        delay: Some(Latency::Fixed(delay_ms)),
    }
}

#[test]
fn one_instant_goes_by_class_and_then_by_id() {
    let first = vec![
        wake(5, 10, Class::Ceiling),
        wake(4, 10, Class::OwnTimeout),
        wake(3, 10, Class::Completion),
        wake(2, 10, Class::Completion),
        wake(6, 9, Class::Ceiling),
    ];
    assert_eq!(
        seen(5, vec![first], refused(0)),
        [
            "9: 6 woken",
            "10: 2 woken",
            "10: 3 woken",
            "10: 4 woken",
            "10: 5 woken"
        ]
    );
}

#[test]
fn an_answer_at_the_limit_has_come_and_one_behind_it_never_does() {
    for (delay_ms, second) in [(50, "50: 1 refused"), (51, "50: 2 woken")] {
        let first = vec![call(1, "GET", 50), wake(2, 50, Class::OwnTimeout)];
        let seen = seen(1, vec![first], refused(delay_ms));
        assert_eq!(seen, ["1 by Mock(\"m\")", second], "{delay_ms}");
    }
}

#[test]
fn the_fault_timeout_leaves_the_caller_to_its_own_limit() {
    let reply = Reply {
        outcome: CallOutcome::Fault(CallFault::Timeout),
        delay: None,
    };
    let first = vec![call(1, "GET", 50), wake(2, 50, Class::OwnTimeout)];
    assert_eq!(
        seen(1, vec![first], reply),
        ["1 by Mock(\"m\")", "50: 2 woken"]
    );
}

#[test]
fn a_call_without_a_mock_fails_at_once() {
    let seen = seen(1, vec![vec![call(1, "PUT", 50)]], refused(0));
    assert!(
        seen[0].contains("no mock answers PUT https://a.example/"),
        "{seen:?}"
    );
    assert_eq!(seen[1], "0: 1 no_mock");
}

#[test]
fn an_answer_to_a_prompt_takes_no_flow_time_and_time_never_goes_back() {
    let prompt = Prompt {
        block: "mfa".into(),
        slug: "mfa".into(),
        kind: PromptKind::Mfa,
        attempt: 0,
    };
    let steps = vec![
        vec![
            wake(1, 30, Class::Completion),
            wake(2, 30, Class::Completion),
        ],
        vec![Effect::Prompt(prompt)],
        vec![wake(3, 5, Class::Completion)],
    ];
    assert_eq!(
        seen(4, steps, refused(0)),
        [
            "30: 1 woken",
            "30: Some(\"right\")",
            "30: 2 woken",
            "30: 3 woken"
        ]
    );
}

/// A library without anything in it.
struct Nothing;

impl Library for Nothing {
    fn flow(&self, _: &str) -> Option<&Flow> {
        None
    }
    fn action(&self, _: &str) -> Option<&Arc<Action>> {
        None
    }
}

/// A world in which nothing is special.
fn world() -> Arc<World> {
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
        secrets: Arc::default(),
        outbound_allowlist: None,
        breached_passwords: Vec::new(),
        disposable_domains: Vec::new(),
        redactor: Arc::default(),
    })
}

/// A custom flow of its own: waits 50 ms, calls a webhook with a timeout of 200 ms, allows.
fn program() -> Arc<Program> {
    let file = SourceFile::new("fixtures/flows/f.yaml", "");
    let span = Span::new(&file, 0..0);
    let word = |text: &str| Spanned {
        value: Text::from(text),
        span: span.clone(),
    };
    let webhook = Webhook {
        url: Arc::new(Template::parse("https://a.example/v1").expect("literal")),
        method: "GET".into(),
        headers: Vec::new(),
        body: None,
        ok_status: vec![(200, 299)],
        fail_on_status: true,
        timeout_ms: None,
    };
    let block = |kind: Kind, config: Config| Block {
        kind,
        slug: word(&kind.default_slug()),
        on_error: OnError::Halt,
        mode: Mode::Sync,
        timeout_ms: (kind == Kind::CallWebhook).then_some(200),
        config,
        reads: Vec::new(),
        span: span.clone(),
    };
    let stage = Stage {
        name: word("Main"),
        slug: "main".into(),
        locked: false,
        blocks: vec![
            block(Kind::Delay, Config::Delay { ms: 50 }),
            block(Kind::CallWebhook, Config::CallWebhook(Box::new(webhook))),
            block(Kind::Allow, Config::Plain),
        ],
    };
    let flow = Flow {
        slug: word("f"),
        kind: FlowKind::Custom,
        name: None,
        status: FlowStatus::Published,
        stages: vec![stage],
        allow: Vec::new(),
    };
    Program::link(&flow, &Nothing).expect("a flow without references")
}

#[test]
fn a_run_ends_when_its_mocks_and_limits_say() {
    for (delay_ms, ending, flow_ms, shown) in [
        (0, Ending::Failed, 50, "refused"),
        (120, Ending::Failed, 170, "refused"),
        (200, Ending::Failed, 250, "refused"),
        (201, Ending::Failed, 250, "timeout"),
    ] {
        let mocks = Arc::new(Mocks {
            list: vec![Arc::new(mock(refused(delay_ms)))],
        });
        let outcome = run(&program(), &world(), &mocks, &Answers::default());
        let call = &outcome.trace.entries[1].calls[0];
        assert_eq!(outcome.trace.ending, ending, "{delay_ms}");
        assert_eq!(outcome.trace.flow_ms, flow_ms, "{delay_ms}");
        assert_eq!(call.mock.as_deref(), Some("m"), "{delay_ms}");
        assert_eq!(call.fault.as_deref(), Some(shown), "{delay_ms}");
        assert_eq!(outcome.exchange.log()[0].calls, 1, "{delay_ms}");
    }
}

#[test]
fn a_request_that_no_mock_answers_is_explained() {
    let outcome = run(&program(), &world(), &Arc::default(), &Answers::default());
    assert_eq!(outcome.trace.reason.as_deref(), Some("no_mock"));
    let unanswered = &outcome.exchange.unanswered()[0];
    assert!(
        unanswered
            .explanation
            .starts_with("no mock answers GET https://a.example/v1")
    );
}
