//! What stands under `config` of a generated block: settings at the edges of their rules, expressions and templates
//! over what blocks before wrote, targets that the guard must tell apart.

use super::flow::{Author, DELAYS, Written};
use super::genes::Choices;
use super::library::{ACTIONS, SECRET, SWITCHED};
use crate::flow::{FACTORS, Kind};
use serde_json::{Map, Value, json};

/// Where no request may go, and their neighbours where one may: literal addresses in all spellings, IPv4 inside
/// IPv6, local names, and names beside those of an allowlist (ERR-5).
const TARGETS: [&str; 56] = [
    "https://127.0.0.1/",
    "https://localhost/x",
    "https://localhost./",
    "https://api.localhost/",
    "https://notlocalhost/",
    "https://[::1]/",
    "https://[::]/",
    "https://0.0.0.0/",
    "https://0.1.2.3/",
    "https://10.1.2.3/",
    "https://11.1.2.3/",
    "https://172.15.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://172.32.0.1/",
    "https://192.168.0.1/",
    "https://192.169.0.1/",
    "https://169.254.169.254/latest",
    "https://169.255.0.1/",
    "https://100.63.255.255/",
    "https://100.64.0.1/",
    "https://100.127.255.255/",
    "https://100.128.0.1/",
    "https://192.0.0.8/",
    "https://192.0.2.44/",
    "https://192.88.99.1/",
    "https://198.17.255.255/",
    "https://198.18.0.1/",
    "https://198.19.255.255/",
    "https://198.20.0.1/",
    "https://203.0.113.10/",
    "https://223.255.255.255/",
    "https://224.0.0.1/",
    "https://239.255.255.255/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:808:808]/",
    "https://[::a00:1]/",
    "https://[::ffff:0:10.0.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[64:ff9b::808:808]/",
    "https://[2002:a00:1::]/",
    "https://[2002:808:808::]/",
    "https://[fc00::1]/",
    "https://[fdff::1]/",
    "https://[fe80::1]/",
    "https://[febf::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[2606:4700::1111]/",
    "https://metadata.google.internal/",
    "https://example.com/a",
    "https://badexample.com/a",
];

impl Author<'_> {
    pub(super) fn config(&self, kind: Kind, choices: &mut Choices) -> Value {
        match kind {
            Kind::ChannelOtpSend | Kind::VerificationSend => {
                json!({ "channel": choices.pick(&["email", "sms"]) })
            }
            Kind::ChannelOtpVerify => json!({ "attempts": 1 + choices.below(3) }),
            Kind::Mfa if choices.below(2) == 0 => json!({ "attempts": 1 + choices.below(3) }),
            Kind::Mfa => json!({ "factors": [choices.pick(FACTORS), choices.pick(FACTORS)] }),
            Kind::RequireMfa | Kind::RequireMfaEnroll if choices.below(3) == 0 => json!({}),
            Kind::RequireMfa | Kind::RequireMfaEnroll => json!({ "factor": choices.pick(FACTORS) }),
            Kind::RiskEvaluate => risk(choices),
            Kind::IpReputation => {
                let countries = [&["DE"][..], &["us"], &["FR", "US"], &["NL"], &["nl", "de"]];
                json!({ "deny_countries": choices.pick(&countries) })
            }
            Kind::BruteForce => json!({ "limit": choices.pick(&[0, 1, 4, 5, 6, 7, 8]) }),
            Kind::PasswordPolicy => {
                let lengths = [6, 8, 9, 14, 15, 20, 21, 28, 29];
                json!({ "min_length": choices.pick(&lengths), "classes": choices.below(5) })
            }
            Kind::IdentityLookup => {
                let by = choices.pick(&["email", "email", "phone"]);
                match choices.below(4) {
                    2 => json!({ "by": by, "must_exist": true }),
                    3 => json!({ "by": by, "must_not_exist": true }),
                    _ => json!({ "by": by }),
                }
            }
            Kind::IdentityCreate => match choices.below(3) {
                0 => json!({ "traits": choices.pick(&[&["email"][..], &["phone", "name"]]) }),
                _ => json!({}),
            },
            Kind::ProfileUpdate => {
                let mut set = Map::new();
                for _ in 0..=choices.below(2) {
                    let (field, value) = self.profile_field(choices);
                    set.insert(field.to_owned(), value);
                }
                json!({ "set": set })
            }
            Kind::UpdateUser if choices.rarely(4) => {
                json!({ "set": { "phone": choices.pick(&["+4479460001", "+4479460009"]) } })
            }
            Kind::UpdateUser => json!({ "set": { "email": choices.pick(&[
                "new@example.com",
                "BOB@example.com",
                "Alice@Example.com",
                "odd@Mailinator.COM",
                "no address",
                "x{{ event.user.email }}",
            ]) } }),
            Kind::IssueSession => json!({ "ttl": choices.pick(&["1h", "90s", "1ms"]) }),
            Kind::IssueTokens => json!({ "scopes": ["openid"] }),
            Kind::SocialIdpRedirect => json!({ "provider": choices.pick(&["acme", "other"]) }),
            Kind::SocialIdpCallback if choices.below(2) == 0 => json!({}),
            Kind::SocialIdpCallback => json!({ "provider": "acme" }),
            Kind::RunCustomFlow => {
                json!({ "flow": self.customs[choices.below(self.customs.len())] })
            }
            Kind::ParallelWebhook => {
                let mut calls = Map::new();
                for call in 0..=choices.below(3) {
                    let mut webhook = self.webhook(choices);
                    if choices.rarely(3) {
                        let ms = choices.pick(&DELAYS).max(1);
                        webhook["timeout"] = json!(format!("{ms}ms"));
                    }
                    calls.insert(format!("call{call}"), webhook);
                }
                json!({ "calls": calls })
            }
            Kind::CallWebhook => self.webhook(choices),
            Kind::Notify => {
                let channels = [
                    &["email"][..],
                    &["sms"],
                    &["push", "email"],
                    &[],
                    &["email", "sms"],
                ];
                let channels = choices.pick(&channels);
                let mut notify = json!({ "channels": channels, "template": "welcome" });
                if choices.below(2) == 0 {
                    notify["to"] = json!(self.template(choices));
                }
                notify
            }
            Kind::SendEmail if choices.below(2) == 0 => json!({ "template": "welcome" }),
            Kind::SendEmail => json!({ "template": "welcome", "to": self.template(choices) }),
            Kind::LogEvent => {
                json!({ "type": "acme.event", "data": { "seen": self.seen(choices) } })
            }
            Kind::Delay => json!({ "ms": choices.pick(&DELAYS) }),
            Kind::Deny if choices.below(2) == 0 => json!({ "reason": "high_risk" }),
            Kind::Deny => match choices.below(6) {
                0 => json!({ "reason": "leaky", "user_message": format!("Say {SECRET}.") }),
                _ => json!({ "reason": "not_here", "user_message": "Please call us." }),
            },
            _ => json!({}),
        }
    }

    fn webhook(&self, choices: &mut Choices) -> Value {
        let mut webhook = json!({ "url": self.url(choices, false) });
        if choices.rarely(5) {
            webhook["method"] = json!(choices.pick(&["GET", "PUT", "DELETE"]));
        }
        if choices.rarely(4) {
            webhook["headers"] = json!({ "x-tenant": self.template(choices) });
        }
        if choices.rarely(3) {
            webhook["body"] = json!({ "seen": self.template(choices), "n": 1 });
        }
        if choices.rarely(4) {
            webhook["ok_status"] = json!([200, "400-499"]);
        }
        if choices.rarely(4) {
            webhook["fail_on_status"] = json!(false);
        }
        webhook
    }

    /// Where a request goes. Detached work keeps to mocks that always answer the same.
    fn url(&self, choices: &mut Choices, detached: bool) -> String {
        if detached {
            return format!("https://d{}.example.com/a", choices.below(3));
        }
        match choices.below(16) {
            8 => "https://nobody.example.com/a".to_owned(),
            9 | 10 | 14 | 15 => choices.pick(&TARGETS).to_owned(),
            11 => "{{ event.client.name }}".to_owned(),
            12 => "http://{{ event.tenant.slug }}.example.com/".to_owned(),
            13 => format!(
                "https://m{}.example.com/a?u={}",
                choices.below(5),
                choices.pick(&[
                    "{{ event.user.email }}",
                    "{{ session.access_token }}",
                    SECRET
                ]),
            ),
            _ => format!("https://m{}.example.com/a", choices.below(5)),
        }
    }

    pub(super) fn action(&self, choices: &mut Choices, detached: bool) -> (&'static str, Value) {
        // what an action sees, and what it must not show, is worth a look more often
        let slug = match choices.below(16) {
            0..4 => "read",
            4 | 5 => "leak",
            6 | 7 => choices.pick(&SWITCHED),
            8 => "compute-meanwhile",
            9 => choices.pick(&["fetch-last", "metadata"]),
            _ => choices.pick(&ACTIONS).0,
        };
        let slug = match slug {
            // a thousand lines take their time
            "chatty" if choices.below(4) != 3 => "set",
            slug => slug,
        };
        let plain = |url: String| {
            if url.contains("{{") || url.starts_with("http:") {
                "https://m0.example.com/b".to_owned()
            } else {
                url
            }
        };
        let mut config = Map::new();
        match slug {
            "set" => {
                config.insert("n".into(), json!(choices.below(4)));
            }
            "refuse" => {
                config.insert("reason".into(), json!(choices.pick(&["nope", "too_risky"])));
            }
            "fetch" | "fetch-caught" | "fetch-both" | "fetch-first" | "fetch-last"
            | "compute-and-fetch" | "compute-meanwhile" => {
                config.insert("url".into(), json!(plain(self.url(choices, detached))));
                config.insert("other".into(), json!(plain(self.url(choices, detached))));
                config.insert("ms".into(), json!(choices.pick(&DELAYS)));
                config.insert("turns".into(), json!(choices.pick(&[0, 60_000, 600_000])));
            }
            "wait" | "wait-then-throw" | "refuse-and-wait" | "timers" => {
                config.insert("ms".into(), json!(choices.pick(&DELAYS)));
                config.insert("refuse".into(), json!(choices.below(2) == 1));
            }
            "compute" => {
                let turns = choices.pick(&[0, 30_000, 120_000, 500_000, 2_000_000]);
                config.insert("turns".into(), json!(turns));
            }
            "leak" => {
                let how = [
                    "key", "url", "deny", "throw", "claim", "metadata", "reject", "cause",
                ];
                config.insert("how".into(), json!(choices.pick(&how)));
            }
            "metadata" => {
                config.insert("tier".into(), json!(self.template(choices)));
                config.insert("n".into(), json!(choices.below(3)));
                config.insert("fail".into(), json!(choices.rarely(3)));
            }
            _ => {}
        }
        if choices.rarely(8) {
            config.insert("extra".into(), json!("{{ event.user.email }}"));
        }
        (slug, Value::Object(config))
    }

    /// What a `log_event` shows in the audit log: often a whole namespace, so that what a block should not see
    /// any more, or not yet, comes to light (ST-2, ST-4, ST-6).
    fn seen(&self, choices: &mut Choices) -> String {
        match choices.below(6) {
            0 => "{{ step }}".to_owned(),
            1 => "{{ custom }}".to_owned(),
            2 => "{{ session }}".to_owned(),
            3 => "{{ has(event.user) ? event.user : null }}".to_owned(),
            _ => self.template(choices),
        }
    }

    /// A field that `profile_update` changes, and its new value.
    fn profile_field(&self, choices: &mut Choices) -> (&'static str, Value) {
        match choices.below(7) {
            0 => (
                "phone",
                json!(choices.pick(&["+4479460001", "+4479460009"])),
            ),
            1 => ("email_verified", json!(choices.below(2) == 1)),
            2 => ("app_metadata.tier", json!(self.template(choices))),
            3 => ("nickname", json!(self.template(choices))),
            4 => ("phone", json!(self.template(choices))),
            5 => ("user_metadata.locale", json!(self.template(choices))),
            _ => ("name", json!(self.template(choices))),
        }
    }

    /// Text with or without a template.
    fn template(&self, choices: &mut Choices) -> String {
        match choices.below(7) {
            6 => format!("key {SECRET}!"),
            0 => "plain".to_owned(),
            1 => "{{ event.user.email }}".to_owned(),
            2 => "at {{ event.request.ip }}!".to_owned(),
            3 => "{{ event.authentication }}".to_owned(),
            4 => "{{ has(session.access_token) ? session.access_token : 'none' }}".to_owned(),
            _ => format!("{{{{ {} }}}}", self.expression(choices)),
        }
    }

    /// A condition over what was written before, or over the event.
    pub(super) fn expression(&self, choices: &mut Choices) -> String {
        const FIXED: [&str; 18] = [
            "true",
            "false",
            "has(event.user)",
            "has(event.user) && event.user.email_verified",
            "event.user.email_verified",
            "has(event.user.name) && event.user.name != 'Alice'",
            "has(event.user.factors) && size(event.user.factors) > 1",
            "event.authentication.aal == 'aal1'",
            "event.authentication.aal == 'aal2'",
            "event.authentication.risk_score >= 30",
            "size(event.authentication.methods) > 0",
            "event.request.geo.country == 'US'",
            "has(session.id)",
            "has(session.raw_token) && session.aal == 'aal0'",
            "event.request.asn.is_tor",
            "has(session.access_token) && session.access_token == session.refresh_token",
            "event.user.app_metadata.tier == 'gold'",
            "1 + 1",
        ];
        if self.written.is_empty() || choices.below(2) == 0 {
            return choices.pick(&FIXED).to_owned();
        }
        let written = &self.written[choices.below(self.written.len())];
        let field = field(written, choices);
        let by_custom = written.flow.as_ref().filter(|_| choices.below(2) == 1);
        let path = match by_custom {
            Some(flow) => format!("custom.{flow}.{field}"),
            None => format!("step.{}.{field}", written.slug),
        };
        match choices.below(8) {
            0 => format!("has({path})"),
            1 | 2 => format!("has({path}) && {path} == true"),
            3 => format!("!has({path}) || {path} != false"),
            4 => format!("{path} == true"),
            5 => format!("has({path}) && {path} == 'x1'"),
            6 => format!("has({path}) && {path} != null"),
            _ => format!("{path} >= 50"),
        }
    }
}

/// Weights and thresholds at sums that a request can have.
fn risk(choices: &mut Choices) -> Value {
    match choices.below(5) {
        0 => json!({}),
        1 => json!({ "weights": { "tor": choices.below(120), "bot": 1 } }),
        2 => json!({ "weights": { "tor": 60, "bot": 70, "brute_force": 80 } }),
        3 => json!({ "thresholds": choices.pick(&[[25, 30, 60], [30, 55, 85], [1, 60, 90]]) }),
        _ => json!({ "thresholds": [10, 25, 30 + choices.below(60)] }),
    }
}

fn field(written: &Written, choices: &mut Choices) -> &'static str {
    let fields = written.kind.info().writes;
    match (written.kind, fields) {
        (Kind::RunCustomAction, _) => choices.pick(&["n", "status", "code", "first"]),
        (Kind::ParallelWebhook, _) => choices.pick(&["call0.status", "call1.body", "call0"]),
        (_, []) => "nothing",
        (_, fields) => choices.pick(fields),
    }
}
