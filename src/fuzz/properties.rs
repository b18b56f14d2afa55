//! What must hold of every run, one named function each, with the rules it stands for. Those that compare two
//! runs change the world a little and run it again.

use super::generate::{IDENTITIES, NEW_PASSWORD, OTHER_SECRET, SECRET};
use super::texts::texts_of;
use super::{Arranged, ids};
use crate::drive::{self, Answers, Outcome};
use crate::engine::World;
use crate::flow::{Kind, Mode, OnError};
use crate::trace::{Ending, Entry, ErrorCode, Status, TOKEN_PREFIX, Trace};
use crate::value::{Map, Value};
use aho_corasick::AhoCorasick;
use std::sync::{Arc, OnceLock};

/// A property: its name, its rules, what is wrong where it does not hold, and what it costs.
pub type Property = (
    &'static str,
    &'static str,
    fn(&Arranged, &Outcome) -> Result<(), String>,
    Cost,
);

/// What it costs to see whether a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// A look at the trace.
    Look,
    /// Another run.
    Run,
}
use Cost::{Look, Run};

/// All of them.
pub const PROPERTIES: [Property; 19] = [
    ("ends exactly once", "ORD-4 AUD-1", ends_exactly_once, Look),
    (
        "nothing after a terminal",
        "ORD-4 ORD-5",
        nothing_after_a_terminal,
        Look,
    ),
    ("halt halts", "ERR-1", halt_halts, Look),
    (
        "continue continues, and only past errors",
        "ERR-2 ERR-3",
        continue_continues,
        Look,
    ),
    (
        "a deny is never continued past",
        "DENY-1 DENY-2",
        deny_stands,
        Look,
    ),
    (
        "the budget is never exceeded",
        "BUD-1 BUD-4",
        budget_holds,
        Look,
    ),
    (
        "the budget is never swallowed",
        "BUD-2 BUD-3",
        budget_stands,
        Look,
    ),
    (
        "a nested deny halts the parent",
        "DENY-4",
        nested_deny_halts,
        Look,
    ),
    (
        "a nested error follows On error",
        "NEST-6",
        nested_error_follows,
        Look,
    ),
    (
        "a disabled action leaves no trace",
        "ACT-1",
        disabled_is_absent,
        Look,
    ),
    (
        "detached work changes nothing",
        "ACT-3",
        detached_changes_nothing,
        Run,
    ),
    (
        "a custom flow never changes the parent's step",
        "ST-4",
        step_is_the_parents,
        Look,
    ),
    ("secrets are hidden", "ST-6", secrets_are_hidden, Look),
    ("ids are told apart", "DET-2", ids::told_apart, Look),
    (
        "another seed gives other ids and nothing else",
        "DET-2",
        ids::follow_the_seed,
        Run,
    ),
    ("replays to the same bytes", "DET-1", replays, Run),
    ("resumes as if uninterrupted", "BUD-5", resumes, Run),
    (
        "what nothing reads changes nothing",
        "DET-1",
        unread_changes_nothing,
        Run,
    ),
    (
        "unknown users and wrong passwords take the same time",
        "ERR-6",
        alike_in_time,
        Look,
    ),
];

/// The entries of a trace, nested ones with their flow's.
fn lists(trace: &Trace) -> Vec<&[Entry]> {
    let mut lists = vec![&trace.entries[..]];
    let nested = trace.entries.iter().map(|entry| &entry.entries[..]);
    lists.extend(nested.filter(|entries| !entries.is_empty()));
    lists
}

fn holds(condition: bool, said: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(said()) }
}

/// Detached entries have no say in what comes after them.
fn is_attached(entry: &Entry) -> bool {
    entry.status != Status::Detached
}

/// Holds of every entry that stops its list: nothing stands behind it.
fn is_last(trace: &Trace, stops: impl Fn(&Entry) -> bool) -> Result<(), String> {
    for entries in lists(trace) {
        for entry in entries.iter().rev().skip(1) {
            holds(!stops(entry), || format!("blocks behind {}", entry.block))?;
        }
    }
    Ok(())
}

fn ends_exactly_once(_: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let trace = &outcome.trace;
    let closes = |kind: &str| {
        [
            "flow.completed",
            "flow.denied",
            "flow.failed",
            "flow.timed_out",
        ]
        .contains(&kind)
    };
    let closing = trace
        .audit
        .iter()
        .filter(|audit| closes(&audit.kind))
        .count();
    let expected = usize::from(trace.ending != Ending::Suspended);
    holds(closing == expected, || format!("{closing} closing audits"))?;
    let last = trace.audit.last().is_some_and(|audit| closes(&audit.kind));
    holds(expected == 0 || last, || {
        "the closing audit is not last".to_owned()
    })
}

fn nothing_after_a_terminal(arranged: &Arranged, outcome: &Outcome) -> Result<(), String> {
    use crate::profile::PostSession;
    let runs_on = arranged.world.profile.post_session == PostSession::Run;
    is_last(&outcome.trace, |entry| {
        let terminal = entry.kind.info().terminal && entry.status == Status::Ok;
        terminal && !(entry.kind == Kind::IssueSession && runs_on)
    })
}

fn halt_halts(_: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let trace = &outcome.trace;
    let halts = |entry: &Entry| entry.status == Status::Failed && !entry.continued;
    is_last(trace, halts)?;
    let failed = trace.entries.last().is_some_and(halts);
    let ended = trace.ending == Ending::Failed;
    holds(!failed || ended, || {
        "a halting failure, and no failed ending".to_owned()
    })
}

fn continue_continues(arranged: &Arranged, outcome: &Outcome) -> Result<(), String> {
    for entry in lists(&outcome.trace).into_iter().flatten() {
        let node = arranged.program.node(&entry.block);
        let says = node.is_some_and(|node| node.on_error == OnError::Continue);
        let may = says && entry.kind.info().on_error;
        if entry.continued {
            let error = entry.status == Status::Failed && entry.error.is_some();
            holds(may && error, || format!("{} was continued", entry.block))?;
        } else if may && entry.status == Status::Failed {
            return Err(format!("{} was not continued", entry.block));
        }
    }
    Ok(())
}

fn deny_stands(_: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let trace = &outcome.trace;
    is_last(trace, |entry| entry.status == Status::Denied)?;
    let denied = lists(trace)
        .into_iter()
        .flatten()
        .any(|entry| entry.status == Status::Denied);
    let ended = trace.ending == Ending::Denied;
    holds(denied == ended, || {
        "a deny and the ending disagree".to_owned()
    })
}

fn budget_holds(_: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let trace = &outcome.trace;
    let within = trace.flow_ms <= trace.budget_ms;
    holds(within, || format!("{} ms of flow time", trace.flow_ms))?;
    for entries in lists(trace) {
        let mut before = 0;
        for entry in entries {
            holds(entry.start_ms >= before, || {
                format!("{} starts early", entry.block)
            })?;
            before = entry.start_ms;
            let end = entry.start_ms.saturating_add(entry.duration_ms);
            let within = end <= trace.flow_ms || !is_attached(entry);
            holds(within, || format!("{} ends late", entry.block))?;
        }
    }
    Ok(())
}

fn budget_stands(_: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let trace = &outcome.trace;
    let cut = |entry: &Entry| entry.status == Status::TimedOut;
    is_last(trace, cut)?;
    let last = trace.entries.last().is_some_and(cut);
    let ended = trace.ending == Ending::TimedOut;
    holds(last == ended, || "a cut and the ending disagree".to_owned())?;
    let full = !ended || trace.flow_ms == trace.budget_ms;
    holds(full, || format!("timed out at {} ms", trace.flow_ms))
}

fn nested_deny_halts(_: &Arranged, outcome: &Outcome) -> Result<(), String> {
    for outer in &outcome.trace.entries {
        let inner = outer
            .entries
            .iter()
            .find(|entry| entry.status == Status::Denied);
        if let Some(inner) = inner {
            let trace = &outcome.trace;
            let said = || format!("{} and its parent", inner.block);
            holds(outer.status == Status::Denied, said)?;
            let terminal = trace.terminal.as_ref() == Some(&inner.block);
            holds(terminal && trace.halted_at == trace.terminal, said)?;
        }
    }
    Ok(())
}

fn nested_error_follows(_: &Arranged, outcome: &Outcome) -> Result<(), String> {
    for outer in &outcome.trace.entries {
        let halts = |entry: &Entry| entry.status == Status::Failed && !entry.continued;
        if outer.entries.last().is_some_and(halts) {
            let code = outer.error.as_ref().map(|error| error.code);
            let said = || format!("{} over a nested error", outer.block);
            let failed = outer.status == Status::Failed;
            holds(failed && code == Some(ErrorCode::CustomFlowError), said)?;
        }
    }
    Ok(())
}

fn disabled_is_absent(arranged: &Arranged, outcome: &Outcome) -> Result<(), String> {
    use crate::engine::Work;
    for node in &arranged.program.nodes {
        let Work::Action { action, .. } = &node.work else {
            continue;
        };
        let switched = arranged.world.actions_enabled.get(&action.slug).copied();
        let off = !switched.unwrap_or(action.enabled);
        let fault = arranged.world.faults.get(&node.path);
        if off || fault.is_some_and(|fault| fault.disabled) {
            let mut entries = lists(&outcome.trace).into_iter().flatten();
            let seen = entries.any(|entry| entry.block == node.path);
            holds(!seen, || format!("{} ran", node.path))?;
        }
    }
    Ok(())
}

/// As if every detached attachment were absent.
fn detached_changes_nothing(arranged: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let mut world = World::clone(&arranged.world);
    for node in &arranged.program.nodes {
        if node.mode == Mode::FireAndForget {
            let fault = world.faults.entry(node.path.clone());
            fault.or_default().disabled = true;
        }
    }
    let without = again(arranged, world, &arranged.scenario.answers);
    let mut entries = outcome.trace.entries.clone();
    attached_only(&mut entries);
    let mut expected = without.trace;
    expected.side_effects = outcome.trace.side_effects.clone();
    let mut seen = outcome.trace.clone();
    seen.entries = entries;
    same("without detached work", &expected, &seen)
}

fn attached_only(entries: &mut Vec<Entry>) {
    entries.retain(is_attached);
    for entry in entries {
        attached_only(&mut entry.entries);
    }
}

/// Every `step.*` that is left was written by a block of the outermost flow.
fn step_is_the_parents(_: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let attached = outcome
        .trace
        .entries
        .iter()
        .filter(|entry| is_attached(entry));
    let written: Map = attached
        .flat_map(|entry| entry.writes.iter().cloned())
        .collect();
    for (key, value) in &outcome.trace.state {
        let own = key.starts_with("step.");
        holds(!own || written.get(key) == Some(value), || {
            format!("{key} was not its own")
        })?;
    }
    Ok(())
}

fn secrets_are_hidden(_: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let mut shown = Ok(());
    let finder = hidden();
    texts_of(&outcome.trace, &mut |text| {
        if shown.is_ok()
            && let Some(found) = finder.find(text)
        {
            shown = Err(format!("`{}` is shown", &text[found.range()]));
        }
    });
    shown
}

/// Finds what must not be shown anywhere.
fn hidden() -> &'static AhoCorasick {
    static HIDDEN: OnceLock<AhoCorasick> = OnceLock::new();
    HIDDEN.get_or_init(|| {
        let passwords = IDENTITIES.iter().filter_map(|(_, text)| {
            let (_, rest) = text.split_once("password: ")?;
            rest.split([',', '}']).next()
        });
        let all = passwords.chain([SECRET, OTHER_SECRET, NEW_PASSWORD, TOKEN_PREFIX]);
        AhoCorasick::new(all).unwrap_or_else(|error| unreachable!("{error}"))
    })
}

fn replays(arranged: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let world = World::clone(&arranged.world);
    let second = again(arranged, world, &arranged.scenario.answers);
    same("again", &outcome.trace, &second.trace)
}

/// What had happened before a prompt is the same whether it is answered or not.
fn resumes(arranged: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let world = World::clone(&arranged.world);
    let trace = again(arranged, world, &Answers::default()).trace;
    if trace.ending != Ending::Suspended {
        return same("without answers", &outcome.trace, &trace);
    }
    let attached = |trace: &Trace| {
        let mut entries = trace.entries.clone();
        attached_only(&mut entries);
        entries
    };
    let (suspended, whole) = (attached(&trace), attached(&outcome.trace));
    let before = suspended.len().saturating_sub(1);
    let prefix = whole.get(..before) == suspended.get(..before);
    holds(prefix, || {
        "it went another way before the prompt".to_owned()
    })
}

/// Neither a flow nor an action reads the id of the device.
fn unread_changes_nothing(arranged: &Arranged, outcome: &Outcome) -> Result<(), String> {
    let mut world = World::clone(&arranged.world);
    let request = world.event.get("request").and_then(Value::as_map).cloned();
    let mut request = request.unwrap_or_default();
    let device: Map = [("id", Value::text("dev_other"))].into_iter().collect();
    request.insert("device", device);
    world.event.insert("request", request);
    let mut trace = again(arranged, world, &arranged.scenario.answers).trace;
    trace.event = outcome.trace.event.clone();
    same("with another device", &outcome.trace, &trace)
}

/// Whoever is asked for and whatever is typed: a lookup and a check of a password cost what they cost.
fn alike_in_time(arranged: &Arranged, outcome: &Outcome) -> Result<(), String> {
    for entry in lists(&outcome.trace).into_iter().flatten() {
        let alike = matches!(entry.kind, Kind::IdentityLookup | Kind::PasswordCheck);
        let judged = matches!(entry.status, Status::Ok | Status::Denied);
        let fault = arranged.world.faults.get(&entry.block);
        if !alike || !judged || fault.is_some_and(|fault| fault.instead.is_some()) {
            continue;
        }
        let slug = entry.block.rsplit('/').next().unwrap_or_default();
        let latency = &arranged.world.latency;
        let set = latency.get(slug).or(latency.get(entry.kind.name()));
        let cost = set.copied().or(entry.kind.info().cost_ms).unwrap_or(0);
        let delay = fault.and_then(|fault| fault.delay_ms).unwrap_or(0);
        let took = entry.duration_ms;
        holds(took == cost.saturating_add(delay), || {
            format!("{} took {took} ms", entry.block)
        })?;
    }
    Ok(())
}

fn again(arranged: &Arranged, world: World, answers: &Answers) -> Outcome {
    drive::run(
        &arranged.program,
        &Arc::new(world),
        &arranged.scenario.mocks,
        answers,
    )
}

fn same(how: &str, expected: &Trace, seen: &Trace) -> Result<(), String> {
    if expected == seen {
        return Ok(());
    }
    let differs = super::differences(expected, seen);
    let first = differs.first().map_or("in something else", String::as_str);
    Err(format!("{how} it is another run: {first}"))
}
