//! A mock as it is written: conditions on a request, replies in turn, and an expected number of calls.
//! Conditions that are absent hold for every request; `calls` never limits matching.

use super::body::Difference;
use super::target::Target;
use super::{BodyMatcher, UrlMatcher};
use crate::engine::{CallOutcome, Request};
use crate::latency::Latency;
use crate::text::Span;
use crate::value::Text;
use std::borrow::Cow;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The mocks of one scenario: its own in written order, then those of the sets that it uses.
#[derive(Debug, Default)]
pub struct Mocks {
    /// All of them; names are unique.
    pub list: Vec<Arc<Mock>>,
}

/// A named set of mocks, shared between scenarios.
#[derive(Debug)]
pub struct MockSet {
    /// Its name.
    pub name: Text,
    /// Where the name stands.
    pub span: Span,
    /// Its mocks, in written order.
    pub mocks: Vec<Arc<Mock>>,
}

/// One mock.
#[derive(Debug)]
pub struct Mock {
    /// Unique in its scenario.
    pub name: Text,
    /// Where the name stands.
    pub span: Span,
    /// The method, upper-case.
    pub method: Option<Text>,
    /// What scheme, host and path must look like.
    pub url: Option<UrlMatcher>,
    /// What the decoded query must hold; further parameters may stand beside.
    pub query: Vec<(Text, QueryMatcher)>,
    /// Header (lower-case) to the exact value; further headers may stand beside.
    pub headers: Vec<(Text, Text)>,
    /// What the body must hold.
    pub body: Option<BodyMatcher>,
    /// What it answers, in turn; the last one repeats.
    pub replies: Vec<Reply>,
    /// How often it should be asked.
    pub calls: CallRange,
}

/// What one parameter of the query must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryMatcher {
    /// One of the values under the name is this.
    Holds(Text),
    /// The values under the name are these, in this order.
    Are(Vec<Text>),
}

/// One answer of a mock.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What the caller gets.
    pub outcome: CallOutcome,
    /// How late; None leaves it to `latency` of the settings, which faults do not look at (BUD-8).
    pub delay: Option<Latency>,
}

/// An expected number of calls, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallRange {
    /// At least.
    pub from: u64,
    /// At most; None for any number.
    pub to: Option<u64>,
}

/// One condition of a mock that a request does not meet.
pub(super) enum Mismatch<'a> {
    /// Another method than this.
    Method(&'a str),
    /// Another URL.
    Url(&'a UrlMatcher),
    /// A parameter of the query: its name, what it should be, and its values.
    Query(&'a str, &'a QueryMatcher, Vec<Cow<'a, str>>),
    /// A header: its name, its value, and the first value that the request has.
    Header(&'a str, &'a str, Option<&'a str>),
    /// The body.
    Body(Difference<'a>),
}

impl Mocks {
    /// The position of the first mock, in written order, whose conditions all hold.
    pub(super) fn find(&self, request: &Request) -> Option<usize> {
        let target = Target::new(&request.url);
        self.list
            .iter()
            .position(|mock| mock.answers(&target, request))
    }
}

impl Mock {
    /// Whether a request meets every condition.
    pub fn matches(&self, request: &Request) -> bool {
        self.answers(&Target::new(&request.url), request)
    }

    /// Whether every condition holds.
    fn answers(&self, target: &Target, request: &Request) -> bool {
        self.mismatches(target, request, &mut |_| ControlFlow::Break(()))
            .is_continue()
    }

    /// Shows every condition that does not hold to `see`, until it breaks off.
    pub(super) fn mismatches<'a>(
        &'a self,
        target: &'a Target,
        request: &'a Request,
        see: &mut dyn FnMut(Mismatch<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if let Some(method) = &self.method
            && **method != *request.method
        {
            see(Mismatch::Method(method))?;
        }
        if let Some(url) = &self.url
            && !url.matches(target)
        {
            see(Mismatch::Url(url))?;
        }
        for (name, wanted) in &self.query {
            let found: Vec<_> = target.query(name).collect();
            if !wanted.holds(&found) {
                see(Mismatch::Query(name, wanted, found))?;
            }
        }
        for (name, wanted) in &self.headers {
            let mut found = request.headers.iter().filter(|(key, _)| key == name);
            if !found.clone().any(|(_, value)| value == wanted) {
                let first = found.next().map(|(_, value)| &**value);
                see(Mismatch::Header(name, wanted, first))?;
            }
        }
        if let Some(body) = &self.body
            && let Err(difference) = body.compare(request.body.as_ref())
        {
            see(Mismatch::Body(difference))?;
        }
        ControlFlow::Continue(())
    }

    /// The reply to the call with this number, from 0.
    pub(super) fn reply(&self, call: u64) -> Option<&Reply> {
        let turn = usize::try_from(call).unwrap_or(usize::MAX);
        self.replies.get(turn).or_else(|| self.replies.last())
    }
}

impl QueryMatcher {
    fn holds(&self, found: &[Cow<str>]) -> bool {
        match self {
            QueryMatcher::Holds(wanted) => found.iter().any(|value| **value == **wanted),
            QueryMatcher::Are(wanted) => {
                wanted.len() == found.len() && wanted.iter().zip(found).all(|(a, b)| **a == **b)
            }
        }
    }
}

impl CallRange {
    /// Whether so many calls are as expected.
    pub fn contains(&self, calls: u64) -> bool {
        calls >= self.from && self.to.is_none_or(|to| calls <= to)
    }

    /// Reads `1`, `0..2`, `1..` or `..2`; ends are included.
    pub fn parse(text: &str) -> Option<Self> {
        let bound = |text: &str| -> Option<u64> {
            let digits = text.trim();
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| digits.parse().ok()).flatten()
        };
        let Some((from, to)) = text.split_once("..") else {
            let exact = bound(text)?;
            return Some(CallRange {
                from: exact,
                to: Some(exact),
            });
        };
        if from.trim().is_empty() && to.trim().is_empty() {
            return None;
        }
        let from = if from.trim().is_empty() {
            0
        } else {
            bound(from)?
        };
        let to = if to.trim().is_empty() {
            None
        } else {
            Some(bound(to)?)
        };
        to.is_none_or(|to| from <= to)
            .then_some(CallRange { from, to })
    }
}

/// As an author writes it.
impl fmt::Display for CallRange {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match (self.from, self.to) {
            (from, Some(to)) if from == to => write!(f, "{from}"),
            (from, Some(to)) => write!(f, "{from}..{to}"),
            (from, None) => write!(f, "{from}.."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expected_number_of_calls_reads_and_judges_as_written() {
        let rows: [(&str, &str, &[u64], &[u64]); 5] = [
            ("1", "1", &[1], &[0, 2]),
            ("0..2", "0..2", &[0, 1, 2], &[3]),
            ("1..", "1..", &[1, 9_999], &[0]),
            ("..2", "0..2", &[0, 2], &[3]),
            ("2..2", "2", &[2], &[1, 3]),
        ];
        for (text, shown, inside, outside) in rows {
            let range = CallRange::parse(text).expect(text);
            assert_eq!(range.to_string(), shown);
            assert!(inside.iter().all(|calls| range.contains(*calls)), "{text}");
            assert!(
                !outside.iter().any(|calls| range.contains(*calls)),
                "{text}"
            );
        }
        for text in [
            "",
            "..",
            "a",
            "-1",
            "2..1",
            "1...2",
            "1..b",
            "+1",
            "99999999999999999999",
        ] {
            assert_eq!(CallRange::parse(text), None, "{text}");
        }
    }
}
