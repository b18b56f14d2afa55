//! Flows under both drivers, which must agree in everything.

use super::{mocks, program, scale};
use crate::drive::scripted::world;
use crate::drive::wire::Wire;
use crate::drive::{Answers, Outcome, virtual_time};
use std::time::Duration;

/// One webhook block; further lines of its config may follow.
fn webhook(slug: &str, url: &str) -> String {
    format!(
        "      - {{ block: call_webhook, slug: {slug}, timeout: 200ms, on_error: continue, config: {{ method: POST, url: \"{url}\", \
         headers: {{ x-tenant: \" acme \" }}, body: {{ n: 0.1, text: grün }} }} }}\n"
    )
}

/// Runs under both drivers, which must agree in everything; what its calls met and how long it took.
fn agreed(wire: &mut Wire, blocks: &str, webhooks: &str) -> (Vec<String>, u64) {
    let (program, mocks) = (program(blocks), mocks(webhooks));
    let answers = Answers::default();
    let told = virtual_time::run(&program, &world(), &mocks, &answers);
    let wired = wire
        .run(&program, &world(), &mocks, &answers, scale(0.02))
        .expect("the wire agrees");
    assert_eq!(wired.outcome.trace, told.trace);
    let counts = |outcome: &Outcome| -> Vec<u64> {
        outcome.exchange.log().iter().map(|log| log.calls).collect()
    };
    assert_eq!(counts(&wired.outcome), counts(&told));
    let calls = told.trace.entries.iter().flat_map(|entry| &entry.calls);
    let met = calls.map(|call| match (&call.fault, call.status) {
        (Some(fault), _) => format!("{fault} {}", call.duration_ms),
        (None, Some(status)) => format!("{status} {}", call.duration_ms),
        (None, None) => format!("dropped {}", call.duration_ms),
    });
    (met.collect(), told.trace.flow_ms)
}

#[test]
fn each_answer_and_each_fault_is_met_on_the_wire() {
    let mut wire = Wire::start().expect("ports");
    for (respond, met) in [
        ("{}", "200 0"),
        ("{ json: { score: 0.92 }, delay: 120ms }", "200 120"),
        ("{ json: 1, delay: 200ms }", "200 200"),
        ("{ json: 1, delay: 201ms }", "timeout 200"),
        ("{ status: 503, text: \"busy\\n\" }", "503 0"),
        ("{ status: 204 }", "204 0"),
        (
            "{ status: 204, text: a body that HTTP does not send }",
            "204 0",
        ),
        ("{ status: 304, text: neither here }", "304 0"),
        ("{ status: 100, text: interim }", "100 0"),
        ("{ status: 101 }", "101 0"),
        (
            "{ status: 302, headers: { location: https://b.example/ } }",
            "302 0",
        ),
        (
            "{ headers: { content-length: 3, transfer-encoding: chunked, connection: close }, text: longer }",
            "200 0",
        ),
        (
            "{ headers: { \"bad name\": a, x-word: grün, x-blanks: \" a \" } }",
            "200 0",
        ),
        ("{ fault: refused }", "refused 0"),
        ("{ fault: refused, delay: 30ms }", "refused 30"),
        ("{ fault: reset }", "reset 0"),
        ("{ fault: reset, delay: 150ms }", "reset 150"),
        ("{ fault: malformed, delay: 1ms }", "malformed 1"),
        ("{ fault: empty, delay: 2ms }", "empty 2"),
        ("{ fault: empty, delay: 1h }", "timeout 200"),
        ("{ fault: dns, delay: 5ms }", "dns 5"),
        ("{ fault: tls }", "tls 0"),
        ("{ fault: timeout }", "timeout 200"),
    ] {
        let webhooks = format!("[{{ mock: m, respond: {respond} }}]");
        let (calls, _) = agreed(&mut wire, &webhook("a", "https://a.example/v1"), &webhooks);
        assert_eq!(calls, [met], "{respond}");
    }
}

#[test]
fn a_body_over_the_limit_is_cut_off_on_the_wire() {
    let mut wire = Wire::start().expect("ports");
    let limit = crate::profile::RESPONSE_BODY;
    for (size, met) in [(limit, "200 0"), (limit + 1, "too_large 0")] {
        let webhooks = format!("[{{ mock: m, respond: {{ text: {} }} }}]", "x".repeat(size));
        let (calls, _) = agreed(&mut wire, &webhook("a", "https://a.example/v1"), &webhooks);
        assert_eq!(calls, [met]);
    }
}

#[test]
fn the_first_mock_that_matches_answers_in_turn() {
    let mut wire = Wire::start().expect("ports");
    let blocks = ["v1?user=a%20b", "v2", "v2", "v2", "v3", "v4"]
        .iter()
        .enumerate()
        .map(|(at, path)| webhook(&format!("b{at}"), &format!("https://a.example/{path}")))
        .collect::<String>();
    let webhooks = "
- { mock: other host, url: https://b.example/v1, respond: {} }
- { mock: query, url: https://a.example/v1, query: { user: a b }, respond: { status: 201 } }
- { mock: turns, url: https://a.example/v2, headers: { x-tenant: \" acme \" }, respond: [{ status: 202 }, { fault: reset }, { status: 203 }] }
- { mock: body, url_pattern: https://*.example/v3, json: { n: 0.1 }, respond: { status: 205 } }
- { mock: other method, method: PUT, respond: {} }
";
    let (calls, _) = agreed(&mut wire, &blocks, webhooks);
    assert_eq!(
        calls,
        ["201 0", "202 0", "reset 0", "203 0", "205 0", "no_mock 0"]
    );
}

#[test]
fn parallel_calls_overlap_on_the_wire() {
    let mut wire = Wire::start().expect("ports");
    let calls: String = (0..20)
        .map(|at| format!("          c{at}: {{ url: \"https://a.example/{at}\", timeout: 10s }}\n"))
        .collect();
    let blocks =
        format!("      - block: parallel_webhook\n        config:\n         calls:\n{calls}");
    let (program, mocks) = (
        program(&blocks),
        mocks("[{ mock: m, respond: { json: 1, delay: 4s } }]"),
    );
    let wired = wire
        .run(&program, &world(), &mocks, &Answers::default(), scale(0.05))
        .expect("the wire agrees");
    assert_eq!(wired.outcome.trace.flow_ms, 4000);
    assert_eq!(wired.report.requests, 20);
    assert!(wired.report.elapsed >= Duration::from_millis(200));
    assert!(
        wired.report.elapsed < Duration::from_millis(3000),
        "{wired:?}"
    );
}

#[test]
fn a_server_is_used_for_run_after_run() {
    let mut wire = Wire::start().expect("ports");
    for _ in 0..100 {
        let blocks = webhook("a", "https://a.example/v1") + &webhook("b", "https://a.example/v2");
        let webhooks = "[{ mock: m, respond: [{ status: 201 }, { fault: timeout }] }]";
        let (calls, flow_ms) = agreed(&mut wire, &blocks, webhooks);
        assert_eq!(calls, ["201 0", "timeout 200"]);
        assert_eq!(flow_ms, 200);
    }
}

#[test]
fn answers_that_never_come_keep_none_waiting() {
    let webhooks = "
- { mock: silent, url: https://a.example/s, respond: { fault: timeout } }
- { mock: m, respond: { json: 1 } }
";
    let calls: String = (0..150)
        .map(|at| {
            let path = if at < 100 { "s" } else { "m" };
            format!("          c{at}: {{ url: \"https://a.example/{path}\", timeout: 10s }}\n")
        })
        .collect();
    let blocks =
        format!("      - block: parallel_webhook\n        config:\n         calls:\n{calls}");
    let mut wire = Wire::start().expect("ports");
    let (calls, flow_ms) = agreed(&mut wire, &blocks, webhooks);
    assert_eq!(calls[99..101], ["timeout 10000", "200 0"]);
    assert_eq!(flow_ms, 10_000);
}
