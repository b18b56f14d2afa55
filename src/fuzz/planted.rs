//! Planted faults: each property must catch a trace, or a world, that breaks it, and the comparison must see every
//! change of a trace.

use super::generate::{Genes, case, flow_genes, world_genes};
use super::{Actions, Arranged, Mode, PROPERTIES, differences};
use crate::drive::{self, Outcome};
use crate::trace::{Audit, AuditOutcome, Ending, Entry, Status, Trace};
use crate::value::Map;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

type Fault = fn(&mut Trace);

/// Which property each fault breaks; a fault that a trace has no place for leaves it as it is.
const FAULTS: [(&str, Fault); 15] = [
    ("ends exactly once", |trace| {
        let again = trace.audit.last().cloned();
        trace.audit.extend(again);
    }),
    ("nothing after a terminal", |trace| {
        let terminal = trace.entries.last().is_some_and(|entry| {
            entry.kind.info().terminal && entry.status == Status::Ok && entry.kind.name() == "allow"
        });
        if terminal {
            let more = trace.entries.clone();
            trace.entries.extend(more);
        }
    }),
    ("halt halts", |trace| {
        if trace.ending == Ending::Failed && last_is(trace, Status::Failed) {
            trace.ending = Ending::Allowed;
        }
    }),
    ("continue continues, and only past errors", |trace| {
        if let Some(entry) = trace.entries.first_mut() {
            entry.continued = !entry.continued && entry.status != Status::Detached;
            entry.status = Status::Ok;
        }
    }),
    ("a deny is never continued past", |trace| {
        if trace.ending == Ending::Denied {
            trace.ending = Ending::Allowed;
        }
    }),
    ("the budget is never exceeded", |trace| {
        trace.flow_ms += trace.budget_ms + 1
    }),
    ("the budget is never swallowed", |trace| {
        if trace.ending == Ending::TimedOut {
            trace.ending = Ending::Failed;
        }
    }),
    ("a nested deny halts the parent", |trace| {
        if let Some(outer) = nested_last(trace, Status::Denied) {
            outer.status = Status::Ok;
        }
    }),
    ("a nested error follows On error", |trace| {
        if let Some(outer) = nested_last(trace, Status::Failed) {
            outer.status = Status::Ok;
        }
    }),
    ("a custom flow never changes the parent's step", |trace| {
        trace.state.push(("step.smuggled.n".into(), true.into()));
    }),
    ("secrets are hidden", |trace| {
        trace
            .state
            .push(("custom.c.n".into(), super::generate::SECRET.into()));
    }),
    ("replays to the same bytes", |trace| {
        trace.audit.push(smuggled())
    }),
    ("detached work changes nothing", |trace| {
        trace.audit.push(smuggled())
    }),
    ("resumes as if uninterrupted", |trace| {
        if let Some(entry) = trace.entries.first_mut() {
            entry.start_ms += 1;
        }
    }),
    (
        "unknown users and wrong passwords take the same time",
        |trace| {
            for entry in &mut trace.entries {
                entry.duration_ms += 1;
            }
        },
    ),
];

fn last_is(trace: &Trace, status: Status) -> bool {
    trace
        .entries
        .last()
        .is_some_and(|entry| entry.status == status)
}

fn nested_last(trace: &mut Trace, status: Status) -> Option<&mut Entry> {
    let stops = |entry: &Entry| entry.status == status && !entry.continued;
    let mut entries = trace.entries.iter_mut();
    entries.find(|outer| outer.entries.last().is_some_and(stops))
}

fn smuggled() -> Audit {
    Audit {
        kind: "smuggled".into(),
        outcome: AuditOutcome::Success,
        flow: "login".into(),
        block: None,
        data: Map::new().into(),
    }
}

/// Cases in their order, with what came of them.
fn cases(number: usize) -> impl Iterator<Item = (Arranged, Outcome)> {
    let mut runner = TestRunner::deterministic();
    (0..number).map(move |_| {
        let genes = (flow_genes(), world_genes());
        let (flow, world) = genes.new_tree(&mut runner).expect("genes").current();
        let case = case(&Genes { flow, world }, Mode::Typed, Actions::With);
        let arranged = case.arrange().expect("a typed case");
        let outcome = drive::run(
            &arranged.program,
            &arranged.world,
            &arranged.scenario.mocks,
            &arranged.scenario.answers,
        );
        (arranged, outcome)
    })
}

#[test]
fn every_property_catches_its_planted_fault() {
    let mut caught: BTreeMap<&str, u32> = BTreeMap::new();
    for (arranged, mut outcome) in cases(400) {
        let whole = outcome.trace.clone();
        for (name, fault) in FAULTS {
            outcome.trace = whole.clone();
            fault(&mut outcome.trace);
            let property = PROPERTIES.iter().find(|(known, ..)| *known == name);
            let (_, _, property, _) = property.expect("a property of this name");
            *caught.entry(name).or_default() += u32::from(property(&arranged, &outcome).is_err());
        }
    }
    let missed: Vec<_> = caught.iter().filter(|(_, count)| **count == 0).collect();
    assert!(missed.is_empty(), "never caught: {missed:?}");
}

#[test]
fn the_comparison_sees_every_part_of_a_trace() {
    let faults: [(&str, Fault); 14] = [
        ("ending", |trace| trace.ending = Ending::Suspended),
        ("terminal", |trace| trace.terminal = Some("x".into())),
        ("reason", |trace| trace.reason = Some("x".into())),
        ("halted_at", |trace| trace.halted_at = Some("x".into())),
        ("flow_ms", |trace| trace.flow_ms += 1),
        ("path", |trace| drop(trace.entries.pop())),
        ("state", |trace| {
            trace.state.push(("step.x.y".into(), true.into()))
        }),
        ("audit", |trace| drop(trace.audit.pop())),
        ("status", |trace| {
            trace.entries[0].status = Status::Suspended
        }),
        ("continued", |trace| trace.entries[0].continued ^= true),
        ("start_ms", |trace| trace.entries[0].start_ms += 1),
        ("duration_ms", |trace| trace.entries[0].duration_ms += 1),
        ("writes", |trace| {
            trace.entries[0].writes.push(("x".into(), true.into()))
        }),
        ("custom_claims", |trace| {
            trace.side_effects.custom_claims.insert("x", true);
        }),
    ];
    let usable = |outcome: &Outcome| {
        outcome.trace.ending == Ending::Denied && !outcome.trace.entries.is_empty()
    };
    let (_, outcome) = cases(100)
        .find(|(_, outcome)| usable(outcome))
        .expect("one");
    for (part, fault) in faults {
        let mut changed = outcome.trace.clone();
        fault(&mut changed);
        let told = differences(&outcome.trace, &changed);
        assert!(
            told.iter().any(|line| line.contains(part)),
            "{part}: {told:?}"
        );
    }
}

#[test]
fn typed_cases_reach_every_kind_and_every_ending() {
    let (mut kinds, mut endings, mut codes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (_, outcome) in cases(2_000) {
        *endings.entry(outcome.trace.ending.name()).or_insert(0) += 1;
        let nested = outcome
            .trace
            .entries
            .iter()
            .flat_map(|entry| &entry.entries);
        for entry in outcome.trace.entries.iter().chain(nested) {
            *kinds.entry(entry.kind.name()).or_insert(0) += 1;
            if let Some(error) = &entry.error {
                *codes.entry(error.code.name()).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(kinds.len(), 46, "{kinds:?}");
    assert_eq!(endings.len(), 5, "{endings:?}");
    assert!(codes.len() >= 22, "{codes:?}");
}
