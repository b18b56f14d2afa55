//! What stands in a config: numbers, options, lists and names. A value that is the default was probably not written,
//! and is left alone.

use super::super::mutant::Broken;
use super::Site;
use super::change::Said;
use crate::flow::{By, Channel, Config, RiskWeights};
use crate::profile::duration_text;
use crate::value::Text;
use std::sync::Arc;

/// A number is one more, one less; a lifetime twice and half as long.
pub fn numbers(site: &Site) -> Vec<Broken> {
    let old = &site.block.config;
    let near = |number: i64| vec![number.saturating_add(1), number - 1];
    let mut all: Vec<(String, i64, Vec<i64>)> = Vec::new();
    match old {
        Config::Attempts { attempts } | Config::Mfa { attempts, .. } if *attempts != 3 => {
            let attempts = i64::from(*attempts);
            all.push(("attempts".into(), attempts, near(attempts)));
        }
        Config::BruteForce { limit } if *limit != 5 => {
            all.push(("limit".into(), *limit, near(*limit)));
        }
        Config::PasswordPolicy {
            min_length,
            classes,
        } => {
            let pairs = [("min_length", *min_length, 12), ("classes", *classes, 3)];
            for (key, number, _) in pairs
                .iter()
                .filter(|(_, number, default)| number != default)
            {
                let number = i64::try_from(*number).unwrap_or(i64::MAX);
                all.push(((*key).into(), number, near(number)));
            }
        }
        Config::RiskEvaluate {
            weights,
            thresholds,
        } => {
            if *thresholds != [30, 60, 80] {
                for (at, number) in thresholds.iter().enumerate() {
                    all.push((format!("thresholds[{at}]"), *number, near(*number)));
                }
            }
            let standard = RiskWeights::default().signals;
            for ((signal, weight), (_, default)) in weights.signals.iter().zip(standard) {
                if *weight != default {
                    all.push((format!("weights.{signal}"), *weight, vec![default]));
                }
            }
        }
        Config::IssueSession { ttl_ms } if *ttl_ms != 3_600_000 => return lifetimes(site, *ttl_ms),
        _ => {}
    }
    let mut found = Vec::new();
    for (key, from, to) in all {
        for to in to.into_iter().filter(|to| *to >= 0) {
            let promise = format!("`{}` has {key} {from}", site.slug());
            let said = Said::set(&key, &from.to_string(), &to.to_string(), promise);
            found.extend(site.changed(said, |block| put(&mut block.config, &key, to)));
        }
    }
    found
}

/// Sets a number of a config; one that cannot stand there leaves it.
fn put(config: &mut Config, key: &str, to: i64) {
    let count = || usize::try_from(to).unwrap_or(0);
    let index = || {
        key.bytes()
            .rev()
            .nth(1)
            .map_or(0, |digit| usize::from(digit - b'0'))
    };
    match config {
        Config::Attempts { attempts } | Config::Mfa { attempts, .. } => {
            *attempts = u32::try_from(to).unwrap_or(1).max(1);
        }
        Config::BruteForce { limit } => *limit = to,
        Config::PasswordPolicy { min_length, .. } if key == "min_length" => *min_length = count(),
        Config::PasswordPolicy { classes, .. } => *classes = count().min(4),
        Config::RiskEvaluate { thresholds, .. } if key.starts_with("thresholds") => {
            thresholds[index()] = to;
        }
        Config::RiskEvaluate { weights, .. } => {
            let mut signals = weights.signals.iter_mut();
            let found = signals.find(|(signal, _)| key.strip_prefix("weights.") == Some(signal));
            if let Some((_, weight)) = found {
                *weight = to;
            }
        }
        _ => {}
    }
}

fn lifetimes(site: &Site, old: u64) -> Vec<Broken> {
    let one = |(from, to): (u64, u64)| {
        let promise = format!("the session lives for {}", duration_text(from));
        let said = Said::set("ttl", &duration_text(from), &duration_text(to), promise);
        site.changed(said, |block| {
            block.config = Config::IssueSession { ttl_ms: to }
        })
    };
    super::settings::neighbours(old)
        .into_iter()
        .filter_map(one)
        .collect()
}

/// A switch, or a choice between two.
pub fn options(site: &Site) -> Vec<Broken> {
    let (key, from, to, other) = match &site.block.config {
        Config::Channel {
            channel: Channel::Sms,
        } => (
            "channel",
            "sms",
            "email",
            Config::Channel {
                channel: Channel::Email,
            },
        ),
        Config::IdentityLookup {
            by,
            must_exist,
            must_not_exist,
        } => {
            let lookup = |by, must_exist, must_not_exist| Config::IdentityLookup {
                by,
                must_exist,
                must_not_exist,
            };
            match (by, must_exist, must_not_exist) {
                (By::Phone, ..) => (
                    "by",
                    "phone",
                    "email",
                    lookup(By::Email, *must_exist, *must_not_exist),
                ),
                (By::Email, true, _) => ("must_exist", "true", "false", lookup(*by, false, false)),
                (By::Email, false, true) => {
                    ("must_not_exist", "true", "false", lookup(*by, false, false))
                }
                (By::Email, false, false) => return Vec::new(),
            }
        }
        _ => return Vec::new(),
    };
    let promise = format!("`{}` has {key} {from}", site.slug());
    let said = Said::set(key, from, to, promise);
    site.changed(said, |block| block.config = other)
        .into_iter()
        .collect()
}

/// An entry of a list, or a key of a map, is missing.
pub fn items(site: &Site) -> Vec<Broken> {
    let mut found = Vec::new();
    for (key, items) in lists(&site.block.config) {
        // a list that must not be empty, and one whose absence means something else
        let least = usize::from(matches!(key, "calls" | "channels" | "set"));
        for (at, item) in items.iter().enumerate().filter(|_| items.len() > least) {
            let what = format!("{key} without {item}");
            let promise = format!("`{}` has {item} in its {key}", site.slug());
            let said = Said::gone(what, format!("{key}: [{}]", items.join(", ")), promise);
            let left: Vec<&str> = items
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at)
                .map(|(_, item)| &**item)
                .collect();
            let after = vec![format!("{key}: [{}]", left.join(", "))];
            let said = Said { after, ..said };
            found.extend(site.changed(said, |block| remove(&mut block.config, key, at)));
        }
    }
    found
}

/// The lists and maps of a config, by key.
fn lists(config: &Config) -> Vec<(&'static str, Vec<String>)> {
    let texts = |items: &[Text]| items.iter().map(ToString::to_string).collect::<Vec<_>>();
    match config {
        Config::Mfa { factors, .. } => vec![("factors", texts(factors))],
        Config::IpReputation { deny_countries } => vec![("deny_countries", texts(deny_countries))],
        Config::IdentityCreate {
            traits: Some(traits),
        } => vec![("traits", texts(traits))],
        Config::IssueTokens { scopes } => vec![("scopes", texts(scopes))],
        Config::Notify { channels, .. } => vec![("channels", texts(channels))],
        Config::Set { set } => {
            vec![("set", set.iter().map(|(key, _)| key.to_string()).collect())]
        }
        Config::ParallelWebhook { calls } => {
            vec![(
                "calls",
                calls.iter().map(|(name, _)| name.to_string()).collect(),
            )]
        }
        Config::CallWebhook(call) => {
            vec![(
                "headers",
                call.headers
                    .iter()
                    .map(|(name, _)| name.to_string())
                    .collect(),
            )]
        }
        _ => Vec::new(),
    }
}

fn remove(config: &mut Config, key: &str, at: usize) {
    match config {
        Config::Mfa { factors: list, .. }
        | Config::IpReputation {
            deny_countries: list,
        }
        | Config::IdentityCreate { traits: Some(list) }
        | Config::IssueTokens { scopes: list }
        | Config::Notify { channels: list, .. } => drop(list.remove(at)),
        Config::Set { set } => drop(set.remove(at)),
        Config::ParallelWebhook { calls } => drop(calls.remove(at)),
        Config::CallWebhook(call) if key == "headers" => drop(call.headers.remove(at)),
        _ => {}
    }
}

/// A template of a mail, the type of an audit entry, the method of a webhook.
pub fn names(site: &Site) -> Vec<Broken> {
    let mut found = Vec::new();
    let one = |key: &str, from: &str, change: &dyn Fn(&mut Config, Text)| {
        let to = if key == "method" {
            if from == "GET" {
                "POST".to_owned()
            } else {
                "GET".to_owned()
            }
        } else {
            format!("{from}_x")
        };
        let promise = format!("`{}` has {key} {from}", site.slug());
        let said = Said::set(key, from, &to, promise);
        site.changed(said, |block| change(&mut block.config, Text::from(to)))
    };
    match &site.block.config {
        Config::Notify { template, .. } | Config::SendEmail { template, .. } => {
            found.extend(one("template", template, &|config, to| {
                if let Config::Notify { template, .. } | Config::SendEmail { template, .. } = config
                {
                    *template = to;
                }
            }));
        }
        Config::LogEvent { kind, .. } => {
            found.extend(one("type", kind, &|config, to| {
                if let Config::LogEvent { kind, .. } = config {
                    *kind = to;
                }
            }));
        }
        Config::CallWebhook(call) => {
            found.extend(one("method", &call.method, &|config, to| {
                if let Config::CallWebhook(call) = config {
                    call.method = to;
                }
            }));
        }
        _ => {}
    }
    if let Config::Notify { to: Some(to), .. } | Config::SendEmail { to: Some(to), .. } =
        &site.block.config
    {
        let said = Said::gone(
            "to removed".into(),
            format!("to: {}", to.source()),
            format!("`{}` writes to {}", site.slug(), to.source()),
        );
        found.extend(site.changed(said, |block| {
            if let Config::Notify { to, .. } | Config::SendEmail { to, .. } = &mut block.config {
                *to = None::<Arc<_>>;
            }
        }));
    }
    found
}
