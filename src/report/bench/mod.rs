//! Budget use under latency distributions: for people and as `flowproof.bench/1`. One view of both, nothing here judges.

mod human;
mod json;

pub use human::render as human;
pub use json::{unloadable, write as json};

use crate::bench::Found;
use crate::text::Span;
use crate::value::Text;

/// Everything that one command measured.
pub struct Benched {
    /// How often each scenario ran.
    pub samples: u64,
    /// Where all draws come from.
    pub seed: u64,
    /// The scenarios, those of a flow together.
    pub rows: Vec<Row>,
    /// Whether it came to its end.
    pub finished: bool,
}

/// One scenario.
pub struct Row {
    /// Its full name.
    pub name: String,
    /// The slug of its flow.
    pub flow: Text,
    /// Where it is written; None for a default identity.
    pub span: Option<Span>,
    /// Its figures, or why there are none.
    pub found: Found,
}

/// A share as a person reads it: one decimal, and never 0 or 100 where it is not.
pub fn percent(share: f64) -> String {
    let shown = share * 100.0;
    match shown {
        0.0 => "0%".to_owned(),
        _ if shown < 0.1 => "<0.1%".to_owned(),
        100.0 => "100%".to_owned(),
        _ if shown > 99.9 => ">99.9%".to_owned(),
        _ => format!("{shown:.1}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_share_is_not_rounded_to_never_or_always() {
        for (share, shown) in [
            (0.0, "0%"),
            (0.000_2, "<0.1%"),
            (0.012_34, "1.2%"),
            (0.999_7, ">99.9%"),
            (1.0, "100%"),
        ] {
            assert_eq!(percent(share), shown);
        }
    }
}
