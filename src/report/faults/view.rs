//! What of the table stands together: the words of a cell with their counts, the open cells that one block lets pass,
//! and the lines that show or accept them.

use crate::document::{yaml, yaml_line};
use crate::faults::{Cell, Fault, Inject, MESSAGE, Matrix, Opening, Refusal, Row, Tried};
use crate::trace::{Ending, UserSees};
use crate::value::Text;
use serde_json::{Map, Value, json};

/// What a cell says of a scenario, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// The flow fails open.
    Open,
    /// It does, and its author accepts that.
    Accepted,
    /// The user is through.
    Success,
    /// The user is asked for something.
    Prompt,
    /// The user sees a configured message.
    Message,
    /// The user sees the generic error page.
    ErrorPage,
}

impl Word {
    const ALL: [Word; 6] = [
        Word::Open,
        Word::Accepted,
        Word::Success,
        Word::Prompt,
        Word::Message,
        Word::ErrorPage,
    ];

    /// What a cell says.
    pub fn of(cell: &Cell) -> Word {
        match (&cell.opening, &cell.accepted, &cell.seen.user_sees) {
            (Some(_), None, _) => Word::Open,
            (Some(_), Some(_), _) => Word::Accepted,
            (None, _, UserSees::Success) => Word::Success,
            (None, _, UserSees::Prompt(_)) => Word::Prompt,
            (None, _, UserSees::Message(_)) => Word::Message,
            (None, _, UserSees::GenericError) => Word::ErrorPage,
        }
    }

    /// The word in the table.
    pub fn name(self) -> &'static str {
        match self {
            Word::Open => "OPEN",
            Word::Accepted => "accepted",
            Word::Success => "success",
            Word::Prompt => "prompt",
            Word::Message => "message",
            Word::ErrorPage => "error page",
        }
    }
}

/// A place of the table.
pub enum Place {
    /// No scenario reaches the block.
    Unreached,
    /// The fault cannot be injected, or the block wrote nothing.
    Nothing,
    /// What is said, with the number of scenarios of which it is said; none where it is said of all.
    Words(Vec<(Word, Option<usize>)>),
}

/// What stands at a place of the table.
pub fn place(matrix: &Matrix, row: usize, fault: Fault) -> Place {
    let said: Vec<Word> = matrix.at(row, fault).map(Word::of).collect();
    if said.is_empty() {
        return match matrix.reached(row) {
            0 => Place::Unreached,
            _ => Place::Nothing,
        };
    }
    let count = |word: Word| said.iter().filter(|one| **one == word).count();
    let found = Word::ALL.into_iter().filter(|word| count(*word) > 0);
    let words = found.map(|word| (word, Some(count(word)).filter(|count| *count < said.len())));
    Place::Words(words.collect())
}

/// The open cells that one block lets pass at one place.
pub struct Group<'a> {
    /// The gravest of them.
    pub first: &'a Cell,
    /// How it fails open.
    pub opening: &'a Opening,
    /// All of them, by block and fault.
    pub all: Vec<(&'a Row, Fault, Vec<&'a Tried>)>,
}

/// All of them, in the order of the table.
pub fn groups(matrix: &Matrix) -> Vec<Group<'_>> {
    let mut open: Vec<(&Cell, &Opening)> = matrix
        .cells
        .iter()
        .filter(|cell| cell.is_open())
        .filter_map(|cell| Some((cell, cell.opening.as_ref()?)))
        .collect();
    open.sort_by_key(|(cell, _)| (cell.row, cell.fault, cell.scenario));
    let mut groups: Vec<Group> = Vec::new();
    for (cell, opening) in open {
        let known = groups.iter_mut().find(|group| {
            group.opening.by == opening.by && group.opening.place.start == opening.place.start
        });
        match known {
            Some(group) => group.add(matrix, cell, opening),
            None => groups.push(Group {
                first: cell,
                opening,
                all: vec![entry(matrix, cell)],
            }),
        }
    }
    groups
}

/// What is refused without the fault comes before a guard that failed.
fn gravity(opening: &Opening) -> u8 {
    match opening.refusal {
        Refusal::Ending(Ending::Denied) => 2,
        Refusal::Ending(_) => 1,
        Refusal::Guard | Refusal::Proof => 0,
    }
}

fn entry<'a>(matrix: &'a Matrix, cell: &Cell) -> (&'a Row, Fault, Vec<&'a Tried>) {
    let tried = vec![&matrix.scenarios[cell.scenario]];
    (&matrix.rows[cell.row], cell.fault, tried)
}

impl<'a> Group<'a> {
    fn add(&mut self, matrix: &'a Matrix, cell: &'a Cell, opening: &'a Opening) {
        if gravity(opening) > gravity(self.opening) {
            (self.first, self.opening) = (cell, opening);
        }
        let row = &matrix.rows[cell.row];
        let last = self.all.last_mut();
        match last.filter(|(known, fault, _)| known.path == row.path && *fault == cell.fault) {
            Some((_, _, tried)) => tried.push(&matrix.scenarios[cell.scenario]),
            None => self.all.push(entry(matrix, cell)),
        }
    }

    /// The entries of `allow` that accept all of them.
    pub fn allowances(&self) -> Vec<String> {
        let inside = format!("{}/", self.opening.by);
        let mut all: Vec<(&Text, Fault)> = Vec::new();
        for (row, fault, _) in &self.all {
            let at = match row.path.starts_with(&inside) {
                true => &self.opening.by,
                false => &row.path,
            };
            if !all.contains(&(at, *fault)) {
                all.push((at, *fault));
            }
        }
        let entry = |(at, fault): (&Text, Fault)| {
            let entry = json!({ "fault": fault.name(), "at": **at, "reason": "why it may pass" });
            yaml_line(&entry)
        };
        all.into_iter().map(entry).collect()
    }
}

/// How a user sees one cell: the lines of a scenario, and what to run.
pub struct Show {
    /// The file that the lines belong into.
    pub file: String,
    /// The line of the scenario or case in it; None for a file that is to be written.
    pub line: Option<usize>,
    /// How the lines come into it.
    pub verb: &'static str,
    /// The lines.
    pub lines: Vec<String>,
}

/// How to see a cell.
pub fn show(matrix: &Matrix, cell: &Cell, opening: &Opening) -> Show {
    let tried = &matrix.scenarios[cell.scenario];
    let row = &matrix.rows[cell.row];
    let (key, value) = injected(matrix, &tried.document, row, &opening.inject);
    if let Some(span) = &tried.span {
        return Show {
            file: span.file.path().to_string(),
            line: Some(span.line()),
            verb: match key == "webhooks" && tried.document.get(key).is_some() {
                true => "put this in the place of `webhooks` of",
                false => "add this to",
            },
            lines: lines(&json!({ key: value })),
        };
    }
    let mut document = tried.document.clone();
    if let Some(map) = document.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
    let (flow, path) = (&matrix.flow.slug.value, row.path.replace('/', "-"));
    let fault = cell.fault.name();
    Show {
        file: format!("scenarios/regressions/{flow}-{path}-{fault}.yaml"),
        line: None,
        verb: "write this to",
        lines: lines(&document),
    }
}

fn lines(document: &Value) -> Vec<String> {
    yaml(document).lines().map(str::to_owned).collect()
}

/// The whole key of a scenario that injects it, with what the scenario injects by itself.
pub fn injected(
    matrix: &Matrix,
    document: &Value,
    row: &Row,
    inject: &Inject,
) -> (&'static str, Value) {
    let path = &*row.path;
    let means_it = |written: &str| {
        let other = || matrix.rows.iter().any(|row| *row.path == *written);
        written == path || (written == &*row.slug && !other())
    };
    let fault = match inject {
        Inject::Outputs(fields) => {
            let mut outputs = document["outputs"].as_object().cloned().unwrap_or_default();
            let written = outputs.keys().find(|key| means_it(key)).cloned();
            let fields = serde_json::to_value(fields).unwrap_or_default();
            outputs.insert(written.unwrap_or_else(|| path.to_owned()), fields);
            return ("outputs", Value::Object(outputs));
        }
        Inject::Services(silence) => return ("webhooks", silence.webhooks(document)),
        Inject::Instead(Fault::Timeout) => json!({ "at": path, "timeout": true }),
        Inject::Instead(fault) => {
            let pairs = [("at", path), (fault.name(), MESSAGE)];
            let entry = pairs
                .into_iter()
                .map(|(key, text)| (key.to_owned(), json!(text)));
            Value::Object(entry.collect::<Map<_, _>>())
        }
        Inject::Delay(ms) => json!({ "at": path, "delay": format!("{ms}ms") }),
    };
    let mut faults = document["faults"].as_array().cloned().unwrap_or_default();
    faults.retain(|known| !known["at"].as_str().is_some_and(means_it));
    faults.push(fault);
    ("faults", Value::Array(faults))
}
