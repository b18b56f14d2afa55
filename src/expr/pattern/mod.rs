//! Patterns of `matches`: RE2 syntax, searched in linear time, bounded in size. Each carries the price of
//! reading text with it, since a large automaton costs more for each byte.

mod re2;
mod sample;

use regex::{Regex, RegexBuilder};

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 4096;

/// Sizes of automata in bytes, and what a match costs in eighths of a step for each byte of text. The worst
/// patterns of each size take 0.3, 2 and 10 µs a byte, so that all steps together take seconds at most.
const CLASSES: [(usize, u64); 3] = [(16 << 10, 1), (128 << 10, 4), (1 << 20, 16)];

#[derive(Debug, Clone)]
pub(super) struct Pattern {
    regex: Regex,
    price: u64,
    /// The pattern as written.
    pub source: Box<str>,
}

impl Pattern {
    /// Compiles a pattern; the message says what is wrong with it.
    pub fn compile(source: &str) -> Result<Pattern, String> {
        if source.len() > MAX_PATTERN {
            return Err(format!(
                "the pattern is longer than {MAX_PATTERN} bytes; write a shorter one"
            ));
        }
        let translated = re2::translated(source);
        for (size, price) in CLASSES {
            match RegexBuilder::new(&translated).size_limit(size).build() {
                Ok(regex) => {
                    let source = Box::from(source);
                    return Ok(Pattern {
                        regex,
                        price,
                        source,
                    });
                }
                Err(regex::Error::CompiledTooBig(_)) => {}
                Err(error) => return Err(format!("the pattern is wrong: {}", last_line(&error))),
            }
        }
        Err("the pattern is too large; write fewer or smaller repetitions".to_owned())
    }

    /// Whether the pattern is found anywhere in `text`.
    pub fn found_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// A text in which the pattern is found; the pattern itself where none comes to hand.
    pub fn sample(&self) -> String {
        let found = sample::sample(self.regex.as_str()).filter(|text| self.found_in(text));
        found.unwrap_or_else(|| (*self.source).to_owned())
    }

    /// The steps that a match against text of this length costs.
    pub fn cost(&self, length: usize) -> u64 {
        (length as u64).saturating_mul(self.price) / 8
    }
}

/// The regex crate draws the pattern over several lines; the last one says what is wrong.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
