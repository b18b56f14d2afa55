//! The conditions of a mock out of its document. Scalars compare as text, as they are written.

use super::super::{BodyMatcher, QueryMatcher, UrlError, UrlMatcher};
use super::one_at_most;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Entry, Fields, Holds, Node};
use crate::value::Text;

/// A scalar that is sent as text.
const SCALAR: Holds = Holds::OneOf(&[Holds::Text, Holds::Number, Holds::Bool]);

/// What `query` holds.
pub(super) const QUERY: Holds = Holds::MapOf(&Holds::OneOf(&[
    Holds::Text,
    Holds::Number,
    Holds::Bool,
    Holds::List(&SCALAR),
]));

/// What `headers` holds.
pub(super) const HEADERS: Holds = Holds::MapOf(&SCALAR);

/// A scalar as text: `1.10` stays `1.10`.
fn text(node: &Node) -> Text {
    node.as_text()
        .cloned()
        .unwrap_or_else(|| Text::from(node.written()))
}

/// The condition on scheme, host and path, if there is one; None when it is wrong.
#[expect(clippy::option_option, reason = "wrong and absent differ")]
pub(super) fn url(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<Option<UrlMatcher>> {
    let Some(key) = one_at_most(fields, &["url", "url_pattern", "url_regex"], diagnostics)? else {
        return Some(None);
    };
    let node = fields.node(key)?;
    let written = node.as_text()?;
    if let Some(at) = written.find("{{").filter(|_| key != "url_regex") {
        let span = node.part(at..written.len());
        diagnostics.push(
            Diagnostic::error("template_not_allowed", &span, "a mock takes no templates").fix(
                "write the URL as it is sent, or `url_pattern` with `*` for the part that varies",
            ),
        );
        return None;
    }
    let matcher = match key {
        "url" => UrlMatcher::exact(written),
        "url_pattern" => UrlMatcher::pattern(written),
        _ => UrlMatcher::regex(written),
    };
    match matcher {
        Ok(matcher) => Some(Some(matcher)),
        Err(error) => {
            diagnostics.push(bad_url(key, node, written, &error));
            None
        }
    }
}

fn bad_url(key: &str, node: &Node, written: &str, error: &UrlError) -> Diagnostic {
    let from = |mark: char| node.part(written.find(mark).unwrap_or(0)..written.len());
    let (code, span, fix) = match error {
        UrlError::Query => {
            let query = written.split_once('?').map_or("", |(_, query)| query);
            let fix = format!("end the URL before the `?` and write {}", query_fix(query));
            ("bad_url", from('?'), fix)
        }
        UrlError::Fragment => (
            "bad_url",
            from('#'),
            "end the URL before the `#`".to_owned(),
        ),
        UrlError::NotAbsolute(_) => (
            "bad_url",
            node.head(),
            "write scheme, host and path, such as `https://api.example.com/v1`".to_owned(),
        ),
        UrlError::Regex(_) => (
            "bad_regex",
            node.head(),
            "write RE2 syntax: no look-around, no back-references".to_owned(),
        ),
    };
    Diagnostic::error(code, &span, format!("`{key}`: {error}")).fix(fix)
}

/// The same query as a condition.
fn query_fix(query: &str) -> String {
    let pairs: Vec<String> = url::form_urlencoded::parse(query.as_bytes())
        .take(4)
        .map(|(name, value)| format!("{name}: \"{value}\""))
        .collect();
    if pairs.is_empty() {
        return "`query:`".to_owned();
    }
    format!("`query: {{ {} }}`", pairs.join(", "))
}

/// The conditions on the query.
pub(super) fn query(fields: &Fields) -> Vec<(Text, QueryMatcher)> {
    let matcher = |entry: &Entry| match entry.value.as_list() {
        Some(items) => QueryMatcher::Are(items.iter().map(text).collect()),
        None => QueryMatcher::Holds(text(&entry.value)),
    };
    fields
        .map("query")
        .unwrap_or_default()
        .iter()
        .map(|entry| (entry.key.clone(), matcher(entry)))
        .collect()
}

/// Headers under lower-case names; two that differ only in case are an error.
pub(super) fn headers(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<Vec<(Text, Text)>> {
    let mut headers: Vec<(Text, Text)> = Vec::new();
    let mut sound = true;
    for entry in fields.map("headers").unwrap_or_default() {
        let name = Text::from(entry.key.to_ascii_lowercase());
        if headers.iter().any(|(known, _)| *known == name) {
            sound = false;
            let title = format!("the header `{name}` is written twice");
            diagnostics.push(
                Diagnostic::error("duplicate_key", &entry.key_span, title)
                    .fix("keep one of the two; case makes no difference in names of headers"),
            );
        }
        headers.push((name, text(&entry.value)));
    }
    sound.then_some(headers)
}

/// The condition on the body, if there is one; None when it is wrong.
#[expect(clippy::option_option, reason = "wrong and absent differ")]
pub(super) fn body(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<Option<BodyMatcher>> {
    let Some(key) = one_at_most(fields, &["json", "json_exact"], diagnostics)? else {
        return Some(None);
    };
    let wanted = fields.node(key)?.to_value();
    Some(Some(match key {
        "json" => BodyMatcher::Holds(wanted),
        _ => BodyMatcher::Is(wanted),
    }))
}
