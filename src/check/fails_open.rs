//! The lint `fails_open`: a decision denies by what a block with On error *continue* wrote, and nothing denies when
//! that block fails. A read that is not under `has()` fails the run there (ERR-6), so that *continue* has no use.

use super::ground::findings::Findings;
use super::ground::order::{Arm, arms, has_default, may_skip};
use super::ground::subject::{Subject, each_block};
use crate::diagnostic::Diagnostic;
use crate::flow::{Block, Config, Flow, Kind, OnError, PlacedRead};
use crate::value::Text;

/// Judges every block that is continued past.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for flow in subject.flows {
        let blocks = flow.blocks();
        for block in &blocks {
            if block.on_error == OnError::Continue {
                judge(subject, flow, block, &blocks, findings);
            }
        }
    }
}

fn judge<'a>(
    subject: &Subject<'a>,
    flow: &'a Flow,
    block: &'a Block,
    blocks: &[&'a Block],
    findings: &mut Findings<'a>,
) {
    let relying = blocks.iter().find_map(|decision| {
        let read = relied_on(subject, block, decision)?;
        Some((decision, read))
    });
    let Some((decision, read)) = relying else {
        return;
    };
    let (slug, by) = (&block.slug.value, &decision.slug.value);
    let title = if read.read.guarded {
        format!(
            "when `{slug}` fails, `{by}` does not deny: `on_error: continue` lets everybody through"
        )
    } else {
        format!(
            "`on_error: continue` of `{slug}` has no use: `{by}` reads what it writes and fails without it"
        )
    };
    let diagnostic = Diagnostic::warning("fails_open", &block.slug.span, title)
        .fix(format!(
            "write `on_error: halt`, or a branch of `{by}` that denies when the path is absent"
        ))
        .related(&read.span, "the deny relies on it here");
    findings.add(flow, slug, diagnostic);
}

/// The read by which a decision denies, if it does not deny when the block has failed.
fn relied_on<'a>(subject: &Subject, block: &Block, decision: &'a Block) -> Option<&'a PlacedRead> {
    let mine = |read: &&PlacedRead| is_of(block, &read.read.path);
    decision.reads.iter().find(mine)?;
    if decision.reads.iter().filter(mine).any(tests_absence) {
        return None;
    }
    let arms = arms(decision);
    let denies = |arm: &Arm| holds_deny(arm.blocks);
    let by_read = |arm: &&Arm| {
        let reads = arm.when.map(|when| when.reads()).unwrap_or_default();
        denies(arm) && reads.iter().any(|read| is_of(block, &read.path))
    };
    let relying = arms.iter().find(by_read)?;
    let otherwise = arms
        .last()
        .is_some_and(|last| last.when.is_none() && denies(last));
    let unmatched = decision.kind == Kind::Decision
        && !has_default(decision)
        && !may_skip(decision, subject.profile);
    let reads = relying.when.map(|when| when.reads()).unwrap_or_default();
    let placed = decision.reads.iter().filter(mine).find(|placed| {
        !placed.read.has && reads.iter().any(|read| read.path == placed.read.path)
    })?;
    let handled = placed.read.guarded && (otherwise || unmatched);
    (!handled).then_some(placed)
}

/// Whether a path is written by a block.
fn is_of(block: &Block, path: &[Text]) -> bool {
    let [root, name, ..] = path else {
        return false;
    };
    let runs = |slug: &Text| matches!(&block.config, Config::RunCustomFlow { flow } if flow.value == *slug);
    match &**root {
        "step" => *name == block.slug.value,
        "custom" => runs(name),
        _ => false,
    }
}

/// Whether a read is `!has(…)`: then the author has thought of it.
fn tests_absence(read: &PlacedRead) -> bool {
    let before = read
        .span
        .file
        .text()
        .get(..read.span.start)
        .unwrap_or_default();
    let opened = before.trim_end().strip_suffix('(').map(str::trim_end);
    let has = opened.and_then(|before| before.strip_suffix("has"));
    read.read.has && has.is_some_and(|before| before.trim_end().ends_with('!'))
}

fn holds_deny(blocks: &[Block]) -> bool {
    let mut found = false;
    each_block(blocks, &mut |block| found |= block.kind == Kind::Deny);
    found
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, login};

    #[test]
    fn a_deny_that_relies_on_a_block_that_may_fail_is_told() {
        let flow = |on_error: &str, when: &str, otherwise: &str| {
            login(&format!(
                "- block: call_webhook\n  slug: fraud\n  on_error: {on_error}\n  config: {{ url: 'https://a.example.com' }}\n- block: condition\n  slug: verdict\n  config: {{ when: \"{when}\" }}\n  then: [{{ block: deny, config: {{ reason: x }} }}]\n{otherwise}"
            ))
        };
        let guarded = "has(step.fraud.body.score) && step.fraud.body.score > 80";
        check(
            &["fails_open"],
            &[
                (
                    &flow("continue", guarded, ""),
                    &["fails_open warning 7 when `fraud` fails, `verdict` does not deny"],
                ),
                (&flow("halt", guarded, ""), &[]),
                (
                    &flow("continue", "step.fraud.body.score > 80", ""),
                    &["fails_open warning 7 `on_error: continue` of `fraud` has no use"],
                ),
                (
                    &flow(
                        "continue",
                        "!has(step.fraud.body.score) || step.fraud.body.score > 80",
                        "",
                    ),
                    &[],
                ),
                (
                    &flow(
                        "continue",
                        guarded,
                        "  else: [{ block: deny, config: { reason: y } }]\n",
                    ),
                    &[],
                ),
                (&flow("continue", "1 == 2", ""), &[]),
            ],
        );
    }
}
