//! Conversions between kinds, as CEL has them. What does not fit is an error, never a nearest value.

use super::Evaluated;
use super::operand::Operand;
use crate::expr::EvalError;
use crate::expr::time::{Duration, Timestamp};
use crate::value::Value;

/// 2^63, the first decimal beyond the integers.
const BEYOND: f64 = 9_223_372_036_854_775_808.0;

/// From a decimal towards zero; from text in base ten; from a timestamp its seconds since 1970.
pub(super) fn to_int<'a>(operand: &Operand) -> Evaluated<'a> {
    let int = |number| Ok(Operand::Owned(Value::Int(number)));
    match (operand, operand.as_value()) {
        (_, Some(Value::Int(number))) => int(*number),
        (_, Some(Value::Float(number))) if *number > -BEYOND && *number < BEYOND => {
            int(number.trunc() as i64)
        }
        (_, Some(Value::Float(_))) => Err(EvalError::new("`int` of a decimal beyond 64 bits")),
        (_, Some(Value::Text(text))) => text.parse().map_or_else(
            |_| Err(EvalError::new("`int` of text that is no integer")),
            int,
        ),
        (Operand::Timestamp(timestamp), _) => int(timestamp.seconds()),
        _ => Err(refused("int", "a number, text or a timestamp", operand)),
    }
}

pub(super) fn to_double<'a>(operand: &Operand) -> Evaluated<'a> {
    let float = |number| Ok(Operand::Owned(Value::Float(number)));
    match operand.as_value() {
        Some(Value::Int(number)) => float(*number as f64),
        Some(Value::Float(number)) => float(*number),
        Some(Value::Text(text)) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => float(number),
            Ok(_) | Err(_) => Err(EvalError::new("`double` of text that is no decimal")),
        },
        _ => Err(refused("double", "a number or text", operand)),
    }
}

pub(super) fn to_text(operand: Operand) -> Evaluated {
    Ok(match (&operand, operand.as_value()) {
        (_, Some(Value::Text(_))) => operand,
        (_, Some(Value::Int(number))) => Operand::text(number.to_string()),
        (_, Some(Value::Float(number))) => Operand::text(decimal_text(*number)),
        (_, Some(Value::Bool(truth))) => Operand::text(if *truth { "true" } else { "false" }),
        (Operand::Timestamp(timestamp), _) => Operand::text(timestamp.text()),
        (Operand::Duration(duration), _) => Operand::text(duration.text()),
        _ => {
            let needed = "text, a number, a truth value, a timestamp or a duration";
            return Err(refused("string", needed, &operand));
        }
    })
}

/// The shortest digits that read back the same, with an exponent only where many zeros would stand.
fn decimal_text(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 || (1e-6..1e21).contains(&size) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    if text.contains("e-") {
        text
    } else {
        text.replace('e', "e+")
    }
}

/// From RFC 3339 text, or from seconds since 1970.
pub(super) fn to_timestamp<'a>(operand: &Operand) -> Evaluated<'a> {
    let (timestamp, wrong) = match (operand, operand.as_value()) {
        (Operand::Timestamp(timestamp), _) => (Some(*timestamp), ""),
        (_, Some(Value::Text(text))) => (
            Timestamp::parse(text),
            "`timestamp` of text that is no RFC 3339 instant; write it as '2026-01-31T09:00:00Z'",
        ),
        (_, Some(Value::Int(seconds))) => (
            Timestamp::from_seconds(*seconds),
            "`timestamp` of seconds beyond the years 1 to 9999",
        ),
        _ => return Err(refused("timestamp", "text or an integer", operand)),
    };
    timestamp
        .map(Operand::Timestamp)
        .ok_or_else(|| EvalError::new(wrong))
}

pub(super) fn to_duration<'a>(operand: &Operand) -> Evaluated<'a> {
    if let Operand::Duration(duration) = operand {
        return Ok(Operand::Duration(*duration));
    }
    let Some(text) = operand.as_text() else {
        return Err(refused("duration", "text", operand));
    };
    Duration::parse(text)
        .map(Operand::Duration)
        .ok_or_else(|| EvalError::new("`duration` of text that is none; write it as '1h30m'"))
}

fn refused(function: &str, needed: &str, operand: &Operand) -> EvalError {
    EvalError::new(format!(
        "`{function}` needs {needed}, here {}",
        operand.kind_name()
    ))
}
