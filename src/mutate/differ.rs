//! Whether two runs are the same as far as a scenario can see: trace, times, requests. What a block read, where nothing
//! came of it, is not looked at.

use crate::drive::Outcome;
use crate::trace::Entry;

/// Whether a scenario could tell the two apart.
pub fn differ(one: &Outcome, other: &Outcome) -> bool {
    if one.trace != other.trace {
        let (mut one, mut other) = (one.trace.clone(), other.trace.clone());
        without_reads(&mut one.entries);
        without_reads(&mut other.entries);
        if one != other {
            return true;
        }
    }
    let (one, other) = (one.exchange.log(), other.exchange.log());
    one.len() != other.len()
        || one.iter().zip(&other).any(|(one, other)| {
            one.mock != other.mock || one.calls != other.calls || one.requests != other.requests
        })
}

fn without_reads(entries: &mut [Entry]) {
    for entry in entries {
        entry.reads.clear();
        without_reads(&mut entry.entries);
    }
}
