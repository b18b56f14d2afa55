//! What a driver needs of a run. `engine::Run` is one; tests of the drivers follow scripts instead.

use crate::engine::{CallId, Effect, Resume, Routed, Run};

/// More steps than any run within its limits can take; beyond, a driver leaves the run as it is.
pub(super) const STEPS: u64 = 100_000_000;

/// A run as its driver sees it.
pub(super) trait Machine {
    /// Begins, at 0 of flow time.
    fn start(&mut self);
    /// Moves what the run asks for, in order, to the end of `effects`.
    fn take_effects(&mut self, effects: &mut Vec<Effect>);
    /// By which mock a request is answered.
    fn routed(&mut self, call: CallId, routed: Routed);
    /// Goes on.
    fn resume(&mut self, resume: Resume, now_ms: u64);
    /// Whether everything is over, detached work included.
    fn ended(&self) -> bool;
}

impl Machine for Run {
    fn start(&mut self) {
        self.start();
    }

    fn take_effects(&mut self, effects: &mut Vec<Effect>) {
        self.take_effects(effects);
    }

    fn routed(&mut self, call: CallId, routed: Routed) {
        self.routed(call, routed);
    }

    fn resume(&mut self, resume: Resume, now_ms: u64) {
        self.resume(resume, now_ms);
    }

    fn ended(&self) -> bool {
        self.ended()
    }
}
