//! `flowproof accept`: what `run` left beside snapshots is accepted, rejected or reviewed, and snapshots without a
//! scenario are removed. Each file is replaced whole; what is not named stays as it is.

use super::args::{Accept, Common, Format};
use super::exit::{Exit, Stop};
use super::load::{Loaded, load};
use super::orphans::Orphan;
use super::review::{self, Decision};
use super::run::unloadable;
use super::snapshots::say;
use super::terminal::Terminal;
use super::waiting::{self, Waiting};
use super::write_expect;
use crate::report::counted;
use crate::snapshot::store::{Listing, Store, StoreError};
use serde::Serialize;
use std::collections::BTreeMap;

/// More lines than this are counted, not listed.
const LISTED: usize = 20;

/// What was done, by path.
#[derive(Debug, Default, Serialize)]
pub struct Done {
    format: &'static str,
    accepted: Vec<String>,
    /// From and to.
    renamed: Vec<(String, String)>,
    rejected: Vec<String>,
    pruned: Vec<String>,
    left: Vec<String>,
    #[serde(skip)]
    problems: Vec<String>,
}

/// Does what was asked for with everything that is pending at the places.
pub fn run(args: &Accept, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    if let Some(scenario) = &args.expect {
        return write_expect::run(scenario, common, terminal);
    }
    let loaded = selected(args, common)?;
    if loaded.diagnostics.has_errors() {
        return unloadable(loaded.diagnostics, common, terminal);
    }
    if loaded.scenarios.is_empty() && !args.prune {
        return Err(Stop::nothing(
            "no scenario is selected, so that nothing can be accepted",
        ));
    }
    let store = Store::new(&loaded.workspace.root);
    let listing = store.list().map_err(|error| cannot(&error))?;
    let orphans = loaded
        .kept
        .orphans(&store, &listing)
        .map_err(|error| cannot(&error))?;
    let mut desk = Desk {
        store,
        flushed: BTreeMap::new(),
        orphans,
        done: Done {
            format: "flowproof.accept/1",
            ..Done::default()
        },
    };
    let mut stopped = false;
    if args.prune {
        desk.prune(&listing, &loaded);
    } else {
        let waiting = waiting::found(&desk.store, &listing, &loaded);
        if args.review {
            stopped = desk.review(&waiting, terminal)?;
        } else {
            let decision = if args.reject {
                Decision::Reject
            } else {
                Decision::Accept
            };
            desk.decide_all(&waiting, decision);
        }
        desk.done.left.extend(loaded.kept.lonely(&listing));
        desk.clear(&listing);
    }
    desk.show(common, terminal)?;
    say(&desk.done.problems, terminal);
    Ok(match (stopped, desk.done.problems.is_empty()) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Passed,
        (false, false) => Exit::Harness,
    })
}

fn cannot(error: &StoreError) -> Stop {
    Stop::harness(error.to_string())
}

/// The scenarios at these places; a place may be a snapshot, or a folder of them.
fn selected(args: &Accept, common: &Common) -> Result<Loaded, Stop> {
    let mut loaded = load(common, &args.paths)?;
    if loaded
        .places
        .iter()
        .any(|place| place.is_below("snapshots"))
    {
        let all = load(common, &[])?;
        let named = all.scenarios.into_iter().filter(|scenario| {
            let path = scenario.snapshot_path.as_deref().unwrap_or("");
            let pending = crate::snapshot::place::pending(path);
            let mut places = loaded.places.iter();
            places.any(|place| {
                place.is_below("snapshots") && (place.covers(path) || place.covers(&pending))
            })
        });
        loaded.scenarios.extend(named);
        loaded.kept = all.kept;
        loaded.diagnostics = all.diagnostics;
    }
    Ok(loaded)
}

/// Where decisions are carried out.
struct Desk {
    store: Store,
    /// What is pending and was waited for, with what came of it.
    flushed: BTreeMap<String, Result<(), StoreError>>,
    orphans: Vec<Orphan>,
    done: Done,
}

impl Desk {
    fn decide_all(&mut self, waiting: &[Waiting], decision: Decision) {
        if decision == Decision::Accept {
            let sound = waiting.iter().filter(|one| one.text.is_ok());
            let paths: Vec<&str> = sound.map(|one| one.pending.as_str()).collect();
            self.flushed = self.store.flush_all(&paths);
        }
        waiting.iter().for_each(|one| self.decide(one, decision));
    }

    fn decide(&mut self, waiting: &Waiting, decision: Decision) {
        let outcome = match decision {
            Decision::Accept => self.accept(waiting),
            Decision::Reject => self.reject(waiting),
            Decision::Skip => {
                self.done.left.push(waiting.pending.clone());
                Ok(())
            }
        };
        if let Err(problem) = outcome {
            self.done.left.push(waiting.pending.clone());
            self.done.problems.push(problem);
        }
    }

    fn accept(&mut self, waiting: &Waiting) -> Result<(), String> {
        let text = waiting.text.as_ref().map_err(Clone::clone)?;
        let told = |error: StoreError| error.to_string();
        let flushed = self.flushed.remove(&waiting.pending);
        let same =
            |orphan: &Orphan| waiting.accepted.is_none() && orphan.text.as_ref() == Some(text);
        let renamed = self.orphans.iter().position(same);
        let renamed = renamed.map(|at| self.orphans.remove(at).path);
        if let Some(orphan) = &renamed {
            // moved first, so that there is one of the two at any moment
            self.store.rename(orphan, &waiting.path).map_err(told)?;
            self.store.remove(orphan).map_err(told)?;
        }
        waiting.accept(&self.store, flushed).map_err(told)?;
        match renamed {
            Some(orphan) => self.done.renamed.push((orphan, waiting.path.clone())),
            None => self.done.accepted.push(waiting.path.clone()),
        }
        Ok(())
    }

    fn reject(&mut self, waiting: &Waiting) -> Result<(), String> {
        self.store
            .remove(&waiting.pending)
            .map_err(|error| error.to_string())?;
        self.done.rejected.push(waiting.pending.clone());
        Ok(())
    }

    /// One by one; gives back whether it was stopped.
    fn review(&mut self, waiting: &[Waiting], terminal: &Terminal) -> Result<bool, Stop> {
        let mut desk = review::Review::new(waiting.len());
        for (at, one) in waiting.iter().enumerate() {
            match desk.ask(at, one, terminal)? {
                Some(decision) => self.decide(one, decision),
                None => {
                    let rest = waiting[at..].iter().map(|one| one.pending.clone());
                    self.done.left.extend(rest);
                    return Ok(desk.interrupted);
                }
            }
        }
        Ok(false)
    }

    /// Snapshots without a scenario, what is pending beside none, and what a stopped process left.
    fn prune(&mut self, listing: &Listing, loaded: &Loaded) {
        let mut paths: Vec<String> = self
            .orphans
            .iter()
            .map(|orphan| orphan.path.clone())
            .collect();
        paths.extend(loaded.kept.lonely(listing));
        paths.extend(listing.unfinished.iter().cloned());
        for path in paths {
            match self.store.remove(&path) {
                Ok(()) => self.done.pruned.push(path),
                Err(error) => self.done.problems.push(error.to_string()),
            }
        }
    }

    /// What a stopped process left says nothing to anybody.
    fn clear(&mut self, listing: &Listing) {
        for path in &listing.unfinished {
            if let Err(error) = self.store.remove(path) {
                self.done.problems.push(error.to_string());
            }
        }
    }

    fn show(&self, common: &Common, terminal: &Terminal) -> Result<(), Stop> {
        let mut document = Vec::new();
        if common.format == Format::Json {
            document = serde_json::to_vec_pretty(&self.done)
                .map_err(|error| Stop::harness(error.to_string()))?;
            document.push(b'\n');
        }
        terminal.show(&self.done.to_text(&self.orphans), document, common)
    }
}

impl Done {
    fn to_text(&self, orphans: &[Orphan]) -> String {
        let mut out = String::new();
        let renamed: Vec<String> = self
            .renamed
            .iter()
            .map(|(from, to)| format!("{from} → {to}"))
            .collect();
        for (word, paths) in [
            ("accepted", &self.accepted),
            ("renamed", &renamed),
            ("rejected", &self.rejected),
            ("removed", &self.pruned),
            ("still pending", &self.left),
        ] {
            for path in paths.iter().take(LISTED) {
                out.push_str(&format!("{word}  {path}\n"));
            }
            if paths.len() > LISTED {
                out.push_str(&format!("{word}  … and {} more\n", paths.len() - LISTED));
            }
        }
        let done =
            self.accepted.len() + self.renamed.len() + self.rejected.len() + self.pruned.len();
        let nothing = if self.left.is_empty() && self.problems.is_empty() {
            "nothing is pending\n"
        } else {
            ""
        };
        out.push_str(&match done {
            0 => nothing.to_owned(),
            done => format!("{}\n", counted(done, "snapshot")),
        });
        if !orphans.is_empty() && self.pruned.is_empty() {
            let count = counted(orphans.len(), "snapshot");
            out.push_str(&format!(
                "{count} without a scenario: `flowproof accept --prune` removes such\n"
            ));
        }
        out
    }
}
