//! Risk and security: these kinds score and never decide.

use super::{Outputs, Scene, field, outputs};
use crate::engine::planted::{Flaw, planted};
use crate::flow::{Config, Kind, RiskWeights};
use crate::value::{Text, Value};

/// What each kind of this file writes.
pub fn compute(scene: &mut Scene) -> Outputs {
    match scene.node.kind {
        Kind::RiskEvaluate => risk_evaluate(scene),
        Kind::IpReputation => ip_reputation(scene),
        Kind::BotDetection => {
            let bot = is_bot(scene);
            outputs(
                scene,
                [Value::Bool(bot), Value::Int(if bot { 100 } else { 0 })],
            )
        }
        Kind::BruteForce => {
            let limit = if let Config::BruteForce { limit } = scene.config {
                *limit
            } else {
                5
            };
            let attempts = failed_logins(scene);
            outputs(
                scene,
                [Value::Int(attempts), Value::Bool(attempts >= limit)],
            )
        }
        Kind::BreachedPassword => {
            let breached = is_breached(scene);
            outputs(
                scene,
                [Value::Bool(breached), Value::Int(i64::from(breached))],
            )
        }
        Kind::EmailValidation => email_validation(scene),
        _ => password_policy(scene),
    }
}

/// A final score is the run's (ST-5).
pub fn follow(scene: &mut Scene, outputs: &Outputs) {
    if let Some(score) = field(outputs, "score").filter(|_| !planted(Flaw::RiskScoreNotSet)) {
        scene
            .facts
            .state
            .set_authentication("risk_score", score.clone());
    }
}

fn risk_evaluate(scene: &Scene) -> Outputs {
    let defaults = (RiskWeights::default(), [30, 60, 80]);
    let (weights, [t1, t2, t3]) = match scene.config {
        Config::RiskEvaluate {
            weights,
            thresholds,
        } => (weights, *thresholds),
        _ => (&defaults.0, defaults.1),
    };
    let present = |signal: &str| match signal {
        "tor" => flag(scene, "is_tor"),
        "vpn" => flag(scene, "is_vpn"),
        "brute_force" => failed_logins(scene) >= 5,
        "breached_password" => is_breached(scene),
        _ => is_bot(scene),
    };
    let mut score = 0_i64;
    let mut signals = Vec::new();
    for (signal, weight) in weights.signals {
        if present(signal) {
            score = score.saturating_add(weight);
            signals.push(Value::text(signal));
        }
    }
    let score = score.min(100);
    let severity = match score {
        low if low < t1 => "low",
        medium if medium < t2 => "medium",
        high if high < t3 => "high",
        _ => "critical",
    };
    let recommendation = match score {
        low if low < t2 => "allow",
        middle if middle < t3 => "challenge",
        _ => "deny",
    };
    let values = [
        Value::Int(score),
        severity.into(),
        recommendation.into(),
        Value::list(signals),
    ];
    outputs(scene, values)
}

fn ip_reputation(scene: &Scene) -> Outputs {
    let (tor, vpn) = (flag(scene, "is_tor"), flag(scene, "is_vpn"));
    let country = scene
        .facts
        .world
        .request(&["geo", "country"])
        .and_then(Value::as_text);
    let denied = match (scene.config, country) {
        (Config::IpReputation { deny_countries }, Some(country)) => deny_countries
            .iter()
            .any(|denied| denied.eq_ignore_ascii_case(country)),
        _ => false,
    };
    let weight = |present: bool, weight: i64| if present { weight } else { 0 };
    let score = weight(tor, 60) + weight(vpn, 30) + weight(denied, 40);
    let values = [
        Value::Int(score.min(100)),
        Value::Bool(tor),
        Value::Bool(vpn),
        Value::Bool(denied),
    ];
    outputs(scene, values)
}

fn flag(scene: &Scene, name: &str) -> bool {
    scene
        .facts
        .world
        .request(&["asn", name])
        .and_then(Value::as_bool)
        == Some(true)
}

fn failed_logins(scene: &Scene) -> i64 {
    scene
        .facts
        .identity
        .as_ref()
        .map_or(0, |identity| identity.failed_logins)
}

fn is_breached(scene: &Scene) -> bool {
    let Some(password) = scene.facts.submitted_password() else {
        return false;
    };
    scene.facts.world.breached_passwords.contains(&password)
}

fn is_bot(scene: &Scene) -> bool {
    let agent = scene
        .facts
        .world
        .request(&["user_agent"])
        .and_then(Value::as_text);
    user_agent_is_bot(agent.unwrap_or_default())
}

/// Whether a user agent is empty or names a known automation.
fn user_agent_is_bot(agent: &str) -> bool {
    const NAMES: [&str; 7] = [
        "bot",
        "crawler",
        "spider",
        "curl",
        "wget",
        "python-requests",
        "headless",
    ];
    let agent = agent.to_ascii_lowercase();
    agent.trim().is_empty() || NAMES.iter().any(|name| agent.contains(name))
}

/// Judges the address at hand: of `event.user`, else the submitted identifier.
fn email_validation(scene: &Scene) -> Outputs {
    let shown = scene
        .facts
        .state
        .event
        .get("user")
        .and_then(|user| user.get("email"));
    let address = shown
        .and_then(Value::as_text)
        .or(scene.facts.world.input.identifier.as_deref())
        .unwrap_or_default();
    let domain = address
        .rsplit_once('@')
        .map_or("", |(_, domain)| domain)
        .to_lowercase();
    let disposable = scene
        .facts
        .world
        .disposable_domains
        .iter()
        .any(|known| **known == *domain);
    let values = [
        Value::Bool(is_address(address)),
        Value::Bool(disposable),
        Value::text(&domain),
    ];
    outputs(scene, values)
}

/// One `@` with something before it, and a dotted domain without spaces behind it.
fn is_address(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    !local.is_empty()
        && !local.chars().any(|c| c.is_whitespace() || c.is_control())
        && domain.contains('.')
        && domain.split('.').all(label)
}

fn password_policy(scene: &Scene) -> Outputs {
    let (min_length, classes) = match scene.config {
        Config::PasswordPolicy {
            min_length,
            classes,
        } => (*min_length, *classes),
        _ => (12, 3),
    };
    let new = scene.facts.world.input.new_password.clone();
    let password = new
        .or_else(|| scene.facts.submitted_password())
        .unwrap_or_default();
    let has = |class: fn(char) -> bool| usize::from(password.chars().any(class));
    let found = has(char::is_lowercase)
        + has(char::is_uppercase)
        + has(char::is_numeric)
        + has(|c| !c.is_alphanumeric());
    let mut violations: Vec<Value> = Vec::new();
    if password.chars().count() < min_length {
        violations.push(Value::Text(Text::from("min_length")));
    }
    if found < classes {
        violations.push(Value::Text(Text::from("classes")));
    }
    outputs(
        scene,
        [Value::Bool(violations.is_empty()), Value::list(violations)],
    )
}
