//! Social sign-in: the redirect asks, the callback takes what came back.

use super::{Denial, Judged, Outcome, Outputs, Scene, field, outputs};
use crate::engine::Answer;
use crate::flow::Config;
use crate::value::{Text, Value};

/// The external round trip; what it brings is judged by the callback.
pub fn judge(scene: &mut Scene, answer: &Answer) -> Judged {
    scene.facts.social = Some(&*answer.value == "right");
    let provider = provider(scene).map_or(Value::Null, Value::Text);
    scene.facts.social_provider = provider.as_text().map(Text::from);
    let state = scene.facts.derived_id("st_", "social", scene.node);
    Judged::Done(outputs(scene, [provider, state.into()]), None)
}

fn provider(scene: &Scene) -> Option<Text> {
    if let Config::Provider { provider } = scene.config {
        provider.clone()
    } else {
        None
    }
}

/// Who the provider says it is; null when it refused or nobody was asked.
pub fn compute(scene: &mut Scene) -> Outputs {
    let provider = provider(scene).or_else(|| scene.facts.social_provider.clone());
    let accepted = scene.facts.social == Some(true) && provider.is_some();
    let same = scene.facts.social_provider == provider;
    let subject = if accepted && same {
        let shown = provider.clone().unwrap_or_default();
        let id = scene
            .facts
            .world
            .subject
            .map(|at| scene.facts.world.identities[at].id.clone());
        Value::text(format!(
            "{shown}|{}",
            id.unwrap_or_else(|| "anonymous".into())
        ))
    } else {
        Value::Null
    };
    outputs(scene, [provider.map_or(Value::Null, Value::Text), subject])
}

/// Finds or links the scenario's identity; a refused or mismatched answer denies.
pub fn follow(scene: &mut Scene, outputs: &Outputs) -> Outcome {
    if field(outputs, "subject").is_none_or(|subject| matches!(subject, Value::Null)) {
        return Outcome::Denies(Denial::generic("state_mismatch"));
    }
    if let Some(subject) = scene.facts.world.subject {
        let identity = scene.facts.identities()[subject].clone();
        scene.facts.found(identity);
    }
    scene.facts.passed(1, &"social".into());
    Outcome::Next
}
