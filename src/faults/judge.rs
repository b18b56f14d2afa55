//! When a flow fails open: the run ends `allowed`, and without the fault it would not have, or a guard failed and the
//! flow went on, or proof that was asked for is not asked for any more. A guard that the flow falls back on makes good
//! for one that failed. Says which block lets it pass, where, and what to write.

use super::{Fault, place};
use crate::flow::{Block, Config, Kind, OnError};
use crate::text::Span;
use crate::trace::{Ending, Entry, Status, Trace};
use crate::trial::{Guard, Placed, Silence, asks_on, falls_back, makes_good, only_vouches, reads};
use crate::value::{Text, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How a flow fails open.
#[derive(Debug, Clone)]
pub struct Opening {
    /// What is circumvented.
    pub refusal: Refusal,
    /// The block that lets it pass.
    pub by: Text,
    /// Where that is written.
    pub place: Span,
    /// Why, in one sentence.
    pub why: String,
    /// What to write instead.
    pub fix: String,
    /// What a scenario injects to show it.
    pub inject: Inject,
}

/// What is circumvented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Without the fault the run ends otherwise.
    Ending(Ending),
    /// A guard failed.
    Guard,
    /// A credential or factor is not asked for any more.
    Proof,
}

/// What a scenario injects.
#[derive(Debug, Clone)]
pub enum Inject {
    /// A fault in the place of the block: `error`, `timeout`, `deny`.
    Instead(Fault),
    /// A delay, in milliseconds.
    Delay(u64),
    /// A map of outputs; redacted (ST-6).
    Outputs(Value),
    /// What the block asks fails, in `webhooks`.
    Services(Silence),
}

/// Two runs of one scenario.
pub struct Judge<'a> {
    /// Every block of the flow.
    pub placed: &'a [Placed<'a>],
    /// Its guards.
    pub guards: &'a BTreeMap<Text, Guard>,
    /// Proofs whose result nobody looks at.
    pub unread: &'a BTreeSet<Text>,
    /// What everybody goes through who gets in.
    pub usual: Option<&'a BTreeSet<Text>>,
    /// Without the fault.
    pub base: &'a Trace,
    /// With it.
    pub trace: &'a Trace,
}

/// What lets a run pass.
enum Way<'a> {
    /// The failure of a block, or of one in the custom flow that it runs, is continued past.
    Continued(&'a Placed<'a>),
    /// Nobody waits for a block; whether it denied.
    Detached(&'a Placed<'a>, bool),
    /// A decision takes another branch.
    Decided(&'a Placed<'a>, &'a Entry),
    /// A block does not do what it did.
    Otherwise(&'a Placed<'a>),
    /// Nobody looks at what a proof finds out.
    Unread(&'a Placed<'a>),
}

impl<'a> Judge<'a> {
    /// How the flow fails open under a fault at a block, if it does.
    pub fn opening(&self, at: &'a Placed<'a>, fault: Fault, inject: Inject) -> Option<Opening> {
        if self.trace.ending != Ending::Allowed {
            return None;
        }
        let failed = self.failed(at, fault);
        let guard = self.failed_guard(at, &failed);
        let refusal = if let Some(ending) = self.refused() {
            let runs = [self.base, self.trace];
            if falls_back(self.placed, self.guards, self.usual, runs, &at.path) {
                return None;
            }
            Refusal::Ending(ending)
        } else if self.is_made_good(at) {
            return None;
        } else if guard.is_some_and(|entry| !self.only_vouches(entry)) || self.is_unread(at, fault)
        {
            Refusal::Guard
        } else {
            self.skipped_proof().map(|_| Refusal::Proof)?
        };
        let way = match self.is_unread(at, fault) {
            true => Way::Unread(at),
            false => self.way(at, guard.or(failed.first().copied())),
        };
        let given = match &inject {
            Inject::Services(silence) if way.by().path == at.path => {
                format!("when it {}", silence.happens())
            }
            Inject::Services(silence) => format!("when `{}` {}", at.path, silence.happens()),
            Inject::Instead(_) | Inject::Delay(_) | Inject::Outputs(_) => given(at, fault),
        };
        let fix = self.fix(guard, &way);
        let goes_on = matches!(inject, Inject::Services(_));
        Some(Opening {
            why: self.why(refusal, guard, &way, &given),
            fix: match &way {
                Way::Otherwise(_) if goes_on => unheard(at, fault),
                Way::Decided(..) if goes_on => format!("{}, or {fix}", unheard(at, fault)),
                Way::Continued(_)
                | Way::Detached(..)
                | Way::Decided(..)
                | Way::Otherwise(_)
                | Way::Unread(_) => fix,
            },
            by: way.by().path.clone(),
            place: way.place(),
            refusal,
            inject,
        })
    }

    /// How the run is refused without the fault. A run out of budget is not: a fault can save it time.
    fn refused(&self) -> Option<Ending> {
        let ending = self.base.ending;
        (!matches!(ending, Ending::Allowed | Ending::TimedOut)).then_some(ending)
    }

    /// Whether a proof says nonsense, which is as good as a right answer where nobody looks at it.
    fn is_unread(&self, at: &Placed, fault: Fault) -> bool {
        fault == Fault::Garbage && self.unread.contains(&at.path)
    }

    /// The blocks that failed because of the fault. What stands in the place of a block counts in any case.
    fn failed(&self, at: &Placed, fault: Fault) -> Vec<&'a Entry> {
        let replaced = !matches!(fault, Fault::Slow | Fault::Garbage);
        let before = self.base.preorder();
        let anew = |entry: &&Entry| {
            let had_failed = || {
                let known = before.iter().find(|known| known.block == entry.block);
                known.is_some_and(|known| is_let_pass(known))
            };
            is_let_pass(entry) && (replaced && entry.block == at.path || !had_failed())
        };
        let all = self.trace.preorder().into_iter();
        all.filter(anew).collect()
    }

    /// The guard among them: the block at fault itself, else the innermost.
    fn failed_guard(&self, at: &Placed, failed: &[&'a Entry]) -> Option<&'a Entry> {
        let is_guard = |entry: &&&Entry| self.guards.contains_key(&entry.block);
        let own = failed.iter().find(|entry| entry.block == at.path);
        let own = own.filter(is_guard);
        own.or_else(|| failed.iter().rfind(is_guard)).copied()
    }

    /// Whether a guard that was not needed without the fault has done its work, or one that a decision on what failed
    /// asks for either way.
    fn is_made_good(&self, at: &Placed) -> bool {
        let asks_on = || asks_on(self.placed, self.guards, self.usual, self.trace, &at.path);
        makes_good(self.guards, [self.base, self.trace]) || asks_on()
    }

    /// Whether a block failed that could only have spoken for somebody.
    fn only_vouches(&self, failed: &Entry) -> bool {
        let feeds = self.guards.get(&failed.block) == Some(&Guard::Feeds);
        let one = self.block(&failed.block).filter(|_| feeds);
        one.is_some_and(|one| only_vouches(self.placed, self.guards, one))
    }

    /// A credential or factor that was asked for without the fault.
    fn skipped_proof(&self) -> Option<&'a Entry> {
        let now = self.trace.preorder();
        self.base.preorder().into_iter().find(|entry| {
            let guard = self.guards.get(&entry.block);
            matches!(guard, Some(Guard::Credential | Guard::Mfa))
                && entry.status == Status::Ok
                && !now.iter().any(|known| known.block == entry.block)
        })
    }

    /// What lets it pass: a failure that nothing stops at, else the first decision or block that goes another way.
    fn way(&self, at: &'a Placed<'a>, failed: Option<&'a Entry>) -> Way<'a> {
        if let Some((entry, one)) =
            failed.and_then(|entry| Some((entry, self.block(&entry.block)?)))
        {
            if entry.status == Status::Detached {
                return Way::Detached(one, entry.error.is_none());
            }
            let outer = || {
                let (outer, _) = entry.block.split_once('/')?;
                self.block(outer)
            };
            return Way::Continued(match entry.continued {
                true => one,
                false => outer().unwrap_or(one),
            });
        }
        let before = self.base.preorder();
        for entry in self.trace.preorder() {
            let known = before.iter().find(|known| known.block == entry.block);
            let (Some(known), Some(one)) = (known, self.block(&entry.block)) else {
                continue;
            };
            if known.branch != entry.branch {
                return Way::Decided(one, entry);
            }
            // that of a custom flow follows from what happens inside
            if known.status != entry.status && entry.kind != Kind::RunCustomFlow {
                return Way::Otherwise(one);
            }
        }
        Way::Otherwise(at)
    }

    fn block(&self, path: &str) -> Option<&'a Placed<'a>> {
        self.placed.iter().find(|one| &*one.path == path)
    }

    fn why(&self, refusal: Refusal, guard: Option<&Entry>, way: &Way, given: &str) -> String {
        let how = self.how(guard, way, given);
        match refusal {
            Refusal::Ending(Ending::Denied) => {
                let reason = self.base.reason.as_deref().unwrap_or("denied");
                format!("what is denied without the fault (`{reason}`) succeeds: {how}")
            }
            Refusal::Ending(ending) => {
                format!(
                    "what ends `{}` without the fault succeeds: {how}",
                    ending.name()
                )
            }
            Refusal::Guard => how,
            Refusal::Proof => {
                let proof = self.skipped_proof().map_or("", |entry| &entry.block);
                format!("`{proof}` is not asked for any more: {how}")
            }
        }
    }

    fn how(&self, guard: Option<&Entry>, way: &Way, given: &str) -> String {
        let by = &way.by().path;
        let named = |entry: &Entry| {
            let meaning = self.guards.get(&entry.block).map(|guard| guard.meaning());
            meaning.map_or(String::new(), |meaning| format!(" ({meaning})"))
        };
        match way {
            Way::Continued(_) => match guard {
                Some(entry) if entry.block == *by => {
                    let meaning = named(entry);
                    format!("`{by}`{meaning} fails, and its `on_error: continue` lets it pass")
                }
                Some(entry) => {
                    let (path, meaning) = (&entry.block, named(entry));
                    format!(
                        "`{path}`{meaning} fails, and `on_error: continue` of `{by}` lets it pass"
                    )
                }
                None => format!("`{by}` fails, and its `on_error: continue` lets it pass"),
            },
            Way::Detached(_, denied) => {
                let meaning = guard.map_or(String::new(), named);
                let did = if *denied { "denies" } else { "fails" };
                format!("`{by}`{meaning} {did}, and `mode: fire_and_forget` waits for no answer")
            }
            Way::Decided(_, entry) => {
                let branch = entry.branch.as_deref().unwrap_or_default();
                format!("`{by}` takes `{branch}` {given}")
            }
            Way::Otherwise(_) => format!("`{by}` lets it pass {given}"),
            Way::Unread(_) => format!(
                "nothing reads what `{by}` finds out, so that a wrong answer passes as a right one does"
            ),
        }
    }

    fn fix(&self, guard: Option<&Entry>, way: &Way) -> String {
        match way {
            Way::Continued(by) => {
                let slug = &by.block.slug.value;
                let halt = format!("write `on_error: halt` at `{slug}`");
                let fed = guard.and_then(|entry| self.block(&entry.block));
                match fed.and_then(|fed| self.reader(fed)) {
                    Some(reader) => format!(
                        "{halt}, or a branch of `{}` that denies when what it reads is absent",
                        reader.path
                    ),
                    None => halt,
                }
            }
            Way::Detached(..) => "write `mode: sync`, so that the flow waits for it".to_owned(),
            Way::Unread(by) => format!("deny when `!step.{}.verified`", by.block.slug.value),
            Way::Decided(..) | Way::Otherwise(_) => {
                "name the values that may pass, and let every other one be denied".to_owned()
            }
        }
    }

    /// The decision that reads what a block writes.
    fn reader(&self, writer: &Placed) -> Option<&'a Placed<'a>> {
        let mut all = self.placed.iter();
        all.find(|one| !one.block.branches().is_empty() && reads(one, writer))
    }
}

/// What to write where a block goes on without the answer that it asked for.
fn unheard(at: &Placed, fault: Fault) -> String {
    if fault == Fault::Garbage {
        let fix =
            "let the action throw, or call `api.deny`, where the answer lacks what it looks for";
        return fix.to_owned();
    }
    if at.block.kind == Kind::RunCustomAction {
        return "let the action throw, or call `api.deny`, where it has no answer".to_owned();
    }
    "leave the statuses of errors out of `ok_status`, with `fail_on_status: true`".to_owned()
}

/// What has gone wrong, to stand behind what comes of it.
fn given(at: &Placed, fault: Fault) -> String {
    let path = &at.path;
    match fault {
        Fault::Error | Fault::Timeout => format!("when `{path}` fails"),
        Fault::Deny => format!("when `{path}` denies"),
        Fault::Slow => format!("when `{path}` is slow"),
        Fault::Garbage => format!("on nonsense from `{path}`"),
    }
}

/// Whether a block did not do its work, in a run that went on.
fn is_let_pass(entry: &Entry) -> bool {
    match entry.status {
        Status::Failed | Status::TimedOut => true,
        Status::Detached => {
            let ignored = |line: &crate::trace::LogLine| line.message.starts_with("deny ignored:");
            entry.error.is_some() || entry.logs.iter().any(ignored)
        }
        Status::Ok | Status::Denied | Status::Suspended => false,
    }
}

impl<'a> Way<'a> {
    fn by(&self) -> &'a Placed<'a> {
        match self {
            Way::Continued(by)
            | Way::Detached(by, _)
            | Way::Decided(by, _)
            | Way::Otherwise(by)
            | Way::Unread(by) => by,
        }
    }

    fn place(&self) -> Span {
        let block = self.by().block;
        match self {
            Way::Continued(_) if block.on_error == OnError::Continue => {
                place::of_key(block, "on_error")
            }
            Way::Detached(..) => place::of_key(block, "mode"),
            Way::Decided(_, entry) => branch_place(block, entry.branch.as_deref()),
            Way::Continued(_) | Way::Otherwise(_) | Way::Unread(_) => block.slug.span.clone(),
        }
    }
}

/// Where the branch that is taken stands.
fn branch_place(block: &Block, taken: Option<&str>) -> Span {
    match &block.config {
        Config::Decision { branches } => {
            let branch = branches.iter().find(|one| Some(&*one.name.value) == taken);
            branch
                .map_or(&block.slug.span, |branch| &branch.name.span)
                .clone()
        }
        Config::Condition { when, .. } => when.span.clone(),
        _ => block.slug.span.clone(),
    }
}
