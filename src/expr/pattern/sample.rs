//! A short text that a pattern matches, for whoever generates inputs.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The most characters that are written.
const LONGEST: usize = 200;

/// The first text that comes to hand; None where the pattern is not understood. Boundaries are not looked at, so that the
/// caller has to try it.
pub(super) fn sample(translated: &str) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(translated).ok()?;
    let mut out = String::new();
    write(&hir, &mut out)?;
    Some(out)
}

fn write(hir: &Hir, out: &mut String) -> Option<()> {
    if out.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => {
            let starts = || {
                class
                    .ranges()
                    .iter()
                    .map(|range| (range.start(), range.end()))
            };
            let plain = ('a'..='z').chain('0'..='9');
            let mut plain = plain.filter(|c| starts().any(|(from, to)| (from..=to).contains(c)));
            out.push(
                plain
                    .next()
                    .or_else(|| starts().map(|(from, _)| from).next())?,
            );
        }
        HirKind::Class(Class::Bytes(class)) => {
            out.push(char::from(class.ranges().first()?.start()));
        }
        HirKind::Repetition(repetition) => {
            let few = repetition.max.map_or(1, |most| most.min(1));
            for _ in 0..repetition.min.max(few) {
                write(&repetition.sub, out)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, out)?,
        HirKind::Concat(parts) => {
            for part in parts {
                write(part, out)?;
            }
        }
        HirKind::Alternation(parts) => write(parts.first()?, out)?,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::Pattern;

    #[test]
    fn a_sample_is_matched_and_short() {
        for (pattern, expected) in [
            ("^(block|deny)$", "block"),
            ("@rival[.]example$", "@rival.example"),
            (r"^[a-z]+\d{3}$", "a000"),
            ("x*y?z", "xyz"),
            // none comes to hand
            ("a{3000}", "a{3000}"),
            (r"a\bb", r"a\bb"),
        ] {
            let pattern = Pattern::compile(pattern).expect("valid");
            assert_eq!(pattern.sample(), expected, "{}", pattern.source);
        }
    }
}
