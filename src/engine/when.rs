//! The condition of a branch, and what it reads: the entry of a decision shows the values that led to its branch.
//! Only paths that are written out are shown; what `&&` and `||` left unread is shown too.

use super::run::Run;
use super::state::State;
use crate::expr::{Expr, Scope};
use crate::value::{Text, Value};
use std::sync::Arc;

/// A condition with the paths that it reads.
#[derive(Debug)]
pub struct When {
    /// The condition.
    pub expr: Arc<Expr>,
    /// Each path once: as an expression writes it, and its segments.
    reads: Vec<(Text, Vec<Text>)>,
}

impl When {
    /// A condition, its paths made ready to be looked up.
    pub fn new(expr: &Arc<Expr>) -> Self {
        let mut reads: Vec<(Text, Vec<Text>)> = Vec::new();
        for read in expr.reads() {
            if !reads.iter().any(|(_, known)| *known == read.path) {
                reads.push((Text::from(written(&read.path)), read.path.clone()));
            }
        }
        When {
            expr: expr.clone(),
            reads,
        }
    }
}

impl Run {
    /// Notes what a condition reads, before it is tried.
    pub(super) fn note_reads(&mut self, entry: usize, when: &When) {
        let noted = &mut self.record.entry(entry).reads;
        for (path, segments) in &when.reads {
            if !noted.iter().any(|(known, _)| known == path) {
                noted.push((path.clone(), look_up(&self.facts.state, segments)));
            }
        }
    }
}

fn look_up(state: &State, path: &[Text]) -> Option<Value> {
    let (root, rest) = path.split_first()?;
    let mut value = state.root(root)?;
    for segment in rest {
        value = match value {
            Value::List(items) => items.get(segment.parse::<usize>().ok()?)?,
            Value::Map(map) => map.get(segment)?,
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) => {
                return None;
            }
        };
    }
    Some(value.clone())
}

/// A path as an expression writes it.
fn written(path: &[Text]) -> String {
    let mut text = String::new();
    for segment in path {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if text.is_empty() {
            text.push_str(segment);
        } else if segment.chars().all(plain) {
            text.push('.');
            text.push_str(segment);
        } else {
            text.push_str(&format!(
                "[{}]",
                crate::value::to_json_text(&segment.clone().into())
            ));
        }
    }
    text
}
