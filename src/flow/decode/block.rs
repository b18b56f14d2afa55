//! Blocks: kind, slug, the settings that the kind has (ERR-3), config, and the blocks inside its branches.

use super::super::Kind;
use super::super::model::{Block, Config, Mode, OnError, PlacedRead};
use super::branch;
use super::config;
use super::expression::Expressions;
use super::shapes;
use super::slugs::Slugs;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Data, Fields, Node, Shape, listed, suggestion};

/// Decodes the blocks of one flow.
pub struct Blocks<'a> {
    /// Where what is wrong is collected.
    pub diagnostics: &'a mut Diagnostics,
    slugs: Slugs,
}

impl<'a> Blocks<'a> {
    /// A decoder for the blocks of one flow.
    pub fn new(diagnostics: &'a mut Diagnostics) -> Self {
        Blocks {
            diagnostics,
            slugs: Slugs::default(),
        }
    }

    /// A list of blocks; those of unknown kinds are reported and left out. Depth is bounded by that of the document.
    pub fn list(&mut self, nodes: &[Node]) -> Vec<Block> {
        nodes.iter().filter_map(|node| self.block(node)).collect()
    }

    /// Reports every slug that stands twice in the flow.
    pub fn check_slugs(&mut self) {
        self.slugs.check(self.diagnostics);
    }

    fn block(&mut self, node: &Node) -> Option<Block> {
        let kind_node = node.get("block");
        let kind = kind_node
            .and_then(Node::as_text)
            .and_then(|name| Kind::from_name(name));
        let hint = |key: &str| in_config(kind, key);
        let fields = Fields::open_with(node, &shapes::BLOCK, &hint, self.diagnostics)?;
        let Some(kind) = kind else {
            self.unknown_kind(&fields);
            self.inside_unknown(&fields);
            return None;
        };
        let slug = self
            .slugs
            .give(kind, &kind_node?.span, fields.spanned("slug"));
        self.check_settings(&fields, kind);
        let (config, reads) = self.config(&fields, kind);
        Some(Block {
            kind,
            slug,
            on_error: fields
                .pick("on_error", [OnError::Halt, OnError::Continue])
                .unwrap_or(OnError::Halt),
            mode: fields
                .pick("mode", [Mode::Sync, Mode::FireAndForget])
                .unwrap_or(Mode::Sync),
            timeout_ms: fields.duration_ms("timeout"),
            config,
            reads,
            span: node.head(),
        })
    }

    fn unknown_kind(&mut self, fields: &Fields) {
        let Some(name) = fields.spanned("block") else {
            return;
        };
        let title = format!("there is no block kind `{}`", name.value);
        self.diagnostics.push(
            Diagnostic::error("unknown_kind", &name.span, title)
                .fix(suggestion(&name.value, Kind::all().map(Kind::name))),
        );
    }

    /// Blocks inside a block of unknown kind are looked at all the same.
    fn inside_unknown(&mut self, fields: &Fields) {
        for list in ["then", "else"] {
            self.list(fields.list(list).unwrap_or_default());
        }
        for node in fields.list("branches").unwrap_or_default() {
            if let Some(branch) = Fields::open(node, &shapes::BRANCH, self.diagnostics) {
                self.list(branch.list("blocks").unwrap_or_default());
            }
        }
    }

    /// The config of a block, and what its expressions read. A config that is wrong is left plain.
    fn config(&mut self, fields: &Fields, kind: Kind) -> (Config, Vec<PlacedRead>) {
        let nothing = Node {
            data: Data::Map(Vec::new()),
            ..fields.node("block").unwrap_or(fields.object()).clone()
        };
        let node = fields.node("config").filter(|node| !node.is_null());
        let shape: &'static Shape = shapes::config(kind);
        let hint = |key: &str| on_block(kind, key);
        let opened = Fields::open_with(node.unwrap_or(&nothing), shape, &hint, self.diagnostics);
        let mut expressions = Expressions {
            diagnostics: self.diagnostics,
            reads: Vec::new(),
        };
        let config = match (kind, opened) {
            (_, None) => None,
            (Kind::Decision, Some(_)) => {
                let parts = branch::heads(fields, &mut expressions);
                let reads = expressions.reads;
                let branches = branch::bodies(parts, self);
                return (Config::Decision { branches }, reads);
            }
            (Kind::Condition, Some(config)) => {
                let when = config
                    .node("when")
                    .and_then(|node| expressions.expression(node));
                let reads = expressions.reads;
                let config = branch::condition(fields, when, self);
                return (config, reads);
            }
            (_, Some(config)) => config::config(kind, &config, &mut expressions),
        };
        (config.unwrap_or(Config::Plain), expressions.reads)
    }

    /// ERR-3: settings that the kind does not have are errors.
    fn check_settings(&mut self, fields: &Fields, kind: Kind) {
        for key in ["on_error", "mode", "timeout", "branches", "then", "else"] {
            let Some(span) = fields.key_span(key).filter(|_| !has(kind, key)) else {
                continue;
            };
            let kinds = listed(Kind::all().filter(|kind| has(*kind, key)).map(Kind::name));
            let title = format!("`{}` has no `{key}`", kind.name());
            let halts = if key == "on_error" {
                "; it always halts (ERR-3)"
            } else {
                ""
            };
            self.diagnostics.push(
                Diagnostic::error("unsupported_key", span, title + halts).fix(
                    instead(kind, key).map_or_else(
                        || format!("remove it; only {kinds} {} it", have(&kinds)),
                        str::to_owned,
                    ),
                ),
            );
        }
    }
}

/// What a kind with branches has in the place of the lists of the other one.
fn instead(kind: Kind, key: &str) -> Option<&'static str> {
    match (kind, key) {
        (Kind::Condition, "branches") => Some("write `then:` and `else:`, or make it a `decision`"),
        (Kind::Decision, "then" | "else") => {
            Some("write it as one of its `branches:`, or make it a `condition`")
        }
        (Kind::ParallelWebhook, "timeout") => Some("write it inside each of its `calls`"),
        _ => None,
    }
}

fn have(kinds: &str) -> &'static str {
    if kinds.contains(", ") { "have" } else { "has" }
}

/// The fix for a key on the block that belongs into its config.
fn in_config(kind: Option<Kind>, key: &str) -> Option<String> {
    let belongs = kind?.info().config.iter().any(|known| known.name == key);
    belongs.then(|| "write it under `config:` of the block".to_owned())
}

/// The fix for a key in the config that belongs on the block.
fn on_block(kind: Kind, key: &str) -> Option<String> {
    (key == "slug" || has(kind, key))
        .then(|| "write it on the block itself, beside `block:`".to_owned())
}

/// Whether blocks of this kind have a setting.
fn has(kind: Kind, setting: &str) -> bool {
    let info = kind.info();
    match setting {
        "on_error" => info.on_error,
        "mode" => info.mode,
        "timeout" => info.timeout,
        "branches" => kind == Kind::Decision,
        "then" | "else" => kind == Kind::Condition,
        _ => false,
    }
}
