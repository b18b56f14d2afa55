//! Annotations of GitHub Actions: an `::error` for each scenario that does not hold and each error of a file, a
//! `::warning` for what is doubtful, a line that counts at the end. Paths begin at the folder that the command runs in.

use super::{told, why};
use crate::diagnostic::{Diagnostic, Severity};
use crate::harness::{Results, ScenarioResult, Verdict};
use crate::report::human::summary_line;
use crate::report::style::plain;
use std::fmt::Write;

/// The annotations. `prefix` leads from where the command runs to the workspace: empty, or with a `/` at its end.
pub fn annotations(results: &Results, diagnostics: &[Diagnostic], prefix: &str) -> String {
    let mut out = problems(diagnostics, prefix);
    for result in &results.scenarios {
        scenario(&mut out, result, prefix);
    }
    if !results.scenarios.is_empty() {
        let summary = summary_line(&results.summary());
        let _ = writeln!(out, "{}", plain(&summary));
    }
    out
}

/// What is wrong or doubtful in files.
pub fn problems(diagnostics: &[Diagnostic], prefix: &str) -> String {
    let mut out = String::new();
    for one in diagnostics {
        let level = match one.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let fix = one.fix.as_deref().map(|fix| format!("\n{fix}"));
        let message = format!("{}{}", one.title, fix.unwrap_or_default());
        let place = Place {
            file: format!("{prefix}{}", one.path()),
            at: one.span.as_ref().map(|span| span.line_column()),
        };
        annotate(&mut out, level, &place, one.code, &message);
    }
    out
}

fn scenario(out: &mut String, result: &ScenarioResult, prefix: &str) {
    let own = || Place {
        file: format!("{prefix}{}", result.span.file.path()),
        at: Some(result.span.line_column()),
    };
    for warning in &result.warnings {
        let title = format!("{}: {}", result.name(), warning.code);
        annotate(out, "warning", &own(), &title, &warning.message);
    }
    if result.verdict == Verdict::Passed {
        return;
    }
    // the line of what is told, where the author wrote it
    let written = result.failures.first().and_then(|one| one.span.as_ref());
    let place = written.map_or_else(own, |span| Place {
        file: format!("{prefix}{}", span.file.path()),
        at: Some(span.line_column()),
    });
    let title = format!("{} {}", result.verdict.name(), result.name());
    let message = format!("{}\n{}", why(result), told(result));
    annotate(out, "error", &place, &title, &message);
}

struct Place {
    file: String,
    at: Option<(usize, usize)>,
}

fn annotate(out: &mut String, level: &str, place: &Place, title: &str, message: &str) {
    let at = place.at.map_or_else(String::new, |(line, column)| {
        format!(",line={line},col={column}")
    });
    let _ = writeln!(
        out,
        "::{level} file={}{at},title={}::{}",
        property(&place.file),
        property(title),
        data(message.trim_end())
    );
}

/// What stands behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// What stands before it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
