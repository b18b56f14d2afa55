//! What a run knows (ST): event, step, session, custom, as blocks at work see them. A nested run writes over
//! its parent's `step` as a whole slug at a time, and the parent's comes back when it ends (ST-4).

use crate::expr::Scope;
use crate::value::{Map, Text, Value};
use std::collections::BTreeSet;

/// The keys that live for the stage that wrote them (ST-6).
const TRANSIENT: [&str; 3] = ["raw_token", "access_token", "refresh_token"];

#[derive(Clone)]
pub(super) struct State {
    pub event: Map,
    pub step: Map,
    pub custom: Map,
    pub session: Map,
    /// The stage of the outermost flow that runs.
    pub stage: usize,
    /// The stage that wrote the transient keys last, by key.
    transient: Vec<(Text, usize)>,
    /// The slugs that the nested run has written; None outside one.
    nested: Option<BTreeSet<Text>>,
}

/// The parent's `step` while a nested run lasts.
pub(super) struct Suspended(Map);

/// What an expression, a template or an action sees at one instant.
pub(super) struct View {
    pub event: Value,
    pub step: Value,
    pub custom: Value,
    pub session: Value,
}

impl State {
    pub fn new(event: Map) -> Self {
        let mut state = State {
            event,
            step: Map::new(),
            custom: Map::new(),
            session: Map::new(),
            stage: 0,
            transient: Vec::new(),
            nested: None,
        };
        let authentication: Map = [
            ("aal", Value::text("aal0")),
            ("methods", Value::list(Vec::new())),
            ("risk_score", Value::Int(0)),
        ]
        .into_iter()
        .collect();
        state.event.insert("authentication", authentication);
        state
    }

    /// `step.<slug>.<field>`, and `custom.<flow>.<field>` inside a custom flow.
    pub fn write(&mut self, slug: &Text, field: &str, value: Value, custom: Option<&Text>) {
        if let Some(nested) = &mut self.nested
            && nested.insert(slug.clone())
        {
            self.step.insert(slug.clone(), Map::new());
        }
        put(&mut self.step, slug, field, value.clone());
        if let Some(flow) = custom {
            put(&mut self.custom, flow, field, value);
        }
    }

    /// `session.<key>`
    pub fn write_session(&mut self, key: &str, value: Value) {
        self.session.insert(key, value);
        if TRANSIENT.contains(&key) {
            self.transient.retain(|(known, _)| **known != *key);
            self.transient.push((key.into(), self.stage));
        }
    }

    pub fn suspend(&mut self) -> Suspended {
        self.nested = Some(BTreeSet::new());
        Suspended(self.step.clone())
    }

    pub fn resume(&mut self, parent: Suspended) {
        self.nested = None;
        self.step = parent.0;
    }

    /// Goes back to what was written before; the event is no state that a block writes.
    pub fn forget(&mut self, before: State) {
        let event = std::mem::take(&mut self.event);
        *self = State { event, ..before };
    }

    pub fn view(&self) -> View {
        let mut session = self.session.clone();
        for (key, stage) in &self.transient {
            if *stage != self.stage {
                session.remove(key);
            }
        }
        View {
            event: self.event.clone().into(),
            step: self.step.clone().into(),
            custom: self.custom.clone().into(),
            session: session.into(),
        }
    }

    /// All but the event, flat to three names.
    pub fn flat(&self) -> Vec<(Text, Value)> {
        let mut flat = Vec::new();
        for (root, map) in [("step", &self.step), ("custom", &self.custom)] {
            for (slug, fields) in map.iter() {
                for (field, value) in fields.as_map().into_iter().flat_map(Map::iter) {
                    flat.push((format!("{root}.{slug}.{field}").into(), value.clone()));
                }
            }
        }
        for (key, value) in self.session.iter() {
            flat.push((format!("session.{key}").into(), value.clone()));
        }
        flat
    }

    pub fn user(&self) -> Option<&Map> {
        self.event.get("user")?.as_map()
    }

    pub fn user_text(&self, key: &str) -> Option<Text> {
        self.user()?.get(key)?.as_text().map(Text::from)
    }

    pub fn set_user(&mut self, key: &str, value: impl Into<Value>) {
        put(&mut self.event, "user", key, value.into());
    }

    pub fn authentication(&self, key: &str) -> Value {
        let authentication = self.event.get("authentication");
        authentication
            .and_then(|map| map.get(key))
            .cloned()
            .unwrap_or_default()
    }

    pub fn set_authentication(&mut self, key: &str, value: impl Into<Value>) {
        put(&mut self.event, "authentication", key, value.into());
    }

    /// A method passed (ST-5): the level never sinks.
    pub fn passed(&mut self, method: &str, aal: &str) {
        let methods = self.authentication("methods");
        let mut methods = methods.as_list().unwrap_or_default().to_vec();
        if !methods.contains(&method.into()) {
            methods.push(method.into());
            self.set_authentication("methods", methods);
        }
        if self.authentication("aal").as_text() < Some(aal) {
            self.set_authentication("aal", aal);
        }
    }
}

fn put(map: &mut Map, key: &str, field: &str, value: Value) {
    let inner = map.get(key).and_then(Value::as_map);
    let mut inner = inner.cloned().unwrap_or_default();
    inner.insert(field, value);
    map.insert(key, inner);
}

impl Scope for View {
    fn root(&self, name: &str) -> Option<&Value> {
        match name {
            "event" => Some(&self.event),
            "step" => Some(&self.step),
            "custom" => Some(&self.custom),
            "session" => Some(&self.session),
            _ => None,
        }
    }

    fn roots(&self) -> &[&'static str] {
        &["event", "step", "custom", "session"]
    }
}
