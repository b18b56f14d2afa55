//! What follows a value: `.name`, `[index]`, `.method(…)`, `.macro(item, …)`. Names that follow a root
//! directly, also as `['name']`, are folded into one static path.

use super::primary::argument;
use super::{Parsed, Parser};
use crate::expr::lex::Token;
use crate::expr::names::{self, Form, Function, MacroKind};
use crate::expr::syntax::{Macro, Name, Node, Step};
use crate::expr::{Refused, refused};
use crate::value::{Text, Value};
use std::ops::Range;

impl<'t> Parser<'t> {
    pub(super) fn member(&mut self) -> Parsed {
        let mut base = self.primary()?;
        let mut steps = Vec::new();
        loop {
            let step = if self.is(".") {
                self.selection()?
            } else if self.is("[") {
                self.index()?
            } else {
                break;
            };
            push(&mut base, &mut steps, step, self.last_end);
        }
        Ok(if steps.is_empty() {
            base
        } else {
            Node::Member(Box::new(base), steps)
        })
    }

    /// After a dot: a name, or a call when a parenthesis follows.
    fn selection(&mut self) -> Result<Step, Refused> {
        debug_assert_eq!(
            self.lexer.at(),
            self.range.end,
            "nothing is read past the dot"
        );
        let (name, range) = self.lexer.selector()?;
        let (token, next) = self.lexer.next()?;
        self.token = token;
        self.range = next;
        self.last_end = range.end;
        self.refuse_decimal(name, &range)?;
        if !self.is("(") {
            let text = Text::from(name);
            return Ok(Step::Field(Name { text, dotted: true }));
        }
        if let Some(kind) = MacroKind::find(name) {
            return self.macro_call(kind, range);
        }
        self.method(name, range)
    }

    /// `.score-1.5`: the hyphen has swallowed a minus before a decimal.
    fn refuse_decimal(&self, name: &str, range: &Range<usize>) -> Result<(), Refused> {
        let next = self.text.as_bytes().get(self.range.end);
        let is_decimal = self.is(".") && next.is_some_and(u8::is_ascii_digit);
        if !is_decimal || !name.contains('-') {
            return Ok(());
        }
        let place = range.start..self.range.end + 1;
        Err(refused("a decimal cannot be part of a name", place)
            .with_fix("write spaces around the minus"))
    }

    fn method(&mut self, name: &str, range: Range<usize>) -> Result<Step, Refused> {
        let Some((function, form, count)) = Function::find(name) else {
            return Err(unknown_method(name, range));
        };
        if form == Form::Global {
            let message = format!("`{name}` is written before its value");
            let fix = format!("write `{name}(…)`");
            return Err(refused(message, range).with_fix(fix));
        }
        let arguments = self.arguments(function, count - 1, range)?;
        let argument = argument(function, arguments.into_iter().next())?;
        Ok(Step::Call(function, argument))
    }

    fn index(&mut self) -> Result<Step, Refused> {
        self.advance()?;
        if self.is("?") {
            return Err(refused(
                "`[?…]` of CEL is not in the subset that flows use",
                self.range.clone(),
            )
            .with_fix("write `has(…) ? … : …`"));
        }
        let index = self.expression()?;
        self.expect("]")?;
        Ok(match index {
            Node::Literal(Value::Text(text)) => Step::Field(Name {
                text,
                dotted: false,
            }),
            index => Step::Index(index),
        })
    }

    /// `(item, condition)`, for `map` also `(item, result)` and `(item, condition, result)`.
    fn macro_call(&mut self, kind: MacroKind, range: Range<usize>) -> Result<Step, Refused> {
        self.expect("(")?;
        let variable = self.macro_variable(kind)?;
        if !self.eat(",")? {
            return Err(self.expected("`,` and a condition").with_fix(usage(kind)));
        }
        if self.at_second_variable() {
            return Err(one_variable(kind, range));
        }
        self.variables.push(variable);
        let first = self.expression()?;
        let second = if self.eat(",")? {
            Some(self.expression()?)
        } else {
            None
        };
        self.variables.pop();
        if self.is(",") || (second.is_some() && kind != MacroKind::Map) {
            return Err(one_variable(kind, range));
        }
        self.expect(")")?;
        let (test, result) = match (kind, second) {
            (MacroKind::Map, None) => (None, Some(first)),
            (_, second) => (Some(first), second),
        };
        Ok(Step::Macro(Box::new(Macro { kind, test, result })))
    }

    /// Whether a new name and a comma are next: CEL's macros with two variables.
    fn at_second_variable(&self) -> bool {
        let Token::Name(name) = self.token else {
            return false;
        };
        let is_known = names::root(name).is_some()
            || names::is_keyword(name)
            || self.variables.contains(&name);
        let rest = self.text.get(self.lexer.at()..).unwrap_or_default();
        !is_known && rest.trim_start().starts_with(',')
    }

    fn macro_variable(&mut self, kind: MacroKind) -> Result<&'t str, Refused> {
        let range = self.range.clone();
        let Token::Name(name) = self.token else {
            return Err(self.expected(&item_name(kind)).with_fix(usage(kind)));
        };
        if names::is_reserved(name) || names::is_keyword(name) {
            return Err(self.expected(&item_name(kind)).with_fix(usage(kind)));
        }
        self.advance()?;
        if self.is("-") {
            return Err(refused(
                "the variable of a macro has no hyphen",
                range.start..self.range.end,
            )
            .with_fix("write an underscore"));
        }
        Ok(name)
    }
}

/// Folds a name into the path before it, or keeps it as a step.
fn push(base: &mut Node, steps: &mut Vec<Step>, step: Step, end: usize) {
    match (base, step) {
        (Node::Path(path), Step::Field(name)) if steps.is_empty() => {
            path.names.push(name);
            path.range.end = end;
        }
        (_, step) => steps.push(step),
    }
}

fn usage(kind: MacroKind) -> String {
    let name = kind.name();
    match kind {
        MacroKind::Map => format!("write `.{name}(item, result)`"),
        MacroKind::All | MacroKind::Exists | MacroKind::ExistsOne | MacroKind::Filter => {
            format!("write `.{name}(item, condition)`")
        }
    }
}

fn item_name(kind: MacroKind) -> String {
    format!("a name for the items of `{}`", kind.name())
}

fn one_variable(kind: MacroKind, range: Range<usize>) -> Refused {
    let name = kind.name();
    let message = format!("`{name}` takes one variable and one condition");
    refused(message, range).with_fix(usage(kind))
}

/// A hyphen may have swallowed a minus: `.score-size(x)`.
fn unknown_method(name: &str, range: Range<usize>) -> Refused {
    let tail = name.rsplit_once('-').map(|(_, tail)| tail);
    if tail.is_some_and(|tail| tail == "has" || Function::find(tail).is_some()) {
        let fix = format!("write spaces around the minus: `{}`", spaced(name));
        return refused(format!("there is no function `.{name}(…)`"), range).with_fix(fix);
    }
    if name == "has" {
        return refused("`has` is written before its path", range).with_fix("write `has(path)`");
    }
    names::unknown_function(name, &format!(".{name}(…)"), range)
}

fn spaced(name: &str) -> String {
    match name.rsplit_once('-') {
        Some((head, tail)) => format!("{head} - {tail}(…)"),
        None => name.to_owned(),
    }
}
