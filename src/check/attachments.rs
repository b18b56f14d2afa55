//! Attachments of actions: covered by the action's triggers (ACT-8), of an action that is switched on (ACT-1).
//! Their configs are judged by a rule of their own.

use super::ground::findings::Findings;
use super::ground::subject::{Attachment, Subject};
use crate::action::Action;
use crate::diagnostic::Diagnostic;
use crate::flow::FlowKind;

/// Judges every attachment.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for attachment in subject.attachments() {
        let Some(action) = subject.action(&attachment.name.value) else {
            continue;
        };
        let mut add = |diagnostic| {
            findings.add(attachment.flow, &attachment.block.slug.value, diagnostic);
        };
        trigger(&attachment, action).into_iter().for_each(&mut add);
        disabled(&attachment, action).into_iter().for_each(&mut add);
    }
}

/// ACT-8: in custom flows anywhere, in system flows where a trigger covers the stage.
fn trigger(attachment: &Attachment, action: &Action) -> Option<Diagnostic> {
    let (flow, stage) = (&attachment.flow.slug.value, &attachment.stage.slug);
    let covered = action.triggers.iter().any(|trigger| {
        trigger.flow == *flow
            && trigger
                .stage
                .as_ref()
                .is_none_or(|covered| covered == stage)
    });
    if covered || attachment.flow.kind == FlowKind::Custom {
        return None;
    }
    let slug = &action.slug;
    let title = format!("the triggers of `{slug}` do not cover `{flow}.{stage}` (ACT-8)");
    let file = action.span.file.path();
    Some(
        Diagnostic::error("trigger_mismatch", &attachment.name.span, title)
            .fix(format!(
                "add `{flow}` or `{flow}.{stage}` to `triggers` in {file}, or move this block"
            ))
            .related(&action.span, "the action is here"),
    )
}

/// ACT-1
fn disabled(attachment: &Attachment, action: &Action) -> Option<Diagnostic> {
    let slug = &action.slug;
    (!action.enabled).then(|| {
        let title = format!("the action `{slug}` is disabled, so this block is skipped (ACT-1)");
        Diagnostic::warning("disabled_action", &attachment.name.span, title)
            .fix("write `enabled: true` in its file, or remove the block")
            .related(&action.span, "the action is here")
    })
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    const ATTACH: &str =
        "- block: run_custom_action\n  slug: allowlist\n  config:\n    action: domains\n";

    #[test]
    fn an_action_is_attached_only_where_its_triggers_cover() {
        let with = |triggers: &str| {
            format!(
                "{}---\naction: domains\ntriggers: {triggers}\n",
                login(ATTACH)
            )
        };
        check(
            &["trigger_mismatch", "disabled_action"],
            &[
                (&with("[login]"), &[]),
                (&with("[registration, login.pre-login]"), &[]),
                (
                    &with("[login.post-auth]"),
                    &[
                        "trigger_mismatch error 9 the triggers of `domains` do not cover `login.pre-login` (ACT-8) | add `login` or `login.pre-login`",
                    ],
                ),
                (&with("[registration]"), &["trigger_mismatch error 9"]),
                (&with("[]"), &["trigger_mismatch error 9"]),
                (
                    &format!("{}---\naction: domains\ntriggers: []\n", gate(ATTACH)),
                    &[],
                ),
                (
                    &(with("[login]") + "enabled: 'no'\n"),
                    &["disabled_action warning 9 the action `domains` is disabled"],
                ),
            ],
        );
    }
}
