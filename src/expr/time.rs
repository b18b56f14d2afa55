//! Timestamps and durations: kinds that exist only while an expression is evaluated. Both count
//! nanoseconds and keep CEL's ranges; their text is CEL's (RFC 3339 in UTC, seconds with an `s`).

use chrono::{DateTime, SecondsFormat};

const SECOND: i128 = 1_000_000_000;

/// 0001-01-01T00:00:00Z, in seconds since 1970.
const FIRST: i128 = -62_135_596_800;

/// 9999-12-31T23:59:59Z.
const LAST: i128 = 253_402_300_799;

/// CEL's bound on durations, about ten thousand years.
const LONGEST: i128 = 315_576_000_000;

/// Nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timestamp(i128);

/// Nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Duration(i128);

impl Timestamp {
    fn new(nanos: i128) -> Option<Self> {
        (FIRST..=LAST)
            .contains(&nanos.div_euclid(SECOND))
            .then_some(Timestamp(nanos))
    }

    /// Out of RFC 3339 text.
    pub fn parse(text: &str) -> Option<Self> {
        // The longest text has nine digits of fraction and an offset; more is refused unread.
        if text.len() > 64 {
            return None;
        }
        let instant = DateTime::parse_from_rfc3339(text).ok()?;
        let nanos = i128::from(instant.timestamp_subsec_nanos());
        Timestamp::new(i128::from(instant.timestamp()) * SECOND + nanos)
    }

    /// Out of whole seconds since 1970.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Timestamp::new(i128::from(seconds) * SECOND)
    }

    /// Whole seconds since 1970, rounded down.
    pub fn seconds(self) -> i64 {
        i64::try_from(self.0.div_euclid(SECOND)).unwrap_or_default()
    }

    pub fn text(self) -> String {
        let nanos = u32::try_from(self.0.rem_euclid(SECOND)).unwrap_or_default();
        DateTime::from_timestamp(self.seconds(), nanos)
            .map(|instant| instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))
            .unwrap_or_default()
    }

    pub fn add(self, by: Duration) -> Option<Self> {
        Timestamp::new(self.0 + by.0)
    }

    pub fn subtract(self, by: Duration) -> Option<Self> {
        Timestamp::new(self.0 - by.0)
    }

    pub fn since(self, other: Timestamp) -> Option<Duration> {
        Duration::new(self.0 - other.0)
    }
}

impl Duration {
    fn new(nanos: i128) -> Option<Self> {
        (nanos.abs() <= LONGEST * SECOND).then_some(Duration(nanos))
    }

    /// Out of text such as `1h30m`, `-1.5s`, `100ms`, `0`.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Some(Duration(0));
        }
        if rest.is_empty() || rest.len() > 128 {
            return None;
        }
        let mut nanos = 0_i128;
        while !rest.is_empty() {
            let (part, tail) = one_unit(rest)?;
            nanos = nanos.checked_add(part)?;
            rest = tail;
        }
        Duration::new(sign * nanos)
    }

    pub fn text(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (seconds, nanos) = (self.0.abs() / SECOND, self.0.abs() % SECOND);
        if nanos == 0 {
            return format!("{sign}{seconds}s");
        }
        let fraction = format!("{nanos:09}");
        format!("{sign}{seconds}.{}s", fraction.trim_end_matches('0'))
    }

    pub fn add(self, other: Duration) -> Option<Self> {
        Duration::new(self.0 + other.0)
    }

    pub fn subtract(self, other: Duration) -> Option<Self> {
        Duration::new(self.0 - other.0)
    }
}

/// A number and its unit, in nanoseconds, and what follows. Less than a nanosecond is dropped.
fn one_unit(text: &str) -> Option<(i128, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at(digits(text));
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(digits(rest)),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    // `ms` before `m`, which is its beginning.
    let (unit, nanos) = [
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("μs", 1_000),
        ("ms", 1_000_000),
        ("s", SECOND),
        ("m", 60 * SECOND),
        ("h", 3600 * SECOND),
    ]
    .into_iter()
    .find(|(unit, _)| rest.starts_with(unit))?;
    let whole: i128 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let mut total = whole.checked_mul(nanos)?;
    let mut worth = nanos;
    for digit in fraction.bytes() {
        worth /= 10;
        total = total.checked_add(i128::from(digit - b'0') * worth)?;
    }
    Some((total, rest.strip_prefix(unit)?))
}
