//! Nonsense in the place of what a block wrote: other kinds of values, null, and emptiness. A number that is only out
//! of its range is no nonsense here: a flow that compares it decides as it says. Statuses of webhooks stay where
//! another one is a failure of the block: that is the fault `error`.

use crate::flow::{Block, Config, Webhook};
use crate::trace::Entry;
use crate::value::{Map, Text, Value};
use std::sync::Arc;

/// A kind of nonsense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Garbage {
    /// Text for numbers and truth values, a list for text; maps keep their shape.
    OtherKind,
    /// Null.
    Null,
    /// Empty text, list or map.
    Empty,
}

impl Garbage {
    /// In the order in which they are tried.
    pub const ALL: [Garbage; 3] = [Garbage::OtherKind, Garbage::Null, Garbage::Empty];

    /// What stands in the place of a value.
    fn of(self, value: &Value) -> Value {
        match (self, value) {
            (Garbage::OtherKind, Value::Map(map)) => {
                let entries = map.iter();
                let garbled: Map = entries
                    .map(|(key, it)| (key.clone(), self.of(it)))
                    .collect();
                garbled.into()
            }
            (Garbage::OtherKind, Value::Text(_)) => Value::list(vec![Value::text("garbage")]),
            (Garbage::OtherKind, _) => Value::text("garbage"),
            (Garbage::Null, _) => Value::Null,
            (Garbage::Empty, Value::Text(_)) => Value::text(""),
            (Garbage::Empty, Value::Map(_)) => Map::new().into(),
            (Garbage::Empty, _) => Value::list(Vec::new()),
        }
    }
}

/// Scripted outputs that hold nonsense in every field that a block wrote; None where it wrote none.
pub fn garbled(
    block: &Block,
    entry: &Entry,
    scripted: Option<&Arc<Map>>,
    garbage: Garbage,
) -> Option<Map> {
    let mut outputs = scripted.map(|map| Map::clone(map)).unwrap_or_default();
    let mut any = false;
    let prefix = format!("step.{}.", block.slug.value);
    for (key, value) in &entry.writes {
        let Some(field) = key.strip_prefix(&*prefix) else {
            continue;
        };
        if keeps(block, field) {
            continue;
        }
        any = true;
        outputs.insert(field, nonsense(block, field, value, garbage));
    }
    any.then_some(outputs)
}

/// Of a call of `parallel_webhook` the status stays with the rest of its map.
fn nonsense(block: &Block, field: &str, value: &Value, garbage: Garbage) -> Value {
    let Config::ParallelWebhook { calls } = &block.config else {
        return garbage.of(value);
    };
    let call = calls.iter().find(|(name, _)| **name == *field);
    match (call, value) {
        (Some((_, webhook)), Value::Map(map)) => {
            let garbled = |(key, value): (&Text, &Value)| {
                let stays = webhook.fail_on_status && &**key == "status";
                let value = if stays {
                    value.clone()
                } else {
                    garbage.of(value)
                };
                (key.clone(), value)
            };
            map.iter().map(garbled).collect::<Map>().into()
        }
        _ => garbage.of(value),
    }
}

fn keeps(block: &Block, field: &str) -> bool {
    let judged = |webhook: &Webhook| webhook.fail_on_status && field == "status";
    matches!(&block.config, Config::CallWebhook(webhook) if judged(webhook))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{from_json_text, to_json_text};

    #[test]
    fn nothing_that_was_written_is_left() {
        let value = from_json_text(r#"{"n":1.5,"b":true,"t":"x","l":[1],"m":{"k":null}}"#);
        let value = value.expect("JSON");
        for (garbage, expected) in [
            (
                Garbage::OtherKind,
                r#"{"n":"garbage","b":"garbage","t":["garbage"],"l":"garbage","m":{"k":"garbage"}}"#,
            ),
            (Garbage::Null, "null"),
            (Garbage::Empty, "{}"),
        ] {
            assert_eq!(to_json_text(&garbage.of(&value)), expected);
        }
    }
}
