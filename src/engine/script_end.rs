//! How an action ends: settled, failed, or denied, whatever came after the first `api.deny` (DENY-1, ERR-4).

use super::blocks::Denial;
use super::calls::overlay;
use super::planted::{Flaw, planted};
use super::program::Work;
use super::run::Run;
use super::script::ScriptTask;
use super::task::{Task, Verdict};
use crate::action::{self, FailureKind};
use crate::trace::{AuditOutcome, ErrorCode, Failure, UserSees};
use crate::value::Text;

impl Run {
    pub(super) fn script_settled(&mut self, task: &Task, script: &ScriptTask) -> Verdict {
        let program = self.program.clone();
        let node = &program.nodes[task.node];
        if let Some(scripted) = self.facts.world.outputs.get(&node.path).cloned() {
            let mut fields = Vec::new();
            overlay(&mut fields, Some(&*scripted));
            for (field, value) in fields {
                self.write_output(task, node, &field, value);
            }
        }
        match &script.denied {
            Some(reason) => self.script_denies(task, reason),
            None => Verdict::Next,
        }
    }

    pub(super) fn script_fails(
        &mut self,
        task: &Task,
        script: &ScriptTask,
        failure: Failure,
    ) -> Verdict {
        match &script.denied {
            Some(_) if planted(Flaw::ThrowOverDeny) => Verdict::Fails(failure),
            Some(reason) => self.script_denies(task, reason),
            None => Verdict::Fails(failure),
        }
    }

    /// DENY-1, and the profile's `action_deny_visible`. Detached work cannot deny (ACT-3).
    pub(super) fn script_denies(&mut self, task: &Task, reason: &Text) -> Verdict {
        let visible = self.facts.world.profile.action_deny_visible;
        let user_sees = if visible {
            UserSees::Message(reason.clone())
        } else {
            UserSees::GenericError
        };
        if !task.detached && !planted(Flaw::DenyNotAudited) {
            let program = self.program.clone();
            let data = super::facts::data("reason", reason.clone());
            let node = &program.nodes[task.node];
            self.facts
                .audit("action.denied", AuditOutcome::Denied, node, data);
        }
        Verdict::Denies(Denial {
            reason: reason.clone(),
            user_sees,
        })
    }

    /// The code and place of a failed action (ERR-4).
    pub(super) fn script_failure(&mut self, task: &Task, failure: action::Failure) -> Failure {
        let code = match &failure.kind {
            FailureKind::Error => ErrorCode::ActionError,
            FailureKind::Compute => ErrorCode::ActionCompute,
            FailureKind::Memory => ErrorCode::ActionMemory,
            FailureKind::Stack => ErrorCode::ActionStack,
            FailureKind::Unsettled => ErrorCode::ActionUnsettled,
            FailureKind::Fetch { code } => {
                ErrorCode::from_name(code).unwrap_or(ErrorCode::ActionError)
            }
            FailureKind::Uninterruptible => ErrorCode::ActionUninterruptible,
        };
        let program = self.program.clone();
        let node = &program.nodes[task.node];
        let at = match (&node.work, failure.at) {
            (Work::Action { action, .. }, Some((line, column))) => {
                let file = action.script.file().path();
                Some(Text::from(format!("{file}:{line}:{column}")))
            }
            _ => None,
        };
        let shown = Failure {
            code,
            message: Text::from(failure.message),
            at,
            cause: None,
        };
        if code == ErrorCode::ActionUninterruptible {
            self.harness_failure.get_or_insert_with(|| shown.clone());
        }
        shown
    }
}
