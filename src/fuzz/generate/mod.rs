//! Generators of cases. *Typed* makes well-formed flows that reach deep, *wild* what parses and nothing more.

mod flow;
mod genes;
mod library;
mod wild;
mod world;

pub use genes::{Genes, genes};
pub use library::{ACTIONS, IDENTITIES, SECRET, source, workspace};

use super::{Case, Mode};
use flow::{Author, Written, kinds};
use genes::Choices;
use world::{Placed, scenario};

/// The system flows, the usual ones more often.
const FLOWS: [&str; 10] = [
    "login",
    "login",
    "login",
    "registration",
    "mfa-verify",
    "password-reset",
    "token-refresh",
    "logout",
    "password-reset-complete",
    "mfa-enrol",
];

/// A case of a mode.
pub fn case(genes: &Genes, mode: Mode) -> Case {
    match mode {
        Mode::Typed => typed(genes, Reach::Available),
        Mode::Wild => wild::wild(genes),
    }
}

/// Where kinds stand.
#[derive(Clone, Copy)]
enum Reach {
    /// Where the catalogue lets them.
    Available,
    /// Anywhere.
    Anywhere,
}

/// A well-formed case.
fn typed(genes: &Genes, reach: Reach) -> Case {
    let mut choices = Choices::new(&genes.world);
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
            kinds: kinds(slug, false, false, genes.swarm, reach),
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
        kinds: kinds(system, true, !slugs.is_empty(), genes.swarm, reach),
        written: before.clone(),
        next: 0,
    };
    flows.insert(0, author.document(&genes.blocks, looks_up));
    let own = &author.written[before.len()..];
    let placed = placed(&flows[0], own, &slugs, &inner);
    let (run, placed) = if alone {
        let alone = inner[0].iter().map(|written| Placed {
            path: written.slug.clone(),
            written: written.clone(),
        });
        (slugs[0].as_str(), alone.collect())
    } else {
        (system, placed)
    };
    let mut latency = Vec::new();
    for key in ["password_check", "b2", "call_webhook", "b4"] {
        if choices.rarely(6) {
            latency.push((key.to_owned(), choices.pick(&flow::DELAYS)));
        }
    }
    Case {
        scenario: {
            let text = serde_json::Value::from(flows.clone()).to_string();
            scenario(run, &text, &placed, &mut choices)
        },
        flows,
        latency,
    }
}

/// Every block by its path: those of custom flows once for each embedding.
fn placed(
    flow: &serde_json::Value,
    own: &[Written],
    slugs: &[String],
    inner: &[Vec<Written>],
) -> Vec<Placed> {
    let mut placed = Vec::new();
    for written in own {
        placed.push(Placed {
            path: written.slug.clone(),
            written: written.clone(),
        });
        let embeds = embedded(flow, &written.slug);
        let at = embeds.and_then(|slug| slugs.iter().position(|own| *own == slug));
        for nested in at.and_then(|at| inner.get(at)).into_iter().flatten() {
            placed.push(Placed {
                path: format!("{}/{}", written.slug, nested.slug),
                written: nested.clone(),
            });
        }
    }
    placed
}

/// Which custom flow the block with this slug embeds.
fn embedded(document: &serde_json::Value, slug: &str) -> Option<String> {
    match document {
        serde_json::Value::Object(map) => {
            if map.get("slug").and_then(|own| own.as_str()) == Some(slug) {
                return map.get("config")?.get("flow")?.as_str().map(str::to_owned);
            }
            map.values().find_map(|value| embedded(value, slug))
        }
        serde_json::Value::Array(items) => items.iter().find_map(|item| embedded(item, slug)),
        _ => None,
    }
}
