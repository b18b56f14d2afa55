//! Fuzzing: generated cases, held against the reference and against named properties.
//! Everything random comes from one seed, which is printed first and again with what was found.

mod case;
mod compare;
mod files;
pub mod generate;
mod ground;
mod ids;
mod joined;
mod place;
#[cfg(test)]
mod planted;
mod properties;
mod own;
mod run;
mod shrink;
mod texts;
mod title;
mod worker;

pub use case::{Arranged, Case};
pub use compare::differences;
pub use ground::Ground;
pub use own::{
    Disagreement, Kind as OwnKind, Own, OwnFinding, OwnJob, Weight, describe, file_name, fuzz_flow,
};
pub use properties::{Cost, PROPERTIES, Property};
pub use run::{Actions, Finding, Findings, Job, Mode, run};
pub use shrink::shrink;
pub use title::{shows, title};

use crate::drive;
use crate::engine::Request;
use crate::flow::Kind;
use crate::mock::{Exchange, MockLog};
use crate::reference::{ANY, interpret};
use crate::trace::{TOKEN_PREFIX, Trace};
use crate::value::{Value, to_json_text};
use compare::{decoded, text_alike};

/// Everything that is wrong with a case: properties that do not hold, and differences to the reference.
/// Fails when it cannot be read.
pub fn judge(case: &Case, mode: Mode) -> Result<Vec<String>, String> {
    Ok(judge_arranged(&case.arrange()?, mode, Share::Whole))
}

/// How many of the properties that cost another run are looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// None of them.
    Trace,
    /// All of them.
    Whole,
    /// One or none, by the number of the case, so that each has its turn.
    Turn(u64),
}

/// The same of a case that was read.
pub fn judge_arranged(arranged: &Arranged, mode: Mode, share: Share) -> Vec<String> {
    let Arranged {
        workspace,
        scenario,
        world,
        program,
    } = arranged;
    let outcome = drive::run(program, world, &scenario.mocks, &scenario.answers);
    let mut said = Vec::new();
    if mode == Mode::Typed {
        let (flow, mocks) = (&scenario.flow, &scenario.mocks);
        let reading = interpret(flow, &**workspace, world, mocks, &scenario.answers);
        // a generated flow never asks how an id is spelt
        if share != Share::Trace || !hangs_on_ids(&reading.trace) {
            said.extend(differences(&reading.trace, &outcome.trace));
            said.extend(asked(&reading.exchange, &outcome.exchange));
        }
    }
    let mut runs = 0;
    for (name, rules, property, cost) in PROPERTIES {
        if cost == Cost::Run {
            runs += 1;
            if !share.has(runs) {
                continue;
            }
        }
        if let Err(why) = property(arranged, &outcome) {
            said.push(format!("{name} ({rules}): {why}"));
        }
    }
    said
}

impl Share {
    /// What has to be looked into to see something with this title again.
    pub fn for_title(title: &str) -> Self {
        let costly = PROPERTIES
            .iter()
            .any(|(name, _, _, cost)| *cost == Cost::Run && title.starts_with(name));
        if costly { Share::Whole } else { Share::Turn(0) }
    }

    /// Whether the property that is the nth to cost a run is looked into: every second case looks into one.
    fn has(self, nth: u64) -> bool {
        match self {
            Share::Trace => false,
            Share::Whole => true,
            Share::Turn(number) => number % (2 * RUNS) == 2 * nth - 1,
        }
    }
}

/// Whether a decision reads an id or a token of the reference, or an action can, whose spelling is the engine's business.
fn hangs_on_ids(trace: &Trace) -> bool {
    let is_id = |value: &Value| to_json_text(value).contains(ANY);
    let mut written = false;
    trace.preorder().into_iter().any(|entry| {
        let decides = matches!(entry.kind, Kind::Decision | Kind::Condition);
        let mut read = entry.reads.iter().filter_map(|(_, value)| value.as_ref());
        let hangs = entry.kind == Kind::RunCustomAction && written || decides && read.any(is_id);
        written |= entry.writes.iter().any(|(_, value)| is_id(value));
        hangs
    })
}

/// How many properties cost another run.
const RUNS: u64 = 5;

/// Both ask the same of the mocks; detached work may ask at another point of the order.
fn asked(expected: &Exchange, seen: &Exchange) -> Option<String> {
    let (expected, seen) = (expected.log(), seen.log());
    let in_order = expected.len() == seen.len()
        && expected
            .iter()
            .zip(&seen)
            .all(|(wanted, got)| wanted.mock == got.mock && wanted.requests == got.requests);
    if in_order {
        return None;
    }
    let (wanted, got) = (requests(&expected), requests(&seen));
    let mut left: Vec<&String> = got.iter().collect();
    let mut fits = |wanted: &String| {
        let found = left.iter().position(|got| text_alike(wanted, got));
        found.map(|at| left.swap_remove(at)).is_some()
    };
    let alike = wanted.len() == got.len() && wanted.iter().all(&mut fits);
    (!alike).then(|| format!("requests: expected {wanted:?}, seen {got:?}"))
}

/// One line for each request, sorted; tokens are the engine's business.
fn requests(log: &[MockLog]) -> Vec<String> {
    let of_mock = |log: &MockLog| -> Vec<String> {
        let requests = log.requests.iter();
        requests
            .map(|request| {
                let Request {
                    block,
                    method,
                    url,
                    headers,
                    body,
                } = &**request;
                let mock = log.mock.as_deref().unwrap_or("-");
                let body = body.as_ref().map_or(String::new(), to_json_text);
                let headers = headers
                    .iter()
                    .map(|(key, value)| format!("{key}: {value} "));
                let headers: String = headers.collect();
                let url = decoded(url);
                format!("{mock} {block} {method} {url} {headers}{body}")
            })
            .collect()
    };
    let mut lines: Vec<String> = log.iter().flat_map(of_mock).collect();
    for line in &mut lines {
        if line.contains(TOKEN_PREFIX) {
            *line = "a token".to_owned();
        }
    }
    lines.sort();
    lines
}
