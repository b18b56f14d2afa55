//! Enums become objects on the same lines: `var E = ((E) => { … return E; })(E || {});`. A member is also a
//! constant, so that later ones may name it; a member that is a number maps back to its name.

use super::Eraser;
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_span::GetSpan;

/// Names that cannot be those of a constant.
const RESERVED: [&str; 48] = [
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

impl Eraser<'_> {
    pub(super) fn enumeration(&mut self, it: &TSEnumDeclaration) {
        if it.declare {
            self.canvas.blank_statement(it.span);
            return;
        }
        let name = it.id.name.as_str();
        let (start, open) = (it.span.start as usize, it.body.span.start as usize);
        self.canvas.blank(start, open + 1);
        self.canvas
            .insert(start, format!("var {name} = (({name}) => {{"));
        let mut before = None;
        for member in &it.body.members {
            before = self.member(name, member, before);
        }
        let close = it.body.span.end as usize - 1;
        self.canvas.blank(close, close + 1);
        self.canvas
            .insert(close, format!("return {name}; }})({name} || {{}});"));
    }

    /// Writes one member; gives how the next one reads its value.
    fn member(
        &mut self,
        owner: &str,
        member: &TSEnumMember,
        before: Option<String>,
    ) -> Option<String> {
        let Some(name) = member_name(&member.id) else {
            let message = "the name of an enum member cannot be computed";
            self.refuse(member.span, message, "write the name out");
            return None;
        };
        let quoted = serde_json::to_string(&name).unwrap_or_default();
        let local = is_constant(&name) && name != owner;
        let read = format!("{owner}[{quoted}]");
        let constant = if local {
            format!("const {name} = ")
        } else {
            String::new()
        };
        let (start, end) = (member.span.start as usize, member.span.end as usize);
        match &member.initializer {
            Some(value) => {
                let from = value.span().start as usize;
                self.canvas.blank(start, from);
                self.canvas.insert(start, format!("{constant}{read} = ("));
                self.visit_expression(value);
                self.canvas.insert(end, ")");
            }
            None => {
                self.canvas.blank(start, end);
                let value = before.map_or("0".to_owned(), |before| format!("{before} + 1"));
                self.canvas
                    .insert(start, format!("{constant}{read} = {value}"));
            }
        }
        let back = format!("; if (typeof {read} === \"number\") {owner}[{read}] = {quoted};");
        self.canvas.insert(end, back);
        if let Some((at, b',')) = self.canvas.next(end) {
            self.canvas.blank(at, at + 1);
        }
        Some(read)
    }
}

fn member_name(name: &TSEnumMemberName) -> Option<String> {
    match name {
        TSEnumMemberName::Identifier(name) => Some(name.name.to_string()),
        TSEnumMemberName::String(text) | TSEnumMemberName::ComputedString(text) => {
            Some(text.value.to_string())
        }
        TSEnumMemberName::ComputedTemplateString(template) => {
            let whole = template
                .quasis
                .first()
                .filter(|_| template.expressions.is_empty())?;
            whole.value.cooked.as_ref().map(|text| text.to_string())
        }
    }
}

/// Whether a name can be that of a constant.
fn is_constant(name: &str) -> bool {
    let mut characters = name.chars();
    let first = characters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_' || first == '$');
    let rest = characters.all(|next| next.is_alphanumeric() || next == '_' || next == '$');
    first && rest && !RESERVED.contains(&name)
}
