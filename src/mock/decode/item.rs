//! One mock out of its document: name, conditions, answers, expected number of calls.

use super::super::{CallRange, Mock, Reply};
use super::{condition, reply};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Data, Fields, Holds, Node, Shape, key, required};
use crate::flow::METHODS;
use crate::text::Spanned;
use crate::value::Text;
use std::path::Path;

/// One mock.
pub(super) static MOCK: Shape = Shape {
    noun: "a mock",
    keys: &[
        required("mock", Holds::Text, "its name, unique in the scenario"),
        key("method", Holds::Words(METHODS), "the method; absent: any"),
        key("url", Holds::Text, "exact scheme, host and path"),
        key(
            "url_pattern",
            Holds::Text,
            "scheme, host and path; `*` stops at `/`, `**` does not",
        ),
        key(
            "url_regex",
            Holds::Text,
            "a regular expression (RE2 syntax) over scheme, host and path",
        ),
        key(
            "query",
            condition::QUERY,
            "parameters that the decoded query must hold; a list for a repeated one",
        ),
        key(
            "headers",
            condition::HEADERS,
            "headers that the request must have, with exact values",
        ),
        key("json", Holds::Any, "what the body must at least hold"),
        key("json_exact", Holds::Any, "what the body must be"),
        key(
            "respond",
            Holds::OneOf(&[
                Holds::Object(&reply::REPLY),
                Holds::List(&Holds::Object(&reply::REPLY)),
            ]),
            "one answer, or a list given in turn, of which the last one repeats",
        ),
        key(
            "calls",
            Holds::OneOf(&[Holds::Int(0, i64::MAX), Holds::Text]),
            "the expected number of calls: `1`, `\"0..2\"`, `\"1..\"`",
        )
        .default("\"0..\""),
    ],
};

/// Reads one mock; None when something in it is wrong, which is then reported.
pub(super) fn mock(node: &Node, root: &Path, diagnostics: &mut Diagnostics) -> Option<Mock> {
    let fields = Fields::open(node, &MOCK, diagnostics)?;
    let name = name(&fields, "mock", diagnostics);
    let url = condition::url(&fields, diagnostics);
    let query = condition::query(&fields);
    let headers = condition::headers(&fields, diagnostics);
    let body = condition::body(&fields, diagnostics);
    let calls = calls(&fields, diagnostics);
    let replies = replies(&fields, root, diagnostics);
    let name = name?;
    let mock = Mock {
        name: name.value,
        span: name.span,
        method: fields.text("method"),
        url: url?,
        query,
        headers: headers?,
        body: body?,
        replies: replies?,
        calls: calls?,
    };
    fields.is_sound().then_some(mock)
}

/// A name that is not empty.
pub(super) fn name(
    fields: &Fields,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<Text>> {
    let name = fields.spanned(key)?;
    if name.value.trim().is_empty() {
        let span = fields.key_span(key).unwrap_or(&name.span);
        diagnostics.push(
            Diagnostic::error("bad_name", span, format!("the name in `{key}` is empty"))
                .fix("write a name by which it can be found in results"),
        );
        return None;
    }
    Some(name)
}

/// The expected number of calls; any number when absent.
fn calls(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<CallRange> {
    let Some(node) = fields.node("calls") else {
        return (!fields.has("calls")).then(CallRange::default);
    };
    let range = match &node.data {
        Data::Int(number) => CallRange::parse(&number.to_string()),
        Data::Text(text) => CallRange::parse(text),
        Data::Null | Data::Bool(_) | Data::Float(_) | Data::List(_) | Data::Map(_) => None,
    };
    if range.is_none() {
        let title = format!("`{}` is no number of calls", node.written());
        diagnostics.push(
            Diagnostic::error("bad_calls", &node.head(), title).fix(
                "write `1`, or a range with both ends included such as `\"0..2\"` or `\"1..\"`",
            ),
        );
    }
    range
}

/// The answers in turn; without any, status 200 and an empty body.
fn replies(fields: &Fields, root: &Path, diagnostics: &mut Diagnostics) -> Option<Vec<Reply>> {
    let Some(node) = fields.node("respond") else {
        if fields.has("respond") {
            return None;
        }
        return Some(vec![reply::empty()]);
    };
    let Some(items) = node.as_list() else {
        return Some(vec![reply::reply(node, root, diagnostics)?]);
    };
    if items.is_empty() {
        diagnostics.push(
            Diagnostic::error("wrong_type", &node.head(), "`respond` is an empty list")
                .fix("write at least one answer"),
        );
        return None;
    }
    let all: Vec<Option<Reply>> = items
        .iter()
        .map(|item| reply::reply(item, root, diagnostics))
        .collect();
    all.into_iter().collect()
}
