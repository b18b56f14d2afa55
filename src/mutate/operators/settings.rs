//! On error, mode, timeouts, and actions that are switched off.

use super::super::mutant::{Broken, Change};
use super::Site;
use super::change::Said;
use crate::flow::{Config, Mode, OnError};
use crate::profile::duration_text;

/// ERR-1, ERR-2: the other On error.
pub fn on_error(site: &Site) -> Vec<Broken> {
    if !site.block.kind.info().on_error {
        return Vec::new();
    }
    let slug = site.slug();
    let (other, promise) = match site.block.on_error {
        OnError::Halt => (OnError::Continue, format!("an error of `{slug}` halts")),
        OnError::Continue => (
            OnError::Halt,
            format!("an error of `{slug}` is continued past"),
        ),
    };
    let said = Said::set(
        "on_error",
        site.block.on_error.name(),
        other.name(),
        promise,
    );
    let found = site.changed(said, |block| block.on_error = other);
    found.into_iter().collect()
}

/// ACT-2: the other mode.
pub fn mode(site: &Site) -> Vec<Broken> {
    if !site.block.kind.info().mode {
        return Vec::new();
    }
    let slug = site.slug();
    let (other, promise) = match site.block.mode {
        Mode::Sync => (Mode::FireAndForget, format!("the flow waits for `{slug}`")),
        Mode::FireAndForget => (Mode::Sync, format!("the flow does not wait for `{slug}`")),
    };
    let said = Said::set("mode", site.block.mode.name(), other.name(), promise);
    let found = site.changed(said, |block| block.mode = other);
    found.into_iter().collect()
}

/// Written timeouts, doubled and halved: that of the block, and those of the calls inside it.
pub fn timeout(site: &Site) -> Vec<Broken> {
    let mut all = Vec::new();
    for (from, to) in site.block.timeout_ms.map(neighbours).into_iter().flatten() {
        let promise = format!("`{}` has {} of time", site.slug(), duration_text(from));
        let said = Said::set("timeout", &duration_text(from), &duration_text(to), promise);
        all.extend(site.changed(said, |block| block.timeout_ms = Some(to)));
    }
    let Config::ParallelWebhook { calls } = &site.block.config else {
        return all;
    };
    for (at, (name, call)) in calls.iter().enumerate() {
        for (from, to) in call.timeout_ms.map(neighbours).into_iter().flatten() {
            let promise = format!(
                "`{name}` of `{}` has {} of time",
                site.slug(),
                duration_text(from)
            );
            let key = format!("calls.{name}.timeout");
            let said = Said::set(&key, &duration_text(from), &duration_text(to), promise);
            all.extend(site.changed(said, |block| {
                if let Config::ParallelWebhook { calls } = &mut block.config {
                    calls[at].1.timeout_ms = Some(to);
                }
            }));
        }
    }
    all
}

/// A duration, with twice and half of it.
pub fn neighbours(ms: u64) -> Vec<(u64, u64)> {
    let half = (ms > 1).then_some((ms, ms / 2));
    [Some((ms, ms.saturating_mul(2))), half]
        .into_iter()
        .flatten()
        .collect()
}

/// ACT-1; told at the first attachment of the action.
pub fn disabled(site: &Site) -> Vec<Broken> {
    let Config::RunCustomAction { action: name, .. } = &site.block.config else {
        return Vec::new();
    };
    let attached: Vec<_> = site
        .flow
        .blocks()
        .into_iter()
        .filter(|block| {
            matches!(&block.config, Config::RunCustomAction { action, .. } if action.value == name.value)
        })
        .map(|block| block.slug.value.clone())
        .collect();
    let is_on = site
        .workspace
        .action(&name.value)
        .is_some_and(|action| action.enabled);
    if !is_on || attached.first() != Some(site.slug()) {
        return Vec::new();
    }
    let said = Said {
        what: format!("its action `{}` is switched off", name.value),
        before: vec![format!("action: {}", name.value), "enabled: true".into()],
        after: vec![format!("action: {}", name.value), "enabled: false".into()],
        promise: format!("action `{}` is switched on", name.value),
    };
    let mut broken = site.broken(said, Change::Disabled(name.value.clone()));
    broken.touches = attached;
    vec![broken]
}
