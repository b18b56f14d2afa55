//! The results of a run as one page (`run --report DIR`): nothing external, no script, the same bytes for the same
//! results. What does not hold stands first, the first of it open; every scenario opens and shows its trace on a time line.

mod coverage;
mod scenario;
mod timeline;

use super::markup::Markup;
use super::style::counted;
use crate::harness::{Results, ScenarioResult, Verdict};

/// So many scenarios that did not pass are open: of more, nobody would see the list.
const OPEN: usize = 10;

/// The whole page.
pub fn render(results: &Results) -> String {
    let body = headline(results)
        .then(not_passed(results))
        .then(coverage::table(results.coverage.as_ref()))
        .then(files(results));
    Markup::page(&title(results), include_str!("page.css"), body)
}

fn title(results: &Results) -> String {
    let summary = results.summary();
    match summary.failed + summary.errored {
        0 => format!("{} passed", counted(summary.passed, "scenario")),
        bad => format!("{bad} of {} not passed", counted(summary.total, "scenario")),
    }
}

fn headline(results: &Results) -> Markup {
    let summary = results.summary();
    let part = |count: usize, word: &str, class: &'static str| match count {
        0 => Markup::default(),
        _ => Markup::text_in("span", class, format!("{count} {word}")),
    };
    let parts = part(summary.failed, "failed", "bad")
        .then(part(summary.errored, "errored", "bad"))
        .then(part(summary.passed, "passed", "good"))
        .then(part(summary.skipped, "skipped", "doubt"));
    let of = format!("of {}", counted(summary.total, "scenario"));
    Markup::text_in("h1", "", title(results)).then(Markup::element(
        "p",
        "verdict",
        parts.then(Markup::text_in("span", "faint", of)),
    ))
}

fn not_passed(results: &Results) -> Markup {
    let bad = |one: &&ScenarioResult| one.verdict != Verdict::Passed;
    let bad = results.scenarios.iter().filter(bad).enumerate();
    let all: Markup = bad
        .map(|(at, one)| scenario::whole(one, at < OPEN))
        .collect();
    if all.is_empty() {
        return Markup::default();
    }
    Markup::text_in("h2", "", "Not passed").then(all)
}

/// Every file with its scenarios; those that did not pass stand above.
fn files(results: &Results) -> Markup {
    let files = results
        .scenarios
        .chunk_by(|a, b| a.span.file.path() == b.span.file.path());
    let all: Markup = files.map(file).collect();
    if all.is_empty() {
        return Markup::default();
    }
    Markup::text_in("h2", "", "All files").then(all)
}

fn file(of_file: &[ScenarioResult]) -> Markup {
    let Some(first) = of_file.first() else {
        return Markup::default();
    };
    let passed: Vec<_> = of_file
        .iter()
        .filter(|one| one.verdict == Verdict::Passed)
        .collect();
    let bad = of_file.len() - passed.len();
    let sign = match bad {
        0 => Markup::text_in("b", "good", "✓"),
        _ => Markup::text_in("b", "bad", "✗"),
    };
    let count = match bad {
        0 => format!("{} passed", of_file.len()),
        bad => format!("{} passed, {bad} above", passed.len()),
    };
    let summary = sign
        .then(Markup::text_in("code", "", first.span.file.path()))
        .then(Markup::text_in("span", "faint", count));
    let inner: Markup = passed
        .into_iter()
        .map(|one| scenario::whole(one, false))
        .collect();
    Markup::details(false, summary, Markup::element("div", "inside", inner))
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::harness::Results;

    #[test]
    fn nothing_is_a_page_too() {
        let page = render(&Results::default());
        assert!(page.starts_with("<!doctype html>\n<html lang=\"en\"><head>"));
        assert!(page.contains("<h1>0 scenarios passed</h1>"), "{page}");
        assert!(page.ends_with("</body></html>\n"));
    }
}
