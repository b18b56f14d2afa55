//! The coverage of a run for a person: a line for each flow, and below it what no scenario came past, with its place.

use super::printable;
use super::style::{BAD, DOUBT, FAINT, GOOD, PLACE, Painted, STRONG, padded};
use crate::flow::OnError;
use crate::harness::{Coverage, FlowCoverage, Point, Share, What};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Of a flow, so many are named.
const NAMED: usize = 12;

/// The whole table.
pub fn render(coverage: &Coverage) -> String {
    let mut out = format!("\n{}\n", Painted(STRONG, "coverage"));
    let names = coverage.flows.iter().map(|flow| printable(&flow.flow));
    let width = names.map(|name| name.width()).max().unwrap_or(0);
    for flow in &coverage.flows {
        write_flow(&mut out, flow, width);
    }
    let share = coverage.share();
    let _ = writeln!(
        out,
        "  {}  {}  {} of {}",
        padded("all", width),
        painted(share),
        share.covered,
        share.total
    );
    out
}

/// `83.3%`, cut: 100% only when nothing is missing.
pub fn percent(share: Share) -> String {
    let tenths = share.per_mille();
    format!("{}.{}%", tenths / 10, tenths % 10)
}

fn painted(share: Share) -> Painted<String> {
    let style = match share.per_mille() {
        1_000 => GOOD,
        500.. => DOUBT,
        _ => BAD,
    };
    Painted(style, format!("{:>6}", percent(share)))
}

fn write_flow(out: &mut String, flow: &FlowCoverage, width: usize) {
    let part = |word: &str, share: Share| {
        (share.total > 0).then(|| format!("{word} {} of {}", share.covered, share.total))
    };
    let parts: Vec<String> = [
        part("blocks", flow.blocks()),
        part("branches", flow.branches()),
        part("errors", flow.errors()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let _ = writeln!(
        out,
        "  {}  {}  {}",
        padded(&printable(&flow.flow), width),
        painted(flow.share()),
        Painted(FAINT, parts.join(", "))
    );
    let missed: Vec<&Point> = flow.missed().collect();
    let told: Vec<String> = missed.iter().take(NAMED).map(|one| said(one)).collect();
    let width = told.iter().map(|text| text.width()).max().unwrap_or(0);
    for (text, point) in told.iter().zip(&missed) {
        let (line, column) = point.span.line_column();
        let place = format!("{}:{line}:{column}", point.span.file.path());
        let place = Painted(PLACE, printable(&place));
        let _ = writeln!(out, "    {}  {place}", padded(text, width));
    }
    if missed.len() > NAMED {
        let more = missed.len() - NAMED;
        let _ = writeln!(
            out,
            "    {}",
            Painted(FAINT, format!("… and {more} more; --format json names all"))
        );
    }
}

fn said(point: &Point) -> String {
    let block = printable(&point.block);
    match &point.what {
        What::Block => format!("never reached  {block}"),
        What::Branch(name) => format!("never taken    {block} → {}", printable(name)),
        What::Error(OnError::Halt) => format!("never failed   {block}"),
        What::Error(OnError::Continue) => format!("never failed   {block} (on_error: continue)"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Share, percent};

    #[test]
    fn a_hundred_percent_is_all_of_it() {
        for (covered, total, shown) in [
            (0, 0, "100.0%"),
            (0, 3, "0.0%"),
            (2, 3, "66.6%"),
            (2_999, 3_000, "99.9%"),
            (3_000, 3_000, "100.0%"),
        ] {
            assert_eq!(percent(Share { covered, total }), shown);
        }
    }
}
