//! A flow linked for running: its blocks and those of every embedded custom flow as one list of nodes,
//! its order as code with jumps. Made once, run many times, from many threads. Knows no scenario.

use super::when::When;
use crate::action::Action;
use crate::expr::ValueTemplate;
use crate::flow::{Block, Config, Flow, FlowKind, Kind, Mode, OnError};
use crate::value::Text;
use std::sync::Arc;

/// Where `link` finds what a flow refers to.
pub trait Library {
    /// The flow with this slug.
    fn flow(&self, slug: &str) -> Option<&Flow>;
    /// The action with this slug.
    fn action(&self, slug: &str) -> Option<&Arc<Action>>;
}

/// A reference that leads nowhere; `check` reports these first, with their place.
#[derive(Debug, thiserror::Error)]
#[error("{what} `{slug}` does not exist")]
pub struct LinkError {
    what: &'static str,
    slug: Text,
}

/// Position of a node in its program.
pub type NodeId = usize;

/// A linked flow.
#[derive(Debug)]
pub struct Program {
    /// The slug of the outermost flow.
    pub flow: Text,
    /// Whether it is a system flow or a custom flow on its own.
    pub kind: FlowKind,
    /// The outermost flow, then one for each embedding of a custom flow.
    pub routines: Vec<Routine>,
    /// Every block of every routine.
    pub nodes: Vec<Node>,
}

/// The order of the blocks of one flow, where it stands in the program.
#[derive(Debug)]
pub struct Routine {
    /// The slug of its flow.
    pub flow: Text,
    /// Steps, in document order.
    pub code: Vec<Step>,
}

/// One step of a routine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Run a block.
    Block(NodeId),
    /// Go on at another step: the end of a branch.
    Jump(usize),
}

/// One block, where it stands in the program.
#[derive(Debug)]
pub struct Node {
    /// Slugs of the outer `run_custom_flow` block, then its own.
    pub path: Text,
    /// Its slug.
    pub slug: Text,
    /// What it is.
    pub kind: Kind,
    /// The slug of the flow it stands in.
    pub flow: Text,
    /// Its stage in the outermost flow: transient values live for one (ST-6).
    pub stage: usize,
    /// ERR-1, ERR-2
    pub on_error: OnError,
    /// ACT-2
    pub mode: Mode,
    /// The timeout on the block.
    pub timeout_ms: Option<u64>,
    /// What it does.
    pub work: Work,
    /// Every field that its kind writes, in the order of the catalogue.
    pub fields: Vec<Text>,
    /// `step.<slug>.<field>` for each of them.
    pub keys: Vec<Text>,
    /// `custom.<flow>.<field>` for each of them.
    pub custom_keys: Vec<Text>,
}

/// What a node does.
#[derive(Debug)]
pub enum Work {
    /// What its kind does, with these settings.
    Plain(Config),
    /// Takes an arm.
    Decision { arms: Vec<Arm>, after: usize },
    /// Takes one of two.
    Condition {
        when: When,
        then: usize,
        otherwise: usize,
    },
    /// Runs an action.
    Action {
        action: Arc<Action>,
        config: Arc<ValueTemplate>,
    },
    /// Runs a routine of this program.
    Flow { routine: usize },
}

/// One branch of a decision.
#[derive(Debug)]
pub struct Arm {
    /// Its name.
    pub name: Text,
    /// When it is taken; None for the default.
    pub when: Option<When>,
    /// Its first step.
    pub start: usize,
}

impl Program {
    /// Links a flow with the custom flows and actions it refers to.
    ///
    /// Fails on a reference that leads nowhere, or a custom flow that embeds another (NEST-1).
    pub fn link(flow: &Flow, library: &dyn Library) -> Result<Arc<Program>, LinkError> {
        let mut linker = Linker {
            library,
            routines: Vec::new(),
            nodes: Vec::new(),
        };
        linker.routine(flow, None)?;
        Ok(Arc::new(Program {
            flow: flow.slug.value.clone(),
            kind: flow.kind,
            routines: linker.routines,
            nodes: linker.nodes,
        }))
    }

    /// The node with this path.
    pub fn node(&self, path: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| &*node.path == path)
    }
}

struct Linker<'a> {
    library: &'a dyn Library,
    routines: Vec<Routine>,
    nodes: Vec<Node>,
}

/// Where the blocks being linked stand.
#[derive(Clone)]
struct Site {
    flow: Text,
    prefix: Option<Text>,
    stage: usize,
}

impl Linker<'_> {
    fn routine(&mut self, flow: &Flow, outer: Option<(&Text, usize)>) -> Result<usize, LinkError> {
        let position = self.routines.len();
        self.routines.push(Routine {
            flow: flow.slug.value.clone(),
            code: Vec::new(),
        });
        let mut code = Vec::new();
        for (index, stage) in flow.stages.iter().enumerate() {
            let site = Site {
                flow: flow.slug.value.clone(),
                prefix: outer.map(|(path, _)| path.clone()),
                stage: outer.map_or(index, |(_, stage)| stage),
            };
            self.blocks(&stage.blocks, &site, &mut code)?;
        }
        self.routines[position].code = code;
        Ok(position)
    }

    fn blocks(
        &mut self,
        blocks: &[Block],
        site: &Site,
        code: &mut Vec<Step>,
    ) -> Result<(), LinkError> {
        for block in blocks {
            let path = match &site.prefix {
                Some(prefix) => Text::from(format!("{prefix}/{}", block.slug.value)),
                None => block.slug.value.clone(),
            };
            let id = self.nodes.len();
            self.nodes.push(node(block, site, &path));
            code.push(Step::Block(id));
            self.nodes[id].work = self.work(block, site, &path, code)?;
        }
        Ok(())
    }

    fn work(
        &mut self,
        block: &Block,
        site: &Site,
        path: &Text,
        code: &mut Vec<Step>,
    ) -> Result<Work, LinkError> {
        match &block.config {
            Config::Decision { branches } => {
                let lists: Vec<_> = branches.iter().map(|branch| &branch.blocks[..]).collect();
                let (starts, after) = self.branches(&lists, site, code)?;
                let arms = branches
                    .iter()
                    .zip(starts)
                    .map(|(branch, start)| Arm {
                        name: branch.name.value.clone(),
                        when: branch.when.as_ref().map(|when| When::new(&when.value)),
                        start,
                    })
                    .collect();
                Ok(Work::Decision { arms, after })
            }
            Config::Condition {
                when,
                then,
                otherwise,
            } => {
                let (starts, _) = self.branches(&[then, otherwise], site, code)?;
                Ok(Work::Condition {
                    when: When::new(&when.value),
                    then: starts[0],
                    otherwise: starts[1],
                })
            }
            Config::RunCustomAction { action, config, .. } => {
                let Some(found) = self.library.action(&action.value) else {
                    return Err(LinkError {
                        what: "action",
                        slug: action.value.clone(),
                    });
                };
                Ok(Work::Action {
                    action: found.clone(),
                    config: config.clone(),
                })
            }
            Config::RunCustomFlow { flow } => {
                let found = self.library.flow(&flow.value);
                let Some(nested) = found.filter(|_| site.prefix.is_none()) else {
                    return Err(LinkError {
                        what: "custom flow",
                        slug: flow.value.clone(),
                    });
                };
                Ok(Work::Flow {
                    routine: self.routine(nested, Some((path, site.stage)))?,
                })
            }
            other => Ok(Work::Plain(other.clone())),
        }
    }

    /// Lays branches out one after the other, each with a jump to the step after the last.
    fn branches(
        &mut self,
        branches: &[&[Block]],
        site: &Site,
        code: &mut Vec<Step>,
    ) -> Result<(Vec<usize>, usize), LinkError> {
        let mut starts = Vec::new();
        let mut jumps = Vec::new();
        for blocks in branches {
            starts.push(code.len());
            self.blocks(blocks, site, code)?;
            jumps.push(code.len());
            code.push(Step::Jump(0));
        }
        let after = code.len();
        for jump in jumps {
            code[jump] = Step::Jump(after);
        }
        Ok((starts, after))
    }
}

fn node(block: &Block, site: &Site, path: &Text) -> Node {
    let slug = &block.slug.value;
    let fields = block.kind.info().writes;
    Node {
        path: path.clone(),
        slug: slug.clone(),
        kind: block.kind,
        flow: site.flow.clone(),
        stage: site.stage,
        on_error: block.on_error,
        mode: block.mode,
        timeout_ms: block.timeout_ms,
        work: Work::Plain(Config::Plain),
        fields: fields.iter().map(|field| Text::from(*field)).collect(),
        keys: fields
            .iter()
            .map(|field| Text::from(format!("step.{slug}.{field}")))
            .collect(),
        custom_keys: fields
            .iter()
            .map(|field| Text::from(format!("custom.{}.{field}", site.flow)))
            .collect(),
    }
}
