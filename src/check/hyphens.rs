//! The lint `hyphen_in_action` (ACT-4): in JavaScript `step.risk-evaluate.score` is a subtraction. Judged for each
//! attachment with the slugs that its flow, and the flows around it, have in state.

use super::ground::findings::Findings;
use super::ground::subject::{Attachment, Embedding, Subject, embeddings};
use crate::diagnostic::Diagnostic;
use crate::flow::Flow;
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Judges the source of every attached action.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    let all = subject.embeddings();
    let mut known: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for attachment in subject.attachments() {
        let Some(action) = subject.action(&attachment.name.value) else {
            continue;
        };
        let own = &*attachment.flow.slug.value;
        let slugs = known
            .entry(own)
            .or_insert_with(|| slugs(attachment.flow, &all));
        for (range, spelling) in action.script.hyphenated_reads(slugs) {
            let place = Span::new(action.script.file(), range);
            add(&attachment, &place, &spelling, findings);
        }
    }
}

/// The slugs with a hyphen that an action in this flow can meet.
fn slugs<'a>(flow: &'a Flow, all: &[Embedding<'a>]) -> Vec<&'a str> {
    let own = &*flow.slug.value;
    let mut slugs = BTreeSet::from([own]);
    add_slugs(flow, &mut slugs);
    for embedding in all.iter().filter(|embedding| *embedding.name.value == *own) {
        add_slugs(embedding.outer, &mut slugs);
    }
    slugs
        .into_iter()
        .filter(|slug| slug.contains('-'))
        .collect()
}

/// What `step` and `custom` can hold in a flow: its blocks, and the custom flows that it runs.
fn add_slugs<'a>(flow: &'a Flow, slugs: &mut BTreeSet<&'a str>) {
    slugs.extend(flow.blocks().iter().map(|block| &*block.slug.value));
    slugs.extend(
        embeddings(flow)
            .iter()
            .map(|embedding| &*embedding.name.value),
    );
}

fn add<'a>(attachment: &Attachment<'a>, place: &Span, spelling: &str, findings: &mut Findings<'a>) {
    let diagnostic = Diagnostic::warning(
        "hyphen_in_action",
        place,
        "JavaScript reads this hyphen as a minus (ACT-4)",
    )
    .fix(format!("write {spelling}"))
    .related(
        &attachment.name.span,
        format!("`{}` runs the action here", attachment.flow.slug.value),
    );
    findings.add(attachment.flow, &attachment.block.slug.value, diagnostic);
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    #[test]
    fn a_slug_with_a_hyphen_is_told_with_its_spelling() {
        let attach = "- block: risk_evaluate\n- { block: run_custom_action, slug: tag, config: { action: tag } }\n";
        let action = |js: &str| {
            format!(
                "---\naction: tag\ntriggers: [login]\njs: \"export function execute() {{ return {js} }}\"\n"
            )
        };
        let told = "hyphen_in_action warning tag.js:1 JavaScript reads this hyphen as a minus (ACT-4) | write step['risk-evaluate'].score";
        let nested = format!(
            "{}---\n{}",
            login("- block: risk_evaluate\n- { block: run_custom_flow, config: { flow: gate } }\n"),
            gate(
                "- { block: run_custom_action, slug: tag, config: { action: tag } }\n- block: allow"
            )
        );
        let allow = login(attach).replace(
            "kind: system",
            "kind: system\nallow: [{ lint: hyphen_in_action, at: tag, reason: x }]",
        );
        check(
            &["hyphen_in_action", "unused_allowance"],
            &[
                (
                    &(login(attach) + &action("step.risk-evaluate.score")),
                    &[told],
                ),
                (
                    &(login(attach) + &action("step['risk-evaluate'].score")),
                    &[],
                ),
                (&(login(attach) + &action("step.other-thing.score")), &[]),
                (&(nested + &action("step.risk-evaluate.score")), &[told]),
                (&(allow.clone() + &action("step.risk-evaluate.score")), &[]),
                (
                    &(allow + &action("1")),
                    &["unused_allowance warning 3 `tag` draws no `hyphen_in_action`"],
                ),
            ],
        );
    }
}
