//! The config of a block to its typed form, one arm for each kind that has some. The table of keys has been
//! checked before; here stand the rules that a table cannot say, and the defaults.

use super::super::Kind;
use super::super::catalogue::ConfigType;
use super::super::model::{By, Channel, Config, RiskWeights, no_config};
use super::expression::Expressions;
use super::webhook;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Data, Fields, Node, kebab};
use crate::expr::{Template, ValueTemplate};
use crate::value::Text;
use std::sync::Arc;

/// The config of any kind but `decision` and `condition`; None when something in it is wrong.
pub fn config(kind: Kind, fields: &Fields, expressions: &mut Expressions) -> Option<Config> {
    refuse_templates(kind, fields, expressions);
    let config = typed(kind, fields, expressions);
    config.filter(|_| fields.is_sound())
}

#[allow(clippy::too_many_lines)] // one arm for each kind
fn typed(kind: Kind, fields: &Fields, expressions: &mut Expressions) -> Option<Config> {
    let config = match kind {
        Kind::ChannelOtpSend | Kind::VerificationSend => Config::Channel {
            channel: fields
                .pick("channel", [Channel::Email, Channel::Sms])
                .unwrap_or(Channel::Email),
        },
        Kind::ChannelOtpVerify => Config::Attempts {
            attempts: attempts(fields, expressions)?,
        },
        Kind::Mfa => Config::Mfa {
            factors: fields.texts("factors").unwrap_or_default(),
            attempts: attempts(fields, expressions)?,
        },
        Kind::RequireMfa | Kind::RequireMfaEnroll => Config::Factor {
            factor: fields.text("factor"),
        },
        Kind::RiskEvaluate => Config::RiskEvaluate {
            weights: weights(fields, expressions),
            thresholds: thresholds(fields, expressions)?,
        },
        Kind::IpReputation => Config::IpReputation {
            deny_countries: fields.texts("deny_countries").unwrap_or_default(),
        },
        Kind::BruteForce => Config::BruteForce {
            limit: fields.int("limit").unwrap_or(5),
        },
        Kind::PasswordPolicy => Config::PasswordPolicy {
            min_length: count(fields, "min_length", 12),
            classes: classes(fields, expressions)?,
        },
        Kind::IdentityLookup => identity_lookup(fields, expressions)?,
        Kind::IdentityCreate => Config::IdentityCreate {
            traits: fields.texts("traits"),
        },
        Kind::ProfileUpdate | Kind::UpdateUser => Config::Set {
            set: set(kind, fields, expressions)?,
        },
        Kind::IssueSession => Config::IssueSession {
            ttl_ms: fields.duration_ms("ttl").unwrap_or(3_600_000),
        },
        Kind::IssueTokens => Config::IssueTokens {
            scopes: fields.texts("scopes").unwrap_or_default(),
        },
        Kind::SessionRevoke => Config::SessionRevoke {
            session: fields.text("session"),
        },
        Kind::SocialIdpRedirect | Kind::SocialIdpCallback => Config::Provider {
            provider: fields.text("provider"),
        },
        Kind::RunCustomAction => run_custom_action(fields, expressions)?,
        Kind::RunCustomFlow => Config::RunCustomFlow {
            flow: fields.spanned("flow")?,
        },
        Kind::ParallelWebhook => webhook::parallel(fields, expressions)?,
        Kind::CallWebhook => Config::CallWebhook(Box::new(webhook::webhook(fields, expressions)?)),
        Kind::Notify => Config::Notify {
            channels: fields.texts("channels").unwrap_or_default(),
            template: fields.text("template")?,
            to: recipient(fields, expressions)?,
        },
        Kind::SendEmail => Config::SendEmail {
            template: fields.text("template")?,
            to: recipient(fields, expressions)?,
        },
        Kind::LogEvent => Config::LogEvent {
            kind: fields.text("type")?,
            data: value(fields.node("data"), expressions)?,
        },
        Kind::Delay => Config::Delay {
            ms: u64::try_from(fields.int("ms")?).ok()?,
        },
        Kind::Deny => deny(fields, expressions)?,
        Kind::Decision
        | Kind::Condition
        | Kind::PasswordCheck
        | Kind::CredentialSet
        | Kind::PasswordUpdate
        | Kind::WebauthnBegin
        | Kind::WebauthnFinish
        | Kind::CheckMfaStatus
        | Kind::BotDetection
        | Kind::BreachedPassword
        | Kind::EmailValidation
        | Kind::VerificationCheck
        | Kind::EmailVerification
        | Kind::RefreshTokenValidate
        | Kind::Finalize
        | Kind::HydraLogout
        | Kind::PasswordRecoverySend
        | Kind::Allow => Config::Plain,
    };
    Some(config)
}

/// Templates are allowed where blocks.md says so, nowhere else.
fn refuse_templates(kind: Kind, fields: &Fields, expressions: &mut Expressions) {
    for key in kind.info().config {
        let plain = match key.holds {
            ConfigType::Text | ConfigType::TextList | ConfigType::Reason => true,
            ConfigType::Template
            | ConfigType::TemplateMap
            | ConfigType::TemplateValue
            | ConfigType::Bool
            | ConfigType::Count
            | ConfigType::Duration
            | ConfigType::Words(_)
            | ConfigType::Factors
            | ConfigType::Expression
            | ConfigType::Weights
            | ConfigType::Thresholds
            | ConfigType::Statuses
            | ConfigType::Url
            | ConfigType::Branches
            | ConfigType::Calls => false,
        };
        if let Some(node) = fields.node(key.name).filter(|_| plain) {
            expressions.refuse_templates(node);
        }
    }
}

fn count(fields: &Fields, key: &str, default: usize) -> usize {
    fields
        .int(key)
        .and_then(|number| usize::try_from(number).ok())
        .unwrap_or(default)
}

/// More attempts than a person makes: answers can cost no flow time, so that nothing else would bound them.
const MOST_ATTEMPTS: usize = 100;

fn attempts(fields: &Fields, expressions: &mut Expressions) -> Option<u32> {
    let attempts = count(fields, "attempts", 3);
    if !(1..=MOST_ATTEMPTS).contains(&attempts) {
        out_of_range(
            fields,
            "attempts",
            "write a whole number from 1 to 100",
            expressions.diagnostics,
        );
        return None;
    }
    u32::try_from(attempts).ok()
}

fn classes(fields: &Fields, expressions: &mut Expressions) -> Option<usize> {
    let classes = count(fields, "classes", 3);
    if classes > 4 {
        let fix = "there are four classes: lower-case, upper-case, digits, others; write 0 to 4";
        out_of_range(fields, "classes", fix, expressions.diagnostics);
    }
    Some(classes)
}

fn out_of_range(fields: &Fields, key: &str, fix: &str, diagnostics: &mut Diagnostics) {
    if let Some(node) = fields.node(key) {
        let title = format!("`{key}` is {}, out of range", node.written());
        diagnostics.push(Diagnostic::error("out_of_range", &node.span, title).fix(fix));
    }
}

fn weights(fields: &Fields, expressions: &mut Expressions) -> RiskWeights {
    let mut weights = RiskWeights::default();
    let written = fields
        .node("weights")
        .and_then(|node| Fields::open(node, &super::shapes::WEIGHTS, expressions.diagnostics));
    if let Some(written) = written {
        for (signal, weight) in &mut weights.signals {
            *weight = written.int(signal).unwrap_or(*weight);
        }
    }
    weights
}

fn thresholds(fields: &Fields, expressions: &mut Expressions) -> Option<[i64; 3]> {
    let Some(node) = fields.node("thresholds") else {
        return Some([30, 60, 80]);
    };
    let numbers: Vec<i64> = node
        .as_list()?
        .iter()
        .filter_map(|item| item.to_value().as_int())
        .collect();
    let three: Option<[i64; 3]> = numbers.try_into().ok();
    match three {
        Some([low, middle, high]) if low < middle && middle < high => three,
        _ => {
            let title = "`thresholds` takes three numbers that rise";
            expressions.diagnostics.push(
                Diagnostic::error("bad_thresholds", &node.head(), title)
                    .fix("write the limits of medium, high and critical, such as [30, 60, 80]"),
            );
            None
        }
    }
}

fn identity_lookup(fields: &Fields, expressions: &mut Expressions) -> Option<Config> {
    let must = |key| fields.bool(key).unwrap_or(false);
    if must("must_exist") && must("must_not_exist") {
        let title = "`must_exist` and `must_not_exist` exclude each other";
        expressions.diagnostics.push(
            Diagnostic::error(
                "conflicting_keys",
                fields.key_span("must_not_exist")?,
                title,
            )
            .fix("keep one of the two"),
        );
    }
    Some(Config::IdentityLookup {
        by: fields
            .pick("by", [By::Email, By::Phone])
            .unwrap_or(By::Email),
        must_exist: must("must_exist"),
        must_not_exist: must("must_not_exist"),
    })
}

type Updates = Vec<(Text, Arc<ValueTemplate>)>;

fn set(kind: Kind, fields: &Fields, expressions: &mut Expressions) -> Option<Updates> {
    let mut updates = Vec::new();
    for entry in fields.map("set")? {
        if kind == Kind::UpdateUser && !matches!(&*entry.key, "email" | "phone") {
            let title = format!("`update_user` changes no `{}`", entry.key);
            expressions.diagnostics.push(
                Diagnostic::error("unknown_key", &entry.key_span, title)
                    .fix("write `email` or `phone`; `profile_update` changes the other fields"),
            );
        }
        updates.push(
            expressions
                .value(&entry.value)
                .map(|value| (entry.key.clone(), Arc::new(value))),
        );
    }
    updates.into_iter().collect()
}

fn run_custom_action(fields: &Fields, expressions: &mut Expressions) -> Option<Config> {
    let action = fields.spanned("action");
    let config = value(fields.node("config"), expressions);
    let action = action?;
    Some(Config::RunCustomAction {
        config_span: fields
            .node("config")
            .map_or_else(|| action.span.clone(), Node::head),
        action,
        config: config?,
    })
}

/// A value with templates; an empty map where none is written.
fn value(node: Option<&Node>, expressions: &mut Expressions) -> Option<Arc<ValueTemplate>> {
    match node {
        Some(node) => expressions.value(node).map(Arc::new),
        None => Some(no_config()),
    }
}

/// `to` of a mail or message: None when it is wrong, Some(None) when it is not written.
#[allow(clippy::option_option)]
fn recipient(fields: &Fields, expressions: &mut Expressions) -> Option<Option<Arc<Template>>> {
    match fields.node("to") {
        Some(node) => expressions.template(node).map(Some),
        None => Some(None),
    }
}

/// DENY-3
fn deny(fields: &Fields, expressions: &mut Expressions) -> Option<Config> {
    let reason = fields.spanned("reason")?;
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if reason.value.is_empty() || !reason.value.bytes().all(allowed) {
        let title = format!("`{}` is no reason code", reason.value);
        let code = kebab(&reason.value).replace('-', "_");
        let fix = if code.is_empty() {
            "write `a-z`, `0-9` and `_`, such as `high_risk`".to_owned()
        } else {
            format!("write `a-z`, `0-9` and `_`: `{code}`; text for people is `user_message`")
        };
        expressions
            .diagnostics
            .push(Diagnostic::error("bad_reason", &reason.span, title).fix(fix));
    }
    Some(Config::Deny {
        reason: reason.value,
        user_message: fields.text("user_message"),
    })
}

/// A scalar as text.
pub fn is_scalar(node: &Node) -> bool {
    match &node.data {
        Data::Bool(_) | Data::Int(_) | Data::Float(_) | Data::Text(_) => true,
        Data::Null | Data::List(_) | Data::Map(_) => false,
    }
}
