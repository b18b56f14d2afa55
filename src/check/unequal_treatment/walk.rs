//! Follows both sides through a flow, as long as they go together, and tells where they part. A decision that both
//! sides see alike may go either way; behind one that parts them the way of a wrong password is followed.

use super::holds;
use super::pair::Pair;
use super::tail::{Deed, Rest, parting, refuses, tail};
use super::trial::{CASES, Choice, cases, certain, needs_user};
use crate::check::ground::findings::Findings;
use crate::check::ground::order::{arms, ends, may_skip};
use crate::check::ground::subject::{Subject, may_mention};
use crate::diagnostic::Diagnostic;
use crate::flow::{Block, Flow, FlowKind, Kind, Mode};

/// Tells where the sides part in a system flow.
///
/// `size` is the number of its blocks, those of custom flows included.
pub fn follow<'a>(subject: &Subject<'a>, flow: &'a Flow, size: usize, findings: &mut Findings<'a>) {
    let mut walk = Walk {
        subject,
        findings,
        exits: Vec::new(),
        size,
        work: WORK,
    };
    walk.stages(flow, vec![Pair::new()], None);
}

/// Ways that are followed at one time; of more, some are left out.
const WAYS: usize = 16;

/// Branches tried and blocks looked at ahead, for one flow; what is beyond draws nothing.
const WORK: usize = 1_000_000;

struct Walk<'w, 'a> {
    subject: &'w Subject<'a>,
    findings: &'w mut Findings<'a>,
    /// The ways that end the custom flow being followed with `allow`.
    exits: Vec<Pair>,
    size: usize,
    /// What may still be spent.
    work: usize,
}

impl<'a> Walk<'_, 'a> {
    fn stages(
        &mut self,
        flow: &'a Flow,
        mut ways: Vec<Pair>,
        then: Option<&Rest<'_, 'a>>,
    ) -> Vec<Pair> {
        for (at, stage) in flow.stages.iter().enumerate() {
            let rest = Rest {
                flow,
                blocks: &[],
                stages: flow.stages.get(at + 1..).unwrap_or_default(),
                then,
            };
            ways = self.list(&stage.blocks, ways, &rest);
        }
        ways
    }

    fn list(&mut self, blocks: &'a [Block], mut ways: Vec<Pair>, rest: &Rest<'_, 'a>) -> Vec<Pair> {
        for (at, block) in blocks.iter().enumerate() {
            let here = Rest {
                flow: rest.flow,
                blocks: blocks.get(at + 1..).unwrap_or_default(),
                stages: &[],
                then: Some(rest),
            };
            let mut behind: Vec<Pair> = Vec::new();
            for way in ways {
                for next in self.block(block, way, &here) {
                    if !behind.contains(&next) && behind.len() < WAYS {
                        behind.push(next);
                    }
                }
            }
            ways = behind;
        }
        ways
    }

    /// The ways that go on behind a block.
    fn block(&mut self, block: &'a Block, mut way: Pair, rest: &Rest<'_, 'a>) -> Vec<Pair> {
        if !block.branches().is_empty() {
            return self.decide(block, way, rest);
        }
        self.judge_reads(block, &way, rest);
        if block.kind == Kind::Allow && rest.flow.kind == FlowKind::Custom {
            self.exits.push(way);
            return Vec::new();
        }
        if self.is_over(block, &way) {
            return Vec::new();
        }
        if let Some(nested) = self.subject.nested(block) {
            let before = way.clone();
            let outer = std::mem::take(&mut self.exits);
            let mut ways = self.stages(nested, vec![way], Some(rest));
            ways.append(&mut self.exits);
            self.exits = outer;
            ways.iter_mut().for_each(|way| way.restore_step(&before));
            return ways;
        }
        way.tell(rest.flow, block);
        vec![way]
    }

    /// Behind these there is no more to compare: the run ends, the author said that one side is to be refused, a
    /// session makes it another story, or an action may have denied both.
    fn is_over(&self, block: &Block, way: &Pair) -> bool {
        let action = self
            .subject
            .attached(block)
            .filter(|_| block.mode == Mode::Sync);
        ends(block.kind, self.subject.profile)
            || block.kind == Kind::IssueSession
            || refuses(block, &way.unknown)
            || refuses(block, &way.known)
            || way.checked && action.is_some_and(|action| may_mention(action, "verified"))
    }

    fn decide(&mut self, block: &'a Block, way: Pair, rest: &Rest<'_, 'a>) -> Vec<Pair> {
        let telling = block.reads.iter().any(|read| way.tells_apart(&read.read));
        let mut taken = Vec::new();
        if telling && self.spend(arms(block).len().saturating_mul(CASES)) {
            let cases = cases(self.subject, block, &way);
            self.judge_cases(block, &way, cases.iter().copied(), rest);
            taken.extend(cases.into_iter().map(|(_, known)| known));
        } else if let Some(choice) = certain(self.subject, block, &way.known) {
            taken.push(choice);
        }
        if taken.is_empty() {
            taken.extend((0..arms(block).len()).map(Choice::Arm));
            taken.extend(may_skip(block, self.subject.profile).then_some(Choice::Skip));
        }
        taken.sort_unstable();
        taken.dedup();
        let mut behind = Vec::new();
        for choice in taken {
            match choice {
                Choice::Arm(at) => {
                    let blocks = arms(block).get(at).map(|arm| arm.blocks);
                    behind.extend(self.list(blocks.unwrap_or_default(), vec![way.clone()], rest));
                }
                Choice::Skip => behind.push(way.clone()),
                Choice::Fails => {}
            }
        }
        behind
    }

    /// Tells the first case in which the sides go different ways that can be told apart.
    fn judge_cases(
        &mut self,
        block: &'a Block,
        way: &Pair,
        cases: impl Iterator<Item = (Choice, Choice)>,
        rest: &Rest<'_, 'a>,
    ) {
        let blocks = |choice: Choice| match choice {
            Choice::Arm(at) => arms(block).get(at).map_or(&[][..], |arm| arm.blocks),
            Choice::Skip | Choice::Fails => &[],
        };
        for (one, other) in cases.filter(|(one, other)| one != other) {
            if !self.spend(self.size) {
                return;
            }
            let unknown = match one {
                Choice::Fails => vec![Deed::Fails(block)],
                Choice::Arm(_) | Choice::Skip => {
                    tail(self.subject, way.unknown.clone(), blocks(one), rest)
                }
            };
            let known = tail(self.subject, way.known.clone(), blocks(other), rest);
            let Some((unknown, known)) = parting(&unknown, &known) else {
                continue;
            };
            if way.checked
                || holds(self.subject, blocks(other), Kind::PasswordCheck)
                || self.lies_ahead(rest)
            {
                let slug = &block.slug.value;
                let title = format!(
                    "`{slug}` tells who has an account: an unknown user {}, a wrong password {}",
                    does(&unknown),
                    does(&known)
                );
                self.add(rest.flow, block, way, title);
                return;
            }
        }
    }

    /// A block that fails without a user is a decision too.
    fn judge_reads(&mut self, block: &'a Block, way: &Pair, rest: &Rest<'_, 'a>) {
        let reads = &block.reads;
        let sure = !reads
            .iter()
            .any(|read| way.tells_apart(&read.read) && !needs_user(read));
        let Some(read) = reads.iter().find(|read| needs_user(read)).filter(|_| sure) else {
            return;
        };
        if way.looked && (way.checked || self.lies_ahead(rest)) {
            let (slug, path) = (&block.slug.value, read.read.path.join("."));
            let title = format!(
                "`{slug}` tells who has an account: without a user there is no `{path}`, so it fails for an unknown one"
            );
            self.add(rest.flow, block, way, title);
        }
    }

    /// Whether a password is still to be checked; not certain means no.
    fn lies_ahead(&mut self, rest: &Rest<'_, 'a>) -> bool {
        if !self.spend(self.size) {
            return false;
        }
        let mut lists = rest.lists().into_iter();
        lists.any(|(_, blocks)| holds(self.subject, blocks, Kind::PasswordCheck))
    }

    fn spend(&mut self, work: usize) -> bool {
        let left = self.work.checked_sub(work);
        self.work = left.unwrap_or(self.work);
        left.is_some()
    }

    fn add(&mut self, flow: &'a Flow, block: &'a Block, way: &Pair, title: String) {
        let told = |read: &&crate::flow::PlacedRead| way.tells_apart(&read.read);
        let mut diagnostic = Diagnostic::warning("unequal_treatment", &block.slug.span, title).fix(
            "look at the user only behind the decision on `verified`, which is false for an unknown user too",
        );
        if let Some(read) = block.reads.iter().find(told) {
            diagnostic = diagnostic.related(&read.span, "this differs between the two");
        }
        self.findings.add(flow, &block.slug.value, diagnostic);
    }
}

fn does(deed: &Deed) -> String {
    match deed {
        Deed::Runs(block) if block.kind == Kind::Deny => {
            format!("is denied by `{}`", block.slug.value)
        }
        Deed::Runs(block) => format!("goes on to `{}`", block.slug.value),
        Deed::Decides(block) => format!("goes on to `{}`", block.slug.value),
        Deed::Fails(block) => format!("fails at `{}`", block.slug.value),
        Deed::Ends => "is at the end of the flow".to_owned(),
    }
}
