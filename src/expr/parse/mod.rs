//! From text to tree, by CEL's grammar. Recursion follows the nesting of brackets, bounded by `MAX_DEPTH`;
//! chains are loops. Names are resolved here: roots, macro variables, functions.

mod member;
mod operation;
mod primary;

use super::lex::{Lexer, Token};
use super::syntax::{Node, Times};
use super::{MAX_DEPTH, Refused, refused};
use crate::value::Value;
use std::ops::Range;

type Parsed = Result<Node, Refused>;

/// An expression that is the whole of `text`.
pub(super) fn whole(text: &str) -> Parsed {
    let mut parser = Parser::new(text, 0)?;
    let node = parser.expression()?;
    if parser.token == Token::End {
        Ok(node)
    } else {
        Err(parser.expected("an operator or the end"))
    }
}

/// The expression after a `{{` that ends at `start`, and where the text goes on after its `}}`.
pub(super) fn embedded(text: &str, start: usize) -> Result<(Node, usize), Refused> {
    let mut parser = Parser::new(text, start)?;
    if parser.at_close() {
        let range = start - 2..parser.range.end + 1;
        return Err(
            refused("there is no expression between `{{` and `}}`", range)
                .with_fix("write `{{ '{{' }}` for a literal brace pair"),
        );
    }
    let node = parser.expression()?;
    if parser.at_close() {
        return Ok((node, parser.range.end + 1));
    }
    if parser.token == Token::End {
        return Err(refused("`{{` is never closed", start - 2..start).with_fix(
            "write `}}` after the expression, or `{{ '{{' }}` for a literal brace pair",
        ));
    }
    Err(parser.expected("an operator or `}}`"))
}

struct Parser<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    token: Token<'t>,
    /// Where the token stands.
    range: Range<usize>,
    /// Where the token before it ends.
    last_end: usize,
    depth: usize,
    /// The variables of the open macros.
    variables: Vec<&'t str>,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, start: usize) -> Result<Self, Refused> {
        let mut lexer = Lexer::new(text, start);
        let (token, range) = lexer.next()?;
        Ok(Parser {
            text,
            lexer,
            token,
            range,
            last_end: start,
            depth: 0,
            variables: Vec::new(),
        })
    }

    fn advance(&mut self) -> Result<Token<'t>, Refused> {
        self.last_end = self.range.end;
        let (token, range) = self.lexer.next()?;
        self.range = range;
        Ok(std::mem::replace(&mut self.token, token))
    }

    fn is(&self, mark: &'static str) -> bool {
        self.token == Token::Mark(mark)
    }

    fn eat(&mut self, mark: &'static str) -> Result<bool, Refused> {
        let found = self.is(mark);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, mark: &'static str) -> Result<(), Refused> {
        if self.eat(mark)? {
            Ok(())
        } else {
            Err(self.expected(&format!("`{mark}`")))
        }
    }

    /// Whether `}}` is next.
    fn at_close(&self) -> bool {
        self.is("}") && self.text.as_bytes().get(self.range.end) == Some(&b'}')
    }

    fn expected(&self, what: &str) -> Refused {
        let found = self.text.get(self.range.clone()).unwrap_or_default();
        let shown: String = found.chars().take(40).collect();
        let message = if self.token == Token::End {
            format!("expected {what}, found the end")
        } else {
            format!("expected {what}, found `{}`", shown.escape_debug())
        };
        let error = refused(message, self.range.clone());
        error.with_fix(self.instead(what, found))
    }

    /// What to write where `found` stands and `what` was expected.
    fn instead(&self, what: &str, found: &str) -> String {
        let before = self.text.get(..self.range.start).unwrap_or_default();
        let at_end = self.token == Token::End;
        match found {
            "and" => "write `&&`".to_owned(),
            "or" => "write `||`".to_owned(),
            "is" => "write `==`".to_owned(),
            ">" if before.ends_with('<') => "write `!=`".to_owned(),
            ")" | "]" | "}" if what.starts_with("an operator") => {
                format!("leave out the `{found}`, or open it before")
            }
            _ if at_end && before.trim().is_empty() => {
                "write an expression, such as `event.request.asn.is_tor`".to_owned()
            }
            _ if at_end => format!("write {what} there; the expression stops too early"),
            _ if what.starts_with("an operator") => {
                "write an operator such as `==` or `&&` before it, and text in quotes: `'…'`"
                    .to_owned()
            }
            _ => format!("write {what} in its place"),
        }
    }

    /// Any expression; the only way into recursion.
    fn expression(&mut self) -> Parsed {
        if self.depth == MAX_DEPTH {
            return Err(refused(
                format!("the expression nests deeper than {MAX_DEPTH} levels"),
                self.range.clone(),
            )
            .with_fix("take brackets out, or split it over several blocks"));
        }
        self.depth += 1;
        let node = self.choice();
        self.depth -= 1;
        node
    }

    fn choice(&mut self) -> Parsed {
        let mut pairs = Vec::new();
        loop {
            let test = self.operation()?;
            if !self.eat("?")? {
                return Ok(if pairs.is_empty() {
                    test
                } else {
                    Node::Choose(pairs, Box::new(test))
                });
            }
            let result = self.operation()?;
            if self.is("?") {
                return Err(self
                    .expected("`:`")
                    .with_fix("put the inner `? :` in parentheses"));
            }
            self.expect(":")?;
            pairs.push((test, result));
        }
    }

    fn unary(&mut self) -> Parsed {
        if self.is("!") {
            let times = self.repeated("!")?;
            let inner = self.member()?;
            return Ok(Node::Not(Box::new(inner), times));
        }
        if !self.is("-") {
            return self.member();
        }
        let times = self.repeated("-")?;
        let Some(negative) = self.negative_literal()? else {
            let inner = self.member()?;
            return Ok(Node::Negate(Box::new(inner), times));
        };
        Ok(match times {
            Times::Odd => negative,
            Times::Even => Node::Negate(Box::new(negative), Times::Odd),
        })
    }

    fn repeated(&mut self, mark: &'static str) -> Result<Times, Refused> {
        let mut odd = false;
        while self.eat(mark)? {
            odd = !odd;
        }
        Ok(if odd { Times::Odd } else { Times::Even })
    }

    /// After a minus: the negative of a number literal, so that the least integer can be written.
    fn negative_literal(&mut self) -> Result<Option<Node>, Refused> {
        let value = match self.token {
            Token::Int(magnitude) => Value::Int(0_i64.wrapping_sub_unsigned(magnitude)),
            Token::Float(number) => Value::Float(-number),
            Token::End | Token::Text(_) | Token::Name(_) | Token::Mark(_) => return Ok(None),
        };
        self.advance()?;
        Ok(Some(Node::Literal(value)))
    }
}
