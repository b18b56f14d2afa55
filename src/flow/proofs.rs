//! Proofs whose result nobody looks at. A wrong answer to a prompt is data, not a halt (blocks.md), so that such a block
//! lets everybody pass. What may look at it somewhere is taken to do so: nothing is claimed wrongly.

use super::model::{Block, Flow, FlowKind};
use super::placed::{Placed, placed};
use super::{Config, Kind, PlacedRead};

/// Those of a system flow and of the custom flows in it. A custom flow by itself may be read by whoever embeds it.
pub fn unread_proofs<'a>(
    flow: &'a Flow,
    nested: impl Fn(&Block) -> Option<&'a Flow>,
    mentions: impl Fn(&Block, &str) -> bool,
) -> Vec<Placed<'a>> {
    unread_by(flow, nested, mentions, decides)
}

/// The proofs at which nothing but decisions looks: an action or a service may make of a wrong answer what it likes.
pub fn decided_proofs<'a>(
    flow: &'a Flow,
    nested: impl Fn(&Block) -> Option<&'a Flow>,
    mentions: impl Fn(&Block, &str) -> bool,
) -> Vec<Placed<'a>> {
    let others =
        |block: &Block| decides(block) && !matches!(block.kind, Kind::Decision | Kind::Condition);
    unread_by(flow, nested, mentions, others)
}

fn unread_by<'a>(
    flow: &'a Flow,
    nested: impl Fn(&Block) -> Option<&'a Flow>,
    mentions: impl Fn(&Block, &str) -> bool,
    counts: impl Fn(&Block) -> bool,
) -> Vec<Placed<'a>> {
    if flow.kind != FlowKind::System {
        return Vec::new();
    }
    let all = placed(flow, nested);
    let looks_at_it = |proof: &Placed| {
        let slug = &proof.block.slug.value;
        all.iter().any(|reader| {
            let words = ["verified", "authentication", &**slug];
            let named = || words.iter().any(|word| mentions(reader.block, word));
            counts(reader.block)
                && (reads(reader, proof) || reader.block.kind == Kind::RunCustomAction && named())
        })
    };
    let unread = |proof: &&Placed| proves(proof.block) && !looks_at_it(proof);
    all.iter().filter(unread).cloned().collect()
}

/// Kinds that only say whether an answer is right; `mfa` and others deny by themselves.
fn proves(block: &Block) -> bool {
    matches!(
        block.kind,
        Kind::PasswordCheck
            | Kind::ChannelOtpVerify
            | Kind::WebauthnFinish
            | Kind::VerificationCheck
            | Kind::EmailVerification
    )
}

/// Whether something may come of what the block reads: messages and logs change nothing.
fn decides(block: &Block) -> bool {
    !matches!(block.kind, Kind::LogEvent | Kind::SendEmail | Kind::Notify)
}

/// Whether a block reads what a proof writes, or what follows from it.
fn reads(reader: &Placed, proof: &Placed) -> bool {
    let outer = |one: &Placed| one.outer.map(|block| block.slug.value.clone());
    let sees_steps = proof.outer.is_none() || outer(reader) == outer(proof);
    let custom = match &proof.outer.map(|block| &block.config) {
        Some(Config::RunCustomFlow { flow }) => Some(&flow.value),
        _ => None,
    };
    // whether it is there says nothing about whether it was right
    let looks = |placed: &&PlacedRead| !placed.read.has;
    reader.block.reads.iter().filter(looks).any(|placed| {
        let words: Vec<&str> = placed.read.path.iter().map(|word| &**word).collect();
        match words.as_slice() {
            ["step"] => sees_steps,
            ["step", slug, ..] => sees_steps && *slug == &*proof.block.slug.value,
            ["custom"] => custom.is_some(),
            ["custom", flow, ..] => custom.is_some_and(|custom| **custom == **flow),
            ["event" | "session"] | ["event", "user" | "authentication"] => true,
            ["event", "authentication", field, ..] => *field != "risk_score",
            ["event", "user", "email_verified", ..] => true,
            ["session", field, ..] => matches!(*field, "aal" | "factors"),
            _ => false,
        }
    })
}
