//! Sessions and tokens: what only `issue_session` and `issue_tokens` write (ST-1, ST-6).

use super::{ANY, Run, Site};
use crate::flow::{Block, Config};
use crate::trace::{AuditOutcome, Entry, TOKEN_DIGITS, TOKEN_PREFIX};
use crate::value::{Text, Value};
use chrono::{DateTime, SecondsFormat};

impl Run<'_> {
    pub(super) fn issue_session(&mut self, block: &Block, site: &Site, entry: &mut Entry) {
        if self.session.is_some() {
            return;
        }
        let ttl_ms = match &block.config {
            Config::IssueSession { ttl_ms } => *ttl_ms,
            _ => 0,
        };
        let issued = self.world.clock_ms + self.now as i64;
        let aal = self.state.authentication("aal");
        let methods = self.state.authentication("methods");
        for (key, value) in [
            ("id", ANY.into()),
            ("aal", aal.clone()),
            ("issued_at", instant(issued)),
            ("expires_at", instant(issued + ttl_ms as i64)),
            ("expires_in", Value::Int(ttl_ms as i64 / 1000)),
            ("factors", methods.clone()),
        ] {
            self.session_key(entry, key, value);
        }
        self.mint(entry, &["raw_token", "access_token", "refresh_token"]);
        self.effects.session_issued = true;
        let data = super::risk::map([("amr", methods), ("acr", aal)]);
        self.note("user.signed_in", AuditOutcome::Success, site, block, data);
    }

    pub(super) fn issue_tokens(&mut self, entry: &mut Entry) {
        self.mint(entry, &["access_token", "refresh_token"]);
    }

    fn mint(&mut self, entry: &mut Entry, keys: &[&str]) {
        for key in keys {
            self.tokens += 1;
            let token = format!("{TOKEN_PREFIX}{:0TOKEN_DIGITS$x}", self.tokens);
            self.session_key(entry, key, Value::text(token));
        }
    }

    fn session_key(&mut self, entry: &mut Entry, key: &str, value: Value) {
        let full = Text::from(format!("session.{key}"));
        entry.writes.push((full, value.clone()));
        self.state.write_session(key, value);
    }
}

/// RFC 3339
fn instant(ms: i64) -> Value {
    let instant = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    Value::text(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}
