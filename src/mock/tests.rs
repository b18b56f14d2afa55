//! Routing, counting and explaining, over mocks built by hand.

use super::*;
use crate::engine::{CallFault, CallOutcome, HttpAnswer, Request, Routed};
use crate::latency::Latency;
use crate::text::{SourceFile, Span};
use crate::trace::Redactor;
use crate::value::{Value, from_json_text};
use std::sync::Arc;

fn mock(name: &str) -> Mock {
    Mock {
        name: name.into(),
        span: Span::new(&SourceFile::new("a.yaml", ""), 0..0),
        method: None,
        url: None,
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        replies: vec![status(200)],
        calls: CallRange::default(),
    }
}

fn status(status: u16) -> Reply {
    let answer = HttpAnswer {
        status,
        headers: Vec::new(),
        body: "".into(),
        value: Value::Null,
    };
    Reply {
        outcome: CallOutcome::Answer(Arc::new(answer)),
        delay: None,
    }
}

fn request(method: &str, url: &str, body: &str) -> Arc<Request> {
    Arc::new(Request {
        block: "b".into(),
        method: method.into(),
        url: url.into(),
        headers: vec![("x-tenant".into(), "acme".into())],
        body: from_json_text(body).ok(),
    })
}

fn exchange(mocks: Vec<Mock>, hidden: &[&str]) -> Exchange {
    let mocks = Mocks {
        list: mocks.into_iter().map(Arc::new).collect(),
    };
    let redactor = Redactor::new(hidden.iter().map(|text| (*text).into()));
    Exchange::new(&Arc::new(mocks), &Arc::new(redactor))
}

/// The name of the mock, or the explanation.
fn routed(exchange: &mut Exchange, request: &Arc<Request>) -> String {
    match exchange.route(request, 0, &mut Medians).routed {
        Routed::Mock(name) | Routed::Unmatched(name) => name.to_string(),
    }
}

#[test]
fn the_first_mock_whose_conditions_all_hold_answers() {
    let url = |text: &str| UrlMatcher::exact(text).ok();
    let mocks = || {
        vec![
            Mock {
                method: Some("GET".into()),
                url: url("https://a.example/v1"),
                ..mock("get")
            },
            Mock {
                query: vec![("user".into(), QueryMatcher::Holds("a b".into()))],
                ..mock("query")
            },
            Mock {
                query: vec![("id".into(), QueryMatcher::Are(vec!["1".into(), "2".into()]))],
                ..mock("list")
            },
            Mock {
                body: Some(BodyMatcher::Holds(
                    from_json_text(r#"{"a":1}"#).expect("json"),
                )),
                ..mock("body")
            },
            Mock {
                headers: vec![("x-tenant".into(), "acme".into())],
                ..mock("header")
            },
            mock("never"),
        ]
    };
    for (method, url, body, name) in [
        ("GET", "https://a.example/v1?x=1", "", "get"),
        ("POST", "https://a.example/v1", "", "header"),
        ("POST", "https://a.example/v1?user=a+b&y=1", "", "query"),
        (
            "POST",
            "https://a.example/v1?user=c&user=a%20b",
            "",
            "query",
        ),
        ("POST", "https://a.example/v1?user=A+b", "", "header"),
        ("POST", "https://a.example/v1?id=1&id=2", "", "list"),
        ("POST", "https://a.example/v1?id=2&id=1", "", "header"),
        ("POST", "https://a.example/v1", r#"{"a":1,"b":2}"#, "body"),
    ] {
        let mut exchange = exchange(mocks(), &[]);
        assert_eq!(
            routed(&mut exchange, &request(method, url, body)),
            name,
            "{method} {url} {body}"
        );
    }
}

#[test]
fn answers_come_in_turn_and_the_last_one_repeats() {
    let replies = vec![status(500), status(502), status(200)];
    let mut exchange = exchange(
        vec![Mock {
            replies,
            ..mock("m")
        }],
        &[],
    );
    let call = request("GET", "https://a.example/", "");
    let seen: Vec<u16> = (0..5)
        .filter_map(|_| match exchange.route(&call, 0, &mut Medians).outcome {
            CallOutcome::Answer(answer) => Some(answer.status),
            CallOutcome::Fault(_) => None,
        })
        .collect();
    assert_eq!(seen, [500, 502, 200, 200, 200]);
}

#[test]
fn only_an_answer_that_states_no_delay_takes_the_latency_of_the_settings() {
    let fault = |fault| CallOutcome::Fault(fault);
    let two_seconds = || Some(Latency::Samples(vec![1_000, 2_000, 9_000]));
    for (outcome, delay, expected) in [
        (status(200).outcome, None, Some(60)),
        (status(200).outcome, two_seconds(), Some(2_000)),
        (fault(CallFault::TooLarge), None, Some(60)),
        (fault(CallFault::Refused), None, Some(0)),
        (fault(CallFault::Reset), two_seconds(), Some(2_000)),
        (fault(CallFault::Timeout), None, None),
        (fault(CallFault::Timeout), two_seconds(), None),
    ] {
        let replies = vec![Reply { outcome, delay }];
        let shown = format!("{replies:?}");
        let mut exchange = exchange(
            vec![Mock {
                replies,
                ..mock("m")
            }],
            &[],
        );
        let route = exchange.route(&request("GET", "https://a.example/", ""), 60, &mut Medians);
        assert_eq!(route.delay_ms, expected, "{shown}");
    }
}

#[test]
fn every_mock_is_logged_and_held_to_its_expected_calls() {
    let expecting = |name: &str, method: &str, calls: &str| Mock {
        method: Some(method.into()),
        calls: CallRange::parse(calls).expect(calls),
        ..mock(name)
    };
    let mut exchange = exchange(
        vec![
            expecting("twice", "GET", "2"),
            expecting("some", "POST", "1.."),
            expecting("never", "PUT", "0..1"),
        ],
        &[],
    );
    assert_eq!(exchange.verify().len(), 2, "before the first call");
    for method in ["GET", "POST", "DELETE"] {
        routed(&mut exchange, &request(method, "https://a.example/", ""));
    }
    let log: Vec<_> = exchange
        .log()
        .into_iter()
        .map(|log| {
            (
                log.mock.map(|name| name.to_string()),
                log.calls,
                log.requests.len(),
            )
        })
        .collect();
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(
        log,
        [
            (name("twice"), 1, 1),
            (name("some"), 1, 1),
            (name("never"), 0, 0),
            (None, 1, 1)
        ]
    );
    let findings: Vec<_> = exchange
        .verify()
        .into_iter()
        .map(|finding| {
            (
                finding.mock.to_string(),
                finding.expected.to_string(),
                finding.actual,
            )
        })
        .collect();
    assert_eq!(findings, [("twice".to_owned(), "2".to_owned(), 1)]);
    assert_eq!(exchange.unanswered().len(), 1);
}

#[test]
fn an_unanswered_request_names_the_nearest_mock_and_what_does_not_hold() {
    let json = |text: &str| BodyMatcher::Holds(from_json_text(text).expect("json"));
    let mocks = || {
        vec![
            Mock {
                method: Some("GET".into()),
                url: UrlMatcher::exact("https://fraud.example/v1/score").ok(),
                body: Some(json(r#"{"user":{"email":"x"}}"#)),
                ..mock("fraud score")
            },
            Mock {
                url: UrlMatcher::pattern("https://crm.example/users/*").ok(),
                query: vec![("q".into(), QueryMatcher::Holds("1".into()))],
                headers: vec![("x-tenant".into(), "secret-tenant".into())],
                ..mock("crm")
            },
        ]
    };
    for (method, url, body, expected) in [
        (
            "POST",
            "https://fraud.example/v1/score",
            r#"{"user":{"email":"y"}}"#,
            "no mock answers POST https://fraud.example/v1/score; the nearest is `fraud score`, which \
             wants method GET where the request has POST, and json.user.email \"x\" where the request has \"y\"",
        ),
        (
            "GET",
            "https://fraud.example/v1/scores",
            r#"{"user":1}"#,
            "no mock answers GET https://fraud.example/v1/scores; the nearest is `fraud score`, which \
             wants url https://fraud.example/v1/score where the request has \
             https://fraud.example/v1/scores, and json.user a map with email where the request has 1",
        ),
        (
            "GET",
            "https://crm.example/users/1?q=2",
            "",
            "no mock answers GET https://crm.example/users/1?q=2; the nearest is `crm`, which wants \
             query `q` \"1\" where the request has \"2\", and header `x-tenant` \"<redacted>\" where \
             the request has \"acme\"",
        ),
    ] {
        let mut exchange = exchange(mocks(), &["secret-tenant"]);
        assert_eq!(routed(&mut exchange, &request(method, url, body)), expected);
    }
    assert_eq!(
        routed(
            &mut exchange(vec![], &[]),
            &request("GET", "https://a.example/", "")
        ),
        "no mock answers GET https://a.example/, since there are none; write one under `webhooks`"
    );
}

#[test]
fn an_explanation_is_bounded_and_holds_no_half_of_a_secret() {
    let long = "x".repeat(100_000);
    let mocks = vec![Mock {
        headers: vec![("a".into(), long.as_str().into()), ("b".into(), "1".into())],
        body: Some(BodyMatcher::Is(Value::text(&long))),
        query: vec![(
            "q".into(),
            QueryMatcher::Are(vec![long.as_str().into(); 50]),
        )],
        ..mock(&long)
    }];
    let url = format!("https://a.example/{}SECRET-{long}", "y".repeat(139));
    let secret = format!("SECRET-{long}");
    let mut exchange = exchange(mocks, &[&secret]);
    let call = request("GET", &url, "");
    let explanation = routed(&mut exchange, &call);
    assert!(explanation.len() < 2_000, "{}", explanation.len());
    assert!(!explanation.contains("SEC"), "{explanation}");
    assert!(explanation.ends_with("and 1 more"), "{explanation}");
    for _ in 0..20 {
        routed(&mut exchange, &call);
    }
    assert!(exchange.unanswered()[20].explanation.len() < 300);
}
