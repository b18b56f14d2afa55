//! What scenarios are made of that takes long to read: requests, replies and hosts. Each is written once, as in a
//! file, and read once for the process; what is built out of them is what a file would give.

use super::library;
use crate::diagnostic::Diagnostics;
use crate::document::{Data, Node, Style, parse_json};
use crate::engine::{CallFault, CallOutcome};
use crate::flow::decode_flow;
use crate::mock::{Mock, Mocks, UrlMatcher};
use crate::scenario::{Scenario, decode_file};
use crate::text::{SourceFile, Span};
use crate::trace::Redactor;
use crate::value::{Map, Text};
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

/// Hosts `m0` to `m4` answer in turn, hosts `d0` to `d2` always the same.
pub const HOSTS: [&str; 8] = ["m0", "m1", "m2", "m3", "m4", "d0", "d1", "d2"];

/// Where requests come from.
pub const PRESETS: [&str; 4] = ["us", "tor", "vpn", "m2m"];

/// What is laid over a preset.
pub const OVERLAYS: [&str; 5] = [
    "{}",
    r#"{ "user_agent": "Mozilla/5.0 HeadlessChrome/130.0" }"#,
    r#"{ "user_agent": "SomeBot/2.1" }"#,
    r#"{ "user_agent": "curl/8.0" }"#,
    r#"{ "user_agent": "", "geo": { "country": "FR" } }"#,
];

/// What webhooks answer.
pub const REPLIES: [&str; 14] = [
    r#"{ "status": 200, "json": { "score": 0, "list": [1.0, 2.5] } }"#,
    r#"{ "status": 200, "json": { "score": 20, "list": [1.0, 2.5] } }"#,
    r#"{ "status": 200, "json": { "score": 40, "list": [1.0, 2.5] } }"#,
    r#"{ "status": 200, "json": { "score": 60, "list": [1.0, 2.5] } }"#,
    r#"{ "status": 404, "text": "nothing here" }"#,
    r#"{ "status": 500, "json": { "error": true } }"#,
    r#"{ "status": 204 }"#,
    r#"{ "fault": "timeout" }"#,
    r#"{ "fault": "refused" }"#,
    r#"{ "fault": "reset" }"#,
    r#"{ "fault": "dns" }"#,
    r#"{ "fault": "tls" }"#,
    r#"{ "fault": "malformed" }"#,
    r#"{ "fault": "empty" }"#,
];

/// The reply `timeout`, the first of the faults.
pub const TIMEOUT: usize = 7;

/// A password that an identity is given, and that no output shows.
pub const NEW_PASSWORD: &str = "A much longer one 42";

/// The parts, read.
pub struct Parts {
    /// `event.request` and `event.client`, the overlays of each preset.
    requests: Vec<(Map, Map)>,
    replies: Vec<CallOutcome>,
    hosts: Vec<(Text, Option<UrlMatcher>)>,
    /// A place for what was never written.
    pub span: Span,
    /// The document of a scenario that was never written.
    pub nothing: Arc<Node>,
    /// What is hidden; with the new password in the second.
    pub redactors: [Arc<Redactor>; 2],
}

/// Reads them, or what was read before.
pub fn parts() -> &'static Parts {
    static READ: OnceLock<Parts> = OnceLock::new();
    READ.get_or_init(Parts::read)
}

/// `request` of a scenario.
pub fn request(preset: usize, overlay: usize) -> Value {
    let preset = json!(PRESETS[preset]);
    match parsed(OVERLAYS[overlay]) {
        Value::Object(mut request) if !request.is_empty() => {
            request.insert("preset".into(), preset);
            Value::Object(request)
        }
        _ => preset,
    }
}

/// The mock of a host, without its replies.
pub fn mock(host: usize) -> Value {
    let name = HOSTS[host];
    json!({ "mock": name, "url_pattern": format!("https://{name}.example.com/**") })
}

/// A document out of its text.
pub fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

impl Parts {
    fn read() -> Self {
        let mut requests = Vec::new();
        for preset in 0..PRESETS.len() {
            for overlay in 0..OVERLAYS.len() {
                let read = scenario("request", &request(preset, overlay));
                requests.extend(read.map(|read| (read.request, read.client)));
            }
        }
        let mocks = (0..HOSTS.len()).map(|host| {
            let mut mock = mock(host);
            mock["respond"] = REPLIES.map(parsed).into_iter().collect();
            mock
        });
        let read = scenario("webhooks", &mocks.collect());
        let mocks = read.map_or_else(Arc::<Mocks>::default, |read| read.mocks);
        let replies = mocks.list.first().map(|mock| &mock.replies[..]);
        Parts {
            requests,
            replies: replies
                .unwrap_or_default()
                .iter()
                .map(|reply| reply.outcome.clone())
                .collect(),
            hosts: mocks.list.iter().map(|mock| host(mock)).collect(),
            nothing: Arc::new(Node {
                span: Span::new(&SourceFile::new("scenario.yaml", ""), 0..0),
                style: Style::Plain,
                data: Data::Null,
            }),
            span: Span::new(&SourceFile::new("scenario.yaml", ""), 0..0),
            redactors: [None, Some(NEW_PASSWORD)].map(|new| Arc::new(redactor(new))),
        }
    }

    /// `event.request` and `event.client`.
    pub fn request(&self, preset: usize, overlay: usize) -> (Map, Map) {
        let read = self.requests.get(preset * OVERLAYS.len() + overlay);
        read.cloned().unwrap_or_default()
    }

    /// What comes of a request that is answered so.
    pub fn reply(&self, reply: usize) -> CallOutcome {
        let read = self.replies.get(reply).cloned();
        read.unwrap_or(CallOutcome::Fault(CallFault::Empty))
    }

    /// The name of a host's mock, and where it stands.
    pub fn host(&self, host: usize) -> (Text, Option<UrlMatcher>) {
        let read = self.hosts.get(host).cloned();
        read.unwrap_or_else(|| (HOSTS[host].into(), None))
    }
}

fn host(mock: &Mock) -> (Text, Option<UrlMatcher>) {
    (mock.name.clone(), mock.url.clone())
}

/// As `arrange` makes it for a scenario whose identities are those of the library.
fn redactor(new_password: Option<&str>) -> Redactor {
    let workspace = library::workspace();
    let secrets = workspace.settings.secrets.values().cloned();
    let identities = workspace.identities.iter();
    let passwords = identities.filter_map(|identity| identity.password.clone());
    Redactor::new(secrets.chain(passwords).chain(new_password.map(Text::from)))
}

/// A scenario of a small flow in which one key is written.
fn scenario(key: &str, value: &Value) -> Option<Scenario> {
    let mut diagnostics = Diagnostics::default();
    let mut workspace = library::workspace();
    let flow = r#"{ "flow": "login", "kind": "system", "stages": [] }"#;
    let node = parse_json(&SourceFile::new("flow.json", flow), &mut diagnostics)?;
    let flow = decode_flow(&node, &mut diagnostics)?.flow;
    workspace.flows.push(Arc::new(flow));
    let document = json!({ "scenario": "part", "flow": "login", key: value });
    let file = SourceFile::new("scenario.yaml", document.to_string());
    decode_file(&file, &workspace, &mut Diagnostics::default())
        .into_iter()
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_read() {
        let parts = parts();
        assert_eq!(parts.requests.len(), PRESETS.len() * OVERLAYS.len());
        assert_eq!(parts.replies.len(), REPLIES.len());
        assert_eq!(parts.hosts.len(), HOSTS.len());
        assert_eq!(parts.reply(TIMEOUT), CallOutcome::Fault(CallFault::Timeout));
    }
}
