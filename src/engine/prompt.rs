//! Asking the user (BUD-5): attempt by attempt, each answer paid for and judged.

use super::blocks::{self, Judged};
use super::planted::{Flaw, planted};
use super::program::{Node, Work};
use super::run::Run;
use super::task::{Phase, Task, Verdict};
use super::{Answer, Class, Effect, Prompt};
use crate::trace::PromptKind;

impl Run {
    pub(super) fn ask(
        &mut self,
        task: &mut Task,
        node: &Node,
        kind: PromptKind,
        attempt: u32,
    ) -> Option<Verdict> {
        task.phase = Phase::Asking { kind, attempt };
        let (block, slug) = (node.path.clone(), node.slug.clone());
        let attempt = if planted(Flaw::FirstAnswerAgain) {
            0
        } else {
            attempt
        };
        self.effects.push(Effect::Prompt(Prompt {
            block,
            slug,
            kind,
            attempt,
        }));
        None
    }

    /// The user answered, or never will.
    pub(super) fn user_answered(
        &mut self,
        task: &mut Task,
        answer: Option<Answer>,
    ) -> Option<Verdict> {
        let Phase::Asking { kind, attempt } = task.phase else {
            return None;
        };
        let Some(answer) = answer else {
            return Some(Verdict::Suspends(kind));
        };
        let program = self.program.clone();
        let node = &program.nodes[task.node];
        let counts = self.facts.world.profile.user_wait_counts || planted(Flaw::WaitCounts);
        if counts && answer.after_ms > 0 {
            let wake = self.wake_at(
                self.now_ms.saturating_add(answer.after_ms),
                Class::Completion,
            );
            task.phase = Phase::Thinking {
                wake,
                kind,
                attempt,
                answer,
            };
            return None;
        }
        self.pay_judging(task, node, kind, attempt, answer)
    }

    /// BUD-5: a prompting block's cost is paid once for each answer.
    pub(super) fn pay_judging(
        &mut self,
        task: &mut Task,
        node: &Node,
        kind: PromptKind,
        attempt: u32,
        answer: Answer,
    ) -> Option<Verdict> {
        match self.cost_ms(node) {
            _ if planted(Flaw::AnswerIsFree) => self.judge(task, node, kind, attempt, &answer),
            0 => self.judge(task, node, kind, attempt, &answer),
            cost_ms => {
                let wake = self.wake_at(self.now_ms.saturating_add(cost_ms), Class::Completion);
                task.phase = Phase::Judging {
                    wake,
                    kind,
                    attempt,
                    answer,
                };
                None
            }
        }
    }

    pub(super) fn judge(
        &mut self,
        task: &mut Task,
        node: &Node,
        kind: PromptKind,
        attempt: u32,
        answer: &Answer,
    ) -> Option<Verdict> {
        let Work::Plain(config) = &node.work else {
            return Some(Verdict::Next);
        };
        match blocks::judge(&mut self.scene(node, config), attempt, answer) {
            Judged::Again => self.ask(task, node, kind, attempt + 1),
            Judged::Done(outputs, denial) => {
                let outputs = self.write_outputs(task, node, outputs);
                Some(match blocks::refusal(node.kind, denial, &outputs) {
                    Some(denial) => Verdict::Denies(denial),
                    None => self.follow(node, config, &outputs),
                })
            }
        }
    }
}
