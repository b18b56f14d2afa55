//! Sessions and tokens. Only these kinds write `session.*`; none of them mints anything real.

use super::{Outputs, Scene, outputs};
use crate::engine::facts::{Facts, no_data};
use crate::engine::seed;
use crate::flow::{Config, Kind};
use crate::trace::{AuditOutcome, TOKEN_PREFIX};
use crate::value::{Map, Text, Value};
use chrono::{DateTime, SecondsFormat};
use std::sync::LazyLock;

/// One hour: what a session lives when the block does not say.
const TTL_MS: u64 = 3_600_000;

/// What each kind of this file does and writes under `step`.
pub fn compute(scene: &mut Scene) -> Outputs {
    match scene.node.kind {
        Kind::IssueSession => issue_session(scene),
        Kind::IssueTokens => {
            for field in ["access_token", "refresh_token"] {
                write_token(scene, field);
            }
            Vec::new()
        }
        Kind::SessionRevoke => {
            // A session of the world: the one that this run issued stays issued (AUD-3).
            scene.facts.side_effects.session_revoked = true;
            scene.facts.audit(
                "user.session_revoked",
                AuditOutcome::Success,
                scene.node,
                no_data(),
            );
            outputs(scene, [Value::Bool(true)])
        }
        Kind::HydraLogout => outputs(scene, [Value::Bool(true)]),
        _ => Vec::new(),
    }
}

/// Side effects are net: an issued session that is revoked was not issued (AUD-3).
pub fn revoke(facts: &mut Facts) {
    facts.side_effects.session_issued = false;
    facts.side_effects.session_revoked = true;
}

/// A second session is never minted: the first one settled the ending (ORD-5).
fn issue_session(scene: &mut Scene) -> Outputs {
    if scene.facts.side_effects.session_issued {
        return Vec::new();
    }
    let ttl_ms = if let Config::IssueSession { ttl_ms } = scene.config {
        *ttl_ms
    } else {
        TTL_MS
    };
    let now_ms = scene
        .facts
        .world
        .clock_ms
        .saturating_add_unsigned(scene.now_ms);
    let id = scene.facts.derived_id("ses_", "session", scene.node);
    let fields = [
        ("id", Value::Text(id)),
        ("aal", Value::Text(scene.facts.aal())),
        ("issued_at", instant(now_ms)),
        (
            "expires_at",
            instant(now_ms.saturating_add_unsigned(ttl_ms)),
        ),
        (
            "expires_in",
            Value::Int(i64::try_from(ttl_ms / 1_000).unwrap_or(i64::MAX)),
        ),
        ("factors", scene.facts.method_list()),
    ];
    for (field, value) in fields {
        scene.write_session(&key(field), value);
    }
    for field in ["raw_token", "access_token", "refresh_token"] {
        write_token(scene, field);
    }
    scene.facts.side_effects.session_issued = true;
    let mut data = Map::new();
    data.insert("amr", scene.facts.method_list());
    data.insert("acr", scene.facts.aal());
    scene.facts.audit(
        "user.signed_in",
        AuditOutcome::Success,
        scene.node,
        data.into(),
    );
    Vec::new()
}

fn write_token(scene: &mut Scene, field: &'static str) {
    let token = seed::id(
        TOKEN_PREFIX,
        scene.facts.world.seed,
        field,
        &scene.node.path,
    );
    scene.write_session(&key(field), Value::Text(token));
}

/// The flat keys of `session.*`, made once.
fn key(field: &str) -> Text {
    static KEYS: LazyLock<Vec<Text>> = LazyLock::new(|| {
        let names =
            "id aal issued_at expires_at expires_in factors raw_token access_token refresh_token";
        names
            .split(' ')
            .map(|name| Text::from(format!("session.{name}")))
            .collect()
    });
    let known = KEYS
        .iter()
        .find(|key| key.strip_prefix("session.") == Some(field));
    known
        .cloned()
        .unwrap_or_else(|| Text::from(format!("session.{field}")))
}

/// RFC 3339 in UTC, with milliseconds only where there are some.
fn instant(epoch_ms: i64) -> Value {
    let text = DateTime::from_timestamp_millis(epoch_ms)
        .map(|instant| instant.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    text.map_or(Value::Null, |text| Value::text(&text))
}
