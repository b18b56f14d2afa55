//! Equality, order and `in`. Numbers compare across integer and decimal; otherwise equality across kinds
//! is false, and an order across kinds, or of kinds that have none, is an error (ERR-6).

use super::Run;
use super::arithmetic::Refusal;
use super::operand::Operand;
use crate::expr::EvalError;
use crate::expr::syntax::BinaryOp;
use crate::value::{Value, compare_numbers};
use std::cmp::Ordering;

impl<'a> Run<'a> {
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        left: Operand<'a>,
        right: Operand<'a>,
    ) -> Result<Operand<'a>, Refusal> {
        let truth = match op {
            BinaryOp::Equal => self.equal(&left, &right)?,
            BinaryOp::NotEqual => !self.equal(&left, &right)?,
            BinaryOp::Less => self.order(&left, &right)?.is_lt(),
            BinaryOp::LessOrEqual => self.order(&left, &right)?.is_le(),
            BinaryOp::Greater => self.order(&left, &right)?.is_gt(),
            BinaryOp::GreaterOrEqual => self.order(&left, &right)?.is_ge(),
            BinaryOp::In => self.contained(&left, &right)?,
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Remainder => return self.arithmetic(op, left, right),
        };
        Ok(Operand::bool(truth))
    }

    fn order(&mut self, left: &Operand, right: &Operand) -> Result<Ordering, Refusal> {
        let order = match (left, right) {
            (Operand::Timestamp(a), Operand::Timestamp(b)) => Some(a.cmp(b)),
            (Operand::Duration(a), Operand::Duration(b)) => Some(a.cmp(b)),
            _ => match (left.as_value(), right.as_value()) {
                (Some(Value::Bool(a)), Some(Value::Bool(b))) => Some(a.cmp(b)),
                (Some(Value::Text(a)), Some(Value::Text(b))) => {
                    self.meter.pay_reading(a.len().min(b.len()))?;
                    Some(a.cmp(b))
                }
                (Some(a), Some(b)) => compare_numbers(a, b),
                _ => None,
            },
        };
        order.ok_or(Refusal::NoOrder(left.kind_name(), right.kind_name()))
    }

    fn equal(&mut self, left: &Operand, right: &Operand) -> Result<bool, EvalError> {
        match (left, right) {
            (Operand::Timestamp(a), Operand::Timestamp(b)) => Ok(a == b),
            (Operand::Duration(a), Operand::Duration(b)) => Ok(a == b),
            _ => match (left.as_value(), right.as_value()) {
                (Some(a), Some(b)) => self.same(a, b),
                _ => Ok(false),
            },
        }
    }

    /// Equality of JSON values, paid by what is looked at.
    fn same(&mut self, left: &Value, right: &Value) -> Result<bool, EvalError> {
        match (left, right) {
            (Value::List(a), Value::List(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (a, b) in std::iter::zip(a.iter(), b.iter()) {
                    self.meter.pay(1)?;
                    if !self.same(a, b)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Value::Map(a), Value::Map(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (key, a) in a.iter() {
                    self.meter.pay(1 + key.len() as u64 / 64)?;
                    let Some(b) = b.get(key) else {
                        return Ok(false);
                    };
                    if !self.same(a, b)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Value::Text(a), Value::Text(b)) => {
                if a.len() == b.len() {
                    self.meter.pay_reading(a.len())?;
                }
                Ok(a == b)
            }
            _ => Ok(left == right),
        }
    }

    fn contained(&mut self, item: &Operand, holder: &Operand) -> Result<bool, Refusal> {
        match holder.as_value() {
            Some(Value::List(items)) => {
                let Some(item) = item.as_value() else {
                    return Ok(false);
                };
                for other in items.iter() {
                    self.meter.pay(1)?;
                    if self.same(item, other)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Some(Value::Map(map)) => {
                let Some(key) = item.as_text() else {
                    return Ok(false);
                };
                self.meter.pay_reading(key.len())?;
                Ok(map.contains_key(key))
            }
            _ => Err(Refusal::NotIn(holder.kind_name())),
        }
    }
}
