//! `flowproof trace A B`: what one run does differently from another. A and B are scenarios, or two documents that
//! `run --format json` wrote; of those, the scenarios of the same name are compared.

use super::args::{Common, Format, Trace};
use super::exit::{Exit, Stop};
use super::run::unloadable;
use super::terminal::Terminal;
use super::trace::traced;
use crate::harness::canonical_text;
use crate::report::{counted, difference, printable};
use crate::snapshot::change::change;
use crate::snapshot::saved::{self, Saved};
use serde::Serialize;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest document that is read, in bytes.
const LARGEST: u64 = 1 << 30;

/// Two runs, side by side.
#[derive(Serialize)]
struct Pair {
    /// The name of the scenario, or of both.
    name: String,
    same: bool,
    first: Option<String>,
    therefore: Vec<String>,
    #[serde(skip)]
    human: String,
}

#[derive(Serialize)]
struct Document {
    format: &'static str,
    scenarios: Vec<Pair>,
    only_in_first: Vec<String>,
    only_in_second: Vec<String>,
}

/// Shows what differs.
pub fn run(args: &Trace, other: &str, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let document = match (is_saved(&args.scenario), is_saved(other)) {
        (true, true) => of_documents(&read(&args.scenario)?, &read(other)?),
        (false, false) => {
            let mut texts = Vec::new();
            for written in [args.scenario.as_str(), other] {
                let (plan, results) = match traced(written, args.seed, common)? {
                    Ok(traced) => traced,
                    Err(found) => return unloadable(found, common, terminal),
                };
                let both = plan.scenarios.iter().zip(&results.scenarios);
                texts.extend(both.map(|(scenario, result)| Saved {
                    name: result.name(),
                    text: canonical_text(scenario, &plan.workspace, result),
                }));
            }
            let [a, b] = texts.as_slice() else {
                return Err(Stop::harness("a scenario gave no result"));
            };
            let name = format!("{} ↔ {}", a.name, b.name);
            one_document(vec![pair(name, &a.text, &b.text)])
        }
        (true, false) | (false, true) => {
            let missing =
                |written: &&str| written.ends_with(".json") && !Path::new(written).exists();
            if let Some(file) = [args.scenario.as_str(), other]
                .iter()
                .find(|one| missing(one))
            {
                return Err(Stop::usage(format!("{file} does not exist")));
            }
            let message =
                "compare two scenarios, or two documents of `run --format json`, not one of each";
            return Err(Stop::usage(message));
        }
    };
    let mut json = Vec::new();
    if common.format == Format::Json {
        json = serde_json::to_vec_pretty(&document)
            .map_err(|error| Stop::harness(error.to_string()))?;
        json.push(b'\n');
    }
    terminal.show(&document.to_text(), json, common)?;
    Ok(Exit::Passed)
}

fn one_document(scenarios: Vec<Pair>) -> Document {
    Document {
        format: "flowproof.trace/1",
        scenarios,
        only_in_first: Vec::new(),
        only_in_second: Vec::new(),
    }
}

fn pair(name: String, a: &str, b: &str) -> Pair {
    let change = change(a, b);
    Pair {
        name,
        same: change.is_none(),
        human: if change.is_some() {
            difference::render(a, b, "  ")
        } else {
            String::new()
        },
        first: change.as_ref().map(|change| change.first.clone()),
        therefore: change.map_or_else(Vec::new, |change| change.therefore),
    }
}

fn of_documents(a: &[Saved], b: &[Saved]) -> Document {
    let missing = |from: &[Saved], other: &[Saved]| -> Vec<String> {
        let names: std::collections::BTreeSet<&str> =
            other.iter().map(|saved| saved.name.as_str()).collect();
        let missing = from
            .iter()
            .filter(|saved| !names.contains(saved.name.as_str()));
        missing.map(|saved| saved.name.clone()).collect()
    };
    let second: std::collections::BTreeMap<&str, &Saved> =
        b.iter().map(|saved| (saved.name.as_str(), saved)).collect();
    let pairs = a.iter().filter_map(|first| {
        let second = second.get(first.name.as_str())?;
        Some(pair(first.name.clone(), &first.text, &second.text))
    });
    Document {
        only_in_first: missing(a, b),
        only_in_second: missing(b, a),
        ..one_document(pairs.collect())
    }
}

fn is_saved(written: &str) -> bool {
    let path = Path::new(written);
    path.extension()
        .is_some_and(|extension| extension == "json")
        && path.is_file()
}

fn read(written: &str) -> Result<Vec<Saved>, Stop> {
    let unreadable = |why: String| Stop {
        exit: Exit::Unloadable,
        message: format!("{written}: {why}"),
    };
    let mut bytes = Vec::new();
    let file = File::open(written).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes));
    file.map_err(|error| unreadable(format!("it cannot be read: {error}")))?;
    saved::read(&bytes).map_err(|error| unreadable(error.to_string()))
}

impl Document {
    fn to_text(&self) -> String {
        let mut out = String::new();
        for pair in self.scenarios.iter().filter(|pair| !pair.same) {
            out.push_str(&format!("{}\n\n{}\n", printable(&pair.name), pair.human));
        }
        for (words, names) in [
            ("only in the first", &self.only_in_first),
            ("only in the second", &self.only_in_second),
        ] {
            for name in names {
                out.push_str(&format!("{words}: {}\n", printable(name)));
            }
        }
        let differ = self.scenarios.iter().filter(|pair| !pair.same).count();
        match (differ, self.scenarios.len()) {
            (0, 1) => out.push_str("the runs tell the same\n"),
            (_, 1) => {}
            (differ, all) => out.push_str(&format!(
                "{differ} of {} differ\n",
                counted(all, "scenario")
            )),
        }
        out
    }
}
