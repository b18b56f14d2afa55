//! The words of a filter expression.

/// A word of a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    Open,
    Close,
    Word(String),
    Quoted(String),
}

impl Token {
    pub fn shown(&self) -> String {
        match self {
            Token::Open => "`(`".to_owned(),
            Token::Close => "`)`".to_owned(),
            Token::Word(word) => format!("`{word}`"),
            Token::Quoted(text) => format!("\"{text}\""),
        }
    }

    pub fn is_word(&self, text: &str) -> bool {
        matches!(self, Token::Word(word) if word == text)
    }
}

/// Splits a filter; what has no end is an error.
pub fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => {
                tokens.push(if first == '(' {
                    Token::Open
                } else {
                    Token::Close
                });
                1
            }
            '"' => {
                let (quoted, length) = quoted(rest)?;
                tokens.push(Token::Quoted(quoted));
                length
            }
            _ => {
                let length = word_length(rest);
                tokens.push(Token::Word(rest[..length].to_owned()));
                length
            }
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// Text between double quotes; `\"` and `\\` stand for the character.
fn quoted(rest: &str) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((text, at + 1)),
            '\\' => text.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => text.push(c),
        }
    }
    Err("a double quote is opened and not closed".to_owned())
}

/// A word ends at white space, and at a parenthesis that it did not open itself (a regex may hold pairs).
fn word_length(rest: &str) -> usize {
    let regex = rest.starts_with("name~");
    let mut open = 0_usize;
    for (at, c) in rest.char_indices() {
        match c {
            c if c.is_whitespace() => return at,
            '(' if regex => open += 1,
            ')' if regex && open > 0 => open -= 1,
            '(' | ')' => return at,
            _ => {}
        }
    }
    rest.len()
}
