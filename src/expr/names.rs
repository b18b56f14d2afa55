//! The vocabulary of expressions: functions, macros, reserved words, names of CEL that are left out, and
//! what to suggest for a name that is none of them.

use super::{ROOTS, Refused, refused};
use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Function {
    Size,
    Contains,
    StartsWith,
    EndsWith,
    Matches,
    LowerAscii,
    UpperAscii,
    Int,
    Double,
    String,
    Timestamp,
    Duration,
}

/// How a function is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// `f(x)`
    Global,
    /// `x.f()`
    Method,
    /// Either.
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum MacroKind {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

const FUNCTIONS: [(&str, Function, Form, usize); 12] = [
    ("size", Function::Size, Form::Both, 1),
    ("contains", Function::Contains, Form::Method, 2),
    ("startsWith", Function::StartsWith, Form::Method, 2),
    ("endsWith", Function::EndsWith, Form::Method, 2),
    ("matches", Function::Matches, Form::Both, 2),
    ("lowerAscii", Function::LowerAscii, Form::Method, 1),
    ("upperAscii", Function::UpperAscii, Form::Method, 1),
    ("int", Function::Int, Form::Global, 1),
    ("double", Function::Double, Form::Global, 1),
    ("string", Function::String, Form::Global, 1),
    ("timestamp", Function::Timestamp, Form::Global, 1),
    ("duration", Function::Duration, Form::Global, 1),
];

const MACROS: [(&str, MacroKind); 5] = [
    ("all", MacroKind::All),
    ("exists", MacroKind::Exists),
    ("exists_one", MacroKind::ExistsOne),
    ("filter", MacroKind::Filter),
    ("map", MacroKind::Map),
];

/// Words that CEL keeps for host languages.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "namespace",
    "package",
    "return",
    "var",
    "void",
    "while",
];

/// Functions of CEL and its usual extensions that are not in the subset.
#[rustfmt::skip]
const LEFT_OUT: [&str; 38] = [
    "type", "dyn", "bytes", "uint", "bool", "list", "null_type", "getDate", "getDayOfMonth", "getDayOfWeek",
    "getDayOfYear", "getFullYear", "getHours", "getMilliseconds", "getMinutes", "getMonth", "getSeconds",
    "charAt", "indexOf", "lastIndexOf", "join", "split", "replace", "substring", "trim", "format", "quote",
    "reverse", "sort", "distinct", "flatten", "slice", "optMap", "orValue", "existsOne", "transformList",
    "transformMap", "bind",
];

/// Names of other languages, and ours for the same thing.
const SYNONYMS: [(&str, &str); 14] = [
    ("len", "size"),
    ("length", "size"),
    ("count", "size"),
    ("includes", "contains"),
    ("has_prefix", "startsWith"),
    ("has_suffix", "endsWith"),
    ("toLowerCase", "lowerAscii"),
    ("lower", "lowerAscii"),
    ("toUpperCase", "upperAscii"),
    ("upper", "upperAscii"),
    ("some", "exists"),
    ("any", "exists"),
    ("every", "all"),
    ("test", "matches"),
];

/// What stands directly under `event` (ST-5).
const EVENT_NAMES: [&str; 7] = [
    "user",
    "request",
    "client",
    "tenant",
    "connection",
    "transaction",
    "authentication",
];

impl Function {
    pub fn find(name: &str) -> Option<(Function, Form, usize)> {
        FUNCTIONS
            .iter()
            .find(|row| row.0 == name)
            .map(|row| (row.1, row.2, row.3))
    }

    pub fn name(self) -> &'static str {
        FUNCTIONS
            .iter()
            .find(|row| row.1 == self)
            .map_or("", |row| row.0)
    }
}

impl MacroKind {
    pub fn find(name: &str) -> Option<MacroKind> {
        MACROS.iter().find(|row| row.0 == name).map(|row| row.1)
    }

    pub fn name(self) -> &'static str {
        MACROS
            .iter()
            .find(|row| row.1 == self)
            .map_or("", |row| row.0)
    }
}

pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// `true`, `false`, `null` and `in` are no names, not even after a dot.
pub(super) fn is_keyword(name: &str) -> bool {
    matches!(name, "true" | "false" | "null" | "in")
}

/// The root of this name, out of the fixed list.
pub(super) fn root(name: &str) -> Option<&'static str> {
    ROOTS.into_iter().find(|root| *root == name)
}

pub(super) fn unknown_root(name: &str, range: Range<usize>) -> Refused {
    let error = refused(
        format!("`{name}` is no root; a path starts with event, step, session or custom"),
        range,
    );
    if name == "not" {
        return error.with_fix("write `!`");
    }
    if EVENT_NAMES.contains(&name) {
        return error.with_fix(format!("write `event.{name}`"));
    }
    match closest(name, ROOTS) {
        Some(root) => error.with_fix(format!("did you mean `{root}`?")),
        None if Function::find(name).is_some() => {
            error.with_fix(format!("call the function: `{name}(…)`"))
        }
        None => error.with_fix(format!(
            "write a path such as `event.request.ip`, or text in quotes: `'{name}'`"
        )),
    }
}

/// `written` says how it was written: `.len()` or `len(…)`.
pub(super) fn unknown_function(name: &str, written: &str, range: Range<usize>) -> Refused {
    if LEFT_OUT.contains(&name) {
        return refused(
            format!("`{name}` of CEL is not in the subset that flows use"),
            range,
        )
        .with_fix(known_functions());
    }
    let error = refused(format!("there is no function `{written}`"), range);
    let known = FUNCTIONS.map(|row| row.0).into_iter();
    let known = known.chain(MACROS.map(|row| row.0)).chain(["has"]);
    let synonym = SYNONYMS.iter().find(|row| row.0 == name).map(|row| row.1);
    match synonym.or_else(|| closest(name, known)) {
        Some(meant) => error.with_fix(format!("did you mean `{meant}`?")),
        None => error.with_fix(known_functions()),
    }
}

fn known_functions() -> String {
    let known = FUNCTIONS.map(|row| row.0).into_iter();
    let known: Vec<&str> = known
        .chain(MACROS.map(|row| row.0))
        .chain(["has"])
        .collect();
    format!("write one of {}", known.join(", "))
}

/// The candidate that is nearest to `name`, if one is near enough to be meant.
pub(super) fn closest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    if name.len() > 64 {
        return None;
    }
    let allowed = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .take(1000)
        .filter(|candidate| candidate.len() <= 64)
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
