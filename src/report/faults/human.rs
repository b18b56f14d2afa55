//! The table of faults for a person: a row for each block, a column for each fault; below it what fails open, why,
//! where it is written, how to see it and how to accept it. Colour says nothing that words do not say.

use super::super::style::{
    BAD, DOUBT, FAINT, GOOD, PLACE, Painted, STRONG, padded, printable, shell_word, shortened,
};
use super::view::{Group, Place, Word, groups, place, show};
use crate::faults::{Fault, Matrix, Tried};
use anstyle::Style;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// The table keeps to this where slugs are not very long.
const WIDTH: usize = 100;
/// A name of a block keeps at least this much.
const SHORTEST_NAME: usize = 24;
/// Scenarios, blocks and cells that are named one by one.
const NAMED: usize = 3;
const LISTED: usize = 12;
/// A name of a scenario is cut behind this.
const LONGEST_NAME: usize = 60;

/// The whole report.
pub fn render(matrix: &Matrix) -> String {
    let mut out = String::new();
    write_head(&mut out, matrix);
    write_table(&mut out, matrix);
    write_unreached(&mut out, matrix);
    write_notes(&mut out, matrix);
    for group in groups(matrix) {
        write_group(&mut out, matrix, &group);
    }
    write_accepted(&mut out, matrix);
    let _ = writeln!(out, "\n{}", verdict(matrix));
    out
}

fn write_head(out: &mut String, matrix: &Matrix) {
    let (flow, blocks) = (&matrix.flow.slug.value, matrix.rows.len());
    let scenarios = match matrix.scenarios.as_slice() {
        [only] if only.span.is_none() => "a default identity (no scenario runs it)".to_owned(),
        all => super::super::counted(all.len(), "scenario"),
    };
    let _ = writeln!(
        out,
        "{}: what the user gets, {} × {} faults × {scenarios}\n",
        Painted(STRONG, printable(flow)),
        super::super::counted(blocks, "block"),
        Fault::ALL.len()
    );
}

/// The cells of a row, each with its lines.
type Lines = Vec<Vec<(Style, String)>>;

fn write_table(out: &mut String, matrix: &Matrix) {
    let rows: Vec<Lines> = (0..matrix.rows.len())
        .map(|row| {
            Fault::ALL
                .map(|fault| lines(&place(matrix, row, fault)))
                .into()
        })
        .collect();
    let widths: Vec<usize> = (0..Fault::ALL.len())
        .map(|column| {
            let cells = rows.iter().flat_map(|row| &row[column]);
            let widest = cells.map(|(_, text)| text.width()).max().unwrap_or(0);
            widest.max(Fault::ALL[column].name().width())
        })
        .collect();
    let taken: usize = widths.iter().map(|width| width + 2).sum();
    let names: Vec<String> = matrix
        .rows
        .iter()
        .map(|row| name(row.depth, &row.slug))
        .collect();
    let widest = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let room = widest.min(WIDTH.saturating_sub(taken).max(SHORTEST_NAME));
    let head: String = Fault::ALL
        .iter()
        .zip(&widths)
        .map(|(fault, width)| format!("  {}", padded(fault.name(), *width)))
        .collect();
    let head = format!("{}{head}", " ".repeat(room));
    let _ = writeln!(out, "{}", Painted(STRONG, head.trim_end()));
    let mut stage = None;
    for (at, row) in matrix.rows.iter().enumerate() {
        if stage != Some(&row.stage) {
            stage = Some(&row.stage);
            let _ = writeln!(out, "{}", Painted(FAINT, printable(&row.stage)));
        }
        let name = match names[at].width() <= room {
            true => names[at].clone(),
            false => shortened(&names[at], room.saturating_sub(1)),
        };
        write_row(out, &padded(&name, room), &rows[at], &widths);
    }
}

fn name(depth: usize, slug: &str) -> String {
    format!("{}{}", "  ".repeat(depth + 1), printable(slug))
}

fn write_row(out: &mut String, name: &str, cells: &Lines, widths: &[usize]) {
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    for line in 0..height {
        let mut text = match line {
            0 => name.to_owned(),
            _ => " ".repeat(name.width()),
        };
        let mut gap = 0;
        for (cell, width) in cells.iter().zip(widths) {
            gap += 2;
            let said = cell.get(line);
            if let Some((style, said)) = said {
                let _ = write!(text, "{}{}", " ".repeat(gap), Painted(*style, said));
                gap = 0;
            }
            gap += width.saturating_sub(said.map_or(0, |(_, said)| said.width()));
        }
        let _ = writeln!(out, "{text}");
    }
}

fn lines(place: &Place) -> Vec<(Style, String)> {
    match place {
        Place::Unreached => vec![(FAINT, "·".to_owned())],
        Place::Nothing => vec![(FAINT, "-".to_owned())],
        Place::Words(words) => words
            .iter()
            .map(|(word, count)| {
                let count = count.map_or(String::new(), |count| format!(" {count}"));
                (style(*word), format!("{}{count}", word.name()))
            })
            .collect(),
    }
}

fn style(word: Word) -> Style {
    match word {
        Word::Open => BAD,
        Word::Accepted => DOUBT,
        Word::Success => GOOD,
        Word::Prompt | Word::Message => Style::new(),
        Word::ErrorPage => FAINT,
    }
}

/// What nobody has tried is no success.
fn write_unreached(out: &mut String, matrix: &Matrix) {
    let rows = matrix.rows.iter().enumerate();
    let paths: Vec<String> = rows
        .filter(|(row, _)| matrix.reached(*row) == 0)
        .map(|(_, row)| printable(&row.path))
        .collect();
    if paths.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\n{} no scenario reaches {}",
        Painted(DOUBT, "untested (·):"),
        enumerated(&paths, LISTED)
    );
}

fn write_notes(out: &mut String, matrix: &Matrix) {
    for tried in &matrix.scenarios {
        if let Err(why) = &tried.seen {
            let (mark, name) = (Painted(BAD, "not run:"), printable(&tried.name));
            let _ = writeln!(out, "\n{mark} {name}: {}", printable(why));
        }
    }
    let mut calls: Vec<String> = Vec::new();
    let of_cells = matrix.cells.iter().map(|cell| &cell.seen);
    let of_bases = matrix
        .scenarios
        .iter()
        .filter_map(|tried| tried.seen.as_ref().ok());
    for call in of_bases.chain(of_cells).flat_map(|seen| &seen.assumed) {
        let call = printable(call);
        if !calls.contains(&call) {
            calls.push(call);
        }
    }
    if !calls.is_empty() {
        let _ = writeln!(
            out,
            "\n{} no mock answers {}: taken to be answered `200 {{}}`; write mocks to be sure",
            Painted(DOUBT, "assumed:"),
            enumerated(&calls, NAMED)
        );
    }
}

fn write_group(out: &mut String, matrix: &Matrix, group: &Group) {
    let opening = group.opening;
    let by = Painted(STRONG, printable(&opening.by));
    let place = Painted(PLACE, printable(&opening.place.to_string()));
    let _ = writeln!(out, "\n{} {by}  {place}", Painted(BAD, "OPEN"));
    let _ = writeln!(out, "{}", wrapped(&opening.why, "  "));
    for (row, fault, tried) in group.all.iter().take(LISTED) {
        let names: Vec<String> = tried.iter().map(|tried| quoted(tried)).collect();
        let path = printable(&row.path);
        let _ = writeln!(
            out,
            "    {} at {path}: {}",
            fault.name(),
            enumerated(&names, NAMED)
        );
    }
    if group.all.len() > LISTED {
        let _ = writeln!(out, "    … and {} more", group.all.len() - LISTED);
    }
    let fix = wrapped(&opening.fix, "             ");
    let _ = writeln!(
        out,
        "  {} {}",
        Painted(FAINT, "fix it:   "),
        fix.trim_start()
    );
    write_show(out, matrix, group);
    let file = Painted(PLACE, printable(matrix.flow.slug.span.file.path()));
    let _ = writeln!(out, "  {} in {file}", Painted(FAINT, "accept it:"));
    let _ = writeln!(out, "      allow:");
    for entry in group.allowances() {
        let _ = writeln!(out, "        - {}", printable(&entry));
    }
}

fn write_show(out: &mut String, matrix: &Matrix, group: &Group) {
    let show = show(matrix, group.first, group.opening);
    let at = match show.line {
        Some(line) => format!("{}:{line}", show.file),
        None => show.file.clone(),
    };
    let trace = format!("flowproof trace {}", shell_word(&at));
    let _ = writeln!(
        out,
        "  {} {} {}, then {}",
        Painted(FAINT, "see it:   "),
        show.verb,
        Painted(PLACE, printable(&at)),
        Painted(STRONG, trace)
    );
    for line in &show.lines {
        let _ = writeln!(out, "      {}", printable(line));
    }
}

/// Lines that fit the width, each behind an indent.
fn wrapped(text: &str, indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in printable(text).split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + word.width() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines.join("\n")
}

fn quoted(tried: &Tried) -> String {
    format!("\"{}\"", shortened(&printable(&tried.name), LONGEST_NAME))
}

/// `a, b, c and 4 more`
fn enumerated(all: &[String], most: usize) -> String {
    let named = all
        .iter()
        .take(most)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match all.len().saturating_sub(most) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

fn write_accepted(out: &mut String, matrix: &Matrix) {
    let mut told: Vec<String> = Vec::new();
    for cell in &matrix.cells {
        if let Some(reason) = &cell.accepted {
            let path = &matrix.rows[cell.row].path;
            let line = format!("{} at {path}: {}", cell.fault.name(), printable(reason));
            if !told.contains(&line) {
                told.push(line);
            }
        }
    }
    if !told.is_empty() {
        let _ = writeln!(out, "\n{}", Painted(DOUBT, "accepted"));
    }
    for line in told {
        let _ = writeln!(out, "  {line}");
    }
}

/// `3 cells fail open, 2 accepted, of 840`
fn verdict(matrix: &Matrix) -> String {
    let (open, accepted) = matrix.count();
    let accepted = match accepted {
        0 => String::new(),
        more => format!(", {}", Painted(DOUBT, format!("{more} accepted"))),
    };
    let tried = super::super::counted(matrix.cells.len(), "cell");
    match open {
        0 => format!(
            "{}{accepted}, of {tried}",
            Painted(GOOD, "nothing fails open")
        ),
        1 => format!(
            "{}{accepted}, of {tried}",
            Painted(BAD, "1 cell fails open")
        ),
        _ => {
            let open = Painted(BAD, format!("{open} cells fail open"));
            format!("{open}{accepted}, of {tried}")
        }
    }
}
