//! Flows: what an author writes, checked. The model, the catalogue of the 46 kinds as data, and decoding.
//! Running a flow is `engine`'s business, rules across files are `check`'s.

mod catalogue;
mod decode;
mod kind;
mod model;
mod page;
mod placed;
mod proofs;

pub use catalogue::{
    Availability, CATALOGUE, ConfigKey, ConfigType, FACTORS, Family, KindInfo, METHODS,
    SYSTEM_FLOWS, WEBHOOK_CONFIG,
};
pub use decode::{BLOCK_SHAPE, Decoded, FLOW_SHAPE, call_shape, config_shape, decode_flow};
pub use kind::Kind;
pub use model::*;
pub use page::catalogue_page;
pub use placed::{Placed, placed};
pub use proofs::{decided_proofs, unread_proofs};
