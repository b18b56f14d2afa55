//! Evaluation: a walk over the tree that borrows from the scope and allocates only for what it builds.
//! Left to right; an error ends it, nothing absorbs one (ERR-6). All work is paid in steps (`meter`).

mod arithmetic;
mod compare;
mod convert;
mod functions;
mod macros;
mod meter;
mod missing;
mod operand;
mod path;

use super::syntax::{BinaryOp, Node, Times};
use super::{EvalError, Scope, render};
use crate::value::{Map, Value};
use meter::Meter;
use operand::Operand;

type Evaluated<'a> = Result<Operand<'a>, EvalError>;

/// The value of a whole expression.
pub(super) fn value(node: &Node, scope: &dyn Scope) -> Result<Value, EvalError> {
    let value = Run::new(scope).eval(node)?.into_value();
    // What an expression reads was bounded where it came from; what it builds is bounded here.
    if !matches!(node, Node::Path(_) | Node::Literal(_)) {
        render::Room::new().take_value(&value)?;
    }
    Ok(value)
}

/// The truth of a whole expression.
pub(super) fn truth(node: &Node, scope: &dyn Scope) -> Result<bool, EvalError> {
    let operand = Run::new(scope).eval(node)?;
    operand.as_bool().ok_or_else(|| {
        EvalError::new(format!(
            "the expression gives {}{}; a condition gives true or false",
            operand.kind_name(),
            named(node)
        ))
    })
}

/// One evaluation.
struct Run<'a> {
    scope: &'a dyn Scope,
    /// The items that the open macros look at.
    variables: Vec<Operand<'a>>,
    meter: Meter,
}

impl<'a> Run<'a> {
    fn new(scope: &'a dyn Scope) -> Self {
        Run {
            scope,
            variables: Vec::new(),
            meter: Meter::new(),
        }
    }

    fn eval(&mut self, node: &'a Node) -> Evaluated<'a> {
        self.meter.pay(1)?;
        match node {
            Node::Literal(value) => Ok(Operand::Ref(value)),
            Node::Path(path) => self.path(path).map(Operand::Ref),
            Node::Variable(variable) => self.variable(variable),
            Node::Member(base, steps) => self.member(base, steps),
            Node::List(items) => self.list(items),
            Node::Map(entries) => self.map(entries),
            Node::Not(inner, times) => {
                let truth = self.boolean(inner, "!")?;
                Ok(Operand::bool(truth == (*times == Times::Even)))
            }
            Node::Negate(inner, times) => self.negate(inner, *times),
            Node::And(parts) => self.logical(parts, "&&", false),
            Node::Or(parts) => self.logical(parts, "||", true),
            Node::Fold(first, rest) => self.fold(first, rest),
            Node::Choose(pairs, last) => self.choose(pairs, last),
            Node::Has(inner) => self.has(inner).map(Operand::bool),
            Node::Call(function, first, argument) => {
                let receiver = self.eval(first)?;
                self.call(*function, receiver, argument)
            }
        }
    }

    fn boolean(&mut self, node: &'a Node, place: &str) -> Result<bool, EvalError> {
        let operand = self.eval(node)?;
        operand.as_bool().ok_or_else(|| {
            EvalError::new(format!(
                "`{place}` needs true or false, here {}{}",
                operand.kind_name(),
                named(node)
            ))
        })
    }

    /// Ends with the first part that is `decisive`; every part looked at is a truth value.
    fn logical(&mut self, parts: &'a [Node], symbol: &str, decisive: bool) -> Evaluated<'a> {
        for part in parts {
            if self.boolean(part, symbol)? == decisive {
                return Ok(Operand::bool(decisive));
            }
        }
        Ok(Operand::bool(!decisive))
    }

    fn choose(&mut self, pairs: &'a [(Node, Node)], last: &'a Node) -> Evaluated<'a> {
        for (test, result) in pairs {
            if self.boolean(test, "?:")? {
                return self.eval(result);
            }
        }
        self.eval(last)
    }

    fn fold(&mut self, first: &'a Node, rest: &'a [(BinaryOp, Node)]) -> Evaluated<'a> {
        let mut left = self.eval(first)?;
        let mut left_node = Some(first);
        for (op, node) in rest {
            let right = self.eval(node)?;
            left = self.binary(*op, left, right).map_err(|refusal| {
                let left_name = left_node.map(named).unwrap_or_default();
                refusal.told(op.symbol(), &left_name, &named(node))
            })?;
            left_node = None;
        }
        Ok(left)
    }

    fn negate(&mut self, inner: &'a Node, times: Times) -> Evaluated<'a> {
        let operand = self.eval(inner)?;
        let negated = match times {
            Times::Odd => arithmetic::negate(&operand),
            Times::Even => arithmetic::negate(&operand).and_then(|once| arithmetic::negate(&once)),
        };
        negated.map_err(|refusal| refusal.told("-", "", &named(inner)))
    }

    fn list(&mut self, items: &'a [Node]) -> Evaluated<'a> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(self.eval(item)?.into_item()?);
        }
        Ok(Operand::Owned(Value::list(values)))
    }

    fn map(&mut self, entries: &'a [(Node, Node)]) -> Evaluated<'a> {
        let mut map = Map::with_capacity(entries.len());
        for (key_node, node) in entries {
            let key = self.eval(key_node)?;
            let Some(Value::Text(key)) = key.as_value() else {
                return Err(EvalError::new(format!(
                    "the keys of a map are text, this is {}{}",
                    key.kind_name(),
                    named(key_node)
                )));
            };
            let key = key.clone();
            let value = self.eval(node)?.into_item()?;
            if map.insert(key, value).is_some() {
                return Err(EvalError::new("a map has the same key twice"));
            }
        }
        Ok(Operand::Owned(Value::map(map)))
    }
}

/// ` (`path`)` for a node that is a path, else nothing: values themselves stay out of messages.
fn named(node: &Node) -> String {
    match path::shown(node) {
        Some(shown) => format!(" (`{shown}`)"),
        None => String::new(),
    }
}
