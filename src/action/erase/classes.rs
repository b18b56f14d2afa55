//! Classes: modifiers, abstract members and `implements` go; parameter properties become assignments at the
//! start of the constructor's body, or after its call of `super`.

use super::Eraser;
use oxc_ast::ast::*;
use oxc_ast_visit::walk;
use oxc_span::GetSpan;

/// Words that stand before a member or a parameter and are only type.
const MODIFIERS: [&str; 7] = [
    "public",
    "private",
    "protected",
    "readonly",
    "override",
    "abstract",
    "declare",
];

impl Eraser<'_> {
    /// Blanks modifiers in front of a name.
    pub(super) fn modifiers(&mut self, start: usize, name: usize) {
        for word in self.canvas.words(start, name) {
            if MODIFIERS.contains(&self.canvas.source(word.clone())) {
                self.canvas.blank(word.start, word.end);
            }
        }
    }

    /// Blanks the modifiers of a member. A semicolon takes the place of a leading one, so that the
    /// member does not join the one before it.
    fn member_modifiers(&mut self, start: usize, name: usize) {
        let first = self.canvas.words(start, name).into_iter().next();
        self.modifiers(start, name);
        if let Some(first) = first
            && MODIFIERS.contains(&self.canvas.source(first.clone()))
        {
            self.canvas.put(first.start, b';');
        }
    }

    pub(super) fn class(&mut self, it: &Class) {
        if it.declare {
            self.canvas.blank_statement(it.span);
            return;
        }
        let (start, body) = (it.span.start as usize, it.body.span.start as usize);
        if let Some(word) = self.canvas.words(start, body).first().cloned()
            && self.canvas.source(word.clone()) == "abstract"
        {
            self.canvas.blank(word.start, word.end);
        }
        if let (Some(first), Some(last)) = (it.implements.first(), it.implements.last()) {
            let words = self.canvas.words(start, first.span.start as usize);
            let start = words
                .last()
                .map_or(first.span.start as usize, |word| word.start);
            self.canvas.blank(start, last.span.end as usize);
        }
        walk::walk_class(self, it);
    }

    pub(super) fn property(&mut self, it: &PropertyDefinition) {
        let abstracted = it.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition;
        if it.declare || abstracted {
            self.canvas.blank_statement(it.span);
            return;
        }
        let key = it.key.span();
        self.member_modifiers(it.span.start as usize, key.start as usize);
        let end = it
            .type_annotation
            .as_ref()
            .map(|annotation| annotation.span.start);
        let end = end.or(it.value.as_ref().map(|value| value.span().start));
        let end = end.unwrap_or(it.span.end) as usize + 1;
        for (set, mark) in [(it.optional, b'?'), (it.definite, b'!')] {
            if set && let Some(at) = self.canvas.find(key.end as usize, end, mark) {
                self.canvas.blank(at, at + 1);
            }
        }
        walk::walk_property_definition(self, it);
        if let (Some(annotation), None) = (&it.type_annotation, &it.value) {
            // `get: T` on a line of its own must not become the `get` of the next member.
            self.canvas.put(annotation.span.start as usize, b';');
        }
    }

    pub(super) fn method(&mut self, it: &MethodDefinition) {
        if it.value.body.is_none() {
            self.canvas.blank_statement(it.span);
            return;
        }
        let key = it.key.span();
        self.member_modifiers(it.span.start as usize, key.start as usize);
        let params = it.value.span.start as usize + 1;
        if it.optional
            && let Some(at) = self.canvas.find(key.end as usize, params, b'?')
        {
            self.canvas.blank(at, at + 1);
        }
        if it.kind == MethodDefinitionKind::Constructor {
            self.parameter_properties(&it.value);
        }
        walk::walk_method_definition(self, it);
    }

    fn parameter_properties(&mut self, constructor: &Function) {
        let mut assignments = String::new();
        for parameter in &constructor.params.items {
            if parameter.accessibility.is_none() && !parameter.readonly && !parameter.r#override {
                continue;
            }
            match &parameter.pattern {
                BindingPattern::BindingIdentifier(name) => {
                    assignments.push_str(&format!(" this.{0} = {0};", name.name));
                }
                _ => {
                    let fix = "give the parameter a name";
                    let message = "a parameter property cannot be a pattern";
                    self.refuse(parameter.span, message, fix);
                }
            }
        }
        let Some(body) = &constructor.body else {
            return;
        };
        if assignments.is_empty() {
            return;
        }
        let after = body
            .statements
            .iter()
            .find_map(|statement| match statement {
                Statement::ExpressionStatement(statement) => match &statement.expression {
                    Expression::CallExpression(call) if call.callee.is_super() => {
                        Some(statement.span.end as usize)
                    }
                    _ => None,
                },
                _ => None,
            });
        match after {
            Some(end) => self.canvas.insert(end, format!(";{assignments}")),
            None => self
                .canvas
                .insert(body.span.start as usize + 1, assignments),
        }
    }
}
