//! The two plain terminals.

use super::{ConfigType, Family, KindInfo, key, row};
use crate::flow::Kind;

/// The kinds of this family, in the order of `Kind`.
pub const KINDS: &[KindInfo] = &[
    row(
        Kind::Allow,
        "allow",
        Family::Terminal,
        Some(0),
        "ends the run successfully, mints nothing",
    )
    .terminal(),
    row(
        Kind::Deny,
        "deny",
        Family::Terminal,
        Some(0),
        "ends the run with a rejection",
    )
    .config(&[
        key(
            "reason",
            ConfigType::Reason,
            true,
            "a machine reason code, `[a-z0-9_]+`",
        ),
        key(
            "user_message",
            ConfigType::Text,
            false,
            "what the user sees instead of the generic error page",
        ),
    ])
    .terminal(),
];
