//! Documents: YAML (and JSON) as a tree in which every node and key knows its place, with budgets that
//! hold while the text is read, and the toolkit that decoders are written with: tables of keys (`Shape`)
//! that check an object, say what is wrong with it, and can be printed as JSON Schema.

mod budget;
mod build;
mod conform;
mod fields;
mod json;
mod leaf;
mod load;
mod merge;
mod node;
mod place;
mod quantity;
mod scalar;
mod shape;
mod source;
mod syntax;
mod wording;
mod yaml;

pub use conform::{conforms, kebab, shortened};
pub use fields::Fields;
pub use json::parse_json;
pub use load::{parse_document, parse_documents};
pub use node::{Data, Entry, Node, Style};
pub use quantity::{duration_ms, instant_ms, is_slug, size_bytes};
pub use shape::{Holds, Key, Shape, key, required};
pub use source::{MAX_BYTES, source};
pub use wording::{listed, nearest, suggestion};
pub use yaml::{yaml, yaml_line};

#[cfg(test)]
mod tests;
