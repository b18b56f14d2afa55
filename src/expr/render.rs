//! Values as text: in templates, in URLs. All output is bounded (`Room`), since a short template can name a
//! large value many times.

use super::EvalError;
use crate::value::{Value, number_text};
use std::io;

/// The most that one rendering makes, in bytes of JSON or text.
const MAX_RENDERED: usize = 16 << 20;

/// How many levels a value may nest before it is refused.
const MAX_NESTING: usize = 512;

/// What may still be written.
pub(super) struct Room {
    left: usize,
}

impl Room {
    pub fn new() -> Self {
        Room { left: MAX_RENDERED }
    }

    pub fn take(&mut self, bytes: usize) -> Result<(), EvalError> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(too_large()),
        }
    }

    /// Room for a value as it would be written, so that shared parts count each time they appear.
    pub fn take_value(&mut self, value: &Value) -> Result<(), EvalError> {
        self.take_nested(value, MAX_NESTING)
    }

    fn take_nested(&mut self, value: &Value, levels: usize) -> Result<(), EvalError> {
        self.take(1)?;
        let Some(below) = levels.checked_sub(1) else {
            return Err(too_large());
        };
        match value {
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => Ok(()),
            Value::Text(text) => self.take(text.len()),
            Value::List(items) => items
                .iter()
                .try_for_each(|item| self.take_nested(item, below)),
            Value::Map(map) => map.iter().try_for_each(|(key, value)| {
                self.take(key.len())?;
                self.take_nested(value, below)
            }),
        }
    }

    /// Appends a value as text: null is nothing, lists and maps are compact JSON.
    pub fn write_text(&mut self, out: &mut String, value: &Value) -> Result<(), EvalError> {
        let written = match value {
            Value::Null => return Ok(()),
            Value::Bool(truth) => if *truth { "true" } else { "false" }.to_owned(),
            Value::Text(text) => {
                self.take(text.len())?;
                out.push_str(text);
                return Ok(());
            }
            Value::Int(_) | Value::Float(_) => number_text(value).unwrap_or_default(),
            Value::List(_) | Value::Map(_) => self.json(value)?,
        };
        self.take(written.len())?;
        out.push_str(&written);
        Ok(())
    }

    fn json(&self, value: &Value) -> Result<String, EvalError> {
        let mut writer = BoundedWriter {
            bytes: Vec::new(),
            left: self.left,
        };
        serde_json::to_writer(&mut writer, value).map_err(|_| too_large())?;
        String::from_utf8(writer.bytes).map_err(|_| too_large())
    }

    /// Appends a value as text, percent-encoded as `encodeURIComponent` does.
    pub fn write_url(&mut self, out: &mut String, value: &Value) -> Result<(), EvalError> {
        let mut text = String::new();
        self.write_text(&mut text, value)?;
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
                out.push(char::from(byte));
            } else {
                self.take(2)?;
                out.push('%');
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
        Ok(())
    }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

fn too_large() -> EvalError {
    EvalError::new(format!(
        "the result is larger than {} MB; use less of what it reads",
        MAX_RENDERED >> 20
    ))
}

/// Refuses to grow beyond its bound.
struct BoundedWriter {
    bytes: Vec<u8>,
    left: usize,
}

impl io::Write for BoundedWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.left.checked_sub(bytes.len()) {
            Some(left) => {
                self.left = left;
                self.bytes.extend_from_slice(bytes);
                Ok(bytes.len())
            }
            None => Err(io::Error::other("full")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
