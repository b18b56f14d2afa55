//! Numbers: exact comparison across the two kinds, their text, and the rule for numbers from outside (ACT-9).

use super::Value;
use std::cmp::Ordering;
use std::sync::Arc;

/// 2^53: the largest magnitude below which every whole decimal is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Compares two numbers exactly, also when one is an integer and the other a decimal.
///
/// None when one of the two is no number.
pub fn compare_numbers(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Float(b)) => Some(compare_int_float(*a, *b)),
        (Value::Float(a), Value::Int(b)) => Some(compare_int_float(*b, *a).reverse()),
        _ => None,
    }
}

/// Exact, since a decimal within the range of i64 splits into a whole part and a rest.
fn compare_int_float(int: i64, float: f64) -> Ordering {
    if float >= 9_223_372_036_854_775_808.0 {
        return Ordering::Less;
    }
    if float < -9_223_372_036_854_775_808.0 {
        return Ordering::Greater;
    }
    let whole = float.trunc();
    int.cmp(&(whole as i64)).then_with(|| {
        0.0_f64
            .partial_cmp(&(float - whole))
            .unwrap_or(Ordering::Equal)
    })
}

/// The text of a number as JSON writes it.
pub fn number_text(value: &Value) -> Option<String> {
    match value {
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => serde_json::Number::from_f64(*number).map(|n| n.to_string()),
        _ => None,
    }
}

/// ACT-9: a whole number within ±2^53 that came from an action or a webhook is an integer.
pub fn normalise_numbers(value: Value) -> Value {
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() <= EXACT => {
            Value::Int(number as i64)
        }
        Value::List(items) if items.iter().any(needs_normalising) => {
            Value::list(items.iter().cloned().map(normalise_numbers).collect())
        }
        Value::Map(map) if map.values().any(needs_normalising) => Value::Map(Arc::new(
            map.iter()
                .map(|(key, value)| (key.clone(), normalise_numbers(value.clone())))
                .collect(),
        )),
        other => other,
    }
}

/// Lists and maps are rebuilt only when something below them changes.
fn needs_normalising(value: &Value) -> bool {
    match value {
        Value::Float(number) => number.fract() == 0.0 && number.abs() <= EXACT,
        Value::List(items) => items.iter().any(needs_normalising),
        Value::Map(map) => map.values().any(needs_normalising),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_decimals_compare_exactly() {
        let rows = [
            (Value::Int(1), Value::Float(1.0), Ordering::Equal),
            (Value::Int(1), Value::Float(1.5), Ordering::Less),
            (Value::Int(-1), Value::Float(-1.5), Ordering::Greater),
            (Value::Int(i64::MAX), Value::Float(9.3e18), Ordering::Less),
            (
                Value::Int(9_007_199_254_740_993),
                Value::Float(9_007_199_254_740_992.0),
                Ordering::Greater,
            ),
        ];
        for (left, right, expected) in rows {
            assert_eq!(
                compare_numbers(&left, &right),
                Some(expected),
                "{left:?} {right:?}"
            );
            assert_eq!(compare_numbers(&right, &left), Some(expected.reverse()));
        }
    }

    #[test]
    fn whole_numbers_from_outside_become_integers() {
        let given = Value::list(vec![
            Value::Float(3.0),
            Value::Float(0.5),
            Value::Float(1e300),
        ]);
        let Value::List(items) = normalise_numbers(given) else {
            panic!("a list stays a list")
        };
        assert!(matches!(items[0], Value::Int(3)));
        assert!(matches!(items[1], Value::Float(_)));
        assert!(matches!(items[2], Value::Float(_)));
    }
}
