//! What a person wants to see around a finding: the values that the expressions of a block read when it started.

use crate::flow::Block;
use crate::harness::ReadValue;
use crate::trace::{Trace, nested};
use crate::value::{Text, Value};

/// The values that the expressions and templates of a block read, as the blocks before it had written them.
pub fn reads_of(block: &Block, path: &str, trace: &Trace) -> Vec<ReadValue> {
    let mut written: Vec<(Text, Value)> = Vec::new();
    for entry in trace.preorder() {
        if &*entry.block == path {
            break;
        }
        written.extend(entry.writes.iter().cloned());
    }
    let mut shown: Vec<ReadValue> = Vec::new();
    for placed in &block.reads {
        let path = path_text(&placed.read.path);
        if !shown.iter().any(|read| read.path == path) {
            let value = look_up(&placed.read.path, &written, trace);
            shown.push(ReadValue { path, value });
        }
    }
    shown
}

/// As an expression writes it.
fn path_text(path: &[Text]) -> String {
    let mut text = String::new();
    for segment in path {
        let name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if text.is_empty() {
            text.push_str(segment);
        } else if segment.chars().all(name) {
            text.push('.');
            text.push_str(segment);
        } else {
            text.push_str(&format!("['{segment}']"));
        }
    }
    text
}

fn look_up(path: &[Text], written: &[(Text, Value)], trace: &Trace) -> Option<Value> {
    let (root, rest) = path.split_first()?;
    let mut value = match &**root {
        "event" => trace.event.clone(),
        namespace => nested(written, namespace),
    };
    for segment in rest {
        value = match &value {
            Value::List(items) => items.get(segment.parse::<usize>().ok()?)?.clone(),
            other => other.get(segment)?.clone(),
        };
    }
    Some(value)
}
