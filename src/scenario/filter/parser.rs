//! Tokens into a filter: `or` of `and` of terms, with `not` and parentheses.

use super::Filter;
use super::token::Token;

/// How deep parentheses and `not` may stand.
const DEEPEST: usize = 64;

/// A regex of a filter may compile to this many bytes.
const LARGEST_REGEX: usize = 1 << 20;

/// Reads tokens one by one.
pub struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    /// Before the first token.
    pub fn new(tokens: Vec<Token>) -> Self {
        Parser {
            tokens,
            next: 0,
            depth: 0,
        }
    }

    /// The next token.
    pub fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_word(word));
        self.next += usize::from(found);
        found
    }

    /// A whole expression.
    pub fn any(&mut self) -> Result<Filter, String> {
        let mut left = self.all()?;
        while self.take("or") {
            left = Filter::Or(Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Filter, String> {
        let mut left = self.one()?;
        while self.take("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!(
                "more than {DEEPEST} levels of parentheses and `not`"
            ));
        }
        let filter = self.one_bounded();
        self.depth -= 1;
        filter
    }

    fn one_bounded(&mut self) -> Result<Filter, String> {
        if self.take("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        let Some(token) = self.peek().cloned() else {
            return Err(
                "a filter is missing: write a part of a name, `tag:…`, `flow:…` or `name~…`"
                    .to_owned(),
            );
        };
        self.next += 1;
        match token {
            Token::Open => {
                let inner = self.any()?;
                if self.peek() != Some(&Token::Close) {
                    return Err("a parenthesis is opened and not closed".to_owned());
                }
                self.next += 1;
                Ok(inner)
            }
            Token::Close => Err("a filter is missing before `)`".to_owned()),
            Token::Quoted(text) => Ok(Filter::Name(text)),
            Token::Word(word) => self.term(word),
        }
    }

    /// A prefixed word stands alone; other words go on to the next operator.
    fn term(&mut self, word: String) -> Result<Filter, String> {
        if matches!(&*word, "and" | "or") {
            return Err(format!("a filter is missing before `{word}`"));
        }
        if let Some(pattern) = word.strip_prefix("name~") {
            return regex::RegexBuilder::new(pattern)
                .size_limit(LARGEST_REGEX)
                .build()
                .map(|regex| Filter::NameMatches(Box::new(regex)))
                .map_err(|error| format!("`{pattern}` is no regular expression: {error}"));
        }
        for (prefix, make) in [
            ("tag:", Filter::Tag as fn(String) -> Filter),
            ("flow:", Filter::Flow),
        ] {
            match word.strip_prefix(prefix) {
                Some("") => return Err(format!("a name is missing behind `{prefix}`")),
                Some(name) => return Ok(make(name.to_owned())),
                None => {}
            }
        }
        let mut text = word;
        while let Some(Token::Word(next)) = self.peek() {
            if matches!(&**next, "and" | "or") {
                break;
            }
            text = format!("{text} {next}");
            self.next += 1;
        }
        Ok(Filter::Name(text))
    }
}
