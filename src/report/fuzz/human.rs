//! What fuzzing found, for people: the worst first, each with its place, why it is so, and the scenario that shows it.

use super::{Fuzzed, State};
use crate::document::yaml;
use crate::fuzz::{Findings, Own, OwnFinding, OwnKind, Weight};
use crate::report::printable;
use crate::report::style::{BAD, DOUBT, FAINT, GOOD, PLACE, Painted, STRONG, counted};
use std::fmt::Write;

/// Notes that are told of each flow; the rest is in the JSON.
const NOTES: usize = 12;

/// The whole report.
pub fn render(fuzzed: &Fuzzed) -> String {
    let mut out = String::new();
    for (mode, found) in &fuzzed.generated {
        generated(&mut out, mode, found, fuzzed.seed);
    }
    for own in &fuzzed.flows {
        flow(&mut out, fuzzed, own);
    }
    kept(&mut out, fuzzed);
    verdict(&mut out, fuzzed);
    out
}

fn generated(out: &mut String, mode: &str, found: &Findings, seed: u64) {
    let cases = grouped(found.cases);
    let _ = writeln!(
        out,
        "{}  {cases} cases ({mode}) against the reference and the properties, seed {seed}",
        Painted(STRONG, "generated flows")
    );
    if found.unread > 0 {
        let _ = writeln!(
            out,
            "  {} could not be read, as intended",
            grouped(found.unread)
        );
    }
    if found.found.is_empty() {
        let _ = writeln!(out, "  {} nothing found\n", Painted(GOOD, "✓"));
    }
    for (kind, finding) in &found.found {
        let _ = writeln!(
            out,
            "  {} {}",
            Painted(BAD, "✗ flowproof is wrong:"),
            printable(kind)
        );
        let _ = writeln!(
            out,
            "    {}, first in case {}; please report it with this:",
            counted(usize::try_from(finding.count).unwrap_or(usize::MAX), "case"),
            finding.number
        );
        for line in &finding.said {
            let _ = writeln!(out, "    {}", printable(line));
        }
        for line in finding.case.to_string().lines() {
            let _ = writeln!(out, "      {}", Painted(FAINT, printable(line)));
        }
        out.push('\n');
    }
}

fn flow(out: &mut String, fuzzed: &Fuzzed, own: &Own) {
    let _ = writeln!(
        out,
        "{}  {} cases in {}",
        Painted(STRONG, printable(&own.flow)),
        grouped(own.cases),
        counted(own.worlds, "world")
    );
    let errors: Vec<&OwnFinding> = Fuzzed::errors(own).collect();
    let bare = own
        .findings
        .iter()
        .any(|one| one.kind == OwnKind::FailsOpen && one.weight == Weight::Note);
    let but = if bare { " but those below" } else { "" };
    if errors.is_empty() && own.lost.is_empty() {
        let _ = writeln!(
            out,
            "  {} no fault{but} lets anybody in, no order changes who gets in, nothing exhausts the budget",
            Painted(GOOD, "✓")
        );
    }
    for one in errors {
        error(out, fuzzed, own, one);
    }
    for one in own.findings.iter() {
        if let Some(reason) = &one.accepted {
            let _ = writeln!(
                out,
                "  {} {}: {} {}",
                Painted(FAINT, "accepted"),
                one.kind.title(),
                printable(&one.title),
                Painted(FAINT, format!("({})", printable(reason)))
            );
        }
    }
    for why in &own.lost {
        let lost = Painted(BAD, "✗ part of the work came to nothing");
        let _ = writeln!(
            out,
            "  {lost}: {why}; what it would have found is not known"
        );
    }
    for one in &own.disagreements {
        let wrong = Painted(BAD, "✗ flowproof is wrong");
        let _ = writeln!(
            out,
            "  {wrong} (case {}); please report it with the flow and this:",
            one.number
        );
        for line in &one.said {
            let _ = writeln!(out, "    {}", printable(line));
        }
        for line in yaml(&one.document).lines() {
            let _ = writeln!(out, "      {}", Painted(FAINT, printable(line)));
        }
    }
    notes(out, own);
    if !out.ends_with("\n\n") {
        out.push('\n');
    }
}

fn error(out: &mut String, fuzzed: &Fuzzed, own: &Own, one: &OwnFinding) {
    let (line, column) = one.span.line_column();
    let place = format!("{}:{line}:{column}", one.span.file.path());
    let kind = Painted(BAD, format!("✗ {}", one.kind.title()));
    let _ = writeln!(out, "  {kind}: {}", printable(&one.title));
    let _ = writeln!(out, "    {}", Painted(PLACE, place));
    for line in wrapped(&one.why, 96) {
        let _ = writeln!(out, "    {}", printable(&line));
    }
    match fuzzed.file_of(&own.flow, one) {
        Some(file) => {
            let _ = writeln!(
                out,
                "    kept in {}: flowproof run {file}",
                Painted(PLACE, file)
            );
        }
        None => {
            for line in yaml(&one.document).lines() {
                let _ = writeln!(out, "      {}", Painted(FAINT, printable(line)));
            }
        }
    }
    out.push('\n');
}

fn notes(out: &mut String, own: &Own) {
    let notes: Vec<&OwnFinding> = own
        .findings
        .iter()
        .filter(|one| one.weight == Weight::Note && one.accepted.is_none())
        .collect();
    for one in notes.iter().take(NOTES) {
        let kind = Painted(DOUBT, one.kind.title());
        let _ = writeln!(out, "  {kind}: {}", printable(&one.title));
    }
    if notes.len() > NOTES {
        let more = counted(notes.len() - NOTES, "more note");
        let _ = writeln!(out, "  {more}: `--format json` has them");
    }
}

fn kept(out: &mut String, fuzzed: &Fuzzed) {
    for kept in &fuzzed.kept {
        let (style, word) = match kept.state {
            State::Fixed => (GOOD, "✓ fixed"),
            State::Open => (BAD, "✗ still open"),
        };
        let _ = writeln!(
            out,
            "{}: {} {}",
            Painted(style, word),
            printable(&kept.scenario),
            Painted(PLACE, &kept.file)
        );
    }
    if !fuzzed.kept.is_empty() {
        out.push('\n');
    }
}

fn verdict(out: &mut String, fuzzed: &Fuzzed) {
    let own: usize = fuzzed
        .flows
        .iter()
        .map(|own| Fuzzed::errors(own).count())
        .sum();
    let findings = own + fuzzed.disagreements();
    let (style, word) = match (findings, fuzzed.passed()) {
        (0, true) => (GOOD, "nothing found".to_owned()),
        (0, false) => (BAD, "a kept finding is still open".to_owned()),
        (count, _) => (BAD, counted(count, "finding")),
    };
    let _ = writeln!(out, "{}, seed {}", Painted(style, word), fuzzed.seed);
    if findings > 0 {
        let _ = writeln!(out, "again: {}", fuzzed.command);
    }
    if own > 0 && fuzzed.saved.is_empty() {
        let _ = writeln!(
            out,
            "to keep each as a scenario that fails until it is fixed: --save"
        );
    }
}

/// Lines of about this width, broken at spaces.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let full = lines.last().is_some_and(|line| {
            !line.is_empty() && line.chars().count() + word.chars().count() >= width
        });
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// `1,234,567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
