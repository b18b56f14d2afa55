//! Where a request goes, as mocks see it: scheme, host and path; the query apart, decoded.
//! Paths are compared by what they mean: `%40` and `@` are the same, an encoded `/` stays apart from a plain one.
//! Regular expressions look at the text as it is sent. All matching takes linear time.

use crate::value::Text;
use std::borrow::Cow;
use std::sync::Arc;
use url::Url;

/// The largest compiled pattern or regular expression, in bytes.
const COMPILED_LIMIT: usize = 1 << 20;

/// A condition on scheme, host and path.
#[derive(Debug, Clone)]
pub struct UrlMatcher {
    /// As it was written.
    written: Text,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    /// The decoded form.
    Exact(Text),
    /// Over the decoded form. Shared, since every copy of one would have working memory of its own.
    Pattern(Arc<regex::bytes::Regex>),
    /// Over the form that is sent.
    Regex(Arc<regex::Regex>),
}

/// Why a text is no condition on URLs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// A query belongs into `query:`.
    #[error("a query is not matched here")]
    Query,
    /// Fragments are never sent.
    #[error("a fragment (`#…`) is never sent")]
    Fragment,
    /// Not an absolute URL.
    #[error("this is no absolute URL ({0})")]
    NotAbsolute(String),
    /// Not a regular expression.
    #[error("this is no regular expression of the RE2 syntax: {0}")]
    Regex(String),
}

/// Where a request goes.
pub(super) struct Target<'a> {
    /// Scheme, host and path as they are sent.
    sent: Cow<'a, str>,
    /// The same, decoded; None where decoding changes nothing.
    decoded: Option<String>,
    /// The query, without its `?`.
    query: &'a str,
}

impl<'a> Target<'a> {
    /// Takes a normalised URL apart.
    pub fn new(url: &'a str) -> Self {
        let url = url.split_once('#').map_or(url, |(before, _)| before);
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let sent = without_user(base);
        let decoded = sent.contains('%').then(|| decode(&sent));
        Target {
            sent,
            decoded,
            query,
        }
    }

    fn decoded(&self) -> &str {
        self.decoded.as_deref().unwrap_or(&self.sent)
    }

    /// The values of one parameter, decoded, in order.
    pub fn query(&self, name: &str) -> impl Iterator<Item = Cow<'a, str>> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// Scheme, host and path as they are sent.
    pub fn sent(&self) -> &str {
        &self.sent
    }
}

impl UrlMatcher {
    /// This scheme, host and path. Case of the host, default port and empty path do not matter.
    pub fn exact(written: &str) -> Result<Self, UrlError> {
        refuse_query(written)?;
        let url = Url::parse(written).map_err(|error| UrlError::NotAbsolute(error.to_string()))?;
        if !url.has_host() {
            return Err(UrlError::NotAbsolute("it names no host".to_owned()));
        }
        Ok(UrlMatcher {
            written: Text::from(written),
            how: How::Exact(Text::from(decode(&without_user(url.as_str())))),
        })
    }

    /// `*` stands for anything up to the next `/`, `**` for anything at all.
    pub fn pattern(written: &str) -> Result<Self, UrlError> {
        refuse_query(written)?;
        if !written.contains("://") && !written.starts_with('*') {
            let why = "begin with `https://`, or with `**` for any host";
            return Err(UrlError::NotAbsolute(why.to_owned()));
        }
        let source = pattern_source(&normalise_pattern(written));
        regex::bytes::RegexBuilder::new(&source)
            .size_limit(COMPILED_LIMIT)
            .build()
            .map(|regex| UrlMatcher {
                written: Text::from(written),
                how: How::Pattern(Arc::new(regex)),
            })
            .map_err(|error| UrlError::Regex(last_line(&error.to_string())))
    }

    /// A regular expression that matches somewhere in it; RE2 syntax.
    pub fn regex(written: &str) -> Result<Self, UrlError> {
        regex::RegexBuilder::new(written)
            .size_limit(COMPILED_LIMIT)
            .build()
            .map(|regex| UrlMatcher {
                written: Text::from(written),
                how: How::Regex(Arc::new(regex)),
            })
            .map_err(|error| UrlError::Regex(last_line(&error.to_string())))
    }

    /// The text as it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The key under which it is written.
    pub fn key(&self) -> &'static str {
        match self.how {
            How::Exact(_) => "url",
            How::Pattern(_) => "url_pattern",
            How::Regex(_) => "url_regex",
        }
    }

    pub(super) fn matches(&self, target: &Target) -> bool {
        match &self.how {
            How::Exact(wanted) => **wanted == *target.decoded(),
            How::Pattern(regex) => regex.is_match(target.decoded().as_bytes()),
            How::Regex(regex) => regex.is_match(&target.sent),
        }
    }
}

fn refuse_query(written: &str) -> Result<(), UrlError> {
    match written.find(['?', '#']) {
        Some(at) if written[at..].starts_with('?') => Err(UrlError::Query),
        Some(_) => Err(UrlError::Fragment),
        None => Ok(()),
    }
}

/// regex explains itself with a drawing; its last line is the reason.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or_default();
    line.trim().trim_start_matches("error: ").to_owned()
}

/// Mocks look at scheme, host and path: `user:password@` is left out.
fn without_user(base: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = base.split_once("://") else {
        return Cow::Borrowed(base);
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((_, host)) => Cow::Owned(format!("{scheme}://{host}{path}")),
        None => Cow::Borrowed(base),
    }
}

/// Decodes what does not change the meaning of a path; the text as it is where that gives no UTF-8.
fn decode(base: &str) -> String {
    let bytes = base.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, escape(bytes, at)) {
            (b'%', Some(meant)) if changes_meaning(meant) => {
                decoded.extend(bytes[at..at + 3].to_ascii_uppercase());
                at += 3;
            }
            (b'%', Some(meant)) => {
                decoded.push(meant);
                at += 3;
            }
            (plain, _) => {
                decoded.push(plain);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| base.to_owned())
}

/// The byte that an escape `%xx` at this offset stands for.
fn escape(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |offset: usize| (*bytes.get(at + offset)? as char).to_digit(16);
    u8::try_from(digit(1)? * 16 + digit(2)?).ok()
}

fn changes_meaning(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\' | b'%' | b'?' | b'#') || byte.is_ascii_control()
}

/// Lower-case scheme and host, no default port, `/` for an empty path, no escapes that mean nothing.
fn normalise_pattern(written: &str) -> String {
    let Some((scheme, rest)) = written.split_once("://") else {
        return decode(written);
    };
    let scheme = scheme.to_ascii_lowercase();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let default_port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    let host = ascii_host(host.strip_suffix(default_port).unwrap_or(host));
    let path = if path.is_empty() && !host.ends_with("**") {
        "/"
    } else {
        path
    };
    format!("{scheme}://{host}{}", decode(path))
}

/// A host without wildcards as URLs carry it; one with wildcards in lower case.
fn ascii_host(host: &str) -> String {
    if host.contains('*') {
        return host.to_lowercase();
    }
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !host.ends_with(']') => (name, Some(port)),
        Some(_) | None => (host, None),
    };
    let name = url::Host::parse(name).map_or_else(|_| name.to_lowercase(), |host| host.to_string());
    port.map_or(name.clone(), |port| format!("{name}:{port}"))
}

/// The anchored regular expression of a pattern. It works on bytes, which keeps it small.
fn pattern_source(pattern: &str) -> String {
    let mut source = String::from(r"(?s-u)\A");
    let mut rest = pattern;
    while let Some(at) = rest.find('*') {
        push_literal(&mut source, &rest[..at]);
        let stars = rest.len() - at - rest[at..].trim_start_matches('*').len();
        source.push_str(if stars == 1 { "[^/]*" } else { ".*" });
        rest = &rest[at + stars..];
    }
    push_literal(&mut source, rest);
    source.push_str(r"\z");
    source
}

/// Literal text keeps Unicode on, as the syntax wants for characters beyond ASCII.
fn push_literal(source: &mut String, literal: &str) {
    if !literal.is_empty() {
        source.push_str("(?u:");
        source.push_str(&regex::escape(literal));
        source.push(')');
    }
}

#[cfg(test)]
mod tests;
