//! Services whose answer can only speak for somebody: where they fail, others have spoken. Read narrowly, since whatever
//! is taken for one is no guard: a decision lets pass whom one of several answers names outright, and denies all others.

use super::{Guard, Placed, reads};
use crate::flow::{Block, Branch, Config, Kind};
use crate::value::Text;
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Whether every reader of what a block writes is a decision that says so, is not continued past, and asks nothing
/// more of whom it lets pass.
pub fn only_vouches(blocks: &[Placed], guards: &BTreeMap<Text, Guard>, writer: &Placed) -> bool {
    let mut readers = blocks.iter().filter(|one| reads(one, writer)).peekable();
    readers.peek().is_some()
        && readers.all(|reader| {
            let outer = reader.outer.map(|outer| format!("{}/", outer.slug.value));
            let is_guard = |block: &Block| {
                let path = format!("{}{}", outer.as_deref().unwrap_or(""), block.slug.value);
                guards.contains_key(path.as_str())
            };
            !reader.is_continued() && asks_for_a_word(reader.block, is_guard)
        })
}

fn asks_for_a_word(block: &Block, is_guard: impl Fn(&Block) -> bool) -> bool {
    let denies = |blocks: &[Block]| blocks.iter().any(|block| block.kind == Kind::Deny);
    let inside = |blocks: &[Block]| {
        let each = blocks.iter();
        let mut all = each.flat_map(|block| std::iter::once(block).chain(block.inside()));
        all.any(&is_guard)
    };
    let good = |source: &str, blocks: &[Block]| names_outright(source) && !inside(blocks);
    match &block.config {
        Config::Condition {
            when,
            then,
            otherwise,
        } => denies(otherwise) && good(when.value.source(), then),
        Config::Decision { branches } => branches.split_last().is_some_and(|(last, others)| {
            let is_good = |one: &Branch| {
                let when = one.when.as_ref();
                when.is_some_and(|when| good(when.value.source(), &one.blocks))
            };
            last.when.is_none() && denies(&last.blocks) && others.iter().all(is_good)
        }),
        _ => false,
    }
}

/// Whether an expression is `has(path) && path`, `… && path == true` or `… && path == 'word'`, or several with `||`:
/// what is absent, null, empty or of another kind never makes it true.
fn names_outright(source: &str) -> bool {
    static WORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#"^has\(\s*([\w.-]+)\s*\)\s*&&\s*([\w.-]+)(?:\s*==\s*(?:true|'[^'\\]+'|"[^"\\]+"))?$"#,
        )
        .ok()
    });
    let Some(word) = &*WORD else { return false };
    source.split("||").all(|part| {
        let part = part.trim();
        let bare = part
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'));
        let found = word.captures(bare.unwrap_or(part).trim());
        found.is_some_and(|found| found[1] == found[2])
    })
}

#[cfg(test)]
mod tests {
    use super::names_outright;

    #[test]
    fn only_what_is_named_outright_speaks_for_somebody() {
        for (source, expected) in [
            ("has(step.a.body.ok) && step.a.body.ok", true),
            (
                "(has(step.a.body.ok) && step.a.body.ok) || has(step.b-c.body.ok) && step.b-c.body.ok == true",
                true,
            ),
            (
                "has(step.a.body.verdict) && step.a.body.verdict == 'approved'",
                true,
            ),
            ("has(step.a.body.ok) && step.b.body.ok", false),
            ("has(step.a.body.ok) && !step.a.body.ok", false),
            ("!has(step.a.body.ok) && step.a.body.ok", false),
            ("has(step.a.body.ok)", false),
            ("step.a.body.ok || step.b.body.ok", false),
            ("has(step.a.body.v) && step.a.body.v == ''", false),
            ("has(step.a.body.v) && step.a.body.v == false", false),
            ("has(step.a.body.v) && step.a.body.v == null", false),
            ("has(step.a.status) && step.a.status == 200", false),
            ("has(step.a.body.n) && step.a.body.n < 50", false),
            (
                "has(step.a.body.hits) && size(step.a.body.hits) == 0",
                false,
            ),
            ("has(step.a.body.x) == has(step.b.body.x)", false),
            ("has(step.a.body.ok) && step.a.body.ok || true", false),
            ("has(step.a.body.ok) && step.a.body.ok == 'a||b'", false),
        ] {
            assert_eq!(names_outright(source), expected, "{source}");
        }
    }
}
