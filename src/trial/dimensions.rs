//! In what ways the world of a flow can be another: who signs in, what they type and answer, from where, and what its
//! blocks find. Values are those that the flow's own conditions mention, and their neighbours.

use super::answers::answers;
use super::default::webhooks;
use super::guards::may_write;
use super::{Placed, placed};
use crate::expr::Expr;
use crate::flow::{Config, Flow, Kind};
use crate::value::Text;
use crate::workspace::Workspace;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Wrong answers beyond so many are left out.
const MOST_WRONG: u32 = 9;

/// One way in which a world can be another.
#[derive(Debug, Clone)]
pub struct Dimension {
    /// The keys that lead to the part of the scenario document.
    pub keys: Vec<String>,
    /// What may stand there.
    pub choices: Vec<Value>,
}

impl Dimension {
    fn new(keys: &[&str], choices: Vec<Value>) -> Dimension {
        Dimension {
            keys: keys.iter().map(ToString::to_string).collect(),
            choices,
        }
    }

    /// Lets one of the choices stand in a document.
    pub fn apply(&self, choice: usize, document: &mut Value) {
        let of_person = self.keys.len() > 1 && self.keys[0] == "identity";
        if of_person && !document["identity"].is_object() {
            document["identity"] = somebody();
        }
        if let Some(value) = self.choices.get(choice) {
            set(document, &self.keys, value.clone());
        }
    }
}

/// An inline identity, of whom one thing is going to differ.
fn somebody() -> Value {
    json!({
        "email": "somebody@example.org",
        "phone": "+15550199",
        "password": "Somebody's Passw0rd 1",
        "email_verified": true,
        "mfa": ["totp", "webauthn"],
    })
}

/// Sets a value, with the maps that lead to it; a preset of `request` becomes an object with an overlay.
fn set(document: &mut Value, keys: &[String], value: Value) {
    let Some((key, rest)) = keys.split_first() else {
        *document = value;
        return;
    };
    if !document.is_object() {
        *document = match document {
            Value::String(preset) => json!({ "preset": preset }),
            _ => Value::Object(Map::new()),
        };
    }
    if let Some(map) = document.as_object_mut() {
        set(map.entry(key.clone()).or_insert(Value::Null), rest, value);
    }
}

/// All of a flow, in a fixed order.
pub fn dimensions(flow: &Flow, workspace: &Workspace) -> Vec<Dimension> {
    let blocks = placed(flow, workspace);
    let mut all = people(&blocks, workspace);
    for one in &blocks {
        if one.block.kind.info().prompts {
            let answers = vec![
                json!("right"),
                json!("wrong"),
                at_last(one),
                json!("abandon"),
            ];
            all.push(Dimension::new(&["answers", &one.path], answers));
        }
    }
    let mut values: BTreeMap<Vec<String>, Vec<Value>> = BTreeMap::new();
    for one in &blocks {
        for expr in conditions(one) {
            mentioned(expr, one, &blocks, &mut values);
        }
    }
    let dimension = |(keys, choices)| Dimension { keys, choices };
    all.extend(values.into_iter().map(dimension));
    let answers = answers(&blocks, workspace, &webhooks(&blocks));
    if !answers.is_empty() {
        all.push(Dimension::new(&["webhooks"], answers));
    }
    all
}

/// Wrong as often as a block bears it, and right then; what is answered so often that nobody does it is left out.
fn at_last(one: &Placed) -> Value {
    let wrong = match &one.block.config {
        Config::Attempts { attempts } | Config::Mfa { attempts, .. } => {
            attempts.saturating_sub(1).clamp(1, MOST_WRONG)
        }
        _ => 1,
    };
    let answers = (0..wrong).map(|_| json!("wrong"));
    answers.chain([json!("right")]).collect()
}

/// Who signs in, with what, and from where.
fn people(blocks: &[Placed], workspace: &Workspace) -> Vec<Dimension> {
    let has = |kind: Kind| blocks.iter().any(|one| one.block.kind == kind);
    let names = workspace.identities.iter().take(24);
    let names = names.filter_map(|identity| identity.name.as_deref().map(|name| json!(name)));
    let mut all = vec![
        Dimension::new(&["identity"], names.collect()),
        Dimension::new(
            &["request"],
            ["us", "tor", "vpn", "m2m"]
                .map(|preset| json!(preset))
                .into(),
        ),
        Dimension::new(
            &["request", "user_agent"],
            vec![json!("curl/8.0"), json!("")],
        ),
    ];
    if has(Kind::PasswordCheck) {
        let typed = vec![json!("wrong"), json!("right")];
        all.push(Dimension::new(&["input", "password"], typed));
    }
    if has(Kind::IdentityLookup) {
        let nobody = vec![json!("nobody@example.com")];
        all.push(Dimension::new(&["input", "identifier"], nobody));
    }
    if has(Kind::RefreshTokenValidate) {
        let tokens = ["valid", "expired", "reused"].map(|token| json!(token));
        all.push(Dimension::new(&["input", "refresh_token"], tokens.into()));
    }
    all
}

fn conditions<'a>(one: &Placed<'a>) -> Vec<&'a Expr> {
    match &one.block.config {
        Config::Decision { branches } => {
            let whens = branches.iter().filter_map(|branch| branch.when.as_ref());
            whens.map(|when| &*when.value).collect()
        }
        Config::Condition { when, .. } => vec![&*when.value],
        _ => Vec::new(),
    }
}

/// Adds what an expression compares its paths with; a path that it only reads is a truth value.
fn mentioned(
    expr: &Expr,
    reader: &Placed,
    blocks: &[Placed],
    values: &mut BTreeMap<Vec<String>, Vec<Value>>,
) {
    let (literals, lists) = (expr.literals(), expr.lists());
    for read in expr.reads() {
        let Some(keys) = keys(&read.path, reader, blocks) else {
            continue;
        };
        let known = values.entry(keys).or_default();
        let compared = literals
            .iter()
            .filter(|(path, _)| path.as_ref() == Some(&read.path));
        let mut found: Vec<Value> = compared.flat_map(|(_, value)| around(value)).collect();
        let lists = lists.iter().filter(|(path, _)| *path == read.path);
        let mut lists: Vec<Value> = lists
            .filter_map(|(_, list)| serde_json::to_value(list).ok())
            .collect();
        if !lists.is_empty() {
            lists.push(json!([]));
            found = lists;
        }
        if found.is_empty() && !read.has {
            found = vec![json!(true), json!(false)];
        }
        for value in found {
            if !known.contains(&value) {
                known.push(value);
            }
        }
    }
    values.retain(|_, choices| !choices.is_empty());
}

/// A value and its neighbours.
fn around(value: &crate::value::Value) -> Vec<Value> {
    use crate::value::Value as V;
    match value {
        V::Int(number) => [-1, 0, 1].map(|by| json!(number.saturating_add(by))).into(),
        V::Float(number) => [-0.1, 0.0, 0.1].map(|by| json!(number + by)).into(),
        // the end of an address
        V::Text(text) if text.starts_with('@') => {
            vec![
                json!(format!("somebody{text}")),
                json!("somebody@example.org"),
            ]
        }
        V::Text(text) => vec![json!(&**text), json!("something else")],
        V::Bool(_) => vec![json!(true), json!(false)],
        V::Null | V::List(_) | V::Map(_) => Vec::new(),
    }
}

/// Where a scenario says what stands at a path; None where only the run can.
fn keys(path: &[Text], reader: &Placed, blocks: &[Placed]) -> Option<Vec<String>> {
    let words: Vec<&str> = path.iter().map(|word| &**word).collect();
    let tail = |from: usize| words[from..].iter().map(ToString::to_string);
    let at = |head: &[&str], from: usize| {
        let head = head.iter().map(ToString::to_string);
        Some(head.chain(tail(from)).collect())
    };
    match words.as_slice() {
        ["event", "request", _, ..] => at(&["request"], 2),
        ["event", "client", _, ..] => at(&["client"], 2),
        ["event", "user", "id" | "factors", ..] => None,
        ["event", "user", _, ..] if blocks.iter().any(registers) => at(&["input", "profile"], 2),
        ["event", "user", _, ..] => at(&["identity"], 2),
        ["event", "authentication", "risk_score"] => {
            let risk = blocks
                .iter()
                .find(|one| one.block.kind == Kind::RiskEvaluate)?;
            at(&["outputs", &risk.path, "score"], 3)
        }
        ["step", slug, _, ..] => {
            let writer = writer(slug, reader, blocks)?;
            at(&["outputs", &writer.path], 2)
        }
        ["custom", flow, field, ..] => {
            let mut inner = blocks.iter().rev().filter(|one| {
                let of_flow = one.outer.is_some() && &*one.flow.slug.value == *flow;
                of_flow && scriptable(one) && may_write(one.block, field)
            });
            at(&["outputs", &inner.next()?.path], 2)
        }
        _ => None,
    }
}

fn registers(one: &Placed) -> bool {
    one.block.kind == Kind::IdentityCreate
}

/// The block whose outputs a reader sees under a slug: of its own flow, else of the parent.
fn writer<'a>(slug: &str, reader: &Placed, blocks: &'a [Placed<'a>]) -> Option<&'a Placed<'a>> {
    let outer = |one: &Placed| one.outer.map(|block| block.slug.value.clone());
    let named = |one: &&Placed| &*one.block.slug.value == slug && scriptable(one);
    let own = blocks
        .iter()
        .filter(named)
        .find(|one| outer(one) == outer(reader));
    own.or_else(|| blocks.iter().filter(named).find(|one| one.outer.is_none()))
}

/// Whether outputs may be scripted; what answers and input decide is left to those.
fn scriptable(one: &Placed) -> bool {
    let info = one.block.kind.info();
    let decided = info.prompts || matches!(info.kind, Kind::PasswordCheck | Kind::IdentityLookup);
    !decided && !info.terminal && !info.branches && info.kind != Kind::RunCustomFlow
}
