//! The expression of `--filter`: substrings of the name, `tag:`, `flow:` and `name~regex`, combined with
//! `and`, `or`, `not` and parentheses. Words that stand beside one another are one substring, as a name has spaces;
//! double quotes keep `and`, `or`, `not` and parentheses as text.

mod parser;
mod token;

use parser::Parser;
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

impl Filter {
    /// Reads a filter; the error is a sentence for the command line.
    pub fn parse(text: &str) -> Result<Filter, String> {
        let mut parser = Parser::new(token::tokens(text)?);
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

#[cfg(test)]
mod tests;
