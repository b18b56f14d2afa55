//! Risk and security: blocks that score and never decide.

use super::{Run, Site};
use crate::engine::PasswordInput;
use crate::flow::{Block, Config, Kind};
use crate::trace::Entry;
use crate::value::{Map, Text, Value};

/// What names an automation in a user agent.
const AUTOMATIONS: [&str; 7] = [
    "bot",
    "crawler",
    "spider",
    "curl",
    "wget",
    "python-requests",
    "headless",
];

impl Run<'_> {
    pub(super) fn risk(&mut self, block: &Block, site: &Site, entry: &mut Entry) {
        let fields = match &block.config {
            Config::RiskEvaluate {
                weights,
                thresholds,
            } => self.score(&weights.signals, *thresholds),
            Config::IpReputation { deny_countries } => self.ip_reputation(deny_countries),
            Config::BruteForce { limit } => {
                let attempts = self.failed_logins();
                map([
                    ("attempts", attempts.into()),
                    ("limited", (attempts >= *limit).into()),
                ])
            }
            Config::PasswordPolicy {
                min_length,
                classes,
            } => self.password_policy(*min_length, *classes),
            _ if block.kind == Kind::BotDetection => {
                let bot = self.is_bot();
                let score = if bot { 100 } else { 0 };
                map([("is_bot", bot.into()), ("score", Value::Int(score))])
            }
            _ if block.kind == Kind::BreachedPassword => {
                let breached = self.is_breached();
                let count = i64::from(breached);
                map([("breached", breached.into()), ("count", count.into())])
            }
            _ => self.email_validation(),
        };
        let fields = self.write_all(block, site, entry, fields);
        if block.kind == Kind::RiskEvaluate
            && let Some(score) = fields.get("score")
        {
            self.state.set_authentication("risk_score", score.clone());
        }
    }

    fn score(&self, weights: &[(&'static str, i64); 5], [t1, t2, t3]: [i64; 3]) -> Map {
        let present: Vec<_> = weights
            .iter()
            .filter(|(signal, _)| match *signal {
                "tor" => self.asn("is_tor"),
                "vpn" => self.asn("is_vpn"),
                "brute_force" => self.failed_logins() >= 5,
                "breached_password" => self.is_breached(),
                _ => self.is_bot(),
            })
            .collect();
        let sum = present.iter().map(|(_, weight)| weight).sum::<i64>();
        let score = sum.min(100);
        let severity = match score {
            score if score < t1 => "low",
            score if score < t2 => "medium",
            score if score < t3 => "high",
            _ => "critical",
        };
        let recommendation = match score {
            score if score < t2 => "allow",
            score if score < t3 => "challenge",
            _ => "deny",
        };
        let signals: Vec<Value> = present.iter().map(|(signal, _)| (*signal).into()).collect();
        map([
            ("score", score.into()),
            ("severity", severity.into()),
            ("recommendation", recommendation.into()),
            ("signals", signals.into()),
        ])
    }

    fn ip_reputation(&self, denied: &[Text]) -> Map {
        let (tor, vpn) = (self.asn("is_tor"), self.asn("is_vpn"));
        let country = self.from(&["geo", "country"]);
        let country = country.and_then(Value::as_text);
        let country_denied = denied
            .iter()
            .any(|code| country.is_some_and(|country| code.eq_ignore_ascii_case(country)));
        let part = |present: bool, weight: i64| if present { weight } else { 0 };
        let score = part(tor, 60) + part(vpn, 30) + part(country_denied, 40);
        map([
            ("score", score.min(100).into()),
            ("is_tor", tor.into()),
            ("is_vpn", vpn.into()),
            ("country_denied", country_denied.into()),
        ])
    }

    fn password_policy(&self, min_length: usize, classes: usize) -> Map {
        let password = self.world.input.new_password.clone();
        let password = password.or_else(|| self.submitted_password());
        let password = password.as_deref().unwrap_or("");
        let kinds: [fn(char) -> bool; 4] = [
            |c| c.is_lowercase(),
            |c| c.is_uppercase(),
            |c| c.is_numeric(),
            |c| !c.is_lowercase() && !c.is_uppercase() && !c.is_numeric(),
        ];
        let found = kinds.iter().filter(|is| password.contains(**is)).count();
        let mut violations = Vec::new();
        if password.chars().count() < min_length {
            violations.push("min_length".into());
        }
        if found < classes {
            violations.push("classes".into());
        }
        map([
            ("ok", violations.is_empty().into()),
            ("violations", violations.into()),
        ])
    }

    fn email_validation(&self) -> Map {
        let email = self.state.user_text("email");
        let email = email.or_else(|| self.world.input.identifier.clone());
        let email = email.as_deref().unwrap_or("").to_lowercase();
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        let valid = is_well_formed(&email);
        let disposable = self
            .world
            .disposable_domains
            .iter()
            .any(|known| **known == *domain);
        map([
            ("valid", valid.into()),
            ("disposable", disposable.into()),
            ("domain", domain.into()),
        ])
    }

    /// A value of `event.request`.
    fn from(&self, path: &[&str]) -> Option<&Value> {
        let request = self.world.event.get("request");
        path.iter().try_fold(request?, |value, key| value.get(key))
    }

    fn asn(&self, flag: &str) -> bool {
        self.from(&["asn", flag]).and_then(Value::as_bool) == Some(true)
    }

    fn failed_logins(&self) -> i64 {
        self.person
            .as_ref()
            .map_or(0, |person| person.failed_logins)
    }

    fn is_bot(&self) -> bool {
        let agent = self.from(&["user_agent"]);
        let agent = agent.and_then(Value::as_text).unwrap_or("").to_lowercase();
        agent.is_empty() || AUTOMATIONS.iter().any(|name| agent.contains(name))
    }

    fn is_breached(&self) -> bool {
        let password = self.submitted_password();
        password.is_some_and(|password| self.world.breached_passwords.contains(&password))
    }

    /// What was typed; `wrong` is no text that anything is known of.
    pub(super) fn submitted_password(&self) -> Option<Text> {
        match self.world.input.password.as_ref()? {
            PasswordInput::Right => {
                let own = self.world.identities.get(self.world.subject?)?;
                own.password.clone()
            }
            PasswordInput::Wrong => None,
            PasswordInput::Text(text) => Some(text.clone()),
        }
    }
}

/// Something, one `@`, and names with dots between them: letters, digits, and hyphens inside.
fn is_well_formed(address: &str) -> bool {
    let parts: Vec<&str> = address.split('@').collect();
    let [local, domain] = parts.as_slice() else {
        return false;
    };
    let names: Vec<&str> = domain.split('.').collect();
    let named = |name: &&str| {
        let inside = name.trim_matches(|c: char| c.is_alphanumeric());
        let ends = [name.chars().next(), name.chars().next_back()];
        let ends_well = ends.iter().all(|c| c.is_some_and(char::is_alphanumeric));
        ends_well && inside.chars().all(|c| c == '-' || c.is_alphanumeric())
    };
    let blank = |c: char| c.is_whitespace() || c.is_control();
    !local.is_empty() && !local.contains(blank) && names.len() > 1 && names.iter().all(named)
}

pub(super) fn map<const N: usize>(fields: [(&str, Value); N]) -> Map {
    fields.into_iter().collect()
}
