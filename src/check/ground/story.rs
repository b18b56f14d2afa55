//! A story: the ways that a run can take when certain blocks come out in a certain way, such as "every password is
//! wrong". Decisions that look at what the story fixes are evaluated; all others may go either way. Where a decision
//! looks at it but also at something unknown, it is taken to handle the story, so that nothing is claimed wrongly.

use super::order::{Arm, arms, ends, may_skip};
use super::subject::Subject;
use crate::expr::{Expr, Read, Scope};
use crate::flow::{Block, Flow, Kind};
use crate::value::{Map, Text, Value};
use std::sync::Arc;

/// What a story fixes.
pub trait Plot {
    /// What a block of this kind writes; None when the story does not fix it.
    fn outputs(&self, kind: Kind) -> Option<Map>;
    /// Whether the story is over at this block.
    fn stops(&self, way: &Way, block: &Block) -> bool;
    /// Whether a decision that looked at what is fixed, and took this arm, has handled the story.
    fn handled(&self, arm: &Arm) -> bool;
    /// Whether `event.authentication.risk_score` is fixed too.
    fn risk_score(&self) -> Option<i64>;
    /// Whether a block that issues no session is as good as one that does.
    fn lets_in(&self, _: &Way, _: &Block) -> bool {
        false
    }
}

/// One way through a flow.
#[derive(Clone, Default)]
pub struct Way<'a> {
    /// The blocks on it whose outcome the story fixes, with their flow.
    pub told: Arc<Vec<(&'a Flow, &'a Block)>>,
    step: Map,
    custom: Map,
}

/// Ways that are followed at one time; of more, some are left out.
const WAYS: usize = 64;
/// Flows with more blocks, custom flows included, are not followed.
const BLOCKS: usize = 5_000;

/// The first way to a block that issues a session, with that block.
pub fn to_session<'a>(
    subject: &Subject<'a>,
    flow: &'a Flow,
    plot: &dyn Plot,
) -> Option<(&'a Block, Way<'a>)> {
    let blocks = flow.blocks();
    let nested = blocks.iter().filter_map(|block| subject.nested(block));
    let inside: usize = nested.map(|nested| nested.blocks().len()).sum();
    if blocks.len() + inside > BLOCKS {
        return None;
    }
    let mut teller = Teller {
        subject,
        plot,
        session: None,
        exits: Vec::new(),
    };
    let mut ways = vec![Way::default()];
    for stage in &flow.stages {
        ways = teller.list(flow, &stage.blocks, ways, None);
    }
    teller.session
}

struct Teller<'t, 'a> {
    subject: &'t Subject<'a>,
    plot: &'t dyn Plot,
    session: Option<(&'a Block, Way<'a>)>,
    /// The ways that end the custom flow being told with `allow`.
    exits: Vec<Way<'a>>,
}

type Ways<'a> = Vec<Way<'a>>;

impl<'a> Teller<'_, 'a> {
    fn list(
        &mut self,
        flow: &'a Flow,
        blocks: &'a [Block],
        mut ways: Ways<'a>,
        outer: Option<&Map>,
    ) -> Ways<'a> {
        for block in blocks {
            if ways.is_empty() || self.session.is_some() {
                return Vec::new();
            }
            let mut behind: Ways = Vec::new();
            for way in ways {
                for next in self.block(flow, block, way, outer) {
                    let known = behind.iter().any(|way| way.is_like(&next));
                    if !known && behind.len() < WAYS {
                        behind.push(next);
                    }
                }
            }
            ways = behind;
        }
        ways
    }

    /// The ways that go on behind a block. `outer` is the parent's state inside a custom flow.
    fn block(
        &mut self,
        flow: &'a Flow,
        block: &'a Block,
        mut way: Way<'a>,
        outer: Option<&Map>,
    ) -> Ways<'a> {
        if self.plot.stops(&way, block) {
            return Vec::new();
        }
        if let Some(outputs) = self.plot.outputs(block.kind) {
            way.tell(flow, block, outputs, outer.is_some());
        }
        let issues = matches!(block.kind, Kind::IssueSession | Kind::IssueTokens);
        if issues || outer.is_none() && self.plot.lets_in(&way, block) {
            self.session.get_or_insert((block, way));
            return Vec::new();
        }
        if block.kind == Kind::Allow && outer.is_some() {
            self.exits.push(way);
            return Vec::new();
        }
        if ends(block.kind, self.subject.profile) {
            return Vec::new();
        }
        if let Some(nested) = self.subject.nested(block).filter(|_| outer.is_none()) {
            return self.nested(nested, way);
        }
        if block.kind == Kind::RunCustomFlow {
            // a flow that cannot be read may stop anybody
            return Vec::new();
        }
        let arms = arms(block);
        if arms.is_empty() {
            return vec![way];
        }
        self.decide(flow, block, &arms, way, outer)
    }

    fn nested(&mut self, flow: &'a Flow, way: Way<'a>) -> Ways<'a> {
        let step = way.step.clone();
        let before = std::mem::take(&mut self.exits);
        let mut ways = vec![way];
        for stage in &flow.stages {
            ways = self.list(flow, &stage.blocks, ways, Some(&step));
        }
        ways.append(&mut self.exits);
        self.exits = before;
        for way in &mut ways {
            way.step = step.clone();
        }
        ways
    }

    fn decide(
        &mut self,
        flow: &'a Flow,
        block: &'a Block,
        arms: &[Arm<'a>],
        way: Way<'a>,
        outer: Option<&Map>,
    ) -> Ways<'a> {
        let scope = way.scope(self.plot);
        let mut behind = Vec::new();
        let looks = block.reads.iter().any(|read| scope.is_fixed(&read.read));
        for arm in arms {
            let sure = match arm.when {
                None => Some(true),
                Some(when) => scope.holds(when),
            };
            let fixed = arm
                .when
                .is_some_and(|when| when.reads().iter().any(|read| scope.is_fixed(read)));
            match sure {
                Some(false) => continue,
                None if fixed => return behind,
                Some(true) | None => {}
            }
            if !(looks && sure == Some(true) && self.plot.handled(arm)) {
                behind.extend(self.list(flow, arm.blocks, vec![way.clone()], outer));
            }
            if sure == Some(true) {
                return behind;
            }
        }
        if may_skip(block, self.subject.profile) {
            behind.push(way);
        }
        behind
    }
}

impl<'a> Way<'a> {
    fn is_like(&self, other: &Way) -> bool {
        let same =
            |(one, other): (&(&Flow, &Block), &(&Flow, &Block))| std::ptr::eq(one.1, other.1);
        self.told.len() == other.told.len() && self.told.iter().zip(other.told.iter()).all(same)
    }

    fn tell(&mut self, flow: &'a Flow, block: &'a Block, outputs: Map, nested: bool) {
        Arc::make_mut(&mut self.told).push((flow, block));
        if nested {
            let slug = &flow.slug.value;
            let mut kept = self
                .custom
                .get(slug)
                .and_then(Value::as_map)
                .cloned()
                .unwrap_or_default();
            for (key, value) in outputs.iter() {
                kept.insert(key.clone(), value.clone());
            }
            self.custom.insert(slug.clone(), kept);
        }
        self.step.insert(block.slug.value.clone(), outputs);
    }

    fn scope(&self, plot: &dyn Plot) -> Fixed {
        let mut event = Map::new();
        if let Some(score) = plot.risk_score().filter(|_| !self.told.is_empty()) {
            let mut authentication = Map::new();
            authentication.insert("risk_score", score);
            event.insert("authentication", authentication);
        }
        Fixed {
            event: event.into(),
            step: self.step.clone().into(),
            custom: self.custom.clone().into(),
        }
    }
}

/// What a story fixes at one point, as expressions see it.
struct Fixed {
    event: Value,
    step: Value,
    custom: Value,
}

impl Scope for Fixed {
    fn root(&self, name: &str) -> Option<&Value> {
        match name {
            "event" => Some(&self.event),
            "step" => Some(&self.step),
            "custom" => Some(&self.custom),
            _ => None,
        }
    }

    fn roots(&self) -> &[&'static str] {
        &["event", "step", "session", "custom"]
    }
}

impl Fixed {
    fn is_fixed(&self, read: &Read) -> bool {
        let [root, name, ..] = read.path.as_slice() else {
            return false;
        };
        match &**root {
            "step" => self.step.get(name).is_some(),
            "custom" => self.custom.get(name).is_some(),
            "event" => self.event.get(name).is_some() && is_risk_score(&read.path),
            _ => false,
        }
    }

    /// Whether the expression holds; None when that depends on something unknown. `has()` of something unknown would
    /// come out false here, which says nothing.
    fn holds(&self, when: &Expr) -> Option<bool> {
        let unknown = |read: &Read| (read.has || read.guarded) && !self.is_fixed(read);
        if when.reads().iter().any(unknown) {
            return None;
        }
        when.holds(self).ok()
    }
}

fn is_risk_score(path: &[Text]) -> bool {
    path.get(2).is_some_and(|field| &**field == "risk_score")
}
