//! A trace beside the accepted one: what changed in words, what followed from it, and the lines, in colour.

use super::style::{BAD, DOUBT, FAINT, GOOD, Painted, STRONG, printable};
use crate::snapshot::change::{Change, change};
use crate::snapshot::lines::{Line, changed};
use std::fmt::Write;

/// More lines than this are not shown; the file of the pending snapshot has them all.
const SHOWN: usize = 80;

/// What changed between two texts.
pub fn render(before: &str, after: &str, indent: &str) -> String {
    let mut out = String::new();
    if let Some(change) = change(before, after) {
        out.push_str(&in_words(&change, indent));
        out.push('\n');
    }
    out.push_str(&lines(before, after, indent, SHOWN));
    out
}

/// The change in words: the first block that did something else, and what followed.
pub fn in_words(change: &Change, indent: &str) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{indent}{}", Painted(STRONG, printable(&change.first)));
    if !change.therefore.is_empty() {
        let _ = writeln!(out, "{indent}therefore:");
    }
    for line in &change.therefore {
        let _ = writeln!(out, "{indent}  {}", printable(line));
    }
    out
}

/// The lines that changed, with a few around each; at most `most` of them.
pub fn lines(before: &str, after: &str, indent: &str, most: usize) -> String {
    let mut out = String::new();
    let lines = changed(before, after);
    for line in lines.iter().take(most) {
        let painted = match line {
            Line::Same(text) => Painted(FAINT, format!("  {}", printable(text))),
            Line::Out(text) => Painted(BAD, format!("- {}", printable(text))),
            Line::In(text) => Painted(GOOD, format!("+ {}", printable(text))),
            Line::Gap(count) => Painted(FAINT, format!("  … {}", super::counted(*count, "line"))),
        };
        let _ = writeln!(out, "{indent}{painted}");
    }
    if lines.len() > most {
        let more = format!("… {} more lines", lines.len() - most);
        let _ = writeln!(out, "{indent}{}", Painted(DOUBT, more));
    }
    out
}
