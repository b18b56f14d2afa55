//! The outermost objects of the JSON documents, and diagnostics.

use super::coverage::Covered;
use super::scenario::Scenario;
use crate::diagnostic::Diagnostic;
use crate::harness::{Results, Shard, Summary};
use crate::merge::Merged;
use crate::value::Value;
use serde::Serialize;

/// The format of the results of a run.
const RUN: &str = "flowproof.run/1";

/// `flowproof.run/1`: scenarios and diagnostics as they are shown here, or as documents have them that were merged.
#[derive(Serialize)]
pub struct Run<'a, S, D> {
    pub format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    pub summary: SummaryCounts,
    pub scenarios: Vec<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Covered<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<D>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub gaps: &'a [String],
}

impl<'a> Run<'a, Scenario<'a>, Problem<'a>> {
    pub fn new(results: &'a Results, diagnostics: &'a [Diagnostic]) -> Self {
        Run {
            scenarios: results.scenarios.iter().map(Scenario::new).collect(),
            diagnostics: diagnostics.iter().map(Problem::new).collect(),
            ..Run::around(results)
        }
    }
}

impl<'a> Run<'a, &'a Value, &'a Value> {
    pub fn merged(merged: &'a Merged) -> Self {
        Run {
            scenarios: merged.scenarios.iter().collect(),
            diagnostics: merged.diagnostics.iter().collect(),
            gaps: &merged.gaps,
            ..Run::around(&merged.results)
        }
    }
}

impl<'a, S, D> Run<'a, S, D> {
    /// All but the scenarios and diagnostics.
    fn around(results: &'a Results) -> Self {
        Run {
            format: RUN,
            shard: results.shard,
            summary: results.summary().into(),
            scenarios: Vec::new(),
            coverage: results.coverage.as_ref().map(Covered::new),
            diagnostics: Vec::new(),
            gaps: &[],
        }
    }
}

/// `flowproof.check/1`
#[derive(Serialize)]
pub struct Check<'a> {
    format: &'static str,
    diagnostics: Vec<Problem<'a>>,
}

impl<'a> Check<'a> {
    pub fn new(diagnostics: &'a [Diagnostic]) -> Self {
        Check {
            format: "flowproof.check/1",
            diagnostics: diagnostics.iter().map(Problem::new).collect(),
        }
    }
}

/// How many scenarios came to which verdict.
#[derive(Serialize)]
pub struct SummaryCounts {
    total: usize,
    passed: usize,
    failed: usize,
    errored: usize,
    skipped: usize,
}

impl From<Summary> for SummaryCounts {
    fn from(summary: Summary) -> Self {
        SummaryCounts {
            total: summary.total,
            passed: summary.passed,
            failed: summary.failed,
            errored: summary.errored,
            skipped: summary.skipped,
        }
    }
}

/// A diagnostic.
#[derive(Serialize)]
pub struct Problem<'a> {
    code: &'static str,
    severity: &'static str,
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    title: &'a str,
    fix: Option<&'a str>,
}

impl<'a> Problem<'a> {
    pub fn new(diagnostic: &'a Diagnostic) -> Self {
        let place = diagnostic.span.as_ref().map(|span| span.line_column());
        Problem {
            code: diagnostic.code,
            severity: diagnostic.severity.name(),
            file: diagnostic.path(),
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            title: &diagnostic.title,
            fix: diagnostic.fix.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Diagnostic;
    use crate::text::{SourceFile, Span};

    #[test]
    fn a_diagnostic_says_where_it_stands() {
        let file = SourceFile::new("scenarios/a.yaml", "flow: logn\n");
        let diagnostics = [
            Diagnostic::error("unknown_flow", &Span::new(&file, 6..10), "no flow `logn`")
                .fix("did you mean `login`?"),
            Diagnostic::file_error("not_text", "fixtures/b.yaml", "the file is not UTF-8"),
        ];
        let mut out = Vec::new();
        super::super::write_check(&mut out, &diagnostics).expect("memory");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            r#"{
  "format": "flowproof.check/1",
  "diagnostics": [
    {
      "code": "unknown_flow",
      "severity": "error",
      "file": "scenarios/a.yaml",
      "line": 1,
      "column": 7,
      "title": "no flow `logn`",
      "fix": "did you mean `login`?"
    },
    {
      "code": "not_text",
      "severity": "error",
      "file": "fixtures/b.yaml",
      "line": null,
      "column": null,
      "title": "the file is not UTF-8",
      "fix": null
    }
  ]
}
"#
        );
    }
}
