//! The Rust side of one run: what the bindings collect, and what they may still use. It lives beside the
//! machine, outlives every run and is begun anew with each.

use super::heap::Heap;
use super::random::Stream;
use crate::action::script::Script;
use crate::action::turn::{Effect, Input, Level, Limits, Place};
use crate::action::watch;
use crate::value::{Text, Value};
use rquickjs::qjs::JSValue;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Polls of the interrupt counter in a millisecond of flow time: 50,000 operations (DET-3).
const POLLS_PER_MS: u64 = 5;
/// Wall time that an honest poll may take on the slowest machine; what is beyond is native work.
const SLOWEST_POLL: Duration = Duration::from_millis(2);
/// What an effect costs of the heap besides its text.
const EFFECT_BYTES: usize = 64;

/// Values that the bindings need; they stay valid through every restore.
#[derive(Clone, Copy)]
pub struct Fixed {
    /// The engine's own `Date`.
    pub date: JSValue,
    /// `Symbol.iterator` as an atom.
    pub iterator: u32,
    /// The global object.
    pub global: JSValue,
    /// `api`, open for `config`.
    pub api: JSValue,
}

/// Why a run was stopped from outside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The compute limit.
    Compute,
    /// The wall clock.
    Uninterruptible,
}

/// A pending call of `api.fetch`.
pub struct OpenFetch {
    pub fulfil: JSValue,
    pub reject: JSValue,
    /// The stack at the call, for the error of a rejection (ERR-4).
    pub stack: String,
}

/// A body that was answered, and whether it was read.
pub struct Body {
    pub text: Text,
    pub read: bool,
    /// Names in lower case, sorted.
    pub headers: Vec<(String, String)>,
}

/// See the module.
pub struct Host {
    pub heap: *mut Heap,
    pub fixed: Option<Fixed>,
    pub script: Option<Arc<Script>>,
    pub secrets: Arc<BTreeMap<Text, Text>>,
    pub now_ms: i64,
    pub numbers: Stream,
    pub bytes: Stream,
    pub effects: Vec<Effect>,
    pub denied: bool,
    pub timers: BTreeMap<u32, Vec<JSValue>>,
    pub fetches: BTreeMap<u32, OpenFetch>,
    pub bodies: Vec<Body>,
    /// Errors that `api.fetch` rejected with, by identity, and their codes.
    pub fetch_errors: Vec<(JSValue, Text)>,
    /// Promises rejected without a handler so far, and why.
    pub rejections: Vec<(JSValue, JSValue)>,
    pub polls: u64,
    pub stop: Option<Stop>,
    limits: Limits,
    next_id: u32,
    log_lines: usize,
    pub logs_dropped: u64,
    in_script: Duration,
    entered: Option<Instant>,
    watch: watch::Watch,
}

impl Host {
    /// A host for a machine with this heap.
    pub fn new(heap: *mut Heap) -> Self {
        Host {
            heap,
            fixed: None,
            script: None,
            secrets: Arc::default(),
            now_ms: 0,
            numbers: Stream::new(0, 0),
            bytes: Stream::new(0, 1),
            effects: Vec::new(),
            denied: false,
            timers: BTreeMap::new(),
            fetches: BTreeMap::new(),
            bodies: Vec::new(),
            fetch_errors: Vec::new(),
            rejections: Vec::new(),
            polls: 0,
            stop: None,
            limits: Limits::default(),
            next_id: 0,
            log_lines: 0,
            logs_dropped: 0,
            in_script: Duration::ZERO,
            entered: None,
            watch: watch::of_this_thread(),
        }
    }

    /// Begins a run: nothing of the one before stays.
    pub fn begin(&mut self, script: &Arc<Script>, input: &Input) {
        *self = Host {
            fixed: self.fixed,
            script: Some(script.clone()),
            secrets: input.secrets.clone(),
            now_ms: input.now_ms,
            numbers: Stream::new(input.stream, 0),
            bytes: Stream::new(input.stream, 1),
            limits: input.limits.clone(),
            ..Host::new(self.heap)
        };
    }

    /// Forgets a run.
    pub fn clear(&mut self) {
        *self = Host {
            fixed: self.fixed,
            ..Host::new(self.heap)
        };
    }

    /// The most polls that a run may take.
    pub fn most_polls(&self) -> u64 {
        self.limits.compute_ms.saturating_mul(POLLS_PER_MS)
    }

    /// Counts one poll; true stops the run.
    pub fn poll(&mut self) -> bool {
        self.watch.mark();
        self.polls += 1;
        let wall = self.in_script + self.entered.map_or(Duration::ZERO, |at| at.elapsed());
        let polls = u32::try_from(self.polls).unwrap_or(u32::MAX);
        if self.polls > self.most_polls() {
            // An action stopped by its compute limit has cost exactly that limit (BUD-8).
            self.polls = self.most_polls();
            self.stop = Some(Stop::Compute);
        } else if wall > watch::LIMIT + SLOWEST_POLL.saturating_mul(polls) {
            self.stop = Some(Stop::Uninterruptible);
        }
        self.stop.is_some() || self.refused()
    }

    /// A turn begins.
    pub fn enter(&mut self) {
        self.watch.mark();
        self.entered = Some(Instant::now());
    }

    /// A turn ends.
    pub fn leave(&mut self) {
        self.watch.leave();
        self.in_script += self
            .entered
            .take()
            .map_or(Duration::ZERO, |at| at.elapsed());
    }

    /// Whether the memory limit refused something in this run.
    pub fn refused(&self) -> bool {
        // SAFETY: the heap lives beside the host, and nothing borrows it for longer than a call.
        unsafe { (*self.heap).refused() }
    }

    /// Counts memory outside of the machine against the limit; false when there is no room.
    pub fn charge(&mut self, bytes: usize) -> bool {
        // SAFETY: see `refused`.
        unsafe { (*self.heap).charge(bytes) }
    }

    /// Adds an effect; false when there is no room for it.
    pub fn effect(&mut self, effect: Effect) -> bool {
        let fits = self.charge(EFFECT_BYTES);
        if fits {
            self.effects.push(effect);
        }
        fits
    }

    /// Adds a line of log, or counts it as dropped (ACT-10); false when there is no room for it.
    pub fn log(&mut self, level: Level, message: &str, data: Option<Value>) -> bool {
        if !self.may_log() {
            return true;
        }
        self.log_lines += 1;
        let message = Text::from(message);
        self.charge(message.len())
            && self.effect(Effect::Log {
                level,
                message,
                data,
            })
    }

    /// Whether a line of log would be kept; counts it as dropped when not.
    pub fn may_log(&mut self) -> bool {
        let kept = self.log_lines < self.limits.log_lines;
        self.logs_dropped += u64::from(!kept);
        kept
    }

    /// Whether further lines of log are dropped.
    pub fn limits_log_reached(&self) -> bool {
        self.log_lines >= self.limits.log_lines
    }

    /// A new number of a fetch or a timer.
    pub fn id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    /// The top author frame of the stack of an error of this name.
    pub fn place(&self, stack: &str, name: &str) -> Option<Place> {
        self.script.as_ref()?.place_in_stack(stack, name)
    }
}
