//! Where a kind may stand: the availability of the block catalogue, by flow.

use super::ground::findings::Findings;
use super::ground::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::document::listed;
use crate::flow::{Block, Flow, FlowKind, Kind};

/// Judges the kind of every block.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for flow in subject.flows {
        for block in flow.blocks() {
            if let Some(diagnostic) = block_in(flow, block) {
                findings.add(flow, &block.slug.value, diagnostic);
            }
        }
    }
}

fn block_in(flow: &Flow, block: &Block) -> Option<Diagnostic> {
    let (slug, kind) = (&*flow.slug.value, block.kind.name());
    let available = block.kind.info().availability;
    let (title, fix) = match flow.kind {
        FlowKind::System => {
            let flows = available.system.filter(|flows| !flows.contains(&slug))?;
            (
                format!("`{kind}` is not available in `{slug}`"),
                format!(
                    "remove it; it may stand in custom flows and in {}",
                    listed(flows.iter().copied())
                ),
            )
        }
        // An embedding has a rule of its own, NEST-1.
        FlowKind::Custom if available.custom || block.kind == Kind::RunCustomFlow => return None,
        FlowKind::Custom => (
            format!("`{kind}` is not available in custom flows"),
            "end a custom flow with `allow` or `deny`; sessions are issued by system flows"
                .to_owned(),
        ),
    };
    Some(Diagnostic::error("kind_not_available", &block.slug.span, title).fix(fix))
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    #[test]
    fn a_kind_stands_only_where_the_catalogue_has_it() {
        let logout =
            |kind: &str| login(&format!("- block: {kind}")).replace("flow: login", "flow: logout");
        check(
            &["kind_not_available"],
            &[
                (&login("- block: risk_evaluate"), &[]),
                (
                    &logout("risk_evaluate"),
                    &[
                        "kind_not_available error 6 `risk_evaluate` is not available in `logout` … `registration`",
                    ],
                ),
                (&logout("identity_lookup"), &["kind_not_available error 6"]),
                (&logout("hydra_logout"), &[]),
                (&gate("- block: risk_evaluate\n- block: allow"), &[]),
                (
                    &gate("- block: issue_session"),
                    &[
                        "kind_not_available error 6 `issue_session` is not available in custom flows",
                    ],
                ),
                (&gate("- block: finalize"), &["kind_not_available error 6"]),
            ],
        );
    }
}
