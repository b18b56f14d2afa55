//! The canonical text of a run, made for `git diff` and for a reader who has never seen one: what happened, block by
//! block, then what was audited, what would have happened outside, and how it ended. It holds no wall clock, no
//! version and no setting; times are flow time. The same run gives the same bytes everywhere (DET-1).

mod ending;
mod layout;
mod step;
mod value;

#[cfg(test)]
mod tests;

pub use value::{name, quoted};

use crate::engine::Request;
use crate::flow::Flow;
use crate::trace::Trace;
use crate::value::Map;
use layout::Layout;
use std::fmt::Write;
use step::Steps;

/// The number of the format; a change that a reader of old texts would misread raises it.
pub const FORMAT: u32 = 1;

/// The first line without its number.
pub const FORMAT_KEY: &str = "format: ";

/// What a text is made of.
pub struct Source<'a> {
    /// The slug of the flow that ran.
    pub slug: &'a str,
    /// The flow, with the edits of the scenario; without it no stages are shown.
    pub flow: Option<&'a Flow>,
    /// The custom flows that it embeds, and others.
    pub flows: &'a dyn Fn(&str) -> Option<&'a Flow>,
    /// The choices that it ran under and that are not the default.
    pub departures: Map,
    /// What it did.
    pub trace: &'a Trace,
    /// What it sent, with the mock that answered; requests of one block and mock in the order of its calls.
    pub sent: Vec<(Option<&'a str>, &'a Request)>,
}

/// The text of a run, without a line end behind the last line.
pub fn canonical(source: &Source) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{FORMAT_KEY}{FORMAT}");
    let _ = writeln!(out, "flow: {}", name(source.slug));
    if !source.departures.is_empty() {
        let shown: Vec<String> = source
            .departures
            .iter()
            .map(|(key, choice)| format!("{key} = {}", value::value(choice, 0)))
            .collect();
        let _ = writeln!(out, "profile: {}", shown.join(", "));
    }
    out.push('\n');
    let layout = source.flow.map(Layout::of);
    Steps::new(&mut out, source).write(&source.trace.entries, layout.as_ref(), 0, 0);
    ending::write(&mut out, source.trace);
    out.truncate(out.trim_end().len());
    out
}
