//! A scenario for a flow that has none: somebody who is known, from an ordinary place, who types and answers what is
//! right, and webhooks that answer.

use super::dimensions::dimensions;
use super::{ASSUMED, Placed, Trial, Worlds, dice, placed};
use crate::engine::{Identity, IdentityStatus};
use crate::flow::{Config, Flow, Kind, Webhook};
use crate::trace::Ending;
use crate::workspace::Workspace;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many worlds are tried to find one that gets in.
const TRIES: usize = 256;

/// The first world that gets in; where none does, the plain one.
pub fn trial(workspace: &Workspace, flow: &Arc<Flow>) -> Option<Trial> {
    let plain = Trial::read(document(workspace, flow), workspace).ok()?;
    let gets_in = |trial: &Trial| trial.outcome().trace.ending == Ending::Allowed;
    if gets_in(&plain) {
        return Some(plain);
    }
    let worlds = Worlds {
        workspace,
        bases: vec![plain.clone()],
        dimensions: dimensions(flow, workspace),
    };
    let mut dice = dice(1, 0);
    let found = (0..TRIES).map(|_| worlds.make(&mut dice)).find(gets_in);
    Some(found.unwrap_or(plain))
}

/// The plain world as a document.
pub fn document(workspace: &Workspace, flow: &Flow) -> Value {
    let blocks = placed(flow, workspace);
    let has = |kind: Kind| blocks.iter().any(|one| one.block.kind == kind);
    let mut scenario = Map::new();
    let slug = &*flow.slug.value;
    scenario.insert("scenario".into(), json!(format!("{slug} by default")));
    scenario.insert("flow".into(), json!(slug));
    let mut input = Map::new();
    if has(Kind::IdentityCreate) || slug == "registration" {
        let profile = json!({ "email": "new-person@example.org", "name": "New Person" });
        input.insert("identifier".into(), json!("new-person@example.org"));
        input.insert("password".into(), json!("A long enough Passw0rd"));
        input.insert("profile".into(), profile);
    } else if let Some(name) = somebody(&blocks, workspace).and_then(|one| one.name.as_deref()) {
        scenario.insert("identity".into(), json!(name));
    }
    if has(Kind::PasswordUpdate) || has(Kind::CredentialSet) {
        input.insert("new_password".into(), json!("Another long Passw0rd"));
    }
    if !input.is_empty() {
        scenario.insert("input".into(), Value::Object(input));
    }
    let prompts = blocks.iter().filter(|one| one.block.kind.info().prompts);
    let answers: Map<String, Value> = prompts
        .map(|one| (one.path.to_string(), json!("right")))
        .collect();
    if !answers.is_empty() {
        scenario.insert("answers".into(), Value::Object(answers));
    }
    let webhooks = webhooks(&blocks);
    if !webhooks.is_empty() {
        scenario.insert("webhooks".into(), json!(webhooks));
    }
    Value::Object(scenario)
}

/// The first who may sign in; with a factor where the flow asks for one.
fn somebody<'a>(blocks: &[Placed], workspace: &'a Workspace) -> Option<&'a Arc<Identity>> {
    let asks = blocks.iter().any(|one| {
        matches!(
            one.block.kind,
            Kind::Mfa | Kind::RequireMfa | Kind::WebauthnBegin
        )
    });
    let known = |identity: &&Arc<Identity>| {
        let named = identity.name.is_some() && identity.email.is_some();
        named && identity.status == IdentityStatus::Active && identity.failed_logins == 0
    };
    let mut all = workspace.identities.iter().filter(known);
    let first = all.clone().next();
    let enrolled = |identity: &&Arc<Identity>| !asks || !identity.mfa.is_empty();
    all.find(enrolled).or(first)
}

/// One mock for each address, and one for whatever actions may fetch.
pub fn webhooks(blocks: &[Placed]) -> Vec<Value> {
    let mut mocks = Vec::new();
    let mut known = BTreeSet::new();
    let mut anything = false;
    for one in blocks {
        let (slug, calls): (_, Vec<&Webhook>) = match &one.block.config {
            Config::CallWebhook(webhook) => (&one.path, vec![webhook]),
            Config::ParallelWebhook { calls } => {
                (&one.path, calls.iter().map(|(_, call)| call).collect())
            }
            Config::RunCustomAction { .. } => {
                anything = true;
                continue;
            }
            _ => continue,
        };
        for webhook in calls {
            let Some(pattern) = pattern(webhook.url.source()) else {
                anything = true;
                continue;
            };
            if known.insert(pattern.clone()) {
                mocks.push(json!({
                    "mock": format!("{slug} {}", mocks.len() + 1),
                    "url_pattern": pattern,
                    "respond": { "status": 200, "json": {} },
                }));
            }
        }
    }
    if anything {
        let answer = json!({ "status": 200, "json": {} });
        mocks.push(json!({ "mock": ASSUMED, "url_regex": ".*", "respond": answer }));
    }
    mocks
}

/// The literal part of an address; None where it does not reach behind the host.
fn pattern(source: &str) -> Option<String> {
    let literal = source.split("{{").next().unwrap_or_default();
    let address = literal.split(['?', '#']).next().unwrap_or_default();
    let host_ends = address.strip_prefix("https://")?.find('/');
    match (literal == source || literal.contains('?'), host_ends) {
        (true, _) => Some(address.to_owned()),
        (false, Some(_)) => Some(format!("{}/**", address.rsplit_once('/')?.0)),
        (false, None) => None,
    }
}
