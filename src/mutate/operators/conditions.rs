//! Conditions that ask for something else: negated, or a literal or operator beside the right one. Expressions are
//! changed as written and parsed again.

use super::super::mutant::Broken;
use super::Site;
use super::change::{Said, branches, branches_of};
use crate::expr::{Expr, Piece, pieces};
use crate::flow::{Block, Config};
use crate::text::Spanned;
use crate::value::Text;
use std::ops::Range;
use std::sync::Arc;

/// Every condition, the other way round.
pub fn negated(site: &Site) -> Vec<Broken> {
    let one = |when: &When| site.asks(when, negation(when.written.value.source()));
    whens(site.block).iter().filter_map(one).collect()
}

/// Every number, comparison, connective and text of every condition, beside what it is.
pub fn shifted(site: &Site) -> Vec<Broken> {
    let all = whens(site.block);
    let texts: Vec<String> = all.iter().flat_map(|when| texts(when.source())).collect();
    let mut found = Vec::new();
    for when in &all {
        let source = when.source();
        for (piece, range) in pieces(source) {
            for other in others(&piece, &source[range.clone()], &texts) {
                found.extend(site.asks(when, replaced(source, &range, &other)));
            }
        }
    }
    found
}

/// A condition, and the position of its branch.
struct When<'a> {
    written: &'a Spanned<Arc<Expr>>,
    branch: Option<(usize, &'a Text)>,
}

impl When<'_> {
    fn source(&self) -> &str {
        self.written.value.source()
    }
}

fn whens(block: &Block) -> Vec<When<'_>> {
    if let Config::Condition { when, .. } = &block.config {
        return vec![When {
            written: when,
            branch: None,
        }];
    }
    let all = branches(block).iter().enumerate();
    let with_when = all.filter_map(|(at, branch)| {
        Some(When {
            written: branch.when.as_ref()?,
            branch: Some((at, &branch.name.value)),
        })
    });
    with_when.collect()
}

impl Site<'_> {
    /// The block with another condition; None where that is no expression.
    fn asks(&self, when: &When, source: String) -> Option<Broken> {
        let expr = Arc::new(Expr::parse(&source).ok()?);
        let (old, slug) = (when.source(), self.slug());
        let (key, promise) = match when.branch {
            Some((_, name)) => (
                format!("when of `{name}`"),
                format!("`{slug}` takes `{name}` when {old}"),
            ),
            None => ("when".to_owned(), format!("`{slug}` asks for {old}")),
        };
        let said = Said {
            what: format!("{key}: {old} → {source}"),
            before: vec![format!("when: {old}")],
            after: vec![format!("when: {source}")],
            promise,
        };
        let at = when.branch.map(|(at, _)| at);
        let mut broken = self.changed(said, |block| put(block, at, expr))?;
        broken.span = when.written.span.clone();
        Some(broken)
    }
}

fn put(block: &mut Block, branch: Option<usize>, expr: Arc<Expr>) {
    if let Config::Condition { when, .. } = &mut block.config {
        when.value = expr;
        return;
    }
    let found = branches_of(block)
        .zip(branch)
        .and_then(|(all, at)| all.get_mut(at));
    if let Some(when) = found.and_then(|branch| branch.when.as_mut()) {
        when.value = expr;
    }
}

fn negation(source: &str) -> String {
    let bare = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    match source.strip_prefix('!') {
        Some(rest) if bare(rest) => rest.to_owned(),
        Some(_) | None if bare(source) => format!("!{source}"),
        Some(_) | None => format!("!({source})"),
    }
}

/// What a hand could have written in the place of a piece.
fn others(piece: &Piece, written: &str, texts: &[String]) -> Vec<String> {
    match piece {
        Piece::Int(number) => {
            let above = number.checked_add(1).map(|above| above.to_string());
            let below = number.checked_sub(1).map(|below| below.to_string());
            above.into_iter().chain(below).collect()
        }
        Piece::Float(number) => [0.1, -0.1]
            .map(|by| format!("{:?}", ((number + by) * 1e6).round() / 1e6))
            .into_iter()
            .filter(|text| !text.starts_with('-'))
            .collect(),
        Piece::Text(text) => {
            let other = texts.iter().find(|other| *other != text);
            let other = other.cloned().unwrap_or_else(|| format!("{text}-x"));
            vec![quoted(&other)]
        }
        Piece::Mark(_) => beside(written).map(str::to_owned).into_iter().collect(),
    }
}

fn beside(operator: &str) -> Option<&'static str> {
    Some(match operator {
        ">" => ">=",
        ">=" => ">",
        "<" => "<=",
        "<=" => "<",
        "==" => "!=",
        "!=" => "==",
        "&&" => "||",
        "||" => "&&",
        _ => return None,
    })
}

fn texts(source: &str) -> Vec<String> {
    let found = pieces(source)
        .into_iter()
        .filter_map(|(piece, _)| match piece {
            Piece::Text(text) => Some(text),
            Piece::Int(_) | Piece::Float(_) | Piece::Mark(_) => None,
        });
    found.collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The text with a part of it replaced.
pub fn replaced(source: &str, range: &Range<usize>, other: &str) -> String {
    let mut text = source.to_owned();
    text.replace_range(range.clone(), other);
    text
}
