//! Where a setting of a block is written. The model keeps no place for it, so it is looked up in the block's lines; one
//! that comes through an alias or a merge key is not found there.

use crate::flow::Block;
use crate::text::Span;

/// The place of a key of the block, `on_error` or `mode`; the block's own name where it cannot be found.
pub fn of_key(block: &Block, key: &str) -> Span {
    let file = &block.span.file;
    let found = file.text().get(block.span.start..).and_then(|text| {
        if text.starts_with('{') {
            in_braces(text, key)
        } else {
            in_lines(text, block.span.line_column().1, key)
        }
    });
    match found {
        Some(at) => {
            let start = block.span.start + at;
            Span::new(file, start..start + key.len())
        }
        None => block.slug.span.clone(),
    }
}

/// In block style the keys of one map stand in one column, and a line before that column ends the map.
fn in_lines(text: &str, column: usize, key: &str) -> Option<usize> {
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let content = line.trim_start_matches(' ');
        let indent = match number {
            0 => column - 1,
            _ => line.len() - content.len(),
        };
        let empty = content.trim().is_empty() || content.starts_with('#');
        if !empty && indent + 1 < column {
            return None;
        }
        let bare = content.trim_start_matches(['"', '\'']);
        if indent + 1 == column && is_key(bare, key) {
            return Some(at + line.len() - bare.len());
        }
        at += line.len();
    }
    None
}

/// In flow style, and in JSON: a key of the outermost braces.
fn in_braces(text: &str, key: &str) -> Option<usize> {
    let (mut depth, mut quote, mut fresh) = (0_usize, None, false);
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if fresh && depth == 1 && is_key(&text[at..], key) {
            return Some(at);
        }
        match (quote, c) {
            (Some('"'), '\\') => {
                chars.next();
            }
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if fresh => {
                if is_key(&text[at + 1..], key) && depth == 1 {
                    return Some(at + 1);
                }
                quote = Some(c);
            }
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') if depth <= 1 => return None,
            (None, '}' | ']') => depth -= 1,
            (None, _) => {}
        }
        // a quote opens a text only where a value or key can begin
        fresh =
            quote.is_none() && (matches!(c, '{' | '[' | ',' | ':') || fresh && c.is_whitespace());
    }
    None
}

/// Whether the text goes on with the key and a colon.
fn is_key(text: &str, key: &str) -> bool {
    let rest = text.strip_prefix(key);
    rest.is_some_and(|rest| {
        rest.trim_start_matches(['"', '\''])
            .trim_start()
            .starts_with(':')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_the_block_itself_is_found_and_no_other() {
        for (text, column, found) in [
            (
                "block: x\n  on_error: continue\n",
                3,
                Some("block: x\n  ".len()),
            ),
            ("on_error: continue\n", 3, Some(0)),
            (
                "block: x\n  config:\n    on_error: 1\n\n  # c\n  \"on_error\" : a\n",
                3,
                Some(45),
            ),
            ("block: x\n- on_error: continue\n", 3, None),
            ("block: x\n", 3, None),
        ] {
            assert_eq!(in_lines(text, column, "on_error"), found, "{text}");
        }
        for (text, found) in [
            ("{ block: x, on_error: continue }", Some(12)),
            (
                "{\"config\":{\"on_error\":1},\"on_error\":\"continue\"}",
                Some(26),
            ),
            ("{ slug: \"a}, on_error: b\", on_error: c }", Some(27)),
            ("{ slug: it's, on_error: c }", Some(14)),
            ("{ slug: a } , { on_error: c }", None),
            ("{ slug: a", None),
        ] {
            assert_eq!(in_braces(text, "on_error"), found, "{text}");
        }
    }
}
