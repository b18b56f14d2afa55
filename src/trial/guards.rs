//! The blocks that guard a flow: when one of them fails and the ending is a success all the same, the flow fails open.
//! Those that judge risk, credentials or factors, those that can deny, and those that a deny relies on.

use super::blocks::nested;
use super::{Placed, placed};
use crate::flow::{Block, Config, Family, Flow, Kind, decided_proofs, unread_proofs};
use crate::value::Text;
use crate::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};

/// Why a block is a guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// It scores a risk.
    Risk,
    /// It checks a credential, or that an address belongs to the user.
    Credential,
    /// It asks for a second factor.
    Mfa,
    /// It can deny.
    Denies,
    /// What it wrote decides whether a deny or another guard is met.
    Feeds,
}

impl Guard {
    /// In a few words, to stand behind "is".
    pub fn meaning(self) -> &'static str {
        match self {
            Guard::Risk => "a risk check",
            Guard::Credential => "a check of a credential",
            Guard::Mfa => "a check of a factor",
            Guard::Denies => "a block that can deny",
            Guard::Feeds => "what a decision to stop somebody relies on",
        }
    }
}

/// The guards of a flow and of its custom flows, by full path.
pub fn guards(flow: &Flow, workspace: &Workspace) -> BTreeMap<Text, Guard> {
    let blocks = placed(flow, workspace);
    let mut found = BTreeMap::new();
    for one in &blocks {
        if let Some(guard) = own(one.block, workspace) {
            found.insert(one.path.clone(), guard);
        }
    }
    let decides = |one: &&Placed| {
        let mut branches = one.block.branches().into_iter();
        branches.any(|blocks| stops_somebody(blocks, workspace))
    };
    let mut relied_on: Vec<&Placed> = blocks.iter().filter(decides).collect();
    while let Some(reader) = relied_on.pop() {
        for one in &blocks {
            if !found.contains_key(&one.path) && reads(reader, one) {
                found.insert(one.path.clone(), Guard::Feeds);
                relied_on.push(one);
            }
        }
    }
    found
}

/// What a block is by itself.
fn own(block: &Block, workspace: &Workspace) -> Option<Guard> {
    let info = block.kind.info();
    if info.family == Family::Risk {
        return Some(Guard::Risk);
    }
    match &block.config {
        Config::IdentityLookup {
            must_exist,
            must_not_exist,
            ..
        } => return (*must_exist || *must_not_exist).then_some(Guard::Denies),
        Config::RunCustomAction { action, .. } => {
            let action = workspace.action(&action.value)?;
            return action.script.may_deny().then_some(Guard::Denies);
        }
        Config::RunCustomFlow { flow } => {
            let nested = workspace.flow(&flow.value)?.blocks();
            let mut guards = nested.iter().filter_map(|inner| own(inner, workspace));
            return guards.next().map(|_| Guard::Denies);
        }
        _ => {}
    }
    match block.kind {
        Kind::PasswordCheck
        | Kind::ChannelOtpVerify
        | Kind::WebauthnFinish
        | Kind::VerificationCheck
        | Kind::EmailVerification
        | Kind::RefreshTokenValidate
        | Kind::SocialIdpCallback => Some(Guard::Credential),
        Kind::Mfa | Kind::RequireMfa | Kind::RequireMfaEnroll | Kind::CheckMfaStatus => {
            Some(Guard::Mfa)
        }
        Kind::Deny => Some(Guard::Denies),
        _ => None,
    }
}

/// Whether a deny, a factor or another guard stands in a branch: whoever takes another one gets past it.
fn stops_somebody(blocks: &[Block], workspace: &Workspace) -> bool {
    blocks.iter().any(|block| {
        own(block, workspace).is_some()
            || block
                .branches()
                .into_iter()
                .any(|inner| stops_somebody(inner, workspace))
    })
}

/// Whether the reader reads what the writer wrote: `step.<slug>` in the same flow or of the parent, `custom.<flow>`.
pub fn reads(reader: &Placed, writer: &Placed) -> bool {
    let same_flow =
        reader.outer.map(|block| &block.slug.value) == writer.outer.map(|block| &block.slug.value);
    let sees_steps = same_flow || writer.outer.is_none();
    let custom = match &writer.block.config {
        Config::RunCustomFlow { flow } => Some(&flow.value),
        _ => writer.outer.map(|_| &writer.flow.slug.value),
    };
    reader
        .block
        .reads
        .iter()
        .any(|placed| match placed.read.path.as_slice() {
            [root, slug, ..] if &**root == "step" => sees_steps && *slug == writer.block.slug.value,
            [root, slug, field, ..] if &**root == "custom" => {
                custom == Some(slug) && may_write(writer.block, field)
            }
            [root, ..] => &**root == "custom" && custom.is_some(),
            [] => false,
        })
}

/// The paths of proofs whose result nobody looks at.
pub fn unread(flow: &Flow, workspace: &Workspace) -> BTreeSet<Text> {
    let inner = |block: &Block| nested(block, workspace);
    paths(unread_proofs(flow, inner, mentions(workspace)))
}

/// The paths of proofs at which nothing but decisions looks, if anything does.
pub fn decided(flow: &Flow, workspace: &Workspace) -> BTreeSet<Text> {
    let inner = |block: &Block| nested(block, workspace);
    paths(decided_proofs(flow, inner, mentions(workspace)))
}

fn paths(proofs: Vec<Placed>) -> BTreeSet<Text> {
    proofs.into_iter().map(|proof| proof.path).collect()
}

/// Whether the action of a block mentions a word.
fn mentions(workspace: &Workspace) -> impl Fn(&Block, &str) -> bool {
    |block, word| match &block.config {
        Config::RunCustomAction { action, .. } => workspace
            .action(&action.value)
            .is_some_and(|action| action.script.names(word)),
        _ => false,
    }
}

/// Whether a block may write a field; that of a custom flow may write any.
pub fn may_write(block: &Block, field: &str) -> bool {
    let any = matches!(
        block.kind,
        Kind::RunCustomAction | Kind::RunCustomFlow | Kind::ParallelWebhook
    );
    any || block.kind.info().writes.contains(&field)
}
