//! The lint `unequal_treatment`: an unknown user takes other blocks, or another time, than a wrong password, so that
//! the answers of the flow tell who has an account. The two are followed side by side; whatever else a decision looks
//! at is tried out, and only a case in which the two part is told. Actions are not looked into.

mod pair;
mod tail;
mod trial;
mod walk;

#[cfg(test)]
mod tests;

use super::ground::findings::Findings;
use super::ground::subject::{Subject, each_block};
use crate::flow::{Block, FlowKind, Kind};

/// The flows in which `event.user` is absent until somebody is found (ST-5), and a password may be asked for.
const FLOWS: [&str; 4] = ["login", "mfa-enrol", "mfa-verify", "password-reset"];

/// Flows with more blocks, custom flows included, are not followed.
const BLOCKS: usize = 5_000;

/// Judges those flows where they look somebody up and check a password.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for flow in subject.flows {
        if flow.kind != FlowKind::System || !FLOWS.contains(&&*flow.slug.value) {
            continue;
        }
        let blocks = flow.blocks();
        let nested = blocks.iter().filter_map(|block| subject.nested(block));
        let inside: usize = nested.map(|nested| nested.blocks().len()).sum();
        let asks = |kind| {
            flow.stages
                .iter()
                .any(|stage| holds(subject, &stage.blocks, kind))
        };
        let size = blocks.len() + inside;
        if size <= BLOCKS && asks(Kind::IdentityLookup) && asks(Kind::PasswordCheck) {
            walk::follow(subject, flow, size, findings);
        }
    }
}

/// Whether a block of this kind stands among these, in their branches or in the custom flows that they run.
fn holds<'a>(subject: &Subject<'a>, blocks: &'a [Block], kind: Kind) -> bool {
    let mut found = false;
    each_block(blocks, &mut |block| {
        let nested = subject.nested(block).map(|nested| nested.blocks());
        found |= block.kind == kind
            || nested.is_some_and(|blocks| blocks.iter().any(|block| block.kind == kind));
    });
    found
}
