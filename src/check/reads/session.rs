//! `session.*`: written by the session blocks; its tokens are gone when their stage ends (ST-6).

use super::super::ground::order::{Presence, Relation};
use super::known::{Key, Known};
use super::problem::{Problem, guard, instead, written};
use super::walk::Reading;
use crate::diagnostic::Severity;
use crate::flow::{Kind, PlacedRead};

/// What stays.
const LASTING: [&str; 6] = [
    "id",
    "aal",
    "issued_at",
    "expires_at",
    "expires_in",
    "factors",
];
/// What is gone when the stage ends.
const TRANSIENT: [&str; 3] = ["raw_token", "access_token", "refresh_token"];

/// Takes note of what a kind writes.
pub fn write(kind: Kind, stage: usize, known: &mut Known) {
    if kind == Kind::IssueSession {
        for field in LASTING.into_iter().chain(TRANSIENT) {
            known.write(Key::Session(field), stage);
        }
    }
}

/// What is wrong with a read of `session.*`.
pub fn judge(reading: &Reading, read: &PlacedRead) -> Option<Problem> {
    let field = &**read.read.path.get(1)?;
    let path = written(read);
    if !LASTING.contains(&field) && !TRANSIENT.contains(&field) {
        return Some(Problem::missing(
            format!("there is no `session.{field}`"),
            instead(read, 1, LASTING.into_iter().chain(TRANSIENT)),
        ));
    }
    let Some(fact) = reading.known.get(Key::Session(field)) else {
        return Some(not_yet(reading, &path));
    };
    if TRANSIENT.contains(&field) && fact.stage != reading.site.stage {
        return Some(Problem {
            code: "transient_read",
            ..Problem::unknown(
                format!(
                    "`{path}` is transient: it can be read only in the stage that issued the session"
                ),
                "move this block into that stage, or read `session.id`".to_owned(),
            )
        });
    }
    match fact.presence {
        Presence::Always => None,
        Presence::Sometimes => Some(elsewhere(&path)),
    }
}

fn elsewhere(path: &str) -> Problem {
    Problem::sometimes(
        format!("`{path}` is written in another branch only, so it may be missing here"),
        guard(path),
    )
}

fn not_yet(reading: &Reading, path: &str) -> Problem {
    let site = reading.site;
    let mut issuers = site.root().blocks();
    issuers.retain(|block| block.kind == Kind::IssueSession);
    let reader = site.root_block(reading.reader);
    let other = issuers.iter().any(|block| {
        site.root_index().relation(&block.slug.value, reader) == Relation::OtherBranch
    });
    if other {
        return elsewhere(path);
    }
    let Some(issuer) = issuers.first() else {
        return Problem::missing(
            format!("nothing issues a session before this, so there is no `{path}`"),
            "put an `issue_session` before this block".to_owned(),
        )
        .in_flow(site.flow);
    };
    let problem = Problem::too_early(
        format!(
            "`{path}` is read before `{}` has issued the session",
            issuer.slug.value
        ),
        format!("move this block behind it, or {}", guard(path)),
    );
    let problem = Problem {
        code: "read_before_session",
        severity: Severity::Warning,
        ..problem
    };
    problem.related(&issuer.slug.span, "the session is issued here")
}
