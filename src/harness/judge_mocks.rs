//! Findings that the mocks themselves give rise to: requests that none answers, and numbers of calls.

use super::judge::{calls_message, calls_value};
use super::{Finding, PlacedFinding, WebhookLog};
use crate::mock::Exchange;
use crate::trace::Redactor;
use crate::value::{Map, Value};

/// DET-4: a request that no mock answers makes the scenario errored, also when an action caught the rejection.
pub fn unanswered(exchange: &Exchange, redactor: &Redactor) -> Vec<PlacedFinding> {
    exchange
        .unanswered()
        .iter()
        .map(|unanswered| {
            let request = &unanswered.request;
            let mut actual = Map::new();
            actual.insert("method", request.method.clone());
            actual.insert("url", request.url.clone());
            if let Some(body) = &request.body {
                actual.insert("body", body.clone());
            }
            let mut actual = Value::map(actual);
            redactor.hide_value(&mut actual);
            PlacedFinding {
                finding: Finding {
                    expectation: "webhooks".to_owned(),
                    expected: Value::text("a mock that answers"),
                    actual,
                    message: unanswered.explanation.to_string(),
                },
                span: None,
                quote: None,
                block: Some(request.block.clone()),
            }
        })
        .collect()
}

/// Mocks that were not called as often as they say; one that `expect` already reports is left out.
pub fn verified(
    exchange: &Exchange,
    webhooks: &[WebhookLog],
    known: &[PlacedFinding],
    redactor: &Redactor,
) -> Vec<PlacedFinding> {
    let mut findings = Vec::new();
    for wrong in exchange.verify() {
        let expectation = format!("webhooks.{}.calls", wrong.mock);
        let expected = calls_value(wrong.expected);
        let reported = |placed: &PlacedFinding| {
            placed.finding.expectation == expectation && placed.finding.expected == expected
        };
        if known.iter().any(reported) {
            continue;
        }
        let caller = webhooks
            .iter()
            .find(|log| log.mock.as_ref() == Some(&wrong.mock))
            .and_then(|log| log.requests.first());
        findings.push(PlacedFinding {
            finding: Finding {
                message: calls_message(&wrong.mock, wrong.expected, wrong.actual),
                expectation,
                expected,
                actual: Value::Int(i64::try_from(wrong.actual).unwrap_or(i64::MAX)),
            },
            quote: Some(super::judge::quote(&wrong.span, redactor)),
            span: Some(wrong.span),
            block: caller.map(|request| request.block.clone()),
        });
    }
    findings
}
