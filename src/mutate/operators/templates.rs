//! Values with templates in them: the config of an action, the address, headers and body of a webhook, the data of an
//! audit entry, the fields of an update. A leaf has another value, a key is missing, a template reads another path.

use super::super::mutant::Broken;
use super::Site;
use super::change::Said;
use super::conditions::replaced;
use super::tree::{Leaf, changes, closed, opened, templates, with};
use crate::expr::{Template, ValueTemplate};
use crate::flow::Config;
use crate::value::Text;
use std::sync::Arc;

/// Every literal leaf beside what it is, and every key of a map that is missing.
pub fn values(site: &Site) -> Vec<Broken> {
    let mut found = Vec::new();
    for place in places(&site.block.config) {
        for (path, change) in changes(&place.tree) {
            found.extend(site.puts(&place, &path, change));
        }
    }
    found
}

/// Every path that a template reads, another of the same kind.
pub fn paths(site: &Site) -> Vec<Broken> {
    let mut found = Vec::new();
    for place in places(&site.block.config) {
        for (path, template) in templates(&place.tree, Vec::new()) {
            for (from, to, tree) in others(template, site) {
                let change = Leaf {
                    from,
                    to,
                    tree: Some(tree),
                };
                found.extend(site.puts(&place, &path, change));
            }
        }
    }
    found.extend(recipient(site));
    found
}

/// A tree of a config: where it stands, by keys.
struct Place {
    key: String,
    slot: Slot,
    tree: ValueTemplate,
}

#[derive(Clone, Copy)]
enum Slot {
    Config,
    Data,
    Set(usize),
    Url(Option<usize>),
    Header(Option<usize>, usize),
    Body(Option<usize>),
}

fn places(config: &Config) -> Vec<Place> {
    let place = |key: &str, slot, tree: &ValueTemplate| Place {
        key: key.to_owned(),
        slot,
        tree: tree.clone(),
    };
    match config {
        Config::RunCustomAction { config, .. } => vec![place("config", Slot::Config, config)],
        Config::LogEvent { data, .. } => vec![place("data", Slot::Data, data)],
        Config::Set { set } => {
            let all = set.iter().enumerate();
            all.map(|(at, (key, value))| place(&format!("set.{key}"), Slot::Set(at), value))
                .collect()
        }
        Config::CallWebhook(call) => of_call(None, "", call),
        Config::ParallelWebhook { calls } => {
            let all = calls.iter().enumerate();
            all.flat_map(|(at, (name, call))| of_call(Some(at), &format!("calls.{name}."), call))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn of_call(at: Option<usize>, prefix: &str, call: &crate::flow::Webhook) -> Vec<Place> {
    let mut all = Vec::new();
    let mut add = |key: String, slot, tree| all.push(Place { key, slot, tree });
    if !call.url.is_literal() {
        add(
            format!("{prefix}url"),
            Slot::Url(at),
            ValueTemplate::Text(Template::clone(&call.url)),
        );
    }
    for (header, (name, value)) in call.headers.iter().enumerate() {
        let tree = ValueTemplate::Text(Template::clone(value));
        add(
            format!("{prefix}headers.{name}"),
            Slot::Header(at, header),
            tree,
        );
    }
    if let Some(body) = &call.body {
        add(
            format!("{prefix}body"),
            Slot::Body(at),
            ValueTemplate::clone(body),
        );
    }
    all
}

/// The template with one of its paths another.
fn others(template: &Template, site: &Site) -> Vec<(String, String, ValueTemplate)> {
    let source = template.source();
    let mut found = Vec::new();
    for read in template.reads() {
        let from = source.get(read.range.clone()).unwrap_or_default();
        let Some(to) = another(&read.path, site) else {
            continue;
        };
        if let Ok(changed) = Template::parse(&replaced(source, &read.range, &to)) {
            found.push((from.to_owned(), to, ValueTemplate::Text(changed)));
        }
    }
    found
}

/// A path that stands near: another field of the same thing.
fn another(path: &[Text], site: &Site) -> Option<String> {
    let words: Vec<&str> = path.iter().map(|word| &**word).collect();
    Some(match words.as_slice() {
        ["event", "user", "email"] => "event.user.id".to_owned(),
        ["event", "user", ..] => "event.user.email".to_owned(),
        ["event", "tenant", "slug"] => "event.tenant.name".to_owned(),
        ["event", "client", "id"] => "event.client.name".to_owned(),
        ["event", "client", ..] => "event.client.id".to_owned(),
        ["event", "request", "ip"] => "event.request.user_agent".to_owned(),
        ["event", ..] => "event.tenant.slug".to_owned(),
        ["step", slug, field, ..] => {
            let writer = site.flow.block(slug)?;
            let other = writer
                .kind
                .info()
                .writes
                .iter()
                .find(|other| *other != field)?;
            format!("step.{slug}.{other}")
        }
        _ => return None,
    })
}

/// Whom a mail is for.
fn recipient(site: &Site) -> Vec<Broken> {
    let (Config::Notify { to: Some(to), .. } | Config::SendEmail { to: Some(to), .. }) =
        &site.block.config
    else {
        return Vec::new();
    };
    let one = |(_, _, tree): (String, String, ValueTemplate)| {
        let ValueTemplate::Text(other) = tree else {
            return None;
        };
        let promise = format!("`{}` writes to {}", site.slug(), to.source());
        let said = Said::set("to", to.source(), other.source(), promise);
        site.changed(said, |block| {
            if let Config::Notify { to, .. } | Config::SendEmail { to, .. } = &mut block.config {
                *to = Some(Arc::new(other));
            }
        })
    };
    others(to, site).into_iter().filter_map(one).collect()
}

impl Site<'_> {
    /// The block with a leaf of one of its trees changed.
    fn puts(&self, place: &Place, path: &[usize], leaf: Leaf) -> Option<Broken> {
        let key = named(place, path);
        let promise = format!("`{}` has {} in {key}", self.slug(), leaf.from);
        let said = match &leaf.tree {
            Some(_) => Said::set(&key, &leaf.from, &leaf.to, promise),
            None => Said::gone(
                format!("{key} removed"),
                format!("{key}: {}", leaf.from),
                promise,
            ),
        };
        let tree = closed(with(&place.tree, path, leaf.tree)?);
        self.changed(said, |block| put(&mut block.config, place.slot, tree))
    }
}

/// `config.corporate_domains[0]`
fn named(place: &Place, path: &[usize]) -> String {
    let mut name = place.key.clone();
    let mut tree = opened(&place.tree);
    for at in path {
        let next = match &tree {
            ValueTemplate::Map(entries) => {
                name.push_str(&format!(".{}", entries[*at].0));
                opened(&entries[*at].1)
            }
            ValueTemplate::List(items) => {
                name.push_str(&format!("[{at}]"));
                opened(&items[*at])
            }
            ValueTemplate::Literal(_) | ValueTemplate::Text(_) => break,
        };
        tree = next;
    }
    name
}

fn put(config: &mut Config, slot: Slot, tree: ValueTemplate) {
    match (config, slot) {
        (Config::RunCustomAction { config, .. }, Slot::Config) => *config = Arc::new(tree),
        (Config::LogEvent { data, .. }, Slot::Data) => *data = Arc::new(tree),
        (Config::Set { set }, Slot::Set(at)) => set[at].1 = Arc::new(tree),
        (Config::CallWebhook(call), slot) => put_in_call(call, slot, tree),
        (
            Config::ParallelWebhook { calls },
            Slot::Url(Some(at)) | Slot::Header(Some(at), _) | Slot::Body(Some(at)),
        ) => put_in_call(&mut calls[at].1, slot, tree),
        _ => {}
    }
}

fn put_in_call(call: &mut crate::flow::Webhook, slot: Slot, tree: ValueTemplate) {
    match (slot, tree) {
        (Slot::Url(_), ValueTemplate::Text(template)) => call.url = Arc::new(template),
        (Slot::Header(_, at), ValueTemplate::Text(template)) => {
            call.headers[at].1 = Arc::new(template);
        }
        (Slot::Body(_), tree) => call.body = Some(Arc::new(tree)),
        _ => {}
    }
}
