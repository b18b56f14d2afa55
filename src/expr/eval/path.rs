//! Reading: paths, members, indices, and `has()`. A missing path is an error, never a null (ERR-6).

use super::missing::Missing;
use super::operand::Operand;
use super::{Evaluated, Run, named};
use crate::expr::EvalError;
use crate::expr::syntax::{Name, Node, Path, Step, Variable, push_name};
use crate::value::Value;

/// Why there is nothing to read.
enum Absent<'n> {
    Name(&'n Name),
    Index(String),
}

impl<'a> Run<'a> {
    pub(super) fn path(&self, path: &'a Path) -> Result<&'a Value, EvalError> {
        self.find(path)
            .ok_or_else(|| Missing::of_path(self.scope, path).told())
    }

    fn find(&self, path: &Path) -> Option<&'a Value> {
        let root = self.scope.root(path.root)?;
        path.names
            .iter()
            .try_fold(root, |value, name| value.get(&name.text))
    }

    pub(super) fn variable(&self, variable: &Variable) -> Evaluated<'a> {
        self.variables
            .get(variable.slot)
            .cloned()
            .ok_or_else(|| EvalError::new(format!("`{}` has no value here", variable.name)))
    }

    pub(super) fn member(&mut self, base: &'a Node, steps: &'a [Step]) -> Evaluated<'a> {
        let mut value = self.eval(base)?;
        for (at, step) in steps.iter().enumerate() {
            self.meter.pay(1)?;
            value = match step {
                Step::Field(name) => select(value, name)
                    .map_err(|(holder, absent)| told(base, &steps[..at], &holder, absent))?,
                Step::Index(node) => {
                    let index = self.eval(node)?;
                    pick(value, &index)
                        .map_err(|(holder, absent)| told(base, &steps[..at], &holder, absent))?
                }
                Step::Call(function, argument) => self
                    .call(*function, value, argument)
                    .map_err(|error| at_first_step(error, at, base))?,
                Step::Macro(call) => self.run_macro(call, value)?,
            };
        }
        Ok(value)
    }

    /// Presence at any depth. Errors inside an index mean absence, but for the bound on work.
    pub(super) fn has(&mut self, inner: &'a Node) -> Result<bool, EvalError> {
        if let Node::Path(path) = inner {
            return Ok(self.find(path).is_some());
        }
        let open = self.variables.len();
        match self.eval(inner) {
            Ok(_) => Ok(true),
            Err(error) if self.meter.is_exhausted() => Err(error),
            Err(_) => {
                self.variables.truncate(open);
                Ok(false)
            }
        }
    }
}

type Selected<'a, 'n> = Result<Operand<'a>, (Operand<'a>, Absent<'n>)>;

fn select<'a, 'n>(holder: Operand<'a>, name: &'n Name) -> Selected<'a, 'n> {
    let found = match &holder {
        Operand::Ref(value) => value.get(&name.text).map(Operand::Ref),
        Operand::Owned(value) => value.get(&name.text).cloned().map(Operand::Owned),
        Operand::Timestamp(_) | Operand::Duration(_) => None,
    };
    found.ok_or((holder, Absent::Name(name)))
}

/// The item of a list by its position, or of a map by its key.
fn pick<'a, 'n>(holder: Operand<'a>, index: &Operand<'a>) -> Selected<'a, 'n> {
    let at = |value: &Value| match (value, index.as_value()) {
        (Value::List(_), Some(Value::Int(at))) => usize::try_from(*at).ok(),
        _ => None,
    };
    let found = match &holder {
        Operand::Ref(value) => match index.as_text() {
            Some(key) => value.get(key),
            None => at(value).and_then(|at| value.as_list()?.get(at)),
        }
        .map(Operand::Ref),
        Operand::Owned(value) => match index.as_text() {
            Some(key) => value.get(key),
            None => at(value).and_then(|at| value.as_list()?.get(at)),
        }
        .cloned()
        .map(Operand::Owned),
        Operand::Timestamp(_) | Operand::Duration(_) => None,
    };
    found.ok_or_else(|| {
        let absent = Absent::Index(why_not(&holder, index));
        (holder, absent)
    })
}

fn why_not(holder: &Operand, index: &Operand) -> String {
    match (holder.as_value(), index.as_value()) {
        (Some(Value::List(items)), Some(Value::Int(at))) => {
            format!("has no item {at}; it has {}", items.len())
        }
        (Some(Value::List(_)), _) => {
            format!(
                "is a list, its index is an integer, not {}",
                index.kind_name()
            )
        }
        (Some(Value::Map(_)), Some(Value::Text(key))) => {
            let mut shown = String::new();
            push_name(&mut shown, key);
            format!("has no `{shown}`")
        }
        (Some(Value::Map(_)), _) => {
            format!("is a map, its keys are text, not {}", index.kind_name())
        }
        _ => format!("is {}, it has no items", holder.kind_name()),
    }
}

#[cold]
fn told(base: &Node, steps: &[Step], holder: &Operand, absent: Absent) -> EvalError {
    let prefix = shown_steps(base, steps);
    match absent {
        Absent::Name(name) => Missing {
            prefix,
            holder: holder.as_value(),
            kind: holder.kind_name(),
            name,
            rest: &[],
        }
        .told(),
        Absent::Index(why) => EvalError::new(format!("`{prefix}` {why}")),
    }
}

/// Says which path a method did not fit.
fn at_first_step(error: EvalError, at: usize, base: &Node) -> EvalError {
    if at > 0 {
        return error;
    }
    EvalError::new(format!("{}{}", error.message, named(base)))
}

/// A path, variable, or members of one, as an author writes it.
pub(super) fn shown(node: &Node) -> Option<String> {
    match node {
        Node::Path(path) => Some(path.shown()),
        Node::Variable(variable) => Some(variable.name.to_string()),
        Node::Member(base, steps) if is_named(base) => Some(shown_steps(base, steps)),
        Node::Member(..)
        | Node::Literal(_)
        | Node::List(_)
        | Node::Map(_)
        | Node::Not(..)
        | Node::Negate(..)
        | Node::And(_)
        | Node::Or(_)
        | Node::Fold(..)
        | Node::Choose(..)
        | Node::Has(_)
        | Node::Call(..) => None,
    }
}

fn is_named(node: &Node) -> bool {
    matches!(node, Node::Path(_) | Node::Variable(_))
}

/// At most the first eight steps: a message is no place for a program.
fn shown_steps(base: &Node, steps: &[Step]) -> String {
    let mut text = match base {
        node if is_named(node) => shown(node).unwrap_or_default(),
        _ => "(…)".to_owned(),
    };
    for step in steps.iter().take(8) {
        match step {
            Step::Field(name) => push_name(&mut text, &name.text),
            Step::Index(Node::Literal(Value::Int(at))) => text.push_str(&format!("[{at}]")),
            Step::Index(_) => text.push_str("[…]"),
            Step::Call(function, _) => text.push_str(&format!(".{}(…)", function.name())),
            Step::Macro(call) => text.push_str(&format!(".{}(…)", call.kind.name())),
        }
    }
    if steps.len() > 8 {
        text.push('…');
    }
    text
}
