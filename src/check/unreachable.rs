//! The lint `unreachable`: a block behind a terminal, or behind a decision all of whose branches end, never runs
//! (ORD-4, ORD-5). Only the first such block is named.

use super::ground::findings::Findings;
use super::ground::order::{Presence, arms, ends, may_skip};
use super::ground::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::flow::{Block, Flow, Kind};
use crate::profile::Profile;

/// Judges every flow.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for flow in subject.flows {
        let mut walk = Walk {
            flow,
            profile: subject.profile,
            findings,
        };
        let mut way = Way::default();
        for stage in &flow.stages {
            way = walk.list(&stage.blocks, way);
        }
    }
}

/// What is known of the way to a place.
#[derive(Clone, Copy, Default)]
struct Way<'a> {
    /// The block that ends every way to here.
    ended_by: Option<&'a Block>,
    /// That has been said.
    told: bool,
    /// Whether a session was issued.
    session: Option<Presence>,
}

struct Walk<'w, 'a> {
    flow: &'a Flow,
    profile: &'w Profile,
    findings: &'w mut Findings<'a>,
}

impl<'a> Walk<'_, 'a> {
    fn list(&mut self, blocks: &'a [Block], mut way: Way<'a>) -> Way<'a> {
        for block in blocks {
            if let Some(end) = way.ended_by {
                if !way.told {
                    self.tell(block, end);
                }
                way.told = true;
                return way;
            }
            way = self.block(block, way);
        }
        way
    }

    fn block(&mut self, block: &'a Block, mut way: Way<'a>) -> Way<'a> {
        let again = block.kind == Kind::IssueSession && way.session == Some(Presence::Always);
        if again || ends(block.kind, self.profile) {
            way.ended_by = Some(block);
        }
        if block.kind == Kind::IssueSession {
            way.session = Some(Presence::Always);
        }
        let arms = arms(block);
        if arms.is_empty() {
            return way;
        }
        let mut open: Vec<Way> = Vec::new();
        for arm in arms {
            let behind = self.list(arm.blocks, way);
            if behind.ended_by.is_none() {
                open.push(behind);
            }
        }
        if may_skip(block, self.profile) {
            open.push(way);
        }
        if open.is_empty() {
            way.ended_by = Some(block);
            return way;
        }
        way.session = joined(&open);
        way
    }

    fn tell(&mut self, block: &'a Block, end: &Block) {
        let (slug, by) = (&block.slug.value, &end.slug.value);
        let title = if arms(end).is_empty() {
            format!("`{slug}` never runs: `{by}` ends the run before it")
        } else {
            format!("`{slug}` never runs: every branch of `{by}` ends the run before it")
        };
        let diagnostic = Diagnostic::warning("unreachable", &block.slug.span, title)
            .fix(format!("remove it, or move it before `{by}`"))
            .related(&end.slug.span, "the run ends here");
        self.findings.add(self.flow, slug, diagnostic);
    }
}

fn joined(open: &[Way]) -> Option<Presence> {
    let least = open.iter().map(|way| way.session).min().flatten();
    let most = open.iter().map(|way| way.session).max().flatten();
    least.or(most.map(|_| Presence::Sometimes))
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, check_under, login};
    use crate::profile::{PostSession, Profile};

    const CODES: &[&str] = &["unreachable"];
    const LOG: &str = "- { block: log_event, slug: log, config: { type: x } }\n";

    #[test]
    fn blocks_behind_the_end_of_every_way_are_named_once() {
        let both = "- block: condition\n  slug: c\n  config: { when: 1 == 2 }\n  then: [{ block: allow }]\n  else: [{ block: deny, config: { reason: x } }]\n";
        let one = both.replace("  else: [{ block: deny, config: { reason: x } }]\n", "");
        check(
            CODES,
            &[
                (
                    &login(&format!("- block: allow\n{LOG}")),
                    &["unreachable warning 7 `log` never runs: `allow` ends the run before it"],
                ),
                (
                    &login(&format!("- block: allow\n- block: finalize\n{LOG}")),
                    &["unreachable warning 7 `finalize` never runs"],
                ),
                (
                    &login(&format!("{both}{LOG}")),
                    &["unreachable warning 11 `log` never runs: every branch of `c` ends"],
                ),
                (&login(&format!("{one}{LOG}")), &[]),
                (&login(&format!("- block: issue_session\n{LOG}")), &[]),
                (
                    &login(&format!(
                        "- block: issue_session\n- block: issue_session\n{LOG}"
                    )),
                    &["unreachable warning 8 `log` never runs: `issue-session-2` ends"],
                ),
                (
                    &(login("- block: allow")
                        + "  - stage: Next\n    blocks:\n      - block: finalize\n"),
                    &["unreachable warning 9"],
                ),
            ],
        );
    }

    #[test]
    fn a_session_ends_the_run_only_under_the_profile_that_says_so() {
        let profile = Profile {
            post_session: PostSession::Stop,
            ..Profile::default()
        };
        let flow = login(&format!("- block: issue_session\n{LOG}"));
        check_under(&profile, CODES, &[(&flow, &["unreachable warning 7"])]);
    }
}
