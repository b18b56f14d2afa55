//! Scenario files into scenarios: every document, every case, each checked strictly against the workspace.
//! Everything wrong is reported; a scenario with errors is left out.

mod answers;
mod edits;
mod expect;
mod faults;
mod input;
mod no_scenario;
mod paths;
mod request;

use super::cases::merged;
use super::keys::{CASE, SCENARIO};
use super::{Scenario, Subject};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Data, Fields, Node, parse_documents};
use crate::flow::Flow;
use crate::mock::{Mocks, decode_webhooks};
use crate::text::{SourceFile, Span, Spanned};
use crate::value::Text;
use crate::workspace::{Workspace, decode_identity, decode_profile};
use no_scenario::{empty_document, empty_file, misplaced};
use paths::Paths;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many nodes the cases of one scenario may have together, inherited ones counted for each.
const CASE_NODES: usize = 2_000_000;

/// The scenarios of one file, cases in the place of their scenario.
pub fn decode_file(
    file: &Arc<SourceFile>,
    workspace: &Workspace,
    diagnostics: &mut Diagnostics,
) -> Vec<Scenario> {
    let documents = parse_documents(file, diagnostics);
    if documents.is_empty() && !diagnostics.has_errors() {
        diagnostics.push(empty_file(file));
    }
    let mut scenarios = Vec::new();
    let mut names = Names::default();
    for document in &documents {
        if document.is_null() {
            diagnostics.push(empty_document(document));
            continue;
        }
        if let Some(misplaced) = misplaced(document) {
            diagnostics.push(misplaced);
            continue;
        }
        if let Some(name) = document.get("scenario").and_then(Node::spanned_text) {
            names.take("a scenario of this file", name, diagnostics);
        }
        decode_document(document, workspace, diagnostics, &mut scenarios);
    }
    scenarios
}

/// Names that must differ, and where each was seen first.
#[derive(Default)]
struct Names(BTreeMap<Text, Span>);

impl Names {
    fn take(&mut self, whose: &str, name: Spanned<Text>, diagnostics: &mut Diagnostics) {
        if name.value.trim().is_empty() {
            let title = format!("the name of {whose} is empty");
            diagnostics
                .push(Diagnostic::error("empty_name", &name.span, title).fix("write a name"));
        }
        match self.0.get(&name.value) {
            Some(first) => {
                let title = format!("{whose} is already called `{}`", name.value);
                diagnostics.push(
                    Diagnostic::error("duplicate_name", &name.span, title)
                        .fix("give one of them another name")
                        .related(first, "the first one is here"),
                );
            }
            None => {
                self.0.insert(name.value, name.span);
            }
        }
    }
}

fn decode_document(
    document: &Node,
    workspace: &Workspace,
    diagnostics: &mut Diagnostics,
    scenarios: &mut Vec<Scenario>,
) {
    let Some(cases) = document
        .get("cases")
        .filter(|cases| cases.as_list().is_some())
    else {
        scenarios.extend(decode_one(document, None, workspace, diagnostics));
        return;
    };
    let items = cases.as_list().unwrap_or_default();
    if items.is_empty() {
        diagnostics.push(
            Diagnostic::error("empty_list", &cases.head(), "`cases` has no case")
                .fix("write a case, or leave `cases` out"),
        );
    }
    if count(document).saturating_mul(items.len()) > CASE_NODES.max(count(document)) {
        diagnostics.push(
            Diagnostic::error(
                "too_large",
                &cases.head(),
                "the cases inherit too much together",
            )
            .fix("split the scenario, or let its cases inherit less"),
        );
        return;
    }
    let mut names = Names::default();
    for case in items {
        let name = case_name(case, diagnostics);
        if let Some(name) = &name {
            names.take("a case of this scenario", name.clone(), diagnostics);
        }
        let node = merged(document, &known_keys(case));
        let scenario = decode_one(&node, name.as_ref(), workspace, diagnostics);
        scenarios.extend(scenario.filter(|_| name.is_some()));
    }
}

fn count(node: &Node) -> usize {
    match &node.data {
        Data::List(items) => items.iter().map(count).sum::<usize>() + 1,
        Data::Map(entries) => {
            entries
                .iter()
                .map(|entry| count(&entry.value))
                .sum::<usize>()
                + 1
        }
        Data::Null | Data::Bool(_) | Data::Int(_) | Data::Float(_) | Data::Text(_) => 1,
    }
}

/// Only the name and unknown keys are looked at here: a null stands for a key that is removed, and what a case
/// replaces is checked where it ends up.
fn case_name(case: &Node, diagnostics: &mut Diagnostics) -> Option<Spanned<Text>> {
    let mut looked_at = case.clone();
    if let Data::Map(entries) = &mut looked_at.data {
        entries
            .retain(|entry| &*entry.key == "case" || !CASE.names().any(|name| name == &*entry.key));
    }
    let fields = Fields::open(&looked_at, &CASE, diagnostics)?;
    fields.spanned("case")
}

/// A case without the keys that `case_name` has refused.
fn known_keys(case: &Node) -> Node {
    let mut known = case.clone();
    if let Data::Map(entries) = &mut known.data {
        entries.retain(|entry| CASE.names().any(|name| name == &*entry.key));
    }
    known
}

/// What the decoders of the parts of a scenario share.
struct Context<'a> {
    workspace: &'a Workspace,
    flow: &'a Arc<Flow>,
    paths: Paths<'a>,
    diagnostics: &'a mut Diagnostics,
}

fn decode_one(
    node: &Node,
    case: Option<&Spanned<Text>>,
    workspace: &Workspace,
    diagnostics: &mut Diagnostics,
) -> Option<Scenario> {
    let mut found = Diagnostics::default();
    let scenario = decode_sound(node, case, workspace, &mut found);
    let sound = !found.has_errors();
    diagnostics.extend(found.into_sorted());
    scenario.filter(|_| sound)
}

fn decode_sound(
    node: &Node,
    case: Option<&Spanned<Text>>,
    workspace: &Workspace,
    diagnostics: &mut Diagnostics,
) -> Option<Scenario> {
    let fields = Fields::open(node, &SCENARIO, diagnostics)?;
    let identity = identity(&fields, workspace, diagnostics);
    let (request, client) = request::decode(&fields, diagnostics);
    let profile = fields.node("profile").map_or_else(
        || workspace.settings.profile.clone(),
        |node| decode_profile(node, &workspace.settings.profile, diagnostics),
    );
    let mocks = fields.node("webhooks").map_or_else(Mocks::default, |node| {
        decode_webhooks(node, &workspace.mock_sets, &workspace.root, diagnostics)
    });
    let actions_enabled = switched(&fields, workspace, diagnostics);
    let input = input::decode(&fields, diagnostics);
    let flow = flow(&fields, case, workspace, diagnostics)?;
    let mut context = Context {
        workspace,
        flow: &flow,
        paths: Paths::new(&flow, workspace),
        diagnostics,
    };
    let answers = answers::decode(&fields, &mut context);
    let outputs = faults::outputs(&fields, &mut context);
    let faults = faults::decode(&fields, &mut context);
    let expect = expect::decode(&fields, &mocks, &mut context);
    let edited = edits::decode(&fields, &mut context);
    let (flow, edits) = edited.unwrap_or_else(|| (flow.clone(), Vec::new()));
    let name = fields.spanned("scenario")?;
    Some(Scenario {
        span: case.map_or(&name.span, |case| &case.span).clone(),
        name_span: name.span,
        name: name.value,
        case: case.map(|case| case.value.clone()),
        description: fields.text("description"),
        tags: fields.texts("tags").unwrap_or_default(),
        flow,
        edits,
        written: Arc::new(node.clone()),
        identity,
        request,
        client,
        profile,
        input,
        answers,
        clock_ms: fields.instant_ms("clock"),
        seed: fields.int("seed").and_then(|seed| u64::try_from(seed).ok()),
        actions_enabled,
        mocks: Arc::new(mocks),
        outputs,
        faults,
        expect,
        snapshot: fields.bool("snapshot"),
        snapshot_path: None,
    })
}

/// A flow that exists but is broken has been reported where it is written.
fn flow(
    fields: &Fields,
    case: Option<&Spanned<Text>>,
    workspace: &Workspace,
    diagnostics: &mut Diagnostics,
) -> Option<Arc<Flow>> {
    let Some(written) = fields.spanned("flow") else {
        // a `flow` of a wrong type has been reported
        if !fields.has("flow") {
            let span = case.map_or_else(|| fields.head(), |case| case.span.clone());
            diagnostics.push(
                Diagnostic::error("missing_key", &span, "a scenario needs `flow`")
                    .fix("write `flow:` with the slug of a flow, such as `flow: login`"),
            );
        }
        return None;
    };
    diagnostics.extend(workspace.names.unknown_flow(&written));
    workspace.flow(&written.value).cloned()
}

fn identity(
    fields: &Fields,
    workspace: &Workspace,
    diagnostics: &mut Diagnostics,
) -> Option<Subject> {
    let node = fields.node("identity")?;
    let Some(name) = node.spanned_text() else {
        let inline = decode_identity(None, node, diagnostics)?;
        return Some(Subject::Inline(Arc::new(inline)));
    };
    diagnostics.extend(workspace.names.unknown_identity(&name));
    let identity = workspace.identity(&name.value)?;
    Some(Subject::Named(identity.clone()))
}

/// `disable` and `enable`.
fn switched(
    fields: &Fields,
    workspace: &Workspace,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<Text, bool> {
    let mut switched = BTreeMap::new();
    for (key, enabled) in [("disable", false), ("enable", true)] {
        for slug in fields.spanned_texts(key).unwrap_or_default() {
            if let Some(unknown) = workspace.names.unknown_action(&slug) {
                diagnostics.push(unknown);
            } else if switched.insert(slug.value.clone(), enabled) == Some(!enabled) {
                let title = format!("action `{}` is disabled and enabled", slug.value);
                diagnostics.push(
                    Diagnostic::error("conflicting_keys", &slug.span, title)
                        .fix("keep it in one of `disable` and `enable`"),
                );
            }
        }
    }
    switched
}
