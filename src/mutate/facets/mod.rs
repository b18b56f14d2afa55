//! In what a run and its mutated twin differ, as a scenario can expect it: the most telling first. Whether the
//! expectation holds and is enough is found out by judging both.

mod inside;
mod outside;

use crate::drive::Outcome;
use crate::trace::{Ending, Entry, Trace, UserSees};
use crate::value::{Text, Value};
use serde_json::{Value as Json, json};

/// One difference.
#[derive(Debug)]
pub struct Facet {
    /// The smaller, the more it tells: 0 is the ending.
    pub rank: u8,
    /// A key of `expect`, and what the flow as it is does.
    pub expect: (&'static str, Json),
    /// What it means for a user.
    pub says: String,
}

/// Everything in which the second run differs from the first.
pub fn facets(one: &Outcome, other: &Outcome) -> Vec<Facet> {
    let mut all = Vec::new();
    let (a, b) = (&one.trace, &other.trace);
    endings(a, b, &mut all);
    blocks(a, b, &mut all);
    outside::effects(a, b, &mut all);
    inside::state(a, b, &mut all);
    outside::webhooks(one, other, &mut all);
    outside::audit(a, b, &mut all);
    outside::logs(a, b, &mut all);
    inside::times(a, b, &mut all);
    all.sort_by_key(|facet| facet.rank);
    all
}

/// `a run that ends denied (high_risk)`
fn ended(trace: &Trace) -> String {
    match (&trace.ending, &trace.reason) {
        (Ending::Denied | Ending::Failed, Some(reason)) => {
            format!("{} ({reason})", trace.ending.name())
        }
        _ => trace.ending.name().to_owned(),
    }
}

fn endings(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
    let mut add = |rank, key, value, says| {
        all.push(Facet {
            rank,
            expect: (key, value),
            says,
        });
    };
    let would = format!("a run that ends {} would end {}", ended(a), ended(b));
    if a.ending != b.ending {
        add(0, "ending", json!(a.ending.name()), would);
    } else if a.reason != b.reason {
        add(1, "reason", json!(a.reason.as_deref()), would);
    }
    if a.user_sees != b.user_sees {
        let says = format!(
            "the user would see {} instead of {}",
            sees(&b.user_sees),
            sees(&a.user_sees)
        );
        add(2, "user_sees", to_json(&a.user_sees.to_value()), says);
    }
    if a.terminal != b.terminal {
        let of = |trace: &Trace| name_or_nothing(trace.terminal.as_ref());
        let says = format!("the run would end at {} instead of {}", of(b), of(a));
        add(4, "terminal", json!(a.terminal.as_deref()), says);
    }
    if a.halted_at != b.halted_at {
        let of = |trace: &Trace| name_or_nothing(trace.halted_at.as_ref());
        let says = format!("the run would halt at {} instead of {}", of(b), of(a));
        add(4, "halted_at", json!(a.halted_at.as_deref()), says);
    }
    if let (Some(one), Some(other)) = (&a.error, &b.error)
        && one != other
    {
        let says = format!(
            "the error would be `{}` instead of `{}`",
            other.message, one.message
        );
        add(12, "error", json!({ "contains": &*one.message }), says);
    }
}

fn name_or_nothing(path: Option<&Text>) -> String {
    path.map_or("no block".to_owned(), |path| format!("`{path}`"))
}

fn sees(what: &UserSees) -> String {
    match what {
        UserSees::Success => "success".to_owned(),
        UserSees::GenericError => "the generic error page".to_owned(),
        UserSees::Message(text) => format!("“{text}”"),
        UserSees::Prompt(kind) => format!("a prompt ({})", kind.name()),
    }
}

fn blocks(a: &Trace, b: &Trace, all: &mut Vec<Facet>) {
    let (one, other) = (a.preorder(), b.preorder());
    let has = |entries: &[&Entry], path: &Text| entries.iter().any(|entry| entry.block == *path);
    if let Some(lost) = one.iter().find(|entry| !has(&other, &entry.block)) {
        all.push(Facet {
            rank: 3,
            expect: ("ran", json!([&*lost.block])),
            says: format!("`{}` would not run", lost.block),
        });
    }
    if let Some(extra) = other.iter().find(|entry| !has(&one, &entry.block)) {
        all.push(Facet {
            rank: 3,
            expect: ("not_ran", json!([&*extra.block])),
            says: format!("`{}` would run", extra.block),
        });
    }
    let path = |entries: &[&Entry]| -> Vec<String> {
        entries
            .iter()
            .map(|entry| entry.block.to_string())
            .collect()
    };
    let (order, changed) = (path(&one), path(&other));
    if order != changed {
        let first = order.iter().zip(&changed).find(|(a, b)| a != b);
        let says = first.map_or("blocks would run in another order".to_owned(), |(a, b)| {
            format!("`{b}` would run where `{a}` does")
        });
        all.push(Facet {
            rank: 8,
            expect: ("path", json!(order)),
            says,
        });
    }
    for entry in &one {
        let twin = other.iter().find(|twin| twin.block == entry.block);
        let (Some(taken), Some(twin)) = (&entry.branch, twin) else {
            continue;
        };
        if twin.branch.as_ref() != Some(taken) {
            let instead = twin.branch.as_deref().unwrap_or("none");
            all.push(Facet {
                rank: 5,
                expect: ("branches", json!({ &*entry.block: &**taken })),
                says: format!(
                    "`{}` would take `{instead}` instead of `{taken}`",
                    entry.block
                ),
            });
        }
    }
}

fn to_json(value: &Value) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}
