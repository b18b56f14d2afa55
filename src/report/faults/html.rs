//! The table of faults as one page: nothing external, no script; a cell opens and shows the scenarios behind it with
//! the blocks that their runs went through.

use super::super::style::{mark, shell_word};
use super::view::{Group, Place, Word, groups, place, show};
use crate::faults::{Cell, Fault, Matrix, Seen, Visit};
use crate::report::markup::Markup;
use crate::trace::UserSees;

/// The whole page.
pub fn render(matrix: &Matrix) -> String {
    let title = format!("faults of {}", matrix.flow.slug.value);
    let body = head_line(matrix, &title)
        .then(table(matrix))
        .then(unreached(matrix))
        .then(openings(matrix))
        .then(accepted(matrix));
    Markup::page(&title, include_str!("page.css"), body)
}

fn head_line(matrix: &Matrix, title: &str) -> Markup {
    let (open, accepted) = matrix.count();
    let verdict = match open {
        0 => Markup::text_in("span", "SUCCESS", "nothing fails open"),
        1 => Markup::text_in("span", "OPEN", "1 cell fails open"),
        _ => Markup::text_in("span", "OPEN", format!("{open} cells fail open")),
    };
    let accepted = match accepted {
        0 => Markup::default(),
        _ => Markup::from(", ").then(Markup::text_in(
            "span",
            "ACCEPTED",
            format!("{accepted} accepted"),
        )),
    };
    let of = format!(", of {}", matrix.cells.len());
    let scenarios = match matrix.scenarios.as_slice() {
        [only] if only.span.is_none() => "a default identity".to_owned(),
        all => format!("{} scenarios", all.len()),
    };
    let sub = format!(
        "What the user gets when something goes wrong: {} blocks × {} faults × {scenarios}. A cell opens.",
        matrix.rows.len(),
        Fault::ALL.len()
    );
    Markup::text_in("h1", "", title)
        .then(Markup::element(
            "p",
            "verdict",
            verdict.then(accepted).then(Markup::from(of)),
        ))
        .then(Markup::text_in("p", "sub", sub))
}

fn table(matrix: &Matrix) -> Markup {
    let columns = Fault::ALL
        .iter()
        .map(|fault| Markup::text_in("th", "", fault.name()));
    let head = Markup::text_in("th", "", "block").then(columns.collect());
    let mut rows = Markup::default();
    let mut stage = None;
    for (at, row) in matrix.rows.iter().enumerate() {
        if stage != Some(&row.stage) {
            stage = Some(&row.stage);
            let name = Markup::of("<th colspan=\"6\">").then(Markup::from(&*row.stage));
            rows = rows.then(Markup::element(
                "tr",
                "stage",
                name.then(Markup::of("</th>")),
            ));
        }
        let indent = "  ".repeat(row.depth);
        let name =
            Markup::from(indent + &row.slug).then(Markup::text_in("span", "", row.kind.name()));
        let cells = Fault::ALL.iter().map(|fault| cell(matrix, at, *fault));
        let whole = Markup::element("td", "name", name).then(cells.collect());
        rows = rows.then(Markup::element("tr", "", whole));
    }
    let head = Markup::element("thead", "", Markup::element("tr", "", head));
    let whole = head.then(Markup::element("tbody", "", rows));
    Markup::element("table", "", whole)
}

fn cell(matrix: &Matrix, row: usize, fault: Fault) -> Markup {
    let words = match place(matrix, row, fault) {
        Place::Unreached => return Markup::text_in("td", "faint", "·"),
        Place::Nothing => return Markup::text_in("td", "faint", "–"),
        Place::Words(words) => words,
    };
    let right = matches!(fault, Fault::Slow | Fault::Garbage);
    let class = match (words.first().map(|(word, _)| *word), right) {
        (Some(Word::Open), false) => "open",
        (Some(Word::Open), true) => "open right",
        (Some(Word::Accepted), false) => "accepted",
        (Some(Word::Accepted), true) => "accepted right",
        (_, false) => "",
        (_, true) => "right",
    };
    let said = words.iter().map(|(word, count)| {
        let count = count.map_or(String::new(), |count| format!(" {count}"));
        Markup::text_in("span", style(*word), format!("{}{count}", word.name()))
    });
    let summary = Markup::element("summary", "", said.collect());
    let behind = Markup::element("div", "", behind(matrix, row, fault));
    Markup::element(
        "td",
        class,
        Markup::element("details", "", summary.then(behind)),
    )
}

fn style(word: Word) -> &'static str {
    match word {
        Word::Open => "OPEN",
        Word::Accepted => "ACCEPTED",
        Word::Success => "SUCCESS",
        Word::Prompt | Word::Message | Word::ErrorPage => "",
    }
}

/// The scenarios behind a cell; those that come to the same in the same way stand together.
fn behind(matrix: &Matrix, row: usize, fault: Fault) -> Markup {
    let mut alike: Vec<(&Cell, Vec<&str>)> = Vec::new();
    let mut cells: Vec<&Cell> = matrix.at(row, fault).collect();
    cells.sort_by_key(|cell| Word::of(cell));
    for cell in cells {
        let name = &*matrix.scenarios[cell.scenario].name;
        let same = |(known, _): &&mut (&Cell, Vec<&str>)| {
            Word::of(known) == Word::of(cell)
                && known.seen.path == cell.seen.path
                && known.seen.reason == cell.seen.reason
                && known.seen.user_sees == cell.seen.user_sees
                && why(known) == why(cell)
        };
        match alike.iter_mut().find(same) {
            Some((_, names)) => names.push(name),
            None => alike.push((cell, vec![name])),
        }
    }
    alike
        .iter()
        .map(|(cell, names)| one_way(cell, names))
        .collect()
}

fn why(cell: &Cell) -> Option<&str> {
    cell.opening.as_ref().map(|opening| &*opening.why)
}

fn one_way(cell: &Cell, names: &[&str]) -> Markup {
    let word = Word::of(cell);
    let mut head = Markup::text_in("strong", style(word), word.name()).then(Markup::from(" "));
    head = head.then(Markup::from(sentence(&cell.seen)));
    if let Some(opening) = &cell.opening {
        head = head
            .then(Markup::of("<br>"))
            .then(Markup::from(&*opening.why));
    }
    if let Some(reason) = &cell.accepted {
        head = head
            .then(Markup::of("<br>"))
            .then(Markup::from(format!("accepted: {reason}")));
    }
    let path = cell
        .seen
        .path
        .iter()
        .map(visit)
        .collect::<Vec<_>>()
        .join(" → ");
    let names = names.iter().map(|name| Markup::text_in("li", "", name));
    Markup::element("p", "", head)
        .then(Markup::text_in("p", "path", path))
        .then(Markup::element("ul", "", names.collect()))
}

fn sentence(seen: &Seen) -> String {
    let reason = seen
        .reason
        .as_deref()
        .map_or(String::new(), |reason| format!(" ({reason})"));
    let sees = match &seen.user_sees {
        UserSees::Message(text) => format!(", “{text}”"),
        UserSees::Prompt(kind) => format!(", {}", kind.name()),
        UserSees::Success | UserSees::GenericError => String::new(),
    };
    format!(
        "{}{reason} after {} ms{sees}",
        seen.ending.name(),
        seen.flow_ms
    )
}

fn visit(visit: &Visit) -> String {
    let branch = visit
        .branch
        .as_deref()
        .map_or(String::new(), |branch| format!(":{branch}"));
    format!("{}{branch} {}", visit.block, mark(visit.status).0)
}

fn unreached(matrix: &Matrix) -> Markup {
    let rows = matrix.rows.iter().enumerate();
    let paths: Vec<&str> = rows
        .filter(|(row, _)| matrix.reached(*row) == 0)
        .map(|(_, row)| &*row.path)
        .collect();
    if paths.is_empty() {
        return Markup::default();
    }
    let text = format!("Untested (·): no scenario reaches {}.", paths.join(", "));
    Markup::text_in("p", "faint", text)
}

fn openings(matrix: &Matrix) -> Markup {
    let groups = groups(matrix);
    if groups.is_empty() {
        return Markup::default();
    }
    let sections = groups.iter().map(|group| opening(matrix, group));
    Markup::text_in("h2", "", "Where it fails open").then(sections.collect())
}

fn opening(matrix: &Matrix, group: &Group) -> Markup {
    let opening = group.opening;
    let show = show(matrix, group.first, opening);
    let at = match show.line {
        Some(line) => format!("{}:{line}", show.file),
        None => show.file.clone(),
    };
    let see = format!(
        "See it: {} {at}, then run flowproof trace {}",
        show.verb,
        shell_word(&at)
    );
    let cells = group.all.iter().map(|(row, fault, tried)| {
        let names: Vec<&str> = tried.iter().map(|tried| &*tried.name).collect();
        let text = format!("{} at {}: {}", fault.name(), row.path, names.join(" · "));
        Markup::text_in("li", "", text)
    });
    let allow = group.allowances();
    let allow: String = allow
        .iter()
        .map(|entry| format!("  - {entry}\u{a}"))
        .collect();
    let head = Markup::text_in("code", "", &opening.by)
        .then(Markup::from(" "))
        .then(Markup::text_in("span", "faint", &opening.place));
    let inner = Markup::element("h3", "", head)
        .then(Markup::text_in("p", "", &opening.why))
        .then(Markup::element("ul", "", cells.collect()))
        .then(Markup::text_in(
            "p",
            "",
            format!("Fix it: {}.", opening.fix),
        ))
        .then(Markup::text_in("p", "", see))
        .then(Markup::pre(&show.lines.join("\n")))
        .then(Markup::text_in(
            "p",
            "",
            format!("Accept it in {}:", matrix.flow.slug.span.file.path()),
        ))
        .then(Markup::pre(&format!("allow:\n{allow}")));
    Markup::element("section", "", inner)
}

fn accepted(matrix: &Matrix) -> Markup {
    let mut told: Vec<String> = Vec::new();
    for cell in &matrix.cells {
        if let Some(reason) = &cell.accepted {
            let path = &matrix.rows[cell.row].path;
            let line = format!("{} at {path}: {reason}", cell.fault.name());
            if !told.contains(&line) {
                told.push(line);
            }
        }
    }
    if told.is_empty() {
        return Markup::default();
    }
    let items = told.into_iter().map(|line| Markup::text_in("li", "", line));
    let list = Markup::element("ul", "", items.collect());
    Markup::text_in("h2", "", "Accepted").then(list)
}
