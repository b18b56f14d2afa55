//! The two sides: somebody who is not found, and somebody who is found and whose password is wrong. What each of them
//! has in state at one point, as far as it is certain.

use crate::expr::{Read, Scope};
use crate::flow::{Block, Flow, FlowKind, Kind};
use crate::value::{Map, Text, Value};

/// Both sides on one way through a flow.
#[derive(Clone, PartialEq)]
pub struct Pair {
    /// Nobody was found.
    pub unknown: Side,
    /// Somebody was found, and the password is wrong.
    pub known: Side,
    /// A lookup has run.
    pub looked: bool,
    /// A password was judged.
    pub checked: bool,
}

/// What one side has in state. Expressions see it as it is: what is not certain is missing.
#[derive(Clone, PartialEq)]
pub struct Side {
    /// `event`, `step` and `custom`.
    state: Value,
    /// Whether this is the side of somebody who is found.
    found: bool,
}

impl Pair {
    /// Before anything has run.
    pub fn new() -> Pair {
        let side = |found| Side {
            state: Map::new().into(),
            found,
        };
        Pair {
            unknown: side(false),
            known: side(true),
            looked: false,
            checked: false,
        }
    }

    /// Adds what a block writes.
    pub fn tell(&mut self, flow: &Flow, block: &Block) {
        self.looked |= block.kind == Kind::IdentityLookup;
        self.checked |= block.kind == Kind::PasswordCheck;
        self.unknown.tell(flow, block);
        self.known.tell(flow, block);
    }

    /// Whether a read gives the two sides different values.
    pub fn tells_apart(&self, read: &Read) -> bool {
        let (unknown, known) = (self.unknown.at(&read.path), self.known.at(&read.path));
        let differs = known.is_some() && unknown != known;
        self.looked && (differs || of_user(&read.path))
    }

    /// The `step` that the parent has again when a custom flow ends (ST-4).
    pub fn restore_step(&mut self, before: &Pair) {
        let step = [Text::from("step")];
        for (side, before) in [
            (&mut self.unknown, &before.unknown),
            (&mut self.known, &before.known),
        ] {
            let kept = before.at(&step).cloned();
            side.put(&step, kept.unwrap_or_else(|| Map::new().into()));
        }
    }
}

impl Side {
    /// Adds what a block writes.
    pub fn tell(&mut self, flow: &Flow, block: &Block) {
        let (key, value) = if block.kind == Kind::IdentityLookup {
            ("found", self.found)
        } else if block.kind == Kind::PasswordCheck {
            ("verified", false)
        } else {
            return;
        };
        if key == "found" && self.found {
            self.put(&["event", "user", "id"].map(Text::from), "usr".into());
        }
        let mut outputs = Map::new();
        outputs.insert(key, value);
        let slug = &block.slug.value;
        self.put(&["step".into(), slug.clone()], outputs.into());
        if flow.kind == FlowKind::Custom {
            let path = ["custom".into(), flow.slug.value.clone(), key.into()];
            self.put(&path, value.into());
        }
    }

    /// Whether this is the side of somebody who is found.
    pub fn is_found(&self) -> bool {
        self.found
    }

    /// Whether it is certain what is under a path, or that nothing is.
    pub fn is_certain(&self, path: &[Text]) -> bool {
        let depth = if is_root(path, "step") { 2 } else { 3 };
        let told = path.get(..depth.min(path.len())).unwrap_or_default();
        of_user(path) && !self.found || self.at(told).is_some()
    }

    /// Sets a value, and maps on the way to it.
    pub fn put(&mut self, path: &[Text], value: Value) {
        put(&mut self.state, path, value);
    }

    fn at(&self, path: &[Text]) -> Option<&Value> {
        path.iter()
            .try_fold(&self.state, |value, key| value.get(key))
    }
}

impl Scope for Side {
    fn root(&self, name: &str) -> Option<&Value> {
        self.state.get(name)
    }

    fn roots(&self) -> &[&'static str] {
        &crate::expr::ROOTS
    }
}

/// Whether a path is `event.user` or leads into it.
pub fn of_user(path: &[Text]) -> bool {
    is_root(path, "event") && path.get(1).is_some_and(|name| &**name == "user")
}

fn is_root(path: &[Text], root: &str) -> bool {
    path.first().is_some_and(|first| &**first == root)
}

/// Paths are as long as an expression nests, which is bounded.
fn put(into: &mut Value, path: &[Text], value: Value) {
    let Some((key, deeper)) = path.split_first() else {
        *into = value;
        return;
    };
    let mut map = into.as_map().cloned().unwrap_or_default();
    let mut inner = map.remove(key).unwrap_or_default();
    put(&mut inner, deeper, value);
    map.insert(key.clone(), inner);
    *into = map.into();
}
