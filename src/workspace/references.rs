//! What can only be judged when all files are read, but needs no rule of flows: keys of `latency`, stages of
//! triggers, values of declared secrets (ACT-10), ids and addresses that two identities share.

use super::Workspace;
use super::actions::Loaded;
use super::identities::Named;
use super::settings::Settings;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::suggestion;
use crate::flow::{Flow, Kind};
use crate::text::{Span, Spanned};
use crate::value::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Judges what needs all files; `settings` are None when their file could not be read.
pub fn check(
    workspace: &Workspace,
    settings: Option<&Settings>,
    actions: &[Loaded],
    identities: &[Named],
    diagnostics: &mut Diagnostics,
) {
    if let Some(settings) = settings {
        check_latency(workspace, settings, diagnostics);
        check_secrets(settings, actions, diagnostics);
    }
    check_triggers(workspace, actions, diagnostics);
    check_ids(identities, diagnostics);
    check_addresses(identities, diagnostics);
}

fn all_flows(workspace: &Workspace) -> impl Iterator<Item = &Arc<Flow>> {
    workspace.flows.iter().chain(&workspace.broken_flows)
}

/// A key is a kind or the slug of a block of some flow.
fn check_latency(workspace: &Workspace, settings: &Settings, diagnostics: &mut Diagnostics) {
    if settings.latency.is_empty() {
        return;
    }
    let slugs: BTreeSet<Text> = all_flows(workspace)
        .flat_map(|flow| flow.blocks())
        .map(|block| block.slug.value.clone())
        .collect();
    let unsure = workspace.names.flows.is_incomplete() || !workspace.broken_flows.is_empty();
    for (key, _) in &settings.latency {
        if slugs.contains(&key.value) {
            continue;
        }
        match Kind::from_name(&key.value) {
            Some(kind) => diagnostics.extend(without_cost(kind, key)),
            None if unsure => {}
            None => {
                let title = format!("`{}` is no kind and no slug of a block", key.value);
                let slugs = slugs.iter().map(|slug| &**slug);
                let kinds = Kind::all().map(Kind::name).filter(|name| has_cost(name));
                let known: Vec<&str> = kinds.map(|kind| kind as &str).chain(slugs).collect();
                diagnostics.push(
                    Diagnostic::error("unknown_block", &key.span, title)
                        .fix(suggestion(&key.value, known)),
                );
            }
        }
    }
}

fn has_cost(kind: &str) -> bool {
    Kind::from_name(kind).is_some_and(|kind| {
        kind.info().cost_ms.is_some() || matches!(kind, Kind::CallWebhook | Kind::ParallelWebhook)
    })
}

/// Actions, custom flows and pauses take what they take.
fn without_cost(kind: Kind, key: &Spanned<Text>) -> Option<Diagnostic> {
    let title = format!(
        "`{}` has a duration of its own, `latency` does not change it",
        kind.name()
    );
    (!has_cost(kind.name()))
        .then(|| Diagnostic::warning("no_effect", &key.span, title).fix("remove it"))
}

/// ACT-10: a declared secret needs a test value.
fn check_secrets(settings: &Settings, actions: &[Loaded], diagnostics: &mut Diagnostics) {
    for secret in actions.iter().flat_map(|loaded| &loaded.secrets) {
        if settings.secrets.contains_key(&secret.value) {
            continue;
        }
        let title = format!("the secret `{}` has no test value", secret.value);
        let near =
            crate::document::nearest(&secret.value, settings.secrets.keys().map(|name| &**name));
        let fix = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "write `secrets: {{ {}: a-test-value }}` in flowproof.yaml",
                secret.value
            ),
        };
        diagnostics.push(Diagnostic::error("missing_secret", &secret.span, title).fix(fix));
    }
}

/// A trigger may name a stage that its flow has.
fn check_triggers(workspace: &Workspace, actions: &[Loaded], diagnostics: &mut Diagnostics) {
    for (trigger, span) in actions.iter().flat_map(|loaded| &loaded.triggers) {
        let (Some(stage), Some(flow)) = (&trigger.stage, workspace.flow(&trigger.flow)) else {
            continue;
        };
        if flow.stages.iter().any(|known| known.slug == *stage) {
            continue;
        }
        let title = format!("the flow `{}` has no stage `{stage}`", trigger.flow);
        let known = flow.stages.iter().map(|stage| &*stage.slug);
        diagnostics.push(
            Diagnostic::error("unknown_stage", span, title)
                .fix(suggestion(stage, known))
                .related(&flow.slug.span, "the flow is here"),
        );
    }
}

fn check_ids(identities: &[Named], diagnostics: &mut Diagnostics) {
    let mut first: BTreeMap<&str, &Span> = BTreeMap::new();
    for named in identities {
        let id = &*named.identity.id;
        if let Some(other) = first.insert(id, &named.id_span) {
            let title = format!("two identities have the id `{id}`");
            diagnostics.push(
                Diagnostic::error("duplicate_id", &named.id_span, title)
                    .fix("give one of them another `id`, or leave it out")
                    .related(other, format!("the first one, {other}")),
            );
        }
    }
}

/// Addresses compare without case; a lookup finds the first identity.
fn check_addresses(identities: &[Named], diagnostics: &mut Diagnostics) {
    let mut first: BTreeMap<String, &Span> = BTreeMap::new();
    for named in identities {
        let (Some(email), Some(span)) = (&named.identity.email, &named.email_span) else {
            continue;
        };
        if let Some(other) = first.insert(email.to_lowercase(), span) {
            let title = format!("two identities have the address `{email}`");
            diagnostics.push(
                Diagnostic::warning("duplicate_email", span, title)
                    .fix("give one of them another address: a lookup finds the first one only")
                    .related(other, format!("the first one, {other}")),
            );
        }
    }
}
