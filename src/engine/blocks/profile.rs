//! `profile_update` and `update_user`: changes to the identity that later blocks and lookups see.

use super::subject::same_address;
use super::{Outputs, Scene, no_identity, outputs};
use crate::engine::facts::no_data;
use crate::engine::state::entries;
use crate::flow::Config;
use crate::trace::{AuditOutcome, ErrorCode, Failure};
use crate::value::{Map, Text, Value};
use std::sync::Arc;

/// Renders every field first, so that nothing is changed when one cannot be read.
pub fn compute(scene: &mut Scene) -> Result<Outputs, Failure> {
    let Config::Set { set } = scene.config else {
        return Ok(Vec::new());
    };
    let mut fields = Vec::with_capacity(set.len());
    for (field, template) in set {
        let value = template
            .render(&scene.facts.state)
            .map_err(|error| Failure::new(ErrorCode::Expression, error.message))?;
        fields.push((field.clone(), value));
    }
    if scene.facts.identity.is_some() {
        refuse_taken(scene, &fields)?;
        scene.facts.change_identity(|identity| {
            for (field, value) in &fields {
                change(identity, field, value);
            }
        });
        report(scene, &fields);
    } else {
        change_submitted(scene, &fields)?;
    }
    scene
        .facts
        .audit("user.updated", AuditOutcome::Success, scene.node, no_data());
    Ok(outputs(scene, [Value::Bool(true)]))
}

/// An alias that belongs to somebody else cannot be taken.
fn refuse_taken(scene: &Scene, fields: &[(Text, Value)]) -> Result<(), Failure> {
    let own = scene
        .facts
        .identity
        .as_ref()
        .map(|identity| identity.id.clone());
    let taken = fields.iter().any(|(field, value)| {
        let Some(text) = value.as_text() else {
            return false;
        };
        scene
            .facts
            .identities()
            .iter()
            .filter(|known| Some(&known.id) != own.as_ref())
            .any(|known| match &**field {
                "email" => same_address(known.email.as_ref(), text),
                "phone" => known.phone.as_deref() == Some(text),
                _ => false,
            })
    });
    if taken {
        return Err(Failure::new(
            ErrorCode::IdentityExists,
            "the new alias belongs to somebody else",
        ));
    }
    Ok(())
}

fn change(identity: &mut crate::engine::Identity, field: &str, value: &Value) {
    let text = || value.as_text().map(Text::from);
    match field.split_once('.') {
        Some(("user_metadata", key)) => {
            Arc::make_mut(&mut identity.user_metadata).insert(key, value.clone());
        }
        Some(("app_metadata", key)) => {
            Arc::make_mut(&mut identity.app_metadata).insert(key, value.clone());
        }
        _ => match field {
            "name" => identity.display_name = text(),
            "phone" => identity.phone = text(),
            "email" => identity.email = text(),
            "email_verified" => identity.email_verified = value.as_bool() == Some(true),
            _ => {
                Arc::make_mut(&mut identity.user_metadata).insert(field, value.clone());
            }
        },
    }
}

/// Before `identity_create`, the submitted profile in `event.user` is what changes.
fn change_submitted(scene: &mut Scene, fields: &[(Text, Value)]) -> Result<(), Failure> {
    let Some(mut user) = scene.facts.state.event.get("user").cloned() else {
        return Err(no_identity(scene.node));
    };
    for (field, value) in fields {
        match field.split_once('.') {
            Some((outer, key)) => {
                let outer_map = entries(&mut user);
                if outer_map.get(outer).is_none() {
                    outer_map.insert(outer, Map::new());
                }
                if let Some(inner) = outer_map.get_mut(outer) {
                    entries(inner).insert(key, value.clone());
                }
            }
            None => {
                entries(&mut user).insert(field.clone(), value.clone());
            }
        }
    }
    scene.facts.state.set_event("user", user);
    Ok(())
}

/// One line for each identity that changed (AUD-3).
fn report(scene: &mut Scene, fields: &[(Text, Value)]) {
    let Some(identity) = scene.facts.identity.clone() else {
        return;
    };
    let mut updated = Map::new();
    updated.insert("id", identity.id.clone());
    for (field, value) in fields {
        updated.insert(field.clone(), value.clone());
    }
    let id = Value::Text(identity.id.clone());
    let all = &mut scene.facts.side_effects.identities_updated;
    match all.iter_mut().find(|known| known.get("id") == Some(&id)) {
        Some(known) => {
            for (field, value) in updated {
                entries(known).insert(field, value);
            }
        }
        None => all.push(updated.into()),
    }
}
