//! Tokens, read on demand: only the parser knows whether a name stands after a dot, where a hyphen may
//! belong to it. Literals are read in `literal`.

mod literal;

use super::{MAX_LENGTH, Refused, names, refused};
use std::ops::Range;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'t> {
    End,
    /// The magnitude: the sign is an operator.
    Int(u64),
    Float(f64),
    Text(String),
    Name(&'t str),
    /// Punctuation and operators.
    Mark(&'static str),
}

/// Longer marks first.
const MARKS: [&str; 25] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", ".", ",",
    "(", ")", "[", "]", "{", "}", "=",
];

pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Whether the text goes on beyond what an expression may take.
    cut: bool,
    /// Whether a value has just ended: then a dot selects, even before a digit.
    after_value: bool,
}

impl<'t> Lexer<'t> {
    /// Reads from `start` on, at most `MAX_LENGTH` bytes.
    pub fn new(text: &'t str, start: usize) -> Self {
        let mut end = text.len().min(start.saturating_add(MAX_LENGTH));
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Lexer {
            text: &text[..end],
            at: start.min(end),
            cut: end < text.len(),
            after_value: false,
        }
    }

    /// Where the next token is looked for.
    pub fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The next token and where it stands.
    pub fn next(&mut self) -> Result<(Token<'t>, Range<usize>), Refused> {
        self.skip_space();
        let start = self.at;
        let token = self.token()?;
        self.after_value = match token {
            Token::End | Token::Int(_) | Token::Float(_) | Token::Text(_) | Token::Name(_) => true,
            Token::Mark(mark) => matches!(mark, ")" | "]" | "}"),
        };
        Ok((token, start..self.at))
    }

    fn token(&mut self) -> Result<Token<'t>, Refused> {
        let Some(first) = self.peek() else {
            return if self.cut {
                Err(self.too_long())
            } else {
                Ok(Token::End)
            };
        };
        let is_fraction = first == '.' && self.digit_follows() && !self.after_value;
        if first.is_ascii_digit() || is_fraction {
            return self.number();
        }
        if let Some(text) = self.text_literal()? {
            return Ok(Token::Text(text));
        }
        if first.is_ascii_alphabetic() || first == '_' {
            return Ok(Token::Name(self.take_while(is_name_byte)));
        }
        match MARKS.iter().find(|mark| self.rest().starts_with(**mark)) {
            Some(&"=") => Err(refused("`=` is no operator", self.at..self.at + 1)
                .with_fix("write `==` to compare")),
            Some(mark) => {
                self.at += mark.len();
                Ok(Token::Mark(mark))
            }
            None => Err(self.unexpected(first)),
        }
    }

    fn digit_follows(&self) -> bool {
        self.rest()
            .as_bytes()
            .get(1)
            .is_some_and(u8::is_ascii_digit)
    }

    fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| keep(*byte)).count();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// CEL's white space, and comments from `//` to the end of the line.
    fn skip_space(&mut self) {
        loop {
            self.take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c'));
            if !self.rest().starts_with("//") {
                return;
            }
            self.take_while(|byte| byte != b'\n');
        }
    }

    /// The name after a dot. A hyphen between two name characters belongs to it.
    pub fn selector(&mut self) -> Result<(&'t str, Range<usize>), Refused> {
        self.skip_space();
        let start = self.at;
        let bytes = self.rest().as_bytes();
        let is_name = |at: usize| bytes.get(at).copied().is_some_and(is_name_byte);
        let mut length = 0;
        while is_name(length)
            || (length > 0 && bytes.get(length) == Some(&b'-') && is_name(length + 1))
        {
            length += 1;
        }
        let name = self.rest().get(..length).unwrap_or_default();
        let range = start..start + length;
        if name.is_empty() {
            return Err(self.no_name(start));
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) || names::is_keyword(name) {
            let message = format!("`{name}` cannot stand after a dot");
            let fix = format!("write `['{name}']` without the dot");
            return Err(refused(message, range).with_fix(fix));
        }
        self.at += length;
        self.after_value = true;
        Ok((name, range))
    }

    fn no_name(&self, start: usize) -> Refused {
        let found = self.peek();
        if found.is_none() && self.cut {
            return self.too_long();
        }
        let range = start..start + found.map_or(0, char::len_utf8);
        match found {
            Some('?') => refused("`.?` of CEL is not in the subset that flows use", range)
                .with_fix("write `has(…) ? … : …`"),
            Some('`') => refused("a name after a dot has no quotes", range)
                .with_fix("write `['name']` without the dot"),
            Some(_) | None => refused("expected a name after the dot", range)
                .with_fix("write a name, or leave out the dot"),
        }
    }

    fn too_long(&self) -> Refused {
        refused(
            format!("an expression is at most {MAX_LENGTH} bytes long"),
            self.text.len()..self.text.len(),
        )
        .with_fix("split it over several blocks")
    }

    fn unexpected(&self, found: char) -> Refused {
        let range = self.at..self.at + found.len_utf8();
        let error = refused(format!("unexpected `{}`", found.escape_debug()), range);
        match found {
            '&' => error.with_fix("write `&&`"),
            '|' => error.with_fix("write `||`"),
            '‘' | '’' | '“' | '”' => error.with_fix("write straight quotes: `'…'`"),
            '`' => error.with_fix("write text as `'…'`"),
            '$' | '@' | '#' => error.with_fix("a path starts with event, step, session or custom"),
            '^' | '~' | ';' => error.with_fix("leave it out; the operators are those of CEL"),
            _ => error.with_fix("leave it out, or write text in quotes: `'…'`"),
        }
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
