//! Control flow: decisions, actions, custom flows, parallel webhooks.

use super::{ConfigType, Family, KindInfo, SYSTEM_ONLY, key, row};
use crate::flow::Kind;

/// The kinds of this family, in the order of `Kind`.
pub const KINDS: &[KindInfo] = &[
    row(
        Kind::Decision,
        "decision",
        Family::Control,
        Some(0),
        "takes the first branch whose `when` holds, else the default",
    )
    .config(&[key(
        "branches",
        ConfigType::Branches,
        true,
        "named branches, the first whose `when` holds is taken",
    )])
    .writes(&["branch"])
    .branches(),
    row(
        Kind::Condition,
        "condition",
        Family::Control,
        Some(0),
        "two-way decision",
    )
    .config(&[key(
        "when",
        ConfigType::Expression,
        true,
        "which branch to take",
    )])
    .writes(&["branch"])
    .branches(),
    row(
        Kind::RunCustomAction,
        "run_custom_action",
        Family::Control,
        None,
        "runs an action (ACT rules); `mode` on the block",
    )
    .config(&[
        key("action", ConfigType::Text, true, "the action to run"),
        key(
            "config",
            ConfigType::TemplateMap,
            false,
            "values for `api.config`",
        ),
    ])
    .on_error()
    .mode()
    .timeout(),
    row(
        Kind::RunCustomFlow,
        "run_custom_flow",
        Family::Control,
        None,
        "runs a published custom flow (NEST rules)",
    )
    .config(&[key(
        "flow",
        ConfigType::Text,
        true,
        "the published custom flow to run",
    )])
    .writes(&["outcome"])
    .on_error()
    .only(SYSTEM_ONLY),
    row(
        Kind::ParallelWebhook,
        "parallel_webhook",
        Family::Control,
        None,
        "all calls at once; fails if any fails, after all have ended",
    )
    .config(&[key(
        "calls",
        ConfigType::Calls,
        true,
        "name to the config of a `call_webhook`",
    )])
    .on_error(),
];
