//! Generators of cases. *Typed* makes well-formed flows that reach deep, *wild* what parses and nothing more.
//! Flows and their worlds are drawn apart, so that one flow can be run in many worlds.

mod built;
mod config;
mod draft;
mod flow;
mod genes;
mod layout;
mod library;
mod partners;
mod parts;
mod wild;
mod world;
mod written;

pub use draft::Draft;
pub use genes::{FlowGenes, Genes, flow_genes, world_genes};
pub use layout::{Layout, Placed, Reach, layout};
pub use library::{ACTIONS, HURRIED, IDENTITIES, OTHER_SECRET, SECRET, source, workspace};
pub use parts::NEW_PASSWORD;

use super::{Actions, Case, Mode};
use genes::Choices;

/// A case of a mode, as documents.
pub fn case(genes: &Genes, mode: Mode, actions: Actions) -> Case {
    match mode {
        Mode::Typed => typed(genes, Reach::Available, actions),
        Mode::Wild => wild::wild(genes, actions),
    }
}

/// A well-formed case.
fn typed(genes: &Genes, reach: Reach, actions: Actions) -> Case {
    let layout = layout(&genes.flow, reach, actions);
    let draft = draft(&layout, &genes.world);
    Case {
        scenario: draft.document(&layout),
        latency: draft.written_latency(),
        allowlist: draft.written_allowlist(),
        flows: layout.flows,
    }
}

/// What happens to the flows of a layout in one world.
pub fn draft<'a>(layout: &'a Layout, world: &[u16]) -> Draft<'a> {
    world::draft(layout, &mut Choices::new(world))
}
