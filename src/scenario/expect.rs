//! What a scenario expects of its run: a list of checks in written order, each with its path and place.
//! Judging them is `harness`'s business.

use super::Pattern;
use crate::expr::Expr;
use crate::mock::CallRange;
use crate::text::Span;
use crate::trace::{Ending, Level};
use crate::value::Text;
use std::sync::Arc;

/// Everything under `expect`.
#[derive(Debug, Clone)]
pub struct Expect {
    /// In written order.
    pub expectations: Vec<Expectation>,
}

/// One thing that is expected.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// As a whole path, such as `state.step.score.body.score`.
    pub path: String,
    /// Where it is written.
    pub span: Span,
    /// What is checked.
    pub check: Check,
}

/// What is checked.
#[derive(Debug, Clone)]
pub enum Check {
    /// How the run stops: any of these.
    Ending(Vec<Ending>),
    /// The path of the terminal, or null.
    Terminal(Pattern),
    /// The deny reason or failure code, or null.
    Reason(Pattern),
    /// The deepest path at which the run halted, or null.
    HaltedAt(Pattern),
    /// In the form of AUD-2.
    UserSees(Pattern),
    /// The message of the error, or of one of its causes, contains this.
    ErrorContains(Text),
    /// A field of the error (`code`, `message`, `at`, `cause`), or the whole when None.
    Error(Option<&'static str>, Pattern),
    /// Exactly these blocks, in the order in which they started.
    Path(Vec<Text>),
    /// This block has an entry.
    Ran(Text),
    /// This block has none.
    NotRan(Text),
    /// The branch that this block took.
    Branch(Text, Pattern),
    /// A path of the final state, or of the event.
    State(Arc<Expr>, Pattern),
    /// Some line of the log.
    Log(LogCheck),
    /// How often a mock was called.
    WebhookCalls(Text, CallRange),
    /// Some request of a mock has these parts: `method`, `url`, `headers`, `body`.
    WebhookRequest(Text, Pattern),
    /// Audit entries in this order, others may stand between.
    Audit(Vec<(Span, Pattern)>),
    /// One of the side effects.
    SideEffect(Text, Pattern),
    /// The flow time of the whole run, at most.
    BudgetMax(u64),
    /// The flow time of one block, at most.
    BlockBudget(Text, u64),
}

/// A line that some block must have logged; what is None may be anything.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct LogCheck {
    pub block: Option<Text>,
    pub level: Option<Level>,
    pub contains: Option<Text>,
}
