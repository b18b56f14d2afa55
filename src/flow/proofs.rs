//! Proofs whose result nobody looks at. A wrong answer to a prompt is data, not a halt (blocks.md), so that such a block
//! lets everybody pass. What may look at it somewhere is taken to do so: nothing is claimed wrongly.

use super::model::{Block, Flow, FlowKind};
use super::{Config, Kind};
use crate::value::Text;

/// A proof, where it stands in the run of a flow.
#[derive(Debug, Clone, Copy)]
pub struct Proof<'a> {
    /// The flow it stands in.
    pub flow: &'a Flow,
    /// The `run_custom_flow` block around it.
    pub outer: Option<&'a Block>,
    /// The block.
    pub block: &'a Block,
}

impl Proof<'_> {
    /// The full path of the block.
    pub fn path(&self) -> Text {
        let slug = &self.block.slug.value;
        match self.outer {
            Some(outer) => Text::from(format!("{}/{slug}", outer.slug.value)),
            None => slug.clone(),
        }
    }
}

/// Those of a system flow and of the custom flows in it. A custom flow by itself may be read by whoever embeds it.
pub fn unread_proofs<'a>(
    flow: &'a Flow,
    nested: impl Fn(&Block) -> Option<&'a Flow>,
    mentions: impl Fn(&Block, &str) -> bool,
) -> Vec<Proof<'a>> {
    if flow.kind != FlowKind::System {
        return Vec::new();
    }
    let mut all = Vec::new();
    for block in flow.blocks() {
        all.push(Proof {
            flow,
            outer: None,
            block,
        });
        let inner = nested(block).into_iter().map(|flow| (flow, flow.blocks()));
        for (flow, blocks) in inner {
            let outer = Some(block);
            all.extend(blocks.into_iter().map(|block| Proof { flow, outer, block }));
        }
    }
    let looks_at_it = |proof: &Proof| {
        let slug = &proof.block.slug.value;
        all.iter().any(|reader| {
            let words = ["verified", "authentication", &**slug];
            let named = || words.iter().any(|word| mentions(reader.block, word));
            decides(reader.block)
                && (reads(reader, proof) || reader.block.kind == Kind::RunCustomAction && named())
        })
    };
    let unread = |proof: &&Proof| proves(proof.block) && !looks_at_it(proof);
    all.iter().filter(unread).copied().collect()
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
fn reads(reader: &Proof, proof: &Proof) -> bool {
    let outer = |one: &Proof| one.outer.map(|block| block.slug.value.clone());
    let sees_steps = proof.outer.is_none() || outer(reader) == outer(proof);
    let custom = match &proof.outer.map(|block| &block.config) {
        Some(Config::RunCustomFlow { flow }) => Some(&flow.value),
        _ => None,
    };
    reader.block.reads.iter().any(|placed| {
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
