//! Redaction by value (ST-6): any text that contains a transient value, a test secret or a test
//! identity's password of 6 or more characters shows `<redacted>` in its place. Derived values are not tracked.

use crate::value::{Map, Text, Value};
use std::borrow::Cow;

/// What stands in the place of a hidden value.
pub const REDACTED: &str = "<redacted>";

/// Every transient token that the engine mints starts with this, so that one look finds them all.
pub const TOKEN_PREFIX: &str = "fptok_";

/// Hides values in texts.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    /// Longest first, so that a value that holds another is hidden whole.
    hidden: Vec<Text>,
}

impl Redactor {
    /// A redactor for these values; ones shorter than 6 characters are left out.
    pub fn new(hidden: impl IntoIterator<Item = Text>) -> Self {
        let mut hidden: Vec<Text> = hidden
            .into_iter()
            .filter(|value| value.chars().count() >= 6)
            .collect();
        hidden.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        hidden.dedup();
        Redactor { hidden }
    }

    /// The text as outputs show it.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut shown = Cow::Borrowed(text);
        if text.contains(TOKEN_PREFIX) {
            shown = Cow::Owned(without_tokens(&shown));
        }
        for value in &self.hidden {
            if shown.contains(&**value) {
                shown = Cow::Owned(shown.replace(&**value, REDACTED));
            }
        }
        shown
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
        text.contains(TOKEN_PREFIX) || self.hidden.iter().any(|value| text.contains(&**value))
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

/// A token is its prefix and the word characters behind it.
fn without_tokens(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(TOKEN_PREFIX) {
        shown.push_str(&rest[..at]);
        shown.push_str(REDACTED);
        let token = &rest[at + TOKEN_PREFIX.len()..];
        rest = token.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    }
    shown.push_str(rest);
    shown
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
            ("raw fptok_00ff9A, then", "raw <redacted>, then"),
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
