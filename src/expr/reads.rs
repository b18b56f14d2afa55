//! The static paths an expression reads, and which of them happen only after `has()` has said yes. Guards
//! are followed through `!`, `&&`, `||` and `? :`; nothing is known about paths with computed parts.

use super::Read;
use super::syntax::{Argument, Node, Path, Step};

pub(super) fn of(node: &Node) -> Vec<Read> {
    let mut walk = Walk::default();
    walk.node(node);
    walk.reads
}

#[derive(Default)]
struct Walk<'n> {
    reads: Vec<Read>,
    /// Paths known to be present where the walk stands.
    present: Vec<&'n Path>,
    /// How many `has()` the walk is inside.
    inside: usize,
}

impl<'n> Walk<'n> {
    fn node(&mut self, node: &'n Node) {
        match node {
            Node::Literal(_) | Node::Variable(_) => {}
            Node::Path(path) => self.path(path, false),
            Node::Member(base, steps) => {
                self.node(base);
                steps.iter().for_each(|step| self.step(step));
            }
            Node::List(items) => items.iter().for_each(|item| self.node(item)),
            Node::Map(entries) => entries.iter().for_each(|(key, value)| {
                self.node(key);
                self.node(value);
            }),
            Node::Not(inner, _) | Node::Negate(inner, _) => self.node(inner),
            Node::And(parts) => self.in_turn(parts, When::True),
            Node::Or(parts) => self.in_turn(parts, When::False),
            Node::Fold(first, rest) => {
                self.node(first);
                rest.iter().for_each(|(_, node)| self.node(node));
            }
            Node::Choose(pairs, last) => self.choose(pairs, last),
            Node::Has(inner) => self.has(inner),
            Node::Call(_, first, argument) => {
                self.node(first);
                self.argument(argument);
            }
        }
    }

    fn step(&mut self, step: &'n Step) {
        match step {
            Step::Field(_) => {}
            Step::Index(index) => self.node(index),
            Step::Call(_, argument) => self.argument(argument),
            Step::Macro(call) => {
                call.test.iter().for_each(|node| self.node(node));
                call.result.iter().for_each(|node| self.node(node));
            }
        }
    }

    fn argument(&mut self, argument: &'n Argument) {
        match argument {
            Argument::None | Argument::Pattern(_) => {}
            Argument::Value(node) => self.node(node),
        }
    }

    /// Each part is reached only when those before it came out as `when`.
    fn in_turn(&mut self, parts: &'n [Node], when: When) {
        let known = self.present.len();
        for part in parts {
            self.node(part);
            learn(part, when, &mut self.present);
        }
        self.present.truncate(known);
    }

    fn choose(&mut self, pairs: &'n [(Node, Node)], last: &'n Node) {
        let outer = self.present.len();
        for (test, result) in pairs {
            self.node(test);
            let known = self.present.len();
            learn(test, When::True, &mut self.present);
            self.node(result);
            self.present.truncate(known);
            learn(test, When::False, &mut self.present);
        }
        self.node(last);
        self.present.truncate(outer);
    }

    fn has(&mut self, inner: &'n Node) {
        self.inside += 1;
        if let Node::Path(path) = inner {
            self.path(path, true);
        } else {
            self.node(inner);
        }
        self.inside -= 1;
    }

    fn path(&mut self, path: &'n Path, has: bool) {
        let guarded = self.inside > 0 || self.present.iter().any(|known| guards(known, path));
        self.reads.push(Read {
            path: path.texts(),
            guarded,
            has,
            range: path.range.clone(),
        });
    }
}

/// A present path proves every prefix; it also vouches for what lies below, unless it is a bare root.
fn guards(known: &Path, path: &Path) -> bool {
    path.is_prefix_of(known) || (!known.names.is_empty() && known.is_prefix_of(path))
}

#[derive(Clone, Copy)]
enum When {
    True,
    False,
}

/// Adds the paths that are present when `node` has come out as `when`.
fn learn<'n>(node: &'n Node, when: When, present: &mut Vec<&'n Path>) {
    match (node, when) {
        (Node::Has(inner), When::True) => {
            if let Node::Path(path) = &**inner {
                present.push(path);
            }
        }
        (Node::Not(inner, times), when) => learn(inner, turned(when, *times), present),
        (Node::And(parts), When::True) | (Node::Or(parts), When::False) => {
            parts.iter().for_each(|part| learn(part, when, present));
        }
        _ => {}
    }
}

fn turned(when: When, times: super::syntax::Times) -> When {
    match (when, times) {
        (When::True, super::syntax::Times::Odd) => When::False,
        (When::False, super::syntax::Times::Odd) => When::True,
        (when, super::syntax::Times::Even) => when,
    }
}
