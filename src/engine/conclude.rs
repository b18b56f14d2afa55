//! What a block's outcome means for its flow and its parent, and how a run ends (ERR, DENY, NEST, BUD, AUD, ORD-5).

use super::Class;
use super::blocks::{Denial, Terminal};
use super::facts::{data, no_data};
use super::planted::{Flaw, planted};
use super::program::{Node, NodeId};
use super::run::{Cursor, Inner, Run};
use super::script::continues;
use super::state::State;
use super::task::{Phase, Task, Verdict};
use crate::flow::Kind;
use crate::profile::PostSession;
use crate::trace::{
    AuditOutcome, Ending, ErrorCode, Failure, Level, LogLine, PromptKind, Status, UserSees,
};
use crate::value::{Map, Text, Value};

/// How a run ended.
#[derive(Debug)]
pub struct Conclusion {
    pub ending: Ending,
    pub terminal: Option<Text>,
    pub reason: Option<Text>,
    pub halted_at: Option<Text>,
    pub error: Option<Failure>,
    pub user_sees: UserSees,
    pub flow_ms: u64,
}

impl Run {
    /// Carries out what came of the block at work.
    pub(super) fn settle(&mut self, task: Task, verdict: Verdict) {
        let program = self.program.clone();
        let node = &program.nodes[task.node];
        self.close(&task, Status::Ok);
        match verdict {
            Verdict::Next => {}
            Verdict::Goto(step) => self.cursor().step = step,
            Verdict::Enters(routine) => self.enter(&task, routine),
            Verdict::Ends(Terminal::Session) => self.session_issued(&task, node),
            Verdict::Ends(Terminal::End) => self.ends(node),
            Verdict::Denies(_) if planted(Flaw::DenyContinued) && continues(node) => {}
            Verdict::Denies(denial) => {
                self.record.entry(task.entry).status = Status::Denied;
                self.denies(node, denial);
            }
            Verdict::Fails(failure) => self.fails(&task, node, failure),
            Verdict::Suspends(kind) => {
                self.record.entry(task.entry).status = Status::Suspended;
                self.suspends(kind);
            }
        }
    }

    /// Detached work ends without a consequence for the run (ACT-3).
    pub(super) fn settle_detached(&mut self, task: &Task, verdict: Verdict) {
        self.close(task, Status::Detached);
        match verdict {
            Verdict::Denies(denial) => {
                let message = Text::from(format!("deny ignored: {}", denial.reason));
                let line = LogLine {
                    level: Level::Warn,
                    message,
                    data: None,
                };
                self.record.entry(task.entry).logs.push(line);
            }
            Verdict::Fails(failure) if planted(Flaw::DetachedHalts) => {
                let program = self.program.clone();
                self.halts(&program.nodes[task.node], &failure, failure.clone());
            }
            Verdict::Fails(failure) => self.record.entry(task.entry).error = Some(failure),
            Verdict::Next
            | Verdict::Goto(_)
            | Verdict::Enters(_)
            | Verdict::Ends(_)
            | Verdict::Suspends(_) => {}
        }
    }

    /// Closes an entry at this instant; requests that are still open are dropped (ACT-10).
    fn close(&mut self, task: &Task, status: Status) {
        self.drop_calls(task.entry);
        let duration_ms = self.now_ms.saturating_sub(task.start_ms);
        let entry = self.record.entry(task.entry);
        entry.status = status;
        entry.duration_ms = duration_ms;
    }

    /// NEST-3: the parent waits, the nested run starts with all it knows.
    fn enter(&mut self, task: &Task, routine: usize) {
        if planted(Flaw::BudgetPerFlow) {
            let at = self
                .now_ms
                .saturating_add(self.facts.world.profile.budget_ms);
            self.ceiling = self.wake_at(at, Class::Ceiling);
        }
        let parent_step = self.facts.state.enter_nested();
        self.inner = Some(Inner {
            cursor: Cursor { routine, step: 0 },
            node: task.node,
            entry: task.entry,
            start_ms: task.start_ms,
            parent_step,
            before: task.before.clone(),
        });
    }

    /// What is known before a block whose failure, if it is continued, leaves no writes behind.
    pub(super) fn before(&self, node: &Node, detached: bool) -> Option<Box<State>> {
        let forgets = !self.facts.world.profile.continue_keeps_writes;
        (forgets && !detached && continues(node)).then(|| Box::new(self.facts.state.clone()))
    }

    /// ORD-5: the ending is settled; blocks behind it run, unless the profile says otherwise.
    fn session_issued(&mut self, task: &Task, node: &Node) {
        let runs_on = self.facts.world.profile.post_session == PostSession::Run;
        let first = self.settled.is_none() || planted(Flaw::SecondSession);
        if runs_on && first {
            self.settled = Some(task.node);
        } else {
            self.ends(node);
        }
    }

    /// A terminal ended the flow that runs successfully.
    fn ends(&mut self, node: &Node) {
        if planted(Flaw::TerminalGoesOn) {
            return;
        }
        if self.inner.is_some() && !planted(Flaw::NestedAllowEnds) {
            // NEST-5: back to the block after the outer one.
            if let Some((inner, outer)) = self.leave(Ending::Allowed) {
                self.write_outcome(&inner, &outer, "allowed");
            }
            return;
        }
        let program = self.program.clone();
        let settled = self.settled.filter(|_| !planted(Flaw::LaterTerminal));
        let terminal = settled.map_or(node, |settled| &program.nodes[settled]);
        self.allowed(terminal);
    }

    fn allowed(&mut self, terminal: &Node) {
        self.facts
            .audit("flow.completed", AuditOutcome::Success, terminal, no_data());
        self.conclude(Conclusion {
            ending: Ending::Allowed,
            terminal: Some(terminal.path.clone()),
            reason: None,
            halted_at: None,
            error: None,
            user_sees: UserSees::Success,
            flow_ms: 0,
        });
    }

    /// ORD-6, ORD-5: the flow that runs has no further block.
    pub(super) fn out_of_blocks(&mut self) {
        let routine = self.cursor().routine;
        let flow = self.program.routines[routine].flow.clone();
        let failure = Failure::new(
            ErrorCode::NoTerminal,
            format!("flow `{flow}` ran out of blocks without reaching a terminal"),
        );
        if self.inner.is_some() {
            self.nested_fails(None, failure);
        } else if let Some(settled) = self.settled {
            let program = self.program.clone();
            self.allowed(&program.nodes[settled]);
        } else {
            self.facts.audit.push(crate::trace::Audit {
                kind: "flow.failed".into(),
                outcome: AuditOutcome::Failure,
                flow: self.program.flow.clone(),
                block: None,
                data: failure_data(&failure),
            });
            self.failed(None, failure);
        }
    }

    /// DENY-1, DENY-3, DENY-4: a deny halts everything, nested or not.
    fn denies(&mut self, node: &Node, denial: Denial) {
        if self.inner.is_some()
            && let Some((inner, _)) = self.leave(Ending::Denied)
        {
            if planted(Flaw::NestedDenyReturns) {
                return;
            }
            self.record.entry(inner.entry).status = Status::Denied;
        }
        self.overturn(node);
        let reason = data("reason", denial.reason.clone());
        self.facts
            .audit("flow.denied", AuditOutcome::Denied, node, reason);
        self.conclude(Conclusion {
            ending: Ending::Denied,
            terminal: Some(node.path.clone()),
            reason: Some(denial.reason),
            halted_at: Some(node.path.clone()),
            error: None,
            user_sees: denial.user_sees,
            flow_ms: 0,
        });
    }

    /// ERR-1, ERR-2: a block failed.
    fn fails(&mut self, task: &Task, node: &Node, failure: Failure) {
        self.mark_failed(task.entry, &failure);
        let on = if continues(node) {
            !planted(Flaw::ContinueHalts)
        } else {
            planted(Flaw::HaltContinues)
        };
        if on {
            self.continue_past(task.entry, node, &failure, task.before.as_deref());
            if node.kind == Kind::RunCustomFlow {
                // BUD-8: an injected fault in its place; the blocks behind it read what a failed custom flow leaves.
                self.write_output(task, node, &"outcome".into(), Value::text("failed"));
            }
        } else if self.inner.is_some() {
            self.nested_fails(Some(task.node), failure);
        } else {
            self.halts(node, &failure, failure.clone());
        }
    }

    fn mark_failed(&mut self, entry: usize, failure: &Failure) {
        let entry = self.record.entry(entry);
        entry.status = Status::Failed;
        entry.error = Some(failure.clone());
    }

    fn continue_past(
        &mut self,
        entry: usize,
        node: &Node,
        failure: &Failure,
        before: Option<&State>,
    ) {
        self.record.entry(entry).continued = true;
        if planted(Flaw::WritesLost) {
            self.record.entry(entry).writes.clear();
        }
        if let Some(before) = before {
            self.record.entry(entry).writes.clear();
            self.facts.state.go_back(before);
        }
        if planted(Flaw::ContinuedNotAudited) {
            return;
        }
        let details = failure_data(failure);
        self.facts
            .audit("flow.block_failed", AuditOutcome::Partial, node, details);
    }

    /// NEST-6: an unhandled error of the nested run is an error of the outer block.
    fn nested_fails(&mut self, failed: Option<NodeId>, failure: Failure) {
        let Some((inner, outer)) = self.leave(Ending::Failed) else {
            return;
        };
        if planted(Flaw::NestedErrorReturns) {
            return self.write_outcome(&inner, &outer, "allowed");
        }
        let message = "Custom flow returned an unexpected error.";
        let wrapped = Failure {
            cause: Some(Box::new(failure.clone())),
            ..Failure::new(ErrorCode::CustomFlowError, message)
        };
        self.mark_failed(inner.entry, &wrapped);
        let program = self.program.clone();
        let node = &program.nodes[outer];
        if continues(node) {
            self.continue_past(inner.entry, node, &wrapped, inner.before.as_deref());
            let allowed = planted(Flaw::ContinuedAllowed);
            self.write_outcome(&inner, &outer, if allowed { "allowed" } else { "failed" });
            return;
        }
        match failed {
            Some(deepest) => self.halts(&program.nodes[deepest], &failure, wrapped),
            None => self.halts(node, &wrapped.clone(), wrapped),
        }
    }

    /// The run halts: the audit names the deepest block and its own failure, the result that of the outermost.
    fn halts(&mut self, deepest: &Node, own: &Failure, failure: Failure) {
        self.overturn(deepest);
        let details = failure_data(own);
        self.facts
            .audit("flow.failed", AuditOutcome::Failure, deepest, details);
        self.failed(Some(deepest.path.clone()), failure);
    }

    fn failed(&mut self, halted_at: Option<Text>, failure: Failure) {
        let allowed = planted(Flaw::NoTerminalAllowed) && failure.code == ErrorCode::NoTerminal;
        self.conclude(Conclusion {
            ending: if allowed {
                Ending::Allowed
            } else {
                Ending::Failed
            },
            terminal: None,
            reason: Some(Text::from(failure.code.name())),
            halted_at,
            error: Some(failure),
            user_sees: UserSees::GenericError,
            flow_ms: 0,
        });
    }

    /// A prompt has no answer; a session that was issued is kept (ORD-5).
    fn suspends(&mut self, kind: PromptKind) {
        if self.inner.is_some()
            && let Some((inner, _)) = self.leave(Ending::Suspended)
        {
            self.record.entry(inner.entry).status = Status::Suspended;
        }
        self.conclude(Conclusion {
            ending: Ending::Suspended,
            terminal: self
                .settled
                .map(|settled| self.program.nodes[settled].path.clone()),
            reason: None,
            halted_at: None,
            error: None,
            user_sees: if planted(Flaw::PromptNotShown) {
                UserSees::GenericError
            } else {
                UserSees::Prompt(kind)
            },
            flow_ms: 0,
        });
    }

    /// BUD-2, BUD-3: the budget is exhausted; the block at work is cut, whatever On error says.
    pub(super) fn cut(&mut self) {
        let Some(task) = self.task.take() else { return };
        let program = self.program.clone();
        let node = &program.nodes[task.node];
        self.close(&task, Status::TimedOut);
        let message = format!("the budget was exhausted while `{}` ran", node.path);
        let mut failure = Failure::new(ErrorCode::Budget, message);
        if planted(Flaw::BudgetContinued) && continues(node) {
            return self.fails(&task, node, failure);
        }
        self.record.entry(task.entry).error = Some(failure.clone());
        if self.inner.is_some()
            && let Some((inner, _)) = self.leave(Ending::TimedOut)
        {
            failure = Failure {
                cause: Some(Box::new(failure)),
                ..Failure::new(ErrorCode::Budget, "Custom flow timed out.")
            };
            let outer = self.record.entry(inner.entry);
            outer.status = Status::TimedOut;
            outer.error = Some(failure.clone());
        }
        let node = if planted(Flaw::CutAtOuter) {
            let outer = node.path.split('/').next().unwrap_or_default();
            program.node(outer).unwrap_or(node)
        } else {
            node
        };
        self.overturn(node);
        self.facts
            .audit("flow.timed_out", AuditOutcome::Failure, node, no_data());
        self.conclude(Conclusion {
            ending: Ending::TimedOut,
            terminal: None,
            reason: Some(Text::from(ErrorCode::Budget.name())),
            halted_at: Some(node.path.clone()),
            error: Some(failure),
            user_sees: UserSees::GenericError,
            flow_ms: 0,
        });
    }

    /// Ends the nested run: its state goes, its outer entry closes, its audit entry is written (NEST-7).
    fn leave(&mut self, ending: Ending) -> Option<(Inner, NodeId)> {
        let mut inner = self.inner.take()?;
        let parent_step = std::mem::take(&mut inner.parent_step);
        self.facts.state.leave_nested(parent_step);
        let program = self.program.clone();
        let outer = &program.nodes[inner.node];
        let duration_ms = self.now_ms.saturating_sub(inner.start_ms);
        self.record.entry(inner.entry).duration_ms = duration_ms;
        let flow = program.routines[inner.cursor.routine].flow.clone();
        for (key, value) in self.record.nested_writes(inner.entry) {
            if let Some(field) = key
                .strip_prefix("step.")
                .and_then(|rest| rest.split_once('.'))
            {
                let key = Text::from(format!("custom.{flow}.{}", field.1));
                self.record.wrote(inner.entry, key, value);
            }
        }
        let outcome = match ending {
            _ if planted(Flaw::InvocationSuccess) => AuditOutcome::Success,
            Ending::Allowed => AuditOutcome::Success,
            Ending::Denied => AuditOutcome::Denied,
            Ending::Failed | Ending::TimedOut => AuditOutcome::Failure,
            Ending::Suspended => AuditOutcome::Partial,
        };
        let mut details = Map::with_capacity(2);
        details.insert("slug", flow);
        details.insert("result", ending.name());
        if !planted(Flaw::InvocationNotAudited) {
            self.facts
                .audit("custom_flow.invoked", outcome, outer, details.into());
        }
        let node = inner.node;
        Some((inner, node))
    }

    /// `step.<slug>.outcome` of a `run_custom_flow` block that goes on.
    fn write_outcome(&mut self, inner: &Inner, outer: &NodeId, outcome: &str) {
        let program = self.program.clone();
        let task = Task {
            node: *outer,
            entry: inner.entry,
            start_ms: inner.start_ms,
            deadline: None,
            phase: Phase::Ready,
            detached: false,
            before: None,
        };
        let value = Value::text(outcome);
        self.write_output(&task, &program.nodes[*outer], &"outcome".into(), value);
    }

    /// ORD-5: a run that ends badly after its session was issued revokes it.
    fn overturn(&mut self, cause: &Node) {
        let issued = self.settled.is_some() && self.facts.side_effects.session_issued;
        if issued && !planted(Flaw::SessionKept) {
            super::blocks::revoke(&mut self.facts);
            self.facts.audit(
                "user.session_revoked",
                AuditOutcome::Success,
                cause,
                no_data(),
            );
        }
    }

    fn conclude(&mut self, conclusion: Conclusion) {
        let flow_ms = self.now_ms;
        self.conclusion.get_or_insert(Conclusion {
            flow_ms,
            ..conclusion
        });
    }

    /// A driver that leaves a run early gets a trace that says so: the run failed, nothing was decided.
    pub(super) fn conclude_abandoned(&mut self) {
        if self.conclusion.is_none() {
            let message = "the driver left the run before its end";
            let failure = Failure::new(ErrorCode::NoTerminal, message);
            self.harness_failure.get_or_insert_with(|| failure.clone());
            self.failed(None, failure);
        }
    }
}

fn failure_data(failure: &Failure) -> Value {
    let mut details = Map::with_capacity(2);
    details.insert("code", failure.code.name());
    details.insert("message", failure.message.clone());
    details.into()
}
