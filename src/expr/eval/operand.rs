//! What a node evaluates to: borrowed from the scope or the tree where it can be, owned where it was
//! built; timestamps and durations exist only here.

use crate::expr::EvalError;
use crate::expr::time::{Duration, Timestamp};
use crate::value::Value;

#[derive(Debug, Clone)]
pub(super) enum Operand<'a> {
    Ref(&'a Value),
    Owned(Value),
    Timestamp(Timestamp),
    Duration(Duration),
}

impl<'a> Operand<'a> {
    pub fn bool(truth: bool) -> Self {
        Operand::Owned(Value::Bool(truth))
    }

    pub fn text(text: impl AsRef<str>) -> Self {
        Operand::Owned(Value::text(text))
    }

    /// The JSON value; none for a timestamp or duration.
    #[inline]
    pub fn as_value(&self) -> Option<&Value> {
        match self {
            Operand::Ref(value) => Some(value),
            Operand::Owned(value) => Some(value),
            Operand::Timestamp(_) | Operand::Duration(_) => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        self.as_value()?.as_bool()
    }

    pub fn as_text(&self) -> Option<&str> {
        self.as_value()?.as_text()
    }

    pub fn kind_name(&self) -> &'static str {
        match self {
            Operand::Ref(value) => value.kind_name(),
            Operand::Owned(value) => value.kind_name(),
            Operand::Timestamp(_) => "a timestamp",
            Operand::Duration(_) => "a duration",
        }
    }

    /// The value of a whole expression: a timestamp or duration as text.
    pub fn into_value(self) -> Value {
        match self {
            Operand::Ref(value) => value.clone(),
            Operand::Owned(value) => value,
            Operand::Timestamp(timestamp) => Value::text(timestamp.text()),
            Operand::Duration(duration) => Value::text(duration.text()),
        }
    }

    /// The value as an item of a list or map, which hold JSON values only.
    pub fn into_item(self) -> Result<Value, EvalError> {
        match self {
            Operand::Ref(_) | Operand::Owned(_) => Ok(self.into_value()),
            Operand::Timestamp(_) | Operand::Duration(_) => Err(EvalError::new(format!(
                "a list or map cannot hold {}; write `string(…)` around it",
                self.kind_name()
            ))),
        }
    }
}
