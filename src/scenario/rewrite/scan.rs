//! Where a piece of YAML ends, by its brackets, quotes and indentation; enough to put text in its place, not to read
//! it. What is rewritten is read again by the real reader before it is kept.

/// How far a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// A comment or the end of the line.
    LineEnd,
    /// A comma or bracket of what holds it.
    NextItem,
    /// The bracket that closes its first one.
    Closed,
}

/// The end of the value that starts at `from` in flow style or on one line. Brackets may span lines.
pub fn value_end(text: &str, from: usize, until: Until) -> usize {
    let mut depth = 0_usize;
    let mut quote: Option<char> = None;
    let mut before = ' ';
    let mut last = from;
    let mut chars = text[from..].char_indices();
    while let Some((at, c)) = chars.next() {
        let here = from + at;
        match (quote, c) {
            (Some('"'), '\\') => {
                chars.next();
            }
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            // `''` is a quote within quotes
            (None, '"' | '\'') if before.is_whitespace() || "[{,:'".contains(before) => {
                quote = Some(c)
            }
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') if depth == 0 => {
                if until == Until::NextItem {
                    return last;
                }
            }
            (None, ']' | '}') => {
                depth -= 1;
                if depth == 0 && until == Until::Closed {
                    return here + c.len_utf8();
                }
            }
            (None, ',') if depth == 0 && until == Until::NextItem => return last,
            (None, '#') if before.is_whitespace() && depth == 0 => return last,
            // a comment within brackets goes to the end of its line
            (None, '#') if before.is_whitespace() => quote = Some('\n'),
            (None, '\n') if depth == 0 && until != Until::NextItem => return last,
            (None, _) => {}
        }
        if !c.is_whitespace() {
            last = here + c.len_utf8();
        }
        before = c;
    }
    last
}

/// The brace that closes the one at `open`, as far as this can tell.
pub fn closing_brace(text: &str, open: usize) -> Option<usize> {
    value_end(text, open, Until::Closed)
        .checked_sub(1)
        .filter(|at| text[*at..].starts_with('}'))
}

/// What stands before a key on its line, without the quote that opens it.
pub fn lead(text: &str, key: usize) -> &str {
    text[line_start(text, key)..key].trim_end_matches(['"', '\''])
}

/// The start of the line that holds an offset.
pub fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |before| before + 1)
}

/// The end of the block that starts on the line of `at`, whose lines stand at `indent` or further in: behind its last
/// line that is neither empty nor a comment.
pub fn block_end(text: &str, at: usize, indent: usize) -> usize {
    let start = line_start(text, at);
    let mut end = start;
    let mut position = start;
    for (number, line) in text[start..].split_inclusive('\n').enumerate() {
        let bare = line.trim();
        let own = line.len() - line.trim_start().len();
        let mark = indent == 0 && (line.starts_with("---") || line.starts_with("..."));
        let content = !bare.is_empty() && !bare.starts_with('#');
        if number > 0 && content && (own < indent || mark) {
            break;
        }
        position += line.len();
        if content || (!bare.is_empty() && own > indent) {
            end = position;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_a_reader_would_say() {
        for (text, until, value) in [
            (" allowed  # why\nb: 1", Until::LineEnd, " allowed"),
            (" [a, b]  # why", Until::LineEnd, " [a, b]"),
            (" [a,\n  b]\nc: 1", Until::LineEnd, " [a,\n  b]"),
            (" 'it''s # no' # yes", Until::LineEnd, " 'it''s # no'"),
            (" \"a\\\" # b\" # c", Until::LineEnd, " \"a\\\" # b\""),
            (" it's fine # c", Until::LineEnd, " it's fine"),
            (" a, b: 1}", Until::NextItem, " a"),
            (
                " {message: 'a, b'} }",
                Until::NextItem,
                " {message: 'a, b'}",
            ),
            (" [1, [2]], b", Until::NextItem, " [1, [2]]"),
            ("{ a: { b: 1 } }, c }", Until::Closed, "{ a: { b: 1 } }"),
            (
                "{ a: 1, # no }\n b: 2 } }",
                Until::Closed,
                "{ a: 1, # no }\n b: 2 }",
            ),
            ("", Until::LineEnd, ""),
        ] {
            assert_eq!(&text[..value_end(text, 0, until)], value, "{text}");
        }
    }

    #[test]
    fn a_block_ends_behind_its_last_line() {
        let text = "a: 1\nb:\n  c: 2\n  # of c\n\n# of the next\n---\nd: 3\n";
        assert_eq!(
            &text[..block_end(text, 0, 0)],
            "a: 1\nb:\n  c: 2\n  # of c\n"
        );
        let cases = "cases:\n  - case: x\n    flow: y\n  - case: z\n";
        let at = cases.find("case: x").expect("it is there");
        assert_eq!(
            &cases[..block_end(cases, at, 4)],
            "cases:\n  - case: x\n    flow: y\n"
        );
    }
}
