//! The lint `factor_after_session`: a factor is asked for behind the session. A prompt that nobody answers ends the run
//! `suspended`, and the session is kept (ORD-5).

use super::ground::findings::Findings;
use super::ground::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::flow::{Block, Flow, FlowKind, Kind};
use crate::profile::PostSession;

/// What proves who somebody is. An enrolment behind the session proves nothing, and may well be put off.
const FACTORS: [Kind; 4] = [
    Kind::Mfa,
    Kind::RequireMfa,
    Kind::ChannelOtpVerify,
    Kind::WebauthnFinish,
];

/// Judges every system flow whose blocks behind the session run.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    if subject.profile.post_session == PostSession::Stop {
        return;
    }
    for flow in subject.flows {
        if flow.kind == FlowKind::System {
            let stages = flow.stages.iter();
            stages.fold(None, |session, stage| {
                walk(subject, flow, &stage.blocks, session, findings)
            });
        }
    }
}

/// The session that may be issued behind these blocks, given the one that may be before them.
fn walk<'a>(
    subject: &Subject<'a>,
    flow: &'a Flow,
    blocks: &'a [Block],
    mut session: Option<&'a Block>,
    findings: &mut Findings<'a>,
) -> Option<&'a Block> {
    for block in blocks {
        if let Some(session) = session {
            if FACTORS.contains(&block.kind) {
                told(flow, block, session, findings);
            }
            if let Some(nested) = subject.nested(block) {
                let inner = nested.blocks().into_iter();
                for inner in inner.filter(|inner| FACTORS.contains(&inner.kind)) {
                    told(nested, inner, session, findings);
                }
            }
        }
        let before = session;
        for branch in block.branches() {
            session = walk(subject, flow, branch, before, findings).or(session);
        }
        if block.kind == Kind::IssueSession {
            session = session.or(Some(block));
        }
    }
    session
}

fn told<'a>(flow: &'a Flow, block: &'a Block, session: &Block, findings: &mut Findings<'a>) {
    let (slug, issued) = (&block.slug.value, &session.slug.value);
    let title = format!(
        "`{slug}` asks for a factor behind `{issued}`: whoever does not answer keeps the session (ORD-5)"
    );
    let diagnostic = Diagnostic::warning("factor_after_session", &block.slug.span, title)
        .fix(format!("move it before `{issued}`"))
        .related(&session.slug.span, "the session is issued here");
    findings.add(flow, slug, diagnostic);
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    #[test]
    fn a_factor_behind_the_session_is_told() {
        let mfa = "- { block: mfa, config: { factors: [totp] } }\n";
        let session = "- block: issue_session\n";
        let told = |line: usize| {
            format!(
                "factor_after_session warning {line} `mfa` asks for a factor behind `issue-session`"
            )
        };
        let nested = |first: &str, second: &str| {
            format!(
                "{}---\n{}",
                login(&format!("{first}{second}")),
                gate(&format!("{mfa}- block: allow"))
            )
        };
        let run = "- { block: run_custom_flow, config: { flow: gate } }\n";
        let within = |blocks: &str| {
            format!(
                "- {{ block: condition, config: {{ when: event.request.device.trusted }}, then: [{}] }}\n",
                blocks.trim_end().trim_start_matches("- ")
            )
        };
        let in_branch = within("- { block: issue_session }");
        check(
            &["factor_after_session"],
            &[
                (&login(&format!("{mfa}{session}")), &[]),
                (&login(&format!("{session}{mfa}")), &[&told(7)]),
                (&login(&format!("{session}{}", within(mfa))), &[&told(7)]),
                (&login(&format!("{in_branch}{mfa}")), &[&told(7)]),
                (&nested(run, session), &[]),
                (&nested(session, run), &[&told(14)]),
                (
                    &login(&format!(
                        "{session}- {{ block: require_mfa_enroll, config: {{ factor: totp }} }}"
                    )),
                    &[],
                ),
            ],
        );
    }
}
