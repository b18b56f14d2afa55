//! The loop over machines that follow a script.

use super::*;
use crate::drive::scripted::{
    Nothing, Scripted, call, mock, prompt, refused, right_answers, wake, world,
};
use crate::engine::{CallFault, CallOutcome};
use crate::expr::Template;
use crate::flow::{Block, Config, Flow, FlowKind, FlowStatus, Kind, Mode, OnError, Stage, Webhook};
use crate::mock::{Medians, Mocks, Reply};
use crate::text::{SourceFile, Span, Spanned};
use crate::trace::Ending;
use crate::value::Text;

/// What a machine sees that takes these steps and ends after so many resumptions.
fn seen(resumptions: usize, steps: Vec<Vec<Effect>>, reply: Reply) -> Vec<String> {
    let mut machine = Scripted::new(resumptions, steps);
    let mocks = Arc::new(Mocks {
        list: vec![Arc::new(mock(reply))],
    });
    let mut exchange = Exchange::new(&mocks, &Arc::default());
    drive(&mut machine, &mut exchange, &right_answers(), &mut Medians);
    machine.seen
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
    let steps = vec![
        vec![
            wake(1, 30, Class::Completion),
            wake(2, 30, Class::Completion),
        ],
        vec![prompt()],
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
