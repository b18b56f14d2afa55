//! Values across the border. Into the machine: frozen objects (ACT-4). Out of it: strictly, for what must be
//! JSON (ST-3), or leniently, for what only a reader sees. What comes out counts against the heap.

use super::js::{self, FROZEN, Js, Outcome, Thrown};
use crate::value::{Map, Text, Value};
use rquickjs::qjs::{self as q, JSValue};

/// Nesting beyond this is refused; it is as deep as JSON text may be.
const DEPTH: usize = 128;
/// What a value costs of the heap besides its text.
const VALUE_BYTES: usize = 48;
/// 2^53: whole numbers up to here are integers (ACT-9).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What happens to a value that is not JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A `TypeError` that says where it is.
    Strict,
    /// Text that says what it was.
    Lenient,
}

/// Builds a frozen value in the machine.
pub fn into_js(js: Js, value: &Value, depth: usize) -> Outcome {
    match value {
        Value::Null => Ok(q::JS_NULL),
        Value::Bool(truth) => Ok(js::boolean(*truth)),
        Value::Int(whole) => Ok(js::number(*whole as f64)),
        Value::Float(decimal) => Ok(js::number(*decimal)),
        Value::Text(text) => js.text(text),
        Value::List(_) | Value::Map(_) if depth > DEPTH * 2 => {
            Err(js.error("the input of the action is nested too deeply"))
        }
        Value::List(items) => {
            let mut list = Vec::with_capacity(items.len());
            for item in items.iter() {
                list.push(into_js(js, item, depth + 1)?);
            }
            let list = js.list(list)?;
            js.freeze(list)?;
            Ok(list)
        }
        Value::Map(map) => {
            let object = js.object()?;
            for (key, value) in map.iter() {
                let value = into_js(js, value, depth + 1)?;
                js.define(object, key, value, FROZEN)?;
            }
            js.seal(object)?;
            Ok(object)
        }
    }
}

/// Reads a value out of the machine. `what` names it in messages.
pub fn out_of_js(js: Js, value: JSValue, mode: Mode, what: &str) -> Outcome<Value> {
    let mut walk = Walk {
        js,
        mode,
        what,
        path: Vec::new(),
        above: Vec::new(),
    };
    walk.value(value)
}

enum Step {
    Key(Text),
    Index(i64),
}

struct Walk<'a> {
    js: Js,
    mode: Mode,
    what: &'a str,
    path: Vec<Step>,
    /// The objects that hold the present one, by identity.
    above: Vec<usize>,
}

impl Walk<'_> {
    fn value(&mut self, value: JSValue) -> Outcome<Value> {
        self.charge(VALUE_BYTES)?;
        match js::tag(value) {
            q::JS_TAG_NULL => Ok(Value::Null),
            q::JS_TAG_BOOL => Ok(Value::Bool(value_bool(value))),
            q::JS_TAG_INT | q::JS_TAG_FLOAT64 => {
                let number = self.js.to_number(value)?;
                self.number(number)
            }
            q::JS_TAG_STRING | q::JS_TAG_STRING_ROPE => {
                let text = self.js.string(value)?;
                self.charge(text.len())?;
                Ok(Value::from(Text::from(text)))
            }
            q::JS_TAG_OBJECT => self.object(value),
            q::JS_TAG_UNDEFINED => match self.mode {
                Mode::Strict => Err(self.refuse("undefined", "write null or leave it out")),
                Mode::Lenient => Ok(Value::Null),
            },
            q::JS_TAG_BIG_INT | q::JS_TAG_SHORT_BIG_INT => match self.mode {
                Mode::Strict => Err(self.refuse("a BigInt", "use Number(…) or String(…)")),
                Mode::Lenient => self.js.string(value).map(|text| Value::text(text + "n")),
            },
            _ => match self.mode {
                Mode::Strict => Err(self.refuse("a symbol", "use text")),
                Mode::Lenient => Ok(Value::text("[symbol]")),
            },
        }
    }

    fn number(&self, number: f64) -> Outcome<Value> {
        if number.fract() == 0.0 && number.abs() <= EXACT {
            return Ok(Value::Int(number as i64));
        }
        if number.is_finite() {
            return Ok(Value::Float(number));
        }
        match self.mode {
            Mode::Strict => Err(self.refuse("NaN or Infinity", "use null or a number")),
            Mode::Lenient => Ok(Value::text(if number.is_nan() {
                "NaN"
            } else if number > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            })),
        }
    }

    fn object(&mut self, object: JSValue) -> Outcome<Value> {
        if let Some((kind, fix)) = self.not_json(object) {
            return match self.mode {
                Mode::Strict => Err(self.refuse(kind, fix)),
                Mode::Lenient => self.describe(object, kind),
            };
        }
        let identity = js::address(object);
        let cycle = self.above.contains(&identity);
        if cycle || self.above.len() >= DEPTH {
            let kind = if cycle {
                "a cycle"
            } else {
                "nested too deeply"
            };
            return match self.mode {
                Mode::Strict => Err(self.refuse(kind, "pass only the part that is needed")),
                Mode::Lenient => Ok(Value::text(if cycle { "[cycle]" } else { "[…]" })),
            };
        }
        self.above.push(identity);
        // SAFETY: reads the class of a plain value.
        let read = if unsafe { q::JS_IsArray(object) } {
            self.items(object)
        } else {
            self.entries(object)
        };
        self.above.pop();
        read
    }

    fn items(&mut self, list: JSValue) -> Outcome<Value> {
        let mut items = Vec::new();
        for index in 0..self.js.length(list)? {
            self.path.push(Step::Index(index));
            let item = self.js.get_index(list, index)?;
            let read = self.value(item);
            self.js.free(item);
            items.push(read?);
            self.path.pop();
        }
        Ok(Value::list(items))
    }

    fn entries(&mut self, object: JSValue) -> Outcome<Value> {
        let mut map = Map::new();
        for (key, value) in entries(self.js, object)? {
            self.charge(key.len())?;
            let key = Text::from(key);
            self.path.push(Step::Key(key.clone()));
            let read = self.value(value);
            self.js.free(value);
            map.insert(key, read?);
            self.path.pop();
        }
        Ok(Value::map(map))
    }

    /// What an object is when it is not plain data, and what to do instead.
    fn not_json(&self, object: JSValue) -> Option<(&'static str, &'static str)> {
        if self.js.is_function(object) {
            return Some(("a function", "pass what it returns"));
        }
        // SAFETY: these read the class of a plain value.
        unsafe {
            Some(match object {
                _ if q::JS_IsDate(object) => ("a Date", "use toISOString() or getTime()"),
                _ if q::JS_IsPromise(object) => ("a promise", "await it"),
                _ if q::JS_IsMap(object) => ("a Map", "use Object.fromEntries(…)"),
                _ if q::JS_IsSet(object) => ("a Set", "use Array.from(…)"),
                _ if q::JS_IsRegExp(object) => ("a RegExp", "use its source"),
                _ if q::JS_IsError(object) => ("an Error", "use its message"),
                _ if q::JS_GetTypedArrayType(object) >= 0 || q::JS_IsArrayBuffer(object) => {
                    ("binary data", "use Array.from(…)")
                }
                _ => return None,
            })
        }
    }

    fn describe(&self, object: JSValue, kind: &str) -> Outcome<Value> {
        // SAFETY: these read the class of a plain value.
        let plain = unsafe { q::JS_IsError(object) || q::JS_IsRegExp(object) };
        // SAFETY: as above.
        let text = if unsafe { q::JS_IsDate(object) } {
            let method = self.js.get(object, "toJSON")?;
            let text = self.js.call(method, object, &[])?;
            self.js.string(text)?
        } else if plain {
            self.js.string(object)?
        } else {
            let kind = kind.split_once(' ').map_or(kind, |(_, kind)| kind);
            format!("[{kind}]")
        };
        Ok(Value::from(Text::from(text)))
    }

    fn charge(&self, bytes: usize) -> Outcome<()> {
        if self.js.host().charge(bytes) {
            return Ok(());
        }
        Err(self.js.out_of_memory())
    }

    fn refuse(&self, kind: &str, fix: &str) -> Thrown {
        let mut place = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) if place.is_empty() => place.push_str(key),
                Step::Key(key) => place.extend([".", key]),
                Step::Index(index) => place.push_str(&format!("[{index}]")),
            }
        }
        let place = if place.is_empty() {
            "it".to_owned()
        } else {
            format!("`{place}`")
        };
        self.js.type_error(&format!(
            "{} takes JSON only, but {place} is {kind}; {fix}",
            self.what
        ))
    }
}

fn value_bool(value: JSValue) -> bool {
    // SAFETY: the tag says that this is a truth value.
    unsafe { q::JS_VALUE_GET_BOOL(value) }
}

/// The enumerable own properties of an object whose names are text. The values must be freed.
pub fn entries(js: Js, object: JSValue) -> Outcome<Vec<(String, JSValue)>> {
    let mut found = Vec::new();
    for atom in names(js, object)? {
        // SAFETY: the atom is alive until it is freed below.
        let name = unsafe { q::JS_AtomToValue(js.0, atom) };
        let entry = js.string(name).and_then(|name| {
            let value = js.get_atom(object, atom)?;
            Ok((name, value))
        });
        js.free(name);
        js.free_atom(atom);
        found.push(entry?);
    }
    Ok(found)
}

fn names(js: Js, object: JSValue) -> Outcome<Vec<q::JSAtom>> {
    let (mut table, mut count) = (std::ptr::null_mut(), 0);
    let flags = (q::JS_GPN_STRING_MASK | q::JS_GPN_ENUM_ONLY) as i32;
    // SAFETY: the engine writes a table of `count` entries, which is freed after each atom was kept.
    unsafe {
        let code = q::JS_GetOwnPropertyNames(js.0, &raw mut table, &raw mut count, object, flags);
        if code < 0 {
            return Err(Thrown);
        }
        let mut atoms = Vec::new();
        for index in 0..count as usize {
            atoms.push(q::JS_DupAtom(js.0, (*table.add(index)).atom));
        }
        q::JS_FreePropertyEnum(js.0, table, count);
        Ok(atoms)
    }
}
