//! What came of breaking flows on purpose, for a person: every mutant that nobody noticed with its place, the change,
//! what it means and a scenario that would notice; then a line for each flow, and the score.

use crate::mutate::{FlowReport, Judged, Report, Score, Suggestion, Verdict};
use crate::report::style::{
    BAD, DOUBT, FAINT, GOOD, PLACE, Painted, STRONG, counted, padded, printable, shortened,
};
use std::collections::BTreeSet;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Lines of a change are not longer.
const LONGEST: usize = 120;

/// The whole report.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for flow in &report.flows {
        write_failing(&mut out, flow);
        write_survivors(&mut out, flow);
    }
    write_flows(&mut out, report);
    let _ = writeln!(out, "\n{}", summary(report));
    out
}

/// Scenarios that do not pass as it is.
fn write_failing(out: &mut String, flow: &FlowReport) {
    if flow.not_passed.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "{} {} was not broken: its scenarios do not pass as it is, so a score would mean nothing",
        Painted(BAD, "✗"),
        Painted(STRONG, printable(&flow.flow)),
    );
    for one in &flow.not_passed {
        let place = Painted(PLACE, printable(&one.span.to_string()));
        let _ = writeln!(out, "  {place}  {}", printable(&one.scenario));
        let message = shortened(&printable(&one.message), LONGEST);
        let _ = writeln!(out, "    {}", Painted(FAINT, message));
    }
    let again = format!("flowproof run --filter 'flow:{}'", printable(&flow.flow));
    let _ = writeln!(out, "  look at them: {}\n", Painted(STRONG, again));
}

/// Each mutant that nobody noticed; a scenario that would notice several is shown once.
fn write_survivors(out: &mut String, flow: &FlowReport) {
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    for judged in &flow.mutants {
        let Verdict::Survived(suggestion) = &judged.verdict else {
            continue;
        };
        write_mutant(out, judged);
        match suggestion {
            Some(suggestion) if shown.insert(&suggestion.yaml) => write_suggestion(out, suggestion),
            Some(suggestion) => {
                write_means(out, suggestion);
                let name = Painted(STRONG, printable(&suggestion.name));
                let _ = writeln!(out, "  noticed by the scenario above: {name}\n");
            }
            None => {
                let _ = writeln!(out, "  no small scenario was found that notices it\n");
            }
        }
    }
}

fn write_mutant(out: &mut String, judged: &Judged) {
    let broken = &judged.mutant.broken;
    let what = Painted(STRONG, shortened(&printable(&broken.what), LONGEST));
    let _ = writeln!(out, "{} nobody noticed {what}", Painted(BAD, "✗"));
    let place = Painted(PLACE, printable(&broken.span.to_string()));
    let id = Painted(FAINT, printable(&judged.mutant.id));
    let _ = writeln!(out, "  {place}  {id}");
    for (lines, sign, style) in [(&broken.before, '-', BAD), (&broken.after, '+', GOOD)] {
        for line in lines {
            let line = shortened(&printable(line), LONGEST);
            let _ = writeln!(out, "    {}", Painted(style, format!("{sign} {line}")));
        }
    }
}

fn write_means(out: &mut String, suggestion: &Suggestion) {
    let means = shortened(&printable(&suggestion.means), LONGEST * 2);
    let _ = writeln!(out, "  {} {means}", Painted(DOUBT, "so"));
}

fn write_suggestion(out: &mut String, suggestion: &Suggestion) {
    write_means(out, suggestion);
    let _ = writeln!(out, "  this scenario passes now, and would notice:\n");
    for line in suggestion.yaml.lines() {
        let _ = writeln!(out, "    {}", printable(line));
    }
    let _ = writeln!(out);
}

/// A line for each flow.
fn write_flows(out: &mut String, report: &Report) {
    let names: Vec<String> = report
        .flows
        .iter()
        .map(|flow| printable(&flow.flow))
        .collect();
    let width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    for (flow, name) in report.flows.iter().zip(&names) {
        let score = Score::of(flow.mutants.iter());
        let good = score.survived == 0 && flow.not_passed.is_empty() && flow.left_out == 0;
        let sign = if good {
            Painted(GOOD, "✓")
        } else {
            Painted(BAD, "✗")
        };
        let left_out = match flow.left_out {
            0 => String::new(),
            count => format!(", {count} left out"),
        };
        let scenarios = counted(flow.scenarios, "scenario");
        let _ = writeln!(
            out,
            "{sign} {}  {}  {}",
            padded(name, width),
            percent(&score, flow.percent(), 7),
            Painted(FAINT, format!("{}{left_out}, {scenarios}", parts(&score))),
        );
    }
}

/// `96.4 %`, filled up in front to a width.
fn percent(score: &Score, percent: Option<f64>, width: usize) -> String {
    let (style, text) = match percent {
        None => (FAINT, "–".to_owned()),
        Some(percent) if score.survived == 0 => (GOOD, format!("{percent:.1} %")),
        Some(percent) => (BAD, format!("{percent:.1} %")),
    };
    Painted(style, format!("{text:>width$}")).to_string()
}

fn parts(score: &Score) -> String {
    let all = [
        (score.killed, "killed"),
        (score.survived, "survived"),
        (score.equivalent, "equivalent"),
        (score.invalid, "invalid"),
    ];
    let parts: Vec<String> = all
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if parts.is_empty() {
        "no mutants".to_owned()
    } else {
        parts.join(", ")
    }
}

fn summary(report: &Report) -> String {
    let score = report.score();
    let flows = counted(report.flows.len(), "flow");
    let stopped = if report.finished {
        ""
    } else {
        "; stopped before the end"
    };
    format!(
        "{} {} of {flows}: {}{stopped}",
        percent(&score, report.percent(), 0),
        Painted(STRONG, counted(score.total, "mutant")),
        parts(&score),
    )
}
