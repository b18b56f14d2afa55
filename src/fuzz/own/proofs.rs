//! Proofs that stop nobody: a decision looks at whether the answer was right, and a wrong one gets just as far, in every world.
//! Where one of two proofs is enough, or a trusted device, a wrong answer is stopped in some world, or both together are.

use super::attempt::{Faults, Inject, attempt, ending};
use super::search::{Base, Search, gets_in};
use crate::flow::Kind;
use crate::trace::{Status, Trace};
use crate::trial::{Guard, decided};
use crate::value::{Text, Value};

/// A new account may be left unproven, and a logout proves nothing.
const NEED_NO_PROOF: [&str; 2] = ["registration", "logout"];

/// The paths of those proofs.
pub fn idle(search: &Search) -> Vec<Text> {
    if NEED_NO_PROOF.contains(&&*search.flow.slug.value) {
        return Vec::new();
    }
    let candidates = decided(&search.flow, &search.workspace);
    let alone = |path: &Text| stops_nobody(search, std::slice::from_ref(path));
    let idle: Vec<Text> = candidates.into_iter().filter(alone).collect();
    if idle.len() > 1 && !stops_nobody(search, &idle) {
        return Vec::new();
    }
    idle
}

/// Whether wrong answers at all these proofs get everybody just as far.
fn stops_nobody(search: &Search, paths: &[Text]) -> bool {
    let mut tried = false;
    for base in search.worlds.iter().filter(|base| gets_in(base.ending)) {
        let proven = paths.iter().filter(|path| is_proven(&base.trace, path));
        let faults: Faults = proven
            .map(|path| (path.clone(), Inject::Disproof))
            .collect();
        if faults.is_empty() {
            continue;
        }
        let outcome = attempt(&base.trial, &search.plain.program, &faults);
        if !ending(&outcome).is_some_and(gets_in) || !goes_as_far(search, base, &outcome.trace) {
            return false;
        }
        tried = true;
    }
    tried
}

/// Whether everything is done that was done, and nobody is asked for something else.
fn goes_as_far(search: &Search, base: &Base, after: &Trace) -> bool {
    let matters = |kind: Kind| !matches!(kind, Kind::LogEvent | Kind::Decision | Kind::Condition);
    let lost = base.trace.preorder().into_iter().any(|entry| {
        entry.status == Status::Ok && matters(entry.kind) && !is_done(after, &entry.block)
    });
    let instead = after.preorder().into_iter().any(|entry| {
        let asks = !matches!(search.guards.get(&entry.block), None | Some(Guard::Risk));
        entry.status == Status::Ok
            && matters(entry.kind)
            && asks
            && !is_done(&base.trace, &entry.block)
    });
    !lost && !instead
}

fn is_done(trace: &Trace, path: &str) -> bool {
    let mut entries = trace.preorder().into_iter();
    entries.any(|entry| &*entry.block == path && entry.status == Status::Ok)
}

/// Whether a right answer was given at the block with this path.
pub fn is_proven(trace: &Trace, path: &str) -> bool {
    let entries = trace.preorder().into_iter();
    let mut own = entries.filter(|entry| &*entry.block == path);
    own.any(|entry| {
        let mut writes = entry.writes.iter();
        writes.any(|(key, value)| key.ends_with(".verified") && *value == Value::Bool(true))
    })
}
