//! JUnit XML: a suite for each file, a case for each scenario, `file` and `line` on it; `time` is flow time, in seconds.
//! A scenario that is errored is an `error`, one that does not hold a `failure`; a file that does not load is an `error`.

use super::{errors, quoted, told, why};
use crate::diagnostic::Diagnostic;
use crate::harness::{Results, ScenarioResult, Verdict};
use crate::report::style::printable;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::io;
use std::time::Duration;

/// The document.
pub fn document(results: &Results, diagnostics: &[Diagnostic]) -> io::Result<Vec<u8>> {
    let mut report = Report::new("flowproof");
    for file in results
        .scenarios
        .chunk_by(|a, b| a.span.file.path() == b.span.file.path())
    {
        let Some(first) = file.first() else { continue };
        report.add_test_suite(suite(
            &printable(first.span.file.path()),
            file.iter().map(case),
        ));
    }
    let unloadable: Vec<TestCase> = errors(diagnostics).map(problem).collect();
    if !unloadable.is_empty() {
        report.add_test_suite(suite("not run", unloadable));
    }
    report.set_time(
        report
            .test_suites
            .iter()
            .filter_map(|suite| suite.time)
            .sum(),
    );
    let mut out = Vec::new();
    report
        .serialize(&mut out)
        .map_err(|error| io::Error::other(error.to_string()))?;
    Ok(out)
}

fn suite(name: &str, cases: impl IntoIterator<Item = TestCase>) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.add_test_cases(cases);
    suite.set_time(suite.test_cases.iter().filter_map(|case| case.time).sum());
    suite
}

fn case(result: &ScenarioResult) -> TestCase {
    let kind = match result.verdict {
        Verdict::Passed => None,
        Verdict::Failed => Some(NonSuccessKind::Failure),
        Verdict::Errored => Some(NonSuccessKind::Error),
    };
    let status = kind.map_or_else(TestCaseStatus::success, |kind| {
        let mut status = TestCaseStatus::non_success(kind);
        let first = result.failures.first();
        let expectation = first.map_or("", |placed| placed.finding.expectation.as_str());
        status
            .set_message(printable(&why(result)))
            .set_type(printable(expectation))
            .set_description(told(result));
        status
    });
    let mut case = TestCase::new(printable(&result.name()), status);
    case.set_classname(&*result.flow);
    case.set_time(Duration::from_millis(result.trace.flow_ms));
    place(&mut case, result.span.file.path(), result.span.line());
    if !result.warnings.is_empty() {
        let warnings: Vec<String> = result
            .warnings
            .iter()
            .map(|warning| format!("warning[{}]: {}", warning.code, warning.message))
            .map(|line| printable(&line))
            .collect();
        case.set_system_out(warnings.join("\n"));
    }
    case
}

fn problem(diagnostic: &Diagnostic) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status
        .set_message(printable(&diagnostic.title))
        .set_type(diagnostic.code)
        .set_description(lines(&quoted(diagnostic)));
    let at = diagnostic.span.as_ref().map(|span| span.line_column());
    let (line, column) = at.unwrap_or((1, 1));
    let path = diagnostic.path();
    let mut case = TestCase::new(printable(&format!("{path}:{line}:{column}")), status);
    case.set_classname(diagnostic.code);
    place(&mut case, path, line);
    case
}

/// Lines without what XML refuses.
fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    lines.join("\n")
}

fn place(case: &mut TestCase, path: &str, line: usize) {
    case.extra.insert("file".into(), printable(path).into());
    case.extra.insert("line".into(), line.to_string().into());
}
