//! The lint `custom_key_written_twice`: outputs of a custom flow are kept flat, and the last write wins (ST-4). Drawn for a
//! key that somebody reads while two blocks write it.

use super::ground::findings::Findings;
use super::ground::order::{Index, Relation};
use super::ground::readers::Readers;
use super::ground::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::flow::{Block, Flow, FlowKind};
use std::collections::BTreeMap;

/// Judges every custom flow.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    let readers = Readers::new(subject);
    for flow in subject.flows {
        if flow.kind == FlowKind::Custom {
            written_twice(&readers, flow, findings);
        }
    }
}

fn written_twice<'a>(readers: &Readers, flow: &'a Flow, findings: &mut Findings<'a>) {
    let name = &*flow.slug.value;
    let index = Index::new(flow);
    let mut writers: BTreeMap<&str, Vec<&Block>> = BTreeMap::new();
    for block in flow.blocks() {
        for field in block.kind.info().writes {
            if !readers.reads_custom(name, field) {
                continue;
            }
            let before = writers.entry(field).or_default();
            // Blocks of branches that exclude each other do not overwrite.
            let first = before.iter().find(|first| {
                index.relation(&first.slug.value, &block.slug.value) != Relation::OtherBranch
            });
            if let Some(first) = first {
                findings.add(flow, &block.slug.value, twice(name, field, first, block));
            }
            if before.len() < 100 {
                before.push(block);
            }
        }
    }
}

fn twice(flow: &str, field: &str, first: &Block, second: &Block) -> Diagnostic {
    let title = format!(
        "`{}` overwrites `custom.{flow}.{field}` of `{}`, and somebody reads it (ST-4)",
        second.slug.value, first.slug.value
    );
    Diagnostic::warning("custom_key_written_twice", &second.slug.span, title)
        .fix("read `step.*` inside the custom flow, or let an action set a key of its own")
        .related(&first.slug.span, "written here first")
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    const READ: &str =
        "- { block: log_event, slug: l, config: { type: x, data: { a: '{{ PATH }}' } } }\n";

    #[test]
    fn a_custom_key_that_is_read_has_one_writer() {
        let flow = |inside: &str, path: &str| {
            let run = "- { block: run_custom_flow, config: { flow: gate } }\n";
            format!(
                "{}---\n{}",
                login(&(run.to_owned() + &READ.replace("PATH", path))),
                gate(&(inside.to_owned() + "- block: allow"))
            )
        };
        let both = "- block: ip_reputation\n- block: bot_detection\n";
        let apart = "- { block: condition, config: { when: 1 == 2 }, then: [{ block: ip_reputation }], else: [{ block: bot_detection }] }\n";
        check(
            &["custom_key_written_twice"],
            &[
                (
                    &flow(both, "custom.gate.score"),
                    &[
                        "custom_key_written_twice warning 15 `bot-detection` overwrites `custom.gate.score` of `ip-reputation`",
                    ],
                ),
                (&flow(both, "custom.gate.is_bot"), &[]),
                (&flow(apart, "custom.gate.score"), &[]),
            ],
        );
    }
}
