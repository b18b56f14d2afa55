//! The config of an attachment fits the `config_schema` of its action (ACT-11), as far as it is known: what a template
//! yields is not.

use super::ground::findings::Findings;
use super::ground::subject::{Attachment, Subject};
use crate::action::{Action, SchemaViolation};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Node, parse_document};
use crate::expr::ValueTemplate;
use crate::flow::Config;
use crate::text::Span;
use crate::value::{Map, Value};

/// Judges the config of every attachment.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for attachment in subject.attachments() {
        let Some(action) = subject.action(&attachment.name.value) else {
            continue;
        };
        for diagnostic in config(&attachment, action) {
            findings.add(attachment.flow, &attachment.block.slug.value, diagnostic);
        }
    }
}

fn config(attachment: &Attachment, action: &Action) -> Vec<Diagnostic> {
    let (
        Some(schema),
        Config::RunCustomAction {
            config,
            config_span,
            ..
        },
    ) = (&action.config_schema, &attachment.block.config)
    else {
        return Vec::new();
    };
    let mut unknown = Vec::new();
    let value = literal(config, &mut Vec::new(), &mut unknown);
    let mut violations = schema.check(&value);
    violations.retain(|violation| is_certain(violation, &unknown));
    if violations.is_empty() {
        return Vec::new();
    }
    let document = reread(config_span);
    let root = document
        .as_ref()
        .and_then(|root| node_at(root, config_span));
    let diagnostic = |violation: SchemaViolation| {
        let at = match violation.path.as_slice() {
            [] => "the config".to_owned(),
            path => format!("`{}`", path.join(".")),
        };
        let title = format!(
            "{at} does not fit the config_schema of `{}`: {}",
            action.slug, violation.message
        );
        let place = root.map_or_else(
            || config_span.clone(),
            |root| place_of(root, &violation.path),
        );
        Diagnostic::error("config_schema_violation", &place, title)
            .fix(format!(
                "write what the schema in {} asks for",
                action.span.file.path()
            ))
            .related(&action.span, "the action is here")
    };
    violations.into_iter().map(diagnostic).collect()
}

/// The config with null for each template, and the paths of the templates.
fn literal(
    template: &ValueTemplate,
    path: &mut Vec<String>,
    unknown: &mut Vec<Vec<String>>,
) -> Value {
    let mut below = |part: String, inner: &ValueTemplate, unknown: &mut Vec<Vec<String>>| {
        path.push(part);
        let value = literal(inner, path, unknown);
        path.pop();
        value
    };
    match template {
        ValueTemplate::Literal(value) => value.clone(),
        ValueTemplate::Text(_) => {
            unknown.push(path.clone());
            Value::Null
        }
        ValueTemplate::List(items) => Value::list(
            items
                .iter()
                .enumerate()
                .map(|(at, item)| below(at.to_string(), item, unknown))
                .collect(),
        ),
        ValueTemplate::Map(entries) => Value::map(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), below(key.to_string(), value, unknown)))
                .collect::<Map>(),
        ),
    }
}

/// A violation at or below a template is not known; nor is one of `enum` around it.
fn is_certain(violation: &SchemaViolation, unknown: &[Vec<String>]) -> bool {
    let unsure = |template: &Vec<String>| {
        let around = template.starts_with(&violation.path);
        violation.path.starts_with(template)
            || (around && violation.message.starts_with("this must be one of"))
    };
    !unknown.iter().any(unsure)
}

/// The document of the flow again: its model keeps no places inside a config.
fn reread(span: &Span) -> Option<Node> {
    parse_document(&span.file, &mut Diagnostics::default())
}

/// The map of config whose head stands at a place.
fn node_at<'n>(root: &'n Node, place: &Span) -> Option<&'n Node> {
    if let Some(config) = root
        .get("config")
        .filter(|node| node.head().start == place.start)
    {
        return Some(config);
    }
    let below = root.as_list().into_iter().flatten();
    let entries = root
        .as_map()
        .into_iter()
        .flatten()
        .map(|entry| &entry.value);
    below.chain(entries).find_map(|node| node_at(node, place))
}

/// Where a path below a node is written, or the nearest part of it.
fn place_of(root: &Node, path: &[String]) -> Span {
    let mut node = root;
    for part in path {
        let item = node.as_list().zip(part.parse::<usize>().ok());
        let next = match item {
            Some((items, at)) => items.get(at),
            None => node.get(part),
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    node.head()
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, login};

    const ATTACH: &str =
        "- block: run_custom_action\n  slug: allowlist\n  config:\n    action: domains\n";

    #[test]
    fn a_config_fits_its_schema_as_far_as_it_is_known() {
        let schema = "{ type: object, required: [domains], additionalProperties: false, properties: { domains: { type: array, items: { type: string } }, mode: { enum: [a, b] } } }";
        let with = |config: &str| {
            format!(
                "{}---\naction: domains\ntriggers: [login]\nconfig_schema: {schema}\n",
                login(&format!("{ATTACH}{config}"))
            )
        };
        check(
            &["config_schema_violation"],
            &[
                (&with("    config: { domains: [a.example] }"), &[]),
                (
                    &with(""),
                    &["config_schema_violation error 9 the config … `domains` is missing"],
                ),
                (
                    &with("").replace("required: [domains]", "required: [domains, mode]"),
                    &[
                        "config_schema_violation … `domains` is missing",
                        "config_schema_violation … `mode` is missing",
                    ],
                ),
                (
                    &with("    config:\n      domains: [a, 1]"),
                    &["config_schema_violation error … `domains.1`"],
                ),
                (
                    &with("    config: { domains: [], mode: c }"),
                    &["config_schema_violation error … `mode`"],
                ),
                (
                    &with("    config: { domains: [], mode: '{{ event.client.type }}' }"),
                    &[],
                ),
                (
                    &with("    config: { domains: '{{ event.transaction.x }}' }"),
                    &[],
                ),
                (
                    &with("    config: { mode: '{{ event.client.type }}' }"),
                    &["config_schema_violation error … `domains` is missing"],
                ),
                (
                    &with("    config: { domains: [], other: 1 }"),
                    &["config_schema_violation error … `other`"],
                ),
            ],
        );
    }
}
