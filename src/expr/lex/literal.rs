//! Number and text literals as CEL writes them: decimal and hexadecimal integers, decimals with exponent,
//! text in single, double or triple quotes with escapes, raw text. Unsigned integers and bytes are refused.

use super::{Lexer, Token, is_name_byte};
use crate::expr::{Refused, refused};

impl<'t> Lexer<'t> {
    /// A number; the first character is a digit, or a dot before a digit.
    pub(super) fn number(&mut self) -> Result<Token<'t>, Refused> {
        let start = self.at;
        if self.rest().starts_with("0x") || self.rest().starts_with("0X") {
            self.at += 2;
            let digits = self.take_while(|byte| byte.is_ascii_hexdigit());
            self.end_number(start)?;
            return self.integer(start, digits, 16);
        }
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        let decimal = self.fraction() | self.exponent();
        self.end_number(start)?;
        if !decimal {
            return self.integer(start, digits, 10);
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        match written.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Token::Float(number)),
            Ok(_) | Err(_) => Err(refused("the decimal is too large", start..self.at)
                .with_fix("write a number below 1.8e308")),
        }
    }

    fn fraction(&mut self) -> bool {
        if !self.rest().starts_with('.') || !self.digit_follows() {
            return false;
        }
        self.at += 1;
        self.take_while(|byte| byte.is_ascii_digit());
        true
    }

    fn exponent(&mut self) -> bool {
        let bytes = self.rest().as_bytes();
        if !matches!(bytes.first(), Some(b'e' | b'E')) {
            return false;
        }
        let sign = usize::from(matches!(bytes.get(1), Some(b'+' | b'-')));
        if !bytes.get(1 + sign).is_some_and(u8::is_ascii_digit) {
            return false;
        }
        self.at += 1 + sign;
        self.take_while(|byte| byte.is_ascii_digit());
        true
    }

    /// A number does not run into a name; `1u` is CEL's unsigned integer.
    fn end_number(&mut self, start: usize) -> Result<(), Refused> {
        let tail = self.take_while(is_name_byte);
        if tail.is_empty() {
            return Ok(());
        }
        let range = start..self.at;
        if tail.eq_ignore_ascii_case("u") {
            let message = "unsigned integers of CEL are not in the subset that flows use";
            return Err(refused(message, range).with_fix("leave out the `u`"));
        }
        Err(refused("the number runs into a name", range)
            .with_fix("write a space between them, or text in quotes: `'…'`"))
    }

    fn integer(&self, start: usize, digits: &str, radix: u32) -> Result<Token<'t>, Refused> {
        if digits.is_empty() {
            return Err(refused("expected digits after `0x`", start..self.at)
                .with_fix("write `0x1f`, or `0`"));
        }
        match u64::from_str_radix(digits, radix) {
            Ok(number) if number <= i64::MIN.unsigned_abs() => Ok(Token::Int(number)),
            Ok(_) | Err(_) => Err(refused("the integer is beyond 64 bits", start..self.at)
                .with_fix("write a decimal, such as `1e20`")),
        }
    }

    /// A text literal, if one starts here.
    pub(super) fn text_literal(&mut self) -> Result<Option<String>, Refused> {
        let rest = self.rest();
        let prefix = rest
            .bytes()
            .take_while(|byte| matches!(byte, b'r' | b'R' | b'b' | b'B'))
            .take(3)
            .count();
        let quotes = rest.get(prefix..).unwrap_or_default();
        let Some(quote) = ["'''", "\"\"\"", "'", "\""]
            .into_iter()
            .find(|quote| quotes.starts_with(quote))
        else {
            return Ok(None);
        };
        let start = self.at;
        let letters = rest.get(..prefix).unwrap_or_default().to_ascii_lowercase();
        self.at += prefix + quote.len();
        match letters.as_str() {
            "" => self.quoted(start, quote, Escapes::Read).map(Some),
            "r" => self.quoted(start, quote, Escapes::Raw).map(Some),
            "b" | "rb" | "br" => Err(refused(
                "bytes of CEL are not in the subset that flows use",
                start..self.at,
            )
            .with_fix("leave out the `b`")),
            _ => Err(
                refused("text has at most one `r` before it", start..self.at)
                    .with_fix("write `r'…'`"),
            ),
        }
    }

    fn quoted(&mut self, start: usize, quote: &str, escapes: Escapes) -> Result<String, Refused> {
        let mut text = String::new();
        loop {
            if self.rest().starts_with(quote) {
                self.at += quote.len();
                return Ok(text);
            }
            let Some(found) = self.peek() else {
                return Err(self.unclosed(start, quote));
            };
            if quote.len() == 1 && matches!(found, '\n' | '\r') {
                return Err(self.unclosed(start, quote));
            }
            if found == '\\' && escapes == Escapes::Read {
                text.push(self.escape()?);
            } else {
                text.push(found);
                self.at += found.len_utf8();
            }
        }
    }

    fn unclosed(&self, start: usize, quote: &str) -> Refused {
        if self.cut && self.rest().is_empty() {
            return self.too_long();
        }
        refused("the text is never closed", start..start + quote.len())
            .with_fix(format!("write `{quote}` at its end"))
    }

    /// One escape; the backslash is next.
    fn escape(&mut self) -> Result<char, Refused> {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.peek() else {
            return Err(refused("the escape is not finished", start..self.at)
                .with_fix("write `\\\\` for a backslash"));
        };
        self.at += letter.len_utf8();
        let plain = match letter {
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            '\\' | '?' | '"' | '\'' | '`' => letter,
            'x' | 'X' => return self.coded(start, 2, 16),
            'u' => return self.coded(start, 4, 16),
            'U' => return self.coded(start, 8, 16),
            '0'..='3' => {
                self.at -= 1;
                return self.coded(start, 3, 8);
            }
            _ => {
                let message = format!("`\\{}` is no escape", letter.escape_debug());
                return Err(refused(message, start..self.at)
                    .with_fix("write `\\\\` for a backslash, or raw text: `r'…'`"));
            }
        };
        Ok(plain)
    }

    /// A code point by exactly so many digits.
    fn coded(&mut self, start: usize, digits: usize, radix: u32) -> Result<char, Refused> {
        let code = self
            .rest()
            .get(..digits)
            .filter(|code| code.chars().all(|c| c.is_digit(radix)));
        let Some(code) = code else {
            let message = format!("the escape needs {digits} digits");
            return Err(
                refused(message, start..self.at).with_fix("write them, or `\\\\` for a backslash")
            );
        };
        self.at += digits;
        u32::from_str_radix(code, radix)
            .ok()
            .and_then(char::from_u32)
            .ok_or_else(|| {
                refused("the escape names no character", start..self.at)
                    .with_fix("write the code point of a character")
            })
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Escapes {
    Read,
    Raw,
}
