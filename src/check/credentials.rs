//! The lint `session_without_credential`: somebody who fails every credential check still gets a session. A check
//! that only says `verified: false` stops nobody until a decision, or an action, looks at it.

use super::ground::findings::Findings;
use super::ground::order::Arm;
use super::ground::story::{Plot, Way, to_session};
use super::ground::subject::{Subject, may_mention};
use crate::diagnostic::Diagnostic;
use crate::document::listed;
use crate::flow::{Block, Flow, FlowKind, Kind, Mode};
use crate::value::Map;

/// The flows in which a session is issued to somebody who has yet to prove who they are; `password-reset-complete` starts
/// behind a link that did.
const FLOWS: [&str; 4] = ["login", "mfa-verify", "token-refresh", "password-reset"];

/// Judges those flows.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for flow in subject.flows {
        if let Some((session, way)) = way_in(subject, flow) {
            findings.add(flow, &session.slug.value, diagnostic(flow, session, &way));
        }
    }
}

/// Whether this lint is drawn for a flow.
pub fn is_told(subject: &Subject, flow: &Flow) -> bool {
    way_in(subject, flow).is_some()
}

/// The way of somebody who fails every check, with the block that issues the session.
fn way_in<'a>(subject: &Subject<'a>, flow: &'a Flow) -> Option<(&'a Block, Way<'a>)> {
    let judged = flow.kind == FlowKind::System && FLOWS.contains(&&*flow.slug.value);
    judged.then(|| to_session(subject, flow, &Failing { subject, flow }))?
}

fn diagnostic(flow: &Flow, session: &Block, way: &Way) -> Diagnostic {
    let (slug, name) = (&session.slug.value, &flow.slug.value);
    if way.told.is_empty() {
        let title = format!("a path of `{name}` reaches `{slug}` without any credential check");
        return Diagnostic::warning("session_without_credential", &session.slug.span, title)
            .fix("put a check such as `password_check` or `mfa` before it");
    }
    let checks: Vec<&str> = way
        .told
        .iter()
        .map(|(_, block)| &*block.slug.value)
        .collect();
    let title = format!(
        "a path of `{name}` reaches `{slug}` although {} came out false",
        listed(checks.iter().copied())
    );
    let read = way
        .told
        .last()
        .map_or(String::new(), |(_, block)| block.slug.value.to_string());
    let mut diagnostic =
        Diagnostic::warning("session_without_credential", &session.slug.span, title).fix(format!(
            "deny when `!step.{read}.verified`, on every path to `{slug}`"
        ));
    for (_, block) in way.told.iter().take(3) {
        diagnostic = diagnostic.related(&block.slug.span, "nobody is stopped by this check");
    }
    diagnostic
}

/// The story of somebody who fails every check.
struct Failing<'s, 'a> {
    subject: &'s Subject<'a>,
    flow: &'s Flow,
}

impl Plot for Failing<'_, '_> {
    fn outputs(&self, kind: Kind) -> Option<Map> {
        let checks = matches!(
            kind,
            Kind::PasswordCheck
                | Kind::ChannelOtpVerify
                | Kind::WebauthnFinish
                | Kind::VerificationCheck
                | Kind::EmailVerification
        );
        checks.then(|| {
            let mut outputs = Map::new();
            outputs.insert("verified", false);
            outputs
        })
    }

    /// These deny, or make an account of one's own. An action that looks at a check may deny too.
    fn stops(&self, way: &Way, block: &Block) -> bool {
        let denies = matches!(
            block.kind,
            Kind::Mfa
                | Kind::RequireMfa
                | Kind::RefreshTokenValidate
                | Kind::SocialIdpCallback
                | Kind::IdentityCreate
        );
        let action = self
            .subject
            .attached(block)
            .filter(|_| block.mode == Mode::Sync);
        denies
            || !way.told.is_empty() && action.is_some_and(|action| may_mention(action, "verified"))
    }

    fn handled(&self, _: &Arm) -> bool {
        false
    }

    fn risk_score(&self) -> Option<i64> {
        None
    }

    /// What stands behind a second step is told of its ending; it has nothing else to say.
    fn lets_in(&self, way: &Way, block: &Block) -> bool {
        let succeeds = matches!(block.kind, Kind::Finalize | Kind::Allow);
        succeeds && &*self.flow.slug.value == "mfa-verify" && !way.told.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    const CODES: &[&str] = &["session_without_credential"];
    const DENY: &str = "{ block: deny, config: { reason: x } }";

    fn signing_in(when: &str, reaction: &str) -> String {
        login(&format!(
            "- block: identity_lookup\n- block: password_check\n- block: decision\n  slug: d\n  branches:\n    - {{ branch: bad, when: \"{when}\", blocks: [{reaction}] }}\n    - {{ branch: good, default: true }}\n- block: issue_session\n"
        ))
    }

    #[test]
    fn nobody_gets_a_session_without_a_credential() {
        let log = "{ block: log_event, config: { type: x } }";
        let nested = |inside: &str| {
            format!(
                "{}---\n{}",
                login("- block: run_custom_flow\n  config: { flow: gate }\n- block: issue_session"),
                gate(inside)
            )
        };
        let checked = format!(
            "- block: password_check\n- {{ block: condition, config: {{ when: step.password-check.verified }}, then: [{{ block: allow }}], else: [{DENY}] }}"
        );
        check(
            CODES,
            &[
                (&signing_in("!step.password-check.verified", DENY), &[]),
                (
                    &signing_in("!step.password-check.verified", log),
                    &[
                        "session_without_credential warning 13 a path of `login` reaches `issue-session` although `password-check` came out false",
                    ],
                ),
                (
                    &signing_in(
                        "step.identity-lookup.found && !step.password-check.verified",
                        DENY,
                    ),
                    &[],
                ),
                (
                    &signing_in("event.client.type == 'spa'", DENY),
                    &["session_without_credential warning 13"],
                ),
                (
                    &login("- block: password_check\n- block: issue_session"),
                    &["session_without_credential warning 7"],
                ),
                (
                    &login("- block: issue_session"),
                    &[
                        "session_without_credential warning 6 a path of `login` reaches `issue-session` without any credential check",
                    ],
                ),
                (&login("- block: mfa\n- block: issue_session"), &[]),
                (
                    &login("- block: issue_session").replace("flow: login", "flow: registration"),
                    &[],
                ),
                (
                    &login(
                        "- { block: condition, config: { when: event.client.type == 'm2m' }, else: [{ block: mfa }] }\n- block: issue_session",
                    ),
                    &["session_without_credential warning 7"],
                ),
                (&nested(&checked), &[]),
                (
                    &nested("- block: password_check\n- block: allow"),
                    &["session_without_credential warning 8"],
                ),
                (
                    &(login(
                        "- block: password_check\n- { block: run_custom_action, config: { action: a } }\n- block: issue_session",
                    ) + "---\naction: a\ntriggers: [login]\njs: \"export function execute(e, api) { if (!step['password-check'].verified) api.deny('x') }\"\n"),
                    &[],
                ),
            ],
        );
    }

    #[test]
    fn a_second_step_that_ends_well_lets_in_as_a_session_does() {
        let verify = |when: &str, more: &str| {
            login(&format!(
                "- block: channel_otp_verify\n- block: condition\n  config: {{ when: \"{when}\" }}\n  else: [{more}]\n- block: finalize\n"
            ))
            .replace("flow: login", "flow: mfa-verify")
        };
        let log = "{ block: log_event, config: { type: x } }";
        let told = &[
            "session_without_credential warning … reaches `finalize` although `channel-otp-verify` came out false",
        ][..];
        let verified = "step.channel-otp-verify.verified";
        check(
            CODES,
            &[
                (&verify(verified, log), told),
                (&verify(&format!("has({verified})"), DENY), told),
                (&verify(verified, DENY), &[]),
                (
                    &login("- block: finalize\n").replace("flow: login", "flow: mfa-verify"),
                    &[],
                ),
            ],
        );
    }
}
