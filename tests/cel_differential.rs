//! Expressions mean what CEL says: thousands of typed expressions on the shared subset are evaluated here
//! and by a CEL implementation, and must agree, errors as errors. Departures from CEL on purpose are left
//! out of the generator (hyphens, missing paths, numbers across kinds) or allowed by name (`departs`).

use flowproof::expr::{EvalError, Expr, Scope};
use flowproof::value::{Value, from_json_text, to_json_text};

const CASES: u64 = 8000;

const SCOPE: &str = r#"{
    "event": {
        "n": 7, "zero": 0, "neg": -3, "big": 9223372036854775807,
        "f": 2.5, "fzero": 0.5, "t": "hello", "e": "", "u": "größe", "digits": "42",
        "yes": true, "no": false,
        "list": [3, 1, 2], "texts": ["a", "hello", "b"], "empty": [],
        "map": {"a": 1, "hello": 2}
    }
}"#;

struct Fixed(Value);

impl Scope for Fixed {
    fn root(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    fn roots(&self) -> &[&'static str] {
        &flowproof::expr::ROOTS
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bool,
    Int,
    Float,
    Text,
    Ints,
    Texts,
}

const KINDS: [Kind; 6] = [
    Kind::Bool,
    Kind::Int,
    Kind::Float,
    Kind::Text,
    Kind::Ints,
    Kind::Texts,
];

/// A generator of expressions: every choice comes out of one seed.
struct Maker {
    state: u64,
    /// Names of the open macros' variables, by kind.
    variables: Vec<(String, Kind)>,
}

impl Maker {
    fn next(&mut self, below: usize) -> usize {
        // splitmix64
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % below as u64) as usize
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.next(from.len())]
    }

    fn leaf(&mut self, kind: Kind) -> String {
        let open: Vec<String> = self
            .variables
            .iter()
            .filter(|(_, of)| *of == kind)
            .map(|(name, _)| name.clone())
            .collect();
        if !open.is_empty() && self.next(2) == 0 {
            return open[self.next(open.len())].clone();
        }
        #[rustfmt::skip]
        let leaves: &[&str] = match kind {
            Kind::Bool => &["true", "false", "event.yes", "event.no", "has(event.n)", "has(event.none)"],
            Kind::Int => &["0", "1", "-4", "17", "event.n", "event.zero", "event.neg", "event.big", "event.map.a", "0x1f"],
            Kind::Float => &["0.5", "1.0", "-2.25", "1e3", "event.f", "event.fzero"],
            Kind::Text => &["''", "'a'", "\"hello\"", "'42'", r"'\u00fc\n'", r"r'a\\d'", "event.t", "event.e", "event.u", "event.digits"],
            Kind::Ints => &["[]", "[1]", "[3, 1]", "event.list", "event.empty"],
            Kind::Texts => &["['a']", "['hello', 'x']", "event.texts"],
        };
        self.pick(leaves).to_owned()
    }

    fn make(&mut self, kind: Kind, depth: usize) -> String {
        if depth == 0 || self.next(6) == 0 {
            return self.leaf(kind);
        }
        let d = depth - 1;
        if self.next(10) == 0 {
            let (c, a, b) = (
                self.make(Kind::Bool, d),
                self.make(kind, d),
                self.make(kind, d),
            );
            return format!("({c} ? {a} : {b})");
        }
        match kind {
            Kind::Bool => self.truth(d),
            Kind::Int => self.int(d),
            Kind::Float => match self.next(4) {
                0 => format!("double({})", self.make(Kind::Int, d)),
                1 => format!("-({})", self.make(Kind::Float, d)),
                _ => self.joined(Kind::Float, &["+", "-", "*", "/"], d),
            },
            Kind::Text => match self.next(4) {
                0 => format!("string({})", self.make(Kind::Int, d)),
                1 => format!("string({})", self.make(Kind::Bool, d)),
                2 => self.indexed(Kind::Texts, d),
                _ => self.joined(Kind::Text, &["+"], d),
            },
            Kind::Ints => self.list(Kind::Ints, Kind::Int, d),
            Kind::Texts => self.list(Kind::Texts, Kind::Text, d),
        }
    }

    fn joined(&mut self, kind: Kind, ops: &[&'static str], depth: usize) -> String {
        let (a, op, b) = (
            self.make(kind, depth),
            self.pick(ops),
            self.make(kind, depth),
        );
        // Without parentheses now and then, so that precedence is compared too.
        if self.next(3) == 0 {
            format!("{a} {op} {b}")
        } else {
            format!("({a} {op} {b})")
        }
    }

    fn indexed(&mut self, list: Kind, d: usize) -> String {
        format!("({})[{}]", self.make(list, d), self.make(Kind::Int, 1))
    }

    fn int(&mut self, d: usize) -> String {
        match self.next(8) {
            0 => format!("size({})", self.make(Kind::Text, d)),
            1 => format!("({}).size()", self.make(Kind::Ints, d)),
            2 => format!("int({})", self.make(Kind::Float, d)),
            3 => format!("int({})", self.make(Kind::Text, d)),
            4 => self.indexed(Kind::Ints, d),
            5 => format!("-({})", self.make(Kind::Int, d)),
            _ => self.joined(Kind::Int, &["+", "-", "*", "/", "%"], d),
        }
    }

    fn truth(&mut self, d: usize) -> String {
        match self.next(9) {
            0 => format!("!({})", self.make(Kind::Bool, d)),
            1 | 2 => self.compared(Kind::Bool, &["&&", "||"], d),
            3 => {
                let method = self.pick(&["contains", "startsWith", "endsWith"]);
                let (text, part) = (self.make(Kind::Text, d), self.make(Kind::Text, d));
                format!("({text}).{method}({part})")
            }
            4 => format!(
                "({} in {})",
                self.make(Kind::Int, d),
                self.make(Kind::Ints, d)
            ),
            5 => format!("({} in event.map)", self.make(Kind::Text, d)),
            6 => {
                let name = self.pick(&["all", "exists", "exists_one"]);
                self.over(name, Kind::Ints, Kind::Int, Kind::Bool, d)
            }
            7 => {
                let kind = KINDS[self.next(KINDS.len())];
                self.compared(kind, &["==", "!="], d)
            }
            _ => {
                let kind = [Kind::Int, Kind::Float, Kind::Text][self.next(3)];
                self.compared(kind, &["<", "<=", ">", ">="], d)
            }
        }
    }

    fn compared(&mut self, kind: Kind, ops: &[&'static str], d: usize) -> String {
        let (a, op, b) = (self.make(kind, d), self.pick(ops), self.make(kind, d));
        format!("({a} {op} {b})")
    }

    fn list(&mut self, list: Kind, item: Kind, d: usize) -> String {
        match self.next(5) {
            0 => format!("[{}, {}]", self.make(item, d), self.make(item, d)),
            1 => self.over("filter", list, item, Kind::Bool, d),
            2 => self.over("map", list, item, item, d),
            3 => self.over("map", Kind::Ints, Kind::Int, item, d),
            _ => format!("({} + {})", self.make(list, d), self.make(list, d)),
        }
    }

    fn over(&mut self, name: &str, list: Kind, item: Kind, body: Kind, d: usize) -> String {
        let range = self.make(list, d);
        let variable = format!("v{}", self.variables.len());
        self.variables.push((variable.clone(), item));
        let body = self.make(body, d);
        self.variables.pop();
        format!("({range}).{name}({variable}, {body})")
    }
}

/// The same value for CEL; through serde, positive integers would become unsigned.
fn to_cel(value: &Value) -> cel::Value {
    match value {
        Value::Null => cel::Value::Null,
        Value::Bool(truth) => cel::Value::Bool(*truth),
        Value::Int(number) => cel::Value::Int(*number),
        Value::Float(number) => cel::Value::Float(*number),
        Value::Text(text) => (&**text).into(),
        Value::List(items) => items.iter().map(to_cel).collect::<Vec<_>>().into(),
        Value::Map(map) => map
            .iter()
            .map(|(key, value)| (key.to_string(), to_cel(value)))
            .collect::<std::collections::HashMap<_, _>>()
            .into(),
    }
}

/// The JSON of CEL's value; none for a decimal that is not finite, which flows do not have.
fn from_cel(value: &cel::Value) -> Option<Value> {
    Some(match value {
        cel::Value::Null => Value::Null,
        cel::Value::Bool(truth) => Value::Bool(*truth),
        cel::Value::Int(number) => Value::Int(*number),
        cel::Value::Float(number) if number.is_finite() => Value::Float(*number),
        cel::Value::String(text) => Value::text(text.as_str()),
        cel::Value::List(items) => {
            Value::list(items.iter().map(from_cel).collect::<Option<Vec<_>>>()?)
        }
        _ => return None,
    })
}

/// Where an error of ours may be a value of CEL: it absorbs errors beside `&&`, `||`, `all`, `exists`, and
/// divides decimals by zero.
fn departs(source: &str, error: &EvalError) -> bool {
    error.message.contains("divides by zero")
        || ["&&", "||", ".all(", ".exists("]
            .iter()
            .any(|part| source.contains(part))
}

#[test]
fn expressions_agree_with_cel() {
    let scope = Fixed(from_json_text(SCOPE).expect("the scope is JSON"));
    let mut context = cel::Context::default();
    let event = scope.root("event").expect("the scope has an event");
    context.add_variable_from_value("event", to_cel(event));
    let (mut values, mut errors, mut departures) = (0, 0, 0);
    let mut wrong = Vec::new();
    for case in 0..CASES {
        let mut maker = Maker {
            state: case,
            variables: Vec::new(),
        };
        let kind = KINDS[maker.next(KINDS.len())];
        let source = maker.make(kind, 3);
        let ours = Expr::parse(&source)
            .unwrap_or_else(|error| panic!("{source}: {error}"))
            .eval(&scope);
        let theirs = cel::Program::compile(&source)
            .unwrap_or_else(|error| panic!("{source}: {error}"))
            .execute(&context)
            .map(|value| from_cel(&value));
        match (ours, theirs) {
            (Ok(a), Ok(Some(b))) if to_json_text(&a) == to_json_text(&b) => values += 1,
            (Err(_), Err(_) | Ok(None)) => errors += 1,
            (Err(error), Ok(Some(_))) if departs(&source, &error) => departures += 1,
            (ours, theirs) => wrong.push(format!("{source}\n  ours {ours:?}\n  cel  {theirs:?}")),
        }
    }
    let counts = format!("{values} values, {errors} errors, {departures} departures");
    assert!(
        wrong.is_empty(),
        "{counts}, {} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
    assert!(
        values > 6000 && errors > 1000 && departures < 40,
        "{counts}"
    );
}
