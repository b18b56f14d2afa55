//! Identities and verification: who is it, create them, prove an address, validate a refresh token.

use super::outbox::{address, channel, channel_name, no_channel, send};
use super::subject::{identity, same_address};
use super::{Denial, Judged, Opening, Outcome, Outputs, Scene, is_true, outputs};
use crate::engine::facts::no_data;
use crate::engine::{Answer, Identity, IdentityStatus, RefreshToken};
use crate::flow::{By, Channel, Config, Kind};
use crate::trace::{AuditOutcome, ErrorCode, Failure, PromptKind};
use crate::value::{Map, Text, Value};
use std::sync::Arc;

/// What each kind of this file writes.
pub fn compute(scene: &mut Scene) -> Result<Outputs, Failure> {
    match scene.node.kind {
        Kind::IdentityLookup => {
            let found = Value::Bool(matched(scene).is_some());
            Ok(outputs(scene, [found]))
        }
        Kind::IdentityCreate => identity_create(scene),
        Kind::VerificationSend => verification_send(scene),
        Kind::EmailVerification => {
            // Asked only when there is somewhere to send to.
            let missing = identity(scene)?.email.is_none();
            if missing {
                Err(no_channel(scene, Channel::Email))
            } else {
                Ok(Vec::new())
            }
        }
        _ => Ok(refresh_token_validate(scene)),
    }
}

/// The identity whose address is the submitted identifier.
fn matched(scene: &Scene) -> Option<Arc<Identity>> {
    let input = &scene.facts.world.input;
    let by_phone = matches!(scene.config, Config::IdentityLookup { by: By::Phone, .. });
    let wanted = if by_phone {
        input.phone_identifier.as_ref()?
    } else {
        input.identifier.as_ref()?
    };
    let is_it = |identity: &&Arc<Identity>| {
        if by_phone {
            identity.phone.as_ref() == Some(wanted)
        } else {
            same_address(identity.email.as_ref(), wanted)
        }
    };
    scene.facts.identities().iter().find(is_it).cloned()
}

/// What follows from a lookup or a refresh token.
pub fn follow(scene: &mut Scene, outputs: &Outputs) -> Outcome {
    if scene.node.kind == Kind::RefreshTokenValidate {
        let valid = is_true(outputs, "valid");
        return if valid {
            Outcome::Next
        } else {
            Outcome::Denies(Denial::generic("invalid_grant"))
        };
    }
    let found = is_true(outputs, "found");
    if let Some(identity) = matched(scene).filter(|_| found) {
        scene.facts.found(identity);
    }
    let Config::IdentityLookup {
        must_exist,
        must_not_exist,
        ..
    } = scene.config
    else {
        return Outcome::Next;
    };
    if *must_exist && !found {
        return Outcome::Denies(Denial::generic("invalid_credentials"));
    }
    if *must_not_exist && found {
        return Outcome::Denies(Denial::generic("identity_exists"));
    }
    Outcome::Next
}

fn identity_create(scene: &mut Scene) -> Result<Outputs, Failure> {
    let profile = kept_profile(scene);
    let text = |key: &str| profile.get(key).and_then(Value::as_text).map(Text::from);
    let (email, phone) = (text("email"), text("phone"));
    let taken = scene.facts.identities().iter().any(|known| {
        email
            .as_ref()
            .is_some_and(|email| same_address(known.email.as_ref(), email))
            || (phone.is_some() && known.phone == phone)
    });
    if taken {
        return Err(Failure::new(
            ErrorCode::IdentityExists,
            "the identity to create exists already: its address is taken",
        ));
    }
    let id = scene.facts.derived_id("usr_", "identity", scene.node);
    let map = |key: &str| {
        Arc::new(
            profile
                .get(key)
                .and_then(Value::as_map)
                .cloned()
                .unwrap_or_default(),
        )
    };
    scene.facts.create_identity(Identity {
        name: None,
        id: id.clone(),
        email: email.clone(),
        phone,
        display_name: text("name"),
        password: scene.facts.submitted_password(),
        status: IdentityStatus::Active,
        email_verified: false,
        mfa: Vec::new(),
        app_metadata: map("app_metadata"),
        user_metadata: map("user_metadata"),
        failed_logins: 0,
        devices: Vec::new(),
    });
    let mut created = Map::new();
    created.insert("id", id.clone());
    created.insert("email", email.map_or(Value::Null, Value::Text));
    scene
        .facts
        .side_effects
        .identities_created
        .push(created.into());
    scene
        .facts
        .audit("user.created", AuditOutcome::Success, scene.node, no_data());
    Ok(outputs(scene, [id.into(), Value::Bool(true)]))
}

/// The submitted profile, cut to the block's `traits`: as `event.user` shows it while nobody is at hand, so
/// that earlier changes to it count; else as it was submitted.
fn kept_profile(scene: &Scene) -> Map {
    let shown = scene.facts.state.event.get("user").and_then(Value::as_map);
    let shown = shown.filter(|_| scene.facts.identity.is_none());
    let submitted = scene.facts.world.input.profile.as_deref();
    let profile = shown.or(submitted).cloned().unwrap_or_default();
    let Config::IdentityCreate {
        traits: Some(traits),
    } = scene.config
    else {
        return profile;
    };
    profile
        .into_iter()
        .filter(|(key, _)| traits.contains(key))
        .collect()
}

fn verification_send(scene: &mut Scene) -> Result<Outputs, Failure> {
    let channel = channel(scene.config);
    let identity = identity(scene)?;
    let Some(to) = address(&identity, channel) else {
        return Err(no_channel(scene, channel));
    };
    send(
        scene,
        &Text::from(channel_name(channel)),
        "verification",
        Some(to),
    );
    Ok(outputs(scene, [Value::Bool(true)]))
}

/// Asks for the link when there is an address to send it to.
pub fn open_email_verification(scene: &Scene) -> Opening {
    let known = scene
        .facts
        .identity
        .as_ref()
        .is_some_and(|identity| identity.email.is_some());
    if known {
        Opening::Ask(PromptKind::EmailLink)
    } else {
        Opening::Work
    }
}

/// The mail with the link (AUD-3).
pub fn send_link(scene: &mut Scene) {
    let to = scene
        .facts
        .identity
        .as_ref()
        .and_then(|identity| identity.email.clone());
    send(scene, &Text::from("email"), "email_verification", to);
}

/// A token or link is right or not; there is no second attempt.
pub fn judge(answer: &Answer) -> Judged {
    let verified = Value::Bool(&*answer.value == "right");
    Judged::Done(vec![(Text::from("verified"), verified)], None)
}

/// A proven address is marked as such.
pub fn verified(scene: &mut Scene, outputs: &Outputs) {
    if is_true(outputs, "verified") {
        scene
            .facts
            .change_identity(|identity| identity.email_verified = true);
    }
}

fn refresh_token_validate(scene: &Scene) -> Outputs {
    let input = &scene.facts.world.input;
    let valid = input.refresh_token == Some(RefreshToken::Valid);
    let family = scene.facts.derived_id("fam_", "family", scene.node);
    outputs(scene, [Value::Bool(valid), family.into()])
}
