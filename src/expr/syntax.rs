//! The tree of a parsed expression. Chains of operators, members and conditions are flat lists, so the
//! depth of the tree follows the nesting of brackets only (`MAX_DEPTH`), not the length of the text.

use super::names::{Function, MacroKind};
use super::pattern::Pattern;
use crate::value::{Text, Value};
use std::fmt::Write;
use std::ops::Range;

#[derive(Debug, Clone)]
pub(super) enum Node {
    Literal(Value),
    Path(Box<Path>),
    Variable(Variable),
    Member(Box<Node>, Vec<Step>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Not(Box<Node>, Times),
    Negate(Box<Node>, Times),
    And(Vec<Node>),
    Or(Vec<Node>),
    /// Operators of one level of precedence, applied from left to right.
    Fold(Box<Node>, Vec<(BinaryOp, Node)>),
    /// `a ? b : c ? d : e`: the first pair whose condition holds, else the last.
    Choose(Vec<(Node, Node)>, Box<Node>),
    /// The argument is a path, a variable, or members of one.
    Has(Box<Node>),
    Call(Function, Box<Node>, Argument),
}

/// A root and the names written after it.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub root: &'static str,
    pub names: Vec<Name>,
    pub range: Range<usize>,
}

/// One name of a path. Only a name after a dot can have swallowed a minus.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub text: Text,
    pub dotted: bool,
}

/// A variable of a macro, by its position among the open macros.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub slot: usize,
    pub name: Text,
}

/// What follows a value.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Field(Name),
    Index(Node),
    Call(Function, Argument),
    Macro(Box<Macro>),
}

#[derive(Debug, Clone)]
pub(super) struct Macro {
    pub kind: MacroKind,
    /// The condition; `map` with two arguments has none.
    pub test: Option<Node>,
    /// What `map` makes of each item.
    pub result: Option<Node>,
}

/// The argument of a function beside its receiver.
#[derive(Debug, Clone)]
pub(super) enum Argument {
    None,
    Value(Box<Node>),
    /// A literal pattern, compiled once.
    Pattern(Box<Pattern>),
}

/// How often a unary operator is written: an even number still checks its operand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Times {
    Odd,
    Even,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum BinaryOp {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl BinaryOp {
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Less => "<",
            BinaryOp::LessOrEqual => "<=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterOrEqual => ">=",
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "!=",
            BinaryOp::In => "in",
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::Remainder => "%",
        }
    }
}

impl Path {
    /// The root and the names as one list.
    pub fn texts(&self) -> Vec<Text> {
        std::iter::once(Text::from(self.root))
            .chain(self.names.iter().map(|name| name.text.clone()))
            .collect()
    }

    /// The path as an author writes it.
    pub fn shown(&self) -> String {
        show(self.root, &self.names)
    }

    /// Whether this path is `other` or leads to it.
    pub fn is_prefix_of(&self, other: &Path) -> bool {
        self.root == other.root
            && self.names.len() <= other.names.len()
            && std::iter::zip(&self.names, &other.names).all(|(a, b)| a.text == b.text)
    }
}

/// A path as an author writes it, from its first part and the names after it.
pub(super) fn show(first: &str, names: &[Name]) -> String {
    let mut shown = first.to_owned();
    for name in names {
        push_name(&mut shown, &name.text);
    }
    shown
}

/// Appends `.name`, or `['name']` where a name cannot stand after a dot; long names are cut.
pub(super) fn push_name(shown: &mut String, name: &str) {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !name.ends_with('-')
        && !name.contains("--")
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let cut: String = name.chars().take(60).collect();
    let more = if cut.len() < name.len() { "…" } else { "" };
    let written = if plain {
        write!(shown, ".{cut}{more}")
    } else {
        write!(shown, "['{}{more}']", cut.escape_debug())
    };
    debug_assert!(written.is_ok(), "writing to text does not fail");
}
