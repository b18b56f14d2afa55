//! Actions (ACT, DENY-1): the meaning of `api` written again over the bare sandbox. What an action does is
//! gathered while its own little timeline runs, and laid down when it has ended, been cut or timed out.

use super::webhooks::{Outgoing, until};
use super::{Run, Site, Trouble};
use crate::action::{
    Action, Effect, Fetch, FetchError, Input, Level as ActionLevel, Limits, Response, Session,
    Turn, TurnState,
};
use crate::action::{Failure as ActionFailure, FailureKind};
use crate::engine::Request;
use crate::expr::ValueTemplate;
use crate::flow::{Block, Config};
use crate::profile::{ACTION_STACK, LOG_LINES};
use crate::trace::{AuditOutcome, CallRecord, Entry, ErrorCode, Failure, Level, LogLine, Status};
use crate::value::{Map, Text, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Counted polls to a millisecond (DET-3).
const POLLS: u64 = 5;

/// What one run of an action did.
#[derive(Default)]
struct Done {
    end: u64,
    /// None where the ceiling cut it.
    result: Option<Result<(), Failure>>,
    deny: Option<Text>,
    writes: Vec<(Text, Value)>,
    patches: Vec<Map>,
    claims: Vec<(Text, Value)>,
    logs: Vec<LogLine>,
    logs_dropped: u64,
    calls: Vec<CallRecord>,
}

/// What may wake an action, by instant and order of start (BUD-4).
type Pending = BTreeMap<(u64, u32), Wake>;

enum Wake {
    /// Which call of the action and of its entry, what it is told, and the record of it.
    Fetched(u32, usize, Result<Response, FetchError>, Option<CallRecord>),
    Timer(u32),
}

/// How long an action may take.
struct Bounds {
    start: u64,
    delay: u64,
    limit: u64,
    ceiling: u64,
}

impl Run<'_> {
    /// ACT-1
    pub(super) fn is_disabled(&self, block: &Block, site: &Site) -> bool {
        let Config::RunCustomAction { action, .. } = &block.config else {
            return false;
        };
        let fault = self.world.faults.get(&site.path(block));
        let own = self.library.action(&action.value);
        let own = own.is_none_or(|action| action.enabled);
        let enabled = self.world.actions_enabled.get(&action.value);
        !enabled.copied().unwrap_or(own) || fault.is_some_and(|fault| fault.disabled)
    }

    pub(super) fn action(
        &mut self,
        block: &Block,
        slug: &Text,
        config: &ValueTemplate,
        delay: u64,
        site: &Site,
        entry: &mut Entry,
    ) -> Result<(), Trouble> {
        let Some(action) = self.library.action(slug).cloned() else {
            return Err(Trouble::failed(ErrorCode::ActionError));
        };
        let bounds = Bounds {
            start: self.now,
            delay,
            limit: self.now.saturating_add(self.own_timeout(block)),
            ceiling: self.world.profile.budget_ms,
        };
        let done = self.perform(&action, config, bounds, &site.path(block));
        self.now = done.end;
        entry.logs = done.logs;
        entry.logs_dropped = done.logs_dropped;
        entry.calls = done.calls;
        for patch in done.patches {
            self.patch(patch, true);
        }
        for (name, value) in done.claims {
            self.effects.custom_claims.insert(name, value);
        }
        for (key, value) in done.writes {
            self.write(block, site, entry, &key, value);
        }
        let Some(result) = done.result else {
            return Err(Trouble::Cut);
        };
        if result.is_ok() {
            self.write_all(block, site, entry, Map::new());
        }
        if let Some(reason) = done.deny {
            let data = super::risk::map([("reason", Value::Text(reason.clone()))]);
            self.note("action.denied", AuditOutcome::Denied, site, block, data);
            let shown = self.world.profile.action_deny_visible;
            return Err(Trouble::Denied {
                shown: shown.then(|| reason.clone()),
                reason,
            });
        }
        result.map_err(|failure| Trouble::Failed(failure, None))
    }

    /// ACT-3: to its own end, at no cost, seen by nobody.
    pub(super) fn detached(&mut self, block: &Block, site: &Site, entry: &mut Entry) {
        use crate::engine::FaultKind;
        let Config::RunCustomAction { action, config, .. } = &block.config else {
            return;
        };
        entry.status = Status::Detached;
        let fault = self.world.faults.get(&site.path(block));
        let ignored = |reason: &str| LogLine {
            level: Level::Warn,
            message: format!("deny ignored: {reason}").into(),
            data: None,
        };
        match fault.and_then(|fault| fault.instead.as_ref()) {
            Some(FaultKind::Error(message)) => {
                entry.error = Some(Failure::new(ErrorCode::Injected, message));
                return;
            }
            Some(FaultKind::Timeout) => {
                let code = ErrorCode::ActionTimeout;
                entry.error = Some(Failure::new(code, code.meaning()));
                entry.duration_ms = self.own_timeout(block);
                return;
            }
            Some(FaultKind::Deny(reason)) => {
                entry.logs.push(ignored(reason));
                return;
            }
            None => {}
        }
        let Some(action) = self.library.action(&action.value).cloned() else {
            return;
        };
        let bounds = Bounds {
            start: self.now,
            delay: fault.and_then(|fault| fault.delay_ms).unwrap_or(0),
            limit: self.now.saturating_add(self.own_timeout(block)),
            ceiling: u64::MAX,
        };
        let done = self.perform(&action, config, bounds, &site.path(block));
        entry.duration_ms = done.end - entry.start_ms;
        entry.logs = done.logs;
        entry.logs_dropped = done.logs_dropped;
        entry.calls = done.calls;
        for patch in done.patches {
            self.patch(patch, false);
        }
        for (name, value) in done.claims {
            self.effects.custom_claims.insert(name, value);
        }
        let mut writes = done.writes;
        let failed = matches!(done.result, Some(Err(_)));
        if let Some(scripted) = self.world.outputs.get(&site.path(block))
            && !failed
        {
            writes.extend(
                scripted
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone())),
            );
        }
        for (key, value) in writes {
            let key = Text::from(format!("step.{}.{key}", block.slug.value));
            entry.writes.push((key, value));
        }
        match (done.deny, done.result) {
            (Some(reason), _) => entry.logs.push(ignored(&reason)),
            (None, Some(Err(failure))) => entry.error = Some(failure),
            (None, Some(Ok(())) | None) => {}
        }
    }

    /// ST-7; detached work is only counted (ACT-3).
    fn patch(&mut self, patch: Map, seen: bool) {
        for (key, value) in patch {
            if seen {
                let (key, value) = (key.clone(), value.clone());
                self.change(|person| {
                    Arc::make_mut(&mut person.app_metadata).insert(key, value);
                });
            }
            self.effects.app_metadata.insert(key, value);
        }
    }

    /// Runs an action on a timeline of its own, from `start` to whatever ends it first.
    fn perform(
        &mut self,
        action: &Action,
        config: &ValueTemplate,
        bounds: Bounds,
        path: &Text,
    ) -> Done {
        let mut done = Done::default();
        let at = bounds.start.saturating_add(bounds.delay);
        if at > bounds.limit || at > bounds.ceiling {
            return done.stopped(&bounds);
        }
        let view = self.state.view();
        let config = match config.render(&view) {
            Ok(config) => config,
            Err(error) => {
                let failure = Failure::new(ErrorCode::Expression, error.message);
                return done.ended(at, Err(failure));
            }
        };
        let secrets = self.world.secrets.iter();
        let secrets = secrets
            .filter(|(name, _)| action.secrets.contains(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let profile = &self.world.profile;
        let input = Input {
            event: view.event,
            step: view.step,
            custom: view.custom,
            session: view.session,
            config,
            secrets: Arc::new(secrets),
            stream: 0,
            now_ms: self.world.clock_ms + at as i64,
            limits: Limits {
                compute_ms: profile.action_compute_ms,
                heap_bytes: profile.action_heap as usize,
                stack_bytes: ACTION_STACK as usize,
                log_lines: LOG_LINES,
            },
        };
        let (mut session, mut turn) = Session::start(&action.script, input);
        let mut clock = Clock { now: at, paid: 0 };
        let mut pending = Pending::new();
        let mut order = 0;
        loop {
            let spent = (turn.polls / POLLS).min(profile_compute(self));
            let computed = spent > clock.paid;
            clock.now += spent - clock.paid;
            clock.paid = spent;
            let state = turn.state.clone();
            let requests = done.take(turn);
            if clock.now > bounds.limit || clock.now > bounds.ceiling {
                done.arrived(pending, bounds.limit.min(bounds.ceiling), true);
                return done.stopped(&bounds);
            }
            for request in requests {
                order += 1;
                match request {
                    Effect::Fetch(fetch) => {
                        let (key, wake) = self.fetch(fetch, clock.now, order, path, &mut done);
                        pending.insert(key, wake);
                    }
                    Effect::Timer { id, delay_ms } => {
                        let key = (clock.now.saturating_add(delay_ms), order);
                        pending.insert(key, Wake::Timer(id));
                    }
                    Effect::CancelTimer { id } => {
                        pending.retain(|_, wake| !matches!(wake, Wake::Timer(own) if *own == id));
                    }
                    _ => {}
                }
            }
            match state {
                TurnState::Settled => {
                    done.arrived(pending, clock.now, computed);
                    return done.ended(clock.now, Ok(()));
                }
                TurnState::Failed(failure) => {
                    done.arrived(pending, clock.now, computed);
                    return done.ended(clock.now, Err(told(&failure, action)));
                }
                TurnState::Stuck => {
                    let code = ErrorCode::ActionUnsettled;
                    return done.ended(clock.now, Err(Failure::new(code, code.meaning())));
                }
                TurnState::Waiting => {}
            }
            let Some(((at, _), wake)) = pending.pop_first() else {
                return done.stopped(&bounds);
            };
            if at > bounds.limit || at > bounds.ceiling {
                return done.stopped(&bounds);
            }
            clock.now = clock.now.max(at);
            let now_ms = self.world.clock_ms + clock.now as i64;
            turn = match wake {
                Wake::Timer(id) => session.woke(id, now_ms),
                Wake::Fetched(id, call, outcome, record) => {
                    done.calls[call] = record.unwrap_or_else(|| done.calls[call].clone());
                    session.fetched(id, outcome, now_ms)
                }
            };
        }
    }

    fn fetch(
        &mut self,
        fetch: Fetch,
        at: u64,
        order: u32,
        path: &Text,
        done: &mut Done,
    ) -> ((u64, u32), Wake) {
        let request = Request {
            block: path.clone(),
            method: fetch.method,
            url: fetch.url,
            headers: fetch.headers,
            body: fetch.body,
        };
        let leg = self.send(Outgoing {
            request,
            at,
            limit: at.saturating_add(self.world.profile.webhook_timeout_ms),
            latency: 0,
        });
        let mut open = leg.record.clone();
        if let Some(open) = open
            .as_mut()
            .filter(|open| open.fault.as_deref() != Some(ErrorCode::OutboundDenied.name()))
        {
            (open.status, open.fault) = (None, None);
        }
        done.calls.extend(open);
        let call = done.calls.len() - 1;
        let outcome = match leg.result {
            Ok(answer) => Ok(Response {
                status: answer.status,
                headers: answer.headers.clone(),
                body: answer.body.clone(),
            }),
            Err(failure) => Err(FetchError {
                code: failure.code.name().into(),
                message: failure.message,
            }),
        };
        // To its action a fetch that is over is a completion, its own limit included (BUD-4, docs/decisions.md).
        (
            (leg.end, order),
            Wake::Fetched(fetch.id, call, outcome, leg.record),
        )
    }
}

struct Clock {
    now: u64,
    /// Counted work that has been charged.
    paid: u64,
}

fn profile_compute(run: &Run) -> u64 {
    run.world.profile.action_compute_ms
}

impl Done {
    /// Answers that came while the action was computing are on record, although it was never told; those of the last
    /// instant too where computing ended there, since it was started later (BUD-4).
    fn arrived(&mut self, pending: Pending, end: u64, at_the_end: bool) {
        for ((at, _), wake) in pending {
            if let Wake::Fetched(_, call, _, Some(record)) = wake
                && (at < end || at == end && at_the_end)
            {
                self.calls[call] = record;
            }
        }
    }

    fn ended(mut self, end: u64, result: Result<(), Failure>) -> Self {
        self.end = end;
        self.result = Some(result);
        self.calls = self
            .calls
            .into_iter()
            .map(|call| until(call, end))
            .collect();
        self
    }

    /// The own timeout comes before the ceiling at one instant (BUD-4).
    fn stopped(mut self, bounds: &Bounds) -> Self {
        self.end = bounds.limit.min(bounds.ceiling);
        if bounds.limit <= bounds.ceiling {
            let code = ErrorCode::ActionTimeout;
            self.result = Some(Err(Failure::new(code, code.meaning())));
        }
        let end = self.end;
        self.calls = self
            .calls
            .into_iter()
            .map(|call| until(call, end))
            .collect();
        self
    }

    /// Keeps what happened in a turn; gives what it asks for.
    fn take(&mut self, turn: Turn) -> Vec<Effect> {
        self.logs_dropped += turn.logs_dropped;
        let mut requests = Vec::new();
        for effect in turn.effects {
            match effect {
                Effect::Deny { reason } => {
                    self.deny.get_or_insert(reason);
                }
                Effect::SetState { key, value } => self.writes.push((key, value)),
                Effect::Log {
                    level,
                    message,
                    data,
                } => self.logs.push(LogLine {
                    level: level_of(level),
                    message,
                    data,
                }),
                Effect::AppMetadata { patch } => {
                    self.patches.extend(patch.as_map().cloned());
                }
                Effect::Claim { name, value } => self.claims.push((name, value)),
                request
                @ (Effect::Fetch(_) | Effect::Timer { .. } | Effect::CancelTimer { .. }) => {
                    requests.push(request);
                }
            }
        }
        requests
    }
}

/// ERR-4, ERR-7
fn told(failure: &ActionFailure, action: &Action) -> Failure {
    let code = match &failure.kind {
        FailureKind::Error => ErrorCode::ActionError,
        FailureKind::Compute => ErrorCode::ActionCompute,
        FailureKind::Memory => ErrorCode::ActionMemory,
        FailureKind::Stack => ErrorCode::ActionStack,
        FailureKind::Unsettled => ErrorCode::ActionUnsettled,
        FailureKind::Uninterruptible => ErrorCode::ActionUninterruptible,
        FailureKind::Fetch { code } => ErrorCode::from_name(code).unwrap_or(ErrorCode::ActionError),
    };
    let file = action.script.file();
    let at = failure
        .at
        .map(|(line, column)| format!("{}:{line}:{column}", file.path()));
    // what an engine says of a fetch is its own business
    let message = match failure.kind {
        FailureKind::Fetch { .. } => code.meaning(),
        FailureKind::Error if failure.message.starts_with("FetchError") => code.meaning(),
        _ => &failure.message,
    };
    Failure {
        at: at.map(Text::from),
        ..Failure::new(code, message)
    }
}

fn level_of(level: ActionLevel) -> Level {
    match level {
        ActionLevel::Debug => Level::Debug,
        ActionLevel::Info => Level::Info,
        ActionLevel::Warn => Level::Warn,
        ActionLevel::Error => Level::Error,
    }
}
