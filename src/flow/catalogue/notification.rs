//! Notification and integration.

use super::{ConfigType, Family, KindInfo, WEBHOOK_CONFIG, key, row};
use crate::flow::Kind;

/// The kinds of this family, in the order of `Kind`.
pub const KINDS: &[KindInfo] = &[
    row(
        Kind::CallWebhook,
        "call_webhook",
        Family::Notification,
        None,
        "one HTTPS request; templates in URL, headers, body; JSON answers are parsed",
    )
    .config(WEBHOOK_CONFIG)
    .writes(&["status", "body", "headers", "duration_ms"])
    .on_error()
    .timeout(),
    row(
        Kind::Notify,
        "notify",
        Family::Notification,
        Some(25),
        "multi-channel message to the outbox",
    )
    .config(&[
        key(
            "channels",
            ConfigType::TextList,
            true,
            "the channels to use",
        ),
        key("template", ConfigType::Text, true, "the template"),
        key(
            "to",
            ConfigType::Template,
            false,
            "the recipient (default: the identity)",
        ),
    ])
    .writes(&["sent"])
    .on_error(),
    row(
        Kind::SendEmail,
        "send_email",
        Family::Notification,
        Some(25),
        "transactional mail to the outbox",
    )
    .config(&[
        key("template", ConfigType::Text, true, "the template"),
        key(
            "to",
            ConfigType::Template,
            false,
            "the recipient (default: the identity)",
        ),
    ])
    .writes(&["sent"])
    .on_error(),
    row(
        Kind::PasswordRecoverySend,
        "password_recovery_send",
        Family::Notification,
        Some(25),
        "recovery mail with a time-limited link to the outbox; for an unknown identity no \
            mail, the same cost",
    )
    .writes(&["sent"])
    .on_error(),
    row(
        Kind::LogEvent,
        "log_event",
        Family::Notification,
        Some(1),
        "appends to the audit log",
    )
    .config(&[
        key(
            "type",
            ConfigType::Text,
            true,
            "the type of the audit entry",
        ),
        key("data", ConfigType::TemplateMap, false, "its data"),
    ])
    .on_error(),
    row(Kind::Delay, "delay", Family::Notification, None, "pauses").config(&[key(
        "ms",
        ConfigType::Count,
        true,
        "how long it pauses, in milliseconds",
    )]),
];
