//! The lint `worst_case_over_budget`: the timeouts that are written down, and pauses, added up along the slowest way
//! through a system flow, are more than the budget of a run (BUD-1). Defaults and costs of kinds do not count.

use super::ground::findings::Findings;
use super::ground::order::ends;
use super::ground::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::flow::{Block, Config, Flow, FlowKind, Kind, Mode};
use crate::profile::duration_text;

/// Judges every system flow.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for flow in subject.flows {
        if flow.kind == FlowKind::System {
            judge(subject, flow, findings);
        }
    }
}

/// A way through some blocks.
#[derive(Clone, Default)]
struct Way<'a> {
    ms: u64,
    /// The blocks of the system flow that take long, with how long.
    parts: Vec<(&'a Block, u64)>,
}

/// The slowest way that goes on, and the slowest that has ended.
#[derive(Default)]
struct Slowest<'a> {
    on: Option<Way<'a>>,
    ended: Option<Way<'a>>,
}

/// Blocks that are named, at most.
const NAMED: usize = 8;

fn judge<'a>(subject: &Subject<'a>, flow: &'a Flow, findings: &mut Findings<'a>) {
    let budget = subject.profile.budget_ms;
    let mut all = Slowest {
        on: Some(Way::default()),
        ended: None,
    };
    for stage in &flow.stages {
        all = list(subject, &stage.blocks, all);
    }
    let Some(way) = slower(all.on, all.ended).filter(|way| way.ms > budget) else {
        return;
    };
    let mut spent = 0;
    let crossing = way.parts.iter().find(|(_, ms)| {
        spent += ms;
        spent > budget
    });
    let Some((block, _)) = crossing else { return };
    let part =
        |(block, ms): &(&Block, u64)| format!("`{}` {}", block.slug.value, duration_text(*ms));
    let parts: Vec<String> = way.parts.iter().take(NAMED).map(part).collect();
    let title = format!(
        "the declared timeouts of `{}` add up to {}, above the budget of {}: {}{}",
        flow.slug.value,
        duration_text(way.ms),
        duration_text(budget),
        parts.join(", "),
        if way.parts.len() > NAMED { ", …" } else { "" }
    );
    let diagnostic = Diagnostic::warning("worst_case_over_budget", &block.slug.span, title).fix(
        "lower a timeout, send requests together with `parallel_webhook`, or detach an action",
    );
    findings.add(flow, &block.slug.value, diagnostic);
}

fn slower<'a>(one: Option<Way<'a>>, other: Option<Way<'a>>) -> Option<Way<'a>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.ms > one.ms { other } else { one }),
        (one, other) => one.or(other),
    }
}

fn list<'a>(subject: &Subject<'a>, blocks: &'a [Block], mut way: Slowest<'a>) -> Slowest<'a> {
    for block in blocks {
        let Some(mut on) = way.on.take() else { break };
        let ms = declared(subject, block);
        if ms > 0 {
            on.ms = on.ms.saturating_add(ms);
            on.parts.push((block, ms));
        }
        let behind = branches(subject, block, on);
        way.ended = slower(way.ended, behind.ended);
        way.on = behind.on;
        if ends(block.kind, subject.profile) {
            way.ended = slower(way.ended, way.on.take());
        }
    }
    way
}

fn branches<'a>(subject: &Subject<'a>, block: &'a Block, on: Way<'a>) -> Slowest<'a> {
    let branches = block.branches();
    if branches.is_empty() {
        return Slowest {
            on: Some(on),
            ended: None,
        };
    }
    let mut slowest = Slowest::default();
    if super::ground::order::may_skip(block, subject.profile) {
        slowest.on = Some(on.clone());
    }
    for branch in branches {
        let start = Slowest {
            on: Some(on.clone()),
            ended: None,
        };
        let behind = list(subject, branch, start);
        slowest.on = slower(slowest.on, behind.on);
        slowest.ended = slower(slowest.ended, behind.ended);
    }
    slowest
}

/// The longest that a block may take by what is written.
fn declared(subject: &Subject, block: &Block) -> u64 {
    match (&block.config, block.kind) {
        (_, Kind::RunCustomAction) if block.mode == Mode::FireAndForget => 0,
        (Config::Delay { ms }, _) => *ms,
        (Config::ParallelWebhook { calls }, _) => calls
            .iter()
            .filter_map(|(_, call)| call.timeout_ms)
            .max()
            .unwrap_or(0),
        (Config::RunCustomFlow { .. }, _) => nested(subject, block),
        _ => {
            let action = subject.attached(block).filter(|action| action.enabled);
            let own = action.and_then(|action| action.timeout_ms);
            block.timeout_ms.or(own).unwrap_or(0)
        }
    }
}

/// A custom flow as a whole; custom flows do not nest.
fn nested(subject: &Subject, block: &Block) -> u64 {
    let Some(flow) = subject.nested(block) else {
        return 0;
    };
    let mut all = Slowest {
        on: Some(Way::default()),
        ended: None,
    };
    for stage in &flow.stages {
        all = list(subject, &stage.blocks, all);
    }
    slower(all.on, all.ended).map_or(0, |way| way.ms)
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    #[test]
    fn declared_timeouts_fit_into_the_budget_along_every_way() {
        let hook = |slug: &str, timeout: &str| {
            format!(
                "- {{ block: call_webhook, slug: {slug}, timeout: {timeout}, config: {{ url: 'https://a.example.com' }} }}\n"
            )
        };
        let two = hook("a", "6s") + &hook("b", "5s");
        let apart = "- block: condition\n  slug: c\n  config: { when: 1 == 2 }\n  then:\n    "
            .to_owned()
            + &hook("a", "6s")
            + "  else:\n    "
            + &hook("b", "5s");
        let nested = format!(
            "{}---\n{}",
            login(
                &(hook("a", "6s")
                    + "- { block: run_custom_flow, slug: f, config: { flow: gate } }\n")
            ),
            gate(&(hook("b", "5s") + "- block: allow"))
        );
        check(
            &["worst_case_over_budget"],
            &[
                (
                    &login(&two),
                    &[
                        "worst_case_over_budget warning 7 the declared timeouts of `login` add up to 11s, above the budget of 10s: `a` 6s, `b` 5s",
                    ],
                ),
                (&login(&(hook("a", "5s") + &hook("b", "5s"))), &[]),
                (&login(&apart), &[]),
                (
                    &login(&(apart.clone() + &hook("d", "4001ms"))),
                    &["worst_case_over_budget warning 13"],
                ),
                (&nested, &["worst_case_over_budget warning 7 … `f` 5s"]),
                (
                    &login(&(hook("a", "6s") + "- block: allow\n" + &hook("b", "5s"))),
                    &[],
                ),
                (
                    &login("- { block: delay, config: { ms: 10001 } }"),
                    &["worst_case_over_budget warning 6"],
                ),
            ],
        );
    }
}
