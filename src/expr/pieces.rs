//! The literals and operators of an expression as written, each with its place: what a slip of the hand changes.
//! Names and paths are left out.

use super::lex::{Lexer, Token};
use std::ops::Range;

/// A literal or an operator.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// A whole number, without its sign.
    Int(u64),
    /// A decimal, without its sign.
    Float(f64),
    /// Text, without its quotes.
    Text(String),
    /// Punctuation and operators.
    Mark(&'static str),
}

/// Those of an expression, in the order written; places are bytes of the text.
pub fn pieces(expression: &str) -> Vec<(Piece, Range<usize>)> {
    let mut lexer = Lexer::new(expression, 0);
    let mut found = Vec::new();
    while let Ok((token, range)) = lexer.next() {
        let piece = match token {
            Token::End => break,
            Token::Name(_) => continue,
            // a hyphen belongs to the name after a dot
            Token::Mark(".") => {
                if lexer.selector().is_err() {
                    break;
                }
                continue;
            }
            Token::Int(number) => Piece::Int(number),
            Token::Float(number) => Piece::Float(number),
            Token::Text(text) => Piece::Text(text),
            Token::Mark(mark) => Piece::Mark(mark),
        };
        found.push((piece, range));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_operators_are_found_and_names_are_not() {
        let text = "step.risk-evaluate.score >= 60 && has(a.b) || x['y'] == \"z-1\" - 1.5";
        let found: Vec<String> = pieces(text)
            .into_iter()
            .map(|(_, range)| text[range].to_owned())
            .collect();
        let expected = [
            ">=", "60", "&&", "(", ")", "||", "[", "'y'", "]", "==", "\"z-1\"", "-", "1.5",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_expression_has_the_pieces_before_the_mistake() {
        assert_eq!(pieces("1 + § 2").len(), 2);
        assert_eq!(pieces("a. + 1"), []);
    }
}
