//! For people: a line for each scenario, and for the slowest of each flow where its time goes and what a faster block
//! would change.

use super::{Benched, Row, percent};
use crate::bench::{BlockTime, Measured, at_most};
use crate::report::style::{
    BAD, DOUBT, FAINT, GOOD, Painted, STRONG, counted, duration, padded, printable, shortened,
};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Names wider than this are cut.
const WIDEST: usize = 56;
/// Of the slowest scenario of a flow, so many blocks are told.
const BLOCKS: usize = 8;

/// The whole report.
pub fn render(benched: &Benched) -> String {
    let mut out = String::new();
    for rows in benched.rows.chunk_by(|a, b| a.flow == b.flow) {
        write_flow(&mut out, rows);
    }
    write_summary(&mut out, benched);
    out
}

fn write_flow(out: &mut String, rows: &[Row]) {
    let Some(first) = rows.first() else { return };
    let names: Vec<String> = rows.iter().map(name).collect();
    let width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let width = width.max(first.flow.width());
    let head = padded(&printable(&first.flow), width + 2);
    let columns = ["p50", "p95", "p99", "max", "p99 of budget"];
    let columns: Vec<String> = columns.iter().map(|word| format!("{word:>8}")).collect();
    let _ = writeln!(
        out,
        "{}{}",
        Painted(STRONG, head),
        Painted(FAINT, columns.join(" "))
    );
    for (row, name) in rows.iter().zip(&names) {
        write_row(out, row, &padded(name, width));
    }
    let measured = rows
        .iter()
        .filter_map(|row| Some((row, row.found.as_ref().ok()?)));
    let slowest = measured.max_by_key(|(_, found)| (found.varies, found.over, found.flow_ms.p99));
    if let Some((row, found)) = slowest.filter(|(_, found)| found.flow_ms.max > 0) {
        write_blocks(out, row, found);
    }
    out.push('\n');
}

fn name(row: &Row) -> String {
    shortened(&printable(&row.name), WIDEST)
}

fn write_row(out: &mut String, row: &Row, name: &str) {
    let found = match &row.found {
        Ok(found) => found,
        Err(why) => {
            let sign = Painted(BAD, "✗");
            let _ = writeln!(out, "{sign} {name}  cannot be measured: {}", printable(why));
            return;
        }
    };
    let sign = match found.over {
        0 => Painted(GOOD, "✓"),
        _ => Painted(BAD, "✗"),
    };
    let spread = &found.flow_ms;
    let times = [spread.p50, spread.p95, spread.p99, spread.max];
    let times: Vec<String> = times
        .iter()
        .map(|ms| format!("{:>8}", duration(*ms)))
        .collect();
    let of_budget = spread.p99 as f64 / found.budget_ms.max(1) as f64;
    let _ = writeln!(
        out,
        "{sign} {name}{} {:>13}  {}",
        times.join(" "),
        percent(of_budget),
        endings(found)
    );
}

/// `allowed`, or `allowed 97.7%, timed_out 2.3%`
fn endings(found: &Measured) -> String {
    let mut all: Vec<(&&str, &u64)> = found.endings.iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    if let [(only, _)] = all.as_slice() {
        return Painted(FAINT, only).to_string();
    }
    let share = |count: u64| percent(count as f64 / found.samples.max(1) as f64);
    let told: Vec<String> = all
        .iter()
        .map(|(ending, count)| format!("{ending} {}", share(**count)))
        .collect();
    Painted(DOUBT, told.join(", ")).to_string()
}

fn write_blocks(out: &mut String, row: &Row, found: &Measured) {
    let _ = writeln!(out, "  {} `{}`", Painted(FAINT, "the time of"), name(row));
    let blocks: Vec<&BlockTime> = found
        .blocks
        .iter()
        .filter(|block| block.ms.max > 0)
        .take(BLOCKS)
        .collect();
    let width = blocks
        .iter()
        .map(|one| one.block.width())
        .max()
        .unwrap_or(0);
    for block in blocks {
        let _ = writeln!(
            out,
            "    {} {:>6}  p50 {:>6}  p99 {:>6}{}",
            padded(&printable(&block.block), width),
            percent(block.share),
            duration(block.ms.p50),
            duration(block.ms.p99),
            without(block, found)
        );
    }
}

/// What would be if it took no time.
fn without(block: &BlockTime, found: &Measured) -> String {
    let Some((spread, over)) = &block.without else {
        return String::new();
    };
    let mut told = format!(
        "  without it p99 {} → {}",
        duration(found.flow_ms.p99),
        duration(spread.p99)
    );
    if found.over > 0 {
        let share = |count: u64| percent(count as f64 / found.samples.max(1) as f64);
        let _ = write!(
            told,
            ", over budget {} → {}",
            share(found.over),
            share(*over)
        );
    }
    Painted(FAINT, told).to_string()
}

fn write_summary(out: &mut String, benched: &Benched) {
    let measured: Vec<&Measured> = benched
        .rows
        .iter()
        .filter_map(|row| row.found.as_ref().ok())
        .collect();
    let over = measured.iter().filter(|one| one.over > 0).count();
    let varying = measured.iter().filter(|one| one.varies).count();
    let scenarios = counted(measured.len(), "scenario");
    let told = match over {
        0 => Painted(GOOD, format!("none of {scenarios} exceeded the budget")),
        over => Painted(BAD, format!("{over} of {scenarios} exceeded the budget")),
    };
    let _ = writeln!(out, "{told}");
    let samples = benched.samples;
    if over == 0 && varying > 0 {
        let most = percent(at_most(0, samples));
        let _ = writeln!(
            out,
            "{}",
            Painted(
                FAINT,
                format!(
                    "in {samples} samples of each: at most {most} of its runs do (95% confidence)"
                )
            )
        );
    }
    let fixed = measured.len() - varying;
    if fixed > 0 {
        let _ = writeln!(
            out,
            "{}",
            Painted(
                FAINT,
                format!(
                    "{fixed} ran once: nothing they come past has a distribution; write one as `latency:` in flowproof.yaml or as the `delay` of a mock"
                )
            )
        );
    }
}
