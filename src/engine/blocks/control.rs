//! `log_event` and `deny`. Decisions, actions, nesting and webhooks are the state machine's business.

use super::{Denial, Outputs, Scene};
use crate::engine::planted::{Flaw, planted};
use crate::flow::Config;
use crate::trace::{AuditOutcome, ErrorCode, Failure, UserSees};
use crate::value::Text;

/// Appends to the audit log.
pub fn log_event(scene: &mut Scene) -> Result<Outputs, Failure> {
    let Config::LogEvent { kind, data } = scene.config else {
        return Ok(Vec::new());
    };
    let data = data
        .render(&scene.facts.state)
        .map_err(|error| Failure::new(ErrorCode::Expression, error.message))?;
    scene
        .facts
        .audit(kind, AuditOutcome::Success, scene.node, data);
    Ok(Vec::new())
}

/// What a `deny` block says (DENY-3).
pub fn denial(config: &Config) -> Denial {
    let Config::Deny {
        reason,
        user_message,
    } = config
    else {
        return Denial::generic("denied");
    };
    let user_sees = match user_message {
        Some(message) if !planted(Flaw::UserMessageLost) => UserSees::Message(Text::clone(message)),
        _ => UserSees::GenericError,
    };
    Denial {
        reason: reason.clone(),
        user_sees,
    }
}
