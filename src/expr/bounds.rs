//! The bound on how deep the lists and maps that an expression builds can nest. It is known before
//! anything runs, since no macro feeds its own result; so dropping and comparing values stays shallow.

use super::syntax::{Argument, Node, Step};
use super::{MAX_DEPTH, Refused, refused};

/// Refuses an expression whose result could nest deeper than `MAX_DEPTH` on top of what it reads.
pub(super) fn check_nesting(node: &Node) -> Result<(), Refused> {
    let mut variables = Vec::new();
    if nesting(node, &mut variables) <= MAX_DEPTH {
        return Ok(());
    }
    Err(refused(
        format!("the lists and maps built here nest deeper than {MAX_DEPTH} levels"),
        0..0,
    ))
}

/// The deepest nesting of any value inside `node`; `variables` holds that of each open macro's variable.
fn nesting(node: &Node, variables: &mut Vec<usize>) -> usize {
    match node {
        Node::Literal(_) | Node::Path(_) => 0,
        Node::Variable(variable) => variables.get(variable.slot).copied().unwrap_or(0),
        Node::Member(base, steps) => {
            let start = nesting(base, variables);
            steps
                .iter()
                .fold(start, |deep, step| step_nesting(step, deep, variables))
        }
        Node::List(items) => 1 + deepest(items, variables),
        Node::Map(entries) => {
            let values = entries.iter().map(|(_, value)| nesting(value, variables));
            1 + values.max().unwrap_or(0)
        }
        Node::Not(inner, _) | Node::Negate(inner, _) | Node::Has(inner) => {
            nesting(inner, variables)
        }
        Node::And(parts) | Node::Or(parts) => deepest(parts, variables),
        Node::Fold(first, rest) => {
            let start = nesting(first, variables);
            rest.iter()
                .map(|(_, node)| nesting(node, variables))
                .fold(start, usize::max)
        }
        Node::Choose(pairs, last) => {
            let mut deep = nesting(last, variables);
            for (test, result) in pairs {
                deep = deep
                    .max(nesting(test, variables))
                    .max(nesting(result, variables));
            }
            deep
        }
        Node::Call(_, first, argument) => {
            nesting(first, variables).max(argument_nesting(argument, variables))
        }
    }
}

fn deepest(nodes: &[Node], variables: &mut Vec<usize>) -> usize {
    nodes
        .iter()
        .map(|node| nesting(node, variables))
        .max()
        .unwrap_or(0)
}

/// `deep` is the nesting of the value that the step is applied to.
fn step_nesting(step: &Step, deep: usize, variables: &mut Vec<usize>) -> usize {
    match step {
        Step::Field(_) => deep,
        Step::Index(index) => deep.max(nesting(index, variables)),
        Step::Call(_, argument) => deep.max(argument_nesting(argument, variables)),
        Step::Macro(call) => {
            // An item is one level less deep than the list it stands in.
            variables.push(deep.saturating_sub(1));
            let test = call.test.iter().map(|node| nesting(node, variables));
            let test = test.max().unwrap_or(0);
            let result = call.result.iter().map(|node| nesting(node, variables) + 1);
            let result = result.max().unwrap_or(0);
            variables.pop();
            deep.max(test).max(result)
        }
    }
}

fn argument_nesting(argument: &Argument, variables: &mut Vec<usize>) -> usize {
    match argument {
        Argument::None | Argument::Pattern(_) => 0,
        Argument::Value(node) => nesting(node, variables),
    }
}
