//! Plain scalars by the core schema of YAML 1.2: null, truth values, whole numbers (decimal, `0o`, `0x`),
//! decimals; everything else is text. Infinities and NaN are no JSON and are told apart here.

use super::Data;
use crate::value::Text;

/// What a plain scalar is.
pub enum Plain {
    /// Data of the core schema.
    Data(Data),
    /// A number that JSON cannot hold.
    NoNumber,
}

/// Reads a plain scalar.
pub fn plain(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Data(Data::Null),
        "true" | "True" | "TRUE" => return Plain::Data(Data::Bool(true)),
        "false" | "False" | "FALSE" => return Plain::Data(Data::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => return Plain::NoNumber,
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Plain::NoNumber;
    }
    if let Some(number) = whole(text, unsigned) {
        return Plain::Data(number);
    }
    if is_decimal(unsigned) {
        return match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Plain::Data(Data::Float(number)),
            Ok(_) | Err(_) => Plain::NoNumber,
        };
    }
    Plain::Data(Data::Text(Text::from(text)))
}

/// Whether this is one of the four words that other versions of YAML read as truth values.
pub fn is_old_truth(text: &str) -> bool {
    ["yes", "no", "on", "off"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

/// A whole number that fits; larger decimal ones are read as decimals.
fn whole(text: &str, unsigned: &str) -> Option<Data> {
    let number = if let Some(digits) = text.strip_prefix("0o") {
        digits_only(digits, 8).then(|| i64::from_str_radix(digits, 8).ok())??
    } else if let Some(digits) = text.strip_prefix("0x") {
        digits_only(digits, 16).then(|| i64::from_str_radix(digits, 16).ok())??
    } else {
        digits_only(unsigned, 10).then(|| text.parse().ok())??
    };
    Some(Data::Int(number))
}

fn digits_only(text: &str, radix: u32) -> bool {
    !text.is_empty() && text.chars().all(|digit| digit.is_digit(radix))
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_holds = exponent.is_none_or(|exponent| {
        digits_only(exponent.strip_prefix(['-', '+']).unwrap_or(exponent), 10)
    });
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent_holds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        for (text, expected) in [
            ("", "Null"),
            ("~", "Null"),
            ("NULL", "Null"),
            ("True", "Bool(true)"),
            ("tRUE", "Text(\"tRUE\")"),
            ("yes", "Text(\"yes\")"),
            ("12", "Int(12)"),
            ("+12", "Int(12)"),
            ("-0", "Int(0)"),
            ("014", "Int(14)"),
            ("0o14", "Int(12)"),
            ("0xfF", "Int(255)"),
            ("0x", "Text(\"0x\")"),
            ("1_000", "Text(\"1_000\")"),
            ("1.5", "Float(1.5)"),
            ("1.", "Float(1.0)"),
            (".5", "Float(0.5)"),
            ("1e3", "Float(1000.0)"),
            ("-1.5E-1", "Float(-0.15)"),
            (".", "Text(\".\")"),
            ("-", "Text(\"-\")"),
            ("e3", "Text(\"e3\")"),
            ("1e", "Text(\"1e\")"),
            ("0.1.0", "Text(\"0.1.0\")"),
            ("9223372036854775808", "Float(9.223372036854776e18)"),
            ("inf", "Text(\"inf\")"),
            ("2026-01-01", "Text(\"2026-01-01\")"),
        ] {
            let Plain::Data(data) = plain(text) else {
                panic!("{text} is data")
            };
            assert_eq!(format!("{data:?}"), expected, "{text}");
        }
        for text in [".inf", "-.INF", ".nan", "1e999"] {
            assert!(matches!(plain(text), Plain::NoNumber), "{text}");
        }
    }
}
