//! Slow to the edge: how much longer a block can take without failing itself. Webhooks and actions end at exactly
//! their own timeout (BUD-8), everything at the ceiling at the latest (BUD-4).

use crate::flow::{Block, Config};
use crate::profile::Profile;
use crate::trace::{Entry, Status, Trace};
use crate::workspace::Workspace;

/// The longest delay that the block survives, in milliseconds.
pub fn slack_ms(
    block: &Block,
    entry: &Entry,
    trace: &Trace,
    profile: &Profile,
    workspace: &Workspace,
) -> u64 {
    let took = entry.duration_ms;
    let own = match &block.config {
        Config::CallWebhook(_) => {
            let limit = block.timeout_ms.unwrap_or(profile.webhook_timeout_ms);
            Some(limit.saturating_sub(took))
        }
        Config::ParallelWebhook { calls } => {
            let limits = calls
                .iter()
                .map(|(_, call)| call.timeout_ms.unwrap_or(profile.webhook_timeout_ms));
            // a call that was not sent leaves no record, and then the block has failed anyway
            let legs = entry.calls.iter().map(|call| call.duration_ms);
            let slack = limits
                .zip(legs)
                .map(|(limit, leg)| limit.saturating_sub(leg));
            slack.min()
        }
        Config::RunCustomAction { action, .. } => {
            let of_file = workspace
                .action(&action.value)
                .and_then(|action| action.timeout_ms);
            let limit = block.timeout_ms.or(of_file);
            Some(
                limit
                    .unwrap_or(profile.action_timeout_ms)
                    .saturating_sub(took),
            )
        }
        _ => None,
    };
    // detached work is not bounded by the budget (ACT-3)
    let left = (entry.status != Status::Detached).then(|| {
        trace
            .budget_ms
            .saturating_sub(entry.start_ms.saturating_add(took))
    });
    own.into_iter().chain(left).min().unwrap_or(0)
}
