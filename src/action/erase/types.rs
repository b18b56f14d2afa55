//! What is only type: annotations, assertions, declarations. With each, the traps that an erased type leaves:
//! a line that would end too early, or join the next.

use super::{Eraser, SourceError};
use oxc_allocator::Vec as ArenaVec;
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;

impl Eraser<'_> {
    /// Refuses something that has runtime behaviour which erasing would lose.
    pub(super) fn refuse(&mut self, span: Span, message: &str, fix: &str) {
        self.errors.push(SourceError {
            message: message.to_owned(),
            fix: Some(fix.to_owned()),
            range: span.start as usize..span.end as usize,
        });
    }

    /// Remembers a statement that no semicolon closes.
    fn note_end(&mut self, span: Span) {
        let end = span.end as usize;
        if end > 0 && self.canvas.byte(end - 1) != Some(b';') {
            self.open_ends.insert(end);
        }
    }

    /// Erases ` as T` or ` satisfies T`. Where the next line could then continue the statement, a
    /// semicolon ends it.
    fn postfix(&mut self, expression: Span, whole: Span) {
        let (start, end) = (expression.end as usize, whole.end as usize);
        self.canvas.blank(start, end);
        if !self.open_ends.contains(&end) {
            return;
        }
        if let Some((_, b'(' | b'[' | b'`' | b'+' | b'-' | b'/' | b'<' | b'*')) =
            self.canvas.next(end)
            && let Some((keyword, _)) = self.canvas.next(start)
        {
            // Closing parentheses stand between the inner expression and the keyword.
            let keyword = self
                .canvas
                .words(keyword, end)
                .first()
                .map_or(keyword, |word| word.start);
            self.canvas.put(keyword, b';');
        }
    }

    /// Whether a namespace holds nothing but types.
    fn only_types(body: &TSNamespaceDeclarationBody) -> bool {
        match body {
            TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => {
                Self::only_types(&inner.body)
            }
            TSNamespaceDeclarationBody::TSModuleBlock(block) => {
                block.body.iter().all(|statement| match statement {
                    Statement::TSTypeAliasDeclaration(_) | Statement::TSInterfaceDeclaration(_) => {
                        true
                    }
                    Statement::ExportDeclaration(export) => matches!(
                        export.declaration,
                        Declaration::TSTypeAliasDeclaration(_)
                            | Declaration::TSInterfaceDeclaration(_)
                    ),
                    _ => false,
                })
            }
        }
    }

    /// Whether a declaration leaves nothing behind.
    fn vanishes(declaration: &Declaration) -> bool {
        match declaration {
            Declaration::TSInterfaceDeclaration(_)
            | Declaration::TSTypeAliasDeclaration(_)
            | Declaration::TSExternalModuleDeclaration(_)
            | Declaration::TSGlobalDeclaration(_) => true,
            Declaration::FunctionDeclaration(function) => {
                function.declare || function.body.is_none()
            }
            Declaration::VariableDeclaration(variables) => variables.declare,
            Declaration::ClassDeclaration(class) => class.declare,
            Declaration::TSEnumDeclaration(declared) => declared.declare,
            Declaration::TSNamespaceDeclaration(space) => {
                space.declare || Self::only_types(&space.body)
            }
            Declaration::TSImportEqualsDeclaration(_) => false,
        }
    }

    /// Blanks a specifier of a list together with its comma.
    fn list_item(&mut self, span: Span) {
        self.canvas.blank_span(span);
        if let Some((at, b',')) = self.canvas.next(span.end as usize) {
            self.canvas.blank(at, at + 1);
        }
    }
}

impl<'a> Visit<'a> for Eraser<'_> {
    fn visit_ts_type_annotation(&mut self, it: &TSTypeAnnotation<'a>) {
        let mut start = it.span.start as usize;
        while start > 0 && self.canvas.byte(start) != Some(b':') {
            start -= 1;
        }
        self.canvas.blank(start, it.span.end as usize);
    }

    fn visit_ts_type_parameter_declaration(&mut self, it: &TSTypeParameterDeclaration<'a>) {
        self.canvas.blank_span(it.span);
    }

    fn visit_ts_type_parameter_instantiation(&mut self, it: &TSTypeParameterInstantiation<'a>) {
        self.canvas.blank_span(it.span);
    }

    fn visit_ts_interface_declaration(&mut self, it: &TSInterfaceDeclaration<'a>) {
        self.canvas.blank_statement(it.span);
    }

    fn visit_ts_type_alias_declaration(&mut self, it: &TSTypeAliasDeclaration<'a>) {
        self.canvas.blank_statement(it.span);
    }

    fn visit_ts_external_module_declaration(&mut self, it: &TSExternalModuleDeclaration<'a>) {
        self.canvas.blank_statement(it.span);
    }

    fn visit_ts_global_declaration(&mut self, it: &TSGlobalDeclaration<'a>) {
        self.canvas.blank_statement(it.span);
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        if it.declare || Self::only_types(&it.body) {
            self.canvas.blank_statement(it.span);
        } else {
            let fix = "write an object: `const name = { … }`";
            self.refuse(it.span, "a namespace with values cannot be erased", fix);
        }
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        let fix = "an action is one file: write what it needs into it";
        self.refuse(it.span, "`import x = …` is not available in actions", fix);
    }

    fn visit_ts_export_assignment(&mut self, it: &TSExportAssignment<'a>) {
        let fix = "write `export async function execute(…)`";
        self.refuse(it.span, "`export =` is not available in actions", fix);
    }

    fn visit_ts_namespace_export_declaration(&mut self, it: &TSNamespaceExportDeclaration<'a>) {
        self.canvas.blank_statement(it.span);
    }

    fn visit_ts_this_parameter(&mut self, it: &TSThisParameter<'a>) {
        self.list_item(it.span);
    }

    fn visit_ts_as_expression(&mut self, it: &TSAsExpression<'a>) {
        self.postfix(it.expression.span(), it.span);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_satisfies_expression(&mut self, it: &TSSatisfiesExpression<'a>) {
        self.postfix(it.expression.span(), it.span);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_non_null_expression(&mut self, it: &TSNonNullExpression<'a>) {
        self.canvas
            .blank(it.span.end as usize - 1, it.span.end as usize);
        self.visit_expression(&it.expression);
    }

    /// `<T>x` becomes `(x)` where a bare `x` would read differently: after a line end, or as a block.
    fn visit_ts_type_assertion(&mut self, it: &TSTypeAssertion<'a>) {
        let (start, inner) = (it.span.start as usize, it.expression.span().start as usize);
        self.canvas.blank(start, inner);
        let first = self.canvas.byte(inner);
        if self.canvas.breaks(start, inner) || matches!(first, Some(b'{' | b'f' | b'c')) {
            self.canvas.put(start, b'(');
            self.visit_expression(&it.expression);
            self.canvas.insert(it.span.end as usize, ")");
        } else {
            self.visit_expression(&it.expression);
        }
    }

    /// No line may end between `async` and `(`, after `return`, or before `=>`.
    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        walk::walk_arrow_function_expression(self, it);
        let params = it.params.span;
        let types = it.type_parameters.as_ref().map(|types| types.span);
        if let Some(types) = types
            && self
                .canvas
                .breaks(types.start as usize, params.start as usize)
        {
            self.canvas.put(types.start as usize, b'(');
            self.canvas
                .blank(params.start as usize, params.start as usize + 1);
        }
        if let Some(returned) = &it.return_type
            && self
                .canvas
                .breaks(params.end as usize, returned.span.end as usize)
        {
            self.canvas
                .blank(params.end as usize - 1, params.end as usize);
            self.canvas
                .blank(returned.span.end as usize - 1, returned.span.end as usize);
            self.canvas.put(returned.span.end as usize - 1, b')');
        }
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.canvas.blank_statement(it.span);
    }

    fn visit_export_declaration(&mut self, it: &ExportDeclaration<'a>) {
        if Self::vanishes(&it.declaration) {
            self.canvas.blank_statement(it.span);
        } else {
            walk::walk_export_declaration(self, it);
        }
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        if it.export_kind == ImportOrExportKind::Type {
            self.canvas.blank_statement(it.span);
        } else {
            walk::walk_export_named_declaration(self, it);
        }
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.canvas.blank_statement(it.span);
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.canvas.blank_statement(it.span);
    }

    fn visit_export_specifier(&mut self, it: &ExportSpecifier<'a>) {
        if it.export_kind == ImportOrExportKind::Type {
            self.list_item(it.span);
        }
    }

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        let vanishes = match &it.declaration {
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => true,
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => function.body.is_none(),
            _ => false,
        };
        if vanishes {
            self.canvas.blank_statement(it.span);
        } else {
            self.note_end(it.span);
            walk::walk_export_default_declaration(self, it);
        }
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        if it.declare {
            self.canvas.blank_statement(it.span);
        } else {
            self.note_end(it.span);
            walk::walk_variable_declaration(self, it);
        }
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if it.definite
            && let Some((at, b'!')) = self.canvas.next(it.id.span().end as usize)
        {
            self.canvas.blank(at, at + 1);
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_expression_statement(&mut self, it: &ExpressionStatement<'a>) {
        self.note_end(it.span);
        walk::walk_expression_statement(self, it);
    }

    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        self.note_end(it.span);
        walk::walk_return_statement(self, it);
    }

    fn visit_throw_statement(&mut self, it: &ThrowStatement<'a>) {
        self.note_end(it.span);
        walk::walk_throw_statement(self, it);
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        let (start, name) = (it.span.start as usize, it.pattern.span());
        self.modifiers(start, name.start as usize);
        if it.optional
            && let Some((at, b'?')) = self.canvas.next(name.end as usize)
        {
            self.canvas.blank(at, at + 1);
        }
        walk::walk_formal_parameter(self, it);
    }

    fn visit_function(&mut self, it: &Function<'a>, flags: ScopeFlags) {
        if it.declare || it.body.is_none() {
            self.canvas.blank_statement(it.span);
        } else {
            walk::walk_function(self, it, flags);
        }
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        self.class(it);
    }

    fn visit_ts_class_implements_list(&mut self, _: &ArenaVec<'a, TSClassImplements<'a>>) {}

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        self.property(it);
        self.note_end(it.span);
    }

    fn visit_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        let fix = "write a getter and a setter";
        self.refuse(it.span, "`accessor` is not available in actions", fix);
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        self.method(it);
    }

    fn visit_ts_index_signature(&mut self, it: &TSIndexSignature<'a>) {
        self.canvas.blank_statement(it.span);
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        self.enumeration(it);
    }
}
