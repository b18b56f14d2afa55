//! Services whose answer can only speak for somebody: where they fail, others have spoken.

use super::{Placed, reads};
use crate::expr::Expr;
use crate::flow::{Block, Branch, Config, Kind};
use regex::Regex;
use std::sync::LazyLock;

/// Whether every reader of what a block writes is a decision that denies unless it finds what it looks for, looks for
/// it without a negation, and is not continued past. Where the block `answers` all the same, if with garbage, what is
/// looked for must be said outright as well: an empty list has no hits either.
pub fn only_vouches(blocks: &[Placed], writer: &Placed, answers: bool) -> bool {
    let mut readers = blocks.iter().filter(|one| reads(one, writer)).peekable();
    readers.peek().is_some()
        && readers.all(|reader| !reader.is_continued() && asks_for_good(reader.block, answers))
}

/// A branch for what is there, and a deny for all else. Without a negation, what is absent makes nothing true.
fn asks_for_good(block: &Block, answers: bool) -> bool {
    let denies = |blocks: &[Block]| blocks.iter().any(|block| block.kind == Kind::Deny);
    let good = |when: &Expr, blocks: &[Block]| {
        let turned = |word: &str| when.source().contains(word);
        let affirms = !["!", "?", "false"].into_iter().any(turned);
        affirms && (!answers || is_outright(when.source())) && !denies(blocks)
    };
    match &block.config {
        Config::Condition {
            when,
            then,
            otherwise,
        } => denies(otherwise) && good(&when.value, then),
        Config::Decision { branches } => branches.split_last().is_some_and(|(last, others)| {
            let is_good = |one: &Branch| {
                let when = one.when.as_ref();
                when.is_some_and(|when| good(&when.value, &one.blocks))
            };
            last.when.is_none() && denies(&last.blocks) && others.iter().all(is_good)
        }),
        _ => false,
    }
}

/// Whether an expression holds only for `true`, or for words that it names: nothing else is compared or computed, and
/// that something is there is not enough.
fn is_outright(source: &str) -> bool {
    static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"==\s*('[^'\\]+'|"[^"\\]+"|true\b)|\bhas\([^()]*\)\s*&&"#).ok()
    });
    let Some(words) = &*WORDS else { return false };
    let rest = words.replace_all(source, " ");
    let computes = |part: &str| part.ends_with(|last: char| last.is_alphanumeric() || last == '_');
    let mut calls = rest.split('(').collect::<Vec<_>>();
    calls.pop();
    !calls.into_iter().any(computes)
        && !rest.contains(['=', '<', '>', '+', '*', '/', '%'])
        && !rest.contains(" in ")
}

#[cfg(test)]
mod tests {
    use super::is_outright;

    #[test]
    fn only_true_and_words_that_are_named_are_said_outright() {
        for (source, expected) in [
            ("step.a.body.ok", true),
            (
                "has(step.a.body.ok) && step.a.body.ok || step.b.body.ok",
                true,
            ),
            (
                "(step.a.body.ok == true) && step.b.body.verdict == 'approved'",
                true,
            ),
            ("has(step.a.body.ok)", false),
            ("has(step.a.body.ok) || step.b.body.ok", false),
            ("step.a.body.verdict == ''", false),
            ("step.a.body.score < 50", false),
            ("size(step.a.body.hits) == 0", false),
            (
                "has(step.a.body.hits) && size(step.a.body.hits) == 0",
                false,
            ),
            ("step.a.body.word == step.b.body.word", false),
            ("step.a.body.word in ['a', '']", false),
            ("'x'.startsWith(step.a.body.word)", false),
        ] {
            assert_eq!(is_outright(source), expected, "{source}");
        }
    }
}
