//! A canonical text read back, as far as a change is told by it: which blocks ran and what each line says of them.
//! Lines that were edited by hand into no known shape make an outline that is read as far as it goes.

use std::collections::BTreeMap;

/// A run, as its text tells it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// `flow`, `profile`: what stands above the blocks.
    pub head: BTreeMap<String, String>,
    /// The blocks, in the order in which they started.
    pub steps: Vec<Step>,
    /// The stage of each block, by its path.
    pub stages: BTreeMap<String, String>,
    /// The lines of the section `audit`.
    pub audit: Vec<String>,
    /// The lines of the section `side effects`.
    pub effects: Vec<String>,
    /// `denied`
    pub ending: String,
    /// `217ms`
    pub after: String,
    /// `terminal`, `reason`, `halted at`, `user sees`: what stands below the ending.
    pub outcome: BTreeMap<String, String>,
}

/// One block of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// Its full path.
    pub path: String,
    /// The kind in brackets, where it is written.
    pub kind: String,
    /// `ok`, `failed, continued`, …
    pub status: String,
    /// The branch that it took.
    pub branch: Option<String>,
    /// When it started, where that does not follow from the blocks before it.
    pub started: Option<String>,
    /// How long it took, where that is not 0.
    pub took: Option<String>,
    /// What stands below it.
    pub details: Vec<Detail>,
}

/// A line below a block, with the lines further in that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The first word: `read`, `sent`, `header`, `body`, `wrote`, `logged`, `error`, …
    pub word: String,
    /// What it is about: a path, a key, a method with its URL, the name of a header, a level, a code.
    pub subject: String,
    /// What it says of that.
    pub rest: String,
    /// Of a header or body, the method and URL that it was sent with.
    pub request: Option<String>,
}

/// The first words of details.
const WORDS: [&str; 7] = [
    "read", "sent", "wrote", "logged", "dropped", "error", "caused",
];
/// The first words of what belongs to a request.
const SENT_WITH: [&str; 2] = ["header", "body"];

impl Outline {
    /// The outline of a canonical text.
    pub fn of(text: &str) -> Outline {
        let mut reader = Reader::default();
        for line in text.lines() {
            let indent = line.len() - line.trim_start().len();
            reader.line(indent, line.trim_start());
        }
        reader.outline
    }

    /// The block with this path.
    pub fn step(&self, path: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.path == path)
    }
}

#[derive(Default)]
struct Reader {
    outline: Outline,
    section: Section,
    stage: String,
    /// The indentation of the last detail: lines further in belong to it.
    detail: Option<usize>,
    /// The blocks that a line can belong to: indentation and place, each further in than the one before.
    open: Vec<(usize, usize)>,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Section {
    #[default]
    Head,
    Steps,
    Audit,
    Effects,
    Ending,
}

impl Reader {
    fn line(&mut self, indent: usize, line: &str) {
        if indent == 0 && self.opens_section(line) {
            self.detail = None;
            return;
        }
        match self.section {
            Section::Head => {
                if let Some((key, value)) = line.split_once(": ") {
                    self.outline.head.insert(key.to_owned(), value.to_owned());
                }
            }
            Section::Steps => self.of_steps(indent, line),
            Section::Audit => below(&mut self.outline.audit, indent, line),
            Section::Effects => below(&mut self.outline.effects, indent, line),
            Section::Ending => {
                let key = ["terminal", "reason", "halted at", "user sees"]
                    .into_iter()
                    .find(|key| line.starts_with(&format!("{key} ")));
                if let Some(key) = key {
                    let value = line[key.len() + 1..].to_owned();
                    self.outline.outcome.insert(key.to_owned(), value);
                }
            }
        }
    }

    fn opens_section(&mut self, line: &str) -> bool {
        let section = match line {
            "audit" | "audit: none" => Section::Audit,
            "side effects" | "side effects: none" => Section::Effects,
            "steps" => Section::Steps,
            line if line.starts_with("stage ") => {
                self.stage = line.trim_start_matches("stage ").to_owned();
                Section::Steps
            }
            line if line.starts_with("ended: ") => {
                let ended = line.trim_start_matches("ended: ");
                let (ending, after) = ended.split_once(" after ").unwrap_or((ended, ""));
                self.outline.ending = ending.to_owned();
                self.outline.after = after.to_owned();
                Section::Ending
            }
            _ => return false,
        };
        self.section = section;
        true
    }

    fn of_steps(&mut self, indent: usize, line: &str) {
        if let Some(detail) = self.detail
            && indent > detail
        {
            self.continues(line);
            return;
        }
        self.detail = None;
        self.open.retain(|(outer, _)| *outer < indent);
        if let Some(step) = step(line) {
            self.open.push((indent, self.outline.steps.len()));
            if !step.path.contains('/') {
                let stage = self.stage.clone();
                self.outline.stages.insert(step.path.clone(), stage);
            }
            self.outline.steps.push(step);
        } else if let Some(detail) = detail(line) {
            self.detail = Some(indent);
            if let Some(step) = self.owner() {
                step.details.push(detail);
            }
        }
    }

    /// The block that the line belongs to.
    fn owner(&mut self) -> Option<&mut Step> {
        let (_, at) = *self.open.last()?;
        self.outline.steps.get_mut(at)
    }

    fn continues(&mut self, line: &str) {
        let Some(step) = self.owner() else { return };
        let Some(last) = step.details.last_mut() else {
            return;
        };
        let request = match last.word.as_str() {
            "sent" => Some(&last.subject),
            _ => last.request.as_ref(),
        };
        let of_request = line
            .split_once(' ')
            .filter(|(word, _)| SENT_WITH.contains(word));
        match (request.cloned(), of_request) {
            (Some(request), Some((word, rest))) => {
                let (subject, rest) = match rest.split_once(": ") {
                    Some(header) if word == "header" => header,
                    Some(_) | None => ("", rest),
                };
                step.details.push(Detail {
                    word: word.to_owned(),
                    subject: subject.to_owned(),
                    rest: rest.to_owned(),
                    request: Some(request),
                });
            }
            (_, _) => {
                last.rest.push(' ');
                last.rest.push_str(line);
            }
        }
    }
}

fn below(lines: &mut Vec<String>, indent: usize, line: &str) {
    match lines.last_mut() {
        Some(last) if indent > 2 => {
            last.push(' ');
            last.push_str(line);
        }
        _ if line.is_empty() => {}
        _ => lines.push(line.to_owned()),
    }
}

/// `fraud/verdict (decision): ok, took branch block, 12ms`
fn step(line: &str) -> Option<Step> {
    let path_end =
        line.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || "-/".contains(c)))?;
    let (path, rest) = line.split_at(path_end);
    let (kind, rest) = match rest.strip_prefix(" (") {
        Some(rest) => rest.split_once("): ")?,
        None => ("", rest.strip_prefix(": ")?),
    };
    let mut step = Step {
        path: path.to_owned(),
        kind: kind.to_owned(),
        ..Step::default()
    };
    let (rest, took_branch) = match rest.split_once(", took branch ") {
        Some((status, behind)) => (status, Some(behind)),
        None => (rest, None),
    };
    let mut parts = rest.split(", ");
    step.status = parts.next().unwrap_or("").to_owned();
    let (branch, times) = took_branch.map_or((None, ""), branch_and_times);
    step.branch = branch;
    for part in parts.chain(times.split(", ")) {
        if part == "continued" {
            step.status.push_str(", continued");
        } else if let Some(at) = part.strip_prefix("started at ") {
            step.started = Some(at.to_owned());
        } else if !part.is_empty() {
            step.took = Some(part.to_owned());
        }
    }
    Some(step)
}

/// A branch may be quoted, with commas in it.
fn branch_and_times(text: &str) -> (Option<String>, &str) {
    let end = if text.starts_with('"') {
        let mut escaped = false;
        let closing = text.char_indices().skip(1).find(|(_, c)| {
            let closes = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            closes
        });
        closing.map_or(text.len(), |(at, _)| at + 1)
    } else {
        text.find(", ").unwrap_or(text.len())
    };
    let (branch, times) = text.split_at(end);
    (
        Some(branch.to_owned()),
        times.strip_prefix(", ").unwrap_or(""),
    )
}

fn detail(line: &str) -> Option<Detail> {
    let (word, rest) = line.split_once(' ')?;
    if !WORDS.contains(&word) {
        return None;
    }
    let split = match word {
        "read" | "wrote" => rest.split_once(" = "),
        "sent" => rest.split_once(" → "),
        "logged" => rest.split_once(' '),
        "caused" => rest.trim_start_matches("by ").split_once(": "),
        _ => rest.split_once(": "),
    };
    let (subject, rest) = split.unwrap_or((rest, ""));
    Some(Detail {
        word: word.to_owned(),
        subject: subject.to_owned(),
        rest: rest.to_owned(),
        request: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"format: 1
flow: login

stage Pre-Login
  identity-lookup: ok, 12ms
    wrote step.identity-lookup.found = true
  credentials (decision): ok, took branch "a, b", started at 1s, 3ms
    read step.password-check.verified = false
    stop (deny): denied
  fraud (run_custom_flow gate): failed, continued, 120ms
    stage Signals
      fraud/score (call_webhook): failed, 120ms
        sent POST https://a.example.com/ → 500 in 120ms (mock score)
          body {"a": 1}
        wrote step.score.body = {
            "a": [
            ]
          }
    wrote step.fraud.outcome = "failed"
    caused by webhook_status: "500"

audit
  flow.denied: denied, at stop of login, {
      "reason": "x"
    }

side effects: none

ended: denied after 135ms
  terminal stop
  user sees generic_error"#;

    #[test]
    fn a_text_is_read_back_line_by_line() {
        let outline = Outline::of(TEXT);
        let paths: Vec<_> = outline
            .steps
            .iter()
            .map(|step| step.path.as_str())
            .collect();
        assert_eq!(
            paths,
            [
                "identity-lookup",
                "credentials",
                "stop",
                "fraud",
                "fraud/score"
            ]
        );
        let credentials = outline.step("credentials").expect("it ran");
        assert_eq!(credentials.branch.as_deref(), Some("\"a, b\""));
        assert_eq!(credentials.started.as_deref(), Some("1s"));
        assert_eq!(credentials.took.as_deref(), Some("3ms"));
        let fraud = outline.step("fraud").expect("it ran");
        assert_eq!(
            (fraud.kind.as_str(), fraud.status.as_str()),
            ("run_custom_flow gate", "failed, continued")
        );
        let score = outline.step("fraud/score").expect("it ran");
        assert_eq!(score.details[0].rest, "500 in 120ms (mock score)");
        assert_eq!(score.details[1].rest, r#"{"a": 1}"#);
        assert_eq!(
            score.details[1].request.as_deref(),
            Some("POST https://a.example.com/")
        );
        assert_eq!(score.details[2].rest, r#"{ "a": [ ] }"#);
        let own: Vec<&str> = fraud
            .details
            .iter()
            .map(|detail| detail.word.as_str())
            .collect();
        assert_eq!(
            own,
            ["wrote", "caused"],
            "what stands behind the blocks in it is its own"
        );
        assert_eq!(outline.stages["fraud"], "Pre-Login");
        assert_eq!(
            outline.audit,
            [r#"flow.denied: denied, at stop of login, { "reason": "x" }"#]
        );
        assert_eq!(
            (outline.ending.as_str(), outline.after.as_str()),
            ("denied", "135ms")
        );
        assert_eq!(outline.outcome["user sees"], "generic_error");
        assert!(outline.effects.is_empty());
    }

    #[test]
    fn any_text_has_an_outline() {
        for text in [
            "",
            "\n",
            "x",
            "stage \n  : \n (",
            "ended: ",
            "    wrote a = b",
            "stage x\n  wrote a = b",
        ] {
            let _ = Outline::of(text);
        }
    }
}
