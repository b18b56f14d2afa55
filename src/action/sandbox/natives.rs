//! Functions of the machine that are written in Rust: one entry for all of them, and the table that says
//! which is which. They never panic, and hold no borrow of the host across a call into the engine.

use super::js::{Js, Outcome, Thrown, UNDEFINED};
use super::{api, fetch, response, web};
use rquickjs::qjs::{self as q, JSContext, JSValue};
use std::ffi::{CStr, c_int};

/// What a function was called with.
pub struct Call<'a> {
    /// `this`; in a constructor, `new.target`.
    pub this: JSValue,
    arguments: &'a [JSValue],
    /// The number that the function was made with.
    pub data: i32,
}

impl Call<'_> {
    /// An argument, `undefined` when it was not given.
    pub fn argument(&self, index: usize) -> JSValue {
        self.arguments.get(index).copied().unwrap_or(UNDEFINED)
    }

    /// All arguments that were given.
    pub fn arguments(&self) -> &[JSValue] {
        self.arguments
    }
}

/// One function: its name, how many arguments it names, and what it does.
pub struct Native {
    pub name: &'static CStr,
    pub length: i32,
    pub run: fn(Js, &Call) -> Outcome,
}

const fn native(name: &'static CStr, length: i32, run: fn(Js, &Call) -> Outcome) -> Native {
    Native { name, length, run }
}

/// Every function; its place here is its number.
pub static NATIVES: [Native; 29] = [
    native(c"deny", 1, api::deny),
    native(c"set", 2, api::set_state),
    native(c"log", 2, api::log),
    native(c"setAppMetadata", 1, api::set_app_metadata),
    native(c"setCustomClaim", 2, api::set_custom_claim),
    native(c"get", 1, api::secret),
    native(c"fetch", 1, fetch::fetch),
    native(c"text", 0, response::text),
    native(c"json", 0, response::json),
    native(c"Date", 7, web::date),
    native(c"now", 0, web::now),
    native(c"random", 0, web::random),
    native(c"randomUUID", 0, web::random_uuid),
    native(c"getRandomValues", 1, web::random_values),
    native(c"setTimeout", 1, web::set_timeout),
    native(c"clearTimeout", 1, web::clear_timeout),
    native(c"log", 0, web::console_info),
    native(c"info", 0, web::console_info),
    native(c"debug", 0, web::console_debug),
    native(c"trace", 0, web::console_debug),
    native(c"warn", 0, web::console_warn),
    native(c"error", 0, web::console_error),
    native(c"get", 1, response::header),
    native(c"has", 1, response::has_header),
    native(c"entries", 0, response::header_entries),
    native(c"keys", 0, response::header_keys),
    native(c"values", 0, response::header_values),
    native(c"forEach", 1, response::for_each_header),
    native(c"[Symbol.iterator]", 0, response::header_entries),
];

/// The function of the table that does `run`, as a value.
pub fn function(js: Js, run: fn(Js, &Call) -> Outcome, name: &CStr, kind: Kind) -> Outcome {
    let found = NATIVES
        .iter()
        .position(|native| native.name == name && std::ptr::fn_addr_eq(native.run, run));
    let Some(magic) = found else {
        return Err(js.error("a binding is missing from its table"));
    };
    let native = &NATIVES[magic];
    let kind = match kind {
        Kind::Plain => q::JSCFunctionEnum_JS_CFUNC_generic_magic,
        Kind::Constructor => q::JSCFunctionEnum_JS_CFUNC_constructor_or_func_magic,
    };
    // SAFETY: for a kind with a number the engine calls the entry with that number as one more argument,
    // so the entry has the type that the engine casts it back to.
    let value = unsafe {
        let entry = std::mem::transmute::<Entry, Plain>(entry);
        q::JS_NewCFunction2(
            js.0,
            Some(entry),
            native.name.as_ptr(),
            native.length,
            kind,
            magic as c_int,
        )
    };
    // SAFETY: reads the tag of a plain value.
    if unsafe { q::JS_IsException(value) } {
        return Err(Thrown);
    }
    Ok(value)
}

/// How a function may be called.
#[derive(Clone, Copy)]
pub enum Kind {
    /// As a function.
    Plain,
    /// As a function and with `new`.
    Constructor,
}

/// The function of the table that does `run`, made with a number.
pub fn bound(js: Js, run: fn(Js, &Call) -> Outcome, data: i32) -> Outcome {
    let found = NATIVES
        .iter()
        .position(|native| std::ptr::fn_addr_eq(native.run, run));
    let Some(magic) = found else {
        return Err(js.error("a binding is missing from its table"));
    };
    let mut values = [q::JS_MKVAL(q::JS_TAG_INT, data)];
    let (length, magic) = (NATIVES[magic].length, magic as c_int);
    // SAFETY: the engine copies the one value.
    let value = unsafe {
        q::JS_NewCFunctionData(
            js.0,
            Some(bound_entry),
            length,
            magic,
            1,
            values.as_mut_ptr(),
        )
    };
    // SAFETY: reads the tag of a plain value.
    if unsafe { q::JS_IsException(value) } {
        return Err(Thrown);
    }
    Ok(value)
}

type Plain = unsafe extern "C" fn(*mut JSContext, JSValue, c_int, *mut JSValue) -> JSValue;
type Entry = unsafe extern "C" fn(*mut JSContext, JSValue, c_int, *mut JSValue, c_int) -> JSValue;

unsafe extern "C" fn entry(
    context: *mut JSContext,
    this: JSValue,
    count: c_int,
    first: *mut JSValue,
    magic: c_int,
) -> JSValue {
    // SAFETY: the engine passes `count` arguments.
    unsafe { run(context, this, count, first, magic, 0) }
}

unsafe extern "C" fn bound_entry(
    context: *mut JSContext,
    this: JSValue,
    count: c_int,
    first: *mut JSValue,
    magic: c_int,
    data: *mut JSValue,
) -> JSValue {
    // SAFETY: the engine passes `count` arguments and the one number that `bound` gave it.
    unsafe {
        run(
            context,
            this,
            count,
            first,
            magic,
            q::JS_VALUE_GET_INT(*data),
        )
    }
}

unsafe fn run(
    context: *mut JSContext,
    this: JSValue,
    count: c_int,
    first: *mut JSValue,
    magic: c_int,
    data: i32,
) -> JSValue {
    let count = usize::try_from(count).unwrap_or(0);
    let arguments = if count == 0 || first.is_null() {
        &[]
    } else {
        // SAFETY: the engine keeps the arguments alive during the call.
        unsafe { std::slice::from_raw_parts(first, count) }
    };
    let call = Call {
        this,
        arguments,
        data,
    };
    let native = usize::try_from(magic).ok().and_then(|at| NATIVES.get(at));
    match native.map(|native| (native.run)(Js(context), &call)) {
        Some(Ok(value)) => value,
        Some(Err(Thrown)) | None => q::JS_EXCEPTION,
    }
}
