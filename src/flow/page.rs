//! The page about all kinds (`docs/blocks.md`), written out of the catalogue so that it cannot drift.

use super::catalogue::{CATALOGUE, ConfigKey, ConfigType, Family, KindInfo, SYSTEM_FLOWS};
use std::fmt::Write as _;

const INTRODUCTION: &str = "# The block catalogue: 46 kinds in seven families

Written out of the catalogue in the code (`cargo run --example blocks_page > docs/blocks.md`).

Each kind has its config (`*` = required), what it does with the test identity, the request and the scenario's
answers, what it writes (fields under `step.<slug>.` unless a namespace is given), and its default cost in flow
time, settable by kind or by slug in `flowproof.yaml` under `latency:`. *On error* marks kinds with an On error
setting; *prompts* kinds that suspend until the user answers; *terminal* kinds that end a run; *branches* kinds
that hold lists of blocks; *locked* kinds that the platform locks in `login`. A scenario may script the outputs
of every kind but decisions, custom flows and terminals, and inject faults into all of them.
";

const NOTES: &str = "## Notes

`timeout:` stands on the block (`call_webhook`, `run_custom_action`), and inside each of `parallel_webhook.calls`.
Templates are allowed in `call_webhook` and each of `parallel_webhook.calls` (`url`, `headers`, `body`), in text
values of `run_custom_action`'s `config.config`, in `log_event.data`, `send_email.to`, `notify.to`,
`profile_update.set` and `update_user.set`, nowhere else. E-mail addresses compare case-insensitively. Scripted
`outputs` on `decision`, `condition`, `run_custom_flow` or a terminal are an error of the file.

Stages of the shipped flows (names as authors write them; their slugs are kebab-case): `login`: Pre-Login,
Post-Auth, Post-Login; `registration`: Pre-Create, Post-Create; `token-refresh`: Pre-Issue. A system flow may
have further stages; the other system flows have free stage names.
";

/// The page, as Markdown.
pub fn catalogue_page() -> String {
    let mut page = String::from(INTRODUCTION);
    let mut family = None;
    for info in &CATALOGUE {
        if family != Some(info.family) {
            family = Some(info.family);
            let count = CATALOGUE
                .iter()
                .filter(|other| other.family == info.family)
                .count();
            let _ = write!(page, "\n## {} ({count})\n", family_name(info.family));
        }
        kind(&mut page, info);
    }
    page.push('\n');
    page.push_str(NOTES);
    page
}

fn family_name(family: Family) -> &'static str {
    match family {
        Family::Auth => "Auth",
        Family::Risk => "Risk and security: they score and never decide",
        Family::Identity => "Identity and verification",
        Family::Session => "Session and OAuth: only these write `session.*`",
        Family::Control => "Control flow",
        Family::Notification => "Notification and integration",
        Family::Terminal => "Terminal",
    }
}

fn kind(page: &mut String, info: &KindInfo) {
    let _ = write!(
        page,
        "\n### `{}`\n\n{}{}.\n\n",
        info.name,
        flags(info),
        info.does
    );
    let cost = match info.cost_ms {
        Some(ms) => format!("{ms} ms"),
        None => "its own".to_owned(),
    };
    let _ = writeln!(page, "- cost: {cost}");
    let _ = writeln!(page, "- writes: {}", writes(info));
    let _ = writeln!(page, "- stands in: {}", stands_in(info));
    for key in info.config {
        config_key(page, key, "- config ");
    }
    if info.name == "parallel_webhook" {
        let _ = writeln!(
            page,
            "  - each call: `timeout`, and the config of `call_webhook`"
        );
    }
}

fn config_key(page: &mut String, key: &ConfigKey, lead: &str) {
    let star = if key.required { "*" } else { "" };
    let default = match key.default {
        Some(json) => format!(" (default `{}`)", json.trim_matches('"')),
        None => String::new(),
    };
    let _ = writeln!(
        page,
        "{lead}`{}`{star} ({}): {}{default}",
        key.name,
        holds(key.holds),
        key.doc
    );
}

fn flags(info: &KindInfo) -> String {
    let flags: Vec<&str> = [
        (info.on_error, "On error"),
        (info.mode, "mode"),
        (info.timeout, "timeout"),
        (info.prompts, "prompts"),
        (info.terminal, "terminal"),
        (info.branches, "branches"),
        (info.locked, "locked"),
    ]
    .into_iter()
    .filter_map(|(set, name)| set.then_some(name))
    .collect();
    if flags.is_empty() {
        String::new()
    } else {
        format!("*{}.* ", flags.join(", "))
    }
}

fn writes(info: &KindInfo) -> String {
    let fields: Vec<String> = info
        .writes
        .iter()
        .map(|field| format!("`{field}`"))
        .collect();
    match info.name {
        "issue_session" => "`session.{id, aal, issued_at, expires_at, expires_in, factors}`, \
            transient `session.{raw_token, access_token, refresh_token}`"
            .into(),
        "issue_tokens" => "transient `session.{access_token, refresh_token}`".into(),
        "run_custom_action" => "what the action sets".into(),
        "run_custom_flow" => {
            "`custom.<flow>.*`, `outcome` (`allowed`, or `failed` when continued)".into()
        }
        "parallel_webhook" => "`<call>.status`, `<call>.body`, …".into(),
        _ if fields.is_empty() => "nothing".into(),
        _ => fields.join(", "),
    }
}

fn stands_in(info: &KindInfo) -> String {
    let system = match info.availability.system {
        Some(flows) => {
            let names: Vec<String> = flows.iter().map(|flow| format!("`{flow}`")).collect();
            names.join(", ")
        }
        None => format!("all {} system flows", SYSTEM_FLOWS.len()),
    };
    if info.availability.custom {
        format!("{system}, custom flows")
    } else {
        system
    }
}

/// What a config key holds, for a person.
fn holds(holds: ConfigType) -> String {
    let text = match holds {
        ConfigType::Words(words) => return words.join(", "),
        ConfigType::Text => "text",
        ConfigType::Template => "text with templates",
        ConfigType::TemplateMap => "a map, with templates",
        ConfigType::TemplateValue => "any value, with templates",
        ConfigType::Bool => "true or false",
        ConfigType::Count => "a whole number",
        ConfigType::Duration => "a duration",
        ConfigType::Reason => "a reason code",
        ConfigType::Factors => "a list of factors",
        ConfigType::TextList => "a list of text",
        ConfigType::Expression => "a boolean expression",
        ConfigType::Weights => "a map from signal to number",
        ConfigType::Thresholds => "three numbers that rise",
        ConfigType::Statuses => "a list of statuses and ranges",
        ConfigType::Url => "an https address, with templates",
        ConfigType::Branches => "a list of branches, on the block itself",
        ConfigType::Calls => "a map from name to webhook",
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_speaks_of_every_kind() {
        let page = catalogue_page();
        for info in &CATALOGUE {
            assert!(
                page.contains(&format!("### `{}`\n", info.name)),
                "{}",
                info.name
            );
        }
    }
}
