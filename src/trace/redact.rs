//! Redaction by value (ST-6): any text that contains a transient value, a test secret or a test
//! identity's password of 6 or more characters shows `<redacted>` in its place. Derived values are not tracked.

use crate::value::{Map, Text, Value};
use aho_corasick::{AhoCorasick, MatchKind};
use std::borrow::Cow;

/// What stands in the place of a hidden value.
pub const REDACTED: &str = "<redacted>";

/// Every transient token that the engine mints starts with this, so that one look finds them all.
pub const TOKEN_PREFIX: &str = "fptok_";

/// And goes on with so many hexadecimal digits: what stands behind them is no part of the token.
pub const TOKEN_DIGITS: usize = 16;

/// Hides values in texts.
#[derive(Debug, Clone)]
pub struct Redactor {
    /// Finds any hidden value, and the prefix of any token; the longest where several begin.
    finder: AhoCorasick,
    /// A shorter text cannot hold a hidden value.
    shortest: usize,
    /// The first three bytes of every hidden value: most texts are cleared by a look at these.
    beginnings: Beginnings,
}

/// A set of beginnings of three bytes, as a table of bits. It may hold more than was put in, never less.
#[derive(Debug, Clone)]
struct Beginnings(Vec<u64>);

impl Default for Redactor {
    fn default() -> Self {
        Redactor::new([])
    }
}

impl Redactor {
    /// A redactor for these values; ones shorter than 6 characters are left out.
    pub fn new(hidden: impl IntoIterator<Item = Text>) -> Self {
        let mut patterns: Vec<Text> = hidden
            .into_iter()
            .filter(|value| value.chars().count() >= 6)
            .collect();
        patterns.push(Text::from(TOKEN_PREFIX));
        let shortest = patterns
            .iter()
            .map(|pattern| pattern.len())
            .min()
            .unwrap_or(0);
        let build = |patterns: &[Text]| {
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(patterns.iter().map(|pattern| &**pattern))
        };
        // Patterns too large for an automaton cannot come out of files of bounded size.
        let finder = build(&patterns).unwrap_or_else(|error| unreachable!("{error}"));
        let beginnings = Beginnings::of(patterns.iter().map(|pattern| pattern.as_bytes()));
        Redactor {
            finder,
            shortest,
            beginnings,
        }
    }

    /// The text as outputs show it.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.shows_text(text) {
            return Cow::Borrowed(text);
        }
        let mut shown = String::with_capacity(text.len());
        let mut from = 0;
        for found in self.finder.find_iter(text) {
            if found.start() < from {
                continue;
            }
            shown.push_str(&text[from..found.start()]);
            shown.push_str(REDACTED);
            from = found.end();
            if text[found.range()] == *TOKEN_PREFIX {
                let behind = text.as_bytes()[from..].iter().take(TOKEN_DIGITS);
                from += behind.take_while(|byte| byte.is_ascii_hexdigit()).count();
            }
        }
        shown.push_str(&text[from..]);
        Cow::Owned(shown)
    }

    /// Hides in place.
    pub fn hide(&self, text: &mut Text) {
        if let Cow::Owned(shown) = self.text(text) {
            *text = Text::from(shown);
        }
    }

    /// Hides in every text of a value, keys included.
    pub fn hide_value(&self, value: &mut Value) {
        match value {
            Value::Text(text) => self.hide(text),
            Value::List(items) if items.iter().any(|item| self.shows(item)) => {
                for item in std::sync::Arc::make_mut(items) {
                    self.hide_value(item);
                }
            }
            Value::Map(map)
                if map
                    .iter()
                    .any(|(key, item)| self.shows_text(key) || self.shows(item)) =>
            {
                let hidden: Map = map
                    .iter()
                    .map(|(key, item)| {
                        let (mut key, mut item) = (key.clone(), item.clone());
                        self.hide(&mut key);
                        self.hide_value(&mut item);
                        (key, item)
                    })
                    .collect();
                *value = hidden.into();
            }
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::List(_)
            | Value::Map(_) => {}
        }
    }

    /// Whether a text holds something to hide.
    fn shows_text(&self, text: &str) -> bool {
        let Some(last) = text.len().checked_sub(self.shortest) else {
            return false;
        };
        self.beginnings.any(&text.as_bytes()[..last + 3]) && self.finder.is_match(text)
    }

    /// Whether any text of a value holds something to hide.
    fn shows(&self, value: &Value) -> bool {
        match value {
            Value::Text(text) => self.shows_text(text),
            Value::List(items) => items.iter().any(|item| self.shows(item)),
            Value::Map(map) => map
                .iter()
                .any(|(key, item)| self.shows_text(key) || self.shows(item)),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
        }
    }
}

impl Beginnings {
    fn of<'a>(patterns: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut bits = vec![0; (1 << 16) / 64];
        for beginning in patterns.filter_map(|pattern| pattern.first_chunk()) {
            let at = Self::place(*beginning);
            bits[at / 64] |= 1 << (at % 64);
        }
        Beginnings(bits)
    }

    fn place([a, b, c]: [u8; 3]) -> usize {
        (usize::from(a) ^ (usize::from(b) << 4) ^ (usize::from(c) << 8)) & 0xffff
    }

    /// Whether one of them may stand somewhere in these bytes.
    fn any(&self, bytes: &[u8]) -> bool {
        bytes.array_windows().any(|window: &[u8; 3]| {
            let at = Self::place(*window);
            self.0[at / 64] & (1 << (at % 64)) != 0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{from_json_text, to_json_text};

    #[test]
    fn hidden_values_are_replaced_wherever_they_stand() {
        let redactor = Redactor::new(["correct horse".into(), "test-token".into(), "abc".into()]);
        for (text, shown) in [
            ("Bearer test-token", "Bearer <redacted>"),
            (
                "correct horse and correct horse",
                "<redacted> and <redacted>",
            ),
            ("abc is too short to hide", "abc is too short to hide"),
            ("raw fptok_00ff9a00ff9a00ff, then", "raw <redacted>, then"),
            ("fptok_00ff9a00ff9a00ffade", "<redacted>ade"),
        ] {
            assert_eq!(redactor.text(text), shown);
        }
    }

    #[test]
    fn values_are_hidden_at_any_depth_and_in_keys() {
        let redactor = Redactor::new(["test-token".into()]);
        let mut value =
            from_json_text(r#"{"a":[{"test-token":"x test-token"}],"b":1}"#).expect("json");
        redactor.hide_value(&mut value);
        assert_eq!(
            to_json_text(&value),
            r#"{"a":[{"<redacted>":"x <redacted>"}],"b":1}"#
        );
    }
}
