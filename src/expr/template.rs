//! Text with `{{ expression }}` in it (formats.md, under "Flow"). Text without `{{` is literal, also when
//! it holds `}}`. What may stand where is not judged here.

use super::render::Room;
use super::{EvalError, Expr, Read, Scope, SyntaxError};
use crate::value::{Text, Value};

/// A compiled template: immutable, shared by all runs.
#[derive(Debug, Clone)]
pub struct Template {
    source: Text,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(Text),
    Expr(Expr),
}

impl Template {
    /// Compiles `text`; places in errors and reads are bytes of the whole text.
    pub fn parse(text: &str) -> Result<Template, SyntaxError> {
        let mut parts = Vec::new();
        let mut rest = 0;
        while let Some(open) = text.get(rest..).and_then(|rest| rest.find("{{")) {
            push_text(&mut parts, text.get(rest..rest + open));
            let (expr, end) = Expr::parse_embedded(text, rest + open + 2).map_err(|e| *e)?;
            parts.push(Part::Expr(expr));
            rest = end;
        }
        push_text(&mut parts, text.get(rest..));
        Ok(Template {
            source: Text::from(text),
            parts,
        })
    }

    /// The value: that of the expression where the template is a single `{{ }}`, else text.
    pub fn render(&self, scope: &dyn Scope) -> Result<Value, EvalError> {
        self.render_within(scope, &mut Room::new())
    }

    pub(super) fn render_within(
        &self,
        scope: &dyn Scope,
        room: &mut Room,
    ) -> Result<Value, EvalError> {
        if let [Part::Expr(expr)] = self.parts.as_slice() {
            let value = expr.eval(scope)?;
            room.take_value(&value)?;
            return Ok(value);
        }
        if self.is_literal() {
            return Ok(Value::Text(self.source.clone()));
        }
        let text = self.write(scope, |out, value| room.write_text(out, value))?;
        Ok(Value::text(text))
    }

    /// The text: null is empty, lists and maps are compact JSON, numbers are as JSON writes them.
    pub fn render_text(&self, scope: &dyn Scope) -> Result<Text, EvalError> {
        if self.is_literal() {
            return Ok(self.source.clone());
        }
        let mut room = Room::new();
        self.write(scope, |out, value| room.write_text(out, value))
            .map(Text::from)
    }

    /// The text, with each value percent-encoded as `encodeURIComponent` does.
    pub fn render_url(&self, scope: &dyn Scope) -> Result<Text, EvalError> {
        if self.is_literal() {
            return Ok(self.source.clone());
        }
        let mut room = Room::new();
        self.write(scope, |out, value| room.write_url(out, value))
            .map(Text::from)
    }

    fn write(
        &self,
        scope: &dyn Scope,
        mut one: impl FnMut(&mut String, &Value) -> Result<(), EvalError>,
    ) -> Result<String, EvalError> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Expr(expr) => one(&mut out, &expr.eval(scope)?)?,
            }
        }
        Ok(out)
    }

    /// Whether there is no expression in it.
    pub fn is_literal(&self) -> bool {
        self.exprs().next().is_none()
    }

    /// The expressions in it, in order.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().filter_map(|part| match part {
            Part::Expr(expr) => Some(expr),
            Part::Text(_) => None,
        })
    }

    /// Every static path it reads, in the order written.
    pub fn reads(&self) -> Vec<Read> {
        self.exprs().flat_map(Expr::reads).cloned().collect()
    }

    /// The template as written.
    pub fn source(&self) -> &str {
        &self.source
    }
}

fn push_text(parts: &mut Vec<Part>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        parts.push(Part::Text(Text::from(text)));
    }
}
