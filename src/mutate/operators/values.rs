//! Values in the config of a deny, a pause and a webhook.

use super::super::mutant::Broken;
use super::Site;
use super::change::Said;
use super::settings::neighbours;
use crate::flow::{Config, Webhook};
use crate::profile::duration_text;
use crate::value::Text;

/// Statuses that are no failure, where none are written (ERR-5).
const OK: [(u16, u16); 1] = [(200, 299)];

/// DENY-3: another machine reason.
pub fn reason(site: &Site) -> Vec<Broken> {
    let Config::Deny { reason: old, .. } = &site.block.config else {
        return Vec::new();
    };
    let reasons = site
        .flow
        .blocks()
        .into_iter()
        .filter_map(|block| match &block.config {
            Config::Deny { reason, .. } => Some(reason.clone()),
            _ => None,
        });
    let mut others = reasons.filter(|other| other != old);
    let other = others.next().unwrap_or_else(|| Text::from("denied"));
    let other = if other == *old {
        Text::from("refused")
    } else {
        other
    };
    let promise = format!("`{}` denies with {old}", site.slug());
    let said = Said::set("reason", old, &other, promise);
    let found = site.changed(said, |block| {
        if let Config::Deny { reason, .. } = &mut block.config {
            *reason = other;
        }
    });
    found.into_iter().collect()
}

/// DENY-3: the user sees the generic page.
pub fn message(site: &Site) -> Vec<Broken> {
    let Config::Deny {
        user_message: Some(old),
        ..
    } = &site.block.config
    else {
        return Vec::new();
    };
    let promise = format!("`{}` has a message for the user", site.slug());
    let said = Said::gone(
        "user_message removed".into(),
        format!("user_message: {old}"),
        promise,
    );
    let found = site.changed(said, |block| {
        if let Config::Deny { user_message, .. } = &mut block.config {
            *user_message = None;
        }
    });
    found.into_iter().collect()
}

/// A pause, doubled and halved.
pub fn delay(site: &Site) -> Vec<Broken> {
    let Config::Delay { ms: old } = site.block.config else {
        return Vec::new();
    };
    let one = |(from, to): (u64, u64)| {
        let promise = format!("`{}` pauses for {}", site.slug(), duration_text(from));
        let said = Said::set("ms", &from.to_string(), &to.to_string(), promise);
        site.changed(said, |block| block.config = Config::Delay { ms: to })
    };
    let pairs = neighbours(old).into_iter().filter(|(from, to)| from != to);
    pairs.filter_map(one).collect()
}

/// ERR-5: `ok_status` as it is when none is written, and `fail_on_status` the other way.
pub fn statuses(site: &Site) -> Vec<Broken> {
    let calls: Vec<(Option<usize>, &Webhook)> = match &site.block.config {
        Config::CallWebhook(call) => vec![(None, &**call)],
        Config::ParallelWebhook { calls } => {
            let all = calls.iter().enumerate();
            all.map(|(at, (_, call))| (Some(at), call)).collect()
        }
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for (at, call) in calls {
        let fails = !call.fail_on_status;
        let promise = if fails {
            format!("`{}` takes an answer of any status", site.slug())
        } else {
            format!("`{}` fails on a status that is not expected", site.slug())
        };
        let said = Said::set("fail_on_status", flag(!fails), flag(fails), promise);
        found.extend(site.calls(said, at, |call| call.fail_on_status = fails));
        if call.ok_status != OK && call.fail_on_status {
            let written = ranges(&call.ok_status);
            let promise = format!("`{}` takes the statuses {written}", site.slug());
            let said = Said::gone(
                format!("ok_status {written} removed"),
                format!("ok_status: {written}"),
                promise,
            );
            found.extend(site.calls(said, at, |call| call.ok_status = OK.to_vec()));
        }
    }
    found
}

impl Site<'_> {
    /// The block with one of its requests changed.
    pub fn calls(
        &self,
        said: Said,
        at: Option<usize>,
        change: impl FnOnce(&mut Webhook),
    ) -> Option<Broken> {
        self.changed(said, |block| match (&mut block.config, at) {
            (Config::CallWebhook(call), _) => change(call),
            (Config::ParallelWebhook { calls }, Some(at)) => change(&mut calls[at].1),
            _ => {}
        })
    }
}

fn flag(flag: bool) -> &'static str {
    if flag { "true" } else { "false" }
}

fn ranges(all: &[(u16, u16)]) -> String {
    let shown: Vec<String> = all
        .iter()
        .map(|(from, to)| {
            if from == to {
                from.to_string()
            } else {
                format!("\"{from}-{to}\"")
            }
        })
        .collect();
    format!("[{}]", shown.join(", "))
}
