//! What an expression is made of: literals, names, calls, brackets, lists and maps.

use super::{Parsed, Parser};
use crate::expr::lex::Token;
use crate::expr::names::{self, Form, Function, MacroKind};
use crate::expr::pattern::Pattern;
use crate::expr::syntax::{Argument, Node, Path, Step, Variable};
use crate::expr::{Refused, refused};
use crate::value::{Map, Text, Value};
use std::ops::Range;

impl<'t> Parser<'t> {
    pub(super) fn primary(&mut self) -> Parsed {
        match &self.token {
            Token::Int(_) | Token::Float(_) | Token::Text(_) => self.literal(),
            Token::Name(name) => {
                let name = *name;
                self.named(name)
            }
            Token::Mark("(") => {
                self.advance()?;
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Mark("[") => self.list(),
            Token::Mark("{") => self.map(),
            Token::Mark(".") => Err(self.expected("a value").with_fix("leave out the dot")),
            Token::End | Token::Mark(_) => Err(self.expected("a value")),
        }
    }

    fn literal(&mut self) -> Parsed {
        let range = self.range.clone();
        let value = match self.advance()? {
            Token::Int(magnitude) => i64::try_from(magnitude).map(Value::Int).map_err(|_| {
                refused("the integer is beyond 64 bits", range)
                    .with_fix("write a decimal, such as `1e20`")
            })?,
            Token::Float(number) => Value::Float(number),
            Token::Text(text) => Value::text(text),
            Token::End | Token::Name(_) | Token::Mark(_) => Value::Null,
        };
        Ok(Node::Literal(value))
    }

    fn named(&mut self, name: &'t str) -> Parsed {
        let range = self.range.clone();
        let constant = match name {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            "null" => Some(Value::Null),
            _ => None,
        };
        if let Some(value) = constant {
            self.advance()?;
            return Ok(Node::Literal(value));
        }
        if name == "in" {
            return Err(self.expected("a value"));
        }
        if names::is_reserved(name) {
            let fix = match name {
                "if" | "else" => "write `condition ? a : b`",
                _ => "write a path such as `event.request.ip`, or text in quotes: `'…'`",
            };
            let message = format!("`{name}` is a reserved word of CEL");
            return Err(refused(message, range).with_fix(fix));
        }
        self.advance()?;
        if self.is("(") {
            return self.call(name, range);
        }
        if self.is("{") {
            return Err(refused(
                "messages of CEL (`Name{…}`) are not in the subset that flows use",
                range,
            )
            .with_fix("write a map: `{'key': value}`"));
        }
        self.variable_or_root(name, range)
    }

    fn variable_or_root(&self, name: &str, range: Range<usize>) -> Parsed {
        if let Some(slot) = self.variables.iter().rposition(|known| *known == name) {
            let name = Text::from(name);
            return Ok(Node::Variable(Variable { slot, name }));
        }
        let Some(root) = names::root(name) else {
            return Err(names::unknown_root(name, range));
        };
        Ok(Node::Path(Box::new(Path {
            root,
            names: Vec::new(),
            range,
        })))
    }

    /// A call that stands on its own; the parenthesis is next.
    fn call(&mut self, name: &str, range: Range<usize>) -> Parsed {
        if name == "has" {
            return self.has(range);
        }
        let Some((function, form, count)) = Function::find(name) else {
            if MacroKind::find(name).is_some() {
                let message = format!("`{name}` is written after a list or map");
                let fix = format!("write `list.{name}(item, …)`");
                return Err(refused(message, range).with_fix(fix));
            }
            return Err(names::unknown_function(name, &format!("{name}(…)"), range));
        };
        if form == Form::Method {
            let dots = if count == 2 { "…" } else { "" };
            return Err(refused(
                format!("`{name}` is written after the value it looks at"),
                range,
            )
            .with_fix(format!("write `value.{name}({dots})`")));
        }
        let mut arguments = self.arguments(function, count, range)?.into_iter();
        let first = arguments.next().map(|(node, _)| node);
        let first = first.unwrap_or(Node::Literal(Value::Null));
        let argument = argument(function, arguments.next())?;
        Ok(Node::Call(function, Box::new(first), argument))
    }

    /// The arguments in parentheses, exactly `count` of them.
    pub(super) fn arguments(
        &mut self,
        function: Function,
        count: usize,
        range: Range<usize>,
    ) -> Result<Vec<(Node, Range<usize>)>, Refused> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        while !self.is(")") {
            let start = self.range.start;
            arguments.push((self.expression()?, start..self.last_end));
            if !self.is(")") {
                self.expect(",")?;
                if self.is(")") {
                    return Err(self.expected("a value"));
                }
            }
        }
        self.advance()?;
        if arguments.len() == count {
            return Ok(arguments);
        }
        let needed = match count {
            0 => "no argument".to_owned(),
            1 => "one argument".to_owned(),
            more => format!("{more} arguments"),
        };
        let name = function.name();
        let message = format!("`{name}` takes {needed} here, found {}", arguments.len());
        let fix = format!("give `{name}` {needed}");
        Err(refused(message, range.start..self.last_end).with_fix(fix))
    }

    fn has(&mut self, range: Range<usize>) -> Parsed {
        self.expect("(")?;
        let start = self.range.start;
        let inner = self.expression()?;
        let written = start..self.last_end;
        if self.is(",") {
            return Err(self
                .expected("`)`")
                .with_fix("write one `has(…)` for each path"));
        }
        self.expect(")")?;
        if is_path(&inner) {
            return Ok(Node::Has(Box::new(inner)));
        }
        let range = if written.is_empty() { range } else { written };
        Err(refused("`has` takes a path", range)
            .with_fix("write `has(event.user.email)`, with a path of your own"))
    }

    fn list(&mut self) -> Parsed {
        self.advance()?;
        let mut items = Vec::new();
        while !self.is("]") {
            self.refuse_optional()?;
            items.push(self.expression()?);
            if !self.is("]") && !self.eat(",")? {
                return Err(self.expected("`,` or `]`"));
            }
        }
        self.advance()?;
        let constant: Option<Vec<Value>> = items.iter().map(as_literal).collect();
        Ok(constant.map_or(Node::List(items), |values| {
            Node::Literal(Value::list(values))
        }))
    }

    fn map(&mut self) -> Parsed {
        self.advance()?;
        let mut entries = Vec::new();
        let mut constant = Some(Map::new());
        while !self.is("}") {
            self.refuse_optional()?;
            let start = self.range.start;
            let key = self.expression()?;
            check_key(&key, start..self.last_end)?;
            self.expect(":")?;
            let value = self.expression()?;
            constant = add_constant(constant, &key, &value, start..self.last_end)?;
            entries.push((key, value));
            if !self.is("}") && !self.eat(",")? {
                return Err(self.expected("`,` or `}`"));
            }
        }
        self.advance()?;
        Ok(constant.map_or(Node::Map(entries), |map| Node::Literal(Value::map(map))))
    }

    fn refuse_optional(&self) -> Result<(), Refused> {
        if !self.is("?") {
            return Ok(());
        }
        Err(refused(
            "optional entries of CEL (`?`) are not in the subset that flows use",
            self.range.clone(),
        )
        .with_fix("leave out the `?`"))
    }
}

/// What may stand in a pattern.
const RE2: &str = "write a regular expression in RE2 syntax: no look-around, no back references";

/// A literal pattern is compiled, and so judged, at once.
pub(super) fn argument(
    function: Function,
    given: Option<(Node, Range<usize>)>,
) -> Result<Argument, Refused> {
    match given {
        None => Ok(Argument::None),
        Some((Node::Literal(Value::Text(text)), range)) if function == Function::Matches => {
            Pattern::compile(&text)
                .map(|pattern| Argument::Pattern(Box::new(pattern)))
                .map_err(|message| refused(message, range).with_fix(RE2))
        }
        Some((node, _)) => Ok(Argument::Value(Box::new(node))),
    }
}

fn is_path(node: &Node) -> bool {
    let is_start = |node: &Node| matches!(node, Node::Path(_) | Node::Variable(_));
    let Node::Member(base, steps) = node else {
        return is_start(node);
    };
    let is_plain = |step: &Step| matches!(step, Step::Field(_) | Step::Index(_));
    is_start(base) && steps.iter().all(is_plain)
}

fn as_literal(node: &Node) -> Option<Value> {
    if let Node::Literal(value) = node {
        Some(value.clone())
    } else {
        None
    }
}

fn check_key(key: &Node, range: Range<usize>) -> Result<(), Refused> {
    let Node::Literal(value) = key else {
        return Ok(());
    };
    if value.as_text().is_some() {
        return Ok(());
    }
    let message = format!("the keys of a map are text, this is {}", value.kind_name());
    Err(refused(message, range).with_fix("write the key in quotes"))
}

/// Adds an entry to a map that has been constant so far.
fn add_constant(
    constant: Option<Map>,
    key: &Node,
    value: &Node,
    range: Range<usize>,
) -> Result<Option<Map>, Refused> {
    let (Some(mut map), Node::Literal(Value::Text(key)), Node::Literal(value)) =
        (constant, key, value)
    else {
        return Ok(None);
    };
    if map.insert(key.clone(), value.clone()).is_some() {
        return Err(
            refused("the key stands in the map twice", range).with_fix("keep one of the two")
        );
    }
    Ok(Some(map))
}
