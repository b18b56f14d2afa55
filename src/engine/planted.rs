//! Flaws that tests plant into the engine, one at a time, to show that the fuzzer finds what breaks a rule.
//! Without the feature `planted-faults` nothing of them is left: `planted` is the constant `false` then.
//! A flaw is chosen for the whole process, since a run does not know who started it.

#[cfg(feature = "planted-faults")]
pub use chosen::{Planting, plant};

macro_rules! flaws {
    ($($name:ident $rules:literal $doc:literal;)*) => {
        /// One way in which the engine can be wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Flaw { $(#[doc = $doc] $name,)* }

        impl Flaw {
            /// All of them, in the order of the rules.
            pub const ALL: &[Flaw] = &[$(Flaw::$name,)*];

            /// The rules that it breaks.
            pub fn rules(self) -> &'static str {
                match self { $(Flaw::$name => $rules,)* }
            }

            /// One sentence on what it does.
            pub fn meaning(self) -> &'static str {
                match self { $(Flaw::$name => $doc,)* }
            }
        }
    };
}

flaws! {
    LastMatchWins "ORD-3" "a decision takes its last matching branch";
    DefaultFirst "ORD-3" "the default of a decision is taken before the others are tried";
    TerminalGoesOn "ORD-4" "`allow`, `issue_tokens` and `finalize` do not end the run";
    SecondSession "ORD-5" "a second `issue_session` does not end the run";
    SessionKept "ORD-5" "a run that ends badly does not revoke its session";
    LaterTerminal "ORD-5" "a terminal behind `issue_session` is reported as the terminal";
    NoTerminalAllowed "ORD-6" "a run without a terminal ends `allowed`";
    StepLeaks "ST-4" "what a custom flow wrote stays in the parent's `step`";
    NothingHidden "ST-4" "a nested output leaves the parent's other fields of its slug in sight";
    EventUserFromStart "ST-5" "`event.user` is there before anybody was looked up";
    NobodyRegisters "ST-5" "in `registration` nobody is there before `identity_create`";
    MethodsBackwards "ST-5" "`methods` are in the wrong order";
    RiskScoreNotSet "ST-5" "a risk evaluation leaves `risk_score` as it was";
    WrongPasswordLifts "ST-5" "a wrong password lifts the level of assurance";
    TransientStays "ST-6" "tokens can be read in later stages";
    SecretAudited "ST-6" "audit entries are not redacted";
    SecretLogged "ST-6" "log lines are not redacted";
    AppMetadataLost "ST-7" "later blocks do not see a patch of `app_metadata`";
    HaltContinues "ERR-1" "a failure goes on although On error is halt";
    ContinueHalts "ERR-2" "a failure halts although On error is continue";
    WritesLost "ERR-2" "a continued failure loses what was written before it";
    StatusNotJudged "ERR-5" "`ok_status` is ignored";
    AddressInside "ERR-5" "an IPv4 address inside an IPv6 address is not judged";
    SuffixAllowed "ERR-5" "`*.domain` allows every host that ends so, dot or not";
    OutputsRescue "ERR-5" "scripted outputs stand for an answer that never came";
    MockLiftsGuard "ERR-5" "what the outbound guard refuses is sent all the same";
    LastFailureCounts "ERR-5" "the last failed call of `parallel_webhook` decides, not the first";
    ExpressionIsFalse "ERR-6" "a condition that cannot be evaluated counts as false";
    TimeoutSwallowed "ERR-5 BUD-3" "a webhook that does not answer in time has not failed";
    ThrowOverDeny "DENY-1" "an action that throws after `api.deny` has failed, not denied";
    DenyContinued "DENY-2" "On error continue swallows a deny";
    UserMessageLost "DENY-3" "the `user_message` of a deny is not shown";
    NestedDenyReturns "DENY-4" "a deny inside a custom flow goes back to the parent";
    DisabledLeavesEntry "ACT-1" "a disabled action leaves an entry";
    DetachedWrites "ACT-3" "detached work writes to state";
    DetachedHalts "ACT-3" "a failure of detached work halts the run";
    StandingClock "ACT-7" "`Date` shows the start of the run for ever";
    LastCallLost "ACT-10" "a call that an action makes as it ends is not sent";
    FetchWithoutLimit "ACT-10" "`api.fetch` has the timeout of the action as its limit";
    NestedSeesNothing "NEST-3" "a custom flow does not see the parent's `step`";
    NestedAllowEnds "NEST-5" "`allow` in a custom flow ends the parent";
    ContinuedAllowed "NEST-6" "a custom flow whose failure is continued has the outcome `allowed`";
    NestedErrorReturns "NEST-6" "an error in a custom flow goes back to the parent as a success";
    InvocationNotAudited "NEST-7 AUD-1" "`custom_flow.invoked` is missing";
    InvocationSuccess "NEST-7 AUD-1" "`custom_flow.invoked` always has the outcome success";
    BudgetPerFlow "BUD-1" "a custom flow gets a budget of its own";
    CutAtOuter "BUD-2" "a cut inside a custom flow is told of the outer block";
    BudgetContinued "BUD-3" "On error continue swallows the exhausted budget";
    CeilingFirst "BUD-4" "what completes at the ceiling is cut";
    ToldBackwards "BUD-4" "what came while an action was computing is told in reverse order";
    OwnTimeoutLast "BUD-4" "at one instant the ceiling comes before a block's own timeout";
    WaitCounts "BUD-5" "the time that a user takes counts";
    FirstAnswerAgain "BUD-5" "every attempt gets the first answer";
    AnswerIsFree "BUD-5" "judging an answer costs nothing";
    ParallelSum "BUD-6" "parallel calls cost their sum";
    DelayLiftsTimeout "BUD-8" "an injected delay does not count against the timeout of a webhook";
    LatencyByKind "BUD-8" "`latency` of a kind comes before that of a slug";
    InjectedTimeoutIsFree "BUD-8" "an injected timeout takes no time";
    ContinuedNotAudited "AUD-1" "`flow.block_failed` is missing";
    DenyNotAudited "AUD-1" "`action.denied` is missing";
    PromptNotShown "AUD-2" "a suspended run shows the error page, not its prompt";
    MailToNobody "AUD-3" "an e-mail has no recipient";
    IdsDrift "DET-1" "ids depend on how many were made before";
    SeedIgnored "DET-2" "ids do not depend on the seed";
    ComputeIsFree "DET-3" "computing takes no time";
    NoMockAnswers "DET-4" "a call that no mock answers has not failed";
    UnknownUserFaster "ORD-7" "`password_check` costs less where nobody was found";
}

/// Whether this flaw is at work.
#[cfg(not(feature = "planted-faults"))]
pub(super) const fn planted(_: Flaw) -> bool {
    false
}

#[cfg(feature = "planted-faults")]
pub(super) use chosen::planted;

/// The number of ids made so far where that is the flaw, else 0.
pub(super) fn drift() -> u64 {
    #[cfg(feature = "planted-faults")]
    if planted(Flaw::IdsDrift) {
        return chosen::next();
    }
    0
}

/// Which arm of a decision is tried as the `at`th of so many.
pub(super) fn arm(at: usize, arms: usize, default: bool) -> usize {
    let tried_first = usize::from(default);
    if planted(Flaw::DefaultFirst) && default {
        (at + arms - 1) % arms
    } else if planted(Flaw::LastMatchWins) && at + tried_first < arms {
        arms - tried_first - 1 - at
    } else {
        at
    }
}

#[cfg(feature = "planted-faults")]
mod chosen {
    use super::Flaw;
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    /// The position of the flaw in `ALL`, counted from 1.
    static CHOSEN: AtomicUsize = AtomicUsize::new(0);
    static MADE: AtomicU64 = AtomicU64::new(0);
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    /// A flaw is at work as long as this lives.
    pub struct Planting(#[expect(dead_code, reason = "held, never read")] MutexGuard<'static, ()>);

    /// Plants a flaw, or none; waits until no other is at work.
    pub fn plant(flaw: Option<Flaw>) -> Planting {
        let held = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        CHOSEN.store(flaw.map_or(0, |flaw| flaw as usize + 1), Ordering::SeqCst);
        Planting(held)
    }

    impl Drop for Planting {
        fn drop(&mut self) {
            CHOSEN.store(0, Ordering::SeqCst);
        }
    }

    pub fn planted(flaw: Flaw) -> bool {
        CHOSEN.load(Ordering::Relaxed) == flaw as usize + 1
    }

    pub fn next() -> u64 {
        MADE.fetch_add(1, Ordering::Relaxed)
    }
}
