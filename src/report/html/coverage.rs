//! The coverage of a run on the page, where it was asked for.

use crate::harness::{Coverage, FlowCoverage, Point, What};
use crate::report::coverage::percent;
use crate::report::markup::Markup;

/// A row for each flow; what is missed opens.
pub fn table(coverage: Option<&Coverage>) -> Markup {
    let Some(coverage) = coverage else {
        return Markup::default();
    };
    let share = coverage.share();
    let all = format!(
        "{}: {} of {} blocks, branches and errors",
        percent(share),
        share.covered,
        share.total
    );
    let flows = coverage.flows.iter().map(flow);
    Markup::text_in("h2", "", "Coverage")
        .then(Markup::text_in("p", "", all))
        .then(flows.collect())
}

fn flow(flow: &FlowCoverage) -> Markup {
    let share = flow.share();
    let class = if share.covered == share.total {
        "good"
    } else {
        "doubt"
    };
    let parts = [
        ("blocks", flow.blocks()),
        ("branches", flow.branches()),
        ("errors", flow.errors()),
    ];
    let parts = parts.map(|(word, share)| format!("{word} {} of {}", share.covered, share.total));
    let summary = Markup::text_in("b", class, percent(share))
        .then(Markup::text_in("code", "", &flow.flow))
        .then(Markup::text_in("span", "faint", parts.join(", ")));
    let missed = flow.missed().map(missed);
    let inner = Markup::element("ul", "inside", missed.collect());
    Markup::details(false, summary, inner)
}

fn missed(point: &Point) -> Markup {
    let said = match &point.what {
        What::Block => format!("{} is never reached", point.block),
        What::Branch(name) => format!("{} → {name} is never taken", point.block),
        What::Error(_) => format!("{} never fails", point.block),
    };
    let place = Markup::text_in("span", "faint", format!("  {}", point.span));
    Markup::element("li", "", Markup::from(said).then(place))
}
