//! `+ - * / %` and unary minus. No mixing of kinds, as in CEL; overflow and division by zero are errors
//! for integers and decimals alike, so a decimal is always finite.

use super::Run;
use super::operand::Operand;
use crate::expr::EvalError;
use crate::expr::syntax::BinaryOp;
use crate::value::Value;

/// Why an operator has no result.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The kinds of its operands, where it has no meaning for them.
    Kinds(&'static str, &'static str),
    /// The kinds of its operands, which have no order.
    NoOrder(&'static str, &'static str),
    /// An integer with a decimal.
    Mixed,
    Unary(&'static str),
    NotIn(&'static str),
    Overflow,
    DivisionByZero,
    Stopped(EvalError),
}

impl From<EvalError> for Refusal {
    fn from(error: EvalError) -> Self {
        Refusal::Stopped(error)
    }
}

impl Refusal {
    /// The error; the names are those of the operands where they are paths.
    #[cold]
    pub fn told(self, symbol: &str, left: &str, right: &str) -> EvalError {
        EvalError::new(match self {
            Refusal::Kinds(a, b) => {
                format!("`{symbol}` has no meaning for {a}{left} and {b}{right}")
            }
            Refusal::NoOrder(a, b) => {
                format!("`{symbol}` has no order for {a}{left} and {b}{right}")
            }
            Refusal::Mixed => format!(
                "`{symbol}` needs two integers or two decimals{left}{right}; write `double(…)` around the integer"
            ),
            Refusal::Unary(kind) => format!("`{symbol}` needs a number, here {kind}{right}"),
            Refusal::NotIn(kind) => {
                format!("`{symbol}` looks into a list or the keys of a map, here {kind}{right}")
            }
            Refusal::Overflow => format!("the result of `{symbol}` is out of range{left}{right}"),
            Refusal::DivisionByZero => format!("`{symbol}` divides by zero{right}"),
            Refusal::Stopped(error) => error.message,
        })
    }
}

type Computed<'a> = Result<Operand<'a>, Refusal>;

pub(super) fn negate<'a>(operand: &Operand) -> Computed<'a> {
    match operand.as_value() {
        Some(Value::Int(number)) => int(number.checked_neg()),
        Some(Value::Float(number)) => float(-number),
        _ => Err(Refusal::Unary(operand.kind_name())),
    }
}

impl<'a> Run<'a> {
    pub(super) fn arithmetic(
        &mut self,
        op: BinaryOp,
        left: Operand<'a>,
        right: Operand<'a>,
    ) -> Computed<'a> {
        let (Some(a), Some(b)) = (left.as_value(), right.as_value()) else {
            return with_time(op, &left, &right);
        };
        match (a, b) {
            (Value::Int(a), Value::Int(b)) => int_result(op, *a, *b),
            (Value::Float(a), Value::Float(b)) => float_result(op, *a, *b),
            (Value::Int(_), Value::Float(_)) | (Value::Float(_), Value::Int(_)) => {
                Err(Refusal::Mixed)
            }
            (Value::Text(a), Value::Text(b)) if op == BinaryOp::Add => {
                self.meter.pay_writing(a.len() + b.len())?;
                Ok(Operand::text([&**a, &**b].concat()))
            }
            (Value::List(a), Value::List(b)) if op == BinaryOp::Add => {
                self.meter.pay((a.len() + b.len()) as u64)?;
                let items = a.iter().chain(b.iter()).cloned().collect();
                Ok(Operand::Owned(Value::list(items)))
            }
            _ => Err(Refusal::Kinds(left.kind_name(), right.kind_name())),
        }
    }
}

fn int<'a>(result: Option<i64>) -> Computed<'a> {
    result
        .map(|number| Operand::Owned(Value::Int(number)))
        .ok_or(Refusal::Overflow)
}

fn float<'a>(result: f64) -> Computed<'a> {
    if result.is_finite() {
        Ok(Operand::Owned(Value::Float(result)))
    } else {
        Err(Refusal::Overflow)
    }
}

fn int_result<'a>(op: BinaryOp, a: i64, b: i64) -> Computed<'a> {
    match op {
        BinaryOp::Add => int(a.checked_add(b)),
        BinaryOp::Subtract => int(a.checked_sub(b)),
        BinaryOp::Multiply => int(a.checked_mul(b)),
        BinaryOp::Divide if b == 0 => Err(Refusal::DivisionByZero),
        BinaryOp::Remainder if b == 0 => Err(Refusal::DivisionByZero),
        BinaryOp::Divide => int(a.checked_div(b)),
        BinaryOp::Remainder => int(a.checked_rem(b)),
        BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual
        | BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::In => Err(Refusal::Kinds("an integer", "an integer")),
    }
}

fn float_result<'a>(op: BinaryOp, a: f64, b: f64) -> Computed<'a> {
    match op {
        BinaryOp::Add => float(a + b),
        BinaryOp::Subtract => float(a - b),
        BinaryOp::Multiply => float(a * b),
        BinaryOp::Divide if b == 0.0 => Err(Refusal::DivisionByZero),
        BinaryOp::Divide => float(a / b),
        // CEL has a remainder of integers only.
        BinaryOp::Remainder
        | BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual
        | BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::In => Err(Refusal::Kinds("a decimal", "a decimal")),
    }
}

fn with_time<'a>(op: BinaryOp, left: &Operand<'a>, right: &Operand<'a>) -> Computed<'a> {
    use Operand::{Duration, Timestamp};
    let timestamp = |result: Option<_>| result.map(Timestamp).ok_or(Refusal::Overflow);
    let duration = |result: Option<_>| result.map(Duration).ok_or(Refusal::Overflow);
    match (op, left, right) {
        (BinaryOp::Add, Timestamp(a), Duration(b)) => timestamp(a.add(*b)),
        (BinaryOp::Add, Duration(a), Timestamp(b)) => timestamp(b.add(*a)),
        (BinaryOp::Add, Duration(a), Duration(b)) => duration(a.add(*b)),
        (BinaryOp::Subtract, Timestamp(a), Duration(b)) => timestamp(a.subtract(*b)),
        (BinaryOp::Subtract, Timestamp(a), Timestamp(b)) => duration(a.since(*b)),
        (BinaryOp::Subtract, Duration(a), Duration(b)) => duration(a.subtract(*b)),
        _ => Err(Refusal::Kinds(left.kind_name(), right.kind_name())),
    }
}
