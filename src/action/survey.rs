//! What a module may not hold (ACT-11), whether it exports `execute` (ERR-4), and where a read may spell a
//! slug with a hyphen (ACT-4).

use super::SourceError;
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::BinaryOperator;
use std::ops::Range;

/// How a read of a slug starts.
pub const READS: [&str; 4] = ["context.step.", "context.custom.", "step.", "custom."];

/// The findings about one module.
#[derive(Default)]
pub struct Survey {
    /// What it may not hold, in order.
    pub errors: Vec<SourceError>,
    /// Where a read of `step` or `custom` starts from which something is subtracted.
    pub subtractions: Vec<usize>,
    /// Every call, outer ones first.
    pub calls: Vec<CallSite>,
    /// Names of classes that leave their constructor to the engine, which gives its frames no place.
    pub bare_classes: Vec<String>,
    exports_execute: bool,
    source: String,
}

/// A call in the source. The engine places a call at the last name in its arguments, which may stand lines
/// below; with the name of what was called the place can be set right (ERR-4).
#[derive(Debug)]
pub struct CallSite {
    /// The name of the function or class.
    pub name: String,
    /// Where the name stands.
    pub at: usize,
    /// From the name to the end of the arguments.
    pub range: Range<usize>,
}

/// Looks through a parsed module.
pub fn survey(source: &str, program: &Program) -> Survey {
    let mut survey = Survey {
        source: source.to_owned(),
        ..Survey::default()
    };
    survey.visit_program(program);
    if !survey.exports_execute {
        survey.errors.push(SourceError {
            message: "the action does not export `execute`".to_owned(),
            fix: Some(
                "write `export async function execute(event, api, context) { … }`".to_owned(),
            ),
            range: 0..0,
        });
    }
    survey.errors.sort_by_key(|error| error.range.start);
    survey
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

impl Survey {
    fn refuse(&mut self, span: Span, message: &str, fix: &str) {
        self.errors.push(SourceError {
            message: message.to_owned(),
            fix: Some(fix.to_owned()),
            range: range(span),
        });
    }

    fn call(&mut self, callee: &Expression, whole: Span) {
        let (name, at) = match callee {
            Expression::Identifier(name) => (name.name.as_str(), name.span.start),
            Expression::StaticMemberExpression(member) => {
                (member.property.name.as_str(), member.property.span.start)
            }
            _ => return,
        };
        let at = at as usize;
        self.calls.push(CallSite {
            name: name.to_owned(),
            at,
            range: at..whole.end as usize,
        });
    }

    fn refuse_module(&mut self, span: Span, what: &str) {
        let fix =
            "an action is one file: write what it needs into it; only `import type` is allowed";
        self.refuse(span, &format!("{what} is not available in actions"), fix);
    }
}

/// The operand that stands directly in front of an operator.
fn last_operand(expression: &Expression) -> Span {
    match expression {
        Expression::BinaryExpression(binary) => last_operand(&binary.right),
        Expression::UnaryExpression(unary) => last_operand(&unary.argument),
        other => other.span(),
    }
}

fn is_execute(name: &ModuleExportName) -> bool {
    name.name() == "execute"
}

impl<'a> Visit<'a> for Survey {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        if it.import_kind != ImportOrExportKind::Type {
            self.refuse_module(it.span, "`import`");
        }
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        self.refuse_module(it.span, "`import()`");
        walk::walk_import_expression(self, it);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        if it.export_kind != ImportOrExportKind::Type {
            self.refuse_module(it.span, "`export … from`");
        }
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        if it.export_kind != ImportOrExportKind::Type {
            self.refuse_module(it.span, "`export * from`");
        }
    }

    fn visit_export_declaration(&mut self, it: &ExportDeclaration<'a>) {
        self.exports_execute |= match &it.declaration {
            Declaration::FunctionDeclaration(function) => {
                function.body.is_some() && function.name().is_some_and(|name| name == "execute")
            }
            Declaration::VariableDeclaration(variables) => {
                let mut names = variables.declarations.iter().flat_map(|one| {
                    one.id
                        .get_binding_identifiers()
                        .into_iter()
                        .map(|name| name.name.as_str())
                });
                !variables.declare && names.any(|name| name == "execute")
            }
            _ => false,
        };
        walk::walk_export_declaration(self, it);
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        let value = |kind| kind != ImportOrExportKind::Type;
        self.exports_execute |= value(it.export_kind)
            && it
                .specifiers
                .iter()
                .any(|one| value(one.export_kind) && is_execute(&one.exported));
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        self.call(&it.callee, it.span);
        walk::walk_call_expression(self, it);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        self.call(&it.callee, it.span);
        walk::walk_new_expression(self, it);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        let constructs = |element: &ClassElement| match element {
            ClassElement::MethodDefinition(method) => {
                method.kind == MethodDefinitionKind::Constructor && method.value.body.is_some()
            }
            ClassElement::StaticBlock(_)
            | ClassElement::PropertyDefinition(_)
            | ClassElement::AccessorProperty(_)
            | ClassElement::TSIndexSignature(_) => false,
        };
        if let Some(name) = &it.id
            && !it.body.body.iter().any(constructs)
        {
            self.bare_classes.push(name.name.to_string());
        }
        walk::walk_class(self, it);
    }

    fn visit_decorator(&mut self, it: &Decorator<'a>) {
        self.refuse(
            it.span,
            "decorators are not available in actions",
            "call a function instead",
        );
    }

    fn visit_binary_expression(&mut self, it: &BinaryExpression<'a>) {
        if it.operator == BinaryOperator::Subtraction {
            let start = last_operand(&it.left).start as usize;
            let text = self.source.get(start..).unwrap_or_default();
            if READS.iter().any(|read| text.starts_with(read)) {
                self.subtractions.push(start);
            }
        }
        if let Expression::BinaryExpression(left) = &it.left {
            // A long sum is a deep tree to the left; both sides are looked at all the same.
            self.visit_binary_expression(left);
            self.visit_expression(&it.right);
        } else {
            walk::walk_binary_expression(self, it);
        }
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        self.refuse_module(it.span(), "`import x = …`");
    }
}
