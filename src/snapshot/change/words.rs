//! Differences as sentences: what a block does now, what others did in consequence, how the run ends.

use super::order::{Difference, What};
use crate::snapshot::outline::{Detail, Outline, Step};
use std::collections::BTreeMap;

/// More values of one block than this are counted, not told.
const VALUES: usize = 3;
/// More blocks in one sentence than this are counted, not named.
const NAMED: usize = 6;
/// Texts within a sentence are cut here.
const LONGEST: usize = 160;

/// What a block does now, as the first thing that is told.
pub fn now(difference: &Difference) -> String {
    match difference.what {
        What::Gone(step) => format!("`{}` no longer runs", step.path),
        What::New(step) if step.status == "ok" => format!("`{}` now runs", step.path),
        What::New(step) => format!(
            "`{}` now runs: it {}{}",
            step.path,
            past(&step.status),
            why(step)
        ),
        What::Moved(step) => format!("`{}` now runs at another place in the order", step.path),
        What::Changed(was, is) => {
            let mut parts = Vec::new();
            if was.status != is.status {
                parts.push(format!("{}{}", turn(&was.status, &is.status), why(is)));
            }
            parts.extend(branch(was, is).map(|branch| format!("now takes {branch}")));
            parts.extend(aspects(was, is, "now "));
            if parts.is_empty() {
                parts = reads(was, is);
            }
            format!("`{}` {}", is.path, parts.join("; "))
        }
    }
}

/// What a block reads that it did not read, or that was another value: told where nothing else is different.
fn reads(was: &Step, is: &Step) -> Vec<String> {
    let of = |step: &Step| -> BTreeMap<String, String> {
        let reads = step.details.iter().filter(|one| one.word == "read");
        reads
            .map(|one| (one.subject.clone(), one.rest.clone()))
            .collect()
    };
    let (old, new) = (of(was), of(is));
    let mut parts = Vec::new();
    for (subject, value) in &new {
        match old.get(subject) {
            Some(same) if same == value => {}
            Some(other) => parts.push(format!(
                "now reads {} = {} (was {})",
                cut(subject),
                cut(value),
                cut(other)
            )),
            None => parts.push(format!("now reads {} = {}", cut(subject), cut(value))),
        }
    }
    let lost = old.keys().filter(|subject| !new.contains_key(*subject));
    parts.extend(lost.map(|subject| format!("no longer reads {}", cut(subject))));
    let more = parts.len().saturating_sub(VALUES);
    parts.truncate(VALUES);
    if more > 0 {
        parts.push(format!("{more} more changes"));
    }
    if parts.is_empty() {
        parts.push("is told in other words".to_owned());
    }
    parts
}

/// What the other blocks did in consequence; those that ran in one of the runs only are told together.
pub fn followed(differences: &[Difference], first: Option<usize>) -> Vec<String> {
    let mut told = Vec::new();
    let others = differences
        .iter()
        .enumerate()
        .filter(|(at, _)| Some(*at) != first);
    let others: Vec<&Difference> = others
        .map(|(_, difference)| difference)
        .filter(|difference| !moved_along(difference, differences))
        .collect();
    for group in others.chunk_by(|a, b| run(a).is_some() && run(a) == run(b)) {
        match group {
            [one] if run(one).is_none() => told.extend(consequence(one)),
            group => {
                let paths: Vec<&str> = group.iter().map(|one| one.path()).collect();
                let word = group.first().and_then(|one| run(one)).unwrap_or("changed");
                told.extend(named(&paths).map(|names| format!("{names} {word}")));
            }
        }
    }
    told
}

/// Blocks of a custom flow move with the block that runs it.
fn moved_along(difference: &Difference, all: &[Difference]) -> bool {
    let What::Moved(step) = difference.what else {
        return false;
    };
    let outer = step.path.split_once('/').map(|(outer, _)| outer);
    let moves = |one: &Difference| matches!(one.what, What::Moved(_)) && Some(one.path()) == outer;
    outer.is_some() && all.iter().any(moves)
}

fn run(difference: &Difference) -> Option<&'static str> {
    match difference.what {
        What::Gone(_) => Some("not reached"),
        What::New(_) => Some("reached"),
        What::Moved(_) | What::Changed(_, _) => None,
    }
}

/// Blocks of a custom flow are not named beside the block that runs it.
fn named(paths: &[&str]) -> Option<String> {
    let own = |path: &&&str| {
        path.split_once('/')
            .is_none_or(|(outer, _)| !paths.contains(&outer))
    };
    let shown: Vec<&&str> = paths.iter().filter(own).collect();
    let mut names: Vec<String> = shown
        .iter()
        .take(NAMED)
        .map(|path| format!("`{path}`"))
        .collect();
    if shown.len() > NAMED {
        names.push(format!("{} more", shown.len() - NAMED));
    }
    (!names.is_empty()).then(|| names.join(", "))
}

fn consequence(difference: &Difference) -> Option<String> {
    let (was, is) = match difference.what {
        What::Moved(step) => {
            return Some(format!("`{}` ran at another place in the order", step.path));
        }
        What::Changed(was, is) => (was, is),
        What::Gone(_) | What::New(_) => return None,
    };
    let mut parts = Vec::new();
    if was.status != is.status {
        parts.push(past(&is.status).to_owned());
    }
    parts.extend(branch(was, is).map(|branch| format!("took {branch}")));
    let mut more = aspects(was, is, "");
    if !parts.is_empty() {
        // the change of its status says enough of its error and its time
        more.retain(|part| part.starts_with("wrote") || part.starts_with("sent"));
    }
    parts.extend(more);
    (!parts.is_empty()).then(|| format!("`{}` {}", is.path, parts.join("; ")))
}

/// `block instead of allow`
fn branch(was: &Step, is: &Step) -> Option<String> {
    match (&was.branch, &is.branch) {
        (Some(was), Some(is)) if was != is => Some(format!("{is} instead of {was}")),
        (None, Some(is)) => Some(is.clone()),
        (_, None) | (Some(_), Some(_)) => None,
    }
}

/// Everything about a block but its status and branch; `now` stands before the verbs of what is told first.
fn aspects(was: &Step, is: &Step, now: &str) -> Vec<String> {
    let mut parts = Vec::new();
    if was.kind != is.kind {
        parts.push(format!("{now}is {} (was {})", kind(is), kind(was)));
    }
    let (old, new) = (details(was), details(is));
    let sent_anew = |detail: &Detail| match &detail.request {
        Some(request) => {
            let key = (format!("sent {request}"), 0);
            !old.contains_key(&key) || !new.contains_key(&key)
        }
        None => false,
    };
    let ends_early = was.status != is.status && !is.status.starts_with("ok");
    let mut values = 0;
    for (key, detail) in &new {
        let said = match old.get(key) {
            Some(same) if same.rest == detail.rest => continue,
            Some(other) => Some(&other.rest),
            None => None,
        };
        // what it read was written, and told, before; its error is told with its status
        let known = detail.word == "read" && said.is_some()
            || was.status != is.status && is_failure(detail)
            || sent_anew(detail)
            || now.is_empty()
                && said.is_some_and(|said| is_instant(said) && is_instant(&detail.rest));
        if known {
            continue;
        }
        values += 1;
        if values <= VALUES {
            parts.push(format!("{now}{}", says(detail, said, now)));
        }
    }
    for (key, detail) in &old {
        if new.contains_key(key)
            || detail.word == "read"
            || detail.word == "wrote" && ends_early
            || sent_anew(detail)
            || was.status != is.status && is_failure(detail)
        {
            continue;
        }
        values += 1;
        if values <= VALUES {
            let verb = if now.is_empty() {
                "did not"
            } else {
                "no longer has"
            };
            parts.push(lost(detail, verb));
        }
    }
    if values > VALUES {
        parts.push(format!("{} more changes", values - VALUES));
    }
    if was.took != is.took && was.status == is.status {
        let zero = "0ms".to_owned();
        let (was, is) = (
            was.took.as_ref().unwrap_or(&zero),
            is.took.as_ref().unwrap_or(&zero),
        );
        parts.push(format!("{now}{} {is} (was {was})", verb("took", now)));
    }
    if was.started != is.started && parts.is_empty() {
        parts.push(format!("{now}{} at another time", verb("started", now)));
    }
    parts
}

/// A later block writes other instants once an earlier one takes longer.
fn is_instant(written: &str) -> bool {
    let form = "\"0000-00-00T00:00:00.000Z\"";
    let digit = |c: char| if c.is_ascii_digit() { '0' } else { c };
    written.len() == form.len() && written.chars().map(digit).eq(form.chars())
}

fn is_failure(detail: &Detail) -> bool {
    matches!(detail.word.as_str(), "error" | "caused")
}

fn kind(step: &Step) -> &str {
    if step.kind.is_empty() {
        "of its own name"
    } else {
        &step.kind
    }
}

/// By word and subject; the same request sent twice is told apart by its number.
fn details(step: &Step) -> BTreeMap<(String, usize), &Detail> {
    let mut keyed = BTreeMap::new();
    for detail in &step.details {
        let mut number = 0;
        let key = match detail.word.as_str() {
            "error" | "caused" | "dropped" => detail.word.clone(),
            _ => match &detail.request {
                Some(request) => format!("{} {} {request}", detail.word, detail.subject),
                None => format!("{} {}", detail.word, detail.subject),
            },
        };
        while keyed.contains_key(&(key.clone(), number)) {
            number += 1;
        }
        keyed.insert((key, number), detail);
    }
    keyed
}

fn says(detail: &Detail, was: Option<&String>, now: &str) -> String {
    let word = verb(&detail.word, now);
    let (subject, rest) = (cut(&detail.subject), cut(&detail.rest));
    let was = was.map_or(String::new(), |was| format!(" (was {})", cut(was)));
    match detail.word.as_str() {
        "read" | "wrote" => format!("{word} {subject} = {rest}{was}"),
        "sent" => format!("{word} {subject} → {rest}{was}"),
        "body" => format!("{word} {rest}{was}"),
        "logged" => format!("{word} {subject} {rest}{was}"),
        _ => format!("{word} {subject}: {rest}{was}"),
    }
}

fn lost(detail: &Detail, verb: &str) -> String {
    let noun = match (detail.word.as_str(), verb) {
        ("wrote", "did not") => "write",
        ("sent", "did not") => "send",
        ("logged", "did not") => "log",
        ("header", "did not") => "send the header",
        ("body", "did not") => "send a body",
        ("wrote", _) => "the value",
        ("sent", _) => "the request",
        ("logged", _) => "the log line",
        ("header", _) => "the header",
        ("body", _) => "a body",
        (_, "did not") => "have the error",
        (_, _) => "the error",
    };
    format!("{verb} {noun} {}", cut(&detail.subject))
        .trim_end()
        .to_owned()
}

/// The words of a text are in the past; what is told first is told of now.
fn verb<'a>(past: &'a str, now: &str) -> &'a str {
    match (past, now.is_empty()) {
        ("header", true) => return "sent header",
        ("body", true) => return "sent body",
        (past, true) => return past,
        (_, false) => {}
    }
    match past {
        "header" => "sends header",
        "body" => "sends body",
        "wrote" => "writes",
        "sent" => "sends",
        "logged" => "logs",
        "took" => "takes",
        "started" => "starts",
        "read" => "reads",
        "error" => "has the error",
        "caused" => "has the cause",
        "dropped" => "drops",
        other => other,
    }
}

/// From one status to another.
fn turn(was: &str, is: &str) -> String {
    match (was, is) {
        ("failed, continued", "failed") => {
            "now halts the flow with its failure (was continued)".to_owned()
        }
        ("failed", "failed, continued") => {
            "is now continued past its failure (halted the flow)".to_owned()
        }
        (_, "ok") => format!("now succeeds (it {} before)", past(was)),
        (_, "failed") => "now fails".to_owned(),
        (_, "failed, continued") => "now fails, and the flow goes on".to_owned(),
        (_, "denied") => "now denies".to_owned(),
        (_, "timed out") => "is now cut at the ceiling".to_owned(),
        (_, "suspended") => "now waits for an answer".to_owned(),
        (_, "detached") => "now runs detached".to_owned(),
        (_, other) => format!("is now {other}"),
    }
}

fn past(status: &str) -> &str {
    match status {
        "ok" => "succeeded",
        "failed, continued" => "failed, and the flow went on",
        "timed out" => "was cut at the ceiling",
        "suspended" => "waits for an answer",
        "detached" => "ran detached",
        other => other,
    }
}

fn why(step: &Step) -> String {
    let error = step.details.iter().find(|detail| detail.word == "error");
    error.map_or(String::new(), |error| {
        format!(": {}: {}", error.subject, cut(&error.rest))
    })
}

/// What was audited, what would have happened outside, and how the run ends.
pub fn outcome(before: &Outline, after: &Outline) -> Vec<String> {
    let mut told = Vec::new();
    told.extend(audited(&before.audit, &after.audit));
    told.extend(lists("", &before.effects, &after.effects));
    let mut arrow = |noun: &str, was: &str, is: &str| {
        if was != is {
            told.push(format!("{noun} {was} → {is}"));
        }
    };
    arrow("ending", &before.ending, &after.ending);
    for key in ["terminal", "reason", "halted at", "user sees"] {
        let of = |outline: &Outline| {
            outline
                .outcome
                .get(key)
                .map_or("none".to_owned(), |text| cut(text))
        };
        arrow(key, &of(before), &of(after));
    }
    arrow("flow time", &before.after, &after.after);
    told
}

/// Blocks that stand in another stage, and stages that have another name.
pub fn stages(before: &Outline, after: &Outline) -> Vec<String> {
    let mut moved: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (path, is) in &after.stages {
        if let Some(was) = before.stages.get(path).filter(|was| *was != is) {
            moved.entry((was, is)).or_default().push(path);
        }
    }
    let has = |outline: &Outline, stage: &str| outline.stages.values().any(|one| one == stage);
    let told = moved.iter().map(|((was, is), paths)| {
        if has(after, was) || has(before, is) {
            let verb = if paths.len() == 1 { "runs" } else { "run" };
            named(paths).map(|names| format!("{names} now {verb} in stage {is} (was {was})"))
        } else {
            Some(format!("stage {was} is now called {is}"))
        }
    });
    told.flatten().collect()
}

/// What was audited, apart from how the run ended, which is told by itself.
fn audited(before: &[String], after: &[String]) -> Vec<String> {
    let own = |line: &&String| !line.starts_with("flow.") || line.starts_with("flow.block_failed");
    let kinds = |lines: &[&String]| -> Vec<String> {
        let kinds = lines.iter().map(|line| line.split(", ").next());
        kinds.flatten().map(str::to_owned).collect()
    };
    let before: Vec<&String> = before.iter().filter(own).collect();
    let after: Vec<&String> = after.iter().filter(own).collect();
    let (was, is) = (kinds(&before), kinds(&after));
    if was != is {
        return lists(" audited", &was, &is);
    }
    let data = |line: &str| cut(line.find(", {").map_or("nothing", |at| &line[at + 2..]));
    let pairs = is.iter().zip(before.iter().zip(&after));
    pairs
        .filter(|(_, (was, is))| was != is)
        .take(VALUES)
        .map(|(kind, (was, is))| match (data(was), data(is)) {
            (was, is) if was == is => format!("audited {kind} elsewhere"),
            (was, is) => format!("audited {kind} with {is} (was {was})"),
        })
        .collect()
}

/// `no longer audited: x`, `now audited: y`; without a word, `no longer: x`
fn lists(word: &str, before: &[String], after: &[String]) -> Vec<String> {
    let only = |a: &[String], b: &[String]| {
        let mut rest = b.to_vec();
        let mut only = Vec::new();
        for line in a {
            match rest.iter().position(|other| other == line) {
                Some(at) => {
                    rest.remove(at);
                }
                None => only.push(cut(line)),
            }
        }
        only
    };
    let sentence = |how: &str, lines: Vec<String>| {
        let more = lines.len().saturating_sub(VALUES);
        let shown: Vec<String> = lines.into_iter().take(VALUES).collect();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        (!shown.is_empty()).then(|| format!("{how}{word}: {}{more}", shown.join("; ")))
    };
    let gone = sentence("no longer", only(before, after));
    let new = sentence("now", only(after, before));
    gone.into_iter().chain(new).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
