//! The lint `slow_webhook`: a webhook whose written timeout lets somebody who signs in wait for more than two
//! seconds. The default timeout draws nothing: it was not chosen.

use super::ground::findings::Findings;
use super::ground::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::flow::{Block, Config, Flow, FlowKind, Kind};
use crate::profile::duration_text;

/// The flows that somebody waits for while signing in.
const AUTHENTICATION: [&str; 3] = ["login", "mfa-verify", "token-refresh"];
/// What a webhook may take of that, in milliseconds.
const PATIENCE_MS: u64 = 2_000;

/// Judges every webhook of those flows and of the custom flows in them.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for flow in subject.flows {
        if flow.kind != FlowKind::System || !AUTHENTICATION.contains(&&*flow.slug.value) {
            continue;
        }
        for block in flow.blocks() {
            judge(flow, block, flow, findings);
            let nested = subject.nested(block);
            for (nested, inner) in nested.iter().flat_map(|nested| {
                nested
                    .blocks()
                    .into_iter()
                    .map(move |inner| (*nested, inner))
            }) {
                judge(nested, inner, flow, findings);
            }
        }
    }
}

fn judge<'a>(flow: &'a Flow, block: &'a Block, waits: &Flow, findings: &mut Findings<'a>) {
    let Some(ms) = longest(block).filter(|ms| *ms > PATIENCE_MS) else {
        return;
    };
    let slug = &block.slug.value;
    let title = format!(
        "`{slug}` may take {} of `{}`, where somebody waits",
        duration_text(ms),
        waits.slug.value
    );
    let diagnostic = Diagnostic::warning("slow_webhook", &block.slug.span, title)
        .fix("write a timeout of at most 2s, or move it behind the session into an action that is fire_and_forget");
    findings.add(flow, slug, diagnostic);
}

/// The longest timeout that is written for a webhook.
fn longest(block: &Block) -> Option<u64> {
    if let Config::ParallelWebhook { calls } = &block.config {
        return calls.iter().filter_map(|(_, call)| call.timeout_ms).max();
    }
    block.timeout_ms.filter(|_| block.kind == Kind::CallWebhook)
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    #[test]
    fn a_written_timeout_above_two_seconds_is_told_where_somebody_signs_in() {
        let hook = |timeout: &str| {
            format!(
                "- block: call_webhook\n  slug: hook\n{timeout}  config: {{ url: 'https://a.example.com' }}\n"
            )
        };
        let slow = hook("  timeout: 3s\n");
        let nested = format!(
            "{}---\n{}",
            login(
                "- { block: run_custom_flow, slug: run, config: { flow: gate } }\n- { block: run_custom_flow, slug: run-again, config: { flow: gate } }"
            ),
            gate(&(slow.clone() + "- block: allow"))
        );
        check(
            &["slow_webhook"],
            &[
                (
                    &login(&slow),
                    &["slow_webhook warning 7 `hook` may take 3s of `login`"],
                ),
                (&login(&hook("  timeout: 2s\n")), &[]),
                (&login(&hook("")), &[]),
                (&login(&slow).replace("flow: login", "flow: logout"), &[]),
                (
                    &nested,
                    &["slow_webhook warning 15 `hook` may take 3s of `login`"],
                ),
                (
                    &login(
                        "- block: parallel_webhook\n  slug: all\n  config: { calls: { a: { url: 'https://a.example.com', timeout: 4s } } }",
                    ),
                    &["slow_webhook warning 7 `all` may take 4s"],
                ),
            ],
        );
    }
}
