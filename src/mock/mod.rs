//! Mocked webhooks: which requests a mock answers, with what, how late, and how often it should be asked.
//! Matchers see true values; what is explained to people is redacted first (ST-6).
//! Nothing here knows of time passing: a route says how late an answer is, and `drive` waits for it.

mod body;
mod decode;
mod exchange;
mod model;
mod nearest;
mod target;

pub use body::BodyMatcher;
pub use decode::{
    FileError, LATENCY, MOCK_SET, WEBHOOKS, decode_latency, decode_mock_set, decode_webhooks,
    read_inside,
};
pub use exchange::{Asked, CallsFinding, Exchange, Medians, MockLog, Pace, Route, Unanswered};
pub use model::{CallRange, Mock, MockSet, Mocks, QueryMatcher, Reply};
pub use target::{UrlError, UrlMatcher};

#[cfg(test)]
mod tests;
