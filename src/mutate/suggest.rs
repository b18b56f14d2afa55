//! A scenario that would have noticed: the smallest document in whose world the flow and its mutant differ, with the
//! expectation that tells them apart. It is read from its own text and judged on both before it is shown, and hidden
//! values do not stand in it (ST-6).

use super::altered::Altered;
use super::differ::differ;
use super::facets::{Facet, facets};
use super::grounds::Ground;
use super::mutant::Mutant;
use crate::diagnostic::Diagnostics;
use crate::document::yaml;
use crate::drive::Outcome;
use crate::engine::Program;
use crate::harness::{Driver, Options, Plan, ScenarioResult, Verdict, canonical_text, execute};
use crate::scenario::{SCENARIO, Scenario, decode_file};
use crate::text::SourceFile;
use crate::trace::Redactor;
use crate::trial::{REGRESSIONS, Trial};
use crate::workspace::Workspace;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A scenario that would have noticed.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// Its name.
    pub name: String,
    /// The document, as YAML.
    pub yaml: String,
    /// What the mutant means for a user.
    pub means: String,
}

/// What suggestions are made with.
pub struct Bench<'a> {
    /// The workspace as it is.
    pub workspace: &'a Arc<Workspace>,
    /// Hides what no output shows.
    pub redactor: &'a Redactor,
}

impl Bench<'_> {
    /// A scenario that passes on the flow and fails on the mutant, out of a world in which they differ.
    pub fn suggestion(
        &self,
        mutant: &Mutant,
        altered: &Altered,
        ground: &Ground,
        twin: &Outcome,
    ) -> Option<Suggestion> {
        let first = facets(&ground.outcome, twin);
        let wanted = first.first().map(|facet| (facet.rank, facet.expect.0));
        let mut shows = |document: &Value| {
            let Ok(trial) = Trial::read(document.clone(), self.workspace) else {
                return false;
            };
            let outcome = trial.outcome();
            if outcome.trace.ending != ground.outcome.trace.ending
                || outcome.trace.reason != ground.outcome.trace.reason
                || !outcome.exchange.unanswered().is_empty()
            {
                return false;
            }
            altered.outcome(&trial).is_some_and(|twin| {
                let found = facets(&outcome, &twin);
                let best = found.first().map(|facet| (facet.rank, facet.expect.0));
                differ(&outcome, &twin) && best == wanted
            })
        };
        let document = crate::trial::smaller(ground.trial.document.clone(), &mut shows);
        self.named(mutant, altered, document)
            .or_else(|| self.named(mutant, altered, ground.trial.document.clone()))
    }

    /// The document with a name and what is expected.
    fn named(&self, mutant: &Mutant, altered: &Altered, mut document: Value) -> Option<Suggestion> {
        let trial = Trial::read(document.clone(), self.workspace).ok()?;
        let (outcome, twin) = (trial.outcome(), altered.outcome(&trial)?);
        let name = format!(
            "{}: {}",
            trial.scenario.flow.slug.value, mutant.broken.promise
        );
        document["scenario"] = json!(name);
        let facets = facets(&outcome, &twin);
        let means = facets
            .first()
            .map_or("its trace would be another".to_owned(), |facet| {
                facet.says.clone()
            });
        let suggestion = |yaml| Suggestion {
            name: self.redactor.text(&name).into_owned(),
            yaml,
            means: self.redactor.text(&means).into_owned(),
        };
        for facet in facets.iter().filter(|facet| !facet.expect.0.is_empty()) {
            let mut document = document.clone();
            document["expect"] = expect(&outcome, facet);
            if let Some(yaml) = self.proven(altered, &document) {
                return Some(suggestion(yaml));
            }
        }
        document["snapshot"] = json!(true);
        self.proven(altered, &document).map(suggestion)
    }

    /// The text, if it is a scenario that passes here and not there.
    fn proven(&self, altered: &Altered, document: &Value) -> Option<String> {
        let text = self.redactor.text(&yaml(&in_order(document))).into_owned();
        let scenario = self.read(&text)?;
        self.notices(&scenario, altered).then_some(text)
    }

    /// A scenario out of its text.
    pub fn read(&self, text: &str) -> Option<Scenario> {
        let mut diagnostics = Diagnostics::default();
        let file = SourceFile::new(REGRESSIONS, text);
        let scenario = decode_file(&file, self.workspace, &mut diagnostics).pop();
        scenario.filter(|_| !diagnostics.has_errors())
    }

    /// Whether a scenario passes on the flow as it is and not on the mutant.
    pub fn notices(&self, scenario: &Scenario, altered: &Altered) -> bool {
        let Some(here) = self.judged(scenario) else {
            return false;
        };
        let Some(there) = altered.result(scenario) else {
            return false;
        };
        let by_snapshot = scenario.snapshot == Some(true)
            && canonical_text(scenario, self.workspace, &here)
                != canonical_text(scenario, self.workspace, &there);
        here.verdict == Verdict::Passed && (there.verdict != Verdict::Passed || by_snapshot)
    }

    fn judged(&self, scenario: &Scenario) -> Option<ScenarioResult> {
        let program = Program::link(&scenario.flow, &**self.workspace).ok()?;
        let scenarios = vec![(scenario.clone(), program)];
        let plan = Plan::linked(self.workspace, scenarios, Options::default());
        Some(execute(&plan, 0, &mut Driver::Virtual))
    }
}

/// The ending, its reason, and what tells the two apart.
fn expect(outcome: &Outcome, facet: &Facet) -> Value {
    let trace = &outcome.trace;
    let mut expect = Map::new();
    expect.insert("ending".into(), json!(trace.ending.name()));
    if let Some(reason) = &trace.reason {
        expect.insert("reason".into(), json!(&**reason));
    }
    let (key, value) = &facet.expect;
    expect.insert((*key).into(), value.clone());
    Value::Object(expect)
}

/// The keys in the order of the formats.
fn in_order(document: &Value) -> Value {
    let Some(map) = document.as_object() else {
        return document.clone();
    };
    let known = SCENARIO.keys.iter();
    let entry = |name: &str| Some((name.to_owned(), map.get(name)?.clone()));
    let ordered: Map<String, Value> = known.filter_map(|key| entry(key.name)).collect();
    Value::Object(ordered)
}
