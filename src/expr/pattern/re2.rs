//! RE2's reading of a pattern, where the regex crate's differs: `\d \s \w \b` are ASCII, `\Q…\E` is literal,
//! and a class has no set operations or nested classes. What RE2 lacks and the crate has is let through.

use std::iter::Peekable;
use std::str::Chars;

/// The pattern for the regex crate that matches what `source` matches in RE2.
pub(super) fn translated(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 16);
    let mut rest = source.chars().peekable();
    let mut in_class = false;
    while let Some(found) = rest.next() {
        match found {
            '\\' => escape(&mut out, &mut rest, in_class),
            '[' if in_class => nested(&mut out, &mut rest),
            '[' => {
                in_class = true;
                open_class(&mut out, &mut rest);
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(found);
            }
            _ => out.push(found),
        }
    }
    out
}

fn escape(out: &mut String, rest: &mut Peekable<Chars>, in_class: bool) {
    let Some(letter) = rest.next() else {
        out.push('\\');
        return;
    };
    let class = match letter {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => r"[\t\n\f\r ]",
        'S' => r"[^\t\n\f\r ]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        'b' if !in_class => r"(?-u:\b)",
        'Q' => return quoted(out, rest),
        _ => {
            out.push('\\');
            out.push(letter);
            return;
        }
    };
    out.push_str(class);
}

/// Everything up to `\E`, or to the end, stands for itself.
fn quoted(out: &mut String, rest: &mut Peekable<Chars>) {
    let mut literal = String::new();
    while let Some(found) = rest.next() {
        if found == '\\' && rest.peek() == Some(&'E') {
            rest.next();
            break;
        }
        literal.push(found);
    }
    out.push_str(&regex::escape(&literal));
}

/// A `]` that comes first in a class stands for itself.
fn open_class(out: &mut String, rest: &mut Peekable<Chars>) {
    out.push('[');
    if let Some(negation) = rest.next_if_eq(&'^') {
        out.push(negation);
    }
    if rest.next_if_eq(&']').is_some() {
        out.push_str(r"\]");
    }
}

/// Inside a class, `[:alpha:]` is a class of its name; any other `[` stands for itself.
fn nested(out: &mut String, rest: &mut Peekable<Chars>) {
    if rest.peek() == Some(&':') {
        out.push('[');
    } else {
        out.push_str(r"\[");
        return;
    }
    for found in rest.by_ref() {
        out.push(found);
        if found == ']' {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::translated;

    #[test]
    fn patterns_mean_what_re2_says() {
        for (pattern, text, expected) in [
            (r"^\w+$", "aZ_9", true),
            (r"^\w+$", "é", false),
            (r"^\W$", "é", true),
            (r"^\d$", "٣", false),
            (r"^[\d.]+$", "1.2", true),
            (r"^[^\d]+$", "a1", false),
            (r"^\s$", "\u{a0}", false),
            (r"\bfoo\b", "a foo b", true),
            (r"\bfoo\b", "éfoo", true),
            (r"^\Qa.b\E+$", "a.bb", true),
            (r"^\Qa.b\E$", "axb", false),
            (r"^[a&&b]$", "&", true),
            (r"^[[]$", "[", true),
            (r"^[]a]$", "]", true),
            (r"^[[:alpha:]_]+$", "ab_", true),
            (r"^\\w$", r"\w", true),
            (r"^\p{L}$", "é", true),
            (r"^(?i)É$", "é", true),
        ] {
            let regex = regex::Regex::new(&translated(pattern)).expect(pattern);
            assert_eq!(regex.is_match(text), expected, "{pattern} {text}");
        }
    }
}
