//! One JavaScript machine: a runtime and a context with everything that an action may see, built once,
//! photographed, and put back for each run. A thread keeps its machines for the next run.

use super::heap::{FUNCTIONS, Heap};
use super::host::{Fixed, Host};
use super::js::Js;
use super::{api, web};
use rquickjs::qjs::{self as q, JSContext, JSRuntime, JSValue};
use std::cell::RefCell;
use std::ffi::{c_int, c_void};

/// How many idle machines a thread keeps.
const KEPT: usize = 8;

thread_local! {
    static IDLE: RefCell<Vec<Machine>> = const { RefCell::new(Vec::new()) };
}

/// See the module. It never leaves its thread: the pointers see to that.
pub struct Machine {
    heap: *mut Heap,
    host: *mut Host,
    runtime: *mut JSRuntime,
    context: *mut JSContext,
}

impl Machine {
    /// An idle machine of this thread, or a new one; None when the system has no memory.
    pub fn take() -> Option<Machine> {
        let idle = IDLE.try_with(|idle| idle.try_borrow_mut().ok()?.pop());
        idle.ok().flatten().or_else(Machine::build)
    }

    /// Gives the machine back to its thread. What happened in it is forgotten.
    pub fn give_back(self) {
        // SAFETY: nothing of the run is used any more; the next one begins with a restore.
        unsafe {
            (*self.heap).release_large();
            (*self.host).clear();
        }
        // A thread that is ending keeps nothing.
        let _ = IDLE.try_with(|idle| {
            if let Ok(mut idle) = idle.try_borrow_mut()
                && idle.len() < KEPT
            {
                idle.push(self);
            }
        });
    }

    /// The machine as it was built, with room for a run.
    pub fn restore(&self, heap_bytes: usize, stack_bytes: usize) {
        // SAFETY: the engine is not running, so nothing points into what is overwritten.
        unsafe {
            (*self.heap).restore(heap_bytes);
            q::JS_SetMaxStackSize(self.runtime, stack_bytes as _);
        }
    }

    /// The context, for use until the machine goes.
    pub fn js(&self) -> Js {
        Js(self.context)
    }

    /// Measures the stack from here; call it at the start of each turn.
    pub fn enter(&self) {
        // SAFETY: the runtime is alive.
        unsafe { q::JS_UpdateStackTop(self.runtime) }
        self.js().host().enter();
    }

    /// Runs one pending job: true, or false when there is none. An exception is left pending.
    pub fn job(&self) -> Result<bool, super::js::Thrown> {
        let mut context = std::ptr::null_mut();
        // SAFETY: the runtime is alive; the engine writes the context of the job.
        match unsafe { q::JS_ExecutePendingJob(self.runtime, &raw mut context) } {
            0 => Ok(false),
            1.. => Ok(true),
            _ => Err(super::js::Thrown),
        }
    }

    fn build() -> Option<Machine> {
        let heap = Box::into_raw(Heap::new()?);
        // SAFETY: the heap outlives the runtime, whose memory lies in it.
        let runtime = unsafe { q::JS_NewRuntime2(&raw const FUNCTIONS, heap.cast()) };
        let host = Box::into_raw(Box::new(Host::new(heap)));
        let mut machine = Machine {
            heap,
            host,
            runtime,
            context: std::ptr::null_mut(),
        };
        if runtime.is_null() {
            return None;
        }
        // SAFETY: the runtime is alive and the host outlives it.
        unsafe {
            q::JS_SetRuntimeOpaque(runtime, host.cast());
            q::JS_SetHostPromiseRejectionTracker(runtime, Some(rejection), host.cast());
            machine.context = q::JS_NewContextRaw(runtime);
        }
        machine.furnish()?;
        // SAFETY: the engine is not running.
        unsafe { (*heap).photograph() }.then_some(machine)
    }

    /// Everything an action sees but its input, then a full interrupt counter.
    fn furnish(&self) -> Option<()> {
        if self.context.is_null() || !self.intrinsics() {
            return None;
        }
        let js = self.js();
        // SAFETY: the context is alive.
        let global = unsafe { q::JS_GetGlobalObject(self.context) };
        let date = web::install(js, global).ok()?;
        let api = api::install(js).ok()?;
        let symbol = js.get(global, "Symbol").ok()?;
        let iterator = js.get(symbol, "iterator").ok()?;
        // SAFETY: the context is alive.
        let iterator = unsafe { q::JS_ValueToAtom(self.context, iterator) };
        self.js().host().fixed = Some(Fixed {
            date,
            iterator,
            global,
            api,
        });
        self.fill_counter();
        // SAFETY: the runtime is alive and not running.
        unsafe {
            q::JS_RunGC(self.runtime);
            q::JS_SetInterruptHandler(self.runtime, Some(poll), self.host.cast());
        }
        Some(())
    }

    /// All but `WeakRef`, `FinalizationRegistry` and `performance` (ACT-7).
    fn intrinsics(&self) -> bool {
        let context = self.context;
        // SAFETY: the context is alive and new.
        unsafe {
            q::JS_AddIntrinsicRegExpCompiler(context);
            q::JS_AddIntrinsicBaseObjects(context) == 0
                && q::JS_AddIntrinsicDate(context) == 0
                && q::JS_AddIntrinsicEval(context) == 0
                && q::JS_AddIntrinsicRegExp(context) == 0
                && q::JS_AddIntrinsicJSON(context) == 0
                && q::JS_AddIntrinsicProxy(context) == 0
                && q::JS_AddIntrinsicMapSet(context) == 0
                && q::JS_AddIntrinsicTypedArrays(context) == 0
                && q::JS_AddIntrinsicPromise(context) == 0
                && q::JS_AddIntrinsicAToB(context) == 0
        }
    }

    /// The counter is full at the very moment of a poll: loop to the first one and stop there, so that
    /// counting starts at zero for each run (DET-3).
    fn fill_counter(&self) {
        let source = c"for(;;);";
        let flags = q::JS_EVAL_TYPE_GLOBAL as c_int;
        // SAFETY: the context is alive; the source ends with a NUL.
        unsafe {
            q::JS_SetInterruptHandler(self.runtime, Some(stop), std::ptr::null_mut());
            let (text, name) = (source.as_ptr(), c"counter".as_ptr());
            let value = q::JS_Eval(self.context, text, source.count_bytes() as _, name, flags);
            q::JS_FreeValue(self.context, value);
            q::JS_FreeValue(self.context, q::JS_GetException(self.context));
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: both came from `Box::into_raw`. The runtime is not freed but forgotten together with the
        // memory that it lies in: freeing it after an out-of-memory stop can abort the process.
        unsafe {
            drop(Box::from_raw(self.host));
            drop(Box::from_raw(self.heap));
        }
    }
}

unsafe extern "C" fn stop(_: *mut JSRuntime, _: *mut c_void) -> c_int {
    1
}

unsafe extern "C" fn poll(_: *mut JSRuntime, host: *mut c_void) -> c_int {
    // SAFETY: the opaque pointer is the host, and nothing borrows it while the engine runs.
    c_int::from(unsafe { (*host.cast::<Host>()).poll() })
}

/// Keeps the list of rejections that nobody handles (ACT-10).
unsafe extern "C" fn rejection(
    context: *mut JSContext,
    promise: JSValue,
    reason: JSValue,
    handled: bool,
    host: *mut c_void,
) {
    let js = Js(context);
    // SAFETY: as in `poll`.
    let rejections = unsafe { &mut (*host.cast::<Host>()).rejections };
    if !handled {
        rejections.push((js.dup(promise), js.dup(reason)));
        return;
    }
    let address = super::js::address(promise);
    let known = rejections
        .iter()
        .rposition(|(known, _)| super::js::address(*known) == address);
    if let Some((promise, reason)) = known.map(|at| rejections.remove(at)) {
        js.free(promise);
        js.free(reason);
    }
}
