//! Reads: every path that an expression or template reads must have been written by then (ST-2 to ST-6).
//! Walks each system flow in its order, with every custom flow where it is embedded; one that is embedded
//! nowhere is walked by itself, and what only a parent could write draws a warning there.

mod custom;
mod event;
mod fields;
mod known;
mod problem;
mod session;
mod step;
#[cfg(test)]
mod tests;
mod walk;

use super::ground::findings::Findings;
use super::ground::subject::Subject;
use crate::flow::FlowKind;
use std::collections::BTreeSet;

/// Judges every read of every flow.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    let embedded: BTreeSet<&str> = subject
        .embeddings()
        .iter()
        .map(|embedding| &*embedding.name.value)
        .collect();
    let mut walker = walk::Walker::new(subject, findings);
    for flow in subject.flows {
        match flow.kind {
            FlowKind::System => walker.system(flow),
            FlowKind::Custom if !embedded.contains(&*flow.slug.value) => walker.alone(flow),
            FlowKind::Custom => {}
        }
    }
}
