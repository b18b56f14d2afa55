//! A flow with its custom flows is linked into one program, so the blocks of both are bounded together: a few lines
//! that embed a large flow thousands of times would else exhaust the memory of the process.

use super::ground::findings::Findings;
use super::ground::subject::{Subject, embeddings};
use crate::diagnostic::Diagnostic;
use std::collections::BTreeMap;

/// The most blocks of a flow and everything it embeds.
pub const MOST_BLOCKS: usize = 100_000;

/// Judges every flow; true when all of them may be walked.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) -> bool {
    let sizes: BTreeMap<&str, usize> = subject
        .flows
        .iter()
        .map(|flow| (&*flow.slug.value, flow.blocks().len()))
        .collect();
    let size = |slug: &str| sizes.get(slug).copied().unwrap_or(0);
    let mut right = true;
    for flow in subject.flows {
        let nested = embeddings(flow);
        let inside: usize = nested
            .iter()
            .map(|embedding| size(&embedding.name.value))
            .sum();
        let all = size(&flow.slug.value) + inside;
        if all <= MOST_BLOCKS {
            continue;
        }
        right = false;
        let title = format!(
            "`{}` has {all} blocks with those of its custom flows",
            flow.slug.value
        );
        findings.add(
            flow,
            "",
            Diagnostic::error("too_large", &flow.slug.span, title)
                .fix(format!("keep it below {MOST_BLOCKS} blocks")),
        );
    }
    right
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    #[test]
    fn a_flow_that_embeds_too_much_is_refused_at_once() {
        let runs = "- { block: run_custom_flow, config: { flow: gate } }\n".repeat(400);
        let many = gate(&"- block: allow\n".repeat(300));
        let few = gate(&"- block: allow\n".repeat(3));
        check(
            &["too_large"],
            &[
                (
                    &format!("{}---\n{many}", login(&runs)),
                    &["too_large error 1 `login` has 120400 blocks"],
                ),
                (&format!("{}---\n{few}", login(&runs)), &[]),
            ],
        );
    }
}
