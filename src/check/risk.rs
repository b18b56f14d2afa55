//! The lint `unused_risk`: a recommendation to deny passes through. When `risk_evaluate` finds the gravest risk, some
//! decision, action or webhook has to look at it before a session is issued.

use super::ground::findings::Findings;
use super::ground::order::Arm;
use super::ground::story::{Plot, Way, to_session};
use super::ground::subject::{Subject, may_mention};
use crate::diagnostic::Diagnostic;
use crate::flow::{Block, FlowKind, Kind, Mode};
use crate::value::{Map, Text};

/// Judges every system flow.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for flow in subject.flows {
        if flow.kind != FlowKind::System {
            continue;
        }
        let Some((session, way)) = to_session(subject, flow, &Gravest { subject }) else {
            continue;
        };
        let Some((inside, block)) = way.told.last() else {
            continue;
        };
        let slug = &block.slug.value;
        let title = format!(
            "`{slug}` may recommend to deny, but `{}` issues the session all the same",
            session.slug.value
        );
        let diagnostic = Diagnostic::warning("unused_risk", &block.slug.span, title)
            .fix(format!(
                "add a decision on `step.{slug}.recommendation` that denies"
            ))
            .related(&session.slug.span, "the session is issued here");
        findings.add(inside, slug, diagnostic);
    }
}

/// The story of the gravest risk.
struct Gravest<'s, 'a> {
    subject: &'s Subject<'a>,
}

/// What an action that looks at the risk has in its source.
const NAMES: [&str; 4] = ["recommendation", "severity", "score", "risk"];

impl Plot for Gravest<'_, '_> {
    fn outputs(&self, kind: Kind) -> Option<Map> {
        (kind == Kind::RiskEvaluate).then(|| {
            let mut outputs = Map::new();
            outputs.insert("score", 100);
            outputs.insert("severity", "critical");
            outputs.insert("recommendation", "deny");
            outputs
        })
    }

    /// Ways without a risk evaluation are not this story; who is told of the risk may act on it.
    fn stops(&self, way: &Way, block: &Block) -> bool {
        if way.told.is_empty() {
            return matches!(block.kind, Kind::IssueSession | Kind::IssueTokens);
        }
        let told = |path: &[Text]| {
            let name = path.get(1).map(|name| &**name);
            way.told.iter().any(|(flow, block)| {
                name == Some(&*block.slug.value) || name == Some(&*flow.slug.value)
            }) || path.last().is_some_and(|last| &**last == "risk_score")
        };
        let sent = matches!(block.kind, Kind::CallWebhook | Kind::ParallelWebhook)
            && block.reads.iter().any(|read| told(&read.read.path));
        let action = self
            .subject
            .attached(block)
            .filter(|_| block.mode == Mode::Sync);
        let looks = |action| NAMES.iter().any(|name| may_mention(action, name));
        sent || action.is_some_and(looks)
    }

    /// A branch taken because of the risk, or one that does something, is a reaction.
    fn handled(&self, arm: &Arm) -> bool {
        arm.when.is_some() || !arm.blocks.is_empty()
    }

    fn risk_score(&self) -> Option<i64> {
        Some(100)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    #[test]
    fn a_recommendation_to_deny_is_looked_at_before_a_session() {
        let with = |between: &str| {
            login(&format!(
                "- block: risk_evaluate\n{between}- block: issue_session\n"
            ))
        };
        let when = |when: &str| {
            format!(
                "- {{ block: condition, config: {{ when: \"{when}\" }}, then: [{{ block: deny, config: {{ reason: x }} }}] }}\n"
            )
        };
        let webhook = "- { block: call_webhook, config: { url: 'https://a.example.com', body: { s: '{{ step.risk-evaluate.score }}' } } }\n";
        let nested = format!(
            "{}---\n{}",
            with("- { block: run_custom_flow, config: { flow: gate } }\n"),
            gate(&(when("step.risk-evaluate.score > 90") + "- block: allow"))
        );
        let told = "unused_risk warning 6 `risk-evaluate` may recommend to deny, but `issue-session` issues the session";
        check(
            &["unused_risk"],
            &[
                (&with(""), &[told]),
                (
                    &with(&when("step.risk-evaluate.recommendation == 'deny'")),
                    &[],
                ),
                (
                    &with(&when("step.risk-evaluate.recommendation == 'challenge'")),
                    &[told],
                ),
                (&with(&when("step.risk-evaluate.score > 100")), &[told]),
                (&with(&when("event.authentication.risk_score > 60")), &[]),
                (&with(&when("event.client.type == 'x'")), &[told]),
                (
                    &with(&when(
                        "step.risk-evaluate.score > 50 && event.client.type == 'x'",
                    )),
                    &[],
                ),
                (&with(webhook), &[]),
                (&nested, &[]),
                (
                    &with("- { block: run_custom_flow, config: { flow: gone } }\n"),
                    &[],
                ),
                (&login("- block: issue_session"), &[]),
            ],
        );
    }
}
