//! What is true of a run besides its position: state, the identity at hand, what was audited, what would
//! have happened outside. Blocks change it; the state machine only reads it at the end.

use super::planted::{self, Flaw, planted};
use super::program::Node;
use super::seed;
use super::state::State;
use super::{Identity, IdentityStatus, PasswordInput, World};
use crate::flow::FlowKind;
use crate::trace::{Audit, AuditOutcome, SideEffects};
use crate::value::{Map, Text, Value};
use std::sync::Arc;

/// The facts of a run.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What the run depends on.
    pub world: Arc<World>,
    /// The namespaces.
    pub state: State,
    /// Who was found, or is known from the start.
    pub identity: Option<Arc<Identity>>,
    /// The run's own copy of all identities, once one of them changed.
    changed: Option<Vec<Arc<Identity>>>,
    /// 0 to 3 (ST-5).
    aal: u8,
    /// What passed, in order (ST-5).
    pub methods: Vec<Text>,
    /// What was audited, in order.
    pub audit: Vec<Audit>,
    /// What would have happened outside.
    pub side_effects: SideEffects,
    /// Whether a one-time code was sent, and by which channel.
    pub code_sent: Option<Text>,
    /// Whether a social provider accepted, and which one was asked.
    pub social: Option<bool>,
    /// The provider of the last redirect.
    pub social_provider: Option<Text>,
    /// Whether the passkey that passed last is bound to hardware.
    pub hardware_key: bool,
}

/// The system flows in which `event.user` is absent until a lookup finds somebody (ST-5).
const WITHOUT_USER: [&str; 4] = ["login", "password-reset", "mfa-enrol", "mfa-verify"];

impl Facts {
    /// The facts at the start of a run of this flow.
    pub fn new(world: &Arc<World>, flow: &str, kind: FlowKind) -> Self {
        let mut event = world.event.clone();
        let authentication: Map = [
            ("aal", Value::text("aal0")),
            ("methods", Value::list(Vec::new())),
            ("risk_score", Value::Int(0)),
        ]
        .into_iter()
        .collect();
        event.insert("authentication", authentication);
        let mut facts = Facts {
            world: world.clone(),
            state: State::new(event),
            identity: None,
            changed: None,
            aal: 0,
            methods: Vec::new(),
            audit: Vec::new(),
            side_effects: SideEffects::default(),
            code_sent: None,
            social: None,
            social_provider: None,
            hardware_key: false,
        };
        let absent = kind == FlowKind::System && WITHOUT_USER.contains(&flow);
        if kind == FlowKind::System && flow == "registration" {
            let profile = world.input.profile.as_deref().cloned().unwrap_or_default();
            if !planted(Flaw::NobodyRegisters) {
                facts.state.set_event("user", profile.into());
            }
        } else if let Some(subject) = world
            .subject
            .filter(|_| !absent || planted(Flaw::EventUserFromStart))
        {
            facts.found(world.identities[subject].clone());
        }
        facts
    }

    /// Every identity that a lookup can find.
    pub fn identities(&self) -> &[Arc<Identity>] {
        self.changed.as_deref().unwrap_or(&self.world.identities)
    }

    /// Makes an identity the one at hand, and shows it as `event.user`.
    pub fn found(&mut self, identity: Arc<Identity>) {
        self.state.set_event("user", identity.event_user().into());
        self.identity = Some(identity);
    }

    /// Changes the identity at hand; later lookups see it, nothing survives the run.
    pub fn change_identity(&mut self, change: impl FnOnce(&mut Identity)) {
        let Some(identity) = &mut self.identity else {
            return;
        };
        let id = identity.id.clone();
        change(Arc::make_mut(identity));
        let identity = identity.clone();
        let all = self
            .changed
            .get_or_insert_with(|| self.world.identities.clone());
        match all.iter_mut().find(|known| known.id == id) {
            Some(known) => *known = identity.clone(),
            None => all.push(identity.clone()),
        }
        self.found(identity);
    }

    /// Adds an identity and makes it the one at hand.
    pub fn create_identity(&mut self, identity: Identity) {
        let identity = Arc::new(identity);
        self.changed
            .get_or_insert_with(|| self.world.identities.clone())
            .push(identity.clone());
        self.found(identity);
    }

    /// The submitted password, resolved: `right` is the scenario's identity's own.
    pub fn submitted_password(&self) -> Option<Text> {
        match self.world.input.password.as_ref()? {
            PasswordInput::Right => self
                .world
                .identities
                .get(self.world.subject?)?
                .password
                .clone(),
            PasswordInput::Wrong => None,
            PasswordInput::Text(text) => Some(text.clone()),
        }
    }

    /// Whether the identity at hand may sign in, and the audit code when it may not.
    pub fn barred(&self) -> Option<&'static str> {
        match self.identity.as_ref()?.status {
            IdentityStatus::Active => None,
            IdentityStatus::Disabled => Some("account_disabled"),
            IdentityStatus::Locked => Some("account_locked"),
        }
    }

    /// The level of assurance, as `event.authentication.aal` shows it.
    pub fn aal(&self) -> Text {
        Text::from(["aal0", "aal1", "aal2", "aal3"][usize::from(self.aal.min(3))])
    }

    /// Lifts the level of assurance (never lowers it) and appends a method that passed.
    pub fn passed(&mut self, aal: u8, method: &Text) {
        if aal > self.aal {
            self.aal = aal;
            let shown = self.aal();
            self.state.set_authentication("aal", shown.into());
        }
        if !self.methods.contains(method) {
            let at = if planted(Flaw::MethodsBackwards) {
                0
            } else {
                self.methods.len()
            };
            self.methods.insert(at, method.clone());
            let methods = self.method_list();
            self.state.set_authentication("methods", methods);
        }
    }

    /// The methods that passed, as a value.
    pub fn method_list(&self) -> Value {
        Value::list(self.methods.iter().cloned().map(Value::Text).collect())
    }

    /// Appends an audit entry about a block (AUD-1).
    pub fn audit(&mut self, kind: &str, outcome: AuditOutcome, node: &Node, data: Value) {
        self.audit.push(Audit {
            kind: Text::from(kind),
            outcome,
            flow: node.flow.clone(),
            block: Some(node.path.clone()),
            data,
        });
    }

    /// An id derived from the seed for a block (DET-2).
    pub fn derived_id(&self, prefix: &str, purpose: &str, node: &Node) -> Text {
        let seed = match planted(Flaw::SeedIgnored) {
            true => 0,
            false => self.world.seed.wrapping_add(planted::drift()),
        };
        seed::id(prefix, seed, purpose, &node.path)
    }
}

/// A map of one entry, as audit data mostly is.
pub fn data(key: &str, value: impl Into<Value>) -> Value {
    let mut map = Map::with_capacity(1);
    map.insert(key, value);
    map.into()
}

/// An empty map.
pub fn no_data() -> Value {
    Value::map(Map::new())
}
