//! What `check` knows before anything runs: rules that look across files, and lints. One file a rule, each with its
//! message and its fix; rules do not see one another. Files by themselves are judged when they are decoded.

mod attached_config;
mod attachments;
mod credentials;
mod custom_keys;
mod fails_open;
mod ground;
mod hyphens;
mod kinds;
mod late_factor;
mod reads;
mod references;
mod risk;
mod size;
mod slow_webhook;
mod terminals;
#[cfg(test)]
mod tests;
mod unequal_treatment;
mod unreachable;
mod unread;
mod unread_proof;
mod values;
mod worst_case;

pub use ground::lints::{LINTS, Lint};
pub use ground::subject::Subject;

use crate::diagnostic::Diagnostic;
use crate::workspace::Workspace;
use ground::findings::Findings;

/// Everything that `check` says about a workspace beyond its single files, by file and place.
pub fn check(workspace: &Workspace) -> Vec<Diagnostic> {
    let mut subject = Subject::new(
        &workspace.flows,
        &workspace.actions,
        &workspace.settings.profile,
    );
    let names = &workspace.names;
    let broken = |slug: &&str| workspace.flow(slug).is_none();
    subject.broken_flows = names.flows.names().filter(broken).collect();
    let broken = |slug: &&str| workspace.action(slug).is_none();
    subject.broken_actions = names.actions.names().filter(broken).collect();
    subject.incomplete = names.flows.is_incomplete() || names.actions.is_incomplete();
    judge(&subject)
}

/// Everything that the rules say, by file and place.
pub fn judge(subject: &Subject) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    references::check(subject, &mut findings);
    kinds::check(subject, &mut findings);
    terminals::check(subject, &mut findings);
    attachments::check(subject, &mut findings);
    attached_config::check(subject, &mut findings);
    if size::check(subject, &mut findings) {
        for follow in FOLLOWING {
            follow(subject, &mut findings);
        }
    }
    findings.settle(subject)
}

/// A rule.
type Rule = for<'s, 'f, 'a> fn(&'s Subject<'a>, &'f mut Findings<'a>);

/// The rules that look into embedded custom flows, and so need a bound on their size.
const FOLLOWING: [Rule; 14] = [
    reads::check,
    slow_webhook::check,
    unreachable::check,
    values::check,
    hyphens::check,
    fails_open::check,
    worst_case::check,
    credentials::check,
    late_factor::check,
    unequal_treatment::check,
    risk::check,
    unread::check,
    unread_proof::check,
    custom_keys::check,
];
