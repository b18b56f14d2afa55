//! What stands behind the blocks: what was audited, what would have happened outside, and how the run ended. The last
//! line always says what the user sees; a text without it was cut off.

use super::value::{name, quoted, value};
use crate::profile::duration_text;
use crate::trace::{Audit, Message, SideEffects, Trace, UserSees};
use crate::value::{Map, Value};
use std::fmt::Write;

/// Writes the last three parts.
pub fn write(out: &mut String, trace: &Trace) {
    section(
        out,
        "audit",
        &trace.audit.iter().map(audited).collect::<Vec<_>>(),
    );
    section(out, "side effects", &effects(&trace.side_effects));
    let after = duration_text(trace.flow_ms);
    let _ = writeln!(
        out,
        "\nended: {} after {after}",
        trace.ending.name().replace('_', " ")
    );
    if let Some(terminal) = &trace.terminal {
        let _ = writeln!(out, "  terminal {}", name(terminal));
    }
    if let Some(reason) = &trace.reason {
        let _ = writeln!(out, "  reason {}", name(reason));
    }
    if let Some(halted_at) = trace
        .halted_at
        .as_ref()
        .filter(|at| trace.terminal.as_ref() != Some(at))
    {
        let _ = writeln!(out, "  halted at {}", name(halted_at));
    }
    let sees = match &trace.user_sees {
        UserSees::Success => "success".to_owned(),
        UserSees::GenericError => "generic_error".to_owned(),
        UserSees::Message(text) => format!("message {}", quoted(text)),
        UserSees::Prompt(kind) => format!("prompt {}", kind.name()),
    };
    let _ = writeln!(out, "  user sees {sees}");
}

fn section(out: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        let _ = writeln!(out, "\n{title}: none");
        return;
    }
    let _ = writeln!(out, "\n{title}");
    for line in lines {
        let _ = writeln!(out, "  {line}");
    }
}

/// `flow.denied: denied, at fraud/block of fraud-gate, {"reason": "high_risk"}`
fn audited(audit: &Audit) -> String {
    let mut line = format!("{}: {}", name(&audit.kind), audit.outcome.name());
    match &audit.block {
        Some(block) => {
            let _ = write!(line, ", at {block} of {}", name(&audit.flow));
        }
        None => {
            let _ = write!(line, ", of {}", name(&audit.flow));
        }
    }
    let empty = audit.data.as_map().is_some_and(Map::is_empty);
    if !empty {
        let _ = write!(line, ", {}", value(&audit.data, 2));
    }
    line
}

fn effects(effects: &SideEffects) -> Vec<String> {
    let mut lines = Vec::new();
    if effects.session_issued {
        lines.push("session issued".to_owned());
    }
    if effects.session_revoked {
        lines.push("session revoked".to_owned());
    }
    lines.extend(effects.emails.iter().chain(&effects.messages).map(message));
    lines.extend(pairs("app_metadata", &effects.app_metadata));
    lines.extend(pairs("custom claim", &effects.custom_claims));
    lines.extend(identities("identity created", &effects.identities_created));
    lines.extend(identities("identity updated", &effects.identities_updated));
    lines
}

fn message(message: &Message) -> String {
    let to = message
        .to
        .as_ref()
        .map_or("nobody".to_owned(), |to| quoted(to));
    format!(
        "{} {} to {to}",
        name(&message.channel),
        quoted(&message.template)
    )
}

fn pairs(words: &str, map: &Map) -> Vec<String> {
    let line = |(key, item): (&crate::value::Text, &Value)| {
        format!("{words} {} = {}", name(key), value(item, 2))
    };
    map.iter().map(line).collect()
}

fn identities(words: &str, list: &[Value]) -> Vec<String> {
    list.iter()
        .map(|identity| format!("{words} {}", value(identity, 2)))
        .collect()
}
