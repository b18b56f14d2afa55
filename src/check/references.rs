//! References between files: actions and custom flows that blocks name must exist; a custom flow can be embedded
//! when it is published, by a system flow, and not by another custom flow (NEST-1, NEST-2).

use super::ground::findings::Findings;
use super::ground::subject::{Attachment, Embedding, Subject};
use crate::diagnostic::Diagnostic;
use crate::document::suggestion;
use crate::flow::{FlowKind, FlowStatus};

/// Judges every reference of every flow.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for attachment in subject.attachments() {
        if let Some(diagnostic) = action(subject, &attachment) {
            findings.add(attachment.flow, &attachment.block.slug.value, diagnostic);
        }
    }
    for embedding in subject.embeddings() {
        let nested = nested(&embedding);
        let diagnostic = nested.or_else(|| flow(subject, &embedding));
        if let Some(diagnostic) = diagnostic {
            findings.add(embedding.outer, &embedding.block.slug.value, diagnostic);
        }
    }
}

fn action(subject: &Subject, attachment: &Attachment) -> Option<Diagnostic> {
    let slug = &*attachment.name.value;
    if subject.action(slug).is_some() || subject.may_be_action(slug) {
        return None;
    }
    let known = subject.actions.iter().map(|action| &*action.slug);
    let known = known.chain(subject.broken_actions.iter().copied());
    let title = format!("there is no action `{slug}`");
    Some(
        Diagnostic::error("unknown_action", &attachment.name.span, title)
            .fix(suggestion(slug, known)),
    )
}

/// NEST-1
fn nested(embedding: &Embedding) -> Option<Diagnostic> {
    let slug = &embedding.outer.slug.value;
    (embedding.outer.kind == FlowKind::Custom).then(|| {
        let title = format!("custom flows do not nest, and `{slug}` is one (NEST-1)");
        Diagnostic::error("nested_custom_flow", &embedding.block.slug.span, title)
            .fix("move this block into a system flow, or copy the blocks of the custom flow here")
    })
}

/// NEST-2
fn flow(subject: &Subject, embedding: &Embedding) -> Option<Diagnostic> {
    let slug = &*embedding.name.value;
    let Some(flow) = subject.flow(slug) else {
        let custom = subject
            .flows
            .iter()
            .filter(|flow| flow.kind == FlowKind::Custom);
        let known = custom.map(|flow| &*flow.slug.value);
        let known = known.chain(subject.broken_flows.iter().copied());
        let title = format!("there is no flow `{slug}`");
        return (!subject.may_be_flow(slug)).then(|| {
            Diagnostic::error("unknown_flow", &embedding.name.span, title)
                .fix(suggestion(slug, known))
        });
    };
    if flow.kind == FlowKind::System {
        let title = format!("`{slug}` is a system flow; only custom flows can be embedded");
        return Some(
            Diagnostic::error("not_a_custom_flow", &embedding.name.span, title)
                .fix("name a published custom flow")
                .related(&flow.slug.span, "the flow is here"),
        );
    }
    (flow.status == FlowStatus::Draft).then(|| {
        let title =
            format!("`{slug}` is a draft; only published custom flows can be embedded (NEST-2)");
        Diagnostic::error("not_published", &embedding.name.span, title)
            .fix(format!(
                "write `status: published` in {}",
                flow.slug.span.file.path()
            ))
            .related(&flow.slug.span, "the draft is here")
    })
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    const CODES: &[&str] = &[
        "unknown_action",
        "unknown_flow",
        "nested_custom_flow",
        "not_published",
        "not_a_custom_flow",
    ];

    #[test]
    fn what_blocks_refer_to_exists_and_can_be_embedded() {
        let run = |flow: &str| {
            login(&format!(
                "- block: run_custom_flow\n  config: {{ flow: {flow} }}"
            ))
        };
        let gate = gate("- block: allow");
        let attach = login("- block: run_custom_action\n  config: { action: tagg }");
        check(
            CODES,
            &[
                (&format!("{}---\n{gate}", run("gate")), &[]),
                (
                    &format!("{}---\n{gate}", run("gaet")),
                    &["unknown_flow error 7 there is no flow `gaet` | did you mean `gate`?"],
                ),
                (
                    &format!("{}---\n{}", run("gate"), gate.replace("published", "draft")),
                    &[
                        "not_published error 7 `gate` is a draft … write `status: published` in w.yaml",
                    ],
                ),
                (
                    &run("login"),
                    &["not_a_custom_flow error 7 `login` is a system flow"],
                ),
                (
                    &format!("{attach}---\naction: tag\ntriggers: [login]"),
                    &["unknown_action error 7 there is no action `tagg` | did you mean `tag`?"],
                ),
                (&attach, &["unknown_action error 7 … there is none yet"]),
                (
                    &format!(
                        "{gate}---\nflow: other\nstages:\n  - stage: S\n    blocks:\n      - block: run_custom_flow\n        config: {{ flow: gate }}\n      - block: allow"
                    ),
                    &[
                        "nested_custom_flow error 12 custom flows do not nest, and `other` is one (NEST-1)",
                    ],
                ),
            ],
        );
    }
}
