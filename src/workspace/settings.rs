//! `flowproof.yaml`: the settings of a workspace, with the defaults of formats.md. Whether the keys of `latency`
//! exist is judged when the flows are known (`references`).

use super::profile::{PROFILE, decode_profile};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Data, Fields, Holds, Node, Shape, key};
use crate::latency::Latency;
use crate::mock::{LATENCY, decode_latency};
use crate::profile::Profile;
use crate::text::Spanned;
use crate::value::Text;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The names that the file may have.
pub const FILES: [&str; 2] = ["flowproof.yaml", "flowproof.yml"];

/// 2026-01-01T00:00:00Z, in milliseconds since the epoch.
pub const CLOCK_MS: i64 = 1_767_225_600_000;

/// The settings of a workspace.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The choices that the product leaves open.
    pub profile: Profile,
    /// By kind or by slug of a block, as written.
    pub latency: Vec<(Spanned<Text>, Latency)>,
    /// Hosts that may be called, lower-case; None for any public host.
    pub outbound_allowlist: Option<Vec<Text>>,
    /// Known breached passwords.
    pub breached_passwords: Vec<Text>,
    /// Domains of disposable addresses, lower-case.
    pub disposable_domains: Vec<Text>,
    /// Whose flows they are.
    pub tenant: Tenant,
    /// Test secrets by name; never shown (ST-6).
    pub secrets: Arc<BTreeMap<Text, Text>>,
    /// Whether scenarios compare their whole trace.
    pub snapshot: bool,
    /// The share of the budget, in percent, from which on `budget_near` warns.
    pub budget_warning: Option<u8>,
    /// The instant at which runs start, in milliseconds since the epoch (DET-2).
    pub clock_ms: i64,
    /// Ids and random streams are derived from it.
    pub seed: u64,
}

/// Whose flows they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// `event.tenant.slug`
    pub slug: Text,
    /// `event.tenant.name`
    pub name: Text,
}

/// The settings file.
pub static SETTINGS: Shape = Shape {
    noun: "the settings",
    keys: &[
        key(
            "profile",
            Holds::Object(&PROFILE),
            "the choices that the product leaves open",
        ),
        key(
            "latency",
            Holds::MapOf(&LATENCY),
            "how long blocks take, by kind or by slug",
        ),
        key(
            "outbound_allowlist",
            Holds::List(&Holds::Text),
            "the hosts that may be called, `*.` for all below one; absent: any public host",
        ),
        key(
            "breached_passwords",
            Holds::List(&Holds::Text),
            "passwords that count as breached",
        ),
        key(
            "disposable_domains",
            Holds::List(&Holds::Text),
            "domains of disposable addresses",
        ),
        key("tenant", Holds::Object(&TENANT), "whose flows they are"),
        key(
            "secrets",
            Holds::MapOf(&Holds::Text),
            "test values of secrets, always shown as <redacted>",
        ),
        key(
            "snapshot",
            Holds::Bool,
            "whether scenarios compare their whole trace",
        )
        .default("false"),
        key(
            "budget_warning",
            Holds::OneOf(&[Holds::Text, Holds::Int(i64::MIN, i64::MAX)]),
            "the share of the budget from which on a run draws a warning, such as `80%`",
        ),
        key("clock", Holds::Instant, "the instant at which runs start")
            .default("\"2026-01-01T00:00:00Z\""),
        key(
            "seed",
            Holds::Int(0, i64::MAX),
            "what ids and random streams are derived from",
        )
        .default("1"),
    ],
};

static TENANT: Shape = Shape {
    noun: "a tenant",
    keys: &[
        key("slug", Holds::Slug, "its slug").default("\"test\""),
        key("name", Holds::Text, "its name for people").default("\"Test\""),
    ],
};

impl Default for Settings {
    fn default() -> Self {
        Settings {
            profile: Profile::default(),
            latency: Vec::new(),
            outbound_allowlist: None,
            breached_passwords: Vec::new(),
            disposable_domains: Vec::new(),
            tenant: Tenant {
                slug: Text::from("test"),
                name: Text::from("Test"),
            },
            secrets: Arc::default(),
            snapshot: false,
            budget_warning: None,
            clock_ms: CLOCK_MS,
            seed: 1,
        }
    }
}

/// The settings as far as they could be read; defaults for the rest.
pub fn decode_settings(node: &Node, diagnostics: &mut Diagnostics) -> Settings {
    let default = Settings::default();
    let Some(fields) = Fields::open(node, &SETTINGS, diagnostics) else {
        return default;
    };
    Settings {
        profile: match fields.node("profile") {
            Some(node) => decode_profile(node, &default.profile, diagnostics),
            None => default.profile,
        },
        latency: latency(&fields, diagnostics),
        outbound_allowlist: allowlist(&fields, diagnostics),
        breached_passwords: fields.texts("breached_passwords").unwrap_or_default(),
        disposable_domains: fields
            .texts("disposable_domains")
            .unwrap_or_default()
            .iter()
            .map(|domain| Text::from(domain.to_lowercase()))
            .collect(),
        tenant: tenant(&fields, default.tenant, diagnostics),
        secrets: Arc::new(secrets(&fields, diagnostics)),
        snapshot: fields.bool("snapshot").unwrap_or(false),
        budget_warning: budget_warning(&fields, diagnostics),
        clock_ms: fields.instant_ms("clock").unwrap_or(default.clock_ms),
        seed: fields
            .int("seed")
            .and_then(|seed| u64::try_from(seed).ok())
            .unwrap_or(default.seed),
    }
}

fn latency(fields: &Fields, diagnostics: &mut Diagnostics) -> Vec<(Spanned<Text>, Latency)> {
    fields
        .map("latency")
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| {
            let key = Spanned {
                value: entry.key.clone(),
                span: entry.key_span.clone(),
            };
            decode_latency(&entry.value, diagnostics).map(|latency| (key, latency))
        })
        .collect()
}

/// Hosts only: no scheme, no port, no path.
fn allowlist(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<Vec<Text>> {
    let mut hosts = Vec::new();
    for host in fields.spanned_texts("outbound_allowlist")? {
        let written = host.value.trim().to_lowercase();
        let name = written.strip_prefix("*.").unwrap_or(&written);
        let letters = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']');
        let is_address = name.starts_with('[') && name.ends_with(']');
        if name.is_empty() || !(is_address || name.chars().all(letters)) {
            let bare = written
                .split_once("://")
                .map_or(&*written, |(_, rest)| rest);
            let bare = bare.split(['/', ':', '?']).next().unwrap_or("");
            let fix = match bare {
                "" | "*" => "write a host such as `api.example.com`, or `*.example.com`; \
                             leave the list out to allow any public host"
                    .to_owned(),
                bare => format!("write the host alone: `{bare}`"),
            };
            let title = format!("`{}` is no host", host.value);
            diagnostics.push(Diagnostic::error("bad_host", &host.span, title).fix(fix));
        }
        hosts.push(Text::from(written));
    }
    Some(hosts)
}

fn tenant(fields: &Fields, default: Tenant, diagnostics: &mut Diagnostics) -> Tenant {
    let written = fields
        .node("tenant")
        .and_then(|node| Fields::open(node, &TENANT, diagnostics));
    match written {
        Some(tenant) => Tenant {
            slug: tenant.text("slug").unwrap_or(default.slug),
            name: tenant.text("name").unwrap_or(default.name),
        },
        None => default,
    }
}

/// ST-6: a secret that is too short could not be told apart in outputs.
fn secrets(fields: &Fields, diagnostics: &mut Diagnostics) -> BTreeMap<Text, Text> {
    let mut secrets = BTreeMap::new();
    // a value of a wrong type has been reported; its name is known all the same
    let written = fields.object().get("secrets").and_then(Node::as_map);
    for entry in written.unwrap_or_default() {
        let Some(value) = entry.value.as_text() else {
            secrets.insert(entry.key.clone(), Text::from(""));
            continue;
        };
        if value.chars().count() < 6 {
            let title = format!("the secret `{}` has fewer than 6 characters", entry.key);
            diagnostics.push(
                Diagnostic::error("short_secret", &entry.value.span, title)
                    .fix("write a test value of 6 or more, so that it can be found and hidden in outputs"),
            );
        }
        secrets.insert(entry.key.clone(), value.clone());
    }
    secrets
}

/// `80%`
fn budget_warning(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<u8> {
    let node = fields.node("budget_warning")?;
    let share = node
        .as_text()
        .and_then(|text| text.strip_suffix('%'))
        .and_then(|number| number.trim().parse().ok())
        .filter(|share| (1..=100).contains(share));
    if share.is_none() {
        let fix = match node.data {
            Data::Int(number @ 1..=100) => format!("write `{number}%`"),
            _ => "write a share from `1%` to `100%`".to_owned(),
        };
        let title = format!(
            "`budget_warning` takes a share such as `80%`, found `{}`",
            node.written()
        );
        diagnostics.push(Diagnostic::error("bad_share", &node.head(), title).fix(fix));
    }
    share
}
