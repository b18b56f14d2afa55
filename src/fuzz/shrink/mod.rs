//! Makes a found case small: delta debugging over its documents, as a person would cut them down. Parts are left
//! out, branches and custom flows are replaced by what they hold, values by simpler ones, as long as the case
//! still shows the same. Deterministic, and bounded by a number of tries.

mod names;
mod parts;
mod place;
#[cfg(test)]
mod tests;
mod values;

use super::Case;
use place::Place;
use serde_json::Value;
use siphasher::sip::SipHasher13;
use std::collections::BTreeSet;
use std::hash::Hasher;

/// How many smaller cases are tried at most.
const TRIES: usize = 6_000;

/// The smallest case that is found to show the same; `shows` decides.
pub fn shrink(case: Case, shows: &mut dyn FnMut(&Case) -> bool) -> Case {
    let mut shrinker = Shrinker {
        best: case,
        shows,
        tried: BTreeSet::new(),
        left: TRIES,
    };
    loop {
        let before = shrinker.best.clone();
        shrinker.round();
        if shrinker.left == 0 || same(&before, &shrinker.best) {
            break;
        }
    }
    shrinker.name_blocks();
    shrinker.best
}

struct Shrinker<'a> {
    best: Case,
    shows: &'a mut dyn FnMut(&Case) -> bool,
    /// Fingerprints of what was tried: a second time it would show the same.
    tried: BTreeSet<u64>,
    left: usize,
}

impl Shrinker<'_> {
    /// Big cuts first: the documents, then what they hold, then single values.
    fn round(&mut self) {
        self.leave_out_flows();
        self.run_alone();
        let scenario = self.best.flows.len();
        self.thin_document(scenario);
        self.thin_settings();
        for flow in 0..self.best.flows.len() {
            self.thin_document(flow);
            self.hoist(flow);
            self.join_stages(flow);
        }
        self.inline();
        for document in 0..=self.best.flows.len() {
            self.simplify(document);
        }
        self.rename_flow();
    }

    /// Takes a case in the place of the best one when it shows the same.
    fn attempt(&mut self, case: Case) -> bool {
        if self.left == 0 || !self.tried.insert(fingerprint(&case)) {
            return false;
        }
        self.left -= 1;
        let shows = (self.shows)(&case);
        if shows {
            self.best = case;
        }
        shows
    }

    /// Tries the best case with a change to one document.
    fn attempt_with(&mut self, document: usize, change: impl FnOnce(&mut Value)) -> bool {
        let mut case = self.best.clone();
        if let Some(document) = document_mut(&mut case, document) {
            change(document);
        }
        self.attempt(case)
    }

    /// Values of the best case, document order; the list is made anew after each change.
    fn document(&self, document: usize) -> &Value {
        let flow = self.best.flows.get(document);
        flow.unwrap_or(&self.best.scenario)
    }

    /// Goes through the places of a document, also when it changes on the way.
    fn each(
        &mut self,
        document: usize,
        places: fn(&Value) -> Vec<Place>,
        mut visit: impl FnMut(&mut Self, &Place),
    ) {
        let mut at = 0;
        while let Some(place) = places(self.document(document)).get(at) {
            visit(self, place);
            at += 1;
        }
    }
}

/// A flow, or behind the last one the scenario.
fn document_mut(case: &mut Case, document: usize) -> Option<&mut Value> {
    let flows = case.flows.len();
    match document {
        at if at < flows => case.flows.get_mut(at),
        at if at == flows => Some(&mut case.scenario),
        _ => None,
    }
}

fn fingerprint(case: &Case) -> u64 {
    let mut hasher = SipHasher13::new();
    for document in case.flows.iter().chain([&case.scenario]) {
        hasher.write(document.to_string().as_bytes());
        hasher.write_u8(0xff);
    }
    for (key, ms) in &case.latency {
        hasher.write(key.as_bytes());
        hasher.write_u64(*ms);
    }
    for host in &case.allowlist {
        hasher.write(host.as_bytes());
        hasher.write_u8(0xff);
    }
    hasher.finish()
}

fn same(one: &Case, other: &Case) -> bool {
    let documents = one.flows == other.flows && one.scenario == other.scenario;
    documents && one.latency == other.latency && one.allowlist == other.allowlist
}
