//! stand-in until the expression language lands
use crate::value::{Text, Value};
use std::ops::Range;
#[derive(Debug)]
pub struct Expr(String);
#[derive(Debug)]
pub struct Template(String);
#[derive(Debug)]
pub struct SyntaxError {
    pub message: String,
    pub fix: Option<String>,
    pub range: Range<usize>,
}
#[derive(Debug)]
pub struct EvalError {
    pub message: String,
}
#[derive(Debug, Clone)]
pub struct Read {
    pub path: Vec<Text>,
    pub guarded: bool,
    pub has: bool,
    pub range: Range<usize>,
}
pub trait Scope {
    fn root(&self, name: &str) -> Option<&Value>;
    fn roots(&self) -> &[&'static str];
}
#[derive(Debug)]
pub enum ValueTemplate {
    Literal(Value),
    Text(Template),
    List(Vec<ValueTemplate>),
    Map(Vec<(Text, ValueTemplate)>),
}
impl Expr {
    pub fn parse(t: &str) -> Result<Expr, SyntaxError> {
        Ok(Expr(t.into()))
    }
    pub fn eval(&self, _: &dyn Scope) -> Result<Value, EvalError> {
        Err(EvalError {
            message: String::new(),
        })
    }
    pub fn holds(&self, _: &dyn Scope) -> Result<bool, EvalError> {
        Ok(true)
    }
    pub fn reads(&self) -> &[Read] {
        &[]
    }
    pub fn source(&self) -> &str {
        &self.0
    }
}
impl Template {
    pub fn parse(t: &str) -> Result<Template, SyntaxError> {
        Ok(Template(t.into()))
    }
    pub fn render(&self, _: &dyn Scope) -> Result<Value, EvalError> {
        Ok(Value::Null)
    }
    pub fn render_text(&self, _: &dyn Scope) -> Result<Text, EvalError> {
        Ok("".into())
    }
    pub fn render_url(&self, _: &dyn Scope) -> Result<Text, EvalError> {
        Ok("".into())
    }
    pub fn is_literal(&self) -> bool {
        true
    }
    pub fn reads(&self) -> Vec<Read> {
        vec![]
    }
    pub fn source(&self) -> &str {
        &self.0
    }
}
impl ValueTemplate {
    pub fn render(&self, _: &dyn Scope) -> Result<Value, EvalError> {
        Ok(Value::Null)
    }
    pub fn reads(&self) -> Vec<Read> {
        vec![]
    }
    pub fn is_literal(&self) -> bool {
        true
    }
}
