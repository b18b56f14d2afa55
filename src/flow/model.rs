//! A flow as an author means it: stages of blocks, with every expression and template parsed.
//! Places are kept for diagnostics. Linking it with custom flows and actions is `engine::Program`'s business.

use super::Kind;
use crate::expr::{Expr, Read, Template, ValueTemplate};
use crate::text::{Span, Spanned};
use crate::value::{Text, Value};
use std::sync::Arc;

/// Whose flow it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowKind {
    /// One of the eight shipped flows.
    System,
    /// A tenant's own, run as a sub-routine.
    Custom,
}

/// Whether a custom flow can be embedded (NEST-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowStatus {
    /// Not yet.
    Draft,
    /// It can.
    Published,
}

/// What an unhandled error of a block does (ERR-1, ERR-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnError {
    /// The flow stops.
    Halt,
    /// The next block runs.
    Continue,
}

/// How an attached action runs (ACT-2, ACT-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// The flow waits for it.
    Sync,
    /// The flow goes on at once.
    FireAndForget,
}

/// A flow.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Its name in references; the span is where it is written.
    pub slug: Spanned<Text>,
    /// System or custom.
    pub kind: FlowKind,
    /// Its name for people.
    pub name: Option<Text>,
    /// Draft or published; a system flow is live.
    pub status: FlowStatus,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
    /// Findings that its author accepts, each with a reason.
    pub allow: Vec<Allowance>,
}

/// A stage of a flow.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Its name as written.
    pub name: Spanned<Text>,
    /// Its name in kebab-case, as triggers write it.
    pub slug: Text,
    /// The platform's own: fuzzing never moves or removes its blocks.
    pub locked: bool,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
}

/// A block of a stage or branch.
#[derive(Debug, Clone)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// Its name in its flow; the span is that of the written slug, else of the kind.
    pub slug: Spanned<Text>,
    /// ERR-1, ERR-2
    pub on_error: OnError,
    /// ACT-2
    pub mode: Mode,
    /// Its own timeout, where written.
    pub timeout_ms: Option<u64>,
    /// Its settings.
    pub config: Config,
    /// Every path that its expressions and templates read.
    pub reads: Vec<PlacedRead>,
    /// The whole block.
    pub span: Span,
}

/// A path that a block reads, and where it says so.
#[derive(Debug, Clone)]
pub struct PlacedRead {
    /// What is read.
    pub read: Read,
    /// Where.
    pub span: Span,
}

/// One branch of a decision.
#[derive(Debug, Clone)]
pub struct Branch {
    /// Its name.
    pub name: Spanned<Text>,
    /// When it is taken; None for the default.
    pub when: Option<Spanned<Arc<Expr>>>,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
}

/// A finding that is accepted.
#[derive(Debug, Clone)]
pub struct Allowance {
    /// What kind of finding.
    pub what: Allowed,
    /// The slug of the block it is about.
    pub at: Text,
    /// Why it is accepted.
    pub reason: Text,
    /// Where it is written.
    pub span: Span,
}

/// The two kinds of findings that can be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// A lint of `check`, by code.
    Lint(Text),
    /// A fail-open cell of `faults`: `error`, `timeout`, `deny`, `slow`, `garbage`.
    Fault(Text),
}

/// A channel of the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Channel {
    Email,
    Sms,
}

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum By {
    Email,
    Phone,
}

/// The weights of the risk signals, in the order in which they are reported.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskWeights {
    /// `(signal, weight)`: tor, vpn, brute_force, breached_password, bot.
    pub signals: [(&'static str, i64); 5],
}

impl Default for RiskWeights {
    fn default() -> Self {
        RiskWeights {
            signals: [
                ("tor", 60),
                ("vpn", 30),
                ("brute_force", 30),
                ("breached_password", 25),
                ("bot", 25),
            ],
        }
    }
}

/// One HTTPS request.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The address.
    pub url: Arc<Template>,
    /// The method, upper-case.
    pub method: Text,
    /// Header (lower-case) to value.
    pub headers: Vec<(Text, Arc<Template>)>,
    /// The body, sent as JSON.
    pub body: Option<Arc<ValueTemplate>>,
    /// Inclusive ranges of statuses that are no failure.
    pub ok_status: Vec<(u16, u16)>,
    /// Whether another status is a failure.
    pub fail_on_status: bool,
    /// Its own timeout, written inside `parallel_webhook.calls`; that of a `call_webhook` stands on its block.
    pub timeout_ms: Option<u64>,
}

/// The settings of a block, one shape for each kind that has some.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // the catalogue says what each key is for
pub enum Config {
    /// The kind has no settings.
    Plain,
    Channel {
        channel: Channel,
    },
    Attempts {
        attempts: u32,
    },
    Mfa {
        factors: Vec<Text>,
        attempts: u32,
    },
    Factor {
        factor: Option<Text>,
    },
    RiskEvaluate {
        weights: RiskWeights,
        thresholds: [i64; 3],
    },
    IpReputation {
        deny_countries: Vec<Text>,
    },
    BruteForce {
        limit: i64,
    },
    PasswordPolicy {
        min_length: usize,
        classes: usize,
    },
    IdentityLookup {
        by: By,
        must_exist: bool,
        must_not_exist: bool,
    },
    IdentityCreate {
        traits: Option<Vec<Text>>,
    },
    /// `profile_update` and `update_user`.
    Set {
        set: Vec<(Text, Arc<ValueTemplate>)>,
    },
    IssueSession {
        ttl_ms: u64,
    },
    IssueTokens {
        scopes: Vec<Text>,
    },
    SessionRevoke {
        session: Option<Text>,
    },
    /// `social_idp_redirect` and `social_idp_callback`.
    Provider {
        provider: Option<Text>,
    },
    Decision {
        branches: Vec<Branch>,
    },
    Condition {
        when: Spanned<Arc<Expr>>,
        then: Vec<Block>,
        otherwise: Vec<Block>,
    },
    RunCustomAction {
        action: Spanned<Text>,
        config: Arc<ValueTemplate>,
        config_span: Span,
    },
    RunCustomFlow {
        flow: Spanned<Text>,
    },
    ParallelWebhook {
        calls: Vec<(Text, Webhook)>,
    },
    CallWebhook(Box<Webhook>),
    Notify {
        channels: Vec<Text>,
        template: Text,
        to: Option<Arc<Template>>,
    },
    SendEmail {
        template: Text,
        to: Option<Arc<Template>>,
    },
    LogEvent {
        kind: Text,
        data: Arc<ValueTemplate>,
    },
    Delay {
        ms: u64,
    },
    Deny {
        reason: Text,
        user_message: Option<Text>,
    },
}

impl Block {
    /// The lists of blocks inside this one: its branches.
    pub fn branches(&self) -> Vec<&[Block]> {
        match &self.config {
            Config::Decision { branches } => branches
                .iter()
                .map(|branch| branch.blocks.as_slice())
                .collect(),
            Config::Condition {
                then, otherwise, ..
            } => vec![then, otherwise],
            _ => Vec::new(),
        }
    }

    /// The same, to be changed.
    pub fn branches_mut(&mut self) -> Vec<&mut Vec<Block>> {
        match &mut self.config {
            Config::Decision { branches } => branches
                .iter_mut()
                .map(|branch| &mut branch.blocks)
                .collect(),
            Config::Condition {
                then, otherwise, ..
            } => vec![then, otherwise],
            _ => Vec::new(),
        }
    }

    /// Every block in its branches, at any depth, in document order.
    pub fn inside(&self) -> Vec<&Block> {
        let mut all = Vec::new();
        for branch in self.branches() {
            collect(branch, &mut all);
        }
        all
    }

    /// Whether a block with this slug stands in its branches.
    pub fn holds(&self, slug: &str) -> bool {
        let inside = self.inside();
        inside.iter().any(|inner| &*inner.slug.value == slug)
    }
}

impl OnError {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            OnError::Halt => "halt",
            OnError::Continue => "continue",
        }
    }
}

impl Mode {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Sync => "sync",
            Mode::FireAndForget => "fire_and_forget",
        }
    }
}

impl Flow {
    /// Every block of the flow in document order, those of branches after their decision.
    pub fn blocks(&self) -> Vec<&Block> {
        let mut all = Vec::new();
        for stage in &self.stages {
            collect(&stage.blocks, &mut all);
        }
        all
    }

    /// The block with this slug.
    pub fn block(&self, slug: &str) -> Option<&Block> {
        self.blocks()
            .into_iter()
            .find(|block| &*block.slug.value == slug)
    }

    /// The same, to be changed.
    pub fn block_mut(&mut self, slug: &str) -> Option<&mut Block> {
        let mut stages = self.stages.iter_mut();
        stages.find_map(|stage| find_mut(&mut stage.blocks, slug))
    }
}

fn find_mut<'a>(blocks: &'a mut [Block], slug: &str) -> Option<&'a mut Block> {
    for block in blocks {
        if &*block.slug.value == slug {
            return Some(block);
        }
        for branch in block.branches_mut() {
            if let Some(found) = find_mut(branch, slug) {
                return Some(found);
            }
        }
    }
    None
}

/// Depth of branches is bounded when a flow is decoded.
fn collect<'a>(blocks: &'a [Block], all: &mut Vec<&'a Block>) {
    for block in blocks {
        all.push(block);
        for branch in block.branches() {
            collect(branch, all);
        }
    }
}

/// A value that never changes, for configs that are not given.
pub fn no_config() -> Arc<ValueTemplate> {
    Arc::new(ValueTemplate::Literal(Value::map(crate::value::Map::new())))
}
