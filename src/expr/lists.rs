//! Lists that decide a condition: for every path that is read as a list, lists with an item that the condition looks
//! for, for whoever generates inputs. Of what is computed first (a sum, an item by its index) nothing is known.

use super::names::Function;
use super::syntax::{Argument, BinaryOp, Macro, Node, Step};
use crate::value::{Map, Text, Value};

/// The longest list that is made to be long enough.
const LONGEST: i64 = 16;

type Sample = (Vec<Text>, Value);

pub(super) fn of(node: &Node) -> Vec<Sample> {
    let mut found = Vec::new();
    walk(node, &mut |node| match node {
        Node::Fold(first, rest) => {
            if let [(op, right)] = rest.as_slice() {
                compared(first, *op, right, &mut found);
            }
        }
        Node::Member(base, steps) => {
            if let (Node::Path(path), Some(Step::Macro(call))) = (&**base, steps.first()) {
                let items = items(call).into_iter();
                found.extend(items.map(|item| (path.texts(), one(item))));
            }
        }
        _ => {}
    });
    found
}

fn one(item: Value) -> Value {
    vec![item].into()
}

/// `'x' in path` holds of a list and of a map with such a key; `size(path) > 2` of a list that is long enough.
fn compared(left: &Node, op: BinaryOp, right: &Node, found: &mut Vec<Sample>) {
    match (left, op, right) {
        (Node::Literal(item), BinaryOp::In, Node::Path(path)) => {
            found.push((path.texts(), one(item.clone())));
            if let Value::Text(key) = item {
                let map: Map = [(key.clone(), Value::Bool(true))].into_iter().collect();
                found.push((path.texts(), map.into()));
            }
        }
        (left, _, Node::Literal(Value::Int(size))) if (0..LONGEST).contains(size) => {
            let list = |items: i64| -> Value {
                let items = (0..items).map(|_| Value::text("something"));
                items.collect::<Vec<Value>>().into()
            };
            let sized = sized(left).into_iter();
            found.extend(
                sized.flat_map(|path| [(path.clone(), list(*size)), (path, list(size + 1))]),
            );
        }
        _ => {}
    }
}

/// The path whose size this is.
fn sized(node: &Node) -> Option<Vec<Text>> {
    match node {
        Node::Call(Function::Size, inner, _) => match &**inner {
            Node::Path(path) => Some(path.texts()),
            _ => None,
        },
        Node::Member(base, steps) => match (&**base, steps.as_slice()) {
            (Node::Path(path), [Step::Call(Function::Size, _)]) => Some(path.texts()),
            _ => None,
        },
        _ => None,
    }
}

/// What a macro looks for among the items: values, or maps with a field of that value.
fn items(call: &Macro) -> Vec<Value> {
    let mut found = Vec::new();
    let tests = call.test.iter().chain(&call.result);
    for test in tests {
        truths(test, &mut found);
        walk(test, &mut |node| looked_for(node, &mut found));
    }
    found
}

/// Variables and their fields that are themselves the condition.
fn truths(node: &Node, found: &mut Vec<Value>) {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| truths(part, found)),
        Node::Not(inner, _) => truths(inner, found),
        other => {
            let own = fields(other).filter(|(_, rest)| rest.is_empty());
            found.extend(own.map(|(names, _)| within(&names, Value::Bool(true))));
        }
    }
}

/// Values that the variable of a macro, or a field of it, is compared with.
fn looked_for(node: &Node, found: &mut Vec<Value>) {
    match node {
        Node::Fold(first, rest) => {
            for (one, other) in rest
                .iter()
                .flat_map(|(_, right)| [(&**first, right), (right, first)])
            {
                let Some((names, _)) = fields(one) else {
                    continue;
                };
                match other {
                    Node::Literal(Value::List(values)) => {
                        found.extend(values.iter().map(|value| within(&names, value.clone())));
                    }
                    Node::Literal(value) => found.push(within(&names, value.clone())),
                    _ => {}
                }
            }
        }
        Node::Member(..) => {
            let Some((names, rest)) = fields(node) else {
                return;
            };
            for step in rest {
                match step {
                    Step::Call(_, Argument::Value(text)) => {
                        if let Node::Literal(text) = &**text {
                            found.push(within(&names, text.clone()));
                        }
                    }
                    Step::Call(_, Argument::Pattern(pattern)) => {
                        found.push(within(&names, Value::text(pattern.sample())));
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// The fields of a variable, and what is done with them.
fn fields(node: &Node) -> Option<(Vec<Text>, &[Step])> {
    match node {
        Node::Variable(_) => Some((Vec::new(), &[])),
        Node::Member(base, steps) => {
            let Node::Variable(_) = &**base else {
                return None;
            };
            let named = |step: &Step| match step {
                Step::Field(name) => Some(name.text.clone()),
                Step::Index(_) | Step::Call(..) | Step::Macro(_) => None,
            };
            let names: Vec<Text> = steps.iter().map_while(named).collect();
            let rest = steps.get(names.len()..).unwrap_or_default();
            Some((names, rest))
        }
        _ => None,
    }
}

/// A map of maps down to a value.
fn within(names: &[Text], value: Value) -> Value {
    names.iter().rev().fold(value, |value, name| {
        let map: Map = [(name.clone(), value)].into_iter().collect();
        map.into()
    })
}

/// Every node of a tree.
fn walk<'n>(node: &'n Node, visit: &mut dyn FnMut(&'n Node)) {
    visit(node);
    match node {
        Node::Literal(_) | Node::Path(_) | Node::Variable(_) | Node::Has(_) => {}
        Node::Member(base, steps) => {
            walk(base, visit);
            for step in steps {
                match step {
                    Step::Field(_) | Step::Call(_, Argument::None | Argument::Pattern(_)) => {}
                    Step::Index(inner) => walk(inner, visit),
                    Step::Call(_, Argument::Value(inner)) => walk(inner, visit),
                    Step::Macro(call) => {
                        let parts = call.test.iter().chain(&call.result);
                        parts.for_each(|part| walk(part, visit));
                    }
                }
            }
        }
        Node::List(parts) | Node::And(parts) | Node::Or(parts) => {
            parts.iter().for_each(|part| walk(part, visit));
        }
        Node::Map(entries) => entries.iter().for_each(|(key, value)| {
            walk(key, visit);
            walk(value, visit);
        }),
        Node::Not(inner, _) | Node::Negate(inner, _) => walk(inner, visit),
        Node::Fold(first, rest) => {
            walk(first, visit);
            rest.iter().for_each(|(_, part)| walk(part, visit));
        }
        Node::Choose(pairs, last) => {
            pairs.iter().for_each(|(test, result)| {
                walk(test, visit);
                walk(result, visit);
            });
            walk(last, visit);
        }
        Node::Call(_, first, argument) => {
            walk(first, visit);
            if let Argument::Value(inner) = argument {
                walk(inner, visit);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Expr;
    use crate::value::to_json_text;

    #[test]
    fn lists_hold_what_the_condition_looks_for() {
        for (source, expected) in [
            (
                "'x' in event.tags",
                r#"event.tags:["x"] event.tags:{"x":true}"#,
            ),
            ("7 in event.tags", "event.tags:[7]"),
            ("event.a in ['x', 'y']", ""),
            ("size(event.l) > 0", r#"event.l:[] event.l:["something"]"#),
            (
                "event.l.size() == 1",
                r#"event.l:["something"] event.l:["something","something"]"#,
            ),
            ("size(event.l) > 1000000", ""),
            ("event.l.exists(i, i == 'x')", r#"event.l:["x"]"#),
            (
                "event.l.exists(i, 'x' == i.lowerAscii())",
                r#"event.l:["x"]"#,
            ),
            (
                "event.l.all(i, i in ['x', 'y'])",
                r#"event.l:["x"] event.l:["y"]"#,
            ),
            ("event.l.exists(i, i.startsWith('st'))", r#"event.l:["st"]"#),
            (
                "event.l.exists(i, i.matches('^(stolen|lost)[0-9]{2}$'))",
                r#"event.l:["stolen00"]"#,
            ),
            (
                "size(event.l.filter(i, i.a.b == 3)) > 1",
                r#"event.l:[{"a":{"b":3}}]"#,
            ),
            ("event.l.exists(i, i.bad)", r#"event.l:[{"bad":true}]"#),
            ("event.l.exists(i, !i)", "event.l:[true]"),
            ("[event.a].exists(i, i)", ""),
        ] {
            let lists = Expr::parse(source).expect("valid").lists();
            let shown = lists.iter();
            let shown =
                shown.map(|(path, list)| format!("{}:{}", path.join("."), to_json_text(list)));
            let shown: Vec<String> = shown.collect();
            assert_eq!(shown.join(" "), expected, "{source}");
        }
    }
}
