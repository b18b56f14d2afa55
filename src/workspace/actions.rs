//! Actions: metadata out of `fixtures/actions`, the source beside it, compiled. A source that does not compile is
//! an error of the file (ERR-4, ACT-11).

use super::files;
use crate::action::{Action, ConfigSchema, SchemaError, Script, Trigger};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{
    Fields, Holds, MAX_BYTES, Node, Shape, is_slug, kebab, key, required, source, suggestion,
};
use crate::flow::SYSTEM_FLOWS;
use crate::mock::{FileError, read_inside};
use crate::text::{SourceFile, Span, Spanned};
use crate::value::Text;
use std::path::Path;
use std::sync::Arc;

/// A file of `fixtures/actions`.
pub static ACTION: Shape = Shape {
    noun: "an action",
    keys: &[
        required("action", Holds::Slug, "its slug"),
        key("name", Holds::Text, "its name for people"),
        key("version", Holds::OneOf(&[Holds::Text, Holds::Number]), "its version"),
        key("enabled", Holds::Bool, "false: every attachment is skipped silently (ACT-1)").default("true"),
        key(
            "triggers",
            Holds::List(&Holds::Text),
            "the system flows that it may be attached to, `login` or one stage, `login.post-auth` (ACT-8)",
        )
        .default("[]"),
        required("source", Holds::Text, "its .ts or .js file, beside this one"),
        key("timeout", Holds::Duration, "its own timeout"),
        key("config_schema", Holds::MapOf(&Holds::Any), "what `config` of an attachment must be (ACT-11)"),
        key("secrets", Holds::List(&Holds::Text), "the secrets that it may read").default("[]"),
    ],
};

/// An action, with the places that later checks point at.
pub struct Loaded {
    /// The action.
    pub action: Arc<Action>,
    /// The secrets it declares, with their places.
    pub secrets: Vec<Spanned<Text>>,
    /// The triggers, each with the place where it is written.
    pub triggers: Vec<(Trigger, Span)>,
}

/// What became of a file of an action.
pub struct Decoded {
    /// Its slug, when that can be told.
    pub slug: Option<Spanned<Text>>,
    /// The action, when nothing about it was wrong.
    pub loaded: Option<Loaded>,
}

/// Decodes an action and compiles its source. What is wrong is reported.
pub fn decode_action(root: &Path, node: &Node, diagnostics: &mut Diagnostics) -> Decoded {
    let mut found = Diagnostics::default();
    let fields = Fields::open(node, &ACTION, &mut found);
    let slug = fields.as_ref().and_then(|fields| fields.spanned("action"));
    let loaded = fields.and_then(|fields| action(root, &fields, &mut found));
    let sound = !found.has_errors();
    diagnostics.extend(found.into_sorted());
    Decoded {
        slug,
        loaded: loaded.filter(|_| sound),
    }
}

fn action(root: &Path, fields: &Fields, diagnostics: &mut Diagnostics) -> Option<Loaded> {
    let triggers = triggers(fields, diagnostics);
    let config_schema = config_schema(fields, diagnostics);
    let secrets = fields.spanned_texts("secrets").unwrap_or_default();
    let script = fields
        .node("source")
        .and_then(|node| script(root, node, diagnostics));
    let slug = fields.spanned("action")?;
    let action = Action {
        slug: slug.value,
        name: fields.text("name"),
        version: fields
            .node("version")
            .map(|node| Text::from(node.written())),
        enabled: fields.bool("enabled").unwrap_or(true),
        triggers: triggers
            .iter()
            .map(|(trigger, _)| trigger.clone())
            .collect(),
        timeout_ms: fields.duration_ms("timeout"),
        config_schema,
        secrets: secrets.iter().map(|secret| secret.value.clone()).collect(),
        script: script?,
        span: slug.span,
    };
    Some(Loaded {
        action: Arc::new(action),
        secrets,
        triggers,
    })
}

/// ACT-8: a system flow, or one stage of it; whether the stage exists is judged when the flows are known.
fn triggers(fields: &Fields, diagnostics: &mut Diagnostics) -> Vec<(Trigger, Span)> {
    let mut triggers = Vec::new();
    for written in fields.spanned_texts("triggers").unwrap_or_default() {
        let (flow, stage) = match written.value.split_once('.') {
            Some((flow, stage)) => (flow, Some(stage)),
            None => (&*written.value, None),
        };
        if !SYSTEM_FLOWS.contains(&flow) {
            let title = format!("the trigger `{}` names no system flow", written.value);
            diagnostics.push(
                Diagnostic::error("unknown_flow", &written.span, title)
                    .fix(suggestion(flow, SYSTEM_FLOWS.iter().copied())),
            );
            continue;
        }
        if let Some(stage) = stage.filter(|stage| !is_slug(stage)) {
            let fix = match kebab(stage) {
                slug if slug.is_empty() => "write the name of the stage in kebab-case".to_owned(),
                slug => format!("write `{flow}.{slug}`"),
            };
            let title = format!("`{stage}` is no stage as triggers write it");
            diagnostics.push(Diagnostic::error("bad_slug", &written.span, title).fix(fix));
            continue;
        }
        let trigger = Trigger {
            flow: Text::from(flow),
            stage: stage.map(Text::from),
        };
        triggers.push((trigger, written.span));
    }
    triggers
}

fn config_schema(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<ConfigSchema> {
    let node = fields.node("config_schema")?;
    match ConfigSchema::parse(&node.to_value()) {
        Ok(schema) => Some(schema),
        Err(error) => {
            let span = place(node, &error);
            let diagnostic = Diagnostic::error("bad_schema", &span, error.message);
            diagnostics.push(match error.fix {
                Some(fix) => diagnostic.fix(fix),
                None => diagnostic,
            });
            None
        }
    }
}

/// Where the path of a schema error leads, as far as it can be followed.
fn place(schema: &Node, error: &SchemaError) -> Span {
    let mut node = schema;
    let mut span = schema.head();
    for part in &error.path {
        if let Some(entry) = node.entry(part) {
            span = entry.key_span.clone();
            node = &entry.value;
        } else if let Some(item) = part
            .parse::<usize>()
            .ok()
            .and_then(|position| node.as_list()?.get(position))
        {
            span = item.head();
            node = item;
        } else {
            break;
        }
    }
    span
}

/// Finds, reads and compiles the source.
fn script(root: &Path, node: &Node, diagnostics: &mut Diagnostics) -> Option<Arc<Script>> {
    let written = node.as_text()?;
    let extension = Path::new(&**written)
        .extension()
        .and_then(|text| text.to_str());
    if !matches!(extension, Some("ts" | "js")) {
        let title = format!("`{written}` is no .ts or .js file");
        diagnostics.push(
            Diagnostic::error("bad_source", &node.span, title)
                .fix("name the file with its extension, such as `domain-allowlist.ts`"),
        );
        return None;
    }
    let beside = node.span.file.path();
    let bytes = match read_inside(root, beside, written, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(error) => {
            diagnostics.push(missing(node, written, &error));
            return None;
        }
    };
    match source(&files::beside(beside, written), &bytes) {
        Ok(file) => compile(&file, diagnostics),
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            None
        }
    }
}

fn compile(file: &Arc<SourceFile>, diagnostics: &mut Diagnostics) -> Option<Arc<Script>> {
    let errors = match Script::compile(file) {
        Ok(script) => return Some(script),
        Err(errors) => errors,
    };
    for error in errors {
        let span = Span::new(file, error.range);
        let diagnostic = Diagnostic::error("action_source", &span, error.message);
        diagnostics.push(match error.fix {
            Some(fix) => diagnostic.fix(fix),
            None => diagnostic,
        });
    }
    None
}

/// A source that cannot be read, at the place that names it.
fn missing(node: &Node, written: &str, error: &FileError) -> Diagnostic {
    let (code, fix) = match error {
        FileError::Outside => (
            "outside_workspace",
            "put the source beside its metadata, inside the workspace".to_owned(),
        ),
        FileError::Missing { near: Some(near) } => {
            ("missing_source", format!("did you mean `{near}`?"))
        }
        FileError::Missing { near: None } => (
            "missing_source",
            "write the file, or its path relative to this one".to_owned(),
        ),
        FileError::NotAFile => ("missing_source", "name a file".to_owned()),
        FileError::Unreadable(_) => ("unreadable_file", "make it readable".to_owned()),
    };
    let title = format!("the source `{written}`: {error}");
    Diagnostic::error(code, &node.head(), title).fix(fix)
}
