//! From block to block: which one is next, how it starts, what its waiting brings (ORD, BUD-8, ACT-1, ACT-3).

use super::blocks::{self, Opening, Outcome, Outputs, Scene};
use super::calls::{overlay, whole_timeout_ms};
use super::planted::{self, Flaw, planted};
use super::program::{Arm, Node, NodeId, Step, Work};
use super::run::{Cursor, Run};
use super::script::timeout_ms;
use super::state::Place;
use super::task::{Phase, Task, Verdict};
use super::{Class, Fault, FaultKind, WakeId};
use crate::flow::{Config, FlowKind, Kind, Mode};
use crate::profile::{UnmatchedDecision, duration_text};
use crate::trace::{ErrorCode, Failure, Status};
use crate::value::{Text, Value};

impl Run {
    /// Starts blocks until one has to wait, or the run has ended.
    pub(super) fn advance(&mut self) {
        while self.conclusion.is_none() && self.task.is_none() {
            match self.next_node() {
                Some(node) => self.begin(node),
                None => self.out_of_blocks(),
            }
        }
    }

    /// The next block of the flow that runs; None when it has run out of them.
    fn next_node(&mut self) -> Option<NodeId> {
        let program = &self.program;
        let cursor = match &mut self.inner {
            Some(inner) => &mut inner.cursor,
            None => &mut self.outer,
        };
        loop {
            match *program.routines[cursor.routine].code.get(cursor.step)? {
                Step::Jump(to) => cursor.step = to,
                Step::Block(node) => {
                    cursor.step += 1;
                    return Some(node);
                }
            }
        }
    }

    pub(super) fn cursor(&mut self) -> &mut Cursor {
        match &mut self.inner {
            Some(inner) => &mut inner.cursor,
            None => &mut self.outer,
        }
    }

    /// Starts a block: its faults first, then its work.
    fn begin(&mut self, id: NodeId) {
        let program = self.program.clone();
        let node = &program.nodes[id];
        if node.stage != self.stage {
            self.stage = node.stage;
            self.facts.state.leave_stage();
        }
        let fault = self
            .facts
            .world
            .faults
            .get(&node.path)
            .cloned()
            .unwrap_or_default();
        if self.is_disabled(node, &fault) {
            if planted(Flaw::DisabledLeavesEntry) {
                let outer = self.inner.as_ref().map(|inner| inner.entry);
                self.record.open(&node.path, node.kind, self.now_ms, outer);
            }
            return;
        }
        let detached = node.mode == Mode::FireAndForget && node.kind.info().mode;
        let outer = self.inner.as_ref().map(|inner| inner.entry);
        let entry = self.record.open(&node.path, node.kind, self.now_ms, outer);
        if detached {
            self.record.entry(entry).status = Status::Detached;
        }
        let mut task = Task {
            node: id,
            entry,
            start_ms: self.now_ms,
            deadline: None,
            phase: Phase::Ready,
            detached,
            before: self.before(node, detached),
        };
        let verdict = self.open(&mut task, node, fault);
        if detached {
            let last = self.detached.len();
            self.keep_detached(last, task, verdict);
        } else {
            self.keep(task, verdict);
        }
    }

    /// ACT-1: a disabled action is as if its block were absent.
    fn is_disabled(&self, node: &Node, fault: &Fault) -> bool {
        let Work::Action { action, .. } = &node.work else {
            return false;
        };
        let enabled = self.facts.world.actions_enabled.get(&action.slug);
        fault.disabled || !enabled.copied().unwrap_or(action.enabled)
    }

    fn open(&mut self, task: &mut Task, node: &Node, fault: Fault) -> Option<Verdict> {
        match fault.instead {
            Some(FaultKind::Error(message)) => {
                return Some(Verdict::Fails(Failure::new(ErrorCode::Injected, message)));
            }
            Some(FaultKind::Deny(reason)) => {
                return Some(Verdict::Denies(blocks::Denial::generic(&reason)));
            }
            Some(FaultKind::Timeout) => {
                let (code, mut takes_ms) = self.injected_timeout(node);
                if planted(Flaw::InjectedTimeoutIsFree) {
                    takes_ms = 0;
                }
                let wake = self.wake_at(self.now_ms.saturating_add(takes_ms), Class::OwnTimeout);
                let message = "the scenario injected a timeout";
                task.phase = Phase::StandIn(wake, Failure::new(code, message));
                return None;
            }
            None => {}
        }
        if let Work::Action { action, .. } = &node.work {
            let limit_ms = timeout_ms(node, action, self.facts.world.profile.action_timeout_ms);
            let at = self.now_ms.saturating_add(limit_ms);
            task.deadline = Some(self.wake_at(at, Class::OwnTimeout));
        }
        match fault.delay_ms {
            Some(delay_ms) if self.outlasts(node, delay_ms) => {
                let (code, limit_ms) = self.injected_timeout(node);
                let wake = self.wake_at(self.now_ms.saturating_add(limit_ms), Class::OwnTimeout);
                let message = format!("no answer within {}", duration_text(limit_ms));
                task.phase = Phase::StandIn(wake, Failure::new(code, message));
                None
            }
            Some(delay_ms) if delay_ms > 0 => {
                if task.detached {
                    task.before = Some(Box::new(self.facts.state.clone()));
                }
                let wake = self.wake_at(self.now_ms.saturating_add(delay_ms), Class::Completion);
                task.phase = Phase::Delay(wake);
                None
            }
            _ => self.work(task, node),
        }
    }

    /// BUD-8: an injected delay counts against the timeout of a webhook block.
    fn outlasts(&self, node: &Node, delay_ms: u64) -> bool {
        let webhook = matches!(
            node.work,
            Work::Plain(Config::CallWebhook(_) | Config::ParallelWebhook { .. })
        );
        webhook && delay_ms > self.injected_timeout(node).1
    }

    /// BUD-8: the code of an injected timeout, and how long it takes.
    fn injected_timeout(&self, node: &Node) -> (ErrorCode, u64) {
        let profile = &self.facts.world.profile;
        match &node.work {
            Work::Action { action, .. } => (
                ErrorCode::ActionTimeout,
                timeout_ms(node, action, profile.action_timeout_ms),
            ),
            Work::Plain(Config::CallWebhook(_) | Config::ParallelWebhook { .. }) => (
                ErrorCode::WebhookTimeout,
                whole_timeout_ms(node, profile.webhook_timeout_ms),
            ),
            _ => (ErrorCode::Injected, profile.webhook_timeout_ms),
        }
    }

    /// The work of a block, injected faults aside.
    fn work(&mut self, task: &mut Task, node: &Node) -> Option<Verdict> {
        match &node.work {
            Work::Action { .. } => self.open_script(task),
            Work::Flow { routine } => Some(Verdict::Enters(*routine)),
            Work::Plain(Config::CallWebhook(_) | Config::ParallelWebhook { .. }) => {
                self.open_calls(task)
            }
            Work::Plain(config) => match blocks::open(&self.scene(node, config)) {
                Opening::Ask(kind) => {
                    blocks::before_asking(&mut self.scene(node, config));
                    self.ask(task, node, kind, 0)
                }
                Opening::Work => self.pay(task, node),
            },
            Work::Decision { .. } | Work::Condition { .. } => self.pay(task, node),
        }
    }

    /// Pays the cost of a block, then does its work (ORD-7).
    fn pay(&mut self, task: &mut Task, node: &Node) -> Option<Verdict> {
        match self.cost_ms(node) {
            0 => Some(self.perform(task, node)),
            cost_ms => {
                let at = self.now_ms.saturating_add(cost_ms);
                task.phase = Phase::Cost(self.wake_at(at, Class::Completion));
                None
            }
        }
    }

    pub(super) fn cost_ms(&self, node: &Node) -> u64 {
        let world = &self.facts.world;
        if let Work::Plain(Config::Delay { ms }) = &node.work {
            return world.sampled.get(&node.path).copied().unwrap_or(*ms);
        }
        let nobody = self.facts.identity.is_none();
        if planted(Flaw::UnknownUserFaster) && node.kind == Kind::PasswordCheck && nobody {
            return 0;
        }
        let default = node.kind.info().cost_ms.unwrap_or(0);
        let set = world.latency_ms(&node.path, &node.slug, node.kind.name());
        set.unwrap_or(default)
    }

    /// Something that a block waits for has come.
    pub(super) fn task_woken(&mut self, task: &mut Task, id: WakeId) -> Option<Verdict> {
        let program = self.program.clone();
        let node = &program.nodes[task.node];
        if task.deadline == Some(id) {
            return match std::mem::replace(&mut task.phase, Phase::Ready) {
                phase @ Phase::Script(_) => {
                    task.phase = phase;
                    Some(self.script_timed_out(task))
                }
                _ => Some(self.overtaken(node)),
            };
        }
        match std::mem::replace(&mut task.phase, Phase::Ready) {
            Phase::Delay(_) => self.work(task, node),
            Phase::Cost(_) => Some(self.perform(task, node)),
            Phase::StandIn(_, failure) => Some(Verdict::Fails(failure)),
            Phase::Thinking {
                kind,
                attempt,
                answer,
                ..
            } => self.pay_judging(task, node, kind, attempt, answer),
            Phase::Judging {
                kind,
                attempt,
                answer,
                ..
            } => self.judge(task, node, kind, attempt, &answer),
            phase @ Phase::Calls(_) => {
                task.phase = phase;
                self.call_timed_out(task, id)
            }
            phase @ Phase::Script(_) => {
                task.phase = phase;
                self.script_woken(task, id)
            }
            phase @ (Phase::Asking { .. } | Phase::Ready) => {
                task.phase = phase;
                None
            }
        }
    }

    /// An injected delay took the whole timeout of an action (BUD-8).
    fn overtaken(&self, node: &Node) -> Verdict {
        let (code, limit_ms) = self.injected_timeout(node);
        let allowed = duration_text(limit_ms);
        Verdict::Fails(Failure::new(
            code,
            format!("the action did not settle within {allowed}"),
        ))
    }

    /// Does what the block does, its cost being paid.
    fn perform(&mut self, task: &Task, node: &Node) -> Verdict {
        let config = match &node.work {
            Work::Plain(config) => config,
            Work::Decision { arms, after } => return self.decide(task, node, arms, *after),
            Work::Condition {
                when,
                then,
                otherwise,
            } => {
                self.note_reads(task.entry, when);
                return match when.expr.holds(&self.facts.state) {
                    Ok(true) => self.take(task, node, &"then".into(), *then),
                    Ok(false) => self.take(task, node, &"else".into(), *otherwise),
                    Err(error) => expression_fails(error),
                };
            }
            Work::Action { .. } | Work::Flow { .. } => return Verdict::Next,
        };
        let mut scene = self.scene(node, config);
        let computed = blocks::compute(&mut scene);
        let session_writes = std::mem::take(&mut scene.session_writes);
        let denial = if node.kind.info().prompts {
            blocks::unasked_denial(&scene)
        } else {
            None
        };
        self.record.entry(task.entry).writes.extend(session_writes);
        match computed {
            Err(failure) => Verdict::Fails(failure),
            Ok(outputs) => {
                let outputs = self.write_outputs(task, node, outputs);
                match blocks::refusal(node.kind, denial, &outputs) {
                    Some(denial) => Verdict::Denies(denial),
                    None => self.follow(node, config, &outputs),
                }
            }
        }
    }

    pub(super) fn follow(&mut self, node: &Node, config: &Config, outputs: &Outputs) -> Verdict {
        match blocks::follow(&mut self.scene(node, config), outputs) {
            Outcome::Next => Verdict::Next,
            Outcome::Ends(terminal) => Verdict::Ends(terminal),
            Outcome::Denies(denial) => Verdict::Denies(denial),
        }
    }

    /// ORD-3: the first arm whose condition holds, else the default.
    fn decide(&mut self, task: &Task, node: &Node, arms: &[Arm], after: usize) -> Verdict {
        let default = arms.last().is_some_and(|arm| arm.when.is_none());
        for at in 0..arms.len() {
            let arm = &arms[planted::arm(at, arms.len(), default)];
            let holds = match &arm.when {
                None => Ok(true),
                Some(when) => {
                    self.note_reads(task.entry, when);
                    when.expr.holds(&self.facts.state)
                }
            };
            match holds {
                Ok(true) => return self.take(task, node, &arm.name, arm.start),
                Ok(false) => {}
                Err(_) if planted(Flaw::ExpressionIsFalse) => {}
                Err(error) => return expression_fails(error),
            }
        }
        match self.facts.world.profile.unmatched_decision {
            UnmatchedDecision::FallThrough => Verdict::Goto(after),
            UnmatchedDecision::Error => Verdict::Fails(Failure::new(
                ErrorCode::UnmatchedDecision,
                format!(
                    "no branch of `{}` matches, and it has no default",
                    node.slug
                ),
            )),
        }
    }

    fn take(&mut self, task: &Task, node: &Node, branch: &Text, start: usize) -> Verdict {
        self.record.entry(task.entry).branch = Some(branch.clone());
        self.write_output(task, node, &"branch".into(), branch.clone().into());
        Verdict::Goto(start)
    }

    pub(super) fn scene<'a>(&'a mut self, node: &'a Node, config: &'a Config) -> Scene<'a> {
        let now_ms = self.now_ms;
        Scene {
            facts: &mut self.facts,
            node,
            config,
            now_ms,
            session_writes: Vec::new(),
        }
    }

    /// Lays scripted outputs over computed ones and writes them; effects follow the result.
    pub(super) fn write_outputs(
        &mut self,
        task: &Task,
        node: &Node,
        mut outputs: Outputs,
    ) -> Outputs {
        let scripted = self.facts.world.outputs.get(&node.path).cloned();
        overlay(&mut outputs, scripted.as_deref());
        self.write_fields(task, node, outputs.clone());
        outputs
    }

    /// Writes several outputs of a block.
    pub(super) fn write_fields(&mut self, task: &Task, node: &Node, fields: Outputs) {
        for (field, value) in fields {
            self.write_output(task, node, &field, value);
        }
    }

    /// Writes one output of a block: into its entry, and into state unless it is detached (ACT-3).
    pub(super) fn write_output(&mut self, task: &Task, node: &Node, field: &Text, value: Value) {
        match node.fields.iter().position(|known| known == field) {
            Some(at) => {
                let (key, custom_key) = (&node.keys[at], &node.custom_keys[at]);
                let place = Place {
                    slug: &node.slug,
                    field,
                    key,
                    custom_key,
                };
                self.write_at(task, node, &place, value);
            }
            None => {
                // a field that the tenant's code chose: its keys are redacted here, those of the catalogue never
                let mut key = Text::from(format!("step.{}.{field}", node.slug));
                let mut custom_key = Text::from(format!("custom.{}.{field}", node.flow));
                let redactor = &self.facts.world.redactor;
                redactor.hide(&mut key);
                redactor.hide(&mut custom_key);
                let place = Place {
                    slug: &node.slug,
                    field,
                    key: &key,
                    custom_key: &custom_key,
                };
                self.write_at(task, node, &place, value);
            }
        }
    }

    fn write_at(&mut self, task: &Task, node: &Node, place: &Place, value: Value) {
        self.record
            .wrote(task.entry, place.key.clone(), value.clone());
        if task.detached && !planted(Flaw::DetachedWrites) {
            return;
        }
        let nested = self.inner.is_some() && node.kind != Kind::RunCustomFlow;
        let alone = self.program.kind == FlowKind::Custom;
        let state = &mut self.facts.state;
        if nested || alone {
            state.write_nested(place, &node.flow, alone, value);
        } else {
            state.write_step(place, value);
        }
    }
}

fn expression_fails(error: crate::expr::EvalError) -> Verdict {
    Verdict::Fails(Failure::new(ErrorCode::Expression, error.message))
}
