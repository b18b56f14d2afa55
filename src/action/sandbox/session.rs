//! One run of one action (ACT-10): the module body, then `execute`, then whatever wakes it. The caller owns
//! time and calls; a session only says what happened in each turn. After it has settled it is dead.

use super::convert::into_js;
use super::failure;
use super::fetch;
use super::js::{FROZEN, Js, Outcome, Thrown, UNDEFINED, is_object};
use super::machine::Machine;
use crate::action::script::Script;
use crate::action::turn::{
    Failure, FailureKind, FetchError, Input, Level, Response, Turn, TurnState,
};
use rquickjs::qjs::{self as q, JSValue};
use std::sync::Arc;

/// One run of one action. Same inputs, same turns.
pub struct Session {
    machine: Option<Machine>,
    phase: Phase,
}

/// What the run waits for.
enum Phase {
    /// The module body; then `execute` of the namespace is called.
    Module {
        module: *mut q::JSModuleDef,
        promise: JSValue,
        arguments: [JSValue; 3],
    },
    /// The promise of `execute`.
    Execute { promise: JSValue },
    /// Nothing: it has ended, with this.
    Over { state: TurnState, polls: u64 },
}

impl Session {
    /// Starts a run and goes on until it is quiet.
    pub fn start(script: &Arc<Script>, input: Input) -> (Session, Turn) {
        let mut session = Session {
            machine: None,
            phase: Phase::Over {
                state: TurnState::Stuck,
                polls: 0,
            },
        };
        let Some(machine) = Machine::take() else {
            let turn = session.end(TurnState::Failed(Failure {
                kind: FailureKind::Memory,
                message: "the system has no memory for the action".to_owned(),
                at: None,
            }));
            return (session, turn);
        };
        machine.restore(input.limits.heap_bytes, input.limits.stack_bytes);
        machine.js().host().begin(script, &input);
        machine.enter();
        let began = begin(machine.js(), script, &input);
        session.machine = Some(machine);
        let turn = session.after(began.map(Some));
        (session, turn)
    }

    /// Settles one call of `api.fetch` and goes on until it is quiet.
    pub fn fetched(&mut self, id: u32, outcome: Result<Response, FetchError>, now_ms: i64) -> Turn {
        self.resume(now_ms, |js| {
            fetch::settle(js, id, outcome).unwrap_or(Ok(()))
        })
    }

    /// Fires one timer and goes on until it is quiet.
    pub fn woke(&mut self, timer: u32, now_ms: i64) -> Turn {
        self.resume(now_ms, |js| fire(js, timer))
    }

    fn resume(&mut self, now_ms: i64, wake: impl FnOnce(Js) -> Outcome<()>) -> Turn {
        let Some(machine) = &self.machine else {
            return self.again();
        };
        machine.js().host().now_ms = now_ms;
        machine.enter();
        let woken = wake(machine.js());
        self.after(woken.map(|()| None))
    }

    /// Takes what a step left behind, goes on until the run is quiet, and closes the turn.
    fn after(&mut self, step: Outcome<Option<Phase>>) -> Turn {
        let Some(machine) = &self.machine else {
            return self.again();
        };
        let js = machine.js();
        let ended = match step {
            Ok(Some(phase)) => {
                self.phase = phase;
                None
            }
            Ok(None) => None,
            Err(Thrown) => Some(TurnState::Failed(uncaught(js))),
        };
        let state = ended.unwrap_or_else(|| self.run(js));
        self.close(state)
    }

    /// Runs jobs until the action has ended or nothing is left to do.
    fn run(&mut self, js: Js) -> TurnState {
        let Some(machine) = &self.machine else {
            return TurnState::Stuck;
        };
        loop {
            if let Some(failure) = failure::stopped(js) {
                return TurnState::Failed(failure);
            }
            match advance(js, &self.phase) {
                Ok(Next::Wait) => {}
                Ok(Next::Phase(phase)) => {
                    self.phase = phase;
                    continue;
                }
                Ok(Next::Settled) => return TurnState::Settled,
                Err(Thrown) => return TurnState::Failed(uncaught(js)),
            }
            match machine.job() {
                Ok(true) => {}
                Ok(false) => return quiet(js),
                Err(Thrown) => {
                    if let Some(failure) = stray(js) {
                        return TurnState::Failed(failure);
                    }
                }
            }
        }
    }

    /// Hands out what happened; at an end, rejections that nobody handled are lines of log (ACT-10).
    fn close(&mut self, state: TurnState) -> Turn {
        let Some(machine) = &self.machine else {
            return self.again();
        };
        let js = machine.js();
        if state == TurnState::Waiting {
            return turn(js, state);
        }
        if failure::stopped(js).is_none() {
            self.log_rejections(js);
        }
        let turn = turn(js, state);
        self.phase = Phase::Over {
            state: turn.state.clone(),
            polls: turn.polls,
        };
        if let Some(machine) = self.machine.take() {
            machine.give_back();
        }
        turn
    }

    fn log_rejections(&self, js: Js) {
        let own = match &self.phase {
            Phase::Module { promise, .. } | Phase::Execute { promise } => {
                super::js::address(*promise)
            }
            Phase::Over { .. } => 0,
        };
        let (polls, stop) = (js.host().polls, js.host().stop);
        for (promise, reason) in std::mem::take(&mut js.host().rejections) {
            if super::js::address(promise) == own {
                continue;
            }
            let message = format!("unhandled rejection: {}", failure::describe(js, reason));
            js.host().log(Level::Warn, &message, None);
        }
        // The action has ended: what reading a reason cost is not its own.
        (js.host().polls, js.host().stop) = (polls, stop);
    }

    fn end(&mut self, state: TurnState) -> Turn {
        self.phase = Phase::Over { state, polls: 0 };
        self.again()
    }

    /// The turn of a dead session: nothing happened, and it stands where it ended.
    fn again(&self) -> Turn {
        let (state, polls) = match &self.phase {
            Phase::Over { state, polls } => (state.clone(), *polls),
            Phase::Module { .. } | Phase::Execute { .. } => (TurnState::Stuck, 0),
        };
        Turn {
            effects: Vec::new(),
            logs_dropped: 0,
            polls,
            state,
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(machine) = self.machine.take() {
            machine.give_back();
        }
    }
}

/// Puts the input in place and starts the module body.
fn begin(js: Js, script: &Script, input: &Input) -> Outcome<Phase> {
    let Some(fixed) = js.host().fixed else {
        return Err(js.error("the machine is not furnished"));
    };
    let context = js.object()?;
    for (name, value) in [
        ("step", &input.step),
        ("custom", &input.custom),
        ("session", &input.session),
    ] {
        let value = into_js(js, value, 0)?;
        js.define(context, name, js.dup(value), FROZEN)?;
        js.define(fixed.global, name, value, FROZEN)?;
    }
    js.seal(context)?;
    js.define(fixed.api, "config", into_js(js, &input.config, 0)?, FROZEN)?;
    js.seal(fixed.api)?;
    let event = into_js(js, &input.event, 0)?;
    let bytes = script.bytecode();
    // SAFETY: the context is alive, and the bytes are what `compile` wrote in this process.
    unsafe {
        let flags = q::JS_READ_OBJ_BYTECODE as i32;
        let module = q::JS_ReadObject(js.0, bytes.as_ptr(), bytes.len() as _, flags);
        if q::JS_IsException(module) || q::JS_ResolveModule(js.0, module) < 0 {
            return Err(Thrown);
        }
        let definition = q::JS_VALUE_GET_PTR(module).cast();
        let promise = q::JS_EvalFunction(js.0, module);
        if q::JS_IsException(promise) {
            return Err(Thrown);
        }
        Ok(Phase::Module {
            module: definition,
            promise,
            arguments: [event, fixed.api, context],
        })
    }
}

/// What a look at the awaited promise says.
enum Next {
    Wait,
    Phase(Phase),
    Settled,
}

fn advance(js: Js, phase: &Phase) -> Outcome<Next> {
    let promise = match phase {
        Phase::Module { promise, .. } | Phase::Execute { promise } => *promise,
        Phase::Over { .. } => return Ok(Next::Settled),
    };
    // SAFETY: the context is alive and the value is a promise of it.
    match unsafe { q::JS_PromiseState(js.0, promise) } {
        q::JSPromiseStateEnum_JS_PROMISE_PENDING => return Ok(Next::Wait),
        q::JSPromiseStateEnum_JS_PROMISE_REJECTED => {
            // SAFETY: as above.
            return Err(js.throw(unsafe { q::JS_PromiseResult(js.0, promise) }));
        }
        _ => {}
    }
    match phase {
        Phase::Module {
            module, arguments, ..
        } => execute(js, *module, arguments),
        Phase::Execute { .. } | Phase::Over { .. } => Ok(Next::Settled),
    }
}

/// Calls `execute(event, api, context)`.
fn execute(js: Js, module: *mut q::JSModuleDef, arguments: &[JSValue; 3]) -> Outcome<Next> {
    // SAFETY: the context is alive, and its list of modules keeps this one.
    let namespace = unsafe { q::JS_GetModuleNamespace(js.0, module) };
    let execute = js.get(namespace, "execute")?;
    if !js.is_function(execute) {
        return Err(js.type_error("`execute` is not a function"));
    }
    let returned = js.call(execute, UNDEFINED, arguments)?;
    if !is_object(returned) {
        return Ok(Next::Settled);
    }
    // SAFETY: reads the class of a plain value.
    if unsafe { q::JS_IsPromise(returned) } {
        return Ok(Next::Phase(Phase::Execute { promise: returned }));
    }
    // Anything with `then` is awaited as `await` would.
    let (promise, fulfil, _) = js.promise()?;
    js.call(fulfil, UNDEFINED, &[returned])?;
    Ok(Next::Phase(Phase::Execute { promise }))
}

fn fire(js: Js, timer: u32) -> Outcome<()> {
    let Some(kept) = js.host().timers.remove(&timer) else {
        return Ok(());
    };
    let Some((function, arguments)) = kept.split_first() else {
        return Ok(());
    };
    if let Err(Thrown) = js.call(*function, UNDEFINED, arguments)
        && stray(js).is_some()
    {
        return Err(Thrown);
    }
    Ok(())
}

/// An exception that no promise carries (a timer, a microtask): logged, unless the run was stopped.
fn stray(js: Js) -> Option<Failure> {
    let thrown = js.take();
    if let Some(failure) = failure::interrupted(js, thrown) {
        return Some(failure);
    }
    js.host().rejections.push((UNDEFINED, thrown));
    None
}

/// The pending exception ends the run.
fn uncaught(js: Js) -> Failure {
    let thrown = js.take();
    if let Some(failure) = failure::interrupted(js, thrown) {
        return failure;
    }
    let failure = failure::thrown(js, thrown);
    // Reading the message may have run the author's code.
    failure::stopped(js).unwrap_or(failure)
}

/// Nothing is left to do now: either something pending can wake the run, or it hangs (ERR-4).
fn quiet(js: Js) -> TurnState {
    let host = js.host();
    if host.fetches.is_empty() && host.timers.is_empty() {
        return TurnState::Stuck;
    }
    TurnState::Waiting
}

fn turn(js: Js, state: TurnState) -> Turn {
    let host = js.host();
    host.leave();
    Turn {
        effects: std::mem::take(&mut host.effects),
        logs_dropped: std::mem::take(&mut host.logs_dropped),
        polls: host.polls,
        state,
    }
}
