//! What a run knows: the four namespaces (ST-1), who may see what (ST-4), and transient values (ST-6).

use crate::expr::Scope;
use crate::value::{Map, Text, Value};
use std::sync::Arc;

/// The namespaces, each a map.
#[derive(Debug, Clone)]
pub struct State {
    /// `event.*`; blocks and actions cannot write it (ST-5).
    pub event: Value,
    /// `step.<slug>.<field>` as the running flow sees it.
    pub step: Value,
    /// `session.*`, without transient values of an earlier stage.
    pub session: Value,
    /// `custom.<flow>.<key>`
    pub custom: Value,
    /// Everything that `session.*` ever held, for the final answer (ST-6).
    minted: Vec<(Text, Value)>,
    /// The slugs that the nested run wrote itself: its outputs hide the parent's as a whole (ST-4).
    hidden: Vec<Text>,
}

/// The session fields that live for one stage (ST-6).
const TRANSIENT: [&str; 3] = ["raw_token", "access_token", "refresh_token"];

impl State {
    /// Nothing but the event.
    pub fn new(event: Map) -> Self {
        let empty = Value::map(Map::new());
        State {
            event: event.into(),
            step: empty.clone(),
            session: empty.clone(),
            custom: empty,
            minted: Vec::new(),
            hidden: Vec::new(),
        }
    }

    /// Writes `step.<slug>.<field>`.
    pub fn write_step(&mut self, slug: &Text, field: &str, value: Value) {
        write(&mut self.step, slug, field, value);
    }

    /// Writes as a block of a nested run: its slug is hidden from the parent's outputs first, and the
    /// field is kept as `custom.<flow>.<field>` too (ST-4).
    pub fn write_nested(&mut self, flow: &Text, slug: &Text, field: &str, value: Value) {
        if !self.hidden.contains(slug) {
            self.hidden.push(slug.clone());
            entries(&mut self.step).remove(slug);
        }
        write(&mut self.step, slug, field, value.clone());
        write(&mut self.custom, flow, field, value);
    }

    /// Writes `session.<field>`.
    pub fn write_session(&mut self, field: &str, value: Value) {
        entries(&mut self.session).insert(field, value.clone());
        let field = Text::from(field);
        match self.minted.iter_mut().find(|(name, _)| *name == field) {
            Some(minted) => minted.1 = value,
            None => self.minted.push((field, value)),
        }
    }

    /// Drops what lives for one stage only.
    pub fn leave_stage(&mut self) {
        if self.minted.is_empty() {
            return;
        }
        for field in TRANSIENT {
            if self.session.get(field).is_some() {
                entries(&mut self.session).remove(field);
            }
        }
    }

    /// Forgets what a block wrote (profile: `continue_keeps_writes`); of a nested run, what it kept as `custom` too.
    pub fn forget_step(&mut self, slug: &Text, flow: Option<&Text>) {
        let Some(fields) = entries(&mut self.step).remove(slug) else {
            return;
        };
        let Some(kept) = flow.and_then(|flow| entries(&mut self.custom).get_mut(flow)) else {
            return;
        };
        for field in fields.as_map().into_iter().flat_map(Map::keys) {
            entries(kept).remove(field);
        }
    }

    /// Starts a nested run; gives back the parent's `step`, to be handed to `leave_nested`.
    pub fn enter_nested(&mut self) -> Value {
        self.hidden.clear();
        self.step.clone()
    }

    /// Ends a nested run: only `custom.*` is left of it.
    pub fn leave_nested(&mut self, parent: Value) {
        self.step = parent;
        self.hidden.clear();
    }

    /// Changes a field of `event`.
    pub fn set_event(&mut self, key: &str, value: Value) {
        entries(&mut self.event).insert(key, value);
    }

    /// Changes a field of `event.authentication`.
    pub fn set_authentication(&mut self, key: &str, value: Value) {
        if let Some(authentication) = entries(&mut self.event).get_mut("authentication") {
            entries(authentication).insert(key, value);
        }
    }

    /// `step`, `custom` and `session` as flat keys down to `step.<slug>.<field>`.
    pub fn flat(&self) -> Vec<(Text, Value)> {
        let mut flat = Vec::new();
        for (root, namespace) in [("step", &self.step), ("custom", &self.custom)] {
            for (slug, fields) in namespace.as_map().into_iter().flat_map(Map::iter) {
                for (field, value) in fields.as_map().into_iter().flat_map(Map::iter) {
                    flat.push((Text::from(format!("{root}.{slug}.{field}")), value.clone()));
                }
            }
        }
        for (field, value) in &self.minted {
            flat.push((Text::from(format!("session.{field}")), value.clone()));
        }
        flat
    }
}

impl Scope for State {
    fn root(&self, name: &str) -> Option<&Value> {
        match name {
            "event" => Some(&self.event),
            "step" => Some(&self.step),
            "session" => Some(&self.session),
            "custom" => Some(&self.custom),
            _ => None,
        }
    }

    fn roots(&self) -> &[&'static str] {
        &["event", "step", "session", "custom"]
    }
}

fn write(namespace: &mut Value, name: &Text, field: &str, value: Value) {
    let namespace = entries(namespace);
    if let Some(fields) = namespace.get_mut(name) {
        entries(fields).insert(field, value);
        return;
    }
    let mut fields = Map::with_capacity(4);
    fields.insert(field, value);
    namespace.insert(name.clone(), fields);
}

/// The entries of a value that is a map; one that is not becomes an empty map.
pub fn entries(value: &mut Value) -> &mut Map {
    if !matches!(value, Value::Map(_)) {
        *value = Value::map(Map::new());
    }
    let Value::Map(map) = value else {
        unreachable!("it was made a map above")
    };
    Arc::make_mut(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::to_json_text;

    fn flat(state: &State) -> String {
        let map: Map = state.flat().into_iter().collect();
        to_json_text(&map.into())
    }

    #[test]
    fn a_nested_run_leaves_only_custom_behind() {
        let mut state = State::new(Map::new());
        state.write_step(&"risk".into(), "score", Value::Int(1));
        state.write_step(&"risk".into(), "severity", Value::text("low"));
        let parent = state.enter_nested();
        state.write_nested(&"gate".into(), &"risk".into(), "score", Value::Int(9));
        assert_eq!(
            to_json_text(&state.step),
            r#"{"risk":{"score":9}}"#,
            "hidden as a whole"
        );
        state.leave_nested(parent);
        assert_eq!(
            flat(&state),
            r#"{"step.risk.score":1,"step.risk.severity":"low","custom.gate.score":9}"#
        );
    }

    #[test]
    fn transient_values_live_for_one_stage_and_stay_in_the_final_answer() {
        let mut state = State::new(Map::new());
        state.write_session("id", Value::text("ses_1"));
        state.write_session("raw_token", Value::text("t"));
        state.leave_stage();
        assert_eq!(to_json_text(&state.session), r#"{"id":"ses_1"}"#);
        assert_eq!(
            flat(&state),
            r#"{"session.id":"ses_1","session.raw_token":"t"}"#
        );
    }
}
