//! What `run` does about snapshots: it leaves a `.snap.new` beside one that is missing or differs, takes away one that
//! is settled, and reports those without a scenario. An accepted one is never touched here.

use super::args::{self, Run};
use super::orphans::{Kept, ORPHAN, lonely_diagnostic};
use super::terminal::Terminal;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::harness::{
    Compared, Plan, Results, ScenarioResult, Snapshots, Verdict, recognise_renames,
};
use crate::snapshot::file::{Header, render};
use crate::snapshot::place::pending;
use crate::snapshot::store::{Listing, Store, StoreError};
use std::env;

/// More problems than this are counted, not told.
const TOLD: usize = 5;

/// What was asked for: with `--ci`, and where `CI` is set, nothing is written.
pub fn mode(args: &Run) -> Snapshots {
    let set = env::var_os("CI").is_some_and(|ci| !(ci.is_empty() || ci == "false" || ci == "0"));
    match args.snapshots {
        Some(args::Snapshots::Off) => Snapshots::Off,
        Some(args::Snapshots::Check) => Snapshots::Check,
        Some(args::Snapshots::New) if args.ci => Snapshots::Check,
        Some(args::Snapshots::New) => Snapshots::New,
        // a snapshot holds the times of virtual time
        None if args.wire => Snapshots::Off,
        None if args.ci || set => Snapshots::Check,
        None => Snapshots::New,
    }
}

/// Leaves what is pending, and reports what has no scenario. Gives back what could not be done.
pub fn leave(
    plan: &Plan,
    kept: &Kept,
    results: &mut Results,
    found: &mut Diagnostics,
) -> Vec<String> {
    let mode = plan.options.snapshots;
    if mode == Snapshots::Off {
        return Vec::new();
    }
    let store = Store::new(&plan.workspace.root);
    let mut problems = Vec::new();
    let listing = store.list().unwrap_or_else(|error| {
        problems.push(error.to_string());
        Listing::default()
    });
    if let Err(error) = report_orphans(&store, &listing, kept, results, found) {
        problems.push(error.to_string());
    }
    if mode == Snapshots::New {
        for result in &mut results.scenarios {
            if let Err(error) = leave_one(&store, &listing, result) {
                problems.push(error.to_string());
            }
        }
    }
    problems
}

fn report_orphans(
    store: &Store,
    listing: &Listing,
    kept: &Kept,
    results: &mut Results,
    found: &mut Diagnostics,
) -> Result<(), StoreError> {
    let orphans = kept.orphans(store, listing)?;
    let texts: Vec<(String, String)> = orphans
        .iter()
        .filter_map(|orphan| Some((orphan.path.clone(), orphan.text.clone()?)))
        .collect();
    let renames = recognise_renames(&mut results.scenarios, &texts);
    for orphan in &orphans {
        let to = renames.iter().find(|(from, _)| *from == orphan.path);
        found.push(orphan.diagnostic(to.map(|(_, to)| to.as_str())));
    }
    for path in kept.lonely(listing) {
        found.push(lonely_diagnostic(&path));
    }
    Ok(())
}

fn leave_one(
    store: &Store,
    listing: &Listing,
    result: &mut ScenarioResult,
) -> Result<(), StoreError> {
    let header = Header {
        source: result.span.file.path().to_string(),
        description: result.name(),
    };
    let Some(snapshot) = &mut result.snapshot else {
        return Ok(());
    };
    let path = pending(&snapshot.path);
    let settled = match snapshot.compared {
        Compared::Same | Compared::Unjudged => true,
        // what cannot be judged cannot be accepted
        Compared::Missing(_) | Compared::Differs(_) | Compared::Unreadable(_) => {
            result.verdict == Verdict::Errored
        }
    };
    if settled {
        // what is pending is of an earlier run
        if listing.pending.binary_search(&path).is_ok() {
            store.remove(&path)?;
        }
        return Ok(());
    }
    if let Err(error) = store.replace(&path, &render(&header, &snapshot.text)) {
        // an older one must not be accepted in its place; the first error is the one to tell
        let _ = store.remove(&path);
        return Err(error);
    }
    snapshot.left = true;
    Ok(())
}

/// Snapshots without a scenario are told where they are seen, apart from what `check` shows.
pub fn without_orphans(found: Vec<Diagnostic>) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    found
        .into_iter()
        .partition(|diagnostic| diagnostic.code == ORPHAN)
}

/// Says what could not be done.
pub fn say(problems: &[String], terminal: &Terminal) {
    let style = anstyle::AnsiColor::Red.on_default().bold();
    for problem in problems.iter().take(TOLD) {
        terminal.say(&format!("{style}error{style:#}: {problem}\n"));
    }
    if problems.len() > TOLD {
        terminal.say(&format!(
            "… and {} more like these\n",
            problems.len() - TOLD
        ));
    }
}
