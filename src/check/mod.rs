//! What `check` knows before anything runs: rules that look across files, and lints. One file a rule, each with its
//! message and its fix; rules do not see one another. Files by themselves are judged when they are decoded.

mod attachments;
mod credentials;
mod fails_open;
mod findings;
mod hyphens;
mod kinds;
mod lints;
mod order;
mod reads;
mod references;
mod risk;
mod size;
mod slow_webhook;
mod story;
mod subject;
mod terminals;
#[cfg(test)]
mod testing;
mod unreachable;
mod unread;
mod values;
mod worst_case;

pub use lints::{LINTS, Lint};
pub use subject::Subject;

use crate::diagnostic::Diagnostic;
use findings::Findings;

/// Everything that the rules say, by file and place.
pub fn judge(subject: &Subject) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    references::check(subject, &mut findings);
    kinds::check(subject, &mut findings);
    terminals::check(subject, &mut findings);
    attachments::check(subject, &mut findings);
    if size::check(subject, &mut findings) {
        reads::check(subject, &mut findings);
        slow_webhook::check(subject, &mut findings);
        unreachable::check(subject, &mut findings);
        values::check(subject, &mut findings);
        hyphens::check(subject, &mut findings);
        fails_open::check(subject, &mut findings);
        worst_case::check(subject, &mut findings);
        credentials::check(subject, &mut findings);
        risk::check(subject, &mut findings);
        unread::check(subject, &mut findings);
    }
    findings.settle(subject)
}
