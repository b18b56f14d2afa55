//! `input`: what is submitted, as written. Defaults are filled in when the world is arranged.

use crate::diagnostic::Diagnostics;
use crate::document::Fields;
use crate::engine::RefreshToken;
use crate::scenario::WrittenInput;
use crate::scenario::keys::INPUT;

pub fn decode(fields: &Fields, diagnostics: &mut Diagnostics) -> WrittenInput {
    let opened = fields
        .node("input")
        .and_then(|node| Fields::open(node, &INPUT, diagnostics));
    let Some(fields) = opened else {
        return WrittenInput::default();
    };
    let profile = fields.node("profile").map(|node| node.to_value());
    WrittenInput {
        identifier: fields.text("identifier"),
        password: fields.text("password"),
        new_password: fields.text("new_password"),
        profile: profile.and_then(|value| match value {
            crate::value::Value::Map(map) => Some(map),
            _ => None,
        }),
        refresh_token: fields.pick(
            "refresh_token",
            [
                RefreshToken::Valid,
                RefreshToken::Expired,
                RefreshToken::Reused,
            ],
        ),
        session: fields.text("session"),
    }
}
