//! The lint `unread_proof`: the user is asked for a proof, and nobody looks at whether the answer was right. Where a session
//! is issued although every check came out false, `session_without_credential` says so.

use super::credentials;
use super::ground::findings::Findings;
use super::ground::subject::{Subject, may_mention};
use crate::diagnostic::Diagnostic;
use crate::flow::{Block, Placed, unread_proofs};
use std::collections::BTreeSet;

/// Judges every system flow with the custom flows in it.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    let mut told = BTreeSet::new();
    for flow in subject.flows {
        let nested = |block: &Block| subject.nested(block);
        let mentions = |block: &Block, word: &str| {
            let action = subject.attached(block);
            action.is_some_and(|action| may_mention(action, word))
        };
        let found = unread_proofs(flow, nested, mentions);
        if found.is_empty() || credentials::is_told(subject, flow) {
            continue;
        }
        for proof in found {
            let (flow, slug) = (proof.flow, &proof.block.slug.value);
            if told.insert((&*flow.slug.value, &**slug)) {
                findings.add(flow, slug, diagnostic(&proof));
            }
        }
    }
}

fn diagnostic(proof: &Placed) -> Diagnostic {
    let slug = &proof.block.slug;
    let name = &slug.value;
    let title = format!(
        "nobody looks at `step.{name}.verified`: a wrong answer passes as a right one does"
    );
    Diagnostic::warning("unread_proof", &slug.span, title)
        .fix(format!("deny when `!step.{name}.verified`"))
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    #[test]
    fn a_proof_is_looked_at_by_somebody() {
        let head = "- block: password_check\n- { block: condition, slug: c, config: { when: '!step.password-check.verified' }, then: [{ block: deny, config: { reason: x } }] }\n";
        let ask = "- block: webauthn_begin\n- block: webauthn_finish\n";
        let told = &["unread_proof warning 9 nobody looks at `step.webauthn-finish.verified`"][..];
        let with = |more: &str| login(&format!("{head}{ask}{more}- block: issue_session\n"));
        let looks = |when: &str| {
            with(&format!(
                "- {{ block: condition, config: {{ when: \"{when}\" }}, then: [{{ block: deny, slug: d, config: {{ reason: x }} }}] }}\n"
            ))
        };
        let log = "- { block: log_event, config: { type: x, data: { a: '{{ step.webauthn-finish.verified }}' } } }\n";
        let action = "- { block: run_custom_action, config: { action: a } }\n";
        let source = |js: &str| {
            format!(
                "{}---\naction: a\ntriggers: [login]\njs: \"export function execute(event, api) {{ {js} }}\"\n",
                with(action)
            )
        };
        let nested = |outside: &str, inside: &str| {
            let embeds = "- { block: run_custom_flow, config: { flow: gate } }\n";
            let inside = gate(&format!("{ask}{inside}- block: allow"));
            format!(
                "{}---\n{inside}",
                login(&format!("{head}{embeds}{outside}- block: issue_session\n"))
            )
        };
        let reads = |path: &str| {
            format!(
                "- {{ block: condition, slug: r, config: {{ when: '!{path}' }}, then: [{{ block: deny, slug: d, config: {{ reason: x }} }}] }}\n"
            )
        };
        check(
            &["unread_proof"],
            &[
                (&with(""), told),
                (&with(log), told),
                (&looks("!step.webauthn-finish.verified"), &[]),
                (&looks("!has(step.webauthn-finish.verified)"), told),
                (&looks("event.authentication.aal == 'aal1'"), &[]),
                (&looks("event.authentication.risk_score > 1"), told),
                (
                    &source("if (!step['webauthn-finish'].verified) api.deny()"),
                    &[],
                ),
                (&source("api.log('info', 'x')"), told),
                (&nested("", ""), &["unread_proof warning"]),
                (&nested("", &reads("step.webauthn-finish.verified")), &[]),
                (&nested(&reads("custom.gate.verified"), ""), &[]),
                // every check came out false
                (
                    &login("- block: password_check\n- block: issue_session\n"),
                    &[],
                ),
                (&gate(&format!("{ask}- block: allow")), &[]),
            ],
        );
    }
}
