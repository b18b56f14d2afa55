//! Shows results and diagnostics: as JSON for programs, as text for people. Pure functions of one view of the
//! results; nothing here judges. Text for people is styled; the stream it goes to drops the styles where nobody sees them.

pub mod bench;
pub mod ci;
pub mod coverage;
pub mod diagnostics;
pub mod difference;
pub mod faults;
pub mod fuzz;
pub mod human;
pub mod html;
pub mod json;
mod markup;
pub mod mutate;
mod style;
pub mod tree;

pub use style::{counted, duration, printable};

/// `1 entry`, `2 entries`
pub(crate) fn entries(count: usize) -> String {
    if count == 1 {
        "1 entry".to_owned()
    } else {
        format!("{count} entries")
    }
}
