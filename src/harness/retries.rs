//! Runs again what did not pass (`--retries`). In virtual time another result is a defect (DET-1); in real time one that
//! passes is taken, and says that it is flaky: nothing is hidden.

use super::execute::differing;
use super::{Options, ScenarioResult, Verdict, Warning};
use std::sync::atomic::Ordering::Relaxed;

/// What is reported of a scenario that did not pass at first; `once` runs it again.
pub fn retried(
    options: &Options,
    first: ScenarioResult,
    once: &mut dyn FnMut() -> ScenarioResult,
) -> ScenarioResult {
    let mut first = first;
    for run in (2..).take(usize::try_from(options.retries).unwrap_or(usize::MAX)) {
        if options.interrupted.load(Relaxed) {
            break;
        }
        let mut again = once();
        let is_same = again.trace == first.trace && again.webhooks == first.webhooks;
        if options.wire.is_none() {
            if !is_same {
                differing(&mut first, run, &again.trace);
                break;
            }
        } else if again.verdict == Verdict::Passed {
            again.warnings.push(flaky(&first, run));
            return again;
        }
    }
    first
}

fn flaky(first: &ScenarioResult, run: u64) -> Warning {
    let why = first.failures.first().map_or(String::new(), |placed| {
        let finding = &placed.finding;
        format!(": {}: {}", finding.expectation, finding.message)
    });
    let verdict = first.verdict.name();
    Warning {
        code: "flaky",
        message: format!("it {verdict} at first and passed at run {run}{why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::execute::nothing;
    use super::*;
    use crate::drive::TimeScale;
    use crate::profile::Profile;
    use crate::text::{SourceFile, Span};
    use crate::trace::Trace;

    fn result(verdict: Verdict, flow_ms: u64) -> ScenarioResult {
        let file = SourceFile::new("scenarios/a.yaml", "scenario: a\n");
        ScenarioResult {
            scenario: "a".into(),
            case: None,
            span: Span::new(&file, 0..8),
            flow: "login".into(),
            verdict,
            failures: Vec::new(),
            warnings: Vec::new(),
            trace: Trace {
                flow_ms,
                ..nothing(10_000)
            },
            webhooks: Vec::new(),
            profile: Profile::default(),
            reads: Vec::new(),
            wire: None,
            snapshot: None,
        }
    }

    /// Verdict, warnings, and how many further runs it took.
    fn after(options: &Options, runs: &[ScenarioResult]) -> (Verdict, Vec<String>, usize) {
        let mut taken = 0;
        let mut once = || {
            taken += 1;
            runs[taken].clone()
        };
        let found = retried(options, runs[0].clone(), &mut once);
        let warnings = found.warnings.into_iter();
        (
            found.verdict,
            warnings.map(|warning| warning.message).collect(),
            taken,
        )
    }

    #[test]
    fn what_passes_in_real_time_is_taken_and_told_as_flaky() {
        let options = Options {
            retries: 3,
            wire: TimeScale::new(1.0),
            ..Options::default()
        };
        let (failed, passed) = (result(Verdict::Failed, 1), result(Verdict::Passed, 2));
        let runs = [failed.clone(), failed.clone(), passed];
        let flaky = "it failed at first and passed at run 3".to_owned();
        assert_eq!(after(&options, &runs), (Verdict::Passed, vec![flaky], 2));
        let never = vec![failed; 4];
        assert_eq!(after(&options, &never), (Verdict::Failed, vec![], 3));
    }

    #[test]
    fn another_result_in_virtual_time_is_a_defect() {
        let options = Options {
            retries: 2,
            ..Options::default()
        };
        let (failed, passed) = (result(Verdict::Failed, 1), result(Verdict::Passed, 2));
        let differs = [failed.clone(), passed];
        assert_eq!(after(&options, &differs), (Verdict::Errored, vec![], 1));
        let same = vec![failed; 3];
        assert_eq!(after(&options, &same), (Verdict::Failed, vec![], 2));
        let none = Options::default();
        assert_eq!(after(&none, &same), (Verdict::Failed, vec![], 0));
    }
}
