//! What is told of all that was seen: one of each kind and key, nothing that another finding explains, the worst
//! first; each made small, so that its scenario shows it by itself.

use super::order::turned;
use super::run::Raw;
use super::search::Search;
use super::{Disagreement, Kind};
use crate::value::Text;
use std::collections::{BTreeMap, BTreeSet};

/// One of each kind and key, without those that another explains.
pub fn chosen(search: &Search, raws: Vec<Raw>) -> Vec<Raw> {
    let mut best: BTreeMap<(Kind, Vec<Text>), Raw> = BTreeMap::new();
    for raw in raws {
        let at = (raw.kind, raw.key.clone());
        match best.get(&at) {
            Some(known) if (known.rank, known.number) <= (raw.rank, raw.number) => {}
            Some(_) | None => {
                best.insert(at, raw);
            }
        }
    }
    // an order that closes is told with the one that opens, or not at all
    let open: Vec<Vec<Text>> = best
        .keys()
        .filter(|(kind, _)| *kind == Kind::OrderDependence)
        .map(|(_, key)| key.clone())
        .collect();
    best.retain(|(kind, key), _| *kind != Kind::ReadsBeforeWrites || !open.contains(key));
    let told: Vec<Vec<Text>> = best
        .values()
        .filter(|raw| raw.edits.len() == 1 && raw.faults.is_empty())
        .map(|raw| raw.key.clone())
        .collect();
    let explained = |raw: &Raw| {
        let several = raw.edits.len() + raw.faults.len() > 1 && !raw.edits.is_empty();
        let turned = turned(&search.flow, &raw.edits);
        several && turned.iter().any(|pair| told.contains(pair))
    };
    best.retain(|_, raw| !explained(raw));
    // a block that lets everybody pass by itself does so together with others
    let alone: Vec<Text> = best
        .values()
        .filter(|raw| raw.kind == Kind::FailsOpen && raw.faults.len() == 1)
        .map(|raw| raw.blocks[0].clone())
        .collect();
    let known = |raw: &Raw| raw.blocks.iter().any(|block| alone.contains(block));
    best.retain(|_, raw| raw.kind != Kind::FailsOpen || raw.faults.len() == 1 || !known(raw));
    best.into_values().collect()
}

/// One disagreement of each kind.
pub fn distinct(all: Vec<Disagreement>) -> Vec<Disagreement> {
    let mut known = BTreeSet::new();
    let kind = |one: &Disagreement| -> String {
        let first = one.said.first().map(String::as_str).unwrap_or_default();
        first
            .chars()
            .filter(|c| !c.is_ascii_digit())
            .take(60)
            .collect()
    };
    all.into_iter()
        .filter(|one| known.insert(kind(one)))
        .collect()
}
