//! Lints about outputs: `unread_write` for a block that does nothing but compute what nobody reads, and
//! `custom_key_written_twice` for a flat `custom.*` key that is read while two blocks write it (ST-4).

use super::ground::findings::Findings;
use super::ground::order::{Index, Relation};
use super::ground::subject::{Subject, may_mention};
use crate::diagnostic::Diagnostic;
use crate::document::listed;
use crate::flow::{Block, Config, Flow, FlowKind, FlowStatus, Kind};
use crate::value::Text;
use std::collections::{BTreeMap, BTreeSet};

/// Judges every flow that is in use; a draft may be a sketch.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    let readers = Readers::new(subject);
    for flow in subject.flows {
        if flow.kind == FlowKind::Custom && flow.status == FlowStatus::Draft {
            continue;
        }
        for block in flow.blocks() {
            if let Some(diagnostic) = unread(&readers, flow, block) {
                findings.add(flow, &block.slug.value, diagnostic);
            }
        }
        if flow.kind == FlowKind::Custom {
            written_twice(&readers, flow, findings);
        }
    }
}

/// Everything that is read anywhere.
struct Readers<'r, 'a> {
    subject: &'r Subject<'a>,
    /// `step.<slug>`, wherever it is read; the flow does not matter, for the sake of nested reads.
    steps: BTreeSet<&'a str>,
    /// `custom.<flow>` and the key, None for the whole.
    custom: BTreeSet<(&'a str, Option<&'a str>)>,
    /// `step` as a whole is read.
    whole: bool,
}

impl<'r, 'a> Readers<'r, 'a> {
    fn new(subject: &'r Subject<'a>) -> Self {
        let mut readers = Readers {
            subject,
            steps: BTreeSet::new(),
            custom: BTreeSet::new(),
            whole: false,
        };
        for block in subject.flows.iter().flat_map(|flow| flow.blocks()) {
            for read in &block.reads {
                readers.add(&read.read.path);
            }
        }
        readers
    }

    fn add(&mut self, path: &'a [Text]) {
        let part = |at: usize| path.get(at).map(|part| &**part);
        match (part(0), part(1)) {
            (Some("step"), Some(slug)) => {
                self.steps.insert(slug);
            }
            (Some("custom"), Some(flow)) => {
                self.custom.insert((flow, part(2)));
            }
            (Some("step" | "custom"), None) => self.whole = true,
            _ => {}
        }
    }

    /// Whether some action may read something of this name.
    fn in_action(&self, name: &str) -> bool {
        self.subject
            .actions
            .iter()
            .any(|action| may_mention(action, name))
    }

    fn reads_custom(&self, flow: &str, key: &str) -> bool {
        self.custom.contains(&(flow, Some(key))) || self.custom.contains(&(flow, None))
    }
}

/// Kinds that do nothing but compute. `risk_evaluate` has a lint of its own.
fn only_computes(block: &Block) -> bool {
    if let Config::CallWebhook(webhook) = &block.config {
        return &*webhook.method == "GET";
    }
    matches!(
        block.kind,
        Kind::CheckMfaStatus
            | Kind::IpReputation
            | Kind::BotDetection
            | Kind::BruteForce
            | Kind::BreachedPassword
            | Kind::EmailValidation
            | Kind::PasswordPolicy
    )
}

fn unread(readers: &Readers, flow: &Flow, block: &Block) -> Option<Diagnostic> {
    let slug = &*block.slug.value;
    if !only_computes(block) || readers.whole || readers.steps.contains(slug) {
        return None;
    }
    let fields = block.kind.info().writes;
    let custom = flow.kind == FlowKind::Custom
        && fields
            .iter()
            .any(|field| readers.reads_custom(&flow.slug.value, field));
    if custom
        || readers.in_action(slug)
        || flow.kind == FlowKind::Custom && readers.in_action(&flow.slug.value)
    {
        return None;
    }
    let title = format!(
        "nothing reads what `{slug}` writes: {}",
        listed(fields.iter().copied())
    );
    Some(
        Diagnostic::warning("unread_write", &block.slug.span, title)
            .fix("read it in a decision or a template, or remove the block"),
    )
}

fn written_twice<'a>(readers: &Readers, flow: &'a Flow, findings: &mut Findings<'a>) {
    let name = &*flow.slug.value;
    let index = Index::new(flow);
    let mut writers: BTreeMap<&str, Vec<&Block>> = BTreeMap::new();
    for block in flow.blocks() {
        for field in block.kind.info().writes {
            if !readers.reads_custom(name, field) {
                continue;
            }
            let before = writers.entry(field).or_default();
            // Blocks of branches that exclude each other do not overwrite.
            let first = before.iter().find(|first| {
                index.relation(&first.slug.value, &block.slug.value) != Relation::OtherBranch
            });
            if let Some(first) = first {
                findings.add(flow, &block.slug.value, twice(name, field, first, block));
            }
            if before.len() < 100 {
                before.push(block);
            }
        }
    }
}

fn twice(flow: &str, field: &str, first: &Block, second: &Block) -> Diagnostic {
    let title = format!(
        "`{}` overwrites `custom.{flow}.{field}` of `{}`, and somebody reads it (ST-4)",
        second.slug.value, first.slug.value
    );
    Diagnostic::warning("custom_key_written_twice", &second.slug.span, title)
        .fix("read `step.*` inside the custom flow, or let an action set a key of its own")
        .related(&first.slug.span, "written here first")
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, gate, login};

    const READ: &str =
        "- { block: log_event, slug: l, config: { type: x, data: { a: '{{ PATH }}' } } }\n";

    #[test]
    fn what_only_computes_is_read_by_somebody() {
        let ip = "- block: ip_reputation\n";
        let action = |js: &str| {
            format!("---\naction: a\nenabled: 'no'\njs: \"export function execute() {{ {js} }}\"\n")
        };
        let get = "- { block: call_webhook, slug: hook, config: { url: 'https://a.example.com', method: GET } }\n";
        check(
            &["unread_write"],
            &[
                (
                    &login(ip),
                    &["unread_write warning 6 nothing reads what `ip-reputation` writes: `score`"],
                ),
                (
                    &login(&(ip.to_owned() + &READ.replace("PATH", "step.ip-reputation.score"))),
                    &[],
                ),
                (
                    &(login(ip) + &action("return step['ip-reputation'].score")),
                    &[],
                ),
                (
                    &(login(ip) + &action("return 1")),
                    &["unread_write warning 6"],
                ),
                (&login(get), &["unread_write warning 6"]),
                (&login(&get.replace("GET", "POST")), &[]),
                (
                    &gate(&(ip.to_owned() + "- block: allow")),
                    &["unread_write warning 6"],
                ),
                (
                    &gate(&(ip.to_owned() + "- block: allow")).replace("published", "draft"),
                    &[],
                ),
            ],
        );
    }

    #[test]
    fn a_custom_key_that_is_read_has_one_writer() {
        let flow = |inside: &str, path: &str| {
            let run = "- { block: run_custom_flow, config: { flow: gate } }\n";
            format!(
                "{}---\n{}",
                login(&(run.to_owned() + &READ.replace("PATH", path))),
                gate(&(inside.to_owned() + "- block: allow"))
            )
        };
        let both = "- block: ip_reputation\n- block: bot_detection\n";
        let apart = "- { block: condition, config: { when: 1 == 2 }, then: [{ block: ip_reputation }], else: [{ block: bot_detection }] }\n";
        check(
            &["custom_key_written_twice"],
            &[
                (
                    &flow(both, "custom.gate.score"),
                    &[
                        "custom_key_written_twice warning 15 `bot-detection` overwrites `custom.gate.score` of `ip-reputation`",
                    ],
                ),
                (&flow(both, "custom.gate.is_bot"), &[]),
                (&flow(apart, "custom.gate.score"), &[]),
            ],
        );
    }
}
