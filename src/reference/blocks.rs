//! The order of blocks (ORD), what an unhandled error does (ERR), and which reading belongs to which kind.

use super::{Run, Site, Stop, Trouble, reads};
use crate::flow::{Block, Config, Flow, Kind, Mode, OnError};
use crate::profile::{PostSession, UnmatchedDecision};
use crate::trace::{AuditOutcome, Entry, ErrorCode, Failure, Status};
use crate::value::{Map, Value};

impl Run<'_> {
    /// ORD-1; ends well when it has run out of blocks.
    pub(super) fn flow(
        &mut self,
        flow: &Flow,
        site: &Site,
        entries: &mut Vec<Entry>,
    ) -> Result<(), Stop> {
        for (position, stage) in flow.stages.iter().enumerate() {
            if site.outer.is_none() {
                self.state.stage = position;
            }
            self.blocks(&stage.blocks, site, entries)?;
        }
        Ok(())
    }

    fn blocks(
        &mut self,
        blocks: &[Block],
        site: &Site,
        entries: &mut Vec<Entry>,
    ) -> Result<(), Stop> {
        blocks
            .iter()
            .try_for_each(|block| self.block(block, site, entries))
    }

    fn block(&mut self, block: &Block, site: &Site, entries: &mut Vec<Entry>) -> Result<(), Stop> {
        if self.is_disabled(block, site) {
            return Ok(());
        }
        let mut entry = blank(block, site, self.now);
        if block.mode == Mode::FireAndForget {
            self.detached(block, site, &mut entry);
            entries.push(entry);
            return Ok(());
        }
        let before = self.state.clone();
        let done = self.attempt(block, site, &mut entry);
        entry.duration_ms = self.now - entry.start_ms;
        match done {
            Ok(branch) => {
                entries.push(entry);
                self.blocks(branch, site, entries)
            }
            Err(Trouble::Failed(failure, deepest)) => {
                entry.status = Status::Failed;
                entry.error = Some(failure.clone());
                let halted = if block.on_error == OnError::Continue {
                    self.continued(block, site, &mut entry, before, &failure);
                    Ok(())
                } else {
                    let own = || (site.path(block), site.flow.clone(), failure.clone());
                    Err(Stop::Failed {
                        deepest: deepest.unwrap_or_else(own),
                        failure,
                    })
                };
                entries.push(entry);
                halted
            }
            Err(trouble) => {
                let stop = stop(trouble, block, site, &mut entry);
                entries.push(entry);
                Err(stop)
            }
        }
    }

    /// ERR-2
    fn continued(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
        before: super::state::State,
        failure: &Failure,
    ) {
        entry.continued = true;
        if !self.world.profile.continue_keeps_writes {
            self.state.forget(before);
            entry.writes.clear();
        }
        if block.kind == Kind::RunCustomFlow {
            self.write(block, site, entry, "outcome", "failed".into());
        }
        let data = error_data(failure);
        self.note(
            "flow.block_failed",
            AuditOutcome::Partial,
            site,
            block,
            data,
        );
    }

    /// Runs one block; gives the branch that it takes.
    fn attempt<'b>(
        &mut self,
        block: &'b Block,
        site: &Site,
        entry: &mut Entry,
    ) -> Result<&'b [Block], Trouble> {
        let fault = self.world.faults.get(&site.path(block));
        if let Some(instead) = fault.and_then(|fault| fault.instead.as_ref()) {
            return Err(self.injected(block, instead));
        }
        let delay = fault.and_then(|fault| fault.delay_ms).unwrap_or(0);
        match &block.config {
            Config::RunCustomAction { action, config, .. } => {
                self.action(block, &action.value, config, delay, site, entry)?;
                return Ok(&[]);
            }
            Config::CallWebhook(webhook) => {
                self.call_webhook(block, webhook, delay, site, entry)?;
                return Ok(&[]);
            }
            Config::ParallelWebhook { calls } => {
                self.parallel_webhook(block, calls, delay, site, entry)?;
                return Ok(&[]);
            }
            _ => self.pay(delay)?,
        }
        match &block.config {
            Config::RunCustomFlow { flow } => self.nested(block, &flow.value, site, entry)?,
            Config::Decision { .. } | Config::Condition { .. } => {
                return self.decide(block, site, entry);
            }
            Config::Delay { ms } => {
                self.pay(*ms)?;
                self.write_all(block, site, entry, Map::new());
            }
            Config::Deny {
                reason,
                user_message,
            } => {
                self.pay(self.cost(block))?;
                return Err(Trouble::Denied {
                    reason: reason.clone(),
                    shown: user_message.clone(),
                });
            }
            _ => self.plain(block, site, entry)?,
        }
        Ok(&[])
    }

    /// ORD-2, ORD-3, ORD-7
    fn decide<'b>(
        &mut self,
        block: &'b Block,
        site: &Site,
        entry: &mut Entry,
    ) -> Result<&'b [Block], Trouble> {
        self.pay(self.cost(block))?;
        let view = self.state.view();
        let mut taken = None;
        match &block.config {
            Config::Decision { branches } => {
                for branch in branches {
                    let takes = match &branch.when {
                        Some(when) => {
                            reads::note(entry, &when.value, &view);
                            when.value.holds(&view)?
                        }
                        None => true,
                    };
                    if takes {
                        taken = Some((branch.name.value.clone(), &branch.blocks[..]));
                        break;
                    }
                }
            }
            Config::Condition {
                when,
                then,
                otherwise,
            } => {
                reads::note(entry, &when.value, &view);
                let (name, blocks) = if when.value.holds(&view)? {
                    ("then", then)
                } else {
                    ("else", otherwise)
                };
                taken = Some((name.into(), &blocks[..]));
            }
            _ => {}
        }
        match (taken, self.world.profile.unmatched_decision) {
            (Some((name, blocks)), _) => {
                entry.branch = Some(name.clone());
                self.write(block, site, entry, "branch", Value::Text(name));
                Ok(blocks)
            }
            (None, UnmatchedDecision::FallThrough) => Ok(&[]),
            (None, UnmatchedDecision::Error) => Err(Trouble::failed(ErrorCode::UnmatchedDecision)),
        }
    }

    /// Kinds that take their time and then say what they know.
    fn plain(&mut self, block: &Block, site: &Site, entry: &mut Entry) -> Result<(), Trouble> {
        if block.kind.info().prompts {
            return self.prompting(block, site, entry);
        }
        self.pay(self.cost(block))?;
        match block.kind {
            Kind::IssueSession => {
                self.issue_session(block, site, entry);
                let second = self.session.is_some();
                self.session.get_or_insert_with(|| site.path(block));
                match self.world.profile.post_session {
                    PostSession::Run if !second => Ok(()),
                    PostSession::Run | PostSession::Stop => Err(Trouble::Through),
                }
            }
            Kind::IssueTokens => {
                self.issue_tokens(entry);
                Err(Trouble::Through)
            }
            Kind::Finalize | Kind::Allow => Err(Trouble::Through),
            Kind::RiskEvaluate
            | Kind::IpReputation
            | Kind::BotDetection
            | Kind::BruteForce
            | Kind::BreachedPassword
            | Kind::EmailValidation
            | Kind::PasswordPolicy => {
                self.risk(block, site, entry);
                Ok(())
            }
            Kind::IdentityLookup
            | Kind::IdentityCreate
            | Kind::ProfileUpdate
            | Kind::UpdateUser
            | Kind::PasswordCheck
            | Kind::CredentialSet
            | Kind::PasswordUpdate => self.identity(block, site, entry),
            _ => self.outside(block, site, entry),
        }
    }
}

fn blank(block: &Block, site: &Site, start_ms: u64) -> Entry {
    Entry {
        block: site.path(block),
        kind: block.kind,
        status: Status::Ok,
        continued: false,
        start_ms,
        duration_ms: 0,
        branch: None,
        writes: Vec::new(),
        logs: Vec::new(),
        logs_dropped: 0,
        calls: Vec::new(),
        reads: Vec::new(),
        error: None,
        entries: Vec::new(),
    }
}

/// What stops with a block, and how its entry says so.
fn stop(trouble: Trouble, block: &Block, site: &Site, entry: &mut Entry) -> Stop {
    let (by, flow) = (site.path(block), site.flow.clone());
    let budget = |message: &str| Some(Failure::new(ErrorCode::Budget, message));
    let (status, stop) = match trouble {
        Trouble::Denied { reason, shown } => {
            let stop = Stop::Denied {
                by,
                flow,
                reason,
                shown,
            };
            (Status::Denied, stop)
        }
        Trouble::Cut => {
            entry.error = budget(ErrorCode::Budget.meaning());
            (Status::TimedOut, Stop::TimedOut { at: by, flow })
        }
        Trouble::Suspended(kind) => (Status::Suspended, Stop::Suspended(kind)),
        Trouble::Through => (Status::Ok, Stop::Allowed { by }),
        Trouble::Nested(stop) => {
            if let Stop::TimedOut { .. } = stop {
                let cause = budget(ErrorCode::Budget.meaning());
                entry.error = budget("Custom flow timed out.");
                if let Some(error) = &mut entry.error {
                    error.cause = cause.map(Box::new);
                }
            }
            (status_of(&stop), stop)
        }
        Trouble::Failed(failure, deepest) => {
            let deepest = deepest.unwrap_or((by, flow, failure.clone()));
            (Status::Failed, Stop::Failed { failure, deepest })
        }
    };
    entry.status = status;
    stop
}

/// NEST-6
fn status_of(stop: &Stop) -> Status {
    match stop {
        Stop::Allowed { .. } => Status::Ok,
        Stop::Denied { .. } => Status::Denied,
        Stop::Failed { .. } => Status::Failed,
        Stop::TimedOut { .. } => Status::TimedOut,
        Stop::Suspended(_) => Status::Suspended,
    }
}

/// `{code, message}` (AUD-1)
pub(super) fn error_data(failure: &Failure) -> Map {
    [
        ("code", Value::text(failure.code.name())),
        ("message", Value::Text(failure.message.clone())),
    ]
    .into_iter()
    .collect()
}
