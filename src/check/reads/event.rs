//! `event.*`: the fields of ST-5, and `event.user`, which some flows have only behind the lookup. What a profile or
//! an identity leaves out depends on the run and is not judged.

use super::super::ground::order::{Presence, Relation};
use super::known::{Key, Known};
use super::problem::{Problem, guard, instead, written};
use super::walk::Reading;
use crate::diagnostic::Severity;
use crate::flow::{Flow, FlowKind, Kind, PlacedRead};

/// The system flows in which `event.user` is absent until a lookup finds somebody (ST-5).
const WITHOUT_USER: [&str; 4] = ["login", "password-reset", "mfa-enrol", "mfa-verify"];

/// What may stand below each path; paths that are not listed hold anything.
const BELOW: &[(&str, &[&str])] = &[
    (
        "event",
        &[
            "user",
            "request",
            "client",
            "tenant",
            "connection",
            "transaction",
            "authentication",
        ],
    ),
    (
        "event.user",
        &[
            "id",
            "email",
            "phone",
            "name",
            "email_verified",
            "app_metadata",
            "user_metadata",
            "factors",
        ],
    ),
    (
        "event.request",
        &["ip", "user_agent", "geo", "asn", "device"],
    ),
    ("event.request.geo", &["country", "city", "lat", "lon"]),
    (
        "event.request.asn",
        &["number", "org", "is_tor", "is_vpn", "is_bogon"],
    ),
    ("event.request.device", &["id", "trusted"]),
    ("event.client", &["id", "name", "type"]),
    ("event.tenant", &["slug", "name"]),
    ("event.connection", &["type"]),
    ("event.authentication", &["aal", "methods", "risk_score"]),
];

/// Takes note of the user that a system flow has from the start.
pub fn start(flow: &Flow, known: &mut Known) {
    let slug = &*flow.slug.value;
    if WITHOUT_USER.contains(&slug) {
        return;
    }
    known.write(Key::User, 0);
    if slug != "registration" {
        known.write(Key::UserId, 0);
    }
}

/// Takes note of a block that finds or makes the user.
pub fn write(kind: Kind, stage: usize, known: &mut Known) {
    if fills_user(kind) {
        known.write(Key::User, stage);
        known.write(Key::UserId, stage);
    }
}

fn fills_user(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::IdentityLookup | Kind::IdentityCreate | Kind::SocialIdpCallback
    )
}

/// What is wrong with a read of `event.*`.
pub fn judge(reading: &Reading, read: &PlacedRead) -> Option<Problem> {
    let path = &read.read.path;
    if let Some(problem) = unknown(reading, read) {
        return Some(problem);
    }
    if path.get(1).map(|part| &**part) != Some("user") {
        return None;
    }
    match reading.known.get(Key::User).map(|fact| fact.presence) {
        None => Some(no_user(reading, read)),
        Some(Presence::Sometimes) => Some(elsewhere(&written(read))),
        Some(Presence::Always) => id_too_early(reading, read),
    }
}

fn unknown(reading: &Reading, read: &PlacedRead) -> Option<Problem> {
    let path = &read.read.path;
    let submitted = reading.site.root().kind == FlowKind::System
        && &*reading.site.root().slug.value == "registration";
    for depth in 1..path.len() {
        let above = path[..depth].join(".");
        let Some((_, names)) = BELOW.iter().find(|(known, _)| *known == above) else {
            continue;
        };
        let name = &*path[depth];
        let free = submitted && above == "event.user";
        if !names.contains(&name) && !free {
            return Some(Problem::missing(
                format!("there is no `{above}.{name}`"),
                instead(read, depth, names.iter().copied()),
            ));
        }
    }
    None
}

fn elsewhere(path: &str) -> Problem {
    Problem::sometimes(
        format!("the user is looked up in another branch only, so `{path}` may be missing here"),
        guard(path),
    )
}

fn no_user(reading: &Reading, read: &PlacedRead) -> Problem {
    let (site, path) = (reading.site, written(read));
    let root = site.root();
    let blocks = root.blocks();
    let mut lookups = blocks.iter().filter(|block| fills_user(block.kind));
    let reader = site.root_block(reading.reader);
    let other = lookups.clone().any(|block| {
        site.root_index().relation(&block.slug.value, reader) == Relation::OtherBranch
    });
    if other {
        return elsewhere(&path);
    }
    let problem = Problem {
        code: "user_before_lookup",
        ..Problem::unknown(
            format!(
                "`{path}` is read before `identity_lookup` has found the user of `{}`",
                root.slug.value
            ),
            format!(
                "put an `identity_lookup` before this block, or {}",
                guard(&path)
            ),
        )
    };
    match lookups.next() {
        Some(lookup) => problem.related(&lookup.slug.span, "the user is looked up here"),
        None => problem,
    }
}

/// In `registration` the submitted profile has no `id` (ST-5).
fn id_too_early(reading: &Reading, read: &PlacedRead) -> Option<Problem> {
    let id = read.read.path.get(2).is_some_and(|part| &**part == "id");
    if !id || reading.known.get(Key::UserId).is_some() {
        return None;
    }
    let path = written(read);
    Some(Problem {
        code: "user_id_before_create",
        severity: Severity::Warning,
        ..Problem::unknown(
            "a user who registers has no `id` until `identity_create` has run".to_owned(),
            format!(
                "move this block behind `identity_create`, or {}",
                guard(&path)
            ),
        )
    })
}
