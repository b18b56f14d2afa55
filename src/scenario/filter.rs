//! The expression of `--filter`: substrings of the name, `tag:`, `flow:` and `name~regex`, combined with
//! `and`, `or`, `not` and parentheses. Words that stand beside one another are one substring, as a name has spaces;
//! double quotes keep `and`, `or`, `not` and parentheses as text.

use regex::Regex;

/// A filter that was understood.
#[derive(Debug)]
pub enum Filter {
    /// The name holds this text.
    Name(String),
    /// The name matches.
    NameMatches(Box<Regex>),
    /// A tag is exactly this.
    Tag(String),
    /// The slug of the flow is exactly this.
    Flow(String),
    /// Both hold.
    And(Box<Filter>, Box<Filter>),
    /// One of them holds.
    Or(Box<Filter>, Box<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
}

/// What a filter looks at.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Candidate<'a> {
    pub name: &'a str,
    pub tags: &'a [crate::value::Text],
    pub flow: &'a str,
}

/// How deep parentheses and `not` may stand.
const DEEPEST: usize = 64;

/// A regex of a filter may compile to this many bytes.
const LARGEST_REGEX: usize = 1 << 20;

impl Filter {
    /// Reads a filter; the error is a sentence for the command line.
    pub fn parse(text: &str) -> Result<Filter, String> {
        let mut parser = Parser {
            tokens: tokens(text)?,
            next: 0,
            depth: 0,
        };
        let filter = parser.any()?;
        match parser.peek() {
            None => Ok(filter),
            Some(token) => Err(format!("nothing is open that {} closes", token.shown())),
        }
    }

    /// Whether a scenario is selected.
    pub fn selects(&self, candidate: Candidate) -> bool {
        match self {
            Filter::Name(text) => candidate.name.contains(text.as_str()),
            Filter::NameMatches(regex) => regex.is_match(candidate.name),
            Filter::Tag(tag) => candidate.tags.iter().any(|has| **has == **tag),
            Filter::Flow(flow) => candidate.flow == flow,
            Filter::And(left, right) => left.selects(candidate) && right.selects(candidate),
            Filter::Or(left, right) => left.selects(candidate) || right.selects(candidate),
            Filter::Not(inner) => !inner.selects(candidate),
        }
    }
}

/// A filter that selects this name: the name, in quotes where it could be read in another way.
pub fn filter_for(name: &str) -> String {
    let mut all = name.split_whitespace();
    let special = all.any(|word| {
        matches!(word, "and" | "or" | "not")
            || word.contains(['(', ')', '"'])
            || ["tag:", "flow:", "name~"]
                .iter()
                .any(|prefix| word.starts_with(prefix))
    });
    let tidy = name
        .split(' ')
        .all(|word| !word.is_empty() && !word.contains(char::is_whitespace));
    if special || !tidy {
        format!("\"{}\"", name.replace('\\', r"\\").replace('"', "\\\""))
    } else {
        name.to_owned()
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    Word(String),
    Quoted(String),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Token::Open => "`(`".to_owned(),
            Token::Close => "`)`".to_owned(),
            Token::Word(word) => format!("`{word}`"),
            Token::Quoted(text) => format!("\"{text}\""),
        }
    }

    fn is_word(&self, text: &str) -> bool {
        matches!(self, Token::Word(word) if word == text)
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
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

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_word(word));
        self.next += usize::from(found);
        found
    }

    fn any(&mut self) -> Result<Filter, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn selects(filter: &str, name: &str) -> bool {
        let tags = ["smoke".into(), "fraud".into()];
        let candidate = Candidate {
            name,
            tags: &tags,
            flow: "login",
        };
        Filter::parse(filter).expect(filter).selects(candidate)
    }

    #[test]
    fn a_filter_selects_by_name_tag_and_flow() {
        let name = "a risky sign-in is denied (tor) / low";
        for (filter, selected) in [
            ("risky", true),
            ("risky sign-in", true),
            ("risky  sign-in", true),
            ("calm", false),
            ("tag:smoke", true),
            ("tag:smok", false),
            ("flow:login", true),
            ("flow:logout", false),
            ("name~^a.*low$", true),
            ("name~(calm|risky)", true),
            ("name~^risky", false),
            ("not tag:smoke", false),
            ("not not tag:smoke", true),
            ("tag:smoke and flow:logout or risky", true),
            ("tag:smoke and (flow:logout or calm)", false),
            ("calm or risky and tag:fraud", true),
            ("\"denied (tor)\"", true),
            ("\"denied (tor) and\"", false),
        ] {
            assert_eq!(selects(filter, name), selected, "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused_with_a_sentence() {
        for (filter, message) in [
            ("", "a filter is missing"),
            ("a and", "a filter is missing"),
            ("or a", "before `or`"),
            ("(a", "not closed"),
            ("a)", "closes"),
            ("()", "before `)`"),
            ("\"a", "not closed"),
            ("tag:", "behind `tag:`"),
            ("name~(", "no regular expression"),
            ("name~a{1000}{1000}{1000}", "no regular expression"),
        ] {
            let error = Filter::parse(filter).expect_err(filter);
            assert!(error.contains(message), "{filter}: {error}");
        }
        for deep in ["(".repeat(100_000), "not ".repeat(100_000)] {
            assert!(Filter::parse(&deep).is_err());
        }
        assert!(Filter::parse(&"a or ".repeat(200)).is_err());
    }

    #[test]
    fn the_filter_for_a_name_selects_it() {
        for name in [
            "plain",
            "two words / case",
            "this and that",
            "not now",
            "a \"quoted\" (name)",
            "tag:x",
            "two  spaces",
            r"back\slash and",
        ] {
            assert!(selects(&filter_for(name), name), "{}", filter_for(name));
        }
    }
}
