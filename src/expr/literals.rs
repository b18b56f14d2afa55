//! The literals of an expression, each with the path it is compared to: values that decide a branch, for
//! whoever generates inputs. Conversions and changes of case are looked through.

use super::names::Function;
use super::syntax::{Argument, BinaryOp, Node, Step};
use crate::value::{Text, Value};

type Literal = (Option<Vec<Text>>, Value);

pub(super) fn of(node: &Node) -> Vec<Literal> {
    let mut found = Vec::new();
    collect(node, None, &mut found);
    found
}

/// `compared` is the path on the other side of the operator above.
fn collect(node: &Node, compared: Option<&[Text]>, found: &mut Vec<Literal>) {
    let add = |found: &mut Vec<Literal>, value: &Value| {
        found.push((compared.map(<[Text]>::to_vec), value.clone()));
    };
    match node {
        Node::Literal(Value::List(items)) => items.iter().for_each(|item| add(found, item)),
        Node::Literal(value) => add(found, value),
        Node::Path(_) | Node::Variable(_) | Node::Has(_) => {}
        Node::Member(base, steps) => member(base, steps, found),
        Node::List(items) => items.iter().for_each(|item| collect(item, compared, found)),
        Node::Map(entries) => entries
            .iter()
            .for_each(|(_, value)| collect(value, None, found)),
        Node::Not(inner, _) | Node::Negate(inner, _) => collect(inner, None, found),
        Node::And(parts) | Node::Or(parts) => {
            parts.iter().for_each(|part| collect(part, None, found));
        }
        Node::Fold(first, rest) => fold(first, rest, found),
        Node::Choose(pairs, last) => {
            for (test, result) in pairs {
                collect(test, None, found);
                collect(result, compared, found);
            }
            collect(last, compared, found);
        }
        Node::Call(function, first, argument) => {
            let through = compared.filter(|_| looks_through(*function));
            collect(first, through, found);
            collect_argument(argument, path_of(first).as_deref(), found);
        }
    }
}

/// Only the first operator of a level can have a plain path on its left.
fn fold(first: &Node, rest: &[(BinaryOp, Node)], found: &mut Vec<Literal>) {
    let mut left = Some(first);
    for (op, right) in rest {
        let compares = match op {
            BinaryOp::Less
            | BinaryOp::LessOrEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterOrEqual
            | BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::In => true,
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Remainder => false,
        };
        let left_path = left.filter(|_| compares).and_then(path_of);
        if let Some(left) = left {
            let right_path = Some(right).filter(|_| compares).and_then(path_of);
            collect(left, right_path.as_deref(), found);
        }
        collect(right, left_path.as_deref(), found);
        left = None;
    }
}

fn member(base: &Node, steps: &[Step], found: &mut Vec<Literal>) {
    collect(base, None, found);
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Field(_) => {}
            Step::Index(index) => collect(index, None, found),
            Step::Call(_, argument) => {
                let path = path_of_steps(base, &steps[..at]);
                collect_argument(argument, path.as_deref(), found);
            }
            Step::Macro(call) => {
                let parts = call.test.iter().chain(call.result.iter());
                parts.for_each(|node| collect(node, None, found));
            }
        }
    }
}

fn collect_argument(argument: &Argument, compared: Option<&[Text]>, found: &mut Vec<Literal>) {
    match argument {
        Argument::None => {}
        Argument::Value(node) => collect(node, compared, found),
        Argument::Pattern(pattern) => found.push((
            compared.map(<[Text]>::to_vec),
            Value::text(pattern.sample()),
        )),
    }
}

/// The path a node is, or converts.
fn path_of(node: &Node) -> Option<Vec<Text>> {
    match node {
        Node::Path(path) => Some(path.texts()),
        Node::Member(base, steps) => path_of_steps(base, steps),
        Node::Call(function, first, Argument::None) if looks_through(*function) => path_of(first),
        Node::Call(..)
        | Node::Literal(_)
        | Node::Variable(_)
        | Node::List(_)
        | Node::Map(_)
        | Node::Not(..)
        | Node::Negate(..)
        | Node::And(_)
        | Node::Or(_)
        | Node::Fold(..)
        | Node::Choose(..)
        | Node::Has(_) => None,
    }
}

fn path_of_steps(base: &Node, steps: &[Step]) -> Option<Vec<Text>> {
    let through = steps
        .iter()
        .all(|step| matches!(step, Step::Call(function, _) if looks_through(*function)));
    if through { path_of(base) } else { None }
}

fn looks_through(function: Function) -> bool {
    match function {
        Function::Int
        | Function::Double
        | Function::String
        | Function::Timestamp
        | Function::Duration
        | Function::LowerAscii
        | Function::UpperAscii => true,
        Function::Size
        | Function::Contains
        | Function::StartsWith
        | Function::EndsWith
        | Function::Matches => false,
    }
}
