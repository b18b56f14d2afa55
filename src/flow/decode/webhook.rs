//! The config of `call_webhook`, and of each of `parallel_webhook.calls`: URL, method, headers, body, statuses.

use super::super::model::{Config, Webhook};
use super::config::is_scalar;
use super::expression::Expressions;
use super::shapes;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Data, Entry, Fields, Node, is_slug};
use crate::expr::Template;
use crate::value::Text;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One request; None when something in it is wrong.
pub fn webhook(fields: &Fields, expressions: &mut Expressions) -> Option<Webhook> {
    let url = fields.node("url").and_then(|node| url(node, expressions));
    let headers = headers(fields.map("headers").unwrap_or_default(), expressions);
    let body = match fields.node("body") {
        Some(node) => expressions.value(node).map(|body| Some(Arc::new(body))),
        None => Some(None),
    };
    let ok_status = ok_status(fields.list("ok_status"), expressions.diagnostics);
    Some(Webhook {
        url: url?,
        method: fields.text("method").unwrap_or_else(|| Text::from("POST")),
        headers: headers?,
        body: body?,
        ok_status: ok_status?,
        fail_on_status: fields.bool("fail_on_status").unwrap_or(true),
        timeout_ms: None,
    })
}

/// Several requests at once, by name.
pub fn parallel(fields: &Fields, expressions: &mut Expressions) -> Option<Config> {
    let entries = fields.map("calls")?;
    if entries.is_empty() {
        expressions.diagnostics.push(
            Diagnostic::error("missing_key", fields.key_span("calls")?, "`calls` is empty")
                .fix("write at least one call, by a name of your own"),
        );
    }
    let calls: Vec<_> = entries
        .iter()
        .map(|entry| call(entry, expressions))
        .collect();
    Some(Config::ParallelWebhook {
        calls: calls.into_iter().collect::<Option<_>>()?,
    })
}

fn call(entry: &Entry, expressions: &mut Expressions) -> Option<(Text, Webhook)> {
    if !is_slug(&entry.key.replace('_', "-")) {
        let title = format!("`{}` cannot name a call", entry.key);
        expressions.diagnostics.push(
            Diagnostic::error("bad_slug", &entry.key_span, title)
                .fix("write `a-z`, `0-9`, `-` and `_`: the name stands in paths such as `step.x.name.status`"),
        );
    }
    let fields = Fields::open(&entry.value, shapes::call(), expressions.diagnostics)?;
    let mut webhook = webhook(&fields, expressions)?;
    webhook.timeout_ms = fields.duration_ms("timeout");
    fields.is_sound().then(|| (entry.key.clone(), webhook))
}

/// A literal address has to be https; one with templates is judged when it is known (ERR-5).
fn url(node: &Node, expressions: &mut Expressions) -> Option<Arc<Template>> {
    let template = expressions.template(node)?;
    if !template.is_literal() {
        return Some(template);
    }
    let text = template.source().trim();
    let wrong = match url::Url::parse(text) {
        Ok(url) if url.scheme() == "https" && url.has_host() => return Some(template),
        Ok(url) => format!("`{}` is no https address", url.scheme()),
        Err(error) => format!("this is no address: {error}"),
    };
    let https = text.split_once("://").map(|(_, rest)| rest).unwrap_or(text);
    let fix = if https.is_empty() || https.contains(char::is_whitespace) {
        "write an address such as https://example.com/path".to_owned()
    } else {
        format!("write https://{https}")
    };
    expressions
        .diagnostics
        .push(Diagnostic::error("bad_url", &node.head(), wrong).fix(fix));
    None
}

type Headers = Vec<(Text, Arc<Template>)>;

/// Header names are lower-case from here on; two that differ by case only are the same.
fn headers(entries: &[Entry], expressions: &mut Expressions) -> Option<Headers> {
    let mut headers: Headers = Vec::new();
    let mut names = BTreeSet::new();
    let mut right = true;
    for entry in entries {
        let name = Text::from(entry.key.to_ascii_lowercase());
        let wrong = header_error(&name, entry, !names.insert(name.clone()));
        right &= wrong.is_none();
        expressions.diagnostics.extend(wrong);
        match expressions.template(&entry.value) {
            Some(value) => headers.push((name, value)),
            None => right = false,
        }
    }
    right.then_some(headers)
}

fn header_error(name: &str, entry: &Entry, is_taken: bool) -> Option<Diagnostic> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        let title = format!("`{}` is no name of a header", entry.key);
        return Some(
            Diagnostic::error("bad_header", &entry.key_span, title)
                .fix("write letters, digits and `-`; templates belong into the value"),
        );
    }
    if is_taken {
        let title = format!("the header `{name}` is written twice");
        return Some(
            Diagnostic::error("duplicate_key", &entry.key_span, title)
                .fix("keep one; names of headers have no case"),
        );
    }
    if !is_scalar(&entry.value) {
        let title = format!(
            "the header `{name}` takes text, found {}",
            entry.value.kind_name()
        );
        return Some(Diagnostic::error("wrong_type", &entry.value.head(), title).fix("write text"));
    }
    None
}

/// Inclusive ranges; 200 to 299 where nothing is written.
fn ok_status(items: Option<&[Node]>, diagnostics: &mut Diagnostics) -> Option<Vec<(u16, u16)>> {
    let Some(items) = items else {
        return Some(vec![(200, 299)]);
    };
    let ranges: Vec<_> = items
        .iter()
        .map(|item| status_range(item, diagnostics))
        .collect();
    ranges.into_iter().collect()
}

fn status_range(item: &Node, diagnostics: &mut Diagnostics) -> Option<(u16, u16)> {
    let status = |text: &str| {
        let number: u16 = text.trim().parse().ok()?;
        (100..=599).contains(&number).then_some(number)
    };
    let range = match &item.data {
        Data::Text(text) => match text.split_once('-') {
            Some((from, to)) => status(from).zip(status(to)),
            None => status(text).map(|one| (one, one)),
        },
        Data::Int(number) => status(&number.to_string()).map(|one| (one, one)),
        Data::Null | Data::Bool(_) | Data::Float(_) | Data::List(_) | Data::Map(_) => None,
    };
    let range = range.filter(|(from, to)| from <= to);
    if range.is_none() {
        let title = format!("`{}` is no status and no range of statuses", item.written());
        diagnostics.push(
            Diagnostic::error("bad_status", &item.head(), title)
                .fix("write a status such as 204, or a range such as \"200-299\""),
        );
    }
    range
}
