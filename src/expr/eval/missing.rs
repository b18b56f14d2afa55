//! The message for a missing path: the path itself, and the nearest one that exists. Names are shown,
//! values never.

use crate::expr::syntax::{Name, Path, push_name, show};
use crate::expr::{EvalError, Scope, names};
use crate::value::Value;

/// A name that its holder does not have.
pub(super) struct Missing<'m> {
    /// The path of the holder, as written.
    pub prefix: String,
    /// The holder; none when it is no JSON value or is missing itself.
    pub holder: Option<&'m Value>,
    /// What an author would call the holder.
    pub kind: &'static str,
    pub name: &'m Name,
    /// What follows the missing name.
    pub rest: &'m [Name],
}

impl<'m> Missing<'m> {
    /// Walks a path again, up to the first name that is missing.
    pub fn of_path(scope: &'m dyn Scope, path: &'m Path) -> MissingPath<'m> {
        let Some(mut holder) = scope.root(path.root) else {
            return MissingPath::Root(scope, path);
        };
        for (at, name) in path.names.iter().enumerate() {
            let Some(value) = holder.get(&name.text) else {
                return MissingPath::Name(Missing {
                    prefix: show(path.root, &path.names[..at]),
                    holder: Some(holder),
                    kind: holder.kind_name(),
                    name,
                    rest: &path.names[at + 1..],
                });
            };
            holder = value;
        }
        MissingPath::Root(scope, path)
    }

    pub fn told(&self) -> EvalError {
        let mut whole = self.prefix.clone();
        push_name(&mut whole, &self.name.text);
        let whole = show(&whole, self.rest);
        EvalError::new(format!("`{whole}` does not exist; {}", self.hint()))
    }

    fn hint(&self) -> String {
        if let Some(spaced) = self.swallowed_minus() {
            return format!("write spaces around the minus: `{spaced}`");
        }
        let Some(map) = self.holder.and_then(Value::as_map) else {
            return format!(
                "the nearest existing path is `{}`, which is {}",
                self.prefix, self.kind
            );
        };
        let mut nearest = self.prefix.clone();
        if let Some(key) = names::closest(&self.name.text, map.keys().map(|key| &**key)) {
            push_name(&mut nearest, key);
        }
        format!("the nearest existing path is `{nearest}`")
    }

    /// The path is missing only because of a hyphen: what stands before it exists.
    fn swallowed_minus(&self) -> Option<String> {
        if !self.name.dotted {
            return None;
        }
        let map = self.holder?.as_map()?;
        let text = &*self.name.text;
        let (head, tail) = text
            .rmatch_indices('-')
            .filter_map(|(at, _)| Some((text.get(..at)?, text.get(at + 1..)?)))
            .find(|(head, _)| map.contains_key(head))?;
        let mut spaced = self.prefix.clone();
        push_name(&mut spaced, head);
        Some(show(&format!("{spaced} - {tail}"), self.rest))
    }
}

pub(super) enum MissingPath<'m> {
    Root(&'m dyn Scope, &'m Path),
    Name(Missing<'m>),
}

impl MissingPath<'_> {
    #[cold]
    pub fn told(&self) -> EvalError {
        match self {
            MissingPath::Name(missing) => missing.told(),
            MissingPath::Root(scope, path) => {
                let present: Vec<&str> = scope
                    .roots()
                    .iter()
                    .copied()
                    .filter(|root| scope.root(root).is_some())
                    .collect();
                let present = if present.is_empty() {
                    "nothing exists here".to_owned()
                } else {
                    format!("what exists here is {}", present.join(", "))
                };
                EvalError::new(format!("`{}` does not exist; {present}", path.shown()))
            }
        }
    }
}
