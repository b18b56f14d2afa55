//! The table of faults: for people, as JSON (`flowproof.faults/1`), and as one page of HTML. Pure functions of the
//! matrix; what of it stands together is worked out once, in `view`.

mod html;
mod human;
mod json;
mod view;

pub use html::render as html;
pub use human::render as human;
pub use json::write as json;
