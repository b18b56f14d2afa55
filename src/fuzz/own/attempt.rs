//! One run of a flow on trial: in which world, in which order, with which faults. The same attempt gives the same run.

use crate::drive::Outcome;
use crate::engine::{Fault, FaultKind, Program, World};
use crate::flow::Flow;
use crate::scenario::Edit;
use crate::trace::Ending;
use crate::trial::{Failing, Late, Silence, Trial, answering};
use crate::value::{Map, Text};
use crate::workspace::Workspace;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The message of errors that are injected.
pub const ERROR: &str = "store unavailable";
/// The reason of denies that are injected.
pub const DENY: &str = "injected_deny";

/// What is injected at a block.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Inject {
    /// It fails.
    Error,
    /// It takes its whole timeout and fails.
    Timeout,
    /// It denies.
    Deny,
    /// It begins so many milliseconds later.
    Slow(u64),
    /// Each of its calls is answered late.
    Late(Arc<Late>),
    /// The services that it asks fail.
    Silence(Arc<Silence>),
    /// What the user proves there is wrong.
    Disproof,
}

impl Inject {
    /// The word for it in `allow: [{ fault: … }]`: the column of `faults` that it stands in.
    pub fn word(&self) -> &'static str {
        match self {
            Inject::Silence(silence) => match silence.failing() {
                Failing::Refused | Failing::Status | Failing::Continued => "error",
                Failing::TimedOut => "timeout",
                Failing::Empty | Failing::Bare => "garbage",
            },
            Inject::Error => "error",
            Inject::Timeout => "timeout",
            Inject::Deny => "deny",
            Inject::Slow(_) | Inject::Late(_) => "slow",
            Inject::Disproof => "garbage",
        }
    }

    /// In a sentence, behind the name of the block.
    pub fn happens(&self) -> String {
        match self {
            Inject::Error => "fails".to_owned(),
            Inject::Timeout => "times out".to_owned(),
            Inject::Deny => "denies".to_owned(),
            Inject::Slow(ms) => format!("is {ms} ms slower"),
            Inject::Late(_) => "is answered late".to_owned(),
            Inject::Silence(silence) => silence.happens().to_owned(),
            Inject::Disproof => "finds a wrong answer".to_owned(),
        }
    }

    /// Whether a service answers, and nothing stands in the answer.
    pub fn is_bare(&self) -> bool {
        self.silence()
            .is_some_and(|silence| silence.failing() == Failing::Bare)
    }

    /// The services that fail.
    pub fn silence(&self) -> Option<&Silence> {
        match self {
            Inject::Silence(silence) => Some(silence),
            Inject::Error
            | Inject::Timeout
            | Inject::Deny
            | Inject::Slow(_)
            | Inject::Late(_)
            | Inject::Disproof => None,
        }
    }

    /// What is injected at the block itself.
    fn fault(&self) -> Option<Fault> {
        let (instead, delay_ms) = match self {
            Inject::Error => (Some(FaultKind::Error(ERROR.into())), None),
            Inject::Timeout => (Some(FaultKind::Timeout), None),
            Inject::Deny => (Some(FaultKind::Deny(DENY.into())), None),
            Inject::Slow(ms) => (None, Some(*ms)),
            Inject::Silence(_) | Inject::Late(_) | Inject::Disproof => return None,
        };
        Some(Fault {
            instead,
            delay_ms,
            disabled: false,
        })
    }

    fn to_json(&self, at: &str) -> Option<Value> {
        Some(match self {
            Inject::Error => json!({ "at": at, "error": ERROR }),
            Inject::Timeout => json!({ "at": at, "timeout": true }),
            Inject::Deny => json!({ "at": at, "deny": DENY }),
            Inject::Slow(ms) => json!({ "at": at, "delay": format!("{ms}ms") }),
            Inject::Silence(_) | Inject::Late(_) | Inject::Disproof => return None,
        })
    }
}

/// What is injected, by path of the block.
pub type Faults = BTreeMap<Text, Inject>;

/// The flow in an order of its own, linked.
pub struct Variant {
    /// What was edited.
    pub edits: Vec<Edit>,
    /// Linked.
    pub program: Arc<Program>,
}

impl Variant {
    /// The flow with these edits.
    pub fn of(flow: &Flow, edits: Vec<Edit>, workspace: &Workspace) -> Option<Variant> {
        let mut edited = flow.clone();
        for edit in &edits {
            edit.apply(&mut edited);
        }
        let program = Program::link(&edited, workspace).ok()?;
        Some(Variant { edits, program })
    }
}

/// Runs a trial in this order, with these faults. A run goes further than the scenario meant: where no mock answers a
/// request, it is run again, and answered `200 {}`.
pub fn attempt(trial: &Trial, program: &Arc<Program>, faults: &Faults) -> Outcome {
    let world = match faults.is_empty() {
        true => trial.world.clone(),
        false => Arc::new(faulted(&trial.world, faults)),
    };
    let span = &trial.scenario.span;
    let mut mocks = trial.scenario.mocks.clone();
    for silence in faults.values().filter_map(Inject::silence) {
        mocks = Arc::new(silence.mocks(&mocks, span));
    }
    for inject in faults.values() {
        if let Inject::Late(late) = inject {
            mocks = Arc::new(late.mocks(&mocks, span));
        }
    }
    let outcome = trial.run_with(&mocks, program, &world);
    if outcome.exchange.unanswered().is_empty() {
        return outcome;
    }
    let answered = trial.run_with(&Arc::new(answering(&mocks, span)), program, &world);
    match answered.trace.ending {
        // what fails for want of a better answer says nothing
        Ending::Failed => outcome,
        Ending::Allowed | Ending::Denied | Ending::TimedOut | Ending::Suspended => answered,
    }
}

/// A world with these faults.
pub fn faulted(world: &World, faults: &Faults) -> World {
    let mut world = World::clone(world);
    for (at, inject) in faults {
        if let Some(fault) = inject.fault() {
            world.faults.insert(at.clone(), fault);
        }
        if inject.silence().is_some() {
            // what is scripted would hide what the service answers
            world.outputs.remove(at);
        }
        if *inject == Inject::Disproof {
            let known = world.outputs.get(at);
            let mut outputs = known.map(|map| Map::clone(map)).unwrap_or_default();
            outputs.insert("verified", false);
            world.outputs.insert(at.clone(), Arc::new(outputs));
        }
    }
    world
}

/// How it ended; None when a request met no mock, so that the ending says nothing.
pub fn ending(outcome: &Outcome) -> Option<Ending> {
    let means = outcome.exchange.unanswered().is_empty() && outcome.trace.harness_failure.is_none();
    means.then_some(outcome.trace.ending)
}

/// A scenario document with these edits and faults put in.
pub fn with(document: &Value, edits: &[Edit], faults: &Faults) -> Value {
    let mut document = document.clone();
    if let Some(map) = document.as_object_mut() {
        if !edits.is_empty() {
            let edits: Vec<Value> = edits.iter().map(Edit::to_json).collect();
            map.insert("edits".into(), json!(edits));
        }
        let injected = faults.iter().filter_map(|(at, one)| one.to_json(at));
        let injected: Vec<Value> = injected.collect();
        if !injected.is_empty() {
            map.insert("faults".into(), json!(injected));
        }
    }
    for (at, inject) in faults {
        if let Some(silence) = inject.silence() {
            silence.write(&mut document);
            unscripted(&mut document, at);
        }
        if let Inject::Late(late) = inject {
            late.write(&mut document);
        }
        if *inject == Inject::Disproof {
            document["outputs"][&**at]["verified"] = json!(false);
        }
    }
    document
}

/// The document without scripted outputs of a block.
fn unscripted(document: &mut Value, at: &str) {
    let Some(outputs) = document.get_mut("outputs").and_then(Value::as_object_mut) else {
        return;
    };
    let slug = at.rsplit('/').next().unwrap_or_default();
    if outputs.shift_remove(at).is_none() {
        outputs.shift_remove(slug);
    }
    if outputs.is_empty()
        && let Some(map) = document.as_object_mut()
    {
        map.shift_remove("outputs");
    }
}
