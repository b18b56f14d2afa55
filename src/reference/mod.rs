//! The reference interpreter: a second, recursive reading of `semantics.md`, written to be obviously right and
//! not to be fast. It shares the data model, expressions and the bare sandbox with the engine, nothing else, and
//! the engine never uses it. Ids and tokens are `ANY` in its traces: their spelling is the engine's business.
//! One simplification: a detached action is read to its own end at once, so it must not share a mock that
//! answers in turn with other work.

#![expect(
    clippy::result_large_err,
    reason = "why blocks stopped is told whole; nothing here has to be fast"
)]

mod action;
mod blocks;
mod factors;
mod identities;
mod nested;
mod outside;
mod reach;
mod reads;
mod risk;
mod sealed;
mod sessions;
mod state;
mod webhooks;

use crate::drive::Answers;
use crate::engine::{Answer, FaultKind, Identity, Library, Prompt, World};
use crate::expr::EvalError;
use crate::flow::{Block, Flow, FlowKind};
use crate::mock::{Exchange, Mocks};
use crate::trace::{
    Audit, AuditOutcome, Entry, ErrorCode, Failure, PromptKind, SideEffects, Trace,
};
use crate::value::{Map, Text, Value};
use state::State;
use std::sync::Arc;

/// Stands for any text at all: an id, a token, a challenge.
pub const ANY: &str = "\u{e000}";

/// What the reference says of a run.
#[derive(Debug)]
pub struct Reading {
    /// What the run should do; `ANY` stands for what the seed decides.
    pub trace: Trace,
    /// What should be asked of the mocks.
    pub exchange: Exchange,
}

/// Reads a flow in a world, from its event to its ending.
pub fn interpret(
    flow: &Flow,
    library: &dyn Library,
    world: &World,
    mocks: &Arc<Mocks>,
    answers: &Answers,
) -> Reading {
    let mut run = Run {
        library,
        world,
        answers,
        exchange: Exchange::new(mocks, &world.redactor),
        now: 0,
        state: State::new(world.event.clone()),
        person: None,
        known: world.identities.clone(),
        audit: Vec::new(),
        effects: SideEffects::default(),
        session: None,
        social: None,
        code_sent: false,
        tokens: 0,
    };
    run.meet(flow);
    let site = Site {
        flow: flow.slug.value.clone(),
        outer: None,
        custom: (flow.kind == FlowKind::Custom).then(|| flow.slug.value.clone()),
    };
    let mut entries = Vec::new();
    let stop = run.flow(flow, &site, &mut entries).err();
    run.seal(stop, entries, &site)
}

/// Where blocks stand.
struct Site {
    /// The slug of their flow.
    flow: Text,
    /// The path of the `run_custom_flow` block around them.
    outer: Option<Text>,
    /// The slug of their flow, where it is a custom one: it keeps what they write (ST-4).
    custom: Option<Text>,
}

impl Site {
    fn path(&self, block: &Block) -> Text {
        match &self.outer {
            Some(outer) => Text::from(format!("{outer}/{}", block.slug.value)),
            None => block.slug.value.clone(),
        }
    }
}

/// Why blocks stopped running before the end of their list.
enum Stop {
    /// A terminal let the user through.
    Allowed { by: Text },
    /// Something denied.
    Denied {
        by: Text,
        flow: Text,
        reason: Text,
        shown: Option<Text>,
    },
    /// A halting failure, and the deepest one with its block and flow.
    Failed {
        failure: Failure,
        deepest: (Text, Text, Failure),
    },
    /// The ceiling.
    TimedOut { at: Text, flow: Text },
    /// No answer.
    Suspended(PromptKind),
}

/// Why one block did not simply end.
enum Trouble {
    /// An error, and the deepest one where a nested block made it.
    Failed(Failure, Option<(Text, Text, Failure)>),
    /// It denies.
    Denied { reason: Text, shown: Option<Text> },
    /// The ceiling was reached.
    Cut,
    /// No answer.
    Suspended(PromptKind),
    /// It is a terminal, and the run is through.
    Through,
    /// The nested run stopped so, and the parent stops with it.
    Nested(Stop),
}

impl Trouble {
    fn failed(code: ErrorCode) -> Self {
        Trouble::Failed(Failure::new(code, code.meaning()), None)
    }

    fn denied(reason: &str) -> Self {
        Trouble::Denied {
            reason: reason.into(),
            shown: None,
        }
    }
}

impl From<EvalError> for Trouble {
    fn from(error: EvalError) -> Self {
        Trouble::Failed(Failure::new(ErrorCode::Expression, error.message), None)
    }
}

struct Run<'a> {
    library: &'a dyn Library,
    world: &'a World,
    answers: &'a Answers,
    exchange: Exchange,
    /// Flow time.
    now: u64,
    state: State,
    /// Who was found or created; a submitted profile is nobody yet.
    person: Option<Arc<Identity>>,
    /// Everybody a lookup finds.
    known: Vec<Arc<Identity>>,
    audit: Vec<Audit>,
    effects: SideEffects,
    /// The first `issue_session` (ORD-5): its path.
    session: Option<Text>,
    /// The answer to the last redirect: its provider, and whether it was right.
    social: Option<(Text, bool)>,
    /// Whether a one-time code was sent.
    code_sent: bool,
    /// How many tokens were minted: no two of them are the same.
    tokens: u32,
}

impl Run<'_> {
    /// Passes time; the ceiling cuts (BUD-2), but what ends at it has ended (BUD-4).
    fn pay(&mut self, ms: u64) -> Result<(), Trouble> {
        self.pay_until(self.now.saturating_add(ms))
    }

    fn pay_until(&mut self, at: u64) -> Result<(), Trouble> {
        let ceiling = self.world.profile.budget_ms;
        self.now = at.min(ceiling);
        if at > ceiling {
            return Err(Trouble::Cut);
        }
        Ok(())
    }

    /// What a kind costs: by slug, by kind, by the catalogue.
    fn cost(&self, block: &Block) -> u64 {
        self.set_cost(block)
            .or(block.kind.info().cost_ms)
            .unwrap_or(0)
    }

    /// `latency` of the settings (BUD-8).
    fn set_cost(&self, block: &Block) -> Option<u64> {
        let latency = &self.world.latency;
        let by_slug = latency.get(&block.slug.value);
        by_slug.or(latency.get(block.kind.name())).copied()
    }

    fn note(&mut self, kind: &str, outcome: AuditOutcome, site: &Site, block: &Block, data: Map) {
        self.audit.push(Audit {
            kind: kind.into(),
            outcome,
            flow: site.flow.clone(),
            block: Some(site.path(block)),
            data: data.into(),
        });
    }

    /// Asks the user (AUD-2); the time they take counts only where the profile says so (BUD-5).
    fn ask(
        &mut self,
        block: &Block,
        site: &Site,
        kind: PromptKind,
        attempt: u32,
    ) -> Result<Answer, Trouble> {
        let prompt = Prompt {
            block: site.path(block),
            slug: block.slug.value.clone(),
            kind,
            attempt,
        };
        let Some(answer) = self.answers.answer(&prompt) else {
            return Err(Trouble::Suspended(kind));
        };
        if self.world.profile.user_wait_counts {
            self.pay(answer.after_ms)?;
        }
        Ok(answer)
    }

    /// Lays scripted outputs over what a block computed, and writes all of it.
    fn write_all(&mut self, block: &Block, site: &Site, entry: &mut Entry, mut fields: Map) -> Map {
        if let Some(scripted) = self.world.outputs.get(&site.path(block)) {
            for (field, value) in scripted.iter() {
                fields.insert(field.clone(), value.clone());
            }
        }
        for (field, value) in fields.iter() {
            self.write(block, site, entry, field, value.clone());
        }
        fields
    }

    fn write(&mut self, block: &Block, site: &Site, entry: &mut Entry, field: &str, value: Value) {
        let slug = &block.slug.value;
        entry
            .writes
            .push((Text::from(format!("step.{slug}.{field}")), value.clone()));
        self.state.write(slug, field, value, site.custom.as_ref());
    }

    /// What an injected fault puts in the place of a block (BUD-8).
    fn injected(&mut self, block: &Block, fault: &FaultKind) -> Trouble {
        match fault {
            FaultKind::Error(message) => {
                Trouble::Failed(Failure::new(ErrorCode::Injected, message), None)
            }
            FaultKind::Deny(reason) => Trouble::denied(reason),
            FaultKind::Timeout => match self.pay(self.own_timeout(block)) {
                Ok(()) => Trouble::failed(timeout_code(block)),
                Err(cut) => cut,
            },
        }
    }
}

/// Which code an injected timeout has (BUD-8).
fn timeout_code(block: &Block) -> ErrorCode {
    use crate::flow::Kind;
    match block.kind {
        Kind::CallWebhook | Kind::ParallelWebhook => ErrorCode::WebhookTimeout,
        Kind::RunCustomAction => ErrorCode::ActionTimeout,
        _ => ErrorCode::Injected,
    }
}
