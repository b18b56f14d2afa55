//! A scenario as it was drawn: for one layout, who asks, from where, what they type, what webhooks answer, and
//! which outputs and faults are put on which block. It is written as a document, or built at once.

use crate::drive::Script;
use crate::engine::Fault;
use crate::profile::Profile;
use crate::value::{Map, Text};
use std::sync::Arc;

/// A scenario as it was drawn.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The name of an identity of the library.
    pub identity: Option<&'static str>,
    /// Positions in `PRESETS` and `OVERLAYS`.
    pub request: (usize, usize),
    /// What is submitted.
    pub input: Submitted,
    /// All choices of the profile.
    pub profile: Profile,
    /// Actions that are switched off.
    pub disable: Option<&'static str>,
    /// Actions that are switched on.
    pub enable: Option<&'static str>,
    /// What hosts answer, in turn: positions in `HOSTS` and `REPLIES`, and how late.
    pub mocks: Vec<(usize, Vec<Reply>)>,
    /// What the user answers, by path.
    pub answers: Vec<(&'a Text, Script)>,
    /// What is scripted, by path.
    pub outputs: Vec<(&'a Text, Arc<Map>)>,
    /// What is injected, by path.
    pub faults: Vec<(&'a Text, Fault)>,
    /// `latency` of the settings.
    pub latency: Vec<(Text, u64)>,
    /// `outbound_allowlist` of the settings.
    pub allowlist: Option<&'static [&'static str]>,
}

/// One answer of a host.
#[derive(Debug, Clone, Copy)]
pub struct Reply {
    /// A position in `REPLIES`.
    pub reply: usize,
    /// How late.
    pub delay_ms: Option<u64>,
}

/// What is submitted.
#[derive(Debug, Default)]
#[allow(missing_docs)] // the keys of `input`
pub struct Submitted {
    pub identifier: Option<&'static str>,
    pub password: Option<&'static str>,
    pub new_password: Option<&'static str>,
    pub refresh_token: Option<&'static str>,
    /// A JSON text.
    pub profile: Option<&'static str>,
    pub session: Option<&'static str>,
}
