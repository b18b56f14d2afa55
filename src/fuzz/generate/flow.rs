//! A well-formed flow out of genes: stages, branches, every kind where it may stand, slugs that a nested flow shares
//! with its parent. What stands under `config` is made in `config`.

use super::Reach;
use super::genes::{Choices, Gene};
use super::partners::partners;
use crate::flow::{CATALOGUE, Kind, KindInfo};
use crate::fuzz::Actions;
use serde_json::{Map, Value, json};

/// Delays around the limits that `world` sets, the limits themselves more often.
pub const DELAYS: [u64; 14] = [0, 1, 5, 25, 49, 50, 50, 51, 99, 100, 100, 101, 200, 1000];

/// A block that was written, for those that come after it.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its slug.
    pub slug: String,
    /// What it is.
    pub kind: Kind,
    /// Inside which custom flow it stands.
    pub flow: Option<String>,
    /// The time that a `delay` takes.
    pub takes_ms: Option<u64>,
    /// The timeout on it; of parallel calls the longest.
    pub timeout_ms: Option<u64>,
}

/// The flow of a case, or a custom flow of it.
pub struct Author<'a> {
    /// Its slug.
    pub flow: &'a str,
    /// Whether it is a system flow.
    pub system: bool,
    /// The custom flows that it can embed.
    pub customs: &'a [String],
    /// The kinds that take part.
    pub kinds: Kinds,
    /// The blocks so far.
    pub written: Vec<Written>,
    /// The number of the next block.
    pub next: usize,
}

/// What most rules are about comes four times as often, actions more: they behave in many ways.
const OFTEN: [Kind; 7] = [
    Kind::RunCustomAction,
    Kind::RunCustomFlow,
    Kind::Decision,
    Kind::Condition,
    Kind::CallWebhook,
    Kind::ParallelWebhook,
    Kind::LogEvent,
];

/// The kinds that a flow is made of.
pub struct Kinds {
    /// Those that may stand in it.
    may: Vec<Kind>,
    /// Those of the swarm, by their weight.
    drawn: Vec<Kind>,
}

/// The kinds that may stand in a flow, those of the swarm by their weight.
pub fn kinds(
    flow: &str,
    system: bool,
    customs: bool,
    swarm: u64,
    reach: Reach,
    actions: Actions,
) -> Kinds {
    let may = |info: &&KindInfo| {
        let stands = if system {
            info.availability
                .system
                .is_none_or(|flows| flows.contains(&flow))
        } else {
            info.availability.custom
        };
        let stands = stands || matches!(reach, Reach::Anywhere);
        let plain = actions == Actions::With || info.kind != Kind::RunCustomAction;
        stands && plain && (customs || info.kind != Kind::RunCustomFlow)
    };
    let may: Vec<Kind> = CATALOGUE.iter().filter(may).map(|info| info.kind).collect();
    // what comes often is left out less often too: it has two bits of the swarm
    let bit = |at: usize| swarm >> at & 1 == 1;
    let again = |kind: &Kind| OFTEN.iter().position(|often| often == kind);
    let takes_part = |kind: &Kind| {
        let twice = again(kind).is_some_and(|at| bit(CATALOGUE.len() + at));
        swarm == 0 || bit(*kind as usize) || twice
    };
    let mut drawn: Vec<Kind> = may.iter().copied().filter(takes_part).collect();
    if drawn.is_empty() {
        drawn.clone_from(&may);
    }
    let often = drawn.iter().copied().filter(|kind| OFTEN.contains(kind));
    let often: Vec<Kind> = often.collect();
    drawn.extend(often.iter().cycle().take(often.len() * 3));
    if often.contains(&Kind::RunCustomAction) {
        drawn.extend([Kind::RunCustomAction; 4]);
    }
    Kinds { may, drawn }
}

impl Author<'_> {
    /// The document of the flow; `looks_up` lets it begin with a lookup, so that it gets far.
    pub fn document(&mut self, genes: &[Gene], looks_up: bool) -> Value {
        let mut rest = genes;
        let mut stages = Vec::new();
        if looks_up {
            let lookup = json!({ "block": "identity_lookup", "slug": "who" });
            stages.push(json!({ "stage": "first", "blocks": [lookup] }));
            self.written.push(Written {
                slug: "who".to_owned(),
                kind: Kind::IdentityLookup,
                flow: None,
                takes_ms: None,
                timeout_ms: None,
            });
        }
        while stages.is_empty() || !rest.is_empty() {
            // short stages in custom flows: they have few blocks, and stages matter to what lives for one
            let most = if self.system { 4 } else { 2 };
            let looks = rest.first().is_some_and(|gene| gene[7] % 3 == 2);
            let mut blocks = Vec::new();
            if looks && !stages.is_empty() {
                blocks.push(look(stages.len()));
            }
            blocks.extend(self.blocks(&mut rest, most, 0));
            stages.push(json!({ "stage": format!("s{}", stages.len()), "blocks": blocks }));
        }
        let kind = if self.system { "system" } else { "custom" };
        let mut flow = Map::new();
        flow.insert("flow".into(), json!(self.flow));
        flow.insert("kind".into(), json!(kind));
        if !self.system {
            flow.insert("status".into(), json!("published"));
        }
        flow.insert("stages".into(), json!(stages));
        Value::Object(flow)
    }

    /// At most so many blocks; branches take theirs from the genes behind.
    fn blocks(&mut self, genes: &mut &[Gene], most: usize, depth: usize) -> Vec<Value> {
        let mut blocks = Vec::new();
        while blocks.len() < most {
            let Some((gene, rest)) = genes.split_first() else {
                break;
            };
            *genes = rest;
            blocks.push(self.block(gene, genes, depth));
        }
        blocks
    }

    /// What stands next: often something that has to do with the block before, at the end of a branch a terminal.
    fn kind(&self, choices: &mut Choices, depth: usize) -> Kind {
        let before = self.written.last();
        let before = before.filter(|before| before.flow.is_none() == self.system);
        let kind = match (choices.below(12), before) {
            (0..6, Some(before)) => {
                let mut partners = partners(before.kind).to_vec();
                partners.retain(|kind| self.kinds.may.contains(kind));
                match &partners[..] {
                    [] => choices.pick(&self.kinds.drawn),
                    partners => choices.pick(partners),
                }
            }
            (11, _) if depth > 0 && self.kinds.may.contains(&Kind::Deny) => {
                choices.pick(&[Kind::Deny, Kind::Allow])
            }
            _ => choices.pick(&self.kinds.drawn),
        };
        match kind {
            Kind::Decision | Kind::Condition if depth >= 3 => Kind::Delay,
            Kind::RunCustomFlow if self.customs.is_empty() => Kind::Delay,
            kind => kind,
        }
    }

    fn block(&mut self, gene: &Gene, genes: &mut &[Gene], depth: usize) -> Value {
        let mut choices = Choices::new(gene);
        let kind = self.kind(&mut choices, depth);
        let info = kind.info();
        self.next += 1;
        let slug = format!("b{}", self.next);
        let mut block = Map::new();
        block.insert("block".into(), json!(info.name));
        block.insert("slug".into(), json!(slug));
        if info.on_error && choices.below(2) == 1 {
            block.insert("on_error".into(), json!("continue"));
        }
        let detached = info.mode && choices.rarely(3);
        if detached {
            block.insert("mode".into(), json!("fire_and_forget"));
        }
        let mut timeout_ms = None;
        if info.timeout && choices.rarely(3) {
            let ms = choices.pick(&DELAYS).max(1);
            timeout_ms = Some(ms);
            block.insert("timeout".into(), json!(format!("{ms}ms")));
        }
        let mut takes_ms = None;
        match kind {
            Kind::Decision => {
                block.insert("branches".into(), self.branches(&mut choices, genes, depth));
            }
            Kind::Condition => {
                let when = self.expression(&mut choices);
                block.insert("config".into(), json!({ "when": when }));
                for key in ["then", "else"] {
                    let most = choices.below(3);
                    let blocks = self.blocks(genes, most, depth + 1);
                    if !blocks.is_empty() || choices.below(2) == 1 {
                        block.insert(key.into(), json!(blocks));
                    }
                }
            }
            Kind::RunCustomAction => {
                let (slug, config) = self.action(&mut choices, detached);
                block.insert("config".into(), json!({ "action": slug, "config": config }));
            }
            _ => {
                let config = self.config(kind, &mut choices);
                takes_ms = config.get("ms").and_then(Value::as_u64);
                timeout_ms = timeout_ms.or_else(|| longest_ms(&config));
                if config.as_object().is_some_and(|config| !config.is_empty()) {
                    block.insert("config".into(), config);
                }
            }
        }
        self.written.push(Written {
            slug,
            kind,
            flow: (!self.system).then(|| self.flow.to_owned()),
            takes_ms,
            timeout_ms,
        });
        Value::Object(block)
    }

    fn branches(&mut self, choices: &mut Choices, genes: &mut &[Gene], depth: usize) -> Value {
        let mut branches = Vec::new();
        for branch in 0..=choices.below(3) {
            let when = self.expression(choices);
            let most = choices.below(4);
            let blocks = self.blocks(genes, most, depth + 1);
            branches
                .push(json!({ "when": when, "branch": format!("x{branch}"), "blocks": blocks }));
        }
        if choices.below(3) != 2 {
            let most = choices.below(3);
            let blocks = self.blocks(genes, most, depth + 1);
            branches.push(json!({ "branch": "rest", "default": true, "blocks": blocks }));
        }
        json!(branches)
    }
}

/// The longest timeout among parallel calls.
fn longest_ms(config: &Value) -> Option<u64> {
    let calls = config.get("calls")?.as_object()?.values();
    let written = calls.filter_map(|call| call.get("timeout")?.as_str());
    let timeouts = written.filter_map(|text| text.strip_suffix("ms")?.parse().ok());
    timeouts.max()
}

/// Shows in the audit log what a block sees here (ST-2, ST-4, ST-6).
pub fn look(stage: usize) -> Value {
    let data = json!({
        "step": "{{ step }}",
        "custom": "{{ custom }}",
        "session": "{{ session }}",
        "authentication": "{{ event.authentication }}",
    });
    json!({
        "block": "log_event",
        "slug": format!("look{stage}"),
        "config": { "type": "acme.look", "data": data },
    })
}
