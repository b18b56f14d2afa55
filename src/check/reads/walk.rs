//! The walk through a flow in its order, keeping what is known to be written, and judging each block's reads with
//! it. Blocks behind a terminal are judged as if they ran; that they do not is another rule's business.

use super::super::ground::findings::Findings;
use super::super::ground::order::{self, Index};
use super::super::ground::subject::Subject;
use super::fields::{self, Fields};
use super::known::{Delta, Key, Known};
use super::problem::Problem;
use super::{custom, event, session, step};
use crate::flow::{Block, Flow, Kind, OnError, PlacedRead};
use crate::text::Spanned;
use crate::value::Text;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Where a read stands.
pub struct Site<'a> {
    /// The flow whose file holds it.
    pub flow: &'a Flow,
    /// The blocks of that flow.
    pub index: Rc<Index<'a>>,
    /// The flow around it and the block that runs this one, inside an embedding.
    pub outer: Option<Outer<'a>>,
    /// The stage of the outermost flow.
    pub stage: usize,
    /// A custom flow that is embedded nowhere.
    pub alone: bool,
}

/// The flow around a custom flow.
pub struct Outer<'a> {
    /// The flow.
    pub flow: &'a Flow,
    /// Its blocks.
    pub index: Rc<Index<'a>>,
    /// The slug of the block that runs the custom flow.
    pub block: &'a Spanned<Text>,
}

impl<'a> Site<'a> {
    /// The outermost flow.
    pub fn root(&self) -> &'a Flow {
        self.outer.as_ref().map_or(self.flow, |outer| outer.flow)
    }

    /// The blocks of the outermost flow.
    pub fn root_index(&self) -> &Index<'a> {
        self.outer
            .as_ref()
            .map_or(&self.index, |outer| &outer.index)
    }

    /// The block of the outermost flow in which a block of this flow runs.
    pub fn root_block<'b>(&'b self, reader: &'b str) -> &'b str {
        self.outer
            .as_ref()
            .map_or(reader, |outer| &outer.block.value)
    }
}

/// Everything that judging a read needs.
pub struct Reading<'r, 'a> {
    /// Flows by slug.
    pub subject: &'r Subject<'a>,
    /// What is written by now.
    pub known: &'r Known<'a>,
    /// Where the read stands.
    pub site: &'r Site<'a>,
    /// The slug of the block that reads.
    pub reader: &'r str,
}

/// Walks flows.
pub struct Walker<'w, 'a> {
    subject: &'w Subject<'a>,
    findings: &'w mut Findings<'a>,
    known: Known<'a>,
    indices: BTreeMap<&'a str, Rc<Index<'a>>>,
    /// What was written at each `allow` of the custom flow that is being walked, and where its scopes start.
    exits: Vec<Delta<'a>>,
    base: usize,
}

impl<'w, 'a> Walker<'w, 'a> {
    /// A walker that has not set out.
    pub fn new(subject: &'w Subject<'a>, findings: &'w mut Findings<'a>) -> Self {
        Walker {
            subject,
            findings,
            known: Known::new(),
            indices: BTreeMap::new(),
            exits: Vec::new(),
            base: 0,
        }
    }

    /// Walks a system flow, and every custom flow in it.
    pub fn system(&mut self, flow: &'a Flow) {
        self.known = Known::new();
        event::start(flow, &mut self.known);
        self.stages(flow, false);
    }

    /// Walks a custom flow that is embedded nowhere. A run of it starts with a user.
    pub fn alone(&mut self, flow: &'a Flow) {
        self.known = Known::new();
        self.known.write(Key::User, 0);
        self.known.write(Key::UserId, 0);
        self.stages(flow, true);
    }

    fn stages(&mut self, flow: &'a Flow, alone: bool) {
        for (stage, inside) in flow.stages.iter().enumerate() {
            let site = Site {
                flow,
                index: self.index(flow),
                outer: None,
                stage,
                alone,
            };
            self.blocks(&inside.blocks, &site);
        }
    }

    fn index(&mut self, flow: &'a Flow) -> Rc<Index<'a>> {
        let index = self.indices.entry(&flow.slug.value);
        index.or_insert_with(|| Rc::new(Index::new(flow))).clone()
    }

    /// Whether what stands behind the blocks can run.
    fn blocks(&mut self, blocks: &'a [Block], site: &Site<'a>) -> bool {
        let mut alive = true;
        for block in blocks {
            for read in &block.reads {
                self.judge(read, block, site);
            }
            alive &= self.run(block, site);
        }
        alive
    }

    /// Takes note of what a block writes; whether what stands behind it can run.
    fn run(&mut self, block: &'a Block, site: &Site<'a>) -> bool {
        let nested = self.subject.nested(block).filter(|_| site.outer.is_none());
        let returns = nested.is_none_or(|nested| self.nested(nested, block, site));
        self.write(block, site);
        if block.kind == Kind::Allow && site.outer.is_some() {
            self.exits.push(self.known.since(self.base));
        }
        let branches = self.branches(block, site);
        let ends = order::ends(block.kind, self.subject.profile);
        returns && branches && !ends
    }

    fn branches(&mut self, block: &'a Block, site: &Site<'a>) -> bool {
        let mut open = Vec::new();
        let mut closed = Vec::new();
        for arm in block.branches() {
            self.known.enter();
            let alive = self.blocks(arm, site);
            let written = self.known.leave();
            if alive {
                open.push(written);
            } else {
                closed.push(written);
            }
        }
        let skipped = order::may_skip(block, self.subject.profile);
        let dead = open.is_empty() && !closed.is_empty() && !skipped;
        self.known.join(if dead { &closed } else { &open }, skipped);
        !dead
    }

    /// Walks a custom flow where it is embedded; whether it can come back.
    fn nested(&mut self, flow: &'a Flow, block: &'a Block, site: &Site<'a>) -> bool {
        let index = self.index(flow);
        let outside = (std::mem::take(&mut self.exits), self.base);
        self.base = self.known.enter();
        let inside = Site {
            flow,
            index,
            outer: Some(Outer {
                flow: site.flow,
                index: site.index.clone(),
                block: &block.slug,
            }),
            stage: site.stage,
            alone: false,
        };
        let mut through = true;
        for stage in &flow.stages {
            through &= self.blocks(&stage.blocks, &inside);
        }
        let at_end = self.known.since(self.base);
        self.known.leave();
        let (outer_exits, outer_base) = outside;
        self.base = outer_base;
        let mut exits = std::mem::replace(&mut self.exits, outer_exits);
        if through {
            exits.push(at_end.clone());
        }
        let returns = !exits.is_empty() || block.on_error == OnError::Continue;
        self.known.join(
            if exits.is_empty() {
                std::slice::from_ref(&at_end)
            } else {
                &exits
            },
            false,
        );
        returns
    }

    fn write(&mut self, block: &'a Block, site: &Site<'a>) {
        let slug = &*block.slug.value;
        let flow = &*site.flow.slug.value;
        let custom = site.flow.kind == crate::flow::FlowKind::Custom;
        let inner = site.outer.is_some();
        let names = match fields::of(block) {
            Fields::Any => None,
            Fields::Named(names) => Some(names),
        };
        if names.as_ref().is_none_or(|names| !names.is_empty()) {
            let key = if inner {
                Key::Inner(slug)
            } else {
                Key::Step(slug)
            };
            self.known.write(key, site.stage);
            if custom {
                self.known.write(Key::AnyCustom(flow), site.stage);
            }
        }
        if custom {
            match names {
                None => self.known.write(Key::OpenCustom(flow), site.stage),
                Some(names) => {
                    for name in names {
                        self.known.write(Key::Custom(flow, name), site.stage);
                    }
                }
            }
        }
        session::write(block.kind, site.stage, &mut self.known);
        event::write(block.kind, site.stage, &mut self.known);
    }

    fn judge(&mut self, read: &'a PlacedRead, block: &'a Block, site: &Site<'a>) {
        let reading = Reading {
            subject: self.subject,
            known: &self.known,
            site,
            reader: &block.slug.value,
        };
        let problem = match read.read.path.first().map(|root| &**root) {
            Some("step") => step::judge(&reading, read),
            Some("custom") => custom::judge(&reading, read),
            Some("session") => session::judge(&reading, read),
            Some("event") => event::judge(&reading, read),
            _ => None,
        };
        let Some(problem) = problem else { return };
        self.report(problem, read, block, site);
    }

    fn report(
        &mut self,
        problem: Problem,
        read: &'a PlacedRead,
        block: &'a Block,
        site: &Site<'a>,
    ) {
        if problem.parent_may && self.subject.parents_unsure() {
            return;
        }
        let problem = if site.alone {
            problem.alone(site.flow)
        } else {
            problem
        };
        let Some(mut diagnostic) = problem.diagnostic(read) else {
            return;
        };
        if let Some(outer) = &site.outer {
            let why = format!("`{}` runs this flow here", outer.flow.slug.value);
            diagnostic = diagnostic.related(&outer.block.span, why);
        }
        self.findings.add(site.flow, &block.slug.value, diagnostic);
    }
}
