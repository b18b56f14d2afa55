//! Words, colours and widths that the reports for people share.

use crate::profile::duration_text;
use crate::trace::Status;
use crate::value::{Value, to_json_text};
use anstyle::{AnsiColor, Style};
use std::fmt::{self, Display};
use unicode_width::UnicodeWidthStr;

pub const GOOD: Style = AnsiColor::Green.on_default();
pub const BAD: Style = AnsiColor::Red.on_default().bold();
pub const DOUBT: Style = AnsiColor::Yellow.on_default();
pub const FAINT: Style = Style::new().dimmed();
pub const STRONG: Style = Style::new().bold();
pub const PLACE: Style = AnsiColor::Cyan.on_default();

/// Values longer than this are cut where they stand within a line.
const LONGEST_VALUE: usize = 200;

/// A text in a style.
pub struct Painted<T>(pub Style, pub T);

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}{}{}", self.0, self.1, self.0.render_reset())
    }
}

/// The text without its styles.
pub fn plain(styled: &str) -> String {
    anstream::adapter::strip_str(styled).to_string()
}

/// `1 error`, `2 errors`; nouns whose plural is no `s` are not used.
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Flow time as an author writes it.
pub fn duration(ms: u64) -> String {
    match ms {
        1_001.. if !ms.is_multiple_of(1_000) => format!("{}.{:03}s", ms / 1_000, ms % 1_000),
        _ => duration_text(ms),
    }
}

/// The mark and the style of a status.
pub fn mark(status: Status) -> (&'static str, Style) {
    match status {
        Status::Ok => ("✓", GOOD),
        Status::Failed => ("✗", BAD),
        Status::Denied => ("⊘", BAD),
        Status::TimedOut => ("⧖", BAD),
        Status::Suspended => ("…", DOUBT),
        Status::Detached => ("↗", FAINT),
    }
}

/// A value as an author would write it: text bare where that is clear, the rest as JSON.
pub fn value_text(value: &Value) -> String {
    let text = match value.as_text() {
        Some(text) if is_plain(text) => text.to_owned(),
        Some(_) | None => to_json_text(value),
    };
    shortened(&printable(&text), LONGEST_VALUE)
}

fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && !matches!(text, "true" | "false" | "null")
        && text.parse::<f64>().is_err()
        && text.trim() == text
        && !text.chars().any(char::is_control)
}

/// Control characters of an author or a mock have no power over a terminal, and a line stays one.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if is_shown(c) { c } else { '\u{fffd}' })
        .collect()
}

/// Whether a character shows as one within a line: no control, no end of a line, nothing that XML and YAML refuse.
pub fn is_shown(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

/// At most `limit` characters.
pub fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The text, filled up with spaces to a width in columns.
pub fn padded(text: &str, width: usize) -> String {
    let fill = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(fill))
}

/// Single quotes around everything that a shell could read in another way.
pub fn shell_word(text: &str) -> String {
    let text = printable(text);
    let bare = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if !text.is_empty() && text.chars().all(bare) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_an_author_would_write_them() {
        for (value, shown) in [
            (Value::text("allow"), "allow"),
            (Value::text("12"), "\"12\""),
            (Value::text("true"), "\"true\""),
            (Value::text(""), "\"\""),
            (Value::text("a\nb"), "\"a\\nb\""),
            (Value::Null, "null"),
            (Value::list(vec![Value::Int(1)]), "[1]"),
        ] {
            assert_eq!(value_text(&value), shown);
        }
    }

    #[test]
    fn flow_time_is_short_and_exact() {
        for (ms, shown) in [
            (0, "0ms"),
            (999, "999ms"),
            (1_000, "1s"),
            (1_250, "1.250s"),
            (61_000, "61s"),
        ] {
            assert_eq!(duration(ms), shown);
        }
    }
}
