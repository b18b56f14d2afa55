//! Machines that follow a script, on the wire; and planted differences.

use super::{mocks, program, scale};
use crate::drive::Answers;
use crate::drive::scripted::{Scripted, call, mock, prompt, refused, right_answers, wake, world};
use crate::drive::wire::Wire;
use crate::drive::wire::desk::Desk;
use crate::drive::wire::driver::Driver;
use crate::drive::wire::post::Post;
use crate::engine::{CallFault, CallOutcome, Class, Effect};
use crate::latency::Latency;
use crate::mock::{Exchange, Mocks, Reply};
use std::sync::Arc;
use std::time::Duration;

/// What a machine sees that takes these steps.
fn seen(resumptions: usize, steps: &[Vec<Effect>], reply: Reply) -> Vec<String> {
    let mocks = Arc::new(Mocks {
        list: vec![Arc::new(mock(reply))],
    });
    let mut wire = Wire::start().expect("ports");
    let mut machine = Scripted::new(resumptions, steps.to_vec());
    let mut exchange = Exchange::new(&mocks, &Arc::default());
    wire.drive(&mut machine, &mut exchange, &right_answers(), scale(0.02))
        .expect("the wire agrees");
    machine.seen
}

#[test]
fn every_method_gets_its_answer() {
    let mut wire = Wire::start().expect("ports");
    let large = "x".repeat(crate::profile::RESPONSE_BODY + 1);
    let large = format!("[{{ mock: m, respond: {{ text: {large} }} }}]");
    let plain = "[{ mock: m, respond: { status: 201, text: body } }]";
    for (method, webhooks, met) in [
        ("HEAD", plain, "7: 1 answer"),
        ("HEAD", &large, "7: 1 too_large"),
        ("OPTIONS", plain, "7: 1 answer"),
        ("TRACE", plain, "7: 1 answer"),
        ("CONNECT", plain, "7: 1 answer"),
        ("no method", plain, "7: 1 answer"),
    ] {
        let mut machine = Scripted::new(1, vec![vec![call(1, method, 50)]]);
        let mut exchange = Exchange::new(&mocks(webhooks), &Arc::default());
        wire.drive(
            &mut machine,
            &mut exchange,
            &Answers::default(),
            scale(0.02),
        )
        .expect("the wire agrees");
        assert_eq!(machine.seen, ["1 by Mock(\"m\")", met], "{method}");
    }
}

#[test]
fn instants_a_millisecond_apart_keep_their_order() {
    let steps = [vec![
        wake(7, 12, Class::Ceiling),
        wake(6, 10, Class::OwnTimeout),
        call(5, "GET", 50),
        wake(4, 10, Class::Completion),
        wake(3, 11, Class::Completion),
        wake(2, 9, Class::Completion),
    ]];
    assert_eq!(
        seen(6, &steps, refused(10)),
        [
            "5 by Mock(\"m\")",
            "9: 2 woken",
            "10: 4 woken",
            "10: 5 refused",
            "10: 6 woken",
            "11: 3 woken",
            "12: 7 woken"
        ]
    );
}

#[test]
fn work_goes_on_behind_a_call_that_is_never_answered() {
    let steps = [
        vec![call(1, "GET", 50), wake(2, 50, Class::OwnTimeout)],
        vec![call(3, "PUT", 90), wake(4, 120, Class::Completion)],
    ];
    let silence = Reply {
        outcome: CallOutcome::Fault(CallFault::Timeout),
        delay: None,
    };
    let seen = seen(3, &steps, silence);
    assert_eq!(seen[..2], ["1 by Mock(\"m\")", "50: 2 woken"]);
    assert_eq!(seen[3..], ["50: 3 no_mock", "120: 4 woken"]);
}

#[test]
fn a_user_is_not_waited_for() {
    let steps = [vec![wake(1, 30, Class::Completion)], vec![prompt()]];
    assert_eq!(
        seen(2, &steps, refused(0)),
        ["30: 1 woken", "30: Some(\"right\")"]
    );
}

#[test]
fn more_requests_at_once_than_connections_all_get_their_answers() {
    let calls = (0..400).map(|id| call(id, "GET", 500)).collect();
    let answers = seen(400, &[calls], refused(3));
    assert_eq!(answers.len(), 800);
    assert_eq!(answers[799], "3: 399 refused");
}

#[test]
fn every_request_has_reached_the_server_when_a_run_is_over() {
    // The run is over before any answer comes, with a body on its way that takes many packets.
    let blocks = "      - { block: delay, config: { ms: 0 } }\n";
    let mocks = mocks("[{ mock: m, respond: { delay: 1h } }]");
    let mut wire = Wire::start().expect("ports");
    let Effect::Call { request, .. } = call(1, "POST", 5000) else {
        panic!("a call");
    };
    let mut request = (*request).clone();
    request.body = Some(crate::value::Value::text("x".repeat(3_000_000)));
    let large = Effect::Call {
        id: 1,
        request: Arc::new(request),
        limit_at: u64::MAX,
        latency_ms: 0,
    };
    let mut machine = Scripted::new(1, vec![vec![large, wake(2, 0, Class::Completion)]]);
    let mut exchange = Exchange::new(&mocks, &Arc::default());
    let report = wire
        .drive(&mut machine, &mut exchange, &Answers::default(), scale(1.0))
        .expect("the wire agrees");
    assert_eq!(machine.seen, ["1 by Mock(\"m\")", "0: 2 woken"]);
    assert!(report.elapsed < Duration::from_secs(60));
    let told = wire.run(
        &program(blocks),
        &world(),
        &mocks,
        &Answers::default(),
        scale(0.02),
    );
    assert_eq!(told.expect("it goes on").report.requests, 0);
}

#[test]
fn an_answer_that_differs_is_an_error_of_the_harness() {
    // The server holds other mocks than those by which the exchange routes.
    let mut wire = Wire::start().expect("ports");
    let routed = mocks("[{ mock: m, respond: { status: 201, text: one } }]");
    for (held, met) in [
        (
            "[{ mock: n, method: PUT, respond: {} }]",
            "status 404 of no mock",
        ),
        (
            "[{ mock: n, method: PUT, respond: {} }, { mock: m, respond: {} }]",
            "status 501 of mock 2",
        ),
    ] {
        let held = mocks(held);
        let mut exchange = Exchange::new(&routed, &Arc::default());
        let mut machine = Scripted::new(1, vec![vec![call(1, "GET", 50)]]);
        let answers = Answers::default();
        let report = wire.runtime.block_on(async {
            let desk = Desk::open(&wire.server, &held).await;
            let post = Post::open(desk, wire.addresses, &mut wire.last_ticket);
            let driver = Driver::new(&mut exchange, &answers, post, scale(0.02));
            driver.drive(&mut machine).await
        });
        let due = "GET https://a.example/: due is status 201 of mock 1, but the wire brought";
        assert_eq!(
            report.map_err(|error| error.to_string()),
            Err(format!("{due} {met}"))
        );
    }
}

#[test]
fn a_mock_that_draws_its_delay_uses_the_median() {
    let reply = Reply {
        outcome: CallOutcome::Fault(CallFault::Empty),
        delay: Some(Latency::Uniform(10, 31)),
    };
    let steps = [vec![call(1, "GET", 50)]];
    assert_eq!(seen(1, &steps, reply), ["1 by Mock(\"m\")", "20: 1 empty"]);
}
