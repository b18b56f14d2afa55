//! From JavaScript to bytecode, which never leaves the process.

use super::js::Thrown;
use super::machine::Machine;
use super::{failure, host::Host, js::Js};
use rquickjs::qjs::{self as q};
use std::ffi::CString;

/// What the engine says about text that is no module.
pub struct SyntaxError {
    /// In the engine's words.
    pub message: String,
    /// Line and column in bytes, both 1-based.
    pub at: Option<(usize, usize)>,
}

/// Memory and stack for compiling; both are far more than an honest action needs.
const HEAP_BYTES: usize = 256 << 20;
const STACK_BYTES: usize = 512 << 10;

/// Compiles the text of a module. `name` is what stacks will call it.
pub fn compile(name: &str, source: &str) -> Result<Vec<u8>, SyntaxError> {
    let Some(machine) = Machine::take() else {
        return Err(SyntaxError {
            message: "out of memory".to_owned(),
            at: None,
        });
    };
    machine.restore(HEAP_BYTES, STACK_BYTES);
    machine.enter();
    let js = machine.js();
    let compiled = bytecode(js, name, source).map_err(|Thrown| error(js, name));
    Host::leave(js.host());
    machine.give_back();
    compiled
}

fn bytecode(js: Js, name: &str, source: &str) -> Result<Vec<u8>, Thrown> {
    let name = CString::new(name.replace('\0', " ")).unwrap_or_default();
    let text = [source.as_bytes(), &[0]].concat();
    let flags = (q::JS_EVAL_TYPE_MODULE | q::JS_EVAL_FLAG_COMPILE_ONLY) as i32;
    let write = (q::JS_WRITE_OBJ_BYTECODE | q::JS_WRITE_OBJ_STRIP_SOURCE) as i32;
    // SAFETY: the context is alive; the text ends with a NUL that its length leaves out; the bytes are
    // copied before they are freed.
    unsafe {
        let length = source.len() as _;
        let module = q::JS_Eval(js.0, text.as_ptr().cast(), length, name.as_ptr(), flags);
        if q::JS_IsException(module) {
            return Err(Thrown);
        }
        let mut size = 0;
        let bytes = q::JS_WriteObject(js.0, &raw mut size, module, write);
        if bytes.is_null() {
            return Err(Thrown);
        }
        let copy = std::slice::from_raw_parts(bytes, size as usize).to_vec();
        q::js_free(js.0, bytes.cast());
        Ok(copy)
    }
}

fn error(js: Js, name: &str) -> SyntaxError {
    let thrown = js.take();
    let stack = js.get(thrown, "stack").and_then(|stack| js.string(stack));
    let at = stack.ok().and_then(|stack| {
        let frame = stack.lines().find(|line| line.contains(name))?;
        crate::action::script::frame_place(frame, name)
    });
    let message = failure::describe(js, thrown);
    let message = message.strip_prefix("SyntaxError: ").unwrap_or(&message);
    SyntaxError {
        message: message.to_owned(),
        at,
    }
}
