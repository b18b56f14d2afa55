//! What a run knows: the four namespaces (ST-1), who may see what (ST-4), and transient values (ST-6).

use super::planted::{Flaw, planted};
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
    /// What the outermost flow wrote, by flat key, for the final answer.
    written: Vec<(Text, Value)>,
    /// What custom flows kept, by flat key.
    kept: Vec<(Text, Value)>,
    /// Everything that `session.*` ever held, transient values included (ST-6).
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
            written: Vec::with_capacity(24),
            kept: Vec::new(),
            minted: Vec::new(),
            hidden: Vec::new(),
        }
    }

    /// Writes `step.<slug>.<field>`.
    pub fn write_step(&mut self, place: &Place, value: Value) {
        write(&mut self.step, place.slug, place.field, value.clone());
        upsert(&mut self.written, place.key, value);
    }

    /// Writes as a block of a custom flow: its slug is hidden from the parent's outputs first, and the
    /// field is kept as `custom.<flow>.<field>` too; one that runs on its own keeps both (ST-4).
    pub fn write_nested(&mut self, place: &Place, flow: &Text, alone: bool, value: Value) {
        if !self.hidden.contains(place.slug) {
            self.hidden.push(place.slug.clone());
            if !planted(Flaw::NothingHidden) {
                entries(&mut self.step).remove(place.slug);
            }
        }
        write(&mut self.step, place.slug, place.field, value.clone());
        write(&mut self.custom, flow, place.field, value.clone());
        if alone {
            upsert(&mut self.written, place.key, value.clone());
        }
        upsert(&mut self.kept, place.custom_key, value);
    }

    /// Writes `session.<field>`, known under its flat key.
    pub fn write_session(&mut self, key: &Text, value: Value) {
        let field = key.strip_prefix("session.").unwrap_or(key);
        entries(&mut self.session).insert(field, value.clone());
        upsert(&mut self.minted, key, value);
    }

    /// Drops what lives for one stage only.
    pub fn leave_stage(&mut self) {
        if self.minted.is_empty() || planted(Flaw::TransientStays) {
            return;
        }
        for field in TRANSIENT {
            if self.session.get(field).is_some() {
                entries(&mut self.session).remove(field);
            }
        }
    }

    /// Goes back to what was known before a block (profile: `continue_keeps_writes`); the event stays as it is.
    pub fn go_back(&mut self, before: &State) {
        let event = std::mem::take(&mut self.event);
        *self = State {
            event,
            ..before.clone()
        };
    }

    /// Starts a nested run; gives back the parent's `step`, to be handed to `leave_nested`.
    pub fn enter_nested(&mut self) -> Value {
        self.hidden.clear();
        if planted(Flaw::NestedSeesNothing) {
            return std::mem::replace(&mut self.step, Value::map(Map::new()));
        }
        self.step.clone()
    }

    /// Ends a nested run: only `custom.*` is left of it.
    pub fn leave_nested(&mut self, parent: Value) {
        if !planted(Flaw::StepLeaks) {
            self.step = parent;
        }
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
    pub fn into_flat(self) -> (Vec<(Text, Value)>, Value) {
        let mut flat = self.written;
        flat.extend(self.kept);
        flat.extend(self.minted);
        (flat, self.event)
    }
}

/// Where an output of a block is written.
pub struct Place<'a> {
    /// The slug of the block.
    pub slug: &'a Text,
    /// The field.
    pub field: &'a Text,
    /// `step.<slug>.<field>`
    pub key: &'a Text,
    /// `custom.<flow>.<field>`
    pub custom_key: &'a Text,
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

/// A key that is known keeps its position.
fn upsert(flat: &mut Vec<(Text, Value)>, key: &Text, value: Value) {
    match flat.iter_mut().find(|(known, _)| known == key) {
        Some(known) => known.1 = value,
        None => flat.push((key.clone(), value)),
    }
}

fn write(namespace: &mut Value, name: &Text, field: &Text, value: Value) {
    let namespace = entries(namespace);
    if let Some(fields) = namespace.get_mut(name) {
        entries(fields).insert(field.clone(), value);
        return;
    }
    let mut fields = Map::with_capacity(4);
    fields.insert(field.clone(), value);
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

    fn flat(state: State) -> String {
        let map: Map = state.into_flat().0.into_iter().collect();
        to_json_text(&map.into())
    }

    /// Writes `<slug>.<field>`, as a block of the flow `gate` where it is nested.
    fn put(state: &mut State, place: [&str; 2], nested: bool, value: Value) {
        let [slug, field] = place.map(Text::from);
        let key = Text::from(format!("step.{slug}.{field}"));
        let custom_key = Text::from(format!("custom.gate.{field}"));
        let place = Place {
            slug: &slug,
            field: &field,
            key: &key,
            custom_key: &custom_key,
        };
        if nested {
            state.write_nested(&place, &"gate".into(), false, value);
        } else {
            state.write_step(&place, value);
        }
    }

    #[test]
    fn a_nested_run_leaves_only_custom_behind() {
        let mut state = State::new(Map::new());
        put(&mut state, ["risk", "score"], false, Value::Int(1));
        put(&mut state, ["risk", "severity"], false, Value::text("low"));
        let parent = state.enter_nested();
        put(&mut state, ["risk", "score"], true, Value::Int(9));
        assert_eq!(
            to_json_text(&state.step),
            r#"{"risk":{"score":9}}"#,
            "hidden as a whole"
        );
        state.leave_nested(parent);
        assert_eq!(
            to_json_text(&state.step),
            r#"{"risk":{"score":1,"severity":"low"}}"#
        );
        assert_eq!(
            flat(state),
            r#"{"step.risk.score":1,"step.risk.severity":"low","custom.gate.score":9}"#
        );
    }

    #[test]
    fn transient_values_live_for_one_stage_and_stay_in_the_final_answer() {
        let mut state = State::new(Map::new());
        state.write_session(&"session.id".into(), Value::text("ses_1"));
        state.write_session(&"session.raw_token".into(), Value::text("t"));
        state.leave_stage();
        assert_eq!(to_json_text(&state.session), r#"{"id":"ses_1"}"#);
        assert_eq!(
            flat(state),
            r#"{"session.id":"ses_1","session.raw_token":"t"}"#
        );
    }

    #[test]
    fn what_is_forgotten_is_gone_and_what_it_hid_is_back() {
        let mut state = State::new(Map::new());
        put(&mut state, ["list", "hit"], false, Value::Bool(false));
        let parent = state.enter_nested();
        put(&mut state, ["risk", "hit"], true, Value::Int(9));
        let before = state.clone();
        put(&mut state, ["list", "hit"], true, Value::Bool(true));
        state.go_back(&before);
        assert_eq!(
            to_json_text(&state.step),
            r#"{"list":{"hit":false},"risk":{"hit":9}}"#
        );
        state.leave_nested(parent);
        assert_eq!(
            flat(state),
            r#"{"step.list.hit":false,"custom.gate.hit":9}"#
        );
    }
}
