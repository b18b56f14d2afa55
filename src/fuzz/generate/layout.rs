//! The flows of a case out of their genes, and what a world has to know of them: their blocks by path, and the
//! hosts that they call.

use super::flow::{Author, Written, kinds, look};
use super::genes::{Choices, FlowGenes};
use super::parts::HOSTS;
use crate::flow::Kind;
use crate::fuzz::Actions;
use crate::value::Text;
use serde_json::Value;

/// The system flows, the usual ones more often.
const FLOWS: [&str; 11] = [
    "login",
    "login",
    "login",
    "registration",
    "registration",
    "mfa-verify",
    "password-reset",
    "token-refresh",
    "logout",
    "password-reset-complete",
    "mfa-enrol",
];

/// Where kinds stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Where the catalogue lets them.
    Available,
    /// Anywhere.
    Anywhere,
}

/// The flows of a case.
#[derive(Debug)]
pub struct Layout {
    /// As documents; the first is the system flow.
    pub flows: Vec<Value>,
    /// The slug of the one that is run.
    pub run: String,
    /// Every block that can run.
    pub placed: Vec<Placed>,
    /// The hosts that they call, as positions in `HOSTS`.
    pub hosts: Vec<usize>,
}

/// A block of the flow or of a custom flow that it embeds.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Its full path.
    pub path: Text,
    /// What it is.
    pub kind: Kind,
    /// The time that a `delay` takes.
    pub takes_ms: Option<u64>,
    /// The timeout on it; of parallel calls the longest.
    pub timeout_ms: Option<u64>,
}

/// Flows out of genes.
pub fn layout(genes: &FlowGenes, reach: Reach, actions: Actions) -> Layout {
    let mut choices = Choices::new(&genes.shape);
    let alone = choices.rarely(12) && !genes.nested.is_empty();
    let system = choices.pick(&FLOWS);
    let slugs: Vec<String> = (0..genes.nested.len())
        .map(|position| format!("c{position}"))
        .collect();
    let mut flows = Vec::new();
    let mut inner: Vec<Vec<Written>> = Vec::new();
    for (slug, blocks) in slugs.iter().zip(&genes.nested) {
        let mut author = Author {
            flow: slug,
            system: false,
            customs: &[],
            kinds: kinds(slug, false, false, genes.swarm, reach, actions),
            written: Vec::new(),
            next: 0,
        };
        let mut document = author.document(blocks, false);
        // Most custom flows end well.
        if choices.below(4) != 3
            && let Some(stages) = document["stages"].as_array_mut()
            && let Some(last) = stages
                .last_mut()
                .and_then(|stage| stage["blocks"].as_array_mut())
        {
            if blocks.len() % 2 == 1 {
                last.push(look(0));
            }
            last.push(serde_json::json!({ "block": "allow", "slug": "end" }));
        }
        flows.push(document);
        inner.push(author.written);
    }
    let absent = ["login", "password-reset", "mfa-enrol", "mfa-verify"].contains(&system);
    let looks_up = absent && choices.below(4) != 0;
    let before: Vec<Written> = inner.iter().flatten().cloned().collect();
    let mut author = Author {
        flow: system,
        system: true,
        customs: &slugs,
        kinds: kinds(system, true, !slugs.is_empty(), genes.swarm, reach, actions),
        written: before.clone(),
        next: 0,
    };
    flows.insert(0, author.document(&genes.blocks, looks_up));
    let own = &author.written[before.len()..];
    let (run, placed) = if alone {
        (slugs[0].clone(), inner[0].iter().map(at_top).collect())
    } else {
        let placed = placed(&flows[0], own, &slugs, &inner);
        (system.to_owned(), placed)
    };
    Layout {
        run,
        placed,
        hosts: hosts(&flows),
        flows,
    }
}

fn hosts(flows: &[Value]) -> Vec<usize> {
    let text: String = flows.iter().map(Value::to_string).collect();
    let is_called = |host: &str| text.contains(&format!("{host}.example.com"));
    (0..HOSTS.len())
        .filter(|at| is_called(HOSTS[*at]))
        .collect()
}

fn at_top(written: &Written) -> Placed {
    at(written.slug.as_str().into(), written)
}

fn at(path: Text, written: &Written) -> Placed {
    Placed {
        path,
        kind: written.kind,
        takes_ms: written.takes_ms,
        timeout_ms: written.timeout_ms,
    }
}

/// Every block by its path: those of custom flows once for each embedding.
fn placed(flow: &Value, own: &[Written], slugs: &[String], inner: &[Vec<Written>]) -> Vec<Placed> {
    let mut placed = Vec::new();
    for written in own {
        placed.push(at_top(written));
        if written.kind != Kind::RunCustomFlow {
            continue;
        }
        let embeds = embedded(flow, &written.slug);
        let position = embeds.and_then(|slug| slugs.iter().position(|own| *own == slug));
        for nested in position.and_then(|at| inner.get(at)).into_iter().flatten() {
            let path = format!("{}/{}", written.slug, nested.slug);
            placed.push(at(path.into(), nested));
        }
    }
    placed
}

/// Which custom flow the block with this slug embeds.
fn embedded(document: &Value, slug: &str) -> Option<String> {
    match document {
        Value::Object(map) => {
            if map.get("slug").and_then(|own| own.as_str()) == Some(slug) {
                return map.get("config")?.get("flow")?.as_str().map(str::to_owned);
            }
            map.values().find_map(|value| embedded(value, slug))
        }
        Value::Array(items) => items.iter().find_map(|item| embedded(item, slug)),
        _ => None,
    }
}
