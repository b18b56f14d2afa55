//! NEST-2, NEST-8: a custom flow in which some path reaches no terminal does not publish. An absent `else` and a
//! branch that falls through go on behind the block; a custom action is never a terminal.

use super::ground::findings::Findings;
use super::ground::order::{arms, ends, may_skip};
use super::ground::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::flow::{Block, Flow, FlowKind, FlowStatus};
use crate::profile::Profile;
use crate::text::Span;

/// Judges every published custom flow.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for flow in subject.flows {
        if flow.kind == FlowKind::Custom && flow.status == FlowStatus::Published {
            let end = match open_end(flow, subject.profile) {
                Some(end) => end,
                None => continue,
            };
            findings.add(flow, end.block, diagnostic(flow, &end));
        }
    }
}

/// Branches of a path that are named, the last ones.
const CHOICES: usize = 5;

/// Where a path runs out of blocks.
#[derive(Clone)]
struct End<'a> {
    /// The last thing on it.
    place: &'a Span,
    /// The slug of the last block.
    block: &'a str,
    /// The branches that it takes.
    choices: Vec<String>,
}

fn diagnostic(flow: &Flow, end: &End) -> Diagnostic {
    let slug = &flow.slug.value;
    let way = if end.choices.is_empty() {
        String::new()
    } else {
        format!(", the one where {}", end.choices.join(" and "))
    };
    let title = format!("a path of the published flow `{slug}` reaches no terminal{way} (NEST-2)");
    Diagnostic::error("path_without_terminal", end.place, title)
        .fix("end it with `allow` or `deny`, or write `status: draft`")
        .related(&flow.slug.span, "the flow is published")
}

/// The first path that runs out of blocks behind the last stage.
fn open_end<'a>(flow: &'a Flow, profile: &Profile) -> Option<End<'a>> {
    let mut end = End {
        place: &flow.slug.span,
        block: "",
        choices: Vec::new(),
    };
    for stage in &flow.stages {
        end = list(&stage.blocks, end, profile)?;
    }
    Some(end)
}

/// The first path that goes on behind these blocks; None when all of them end.
fn list<'a>(blocks: &'a [Block], mut end: End<'a>, profile: &Profile) -> Option<End<'a>> {
    for block in blocks {
        end.place = &block.slug.span;
        end.block = &block.slug.value;
        if ends(block.kind, profile) {
            return None;
        }
        end = through(block, end, profile)?;
    }
    Some(end)
}

fn through<'a>(block: &'a Block, end: End<'a>, profile: &Profile) -> Option<End<'a>> {
    let arms = arms(block);
    if arms.is_empty() {
        return Some(end);
    }
    let slug = &block.slug.value;
    let chosen = |choice: String| {
        let mut end = end.clone();
        end.choices.push(choice);
        if end.choices.len() > CHOICES {
            end.choices.remove(0);
        }
        end
    };
    let taken = arms.iter().find_map(|arm| {
        let mut end = chosen(format!("`{slug}` takes `{}`", arm.name));
        end.place = arm.place;
        list(arm.blocks, end, profile)
    });
    taken.or_else(|| {
        may_skip(block, profile).then(|| chosen(format!("no branch of `{slug}` matches")))
    })
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, check_under, gate};
    use crate::profile::{Profile, UnmatchedDecision};

    const CODES: &[&str] = &["path_without_terminal"];
    const WHEN: &str = "- block: condition\n  slug: c\n  config: { when: 1 == 2 }\n";
    const DENY: &str = "- { block: deny, config: { reason: x } }";

    #[test]
    fn every_path_of_a_published_custom_flow_reaches_a_terminal() {
        let then = format!("{WHEN}  then:\n    {DENY}\n");
        let decision = format!(
            "- block: decision\n  slug: d\n  branches:\n    - branch: bad\n      when: 1 == 2\n      blocks:\n        {DENY}\n    - branch: good\n      default: true\n"
        );
        check(
            CODES,
            &[
                (&gate("- block: allow"), &[]),
                (
                    &gate("- block: ip_reputation"),
                    &[
                        "path_without_terminal error 6 a path of the published flow `gate` reaches no terminal (NEST-2)",
                    ],
                ),
                (
                    &gate("- block: ip_reputation").replace("published", "draft"),
                    &[],
                ),
                (
                    "flow: gate\nstatus: published\nstages: []\n",
                    &["path_without_terminal error 1"],
                ),
                (
                    &gate(&then),
                    &["path_without_terminal error 7 … the one where `c` takes `else`"],
                ),
                (&gate(&(then.clone() + "  else:\n    - block: allow")), &[]),
                (&gate(&(then.clone() + "- block: allow")), &[]),
                (
                    &gate(&decision),
                    &["path_without_terminal error 13 … `d` takes `good`"],
                ),
                (&gate(&(decision.clone() + "- block: allow")), &[]),
                (
                    &gate(&decision.replace("    - branch: good\n      default: true\n", "")),
                    &[],
                ),
                (
                    &(gate("- block: run_custom_action\n  config: { action: a }")
                        + "---\naction: a"),
                    &["path_without_terminal error 6"],
                ),
            ],
        );
    }

    #[test]
    fn an_unmatched_decision_is_such_a_path_only_when_it_falls_through() {
        let decision = gate(&format!(
            "- block: decision\n  slug: d\n  branches:\n    - branch: bad\n      when: 1 == 2\n      blocks:\n        {DENY}\n"
        ));
        let profile = Profile {
            unmatched_decision: UnmatchedDecision::FallThrough,
            ..Profile::default()
        };
        check_under(
            &profile,
            CODES,
            &[(
                &decision,
                &["path_without_terminal error 7 … no branch of `d` matches"],
            )],
        );
        check(CODES, &[(&decision, &[])]);
    }
}
