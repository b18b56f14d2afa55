//! A thin, safe-to-use face of the engine's C interface: what the bindings need and no more. A `Js` is made
//! only by `machine`, for a context that is alive for as long as the `Js` is in use, on its own thread.
//! Values are plain handles: what a function takes by value it owns, everything else it borrows.

use super::host::Host;
use rquickjs::qjs::{self as q, JSAtom, JSValue};
use std::ffi::{CString, c_int};

/// An exception is pending in the context; pass it on, or take it with `Js::take`.
#[derive(Debug)]
pub struct Thrown;

/// What most functions here return.
pub type Outcome<T = JSValue> = Result<T, Thrown>;

/// Readable and enumerable, but neither writable nor configurable: frozen.
pub const FROZEN: u32 = q::JS_PROP_ENUMERABLE;
/// Like a method of a class: writable and configurable, not enumerable.
pub const HIDDEN: u32 = q::JS_PROP_WRITABLE | q::JS_PROP_CONFIGURABLE;
/// `undefined`
pub const UNDEFINED: JSValue = q::JS_UNDEFINED;

/// A live context.
#[derive(Clone, Copy)]
pub struct Js(pub(super) *mut q::JSContext);

/// Turns what the engine returns into an outcome.
fn checked(value: JSValue) -> Outcome {
    // SAFETY: reads the tag of a plain value.
    if unsafe { q::JS_IsException(value) } {
        return Err(Thrown);
    }
    Ok(value)
}

fn done(code: c_int) -> Outcome<()> {
    if code < 0 { Err(Thrown) } else { Ok(()) }
}

/// `true` and `false`
pub fn boolean(truth: bool) -> JSValue {
    if truth { q::JS_TRUE } else { q::JS_FALSE }
}

/// A number, as a small integer where it is one.
pub fn number(number: f64) -> JSValue {
    q::JS_NewFloat64(number)
}

/// The kind of a value.
pub fn tag(value: JSValue) -> c_int {
    // SAFETY: reads the tag of a plain value.
    unsafe { q::JS_VALUE_GET_TAG(value) }
}

/// Whether a value is an object of any kind.
pub fn is_object(value: JSValue) -> bool {
    tag(value) == q::JS_TAG_OBJECT
}

/// Whether a value is text.
pub fn is_text(value: JSValue) -> bool {
    tag(value) == q::JS_TAG_STRING || tag(value) == q::JS_TAG_STRING_ROPE
}

/// Whether a value is `undefined`.
pub fn is_undefined(value: JSValue) -> bool {
    tag(value) == q::JS_TAG_UNDEFINED
}

/// Whether a value is `null` or `undefined`.
pub fn is_nothing(value: JSValue) -> bool {
    is_undefined(value) || tag(value) == q::JS_TAG_NULL
}

/// The address of an object, which is its identity within a run.
pub fn address(value: JSValue) -> usize {
    // SAFETY: reads the pointer of a plain value; it is only compared.
    unsafe { q::JS_VALUE_GET_PTR(value) as usize }
}

// SAFETY of every block in here: the context is alive and belongs to this thread (see the module), and
// values and atoms came from it.
impl Js {
    /// The state of the run; borrow it for moments only, never across a call into the engine.
    #[expect(
        clippy::mut_from_ref,
        reason = "the host lives beside the machine, not in it"
    )]
    pub fn host(&self) -> &mut Host {
        // SAFETY: the machine sets the opaque pointer to its host, which lives as long as it does.
        unsafe { &mut *q::JS_GetRuntimeOpaque(q::JS_GetRuntime(self.0)).cast::<Host>() }
    }

    /// An empty object.
    pub fn object(self) -> Outcome {
        // SAFETY: see above.
        checked(unsafe { q::JS_NewObject(self.0) })
    }

    /// A list of items.
    pub fn list(self, items: Vec<JSValue>) -> Outcome {
        let count = c_int::try_from(items.len()).map_err(|_| self.out_of_memory())?;
        // SAFETY: see above; the items become the list's.
        checked(unsafe { q::JS_NewArrayFrom(self.0, count, items.as_ptr()) })
    }

    /// Text.
    pub fn text(self, text: &str) -> Outcome {
        // SAFETY: see above; the text is UTF-8 of the given length.
        checked(unsafe { q::JS_NewStringLen(self.0, text.as_ptr().cast(), text.len() as _) })
    }

    /// A property name. It must be given back with `free_atom`.
    pub fn atom(self, name: &str) -> Outcome<JSAtom> {
        // SAFETY: see above.
        let atom = unsafe { q::JS_NewAtomLen(self.0, name.as_ptr().cast(), name.len() as _) };
        if atom == 0 { Err(Thrown) } else { Ok(atom) }
    }

    /// Gives a property name back.
    pub fn free_atom(self, atom: JSAtom) {
        // SAFETY: see above.
        unsafe { q::JS_FreeAtom(self.0, atom) }
    }

    /// Defines an own property with the given flags.
    pub fn define(self, object: JSValue, name: &str, value: JSValue, flags: u32) -> Outcome<()> {
        let atom = self.atom(name)?;
        let defined = self.define_atom(object, atom, value, flags);
        self.free_atom(atom);
        defined
    }

    /// Defines an own property under a name that is an atom already.
    pub fn define_atom(
        self,
        object: JSValue,
        atom: JSAtom,
        value: JSValue,
        flags: u32,
    ) -> Outcome<()> {
        // SAFETY: see above; the value becomes the object's.
        done(unsafe { q::JS_DefinePropertyValue(self.0, object, atom, value, flags as c_int) })
    }

    /// Reads a property, which may run the author's code.
    pub fn get(self, object: JSValue, name: &str) -> Outcome {
        let atom = self.atom(name)?;
        let value = self.get_atom(object, atom);
        self.free_atom(atom);
        value
    }

    /// Reads a property by its atom.
    pub fn get_atom(self, object: JSValue, atom: JSAtom) -> Outcome {
        // SAFETY: see above.
        checked(unsafe { q::JS_GetProperty(self.0, object, atom) })
    }

    /// Reads an element.
    pub fn get_index(self, object: JSValue, index: i64) -> Outcome {
        // SAFETY: see above.
        checked(unsafe { q::JS_GetPropertyInt64(self.0, object, index) })
    }

    /// The length of a list.
    pub fn length(self, object: JSValue) -> Outcome<i64> {
        let mut length = 0;
        // SAFETY: see above; `length` outlives the call.
        done(unsafe { q::JS_GetLength(self.0, object, &raw mut length) })?;
        Ok(length)
    }

    /// Removes an own property if that is possible.
    pub fn delete(self, object: JSValue, name: &str) -> Outcome<()> {
        let atom = self.atom(name)?;
        // SAFETY: see above.
        let deleted = unsafe { q::JS_DeleteProperty(self.0, object, atom, 0) };
        self.free_atom(atom);
        done(deleted)
    }

    /// Lets no property be added.
    pub fn seal(self, object: JSValue) -> Outcome<()> {
        // SAFETY: see above.
        done(unsafe { q::JS_PreventExtensions(self.0, object) })
    }

    /// Lets nothing be changed.
    pub fn freeze(self, object: JSValue) -> Outcome<()> {
        // SAFETY: see above.
        done(unsafe { q::JS_FreezeObject(self.0, object) })
    }

    /// The text of a value, which may run the author's code; a lone surrogate becomes U+FFFD.
    pub fn string(self, value: JSValue) -> Outcome<String> {
        let mut length = 0;
        // SAFETY: see above; the bytes live until `JS_FreeCString`.
        unsafe {
            let bytes = q::JS_ToCStringLen2(self.0, &raw mut length, value, false);
            if bytes.is_null() {
                return Err(Thrown);
            }
            let slice = std::slice::from_raw_parts(bytes.cast::<u8>(), length as usize);
            let text = String::from_utf8_lossy(slice).into_owned();
            q::JS_FreeCString(self.0, bytes);
            Ok(text)
        }
    }

    /// A number as JavaScript converts it.
    pub fn to_number(self, value: JSValue) -> Outcome<f64> {
        let mut number = 0.0;
        // SAFETY: see above; `number` outlives the call.
        done(unsafe { q::JS_ToFloat64(self.0, &raw mut number, value) })?;
        Ok(number)
    }

    /// Calls a function.
    pub fn call(self, function: JSValue, this: JSValue, arguments: &[JSValue]) -> Outcome {
        let (count, first) = (arguments.len() as c_int, arguments.as_ptr().cast_mut());
        // SAFETY: see above; the engine does not write to arguments of this entry.
        checked(unsafe { q::JS_Call(self.0, function, this, count, first) })
    }

    /// Calls a constructor for `target`.
    pub fn construct(self, class: JSValue, target: JSValue, arguments: &[JSValue]) -> Outcome {
        let (count, first) = (arguments.len() as c_int, arguments.as_ptr().cast_mut());
        // SAFETY: see above.
        checked(unsafe { q::JS_CallConstructor2(self.0, class, target, count, first) })
    }

    /// Whether a value can be called.
    pub fn is_function(self, value: JSValue) -> bool {
        // SAFETY: see above.
        unsafe { q::JS_IsFunction(self.0, value) }
    }

    /// One more handle of a value.
    pub fn dup(self, value: JSValue) -> JSValue {
        // SAFETY: see above.
        unsafe { q::JS_DupValue(self.0, value) }
    }

    /// Gives a handle back.
    pub fn free(self, value: JSValue) {
        // SAFETY: see above.
        unsafe { q::JS_FreeValue(self.0, value) }
    }

    /// The pending exception, no longer pending.
    pub fn take(self) -> JSValue {
        // SAFETY: see above.
        unsafe { q::JS_GetException(self.0) }
    }

    /// Makes a value the pending exception.
    pub fn throw(self, value: JSValue) -> Thrown {
        // SAFETY: see above; the value becomes the context's.
        unsafe { q::JS_Throw(self.0, value) };
        Thrown
    }

    /// Throws a `TypeError`.
    pub fn type_error(self, message: &str) -> Thrown {
        let text = CString::new(message.replace('\0', " ")).unwrap_or_default();
        // SAFETY: see above; `%s` takes one C string.
        unsafe { q::JS_ThrowTypeError(self.0, c"%s".as_ptr(), text.as_ptr()) };
        Thrown
    }

    /// Throws an `Error`.
    pub fn error(self, message: &str) -> Thrown {
        let text = CString::new(message.replace('\0', " ")).unwrap_or_default();
        // SAFETY: see above; `%s` takes one C string.
        unsafe { q::JS_ThrowPlainError(self.0, c"%s".as_ptr(), text.as_ptr()) };
        Thrown
    }

    /// Throws as the engine does when memory runs out.
    pub fn out_of_memory(self) -> Thrown {
        // SAFETY: see above.
        unsafe { q::JS_ThrowOutOfMemory(self.0) };
        Thrown
    }

    /// A promise with its two functions: fulfil and reject.
    pub fn promise(self) -> Outcome<(JSValue, JSValue, JSValue)> {
        let mut settle = [UNDEFINED; 2];
        // SAFETY: see above; the engine writes two functions.
        let promise = checked(unsafe { q::JS_NewPromiseCapability(self.0, settle.as_mut_ptr()) })?;
        Ok((promise, settle[0], settle[1]))
    }

    /// A promise that is settled already.
    pub fn settled(self, outcome: Outcome) -> Outcome {
        let (rejected, value) = match outcome {
            Ok(value) => (false, value),
            Err(Thrown) => (true, self.take()),
        };
        // SAFETY: see above.
        let promise = checked(unsafe { q::JS_NewSettledPromise(self.0, rejected, value) });
        self.free(value);
        promise
    }
}
