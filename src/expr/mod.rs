//! Expressions and templates (formats.md): text is parsed once into an immutable [`Expr`] or
//! [`Template`] and evaluated over a [`Scope`] as often as needed. A subset of CEL with the hyphen rule;
//! every input is bounded in length, depth and work. Which paths exist in a flow is not judged here:
//! [`Expr::reads`] hands them to `check`.

mod bounds;
mod eval;
mod lex;
mod lists;
mod literals;
mod names;
mod parse;
mod pattern;
mod pieces;
mod reads;
mod render;
mod syntax;
mod template;
mod time;
mod tree;

#[cfg(test)]
mod tests;

pub use pieces::{Piece, pieces};
pub use template::Template;
pub use tree::ValueTemplate;

use crate::value::{Text, Value};
use std::ops::Range;
use syntax::Node;

/// The names a path can start from.
pub const ROOTS: [&str; 4] = ["event", "step", "session", "custom"];

/// The longest expression, in bytes.
const MAX_LENGTH: usize = 16 * 1024;

/// How deep parentheses, lists, maps, indices and arguments nest.
const MAX_DEPTH: usize = 64;

/// A compiled expression: immutable, cheap to evaluate, shared by all runs.
#[derive(Debug, Clone)]
pub struct Expr {
    source: Text,
    node: Node,
    reads: Vec<Read>,
}

impl Expr {
    /// Compiles `text`, which holds one expression and nothing else.
    ///
    /// Fails on the first mistake, with its place in `text` and, where there is one, what to write instead.
    pub fn parse(text: &str) -> Result<Expr, SyntaxError> {
        parse::whole(text)
            .and_then(|node| Expr::checked(text.trim(), node))
            .map_err(|refused| *refused)
    }

    /// Compiles the expression that starts at `start` in `text` and ends before `}}`; also tells where the
    /// text goes on. All places are those in `text`.
    fn parse_embedded(text: &str, start: usize) -> Result<(Expr, usize), Refused> {
        let (node, end) = parse::embedded(text, start)?;
        let source = text.get(start..end - 2).unwrap_or_default().trim();
        Ok((Expr::checked(source, node)?, end))
    }

    fn checked(source: &str, node: Node) -> Result<Expr, Refused> {
        bounds::check_nesting(&node)?;
        Ok(Expr {
            source: Text::from(source),
            reads: reads::of(&node),
            node,
        })
    }

    /// The value over `scope`. A timestamp or duration becomes text.
    ///
    /// Fails as ERR-6 says: on a missing path, on values that have no order or no such operation, and when
    /// the bound on work is reached.
    pub fn eval(&self, scope: &dyn Scope) -> Result<Value, EvalError> {
        eval::value(&self.node, scope)
    }

    /// Whether the condition holds over `scope`; fails as [`Expr::eval`] does, and when the value is
    /// neither `true` nor `false` (ERR-6).
    pub fn holds(&self, scope: &dyn Scope) -> Result<bool, EvalError> {
        eval::truth(&self.node, scope)
    }

    /// Every static path the expression reads, in the order written.
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// The literals the expression mentions, each with the path it is compared to where there is one.
    pub fn literals(&self) -> Vec<(Option<Vec<Text>>, Value)> {
        literals::of(&self.node)
    }

    /// Lists, and maps by their keys, that decide the expression, each with the path at which they stand.
    pub fn lists(&self) -> Vec<(Vec<Text>, Value)> {
        lists::of(&self.node)
    }

    /// The expression as written, without surrounding space.
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// Where an expression finds its values.
pub trait Scope {
    /// The value of one of the roots; none when the run has nothing there.
    fn root(&self, name: &str) -> Option<&Value>;

    /// The roots this scope knows, for messages.
    fn roots(&self) -> &[&'static str];
}

/// A static path that an expression reads: a root and the names after it, as far as they are written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The root, then the names: `["step", "risk-evaluate", "score"]`.
    pub path: Vec<Text>,
    /// Whether the read happens under `has()`: inside it, or only after a `has()` of this path, of a longer
    /// one, or of a prefix of two names or more has come out true.
    pub guarded: bool,
    /// Whether the path is itself the argument of `has()`.
    pub has: bool,
    /// Where the path is written, in bytes of the text given to `parse`.
    pub range: Range<usize>,
}

/// Text that is not an expression or template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub fix: Option<String>,
    /// Where, in bytes of the text given to `parse`.
    pub range: Range<usize>,
}

/// Boxed while parsing, so that the parser's frames stay small.
type Refused = Box<SyntaxError>;

fn refused(message: impl Into<String>, range: Range<usize>) -> Refused {
    Box::new(SyntaxError {
        message: message.into(),
        fix: None,
        range,
    })
}

impl SyntaxError {
    fn with_fix(mut self: Box<Self>, fix: impl Into<String>) -> Refused {
        self.fix = Some(fix.into());
        self
    }
}

/// An expression that has no value over a scope (ERR-6).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EvalError {
    /// What is wrong, with the path where one is concerned.
    pub message: String,
}

impl EvalError {
    fn new(message: impl Into<String>) -> Self {
        EvalError {
            message: message.into(),
        }
    }
}
