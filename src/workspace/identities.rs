//! Test identities: those of `fixtures/identities`, and inline ones of scenarios.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Data, Fields, Holds, Node, Shape, key, required};
use crate::engine::{Device, Identity, IdentityStatus, id};
use crate::flow::FACTORS;
use crate::text::Span;
use crate::value::{Map, Text};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A file of `fixtures/identities`.
pub static IDENTITIES: Shape = Shape {
    noun: "a file of identities",
    keys: &[required(
        "identities",
        Holds::MapOf(&Holds::Object(&IDENTITY)),
        "name to identity",
    )],
};

/// An identity.
pub static IDENTITY: Shape = Shape {
    noun: "an identity",
    keys: &[
        key("id", Holds::Text, "its id (default: derived from the name)"),
        key("email", Holds::Text, "its address"),
        key("phone", Holds::Text, "its number, such as \"+4479460000\""),
        key(
            "name",
            Holds::Text,
            "its name for people, `event.user.name`",
        ),
        key("password", Holds::Text, "its password; never shown"),
        key(
            "status",
            Holds::Words(&["active", "disabled", "locked"]),
            "whether it may sign in",
        )
        .default("\"active\""),
        key(
            "email_verified",
            Holds::Bool,
            "whether the address was verified",
        )
        .default("false"),
        key(
            "mfa",
            Holds::List(&Holds::Words(FACTORS)),
            "the enrolled factors",
        )
        .default("[]"),
        key(
            "app_metadata",
            Holds::MapOf(&Holds::Any),
            "the tenant's data",
        )
        .default("{}"),
        key(
            "user_metadata",
            Holds::MapOf(&Holds::Any),
            "the user's data",
        )
        .default("{}"),
        key(
            "failed_logins",
            Holds::Int(0, 1_000_000),
            "recent failed logins",
        )
        .default("0"),
        key(
            "devices",
            Holds::List(&Holds::Object(&DEVICE)),
            "known devices",
        )
        .default("[]"),
    ],
};

static DEVICE: Shape = Shape {
    noun: "a device",
    keys: &[
        required("id", Holds::Text, "its id"),
        key("trusted", Holds::Bool, "whether it is trusted").default("false"),
    ],
};

/// An identity and where its name is written.
pub struct Named {
    /// The identity.
    pub identity: Arc<Identity>,
    /// Where its name is written.
    pub span: Span,
    /// Where its id, or else its name, is written.
    pub id_span: Span,
    /// Where its address is written.
    pub email_span: Option<Span>,
}

/// The identities of a file, in order; those that are wrong are reported and kept as far as they go.
pub fn decode_identities(node: &Node, diagnostics: &mut Diagnostics) -> Vec<Named> {
    let fields = Fields::open(node, &IDENTITIES, diagnostics);
    let entries = fields.as_ref().and_then(|fields| fields.map("identities"));
    let mut found = Vec::new();
    for entry in entries.unwrap_or_default() {
        if let Some(identity) = decode_identity(Some(&entry.key), &entry.value, diagnostics) {
            let place = |key| entry.value.get(key).map(|node: &Node| node.span.clone());
            found.push(Named {
                identity: Arc::new(identity),
                span: entry.key_span.clone(),
                id_span: place("id").unwrap_or_else(|| entry.key_span.clone()),
                email_span: place("email"),
            });
        }
    }
    found
}

/// One identity: named, or inline without a name. None when it is no map.
pub fn decode_identity(
    name: Option<&str>,
    node: &Node,
    diagnostics: &mut Diagnostics,
) -> Option<Identity> {
    let fields = Fields::open(node, &IDENTITY, diagnostics)?;
    let email = fields.text("email");
    let origin = name.map_or_else(|| email.clone().unwrap_or_default(), Text::from);
    check_mfa(&fields, diagnostics);
    Some(Identity {
        name: name.map(Text::from),
        id: fields
            .text("id")
            .unwrap_or_else(|| Text::from(id("usr_", 0, "identity", &origin))),
        email,
        phone: fields.text("phone"),
        display_name: fields.text("name"),
        password: fields.text("password"),
        status: fields
            .pick(
                "status",
                [
                    IdentityStatus::Active,
                    IdentityStatus::Disabled,
                    IdentityStatus::Locked,
                ],
            )
            .unwrap_or(IdentityStatus::Active),
        email_verified: fields.bool("email_verified").unwrap_or(false),
        mfa: fields.texts("mfa").unwrap_or_default(),
        app_metadata: map(fields.node("app_metadata")),
        user_metadata: map(fields.node("user_metadata")),
        failed_logins: fields.int("failed_logins").unwrap_or(0),
        devices: devices(fields.list("devices").unwrap_or_default(), diagnostics),
    })
}

/// A factor is enrolled once.
fn check_mfa(fields: &Fields, diagnostics: &mut Diagnostics) {
    let mut listed = BTreeSet::new();
    for factor in fields.spanned_texts("mfa").unwrap_or_default() {
        if !listed.insert(factor.value.clone()) {
            let title = format!("the factor `{}` is listed twice", factor.value);
            diagnostics
                .push(Diagnostic::error("duplicate_name", &factor.span, title).fix("list it once"));
        }
    }
}

fn devices(nodes: &[Node], diagnostics: &mut Diagnostics) -> Vec<Device> {
    nodes
        .iter()
        .filter_map(|node| {
            let fields = Fields::open(node, &DEVICE, diagnostics)?;
            Some(Device {
                id: fields.text("id")?,
                trusted: fields.bool("trusted").unwrap_or(false),
            })
        })
        .collect()
}

fn map(node: Option<&Node>) -> Arc<Map> {
    let entries = node.and_then(|node| match &node.data {
        Data::Map(entries) => Some(entries),
        Data::Null
        | Data::Bool(_)
        | Data::Int(_)
        | Data::Float(_)
        | Data::Text(_)
        | Data::List(_) => None,
    });
    Arc::new(
        entries
            .into_iter()
            .flatten()
            .map(|entry| (entry.key.clone(), entry.value.to_value()))
            .collect(),
    )
}
