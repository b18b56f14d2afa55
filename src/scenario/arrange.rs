//! Room 2: a scenario and its workspace become the world of a run (DET-1). Defaults of the input come from the
//! scenario's identity. Cannot fail: everything was checked when the scenario was read.

use super::Scenario;
use crate::engine::{Identity, Input, PasswordInput, RefreshToken, World};
use crate::flow::By;
use crate::trace::Redactor;
use crate::value::{Map, Text, Value};
use crate::workspace::Workspace;
use std::sync::Arc;

/// The world of a scenario; `seed` comes from the command line and wins over what files say.
pub fn arrange(scenario: &Scenario, workspace: &Workspace, seed: Option<u64>) -> World {
    let redactor = Arc::new(redactor(scenario, workspace));
    arrange_hiding(scenario, workspace, seed, redactor)
}

/// The same with a redactor that is at hand, since making one takes longer than everything else.
pub fn arrange_hiding(
    scenario: &Scenario,
    workspace: &Workspace,
    seed: Option<u64>,
    redactor: Arc<Redactor>,
) -> World {
    let settings = &workspace.settings;
    let (identities, subject) = identities(scenario, workspace);
    World {
        profile: scenario.profile.clone(),
        clock_ms: scenario.clock_ms.unwrap_or(settings.clock_ms),
        seed: seed.or(scenario.seed).unwrap_or(settings.seed),
        event: event(scenario, workspace),
        redactor,
        identities,
        subject,
        input: input(scenario),
        faults: scenario.faults.clone(),
        outputs: scenario.outputs.clone(),
        actions_enabled: scenario.actions_enabled.clone(),
        sampled: std::collections::BTreeMap::new(),
        latency: settings
            .latency
            .iter()
            .map(|(key, latency)| (key.value.clone(), latency.median()))
            .collect(),
        secrets: settings.secrets.clone(),
        outbound_allowlist: settings.outbound_allowlist.clone(),
        breached_passwords: settings.breached_passwords.clone(),
        disposable_domains: settings.disposable_domains.clone(),
    }
}

/// The inline identity, all of the workspace behind it, and the position of the scenario's own. An inline one
/// is found first: whoever writes it down with an address of the workspace means this one to sign in.
fn identities(scenario: &Scenario, workspace: &Workspace) -> (Vec<Arc<Identity>>, Option<usize>) {
    let mut all = workspace.identities.clone();
    let Some(subject) = &scenario.identity else {
        return (all, None);
    };
    let own = subject.identity();
    let at = all.iter().position(|identity| Arc::ptr_eq(identity, own));
    let at = at.unwrap_or_else(|| {
        all.insert(0, own.clone());
        0
    });
    (all, Some(at))
}

/// ST-5, without `user` and `authentication`, which the engine keeps.
fn event(scenario: &Scenario, workspace: &Workspace) -> Map {
    let tenant = &workspace.settings.tenant;
    let tenant: Map = [
        ("slug", Value::Text(tenant.slug.clone())),
        ("name", Value::Text(tenant.name.clone())),
    ]
    .into_iter()
    .collect();
    let connection: Map = [("type", Value::text("database"))].into_iter().collect();
    [
        ("request", scenario.request.clone().into()),
        ("client", scenario.client.clone().into()),
        ("tenant", tenant.into()),
        ("connection", connection.into()),
        ("transaction", Map::new().into()),
    ]
    .into_iter()
    .collect()
}

/// What must not be shown: secrets, and the passwords of all identities, that of the input's included (ST-6).
fn redactor(scenario: &Scenario, workspace: &Workspace) -> Redactor {
    let secrets = workspace.settings.secrets.values().cloned();
    let (identities, _) = identities(scenario, workspace);
    let passwords = identities
        .iter()
        .filter_map(|identity| identity.password.clone());
    Redactor::new(
        secrets
            .chain(passwords)
            .chain(scenario.input.new_password.clone()),
    )
}

fn input(scenario: &Scenario) -> Input {
    let written = &scenario.input;
    let identity = scenario
        .identity
        .as_ref()
        .map(|subject| &**subject.identity());
    let profile = written
        .profile
        .clone()
        .or_else(|| identity.map(|identity| Arc::new(submitted(identity))));
    let password = match written.password.as_deref() {
        Some("right") => Some(PasswordInput::Right),
        Some("wrong") => Some(PasswordInput::Wrong),
        Some(text) => Some(PasswordInput::Text(text.into())),
        None => identity.map(|_| PasswordInput::Right),
    };
    let identifier = |by| {
        let default = || alias(by, identity, profile.as_deref());
        written.identifier.clone().or_else(default)
    };
    Input {
        identifier: identifier(By::Email),
        phone_identifier: identifier(By::Phone),
        password,
        new_password: written.new_password.clone(),
        profile,
        refresh_token: written
            .refresh_token
            .or_else(|| identity.map(|_| RefreshToken::Valid)),
        session: written.session.clone(),
    }
}

/// The identity's email, or phone for `by: phone`; without an identity that of the submitted profile.
fn alias(by: By, identity: Option<&Identity>, profile: Option<&Map>) -> Option<Text> {
    match (identity, by) {
        (Some(identity), By::Phone) => identity.phone.clone(),
        (Some(identity), By::Email) => identity.email.clone(),
        (None, By::Phone) => profile?.get("phone")?.as_text().map(Text::from),
        (None, By::Email) => profile?.get("email")?.as_text().map(Text::from),
    }
}

/// What an identity would submit to register.
fn submitted(identity: &Identity) -> Map {
    let mut profile = identity.event_user();
    for platform in ["id", "email_verified", "app_metadata", "factors"] {
        profile.remove(platform);
    }
    profile
}
