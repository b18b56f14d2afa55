//! One scenario on the page: its line, what does not hold, its time line, what was recorded and what to type.

use super::timeline;
use crate::harness::{Compared, PlacedFinding, SNAPSHOT, ScenarioResult, Verdict};
use crate::report::markup::Markup;
use crate::report::style::{plain, shortened, value_text};
use crate::report::tree::{choices, ending_sentence, records};
use crate::report::{difference, human};

/// Of the line on which an expectation is written, so many characters are shown.
const LONGEST_QUOTE: usize = 160;

/// Opens and closes.
pub fn whole(result: &ScenarioResult, open: bool) -> Markup {
    let (sign, class) = match result.verdict {
        Verdict::Passed => ("✓", "good"),
        Verdict::Failed | Verdict::Errored => ("✗", "bad"),
    };
    let summary = Markup::text_in("b", class, sign)
        .then(Markup::text_in("span", "name", result.name()))
        .then(Markup::text_in("span", "faint", line(result)));
    let failures: Markup = result
        .failures
        .iter()
        .map(|one| failure(result, one))
        .collect();
    let warnings: Markup = result
        .warnings
        .iter()
        .map(|one| format!("{}: {}", one.code, one.message))
        .map(|text| Markup::text_in("p", "doubt", text))
        .collect();
    let inner = Markup::text_in(
        "p",
        "faint",
        format!("{} · flow {}", result.span, result.flow),
    )
    .then(failures)
    .then(warnings)
    .then(
        choices(result)
            .into_iter()
            .map(|choice| Markup::text_in("p", "faint", choice))
            .collect(),
    )
    .then(timeline::table(&result.trace))
    .then(recorded(result))
    .then(again(result));
    Markup::details(open, summary, Markup::element("div", "inside", inner))
}

fn line(result: &ScenarioResult) -> String {
    let sentence = ending_sentence(&result.trace);
    match result.verdict {
        Verdict::Errored => format!("errored: {sentence}"),
        Verdict::Passed | Verdict::Failed => sentence,
    }
}

fn failure(result: &ScenarioResult, placed: &PlacedFinding) -> Markup {
    let finding = &placed.finding;
    let head = Markup::text_in("h3", "", &finding.expectation);
    let body = if finding.expectation == SNAPSHOT {
        snapshot(result, placed)
    } else {
        let row = |word: &str, class, value: String| {
            let cells = Markup::text_in("th", "", word).then(Markup::text_in("td", class, value));
            Markup::element("tr", "", cells)
        };
        let rows = row("expected", "good", value_text(&finding.expected)).then(row(
            "seen",
            "bad",
            value_text(&finding.actual),
        ));
        Markup::text_in("p", "", &finding.message).then(Markup::element("table", "values", rows))
    };
    let place = placed.span.as_ref().map_or(Markup::default(), |span| {
        let quote = shortened(placed.quote.as_deref().unwrap_or(""), LONGEST_QUOTE);
        let place = Markup::from(format!("{span}  "));
        let quoted = place.then(Markup::text_in("code", "", quote));
        Markup::element("p", "faint", quoted)
    });
    Markup::element("section", "", head.then(body).then(place))
}

/// The trace is not the accepted one.
fn snapshot(result: &ScenarioResult, placed: &PlacedFinding) -> Markup {
    let message = Markup::text_in("p", "", &placed.finding.message);
    match result
        .snapshot
        .as_ref()
        .map(|one| (&one.compared, &one.text))
    {
        Some((Compared::Differs(accepted), text)) => {
            let told = difference::render(accepted, text, "");
            message.then(Markup::pre(&plain(&told)))
        }
        Some(_) | None => message,
    }
}

/// Audit entries and side effects.
fn recorded(result: &ScenarioResult) -> Markup {
    let told = plain(&records(&result.trace));
    match told.trim() {
        "" => Markup::default(),
        told => Markup::pre(told),
    }
}

fn again(result: &ScenarioResult) -> Markup {
    let command = Markup::text_in("code", "", human::rerun(result));
    let text = Markup::from("run it again: ").then(command);
    Markup::element("p", "faint", text)
}
