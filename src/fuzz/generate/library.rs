//! The workspace in which every case stands: identities, secrets, and a small set of actions, one for each way in
//! which an action can behave.

use crate::action::{Action, Script};
use crate::diagnostic::Diagnostics;
use crate::document::parse_document;
use crate::engine::Identity;
use crate::text::{SourceFile, Span};
use crate::value::Text;
use crate::workspace::{Names, Settings, Workspace, decode_identity};
use std::sync::{Arc, OnceLock};

/// Slug and body of `execute(event, api, context)`.
pub const ACTIONS: [(&str, &str); 19] = [
    (
        "set",
        "api.state.set('n', api.config.n ?? 1); api.state.set('late', event.authentication.aal !== 'aal0');",
    ),
    (
        "read",
        "api.state.set('step', context.step); api.state.set('custom', context.custom); api.state.set('tokens', 'raw_token' in session); api.state.set('who', event.user?.email ?? null); api.state.set('tier', event.user?.app_metadata?.tier ?? 'none');",
    ),
    (
        "refuse",
        "api.deny(api.config.reason); api.deny('second'); api.state.set('n', 2);",
    ),
    (
        "refuse-and-throw",
        "api.deny(); throw new Error('after the deny');",
    ),
    (
        "throw",
        "api.state.set('n', 3); api.log('warn', 'about to fail', { n: 3 }); throw new Error('broken');",
    ),
    (
        "fetch",
        "const r = await api.fetch(api.config.url); api.state.set('status', r.status); api.state.set('body', await r.text());",
    ),
    (
        "fetch-caught",
        "try { const r = await api.fetch(api.config.url, { method: 'POST', headers: { 'x-n': '1' }, body: JSON.stringify({ n: 1 }) }); api.state.set('status', r.status); } catch (e) { api.state.set('code', e.code); }",
    ),
    (
        "fetch-both",
        "const both = await Promise.all([api.fetch(api.config.url), api.fetch(api.config.other)]); api.state.set('sum', both[0].status + both[1].status); api.state.set('at', Date.now() % 100000);",
    ),
    (
        "fetch-first",
        "const first = await Promise.race([api.fetch(api.config.url).then(() => 'fetched', e => e.code), new Promise(done => setTimeout(() => done('timer'), api.config.ms))]); api.state.set('first', first);",
    ),
    (
        "wait",
        "const began = Date.now(); await new Promise(done => setTimeout(done, api.config.ms)); api.state.set('n', Date.now() - began); if (api.config.refuse) api.deny('slow');",
    ),
    (
        "wait-then-throw",
        "api.state.set('n', 1); await new Promise(done => setTimeout(done, api.config.ms)); throw new TypeError('late');",
    ),
    (
        "timers",
        "const seen = []; const wait = (ms, name) => new Promise(done => setTimeout(() => { seen.push(name); done(); }, ms)); const gone = setTimeout(() => seen.push('gone'), 1); clearTimeout(gone); await Promise.all([wait(api.config.ms, 'a'), wait(5, 'b'), wait(api.config.ms, 'c')]); api.state.set('seen', seen);",
    ),
    (
        "compute",
        "let x = 0; for (let i = 0; i < api.config.turns; i++) { x += i; } api.state.set('n', 1); await null; api.state.set('at', Date.now() % 100000);",
    ),
    (
        "compute-and-fetch",
        "for (let i = 0; i < api.config.turns; i++) { } const r = await api.fetch(api.config.url); for (let i = 0; i < api.config.turns; i++) { } api.state.set('status', r.status);",
    ),
    (
        "never",
        "api.state.set('n', 4); await new Promise(() => {});",
    ),
    (
        "refuse-and-hang",
        "api.deny('hung'); await new Promise(() => {});",
    ),
    (
        "metadata",
        "api.user.setAppMetadata({ tier: api.config.tier ?? 'gold', seen: { here: true } }); api.session.setCustomClaim('claim', api.config.n ?? 7); if (api.config.fail) throw new Error('after the patch');",
    ),
    (
        "secret",
        "api.state.set('header', 'Bearer ' + api.secrets.get('crm_token')); api.log('info', api.secrets.get('crm_token')); api.state.set(api.config.key ?? 'k', [api.secrets.get('crm_token'), { 'in': api.secrets.get('crm_token') }]);",
    ),
    ("off", "api.state.set('n', 5); api.deny('switched off');"),
];

/// The name and the fields of each identity.
pub const IDENTITIES: [(&str, &str); 6] = [
    (
        "alice",
        "{email: alice@example.com, phone: '+4479460000', name: Alice, password: correct horse battery staple, mfa: [totp, webauthn], app_metadata: {tier: enterprise}, user_metadata: {locale: en}, email_verified: true}",
    ),
    (
        "bob",
        "{email: bob@example.com, password: hunter2hunter2, failed_logins: 7}",
    ),
    (
        "carol",
        "{email: Carol@Example.com, phone: '+4479460001', password: password1, status: disabled, mfa: [sms]}",
    ),
    (
        "dave",
        "{email: dave@mailinator.com, password: Tr0ub4dor&3x, status: locked, mfa: [otp, recovery, totp]}",
    ),
    (
        "erin",
        "{phone: '+4479460002', password: an old passphrase, mfa: [webauthn], failed_logins: 5}",
    ),
    ("frank", "{email: frank@example.com}"),
];

/// The value of the one secret.
pub const SECRET: &str = "test-token-0123";

/// The workspace without its flows; each case brings its own.
pub fn workspace() -> Workspace {
    let mut settings = Settings::default();
    let secret = (Text::from("crm_token"), Text::from(SECRET));
    settings.secrets = Arc::new([secret].into_iter().collect());
    settings.breached_passwords = vec!["password1".into()];
    settings.disposable_domains = vec!["mailinator.com".into()];
    let mut names = Names::default();
    names.flows.miss();
    names.actions.miss();
    names.identities.miss();
    Workspace {
        root: std::path::PathBuf::new(),
        settings,
        flows: Vec::new(),
        broken_flows: Vec::new(),
        actions: actions().to_vec(),
        identities: identities().to_vec(),
        mock_sets: Vec::new(),
        scenario_files: Vec::new(),
        names,
    }
}

/// Compiled once for the process.
fn actions() -> &'static [Arc<Action>] {
    static ACTIONS_COMPILED: OnceLock<Vec<Arc<Action>>> = OnceLock::new();
    ACTIONS_COMPILED.get_or_init(|| {
        ACTIONS
            .iter()
            .filter_map(|(slug, body)| action(slug, body))
            .collect()
    })
}

fn action(slug: &str, body: &str) -> Option<Arc<Action>> {
    let path = format!("fixtures/actions/{slug}.js");
    let file = SourceFile::new(path, source(body));
    let script = Script::compile(&file).ok()?;
    Some(Arc::new(Action {
        slug: slug.into(),
        name: None,
        version: None,
        enabled: slug != "off",
        triggers: Vec::new(),
        timeout_ms: (slug == "timers").then_some(120),
        config_schema: None,
        secrets: vec!["crm_token".into()],
        script,
        span: Span::new(&file, 0..0),
    }))
}

/// The source of an action with this body.
pub fn source(body: &str) -> String {
    format!("export async function execute(event, api, context) {{\n  {body}\n}}\n")
}

fn identities() -> &'static [Arc<Identity>] {
    static READ: OnceLock<Vec<Arc<Identity>>> = OnceLock::new();
    READ.get_or_init(|| {
        let read = IDENTITIES.iter().filter_map(|(name, text)| {
            let mut diagnostics = Diagnostics::default();
            let file = SourceFile::new("identities.yaml", *text);
            let node = parse_document(&file, &mut diagnostics)?;
            decode_identity(Some(name), &node, &mut diagnostics).map(Arc::new)
        });
        read.collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_compiles_and_every_identity_reads() {
        let workspace = workspace();
        assert_eq!(workspace.actions.len(), ACTIONS.len());
        assert_eq!(workspace.identities.len(), IDENTITIES.len());
    }
}
