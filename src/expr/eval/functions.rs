//! Functions and methods on text, lists and maps. Conversions stand in `convert`.

use super::operand::Operand;
use super::{Evaluated, Run, convert};
use crate::expr::EvalError;
use crate::expr::names::Function;
use crate::expr::pattern::Pattern;
use crate::expr::syntax::Argument;
use crate::value::Value;

/// What compiling a pattern at run time costs, in steps.
const COMPILE: u64 = 5_000;

impl<'a> Run<'a> {
    pub(super) fn call(
        &mut self,
        function: Function,
        receiver: Operand<'a>,
        argument: &'a Argument,
    ) -> Evaluated<'a> {
        self.meter
            .pay_reading(receiver.as_text().map_or(0, str::len))?;
        match function {
            Function::Size => size(&receiver),
            Function::LowerAscii => {
                let text = self.made_of(function, &receiver)?;
                Ok(Operand::text(text.to_ascii_lowercase()))
            }
            Function::UpperAscii => {
                let text = self.made_of(function, &receiver)?;
                Ok(Operand::text(text.to_ascii_uppercase()))
            }
            Function::Contains | Function::StartsWith | Function::EndsWith => {
                self.search(function, &receiver, argument)
            }
            Function::Matches => self.matches(&receiver, argument),
            Function::Int => convert::to_int(&receiver),
            Function::Double => convert::to_double(&receiver),
            Function::String => convert::to_text(receiver),
            Function::Timestamp => convert::to_timestamp(&receiver),
            Function::Duration => convert::to_duration(&receiver),
        }
    }

    /// The text that is about to be written anew.
    fn made_of<'o>(
        &mut self,
        function: Function,
        receiver: &'o Operand,
    ) -> Result<&'o str, EvalError> {
        let text = text_of(function, receiver)?;
        self.meter.pay_writing(text.len())?;
        Ok(text)
    }

    fn search(
        &mut self,
        function: Function,
        receiver: &Operand<'a>,
        argument: &'a Argument,
    ) -> Evaluated<'a> {
        let text = text_of(function, receiver)?;
        let part = self.argument(argument)?;
        let part = text_of(function, &part)?;
        self.meter.pay_reading(part.len())?;
        Ok(Operand::bool(match function {
            Function::StartsWith => text.starts_with(part),
            Function::EndsWith => text.ends_with(part),
            Function::Contains
            | Function::Size
            | Function::Matches
            | Function::LowerAscii
            | Function::UpperAscii
            | Function::Int
            | Function::Double
            | Function::String
            | Function::Timestamp
            | Function::Duration => text.contains(part),
        }))
    }

    fn matches(&mut self, receiver: &Operand<'a>, argument: &'a Argument) -> Evaluated<'a> {
        let text = text_of(Function::Matches, receiver)?;
        if let Argument::Pattern(pattern) = argument {
            self.meter.pay(pattern.cost(text.len()))?;
            return Ok(Operand::bool(pattern.found_in(text)));
        }
        let source = self.argument(argument)?;
        let source = text_of(Function::Matches, &source)?;
        self.meter.pay(COMPILE)?;
        let pattern = Pattern::compile(source).map_err(EvalError::new)?;
        self.meter.pay(pattern.cost(text.len()))?;
        Ok(Operand::bool(pattern.found_in(text)))
    }

    fn argument(&mut self, argument: &'a Argument) -> Evaluated<'a> {
        match argument {
            Argument::Value(node) => self.eval(node),
            Argument::Pattern(pattern) => Ok(Operand::text(&pattern.source)),
            Argument::None => Ok(Operand::Owned(Value::Null)),
        }
    }
}

fn size<'a>(receiver: &Operand) -> Evaluated<'a> {
    let size = match receiver.as_value() {
        Some(Value::Text(text)) => text.chars().count(),
        Some(Value::List(items)) => items.len(),
        Some(Value::Map(map)) => map.len(),
        _ => {
            return Err(EvalError::new(format!(
                "`size` needs text, a list or a map, here {}",
                receiver.kind_name()
            )));
        }
    };
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    Ok(Operand::Owned(Value::Int(size)))
}

fn text_of<'o>(function: Function, operand: &'o Operand) -> Result<&'o str, EvalError> {
    operand.as_text().ok_or_else(|| {
        EvalError::new(format!(
            "`{}` needs text, here {}",
            function.name(),
            operand.kind_name()
        ))
    })
}
