//! Two texts line by line: what was taken out, what was put in, and a few lines around each.

use similar::{ChangeTag, TextDiff};

/// Lines around a change.
const AROUND: usize = 3;
/// Beyond this many lines that differ in the middle, they are replaced as a whole: comparing them would take long.
const MOST: usize = 8_000;

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// In both.
    Same(String),
    /// In the first only.
    Out(String),
    /// In the second only.
    In(String),
    /// Lines in both that are left out.
    Gap(usize),
}

/// The changed lines, each with a few lines around it.
pub fn changed(before: &str, after: &str) -> Vec<Line> {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let prefix = before
        .iter()
        .zip(&after)
        .take_while(|(a, b)| a == b)
        .count();
    let (old, new) = (&before[prefix..], &after[prefix..]);
    let suffix = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (old, new) = (&old[..old.len() - suffix], &new[..new.len() - suffix]);
    let mut all: Vec<Line> = before[..prefix]
        .iter()
        .map(|line| Line::Same((*line).to_owned()))
        .collect();
    if old.len() + new.len() > MOST {
        all.extend(old.iter().map(|line| Line::Out((*line).to_owned())));
        all.extend(new.iter().map(|line| Line::In((*line).to_owned())));
    } else {
        for change in TextDiff::from_slices(old, new).iter_all_changes() {
            let line = change.value().to_owned();
            all.push(match change.tag() {
                ChangeTag::Equal => Line::Same(line),
                ChangeTag::Delete => Line::Out(line),
                ChangeTag::Insert => Line::In(line),
            });
        }
    }
    all.extend(
        before[before.len() - suffix..]
            .iter()
            .map(|line| Line::Same((*line).to_owned())),
    );
    folded(all)
}

/// Leaves out what is far from every change.
fn folded(all: Vec<Line>) -> Vec<Line> {
    let is_same = |line: &Line| matches!(line, Line::Same(_));
    let mut near = vec![false; all.len()];
    for (at, _) in all.iter().enumerate().filter(|(_, line)| !is_same(line)) {
        let until = (at + AROUND + 1).min(all.len());
        near[at.saturating_sub(AROUND)..until].fill(true);
    }
    let mut folded = Vec::new();
    for (line, near) in all.into_iter().zip(near) {
        match (near, folded.last_mut()) {
            (true, _) => folded.push(line),
            (false, Some(Line::Gap(count))) => *count += 1,
            (false, _) => folded.push(Line::Gap(1)),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_shown_with_what_stands_around_it() {
        let text = |changed: &str| format!("a\nb\nc\nd\ne\n{changed}\nf\ng\nh\ni\nj");
        let shown: Vec<String> = changed(&text("x"), &text("y"))
            .into_iter()
            .map(|line| match line {
                Line::Same(text) => format!(" {text}"),
                Line::Out(text) => format!("-{text}"),
                Line::In(text) => format!("+{text}"),
                Line::Gap(count) => format!("@{count}"),
            })
            .collect();
        assert_eq!(
            shown,
            ["@2", " c", " d", " e", "-x", "+y", " f", " g", " h", "@2"]
        );
        assert_eq!(changed("a\nb", "a\nb"), [Line::Gap(2)]);
    }

    #[test]
    fn texts_without_a_common_line_are_compared_at_once() {
        let text = |word: &str| {
            (0..50_000)
                .map(|number| format!("{word} {number}\n"))
                .collect::<String>()
        };
        assert_eq!(changed(&text("a"), &text("b")).len(), 100_000);
    }
}
