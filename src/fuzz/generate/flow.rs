//! A well-formed flow out of genes: every kind where it may stand, slugs that a nested flow shares with its
//! parent, expressions over what blocks before wrote, and delays near the limits.

use super::Reach;
use super::genes::{Choices, Gene};
use crate::flow::{CATALOGUE, FACTORS, Kind, KindInfo};
use crate::fuzz::Actions;
use serde_json::{Map, Value, json};

/// Delays around the limits that `world` sets.
pub const DELAYS: [u64; 14] = [0, 1, 5, 25, 49, 50, 51, 95, 99, 100, 101, 200, 999, 1000];

/// A block that was written, for those that come after it.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its slug.
    pub slug: String,
    /// What it is.
    pub kind: Kind,
    /// Inside which custom flow it stands.
    pub flow: Option<String>,
}

/// The flow of a case, or a custom flow of it.
pub struct Author<'a> {
    /// Its slug.
    pub flow: &'a str,
    /// Whether it is a system flow.
    pub system: bool,
    /// The custom flows that it can embed.
    pub customs: &'a [String],
    /// The kinds that take part.
    pub kinds: Vec<&'static KindInfo>,
    /// The blocks so far.
    pub written: Vec<Written>,
    /// The number of the next block.
    pub next: usize,
}

/// What most rules are about comes four times as often.
const OFTEN: [Kind; 7] = [
    Kind::RunCustomAction,
    Kind::RunCustomFlow,
    Kind::Decision,
    Kind::Condition,
    Kind::CallWebhook,
    Kind::Deny,
    Kind::LogEvent,
];

/// The kinds that may stand in a flow, those of the swarm only; simple ones first.
pub fn kinds(
    flow: &str,
    system: bool,
    customs: bool,
    swarm: u64,
    reach: Reach,
    actions: Actions,
) -> Vec<&'static KindInfo> {
    let may = |info: &&KindInfo| {
        let stands = if system {
            info.availability
                .system
                .is_none_or(|flows| flows.contains(&flow))
        } else {
            info.availability.custom
        };
        let stands = stands || matches!(reach, Reach::Anywhere);
        let plain = actions == Actions::With || info.kind != Kind::RunCustomAction;
        stands && plain && (customs || info.kind != Kind::RunCustomFlow)
    };
    let takes_part = |info: &&KindInfo| swarm == 0 || swarm >> (info.kind as u64) & 1 == 1;
    let first = [Kind::Delay, Kind::RunCustomAction, Kind::RunCustomFlow];
    let order = |info: &&KindInfo| !first.contains(&info.kind);
    let mut kinds: Vec<_> = CATALOGUE.iter().filter(may).filter(takes_part).collect();
    kinds.sort_by_key(order);
    if kinds.is_empty() {
        kinds.extend(CATALOGUE.iter().filter(may));
    }
    let often: Vec<_> = kinds
        .iter()
        .copied()
        .filter(|info| OFTEN.contains(&info.kind))
        .collect();
    kinds.extend(often.iter().cycle().take(often.len() * 3));
    kinds
}

impl Author<'_> {
    /// The document of the flow; `looks_up` lets it begin with a lookup, so that it gets far.
    pub fn document(&mut self, genes: &[Gene], looks_up: bool) -> Value {
        let mut rest = genes;
        let mut stages = Vec::new();
        if looks_up {
            let lookup = json!({ "block": "identity_lookup", "slug": "who" });
            stages.push(json!({ "stage": "first", "blocks": [lookup] }));
            self.written.push(Written {
                slug: "who".to_owned(),
                kind: Kind::IdentityLookup,
                flow: None,
            });
        }
        while stages.is_empty() || !rest.is_empty() {
            // short stages in custom flows: they have few blocks, and stages matter to what lives for one
            let most = if self.system { 4 } else { 2 };
            let looks = rest.first().is_some_and(|gene| gene[11] % 3 == 2);
            let mut blocks = Vec::new();
            if looks && !stages.is_empty() {
                blocks.push(look(stages.len()));
            }
            blocks.extend(self.blocks(&mut rest, most, 0));
            stages.push(json!({ "stage": format!("s{}", stages.len()), "blocks": blocks }));
        }
        let kind = if self.system { "system" } else { "custom" };
        let mut flow = Map::new();
        flow.insert("flow".into(), json!(self.flow));
        flow.insert("kind".into(), json!(kind));
        if !self.system {
            flow.insert("status".into(), json!("published"));
        }
        flow.insert("stages".into(), json!(stages));
        Value::Object(flow)
    }

    /// At most so many blocks; branches take theirs from the genes behind.
    fn blocks(&mut self, genes: &mut &[Gene], most: usize, depth: usize) -> Vec<Value> {
        let mut blocks = Vec::new();
        while blocks.len() < most {
            let Some((gene, rest)) = genes.split_first() else {
                break;
            };
            *genes = rest;
            blocks.push(self.block(gene, genes, depth));
        }
        blocks
    }

    fn block(&mut self, gene: &Gene, genes: &mut &[Gene], depth: usize) -> Value {
        let mut choices = Choices::new(gene);
        let info = choices.pick(&self.kinds);
        let kind = match info.kind {
            Kind::Decision | Kind::Condition if depth >= 3 => Kind::Delay,
            kind => kind,
        };
        let info = kind.info();
        self.next += 1;
        let slug = format!("b{}", self.next);
        let mut block = Map::new();
        block.insert("block".into(), json!(info.name));
        block.insert("slug".into(), json!(slug));
        if info.on_error && choices.below(2) == 1 {
            block.insert("on_error".into(), json!("continue"));
        }
        let detached = info.mode && choices.rarely(4);
        if detached {
            block.insert("mode".into(), json!("fire_and_forget"));
        }
        if info.timeout && choices.rarely(3) {
            let ms = choices.pick(&DELAYS).max(1);
            block.insert("timeout".into(), json!(format!("{ms}ms")));
        }
        match kind {
            Kind::Decision => {
                block.insert("branches".into(), self.branches(&mut choices, genes, depth));
            }
            Kind::Condition => {
                let when = self.expression(&mut choices);
                block.insert("config".into(), json!({ "when": when }));
                for key in ["then", "else"] {
                    let most = choices.below(3);
                    let blocks = self.blocks(genes, most, depth + 1);
                    if !blocks.is_empty() || choices.below(2) == 1 {
                        block.insert(key.into(), json!(blocks));
                    }
                }
            }
            Kind::RunCustomAction => {
                let (slug, config) = self.action(&mut choices, detached);
                block.insert("config".into(), json!({ "action": slug, "config": config }));
            }
            _ => {
                let config = self.config(kind, &mut choices);
                if config.as_object().is_some_and(|config| !config.is_empty()) {
                    block.insert("config".into(), config);
                }
            }
        }
        self.written.push(Written {
            slug,
            kind,
            flow: (!self.system).then(|| self.flow.to_owned()),
        });
        Value::Object(block)
    }

    fn branches(&mut self, choices: &mut Choices, genes: &mut &[Gene], depth: usize) -> Value {
        let mut branches = Vec::new();
        for branch in 0..=choices.below(3) {
            let when = self.expression(choices);
            let most = choices.below(4);
            let blocks = self.blocks(genes, most, depth + 1);
            branches
                .push(json!({ "when": when, "branch": format!("x{branch}"), "blocks": blocks }));
        }
        if choices.below(3) != 2 {
            let most = choices.below(3);
            let blocks = self.blocks(genes, most, depth + 1);
            branches.push(json!({ "branch": "rest", "default": true, "blocks": blocks }));
        }
        json!(branches)
    }

    fn config(&self, kind: Kind, choices: &mut Choices) -> Value {
        match kind {
            Kind::ChannelOtpSend | Kind::VerificationSend => {
                json!({ "channel": choices.pick(&["email", "sms"]) })
            }
            Kind::ChannelOtpVerify => json!({ "attempts": 1 + choices.below(3) }),
            Kind::Mfa if choices.below(2) == 0 => json!({ "attempts": 1 + choices.below(3) }),
            Kind::Mfa => json!({ "factors": [choices.pick(FACTORS), choices.pick(FACTORS)] }),
            Kind::RequireMfa | Kind::RequireMfaEnroll if choices.below(3) == 0 => json!({}),
            Kind::RequireMfa | Kind::RequireMfaEnroll => json!({ "factor": choices.pick(FACTORS) }),
            Kind::RiskEvaluate => match choices.below(3) {
                0 => json!({}),
                1 => json!({ "weights": { "tor": choices.below(120), "bot": 1 } }),
                _ => json!({ "thresholds": [10, 25, 30 + choices.below(60)] }),
            },
            Kind::IpReputation => json!({ "deny_countries": [choices.pick(&["DE", "us", "FR"])] }),
            Kind::BruteForce => json!({ "limit": choices.below(9) }),
            Kind::PasswordPolicy => {
                json!({ "min_length": choices.below(20), "classes": choices.below(5) })
            }
            Kind::IdentityLookup => {
                let by = choices.pick(&["email", "email", "phone"]);
                match choices.below(4) {
                    2 => json!({ "by": by, "must_exist": true }),
                    3 => json!({ "by": by, "must_not_exist": true }),
                    _ => json!({ "by": by }),
                }
            }
            Kind::ProfileUpdate if choices.rarely(4) => {
                json!({ "set": { "phone": choices.pick(&["+4479460001", "+4479460009"]) } })
            }
            Kind::ProfileUpdate => json!({ "set": {
                choices.pick(&["name", "phone", "user_metadata.locale"]): self.template(choices),
            } }),
            Kind::UpdateUser => json!({ "set": {
                "email": choices.pick(&["new@example.com", "bob@example.com", "x{{ event.user.email }}"]),
            } }),
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
            Kind::Deny => json!({ "reason": "not_here", "user_message": "Please call us." }),
            _ => json!({}),
        }
    }

    fn webhook(&self, choices: &mut Choices) -> Value {
        let mut webhook = json!({ "url": self.url(choices, false) });
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
        let odd = choices.below(12);
        if detached {
            return format!("https://d{}.example.com/a", choices.below(3));
        }
        match odd {
            8 => "https://nobody.example.com/a".to_owned(),
            9 => choices
                .pick(&[
                    "https://127.0.0.1/",
                    "https://localhost/x",
                    "https://[::1]/",
                    "https://10.1.2.3/",
                    "https://metadata.google.internal/",
                    "https://[::ffff:7f00:1]/",
                    "https://[64:ff9b::a00:1]/",
                ])
                .to_owned(),
            10 => "{{ event.client.name }}".to_owned(),
            11 => "http://{{ event.tenant.slug }}.example.com/".to_owned(),
            7 => "https://m1.example.com/a?u={{ event.user.email }}".to_owned(),
            _ => format!("https://m{}.example.com/a", choices.below(5)),
        }
    }

    fn action(&self, choices: &mut Choices, detached: bool) -> (&'static str, Value) {
        let (slug, _) = super::library::ACTIONS[choices.below(super::library::ACTIONS.len())];
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
            "fetch" | "fetch-caught" | "fetch-both" | "fetch-first" | "compute-and-fetch" => {
                config.insert("url".into(), json!(plain(self.url(choices, detached))));
                config.insert("other".into(), json!(plain(self.url(choices, detached))));
                config.insert("ms".into(), json!(choices.pick(&DELAYS)));
                config.insert("turns".into(), json!(choices.pick(&[0, 60_000, 600_000])));
            }
            "wait" | "wait-then-throw" | "timers" => {
                config.insert("ms".into(), json!(choices.pick(&DELAYS)));
                config.insert("refuse".into(), json!(choices.below(2) == 1));
            }
            "compute" => {
                let turns = choices.pick(&[0, 30_000, 120_000, 500_000, 2_000_000]);
                config.insert("turns".into(), json!(turns));
            }
            "metadata" => {
                config.insert("tier".into(), json!(self.template(choices)));
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
            3 => "{{ event.user }}".to_owned(),
            _ => self.template(choices),
        }
    }

    /// Text with or without a template.
    fn template(&self, choices: &mut Choices) -> String {
        match choices.below(6) {
            0 => "plain".to_owned(),
            1 => "{{ event.user.email }}".to_owned(),
            2 => "at {{ event.request.ip }}!".to_owned(),
            3 => "{{ event.authentication }}".to_owned(),
            4 => "{{ has(session.access_token) ? session.access_token : 'none' }}".to_owned(),
            _ => format!("{{{{ {} }}}}", self.expression(choices)),
        }
    }

    /// A condition over what was written before, or over the event.
    fn expression(&self, choices: &mut Choices) -> String {
        const FIXED: [&str; 14] = [
            "true",
            "false",
            "has(event.user)",
            "has(event.user) && event.user.email_verified",
            "event.user.email_verified",
            "event.authentication.aal == 'aal1'",
            "event.authentication.risk_score >= 30",
            "size(event.authentication.methods) > 0",
            "event.request.geo.country == 'US'",
            "has(session.id)",
            "has(session.raw_token) && session.aal == 'aal0'",
            "event.request.asn.is_tor",
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
        match choices.below(6) {
            0 => format!("has({path})"),
            1 => format!("has({path}) && {path} == true"),
            2 => format!("!has({path}) || {path} != false"),
            3 => format!("{path} == true"),
            4 => format!("has({path}) && {path} == 'x1'"),
            _ => format!("{path} >= 50"),
        }
    }
}

/// Shows in the audit log what a block sees here (ST-2, ST-4, ST-6).
pub fn look(stage: usize) -> Value {
    let data =
        json!({ "step": "{{ step }}", "custom": "{{ custom }}", "session": "{{ session }}" });
    json!({
        "block": "log_event",
        "slug": format!("look{stage}"),
        "config": { "type": "acme.look", "data": data },
    })
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
