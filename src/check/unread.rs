//! The lint `unread_write`: a block does nothing but compute, and nothing reads what it wrote. A draft is not judged: it may
//! be a sketch. `risk_evaluate` has a lint of its own.

use super::ground::findings::Findings;
use super::ground::readers::Readers;
use super::ground::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::document::listed;
use crate::flow::{Block, Config, Flow, FlowKind, FlowStatus, Kind};

/// Judges every flow that is in use.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    let readers = Readers::new(subject);
    for flow in subject.flows {
        if flow.kind == FlowKind::Custom && flow.status == FlowStatus::Draft {
            continue;
        }
        for block in flow.blocks() {
            if let Some(diagnostic) = unread(&readers, flow, block) {
                findings.add(flow, &block.slug.value, diagnostic);
            }
        }
    }
}

/// Kinds that do nothing but compute. `risk_evaluate` has a lint of its own.
fn only_computes(block: &Block) -> bool {
    if let Config::CallWebhook(webhook) = &block.config {
        return &*webhook.method == "GET";
    }
    matches!(
        block.kind,
        Kind::CheckMfaStatus
            | Kind::IpReputation
            | Kind::BotDetection
            | Kind::BruteForce
            | Kind::BreachedPassword
            | Kind::EmailValidation
            | Kind::PasswordPolicy
    )
}

fn unread(readers: &Readers, flow: &Flow, block: &Block) -> Option<Diagnostic> {
    let slug = &*block.slug.value;
    if !only_computes(block) || readers.whole || readers.steps.contains(slug) {
        return None;
    }
    let fields = block.kind.info().writes;
    let custom = flow.kind == FlowKind::Custom
        && fields
            .iter()
            .any(|field| readers.reads_custom(&flow.slug.value, field));
    if custom
        || readers.in_action(slug)
        || flow.kind == FlowKind::Custom && readers.in_action(&flow.slug.value)
    {
        return None;
    }
    let title = format!(
        "nothing reads what `{slug}` writes: {}",
        listed(fields.iter().copied())
    );
    Some(
        Diagnostic::warning("unread_write", &block.slug.span, title)
            .fix("read it in a decision or a template, or remove the block"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    const READ: &str =
        "- { block: log_event, slug: l, config: { type: x, data: { a: '{{ PATH }}' } } }\n";

    #[test]
    fn what_only_computes_is_read_by_somebody() {
        let ip = "- block: ip_reputation\n";
        let action = |js: &str| {
            format!("---\naction: a\nenabled: 'no'\njs: \"export function execute() {{ {js} }}\"\n")
        };
        let get = "- { block: call_webhook, slug: hook, config: { url: 'https://a.example.com', method: GET } }\n";
        check(
            &["unread_write"],
            &[
                (
                    &login(ip),
                    &["unread_write warning 6 nothing reads what `ip-reputation` writes: `score`"],
                ),
                (
                    &login(&(ip.to_owned() + &READ.replace("PATH", "step.ip-reputation.score"))),
                    &[],
                ),
                (
                    &(login(ip) + &action("return step['ip-reputation'].score")),
                    &[],
                ),
                (
                    &(login(ip) + &action("return 1")),
                    &["unread_write warning 6"],
                ),
                (&login(get), &["unread_write warning 6"]),
                (&login(&get.replace("GET", "POST")), &[]),
                (
                    &gate(&(ip.to_owned() + "- block: allow")),
                    &["unread_write warning 6"],
                ),
                (
                    &gate(&(ip.to_owned() + "- block: allow")).replace("published", "draft"),
                    &[],
                ),
            ],
        );
    }
}
